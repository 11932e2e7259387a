/** `API.md` lists exactly the endpoints, and who may use each. */
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { allEndpoints } from '../api/app.ts';
import { openApiPath } from '../api/endpoint.ts';
import { startApi } from '../api/testing/harness.ts';
import { OBJECTS_PATH } from '../stores/embedded/objects/signatures.ts';
import { ROOT } from './pages.ts';

test('the table has each endpoint once, with its access', async () => {
  const signedObjects = { basePath: OBJECTS_PATH.slice(0, -1), fetch: () => new Response() };
  const { deps } = await startApi({}, { signedObjects });
  const page = fs.readFileSync(path.join(ROOT, 'docs/API.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+ \S+)` \| (\w+) \|/gm)].map(([, endpoint, who]) => `${endpoint} ${who}`);
  const real = allEndpoints(deps).map(
    ({ method, path: where, access }) => `${method.toUpperCase()} ${openApiPath(where)} ${access}`,
  );
  assert.equal(rows.sort(), real.sort());
});

test('numbers in the page are those of the code', async () => {
  const { deps } = await startApi();
  const page = fs.readFileSync(path.join(ROOT, 'docs/API.md'), 'utf8');
  const { pageMax, pageDefault, idempotencySeconds } = deps.settings;
  assert.ok(page.includes(`1 to ${pageMax}, ${pageDefault} unless given`));
  assert.ok(page.includes(`kept for ${idempotencySeconds / 3600} hours`));
});

test.run();
