import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decisionsKey } from '../../../core/pipeline/publish/holds/decisions.ts';
import type { ApiSettings } from '../../deps.ts';
import { decisionBody } from '../../schemas/decisions.ts';
import { type Api, addTenant, START, startApi } from '../../testing/harness.ts';
import { publish } from '../../testing/published.ts';

const HEADER = 'sku,reason,published_price,candidate_price,cost,vendor_id,held_runs\n';
const HOLDS = `${HEADER}A1,price_rise,60.00,120.00,100.000000,acme,1\n"B,1",new_sku,,7.00,,bolt,2\nC1,price_drop,9.00,1.00,0.80,acme,1\n`;
const PATH = '/v1/tenants/shop/decisions';
const TABLE = 'sku,decision,price,run_id,expires_at,reason,baseline_run_id,decided_at\n';
const NOW = '2026-11-01T06:00:00.000Z';

/** Tenant `shop` has published run `r1`, which held three prices. */
async function held(holds = HOLDS, settings: Partial<ApiSettings> = {}): Promise<Api> {
  const api = await startApi(settings);
  await addTenant(api, 'shop');
  await addHeld(api, 'r1', holds);
  return api;
}

async function addHeld(api: Api, runId: string, holds: string): Promise<void> {
  await publish(api, 'shop', runId, 'sku\nA1\n');
  const key = `${runId}/tenants/shop/reports/holds.csv`;
  api.artifacts.put(key, holds);
  const input_manifest = `${runId}/tenants/shop/reports/input_manifest.json`;
  api.artifacts.put(input_manifest, '{"baseline":{"run_id":"r0"},"vendors":{}}');
  Object.assign(api.runs.records.get(runId)!, { artifacts: { holds: key, input_manifest } });
}

const decide = (api: Api, body: object, path = PATH) =>
  api.call('POST', path, { body: { run_id: 'r1', decision: 'accept', reason: 'checked', ...body } });
const table = (api: Api) => new TextDecoder().decode(api.artifacts.objects.get(decisionsKey('shop')));

test('holds of the published run are listed in pages', async () => {
  const api = await held();
  const first = await api.call('GET', '/v1/tenants/shop/holds?limit=2');
  assert.equal(first.json.run_id, 'r1');
  assert.equal(first.json.holds, [
    {
      ...{ sku: 'A1', reason: 'price_rise', published_price: '60.00', candidate_price: '120.00' },
      ...{ cost: '100.000000', vendor_id: 'acme', held_runs: 1 },
    },
    {
      ...{ sku: 'B,1', reason: 'new_sku', published_price: null, candidate_price: '7.00' },
      ...{ cost: null, vendor_id: 'bolt', held_runs: 2 },
    },
  ]);
  const second = await api.call('GET', `/v1/tenants/shop/holds?limit=2&cursor=${first.json.next_cursor}`);
  assert.equal([second.json.holds.map((one: { sku: string }) => one.sku), second.json.next_cursor], [['C1'], null]);
  await addHeld(api, 'r2', HEADER);
  assert.equal((await api.call('GET', '/v1/tenants/shop/holds')).json, { run_id: 'r2', holds: [], next_cursor: null });
  const earlier = await api.call('GET', '/v1/tenants/shop/holds?run_id=r1&limit=1');
  assert.equal([earlier.json.run_id, earlier.json.holds.length], ['r1', 1]);
});

test('the list of holds is empty without a published run, or if it held nothing', async () => {
  const api = await startApi();
  await addTenant(api, 'shop');
  const none = { run_id: null, holds: [], next_cursor: null };
  assert.equal((await api.call('GET', '/v1/tenants/shop/holds')).json, none);
  await publish(api, 'shop', 'r1', 'sku\nA1\n');
  assert.equal((await api.call('GET', '/v1/tenants/shop/holds')).json, none);
  assert.is((await api.call('GET', '/v1/tenants/shop/holds?run_id=r1')).json.error, 'RUN_NOT_COMPARED');
  assert.is((await decide(api, { skus: 'all' })).json.error, 'RUN_NOT_COMPARED');
  assert.is((await api.call('GET', '/v1/tenants/nobody/holds')).status, 404);
});

