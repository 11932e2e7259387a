/** `relay-inventory/client` from an installed package type-checks in strict mode, and works on a running service. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BuiltPackage, buildPackage, checkTypes } from '../cli/testing/built-package.ts';
import { writeFileIn } from '../cli/testing/sandbox.ts';
import { ServiceProcess } from './faults/service.ts';

const KEY = 'admin-key-of-the-package-test-0123456789';
const CONFIG = {
  tenant_id: 'shop',
  timezone: 'UTC',
  default_currency: 'USD',
  vendors: [{ vendor_id: 'acme', inbound: { type: 's3' }, parser: { format: 'csv' } }],
  pricing: { base_margin_pct: '0.2', min_price: 5, shipping_handling_flat: '1.00', map_policy: {}, rounding: {} },
  merge: { strategy: 'best_offer' },
  output: { columns: ['sku', 'quantity_available', 'price'] },
  error_policy: { max_invalid_rows: 1, max_invalid_row_pct: 1 },
};
const CALLS = `// @ts-check
import { createClient, RelayApiError } from 'relay-inventory/client';

/** @type {import('relay-inventory/client').Model<'TenantConfig'>} */
const config = JSON.parse(process.env.CONFIG ?? '');
const relay = createClient({ url: process.env.URL ?? '', key: process.env.KEY ?? '' });
const params = { tenant_id: 'shop' };
await relay('POST /v1/tenants', { body: config });
const upload = await relay('POST /v1/tenants/:tenant_id/uploads', {
  params,
  body: { vendor_id: 'acme', filename: 'feed.csv' },
});
const feed = 'sku,quantity_available,cost\\nA1,5,10\\nB1,many,10\\n';
await fetch(upload.url, { method: upload.method, headers: upload.headers, body: feed });
const { files } = await relay('GET /v1/tenants/:tenant_id/vendors/:vendor_id/files', {
  params: { ...params, vendor_id: 'acme' },
});
const { run_id } = await relay('POST /v1/runs', { body: params });
let run = await relay('GET /v1/runs/:run_id', { params: { run_id } });
while (run.status === 'QUEUED' || run.status === 'RUNNING') {
  await new Promise((resolve) => setTimeout(resolve, 50));
  run = await relay('GET /v1/runs/:run_id', { params: { run_id } });
}
const { errors } = await relay('GET /v1/runs/:run_id/errors', { params: { run_id } });
const refused = errors.flatMap((entry) => ('row_number' in entry ? [[entry.row_number, entry.problems[0]?.error_code]] : []));
const notices = run.notices.map(({ code }) => code);
const code = await relay('GET /v1/runs/:run_id', { params: { run_id: 'run_0' } }).catch((error) =>
  error instanceof RelayApiError ? error.code : error,
);
console.log(
  JSON.stringify({ files: files.map(({ name }) => name), status: run.status, counts: run.counts, refused, notices, code }),
);
`;

let built: BuiltPackage;
let home: string;

test.before(() => {
  built = buildPackage();
  home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'relay-client-')));
  writeFileIn(home, 'package.json', '{"type": "module"}');
  writeFileIn(home, 'calls.js', CALLS);
  fs.mkdirSync(path.join(home, 'node_modules'));
  fs.symlinkSync(built.folder, path.join(home, 'node_modules/relay-inventory'), 'junction');
});

test.after(() => {
  built.remove();
  fs.rmSync(home, { recursive: true, force: true });
});

test('the client has types that find a mistake', () => {
  const checked = checkTypes(['calls.js'], home);
  assert.is(checked.status, 0, checked.stdout);
  writeFileIn(
    home,
    'wrong.js',
    CALLS.replace('run.counts', 'run.count')
      .replace("filename: 'feed.csv'", 'filename: 1')
      .replace('entry.row_number,', 'entry.row,'),
  );
  const wrong = checkTypes(['wrong.js'], home).stdout;
  assert.match(wrong, "Property 'count' does not exist");
  assert.match(wrong, "Property 'row' does not exist");
  assert.match(wrong, "'number' is not assignable to type 'string'");
});

test('the client works on a running service', async () => {
  const service = new ServiceProcess('serve', path.join(home, 'data'), { API_KEYS: KEY });
  try {
    const env = { PATH: process.env.PATH ?? '', URL: await service.origin(), KEY, CONFIG: JSON.stringify(CONFIG) };
    const child = spawn(process.execPath, ['calls.js'], { cwd: home, env });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data) => {
      stdout += data;
    });
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    await new Promise((resolve) => child.once('close', resolve));
    assert.equal(stderr, '');
    assert.equal(JSON.parse(stdout), {
      files: ['feed.csv'],
      status: 'SUCCEEDED',
      counts: { rows: 2, invalid: 1, merged: 1 },
      refused: [[3, 'invalid_int']],
      notices: ['invalid_rows_within_threshold'],
      code: 'NOT_FOUND',
    });
  } finally {
    await service.stop('SIGTERM');
  }
});

test.run();
