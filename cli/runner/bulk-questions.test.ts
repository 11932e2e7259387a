/** Runners answer questions that read whole feeds. The API's process reads only the files they make. */
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ApiDeps } from '../../api/deps.ts';
import type { RelayError } from '../../core/errors.ts';
import type { ArtifactStore } from '../../core/ports/service/objects.ts';
import type { FinishRun } from '../../core/ports/service/runs.ts';
import { withCalls } from '../../stores/with-calls.ts';
import type { Service } from '../service/compose.ts';
import { sha256Hex } from '../service/secrets.ts';
import { CONFIG } from '../testing/one-vendor.ts';
import { loadCompiled, type PluginService, withPluginService } from '../testing/plugin-service.ts';
import { filesIn } from '../testing/sandbox.ts';

const { movePublication, readCurrent } = await loadCompiled<typeof import('../../core/pipeline/publications.ts')>(
  'core/pipeline/publications.ts',
);
const { createApp } = await loadCompiled<typeof import('../../api/app.ts')>('api/app.ts');

/** An output format that misbehaves at a SKU with the name of a deed, while there is a file `go` beside it. */
const MODULE = `
import fs from 'node:fs';
const place = (name) => new URL(name, import.meta.url);
const options = { safeParse: (data) => ({ success: true, data }), parse: (data) => data, _zod: { def: {} } };
const block = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
const deeds = { KILL: () => process.kill(process.pid, 'SIGKILL'), BLOCK: block, THROW: () => { throw new Error('no'); } };
const rowOf = (row) => {
  if (fs.existsSync(place('go'))) deeds[row.sku]?.();
  return row.sku + ' ' + process.pid + '\\n';
};
export const plugins = [{
  manifest: { kind: 'output', id: 'deed', version: '1.0.0', contract: 1, summary: 'does a deed', options, example: {} },
  load: async () => () => ({ extension: 'txt', row: rowOf }),
}];
`;

const ADMIN = 'admin-key-of-the-tests';
const HOLDS = 'sku,reason,published_price,candidate_price,cost,vendor_id,held_runs\n';

interface Answer {
  status: number;
  text: string;
  headers: Headers;
}

interface Sandbox extends PluginService {
  /** Makes a tenant with these feeds as publications, the last one published by a person. */
  shop(tenantId: string, ...feeds: string[]): Promise<void>;
  get(address: string, headers?: Record<string, string>, signal?: AbortSignal): Promise<Answer>;
  post(address: string, body: unknown): Promise<Answer>;
  /** Switches the deeds of plugins on or off. */
  deeds(happen: boolean): void;
  /** Keys of the objects that the API's process has read since the last call. */
  read(): string[];
}

function withShops(env: Record<string, string>, use: (sandbox: Sandbox) => Promise<void>) {
  const module = { name: 'deeds', ids: ['deed'], source: MODULE };
  return () =>
    withPluginService(module, { API_KEYS: ADMIN, ...env }, async (opened) => {
      const read: string[] = [];
      const app = createApp({ ...opened.service.api, ...bystander(opened.service.api, read) });
      const call = async (request: Request): Promise<Answer> => {
        const response = await app.fetch(request);
        return { status: response.status, text: await response.text(), headers: response.headers };
      };
      const go = path.join(opened.root, 'node_modules/deeds/go');
      await use({
        ...opened,
        shop: (tenantId, ...feeds) => fillShop(opened, tenantId, feeds),
        get: (address, headers = {}, signal) =>
          call(
            new Request(`http://relay.test${address}`, {
              headers: { 'X-API-Key': ADMIN, ...headers },
              ...(signal === undefined ? {} : { signal }),
            }),
          ),
        post: (address, body) =>
          call(
            new Request(`http://relay.test${address}`, {
              ...{ method: 'POST', body: JSON.stringify(body) },
              headers: { 'X-API-Key': ADMIN, 'Content-Type': 'application/json' },
            }),
          ),
        deeds: (happen) => (happen ? fs.writeFileSync(go, '') : fs.rmSync(go, { force: true })),
        read: () => read.splice(0),
      });
    });
}

/** What a process has that must not touch a feed: a registry without plugins, and a store that records reads. */
function bystander({ artifacts }: ApiDeps, read: string[]): Partial<ApiDeps> {
  const noted: ArtifactStore['read'] = (key, options) => {
    read.push(key);
    return artifacts.read(key, options);
  };
  const refuse = () => {
    throw new Error('a plugin works in the process of the API');
  };
  return {
    artifacts: withCalls(artifacts, { read: noted }),
    registry: new Proxy({}, { get: refuse }) as ApiDeps['registry'],
  };
}

async function write(artifacts: ArtifactStore, key: string, text: string): Promise<void> {
  const sink = await artifacts.write(key);
  await sink.write(new TextEncoder().encode(text));
  await sink.close();
}