test('a decision records the prices that the run wanted; a later decision replaces it', async () => {
  const api = await held();
  const made = await decide(api, { skus: ['C1', 'A1', 'C1'], expires_at: '2026-11-02T00:00:00Z' });
  assert.equal(
    [made.status, made.json],
    [
      201,
      {
        ...{ run_id: 'r1', decision: 'accept', reason: 'checked', expires_at: '2026-11-02T00:00:00Z' },
        ...{ decided_at: NOW, count: 2 },
      },
    ],
  );
  assert.is(
    table(api),
    `${TABLE}A1,accept,120.00,r1,2026-11-02T00:00:00Z,checked,r0,${NOW}\nC1,accept,1.00,r1,2026-11-02T00:00:00Z,checked,r0,${NOW}\n`,
  );
  api.time.now += 1000;
  const later = '2026-11-01T06:00:01.000Z';
  assert.is((await decide(api, { skus: ['B,1', 'C1'], decision: 'reject', reason: 'a "typo", no?' })).json.count, 2);
  assert.is(
    table(api),
    `${TABLE}A1,accept,120.00,r1,2026-11-02T00:00:00Z,checked,r0,${NOW}\n"B,1",reject,7.00,r1,,"a ""typo"", no?",r0,${later}\nC1,reject,1.00,r1,,"a ""typo"", no?",r0,${later}\n`,
  );
  const listed = await api.call('GET', `${PATH}?limit=1`);
  assert.equal(listed.json.decisions, [
    {
      ...{ sku: 'A1', decision: 'accept', price: '120.00', run_id: 'r1', expires_at: '2026-11-02T00:00:00Z' },
      ...{ reason: 'checked', decided_at: NOW },
    },
  ]);
});

test('`all` decides on everything that a run holds; on a run that holds nothing it decides nothing', async () => {
  const api = await held();
  await addHeld(api, 'r2', HEADER);
  assert.is((await decide(api, { run_id: 'r2', skus: 'all' })).json.count, 0);
  assert.is(await api.artifacts.head(decisionsKey('shop')), null);
  assert.is((await decide(api, { skus: 'all' })).json.count, 3);
  assert.is((await api.call('GET', PATH)).json.decisions.length, 3);
});

test('a SKU that is not held is named with the nearest held one, and nothing is decided', async () => {
  const api = await held();
  await decide(api, { skus: ['A1'] });
  const before = table(api);
  const { status, json } = await decide(api, { skus: ['C1', 'b,1', 'Z', 'A'] });
  assert.is(status, 422);
  assert.is(json.error, 'UNKNOWN_SKU');
  assert.equal(
    json.issues.map(({ path, code }: { path: string; code: string }) => [path, code]),
    [
      ['skus[3]', 'unknown_sku'],
      ['skus[2]', 'unknown_sku'],
      ['skus[1]', 'unknown_sku'],
    ],
  );
  assert.match(json.issues[2].message, /did you mean "B,1"/);
  // a suggestion compares with a thousand SKUs, so only the first ten get one
  const many = Array.from({ length: 12 }, (_, i) => `A1${'abcdefghijkl'[i]}`);
  const { issues } = (await decide(api, { skus: many })).json;
  assert.is(issues.filter(({ message }: { message: string }) => message.includes('did you mean "A1"?')).length, 10);
  assert.is(table(api), before);
});

test('malformed decisions are refused', async () => {
  const api = await held();
  for (const body of [
    { skus: [] },
    { skus: 'some' },
    { skus: ['A1'], decision: 'keep' },
    { skus: ['A1'], reason: '' },
    { skus: ['A1'], expires_at: 'tomorrow' },
    { skus: ['A1'], expires_at: NOW },
    { skus: ['A1'], price: '5.00' },
  ]) {
    const { status, json } = await decide(api, body);
    assert.equal([status, json.error], [422, 'INVALID_REQUEST'], JSON.stringify(body));
  }
  assert.is((await decide(api, { skus: 'all', run_id: 'r9' })).status, 404);
  await addTenant(api, 'shop2');
  assert.is((await decide(api, { skus: 'all' }, '/v1/tenants/shop2/decisions')).status, 404);
  api.artifacts.objects.delete('r1/tenants/shop/reports/holds.csv');
  assert.is((await decide(api, { skus: 'all' })).json.error, 'RUN_GONE');
});

test('expired decisions are not listed, and the next decision removes them', async () => {
  const api = await held();
  await decide(api, { skus: ['A1'], expires_at: '2026-11-01T06:00:10Z' });
  await decide(api, { skus: ['B,1'] });
  api.time.now += 9_999;
  assert.is((await api.call('GET', PATH)).json.decisions.length, 2);
  api.time.now += 1;
  assert.is((await api.call('GET', PATH)).json.decisions.length, 1);
  await decide(api, { skus: ['C1'] });
  assert.not.match(table(api), /A1/);
});

