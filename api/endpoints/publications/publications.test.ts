import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../../core/errors.ts';
import { type Publication, readCurrent } from '../../../core/pipeline/publications.ts';
import { type Api, addTenant, startApi } from '../../testing/harness.ts';
import { publish } from '../../testing/published.ts';

const HEADER = 'sku,quantity_available,price\n';
const FIRST = `${HEADER}A1,5,10.00\nB1,2,4.00\n`;
const SECOND = `${HEADER}A1,5,12.00\nC1,9,7.00\n`;
const CURRENT = 'tenants/shop/current.json';

async function withTwo(changes: Parameters<typeof startApi>[1] = {}): Promise<Api> {
  const api = await startApi({}, changes);
  api.artifacts.chunkBytes = 1 << 16;
  await addTenant(api, 'shop');
  await publish(api, 'shop', 'r1', FIRST);
  api.time.now += 1000;
  await publish(api, 'shop', 'r2', SECOND);
  api.time.now += 1000;
  return api;
}

const current = async (api: Api) => (await readCurrent(api.artifacts, 'shop'))?.publication;
const back = (api: Api, run_id = 'r1', reason = 'wrong prices') =>
  api.call('POST', '/v1/tenants/shop/rollback', { body: { run_id, reason } });
const listed = async (api: Api): Promise<Publication[]> =>
  (await api.call('GET', '/v1/tenants/shop/publications')).json.publications;

/** A run that a guardrail stopped when it was compared with what is published now. */
async function trip(api: Api, candidate = SECOND): Promise<string> {
  const made = await api.call('POST', '/v1/runs', { body: { tenant_id: 'shop' } });
  const { run_id } = made.json;
  const prefix = `${run_id}/tenants/shop/`;
  const key = `${prefix}outputs/candidate_inventory.csv`;
  const baseline = (await current(api)) ?? null;
  api.artifacts.put(key, candidate);
  api.artifacts.put(`${prefix}reports/input_manifest.json`, JSON.stringify({ baseline, vendors: {} }));
  api.artifacts.put(`${prefix}reports/diff.json`, '{"rows": {"candidate": 2}}');
  Object.assign(api.runs.records.get(run_id)!, {
    ...{ status: 'FAILED', errorCode: 'GUARDRAIL_TRIPPED', artifacts: { candidate_inventory: key } },
  });
  return run_id;
}

test('a rollback publishes an earlier feed again, with a delta that zeroes SKUs added since', async () => {
  const api = await withTwo();
  const before = (await listed(api))[1]!;
  const { status, json } = await back(api);
  assert.is(status, 200);
  assert.equal(json, {
    ...before,
    sequence: 3,
    reason: 'wrong prices',
    published_at: new Date(api.time.now).toISOString(),
    key_id: json.key_id,
  });
  // a publication by a run names no key
  assert.equal([before.key_id, /^admin_[0-9a-f]{8}$/.test(json.key_id)], [null, true]);
  assert.equal(await current(api), json);
  assert.is((await api.call('GET', '/v1/tenants/shop/feed')).text, FIRST);
  const delta = await api.call('GET', '/v1/tenants/shop/publications/3/delta');
  assert.equal(
    [delta.headers.get('Content-Type'), delta.text],
    [
      'text/csv; charset=utf-8',
      '_change,sku,quantity_available,price,_previous_price,_previous_quantity\n' +
        'changed,A1,5,10.00,12.00,5\nadded,B1,2,4.00,,\nzeroed,C1,0,7.00,7.00,9\n',
    ],
  );
  const first = await api.call('GET', '/v1/tenants/shop/publications/1/delta');
  assert.match(first.text, /^added,A1,5,10.00,,$/m);
  assert.is((await api.call('GET', '/v1/tenants/shop/publications/4/delta')).status, 404);
});

test('if a run is removed during a rollback to it, the current feed stays published', async () => {
  const api = await withTwo();
  const get = api.runs.get.bind(api.runs);
  let asked = 0;
  api.runs.get = async (runId) => (runId === 'r1' && ++asked > 2 ? null : get(runId));
  assert.equal([(await back(api)).json.error, (await current(api))?.run_id], ['RUN_GONE', 'r2']);
});