async function fillShop({ service }: PluginService, tenantId: string, feeds: string[]): Promise<void> {
  const { tenants, artifacts, runs } = service.stores;
  const exports = [
    { use: 'deed', name: 'own' },
    { use: 'csv', name: 'changes', content: 'delta', with: { columns: [{ from: '_change' }, { from: 'sku' }] } },
  ];
  const config = {
    ...CONFIG,
    ...{ tenant_id: tenantId, publish: {}, output: { ...CONFIG.output, exports } },
    vendors: [{ vendor_id: 'acme', inbound: { type: 's3' }, parser: { format: 'csv' } }],
  };
  await tenants.create(tenantId, config, Date.now());
  for (const [i, feed] of feeds.entries()) {
    const runId = `run_${tenantId}${i + 1}`;
    const key = `${runId}/tenants/${tenantId}/outputs/merged_inventory.csv`;
    await write(artifacts, key, feed);
    await runs.create({ runId, tenantId, configVersion: 1, vendors: [], force: false, now: Date.now() });
    await end(service, runId, { status: 'SUCCEEDED', artifacts: { merged_inventory: key } });
    await movePublication(artifacts, tenantId, await readCurrent(artifacts, tenantId), {
      ...{ run_id: runId, key, etag: (await artifacts.head(key))!.etag, sha256: `sha-${tenantId}-${i + 1}` },
      ...{ format: 'csv' as const, rows: 1, config_version: 1, reason: 'looked at' },
      published_at: new Date().toISOString(),
    });
  }
}

async function end({ stores: { runs } }: Service, runId: string, result: FinishRun): Promise<void> {
  const claimed = await runs.claim(runId, 'w', Date.now(), 60_000);
  if (claimed.status !== 'claimed') throw new Error(claimed.status);
  await runs.finish({ runId, attempt: claimed.run.attempt }, result, Date.now());
}

const feedOf = (...skus: string[]) => `sku,quantity_available,price\n${skus.map((sku) => `${sku},1,10.00\n`).join('')}`;
const MADE = /\/outputs\/made\//;
const BULK = /inventory\.csv$|holds\.csv$|decisions\.csv$/;

test(
  'a delta and exports are made once, by another process, and kept, with length, ranges and conditions',
  withShops({}, async ({ service, shop, get, read, root }) => {
    await shop('shop', feedOf('A', 'B'), feedOf('B', 'C'));
    const address = '/v1/tenants/shop/publications/2/delta';
    const text =
      '_change,sku,quantity_available,price,_previous_price,_previous_quantity\n' +
      'zeroed,A,0,10.00,10.00,1\nadded,C,1,10.00,,\n';
    const delta = await get(address);
    assert.equal([delta.status, delta.text, delta.headers.get('Content-Length')], [200, text, String(text.length)]);
    assert.equal((await get(address, { Range: 'bytes=0-6' })).text, '_change');
    assert.is((await get(address, { 'If-None-Match': delta.headers.get('ETag')! })).status, 304);
    const own = await get('/v1/tenants/shop/feed?export=own');
    assert.match(own.text, /^B \d+\nC \d+\n$/);
    assert.not.match(own.text, ` ${process.pid}\n`);
    assert.match(own.headers.get('Content-Disposition')!, 'own.txt');
    assert.is((await get('/v1/tenants/shop/feed?export=own')).text, own.text);
    const changes = await get('/v1/tenants/shop/feed?export=changes');
    assert.is(changes.text, '_change,sku\nzeroed,A\nadded,C\n');
    const keys = read();
    assert.equal(
      keys.filter((key) => BULK.test(key)),
      [],
    );
    assert.is(keys.filter((key) => MADE.test(key)).length, 5);
    const objects = filesIn(path.join(root, 'data/objects')).filter((file) => MADE.test(file));
    assert.equal(objects, [
      'run_shop2/tenants/shop/outputs/made/2/delta.csv',
      'run_shop2/tenants/shop/outputs/made/2/exports/changes/changes.csv',
      'run_shop2/tenants/shop/outputs/made/2/exports/own/own.txt',
    ]);
    const sizes = [delta, own, changes].map((one) => one.text.length);
    assert.is((await service.stores.usage.storedBytes('shop')).bytes, sizes[0]! + sizes[1]! + sizes[2]!);
  }),
);