test('a table without baseline_run_id, from an earlier release, is listed and rewritten with it', async () => {
  const api = await held();
  const rows = ['A1', 'C1'].map((sku) => `${sku},accept,1.00,r1,,ok,${NOW}\n`);
  api.artifacts.put(decisionsKey('shop'), `sku,decision,price,run_id,expires_at,reason,decided_at\n${rows.join('')}`);
  assert.is((await api.call('GET', PATH)).json.decisions[1].decided_at, NOW);
  await decide(api, { skus: ['C1'] });
  assert.is(table(api), `${TABLE}A1,accept,1.00,r1,,ok,,${NOW}\nC1,accept,1.00,r1,,checked,r0,${NOW}\n`);
});

test('a tenant has at most LIMIT_DECISIONS decisions; expired ones do not count', async () => {
  const api = await held(HOLDS, { decisionsMax: 2 });
  assert.equal([(await decide(api, { skus: 'all' })).json.error], ['TOO_MANY_DECISIONS']);
  assert.is(await api.artifacts.head(decisionsKey('shop')), null);
  assert.is((await decide(api, { skus: ['A1', 'C1'], expires_at: '2026-11-01T06:00:10Z' })).status, 201);
  assert.is((await decide(api, { skus: ['B,1'] })).json.error, 'TOO_MANY_DECISIONS');
  assert.is((await decide(api, { skus: ['C1'], decision: 'reject' })).status, 201);
  api.time.now = START + 10_000;
  assert.is((await decide(api, { skus: ['B,1'] })).status, 201);
});

test('simultaneous decisions are all kept', async () => {
  const api = await held();
  const answers = await Promise.all(['A1', 'B,1', 'C1'].map((sku) => decide(api, { skus: [sku], reason: sku })));
  assert.equal(
    answers.map(({ status }) => status),
    [201, 201, 201],
  );
  assert.is((await api.call('GET', PATH)).json.decisions.length, 3);
});

test('paging goes on at its place even if others decide meanwhile; a forged cursor is never a 500', async () => {
  const api = await held();
  await decide(api, { skus: ['A1', 'C1'] });
  const first = await api.call('GET', `${PATH}?limit=1`);
  const next = () => api.call('GET', `${PATH}?limit=2&cursor=${first.json.next_cursor}`);
  const skus = async () => (await next()).json.decisions.map((one: { sku: string }) => one.sku);
  assert.equal(await skus(), ['C1']);
  await decide(api, { skus: ['B,1'] });
  assert.equal(await skus(), ['B,1', 'C1']);
  const etag = (await api.artifacts.head(decisionsKey('shop')))!.etag;
  const cursor = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url');
  for (const forged of ['x', cursor([etag, 78, 'A']), cursor([etag, -1, 'A']), cursor([etag]), cursor({})]) {
    const { json } = await api.call('GET', `${PATH}?cursor=${forged}`);
    assert.is(json.error, 'INVALID_REQUEST', forged);
  }
  assert.equal((await api.call('GET', `${PATH}?cursor=${cursor([etag, 1e9, 'A'])}`)).json.decisions, []);
});

test('the fields of a large body are checked once, in the same turn', async () => {
  const api = await startApi({}, { configJobs: (async () => null) as never });
  await addTenant(api, 'shop');
  let turn = 0;
  let next = setImmediate(function count() {
    turn++;
    next = setImmediate(count);
  });
  const checkedIn: number[] = [];
  const { safeParse } = decisionBody;
  decisionBody.safeParse = (value, ...more) => {
    checkedIn.push(turn);
    return safeParse(value, ...more);
  };
  const body = { run_id: 'run_1', skus: Array(20_000).fill(1), decision: 'accept', reason: 'x' };
  try {
    const answers = [1, 2, 3].map(() => api.call('POST', '/v1/tenants/shop/decisions', { body }));
    for (const { status, json } of await Promise.all(answers)) {
      assert.equal([status, json.error, json.issues[0].path], [422, 'INVALID_REQUEST', 'skus']);
    }
  } finally {
    decisionBody.safeParse = safeParse;
    clearImmediate(next);
  }
  assert.is(checkedIn.length, 3);
  assert.is(new Set(checkedIn).size, 3, checkedIn.join());
});

test.run();