test('publications are listed in pages, newest first', async () => {
  const api = await withTwo();
  await back(api);
  assert.equal(
    (await listed(api)).map(({ sequence, run_id }) => [sequence, run_id]),
    [
      [3, 'r1'],
      [2, 'r2'],
      [1, 'r1'],
    ],
  );
  const page = (await api.call('GET', '/v1/tenants/shop/publications?limit=2')).json;
  assert.equal([page.publications.length, page.next_cursor], [2, '1']);
  const last = (await api.call('GET', `/v1/tenants/shop/publications?limit=2&cursor=${page.next_cursor}`)).json;
  assert.equal([last.publications.map((one: Publication) => one.sequence), last.next_cursor], [[1], null]);
  assert.is((await api.call('GET', '/v1/tenants/shop/publications?cursor=x')).status, 422);
  const empty = await startApi();
  await addTenant(empty, 'shop');
  assert.equal(await listed(empty), []);
});

test('a rollback is refused to a removed run, to a run that published nothing, and before anything was published', async () => {
  const api = await withTwo();
  const { read } = api.artifacts;
  let reads = 0;
  api.artifacts.read = (key, options) => {
    if (key.includes('/publications/')) reads++;
    return read.call(api.artifacts, key, options);
  };
  assert.is((await back(api, 'nobody')).json.error, 'RUN_NOT_PUBLISHED');
  assert.is(reads, 0, 'of an unknown run no publication is read');
  api.artifacts.objects.delete('r1/tenants/shop/outputs/merged_inventory.csv');
  assert.equal([(await back(api)).status, (await back(api)).json.error], [409, 'RUN_GONE']);
  const gone = await api.call('GET', '/v1/tenants/shop/publications/2/delta');
  assert.is(gone.json.error, 'RUN_GONE');
  assert.is((await current(api))?.sequence, 2);
  for (const body of [{ run_id: 'r1' }, { run_id: 'r1', reason: '' }, { run_id: 'r1', reason: 'a\nb' }]) {
    assert.is((await api.call('POST', '/v1/tenants/shop/rollback', { body })).status, 422);
  }
  const empty = await startApi();
  await addTenant(empty, 'shop');
  assert.is((await back(empty)).status, 404);
});

test('a rollback and its delta work on a restored copy, whose feeds have other ETags; a changed feed is RUN_GONE', async () => {
  const api = await withTwo();
  const key = (run: string) => `${run}/tenants/shop/outputs/merged_inventory.csv`;
  api.artifacts.put(key('r1'), FIRST);
  api.artifacts.put(key('r2'), SECOND);
  assert.is((await back(api)).status, 200);
  const delta = await api.call('GET', '/v1/tenants/shop/publications/3/delta');
  assert.equal([delta.status, (await api.call('GET', '/v1/tenants/shop/feed')).text], [200, FIRST]);
  api.artifacts.put(key('r2'), FIRST);
  const changed = (await back(api, 'r2')).json;
  assert.is(changed.error, 'RUN_GONE');
  assert.match(changed.message, 'the feed of run r2 is not what it published');
});

test('a person can publish a stopped feed, once', async () => {
  const api = await withTwo();
  const id = await trip(api, FIRST);
  const send = () => api.call('POST', `/v1/runs/${id}/publish`, { body: { reason: 'looked at' } });
  const { status, json } = await send();
  assert.equal([status, json.sequence, json.run_id, json.rows, json.reason], [200, 3, id, 2, 'looked at']);
  assert.is(json.sha256, (await listed(api)).at(-1)?.sha256);
  assert.is((await api.call('GET', '/v1/tenants/shop/feed')).text, FIRST);
  assert.equal((await send()).json, json);
  assert.is((await listed(api)).length, 3);
});

test('publishing by hand is refused over another baseline, and for a run that was not stopped', async () => {
  const api = await withTwo();
  const id = await trip(api);
  await back(api);
  const send = () => api.call('POST', `/v1/runs/${id}/publish`, { body: { reason: 'looked at' } });
  assert.equal([(await send()).status, (await send()).json.error], [409, 'BASELINE_MOVED']);
  api.runs.records.get(id)!.errorCode = 'CANCELLED';
  assert.is((await send()).json.error, 'RUN_NOT_TRIPPED');
  assert.is((await current(api))?.sequence, 3);
});

test('a stopped feed can be the first that a tenant publishes', async () => {
  const api = await startApi();
  api.artifacts.chunkBytes = 1 << 16;
  await addTenant(api, 'shop');
  const id = await trip(api);
  const { json } = await api.call('POST', `/v1/runs/${id}/publish`, { body: { reason: 'yes' } });
  assert.equal([json.sequence, json.run_id], [1, id]);
});