test(
  'another process also makes diffs, hashes, decisions, filtered pages and gzip of a long feed',
  withShops({}, async ({ service, shop, get, post, read }) => {
    const long = feedOf(...Array.from({ length: 9000 }, (_, i) => `A${10_000 + i}`));
    await shop('shop', feedOf('A'), long);
    const { artifacts, runs } = service.stores;
    const diff = JSON.parse((await get('/v1/runs/run_shop1/diff/run_shop2')).text);
    assert.equal([diff.rows, diff.changes.added], [{ before: 1, after: 9000 }, 9000]);
    const zipped = await get('/v1/tenants/shop/feed', { 'Accept-Encoding': 'gzip' });
    assert.is(zipped.headers.get('Content-Encoding'), 'gzip');
    assert.ok(Number(zipped.headers.get('Content-Length')) < long.length / 4);
    const prefix = 'run_tripped/tenants/shop/';
    const paths = {
      candidate_inventory: `${prefix}outputs/candidate_inventory.csv`,
      holds: `${prefix}reports/holds.csv`,
      input_manifest: `${prefix}reports/input_manifest.json`,
      errors: `${prefix}reports/errors.json`,
    };
    await runs.create({
      runId: 'run_tripped',
      tenantId: 'shop',
      configVersion: 1,
      vendors: [],
      force: false,
      now: Date.now(),
    });
    await write(artifacts, paths.candidate_inventory, feedOf('A'));
    await write(artifacts, paths.holds, `${HOLDS}A,price_rise,1.00,9.00,1,acme,1\n`);
    await write(
      artifacts,
      paths.errors,
      '[\n{"vendor_id":"acme","error_code":"X"},\n{"vendor_id":"b","error_code":"X"}\n]\n',
    );
    const { publication } = (await readCurrent(artifacts, 'shop'))!;
    await write(artifacts, paths.input_manifest, JSON.stringify({ baseline: publication, vendors: {} }));
    await end(service, 'run_tripped', { status: 'FAILED', errorCode: 'GUARDRAIL_TRIPPED', artifacts: paths });
    const decision = { run_id: 'run_tripped', decision: 'accept', reason: 'yes', skus: 'all' };
    assert.is(JSON.parse((await post('/v1/tenants/shop/decisions', decision)).text).count, 1);
    const { errors } = JSON.parse((await get('/v1/runs/run_tripped/errors?vendor_id=b')).text);
    assert.equal(errors, [{ vendor_id: 'b', error_code: 'X' }]);
    read();
    const published = JSON.parse((await post('/v1/runs/run_tripped/publish', { reason: 'looked at' })).text);
    assert.equal([published.run_id, published.sha256], ['run_tripped', sha256Hex(feedOf('A'))]);
    assert.equal(
      read().filter((key) => BULK.test(key)),
      [],
    );
  }),
);

test(
  'if a process is killed during an export, the answer is 503, nothing is left, and the next request gets the whole file',
  withShops({}, async ({ service, shop, get, deeds, root, folder }) => {
    await shop('shop', feedOf('A', 'KILL', 'Z'));
    deeds(true);
    const killed = await get('/v1/tenants/shop/feed?export=own');
    assert.equal([killed.status, JSON.parse(killed.text).error], [503, 'UNAVAILABLE']);
    assert.is(killed.headers.get('Retry-After'), '5');
    const left = () => filesIn(folder).filter((file) => MADE.test(file) || /(partial|scratch)\//.test(file));
    assert.equal(left(), []);
    deeds(false);
    assert.match((await get('/v1/tenants/shop/feed?export=own')).text, /^A \d+\nKILL \d+\nZ \d+\n$/);
    assert.is(filesIn(path.join(root, 'data/objects')).filter((file) => MADE.test(file)).length, 1);
    assert.is((await service.stores.usage.storedBytes('shop')).bytes > 0, true);
  }),
);

test(
  'a plugin that blocks is ended, and delays neither other tenants nor its own tenant’s feed',
  withShops({ WORKER_RUN_STUCK_SECONDS: '1' }, async ({ shop, get, deeds }) => {
    await shop('one', feedOf('BLOCK'));
    await shop('two', feedOf('A'), feedOf('B'));
    deeds(true);
    let isOver = false;
    const blocked = ['own', 'changes'].map((name) => get(`/v1/tenants/one/feed?export=${name}`));
    void blocked[0]!.then(() => {
      isOver = true;
    });
    assert.match((await get('/v1/tenants/two/publications/2/delta')).text, /zeroed,A/);
    assert.is((await get('/v1/tenants/one/feed')).status, 200);
    assert.not(isOver);
    const [first, second] = await Promise.all(blocked);
    assert.equal([first!.status, second!.status], [503, 200]);
  }),
);

test(
  'work that nobody waits for any more stops at the next chunk, or with its process',
  withShops({ WORKER_RUN_STOP_SECONDS: '0' }, async ({ service, shop, deeds }) => {
    await shop('shop', feedOf('BLOCK'));
    const { artifacts } = service.stores;
    await write(artifacts, 'run_shop1/tenants/shop/large', 'x'.repeat(8 << 20));
    const { ask } = service.runners;
    const codeOf = (error: RelayError) => error.code;
    const gone = AbortSignal.abort();
    const hash = { type: 'hash' as const, tenantId: 'shop', key: 'run_shop1/tenants/shop/large' };
    assert.is((await ask(hash)).sha256.length, 64);
    assert.ok(['CANCELLED', 'runner_unavailable'].includes(await ask(hash, gone).then(String, codeOf)));
    deeds(true);
    const { publication } = (await readCurrent(artifacts, 'shop'))!;
    const config = (await service.stores.tenants.getConfig('shop', 1))!.config;
    const delta = { before: null, after: publication, currency: 'EUR' };
    const recipe = { make: 'export' as const, prefix: 'run_shop1/tenants/shop/made.', name: 'own', config, delta };
    const stop = new AbortController();
    const blocked = ask({ type: 'file', tenantId: 'shop', recipe }, stop.signal);
    stop.abort();
    assert.is(await blocked.then(String, codeOf), 'runner_unavailable');
    assert.is((await ask(hash)).sha256.length, 64);
  }),
);

test.run();
