/**
 * Runs the tests of `api/` on workerd: the same files that `npm test` runs on Node, except the one that tests bundling.
 *
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bundle } from '../../bundle.ts';
import { startEdge } from './miniflare.ts';
import type { Result } from './uvu.ts';

const API = fileURLToPath(new URL('../../../api', import.meta.url));
const SHIM = fileURLToPath(new URL('./uvu.ts', import.meta.url));
const ON_NODE_ALONE = ['edge.test.ts'];

const test = suite('edge: the API’s own tests on workerd');

const files = fs.readdirSync(API).filter((name) => name.endsWith('.test.ts') && !ON_NODE_ALONE.includes(name));

test('every API test passes on workerd', async () => {
  const results = await runOnEdge(files.map((file) => `beginFile('${file}'); await import('./${file}');`).join('\n'));
  assert.equal(
    results.filter((result) => result.error !== null),
    [],
  );
  for (const file of files) {
    const written = fs.readFileSync(path.join(API, file), 'utf8').match(/^ *test\(/gm)!.length;
    const ran = results.filter((result) => result.file === file).length;
    assert.ok(ran > 0 && ran >= written, `${file}: ${ran} of ${written} tests ran`);
  }
  console.log(`${results.length} tests of ${files.length} files`);
});

test('a test that fails on workerd is reported', async () => {
  const results = await runOnEdge(`
    const { test } = await import('uvu');
    const assert = await import('uvu/assert');
    test('good', () => assert.is(navigator.userAgent, 'Cloudflare-Workers'));
    test('bad', async () => assert.is(1, 2));
  `);
  assert.equal(
    results.map(({ name, error }) => [name, error === null]),
    [
      ['good', true],
      ['bad', false],
    ],
  );
});

/** Loads the files and runs their tests within one request, because workerd allows randomness and time only there. */
async function runOnEdge(load: string): Promise<Result[]> {
  const contents = `
    import { beginFile, runCases } from '${SHIM.replaceAll('\\', '/')}';
    export default {
      async fetch() {
        ${load}
        return Response.json(await runCases());
      },
    };
  `;
  const edge = await startEdge(await bundle(contents, API, [standIn]));
  try {
    const response = await edge.fetch('/');
    const text = await response.text();
    assert.is(response.status, 200, text);
    return JSON.parse(text);
  } finally {
    await edge.close();
  }
}

const standIn: Plugin = {
  name: 'uvu on workerd',
  setup(build) {
    build.onResolve({ filter: /^uvu$/ }, () => ({ path: SHIM }));
  },
};

test.run();