test('a simultaneous rollback and publication by hand take effect one after the other', async () => {
  const api = await withTwo();
  const id = await trip(api);
  // the rollback moves just before the publication by hand does
  let isFirst = true;
  api.artifacts.beforeClose = async (key) => {
    if (key !== CURRENT || !isFirst) return;
    isFirst = false;
    await back(api);
  };
  const late = await api.call('POST', `/v1/runs/${id}/publish`, { body: { reason: 'yes' } });
  assert.is(late.json.error, 'BASELINE_MOVED');
  assert.equal(
    (await listed(api)).map(({ run_id }) => run_id),
    ['r1', 'r2', 'r1'],
  );
  // the other order: the rollback comes second
  isFirst = true;
  api.artifacts.beforeClose = async (key) => {
    if (key !== CURRENT || !isFirst) return;
    isFirst = false;
    await publish(api, 'shop', 'r4', SECOND);
  };
  assert.is((await back(api, 'r2')).json.sequence, 5);
  assert.equal(
    (await listed(api)).map(({ run_id }) => run_id),
    ['r2', 'r4', 'r1', 'r2', 'r1'],
  );
});

test('where runners are, rollbacks at once take turns, and too many of them and of lists are refused', async () => {
  const api = await withTwo({ ask: async () => Promise.reject(new Error('nothing is asked')) });
  const waiting = { writes: 0, refused: 0, go: () => {}, gate: Promise.resolve() };
  api.artifacts.beforeClose = (key) => {
    if (key !== CURRENT) return;
    waiting.writes++;
    return waiting.gate;
  };
  const read = api.artifacts.read.bind(api.artifacts);
  api.artifacts.read = (key, options) => waiting.gate.then(() => read(key, options));
  // the first waits until the last four of 25 are refused
  const atOnce = async (ask: () => ReturnType<typeof back>) => {
    waiting.refused = 0;
    waiting.gate = new Promise((resolve) => {
      waiting.go = resolve;
    });
    const answers = Array.from({ length: 25 }, async () => {
      const { status, json } = await ask();
      if (status === 429 && ++waiting.refused === 4) waiting.go();
      return `${status} ${json.error ?? ''}`.trim();
    });
    return (await Promise.all(answers)).sort();
  };
  const expected = [...Array(21).fill('200'), ...Array(4).fill('429 TOO_MANY_QUESTIONS')];
  assert.equal(await atOnce(() => back(api)), expected);
  assert.is(waiting.writes, 21, 'none was overtaken and tried again');
  assert.is((await current(api))?.sequence, 23);
  const cursor = '/v1/tenants/shop/publications?cursor=23';
  const { artifacts } = api;
  // not the record of what is published
  artifacts.read = (key, options) =>
    key === CURRENT ? read(key, options) : waiting.gate.then(() => read(key, options));
  assert.equal(await atOnce(() => api.call('GET', cursor)), expected);
});

test('a process that dies around any write of a rollback leaves one order without a gap', async () => {
  for (const end of ['publications/2.json', CURRENT, 'publications/3.json']) {
    for (const when of ['before', 'after'] as const) {
      const api = await withTwo();
      // as if the process before had died before it wrote its record
      api.artifacts.objects.delete('tenants/shop/publications/2.json');
      const { write } = api.artifacts;
      let isDead = false;
      api.artifacts.write = async (key, options) => {
        const sink = await write.call(api.artifacts, key, options);
        if (!key.endsWith(end) || isDead) return sink;
        const close = async () => {
          isDead = true;
          if (when === 'after') await sink.close();
          throw new RelayError('store_busy', 'gone', { recovery: 'retry' });
        };
        return { ...sink, close };
      };
      assert.is((await back(api)).status, 503, `${when} ${end}`);
      const moved = (end === CURRENT && when === 'after') || end === 'publications/3.json';
      assert.is((await current(api))?.sequence, moved ? 3 : 2);
      const ids = moved ? ['r1', 'r2', 'r1'] : ['r2', 'r1'];
      assert.is((await back(api, 'r1', 'again')).status, 200);
      assert.equal(
        (await listed(api)).map(({ run_id }) => run_id),
        ['r1', ...ids],
        `${when} ${end}`,
      );
    }
  }
});

test.run();
