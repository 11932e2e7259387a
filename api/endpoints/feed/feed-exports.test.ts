/** Exports of the published feed: those that the run wrote, and those that are made later for what a person published. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readCurrent } from '../../../core/pipeline/publications.ts';
import { type Api, addTenant, configOf, requestFor, startApi } from '../../testing/harness.ts';
import { publish } from '../../testing/published.ts';

const PATH = '/v1/tenants/shop/feed';
const FIRST = 'sku,quantity_available,price\nA,1,10.00\nB,2,20.00\n';
const SECOND = 'sku,quantity_available,price\nA,5,10.00\n';
const EXPORTS = [
  { use: 'csv', name: 'shop', with: { columns: [{ from: 'sku', as: 'Article' }, { from: 'quantity_available' }] } },
  {
    use: 'csv',
    name: 'changes',
    content: 'delta',
    with: { columns: [{ from: '_change' }, { from: 'sku' }, { from: 'quantity_available' }] },
  },
  { use: 'jsonl' },
];

/** Run `r1` has published with its exports, then `r2`, which was compared with it. */
async function shop(): Promise<Api> {
  const api = await startApi();
  api.artifacts.chunkBytes = 1 << 16;
  const output = { columns: ['sku', 'quantity_available', 'price'], exports: EXPORTS };
  const made = await api.call('POST', '/v1/tenants', { body: { ...configOf('shop'), output, publish: {} } });
  assert.is(made.status, 201, made.text);
  await run(api, 'r1', FIRST);
  await run(api, 'r2', SECOND);
  return api;
}

async function run(api: Api, runId: string, feed: string): Promise<void> {
  const before = (await readCurrent(api.artifacts, 'shop'))?.publication ?? null;
  await publish(api, 'shop', runId, feed);
  const prefix = `${runId}/tenants/shop/`;
  const baseline = before === null ? null : { run_id: before.run_id, published_at: before.published_at };
  api.artifacts.put(`${prefix}reports/input_manifest.json`, JSON.stringify({ baseline, vendors: {} }));
  const artifacts: Record<string, string> = {};
  for (const [name, extension] of Object.entries({ shop: 'csv', changes: 'csv', jsonl: 'jsonl' })) {
    artifacts[`export_${name}`] = `${prefix}outputs/exports/${name}.${extension}`;
    api.artifacts.put(artifacts[`export_${name}`]!, `${name} of ${runId}\n`);
  }
  Object.assign(api.runs.records.get(runId)!.artifacts, artifacts);
  api.time.now += 1000;
}

const get = (api: Api, name: string, headers: Record<string, string> = {}) =>
  api.call('GET', `${PATH}?export=${name}`, { headers });

test('the exports of the run that published can be read, with conditions and ranges as for the feed', async () => {
  const api = await shop();
  for (const [name, type] of [
    ['shop', 'text/csv; charset=utf-8'],
    ['changes', 'text/csv; charset=utf-8'],
    ['jsonl', 'application/x-ndjson'],
  ] as const) {
    const { status, text, headers } = await get(api, name);
    assert.equal([status, text, headers.get('Content-Type')], [200, `${name} of r2\n`, type]);
    assert.equal(headers.get('X-Relay-Sequence'), '2');
    assert.match(headers.get('Content-Disposition')!, `inline; filename="${name}.`);
    const etag = headers.get('ETag')!;
    assert.is((await get(api, name, { 'If-None-Match': etag })).status, 304);
    const part = await get(api, name, { Range: 'bytes=0-1' });
    assert.equal([part.status, part.text], [206, name.slice(0, 2)]);
  }
  assert.is(
    new Set(
      await Promise.all(['shop', 'changes', 'jsonl'].map(async (one) => (await get(api, one)).headers.get('ETag'))),
    ).size,
    3,
  );
  const { json } = await api.call('POST', '/v1/tenants/shop/feed-links');
  const link = new URL(json.url).pathname;
  assert.is((await api.call('GET', `${link}?export=shop`, { key: null })).text, 'shop of r2\n');
  assert.is((await api.call('GET', link, { key: null })).text, SECOND);
});

