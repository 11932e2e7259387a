/**
 * What each request costs the process that answers all requests, on feeds of so many megabytes: CPU time, how long its event loop
 * was busy, and the longest time without an answer. `npm run bench:requests -- 50`. Runner processes are not counted.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { loadCompiled } from '../cli/testing/plugin-service.ts';
import type { Publication } from '../core/pipeline/publications.ts';
import type { FinishRun } from '../core/ports/service/runs.ts';

const { openService } = await loadCompiled<typeof import('../cli/service/compose.ts')>('cli/service/compose.ts');
const { readServiceSettings } =
  await loadCompiled<typeof import('../cli/service/settings.ts')>('cli/service/settings.ts');
const { createApp } = await loadCompiled<typeof import('../api/app.ts')>('api/app.ts');
const { movePublication, readCurrent } = await loadCompiled<typeof import('../core/pipeline/publications.ts')>(
  'core/pipeline/publications.ts',
);

const KEY = 'admin-key-of-the-benchmark';
const TENANT = '/v1/tenants/shop';
const ROW_BYTES = 50;
const HEAD = 'sku,vendor_id,brand,quantity_available,price\n';
const HOLDS_HEAD = 'sku,reason,published_price,candidate_price,cost,vendor_id,held_runs\n';
const REASON = { reason: 'measured' };
const rows = Math.floor((Number(process.argv[2] ?? 50) * 1e6) / ROW_BYTES);

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relay-requests-'));
const env = { RELAY_DATA_DIR: folder, API_KEYS: KEY, API_RATE_BURST: '100000' };
const service = await openService(readServiceSettings(env), { stdout() {}, stderr() {}, isTTY: false, env: {} });
// runner processes run compiled files, which need no loader
process.execArgv = [];
const app = createApp(service.api);
const { artifacts, runs, tenants } = service.stores;
const sku = (i: number) => `SKU-${String(i).padStart(9, '0')}`;
const feedRow = (price: (i: number) => number) => (i: number) =>
  `${sku(i)},acme,Northwind Ltd,${i % 100},${price(i)}.00\n`;

async function write(key: string, head: string, row: (i: number) => string, foot = ''): Promise<void> {
  const sink = await artifacts.write(key);
  let text = head;
  for (let i = 0; i < rows; i++) {
    text += row(i);
    if (text.length < 1 << 18) continue;
    await sink.write(Buffer.from(text));
    text = '';
  }
  await sink.write(Buffer.from(text + foot));
  await sink.close();
}

async function addRun(runId: string, result: FinishRun): Promise<void> {
  await runs.create({ runId, tenantId: 'shop', configVersion: 1, vendors: [], force: false, now: Date.now() });
  const claimed = await runs.claim(runId, 'bench', Date.now(), 60_000);
  if (claimed.status !== 'claimed') throw new Error(claimed.status);
  await runs.finish({ runId, attempt: claimed.run.attempt }, result, Date.now());
}

async function publish(run_id: string, price: (i: number) => number): Promise<Publication> {
  const key = `${run_id}/tenants/shop/outputs/merged_inventory.csv`;
  await write(key, HEAD, feedRow(price));
  await addRun(run_id, { status: 'SUCCEEDED', artifacts: { merged_inventory: key } });
  const etag = (await artifacts.head(key))?.etag ?? '';
  return movePublication(artifacts, 'shop', await readCurrent(artifacts, 'shop'), {
    ...{ run_id, key, etag, sha256: run_id, format: 'csv', rows, config_version: 1, reason: null },
    published_at: new Date().toISOString(),
  });
}

/** Makes two publications, and a run that a guardrail stopped: it holds every price and has refused as many rows. */
async function fill(): Promise<void> {
  const exports = [
    { use: 'csv', name: 'own', with: { columns: [{ from: 'sku' }, { from: 'price' }] } },
    { use: 'csv', name: 'changes', content: 'delta', with: { columns: [{ from: '_change' }, { from: 'sku' }] } },
  ];
  const config = {
    ...{ tenant_id: 'shop', timezone: 'UTC', default_currency: 'USD', publish: {}, merge: { strategy: 'best_offer' } },
    vendors: [{ vendor_id: 'acme', inbound: { type: 's3' }, parser: { format: 'csv' } }],
    pricing: { base_margin_pct: '0.2', min_price: 5, shipping_handling_flat: 1, map_policy: {}, rounding: {} },
    output: { columns: ['sku', 'vendor_id', 'brand', 'quantity_available', 'price'], exports },
  };
  await tenants.create('shop', config, Date.now());
  await publish('run_a', (i) => 10 + (i % 90));
  const baseline = await publish('run_b', (i) => 10 + (i % 90) + (i % 2));
  const prefix = 'run_c/tenants/shop/';
  const paths = {
    candidate_inventory: `${prefix}outputs/candidate_inventory.csv`,
    holds: `${prefix}reports/holds.csv`,
    errors: `${prefix}reports/errors.json`,
    input_manifest: `${prefix}reports/input_manifest.json`,
  };
  await write(
    paths.candidate_inventory,
    HEAD,
    feedRow((i) => 20 + (i % 90)),
  );
  await write(paths.holds, HOLDS_HEAD, (i) => `${sku(i)},price_rise,1.00,9.00,1.00,acme,1\n`);
  const entry = (i: number) =>
    `${JSON.stringify({ vendor_id: 'acme', error_code: 'INVALID', line: i, sku: sku(i) })},\n`;
  await write(paths.errors, '[\n', entry, '{"vendor_id":"other","error_code":"LAST"}\n]\n');
  await write(paths.input_manifest, JSON.stringify({ baseline, vendors: {} }), () => '');
  await addRun('run_c', { status: 'FAILED', errorCode: 'GUARDRAIL_TRIPPED', artifacts: paths });
}