test('after a rollback the full export is the run’s, and the delta leads to it from what was published', async () => {
  const api = await shop();
  const back = await api.call('POST', '/v1/tenants/shop/rollback', { body: { run_id: 'r1', reason: 'wrong' } });
  assert.is(back.json.sequence, 3);
  assert.is((await get(api, 'shop')).text, 'shop of r1\n');
  const { text, headers } = await get(api, 'changes');
  assert.is(text, '_change,sku,quantity_available\nchanged,A,1\nadded,B,2\n');
  assert.is((await get(api, 'changes', { 'If-None-Match': headers.get('ETag')! })).status, 304);
  // an export that is made on request has no ranges
  const part = await get(api, 'changes', { Range: 'bytes=0-1' });
  assert.equal([part.status, part.text], [200, text]);
  const head = await api.call('HEAD', `${PATH}?export=changes`);
  assert.equal([head.status, head.text], [200, '']);
  await api.call('POST', '/v1/tenants/shop/rollback', { body: { run_id: 'r2', reason: 'right after all' } });
  assert.is((await get(api, 'changes')).text, '_change,sku,quantity_available\nchanged,A,5\nzeroed,B,0\n');
});

test('a stopped feed that a person published has exports too', async () => {
  const api = await shop();
  await run(api, 'r3', FIRST);
  const { publication } = (await readCurrent(api.artifacts, 'shop'))!;
  for (const name of ['shop', 'changes', 'jsonl']) delete api.runs.records.get('r3')!.artifacts[`export_${name}`];
  assert.is((await get(api, 'shop')).text, 'Article,quantity_available\nA,1\nB,2\n');
  assert.is((await get(api, 'changes')).text, '_change,sku,quantity_available\nchanged,A,1\nadded,B,2\n');
  assert.is(
    (await get(api, 'jsonl')).text,
    '{"sku":"A","quantity_available":1,"price":"10.00"}\n{"sku":"B","quantity_available":2,"price":"20.00"}\n',
  );
  assert.is(publication.sequence, 3);
});

test('an unknown export, a removed publication and too many requests at once are refused', async () => {
  const api = await shop();
  const unknown = await get(api, 'shopp');
  assert.equal([unknown.status, unknown.json.error], [404, 'NOT_FOUND']);
  assert.match(unknown.json.message, 'did you mean "shop"?');
  assert.is((await get(api, 'No%20name')).json.error, 'INVALID_REQUEST');
  const other = await startApi();
  await addTenant(other, 'shop');
  assert.is((await get(other, 'shop')).status, 404);
  await publish(other, 'shop', 'r1', FIRST);
  assert.match((await get(other, 'shop')).json.message, 'it has none');
  await api.call('POST', '/v1/tenants/shop/rollback', { body: { run_id: 'r1', reason: 'wrong' } });
  const asked = () => api.fetch(requestFor('GET', `${PATH}?export=changes`, {}));
  const open = [await asked(), await asked()];
  const third = await asked();
  assert.equal([third.status, third.headers.get('Retry-After')], [503, '5']);
  // a client that goes away, and one that reads to the end
  await open[0]!.body!.cancel();
  assert.match(await open[1]!.text(), /^_change/);
  assert.match((await get(api, 'changes')).text, /^_change/);
  api.artifacts.objects.delete('r2/tenants/shop/outputs/merged_inventory.csv');
  assert.is((await get(api, 'changes')).json.error, 'RUN_GONE');
});

test('a forced run’s delta starts at what was published, even if the run was compared with an earlier feed', async () => {
  const api = await shop();
  // a person rolled back while the run worked
  const { publication: second } = (await readCurrent(api.artifacts, 'shop'))!;
  await api.call('POST', '/v1/tenants/shop/rollback', { body: { run_id: 'r1', reason: 'wrong' } });
  await run(api, 'r3', SECOND);
  const baseline = { run_id: second.run_id, published_at: second.published_at };
  api.artifacts.put('r3/tenants/shop/reports/input_manifest.json', JSON.stringify({ baseline, vendors: {} }));
  assert.is((await get(api, 'changes')).text, '_change,sku,quantity_available\nchanged,A,5\nzeroed,B,0\n');
});

test.run();