interface Asked {
  headers?: Record<string, string>;
  body?: object;
}

async function measure(name: string, method: string, address: string, { headers = {}, body }: Asked = {}) {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const type: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' };
  let last = performance.now();
  let longest = 0;
  const look = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 10);
  const [cpu, loop, start] = [process.cpuUsage(), performance.eventLoopUtilization(), performance.now()];
  const request = new Request(`http://x${address}`, {
    method,
    headers: { 'X-API-Key': KEY, ...type, ...headers },
    ...sent,
  });
  const response = await app.fetch(request);
  let bytes = 0;
  for await (const chunk of response.body ?? []) bytes += chunk.length;
  const { user, system } = process.cpuUsage(cpu);
  const busy = performance.eventLoopUtilization(loop).active;
  const wall = performance.now() - start;
  look();
  clearInterval(timer);
  const figures = [(user + system) / 1000, busy, longest, wall].map((ms) => ms.toFixed(0).padStart(7));
  console.log([name.padEnd(36), response.status, ...figures, String(bytes).padStart(10)].join(' '));
}

await fill();
const gzip = { headers: { 'Accept-Encoding': 'gzip' } };
const decision = (skus: string[] | 'all') => ({ body: { run_id: 'run_c', decision: 'accept', ...REASON, skus } });
const stale = Buffer.from(JSON.stringify(['gone', 100, sku(rows - 5)])).toString('base64url');
const REQUESTS: ReadonlyArray<Parameters<typeof measure>> = [
  ['(first request)', 'GET', '/v1/health'],
  ['(first question)', 'GET', '/v1/runs/run_c/errors?error_code=INVALID&limit=1'],
  ['health', 'GET', '/v1/health'],
  ['feed', 'GET', `${TENANT}/feed`],
  ['feed, gzip', 'GET', `${TENANT}/feed`, gzip],
  ['feed, gzip, again', 'GET', `${TENANT}/feed`, gzip],
  ['delta', 'GET', `${TENANT}/publications/2/delta`],
  ['delta, again', 'GET', `${TENANT}/publications/2/delta`],
  ['export', 'GET', `${TENANT}/feed?export=own`],
  ['export of a delta', 'GET', `${TENANT}/feed?export=changes`],
  ['diff', 'GET', '/v1/runs/run_a/diff/run_b'],
  ['errors', 'GET', '/v1/runs/run_c/errors?limit=200'],
  ['errors, filtered', 'GET', '/v1/runs/run_c/errors?error_code=LAST'],
  ['holds', 'GET', `${TENANT}/holds?run_id=run_c&limit=200`],
  ['decision on all', 'POST', `${TENANT}/decisions`, decision('all')],
  ['decision on one', 'POST', `${TENANT}/decisions`, decision([sku(7)])],
  ['decisions', 'GET', `${TENANT}/decisions?limit=200`],
  ['decisions, behind an old cursor', 'GET', `${TENANT}/decisions?limit=200&cursor=${stale}`],
  ['publish', 'POST', '/v1/runs/run_c/publish', { body: REASON }],
  ['rollback', 'POST', `${TENANT}/rollback`, { body: { run_id: 'run_a', ...REASON } }],
  ['publications', 'GET', `${TENANT}/publications?limit=200`],
  ['runs', 'GET', '/v1/runs?limit=200'],
  ['artifacts', 'GET', '/v1/runs/run_c/artifacts'],
  ['plugins, first', 'GET', '/v1/plugins'],
  ['openapi, first', 'GET', '/v1/openapi.json'],
  ['openapi', 'GET', '/v1/openapi.json'],
];
console.log(`${rows} rows; milliseconds${' '.repeat(19)}CPU    busy longest    wall      bytes`);
for (const request of REQUESTS) await measure(...request);
service.runners.close();
service.stores.close();
fs.rmSync(folder, { recursive: true });
