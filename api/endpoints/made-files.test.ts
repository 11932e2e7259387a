/** Files that runners make of publications: each is made once, in turn, and only while someone waits for it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../core/errors.ts';
import type { ApiDeps } from '../deps.ts';
import type { AskQuestion, Question } from '../questions/questions.ts';
import { askHere } from '../testing/ask-here.ts';
import { type Api, addTenant, configOf, requestFor, startApi } from '../testing/harness.ts';
import { publish } from '../testing/published.ts';

const FIRST = 'sku,quantity_available,price\nA,1,10.00\nB,2,20.00\n';
const SECOND = 'sku,quantity_available,price\nA,5,10.00\n';
const DELTA = '/v1/tenants/shop/publications/2/delta';
const EXPORTS = [
  { use: 'jsonl', name: 'lines' },
  { use: 'csv', name: 'changes', content: 'delta', with: { columns: [{ from: '_change' }, { from: 'sku' }] } },
];

interface Shop {
  api: Api;
  asked: Question[];
  /** Holds questions back until the returned function is called. */
  hold(): () => void;
  /** Waits until so many requests have looked for a made file. Those that found none are then in the queue. */
  looked(times: number): Promise<void>;
  /** The error of the next question. */
  failure: { next: Error | null };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Tenant `shop` has published twice, then a person went back and forth: no run has the exports of what is published. */
async function shop(changes: Partial<ApiDeps> = {}): Promise<Shop> {
  const asked: Question[] = [];
  const failure: Shop['failure'] = { next: null };
  let held: Promise<void> | null = null;
  const ask = (async (question) => {
    asked.push(question);
    await held;
    const { next } = failure;
    failure.next = null;
    if (next !== null) throw next;
    return askHere(api.artifacts)(question);
  }) as AskQuestion;
  const api: Api = await startApi({}, { ask, ...changes });
  api.artifacts.chunkBytes = 1 << 20;
  const output = { columns: ['sku', 'quantity_available', 'price'], exports: EXPORTS };
  await api.call('POST', '/v1/tenants', { body: { ...configOf('shop'), output, publish: {} } });
  await publish(api, 'shop', 'r1', FIRST);
  await publish(api, 'shop', 'r2', SECOND);
  const hold = () => {
    let go = () => {};
    held = new Promise((resolve) => {
      go = resolve;
    });
    return () => {
      held = null;
      go();
    };
  };
  const { list } = api.artifacts;
  let looks = 0;
  api.artifacts.list = async (...args) => {
    const found = await list.apply(api.artifacts, args);
    if (args[0].includes('/made/')) looks++;
    return found;
  };
  const looked = async (times: number) => {
    while (looks < times) await turn();
    // work after an answer ends within one turn of the event loop
    await turn();
  };
  return { api, asked, hold, looked, failure };
}

const made = (api: Api) => [...api.artifacts.objects.keys()].filter((key) => key.includes('/made/'));
const stored = async (api: Api) => (await api.usage.storedBytes('shop')).bytes;

test('a delta and an export are made on the first request, and count as stored bytes', async () => {
  const { api, asked } = await shop();
  const before = await stored(api);
  const delta = await api.call('GET', DELTA);
  assert.match(delta.text, /^zeroed,B,0/m);
  assert.equal((await api.call('GET', DELTA)).text, delta.text);
  const part = await api.call('GET', DELTA, { headers: { Range: 'bytes=-5' } });
  assert.equal([part.status, part.text], [206, delta.text.slice(-5)]);
  assert.is((await api.call('GET', DELTA, { headers: { Range: 'bytes=9999-' } })).status, 416);
  const head = await api.call('HEAD', DELTA);
  assert.equal([head.text, head.headers.get('Content-Length')], ['', String(delta.text.length)]);
  assert.is(asked.length, 1);
  const lines = await api.call('GET', '/v1/tenants/shop/feed?export=lines');
  assert.is(lines.text, '{"sku":"A","quantity_available":5,"price":"10.00"}\n');
  assert.is(lines.headers.get('Content-Type'), 'application/x-ndjson');
  const changes = await api.call('GET', '/v1/tenants/shop/feed?export=changes');
  assert.is(changes.text, '_change,sku\nchanged,A\nzeroed,B\n');
  assert.is((await stored(api)) - before, delta.text.length + lines.text.length + changes.text.length);
  assert.equal(made(api), [
    'r2/tenants/shop/outputs/made/2/delta.csv',
    'r2/tenants/shop/outputs/made/2/exports/lines/lines.jsonl',
    'r2/tenants/shop/outputs/made/2/exports/changes/changes.csv',
  ]);
});

test('a client that has the file gets 304 without the file being made', async () => {
  const { api, asked } = await shop();
  const etag = (await api.call('GET', DELTA)).headers.get('ETag')!;
  for (const key of made(api)) api.artifacts.objects.delete(key);
  const known = await api.call('GET', DELTA, { headers: { 'If-None-Match': etag } });
  assert.equal([known.status, known.headers.get('ETag'), asked.length], [304, etag, 1]);
});

test('simultaneous requests make a file once; too many questions of one tenant are refused and delay nobody else', async () => {
  const { api, asked, hold, looked } = await shop();
  await addTenant(api, 'other');
  await publish(api, 'other', 'o1', FIRST);
  const go = hold();
  const waiting = Array.from({ length: 21 }, () => api.call('GET', DELTA));
  // the first request looks once more when its turn comes
  await looked(22);
  const { status, headers, json } = await api.call('GET', '/v1/runs/r1/diff/r2');
  assert.equal([status, json.error, headers.get('Retry-After')], [429, 'TOO_MANY_QUESTIONS', '5']);
  const plain = await api.call('GET', '/v1/tenants/shop/feed');
  assert.equal([plain.status, plain.text], [200, SECOND]);
  const other = api.call('GET', '/v1/tenants/other/publications/1/delta');
  while (asked.length === 1) await turn();
  go();
  assert.is((await other).status, 200);
  assert.equal(
    (await Promise.all(waiting)).map((one) => one.status),
    Array(21).fill(200),
  );
  assert.is(asked.length, 2);
});

test('nothing is made for a client that left before its turn', async () => {
  const { api, asked, hold, looked } = await shop();
  const go = hold();
  const first = api.call('GET', '/v1/runs/r1/diff/r2');
  while (asked.length === 0) await turn();
  const gone = new AbortController();
  const second = api.fetch(new Request(requestFor('GET', DELTA, {}), { signal: gone.signal }));
  await looked(1);
  gone.abort();
  go();
  assert.is((await first).json.changes.changed, 1);
  assert.is((await second).status, 503);
  assert.equal([api.logs.at(-1)?.level, api.logs.at(-1)?.fields.error], ['info', 'UNAVAILABLE']);
  assert.equal([asked.map(({ type }) => type), made(api)], [['diff'], []]);
});

test('a runner that dies, a full disk, a removed feed and a removed run each have their answer', async () => {
  let isFull = false;
  const requireRoom = async () => {
    if (isFull) throw new RelayError('disk_nearly_full', 'full');
  };
  const { api, failure } = await shop({ requireRoom });
  failure.next = new RelayError('runner_unavailable', 'it ended', { recovery: 'retry' });
  const ended = await api.call('GET', DELTA);
  assert.equal([ended.status, ended.headers.get('Retry-After')], [503, '5']);
  failure.next = new RelayError('precondition_failed', 'another one');
  assert.is((await api.call('GET', DELTA)).json.error, 'RUN_GONE');
  isFull = true;
  assert.is((await api.call('GET', DELTA)).json.error, 'DISK_NEARLY_FULL');
  isFull = false;
  const before = await stored(api);
  const { get } = api.runs;
  api.runs.get = async (id) => (made(api).length > 0 ? null : get.call(api.runs, id));
  assert.is((await api.call('GET', DELTA)).json.error, 'RUN_GONE');
  assert.equal([made(api), await stored(api)], [[], before]);
});

test('a long feed is compressed once; it is sent plain while too many questions wait', async () => {
  const { api, asked, hold, looked } = await shop();
  const long = `sku,price\n${Array.from({ length: 9000 }, (_, i) => `A${10_000 + i},1.00\n`).join('')}`;
  await publish(api, 'shop', 'r3', long);
  const get = () => api.fetch(requestFor('GET', '/v1/tenants/shop/feed', { headers: { 'Accept-Encoding': 'gzip' } }));
  const unzipped = (response: Response) =>
    new Response(response.body!.pipeThrough(new DecompressionStream('gzip'))).text();
  const go = hold();
  const waiting = Array.from({ length: 21 }, get);
  await looked(22);
  const plain = await get();
  assert.equal([plain.headers.get('Content-Encoding'), (await plain.text()) === long], [null, true]);
  go();
  for (const zipped of await Promise.all(waiting)) {
    assert.equal([zipped.headers.get('Content-Encoding'), (await unzipped(zipped)) === long], ['gzip', true]);
    assert.match(zipped.headers.get('ETag')!, /-gzip"$/);
  }
  assert.is(asked.length, 1);
  const size = api.artifacts.objects.get(made(api)[0] as string)!.length;
  const read = api.artifacts.bytesRead;
  const zipped = await get();
  assert.equal([zipped.headers.get('Content-Length'), (await zipped.arrayBuffer()).byteLength], [String(size), size]);
  // beside the note of what is published
  assert.ok(api.artifacts.bytesRead - read < size + 500, 'of the feed itself nothing is read');
  const etag = (await get()).headers.get('ETag')!;
  const again = requestFor('GET', '/v1/tenants/shop/feed', {
    headers: { 'Accept-Encoding': 'gzip', 'If-None-Match': etag },
  });
  for (const key of made(api)) api.artifacts.objects.delete(key);
  assert.equal([(await api.fetch(again)).status, asked.length], [304, 1]);
});

test('a feed of 64 KiB is compressed here, and without runners a longer one too', async () => {
  for (const [size, ask, questions] of [
    [65_536, undefined, 0],
    [65_537, undefined, 1],
    [65_537, null, 0],
  ] as const) {
    const { api, asked } = await shop(ask === null ? { ask } : {});
    const feed = `sku,price\n${'x'.repeat(size - 10)}`;
    await publish(api, 'shop', 'r3', feed);
    const answer = await api.fetch(
      requestFor('GET', '/v1/tenants/shop/feed', { headers: { 'Accept-Encoding': 'gzip' } }),
    );
    const text = await new Response(answer.body!.pipeThrough(new DecompressionStream('gzip'))).text();
    assert.equal([answer.headers.get('Content-Encoding'), text === feed, asked.length], ['gzip', true, questions]);
  }
});

test('a long feed is sent plain if it cannot be compressed at the moment; other failures are told', async () => {
  const { api, asked, failure } = await shop();
  await publish(api, 'shop', 'r3', `sku,price\n${'x'.repeat(70_000)}`);
  const zipped = requestFor('GET', '/v1/tenants/shop/feed', { headers: { 'Accept-Encoding': 'gzip' } });
  for (const [error, status] of [
    [new RelayError('store_busy', 'x', { recovery: 'retry' }), 200],
    [new RelayError('disk_nearly_full', 'x'), 200],
    [new RelayError('plugin_failed', 'x'), 503],
    [new RelayError('not_found', 'x'), 409],
    [new Error('a bug'), 500],
  ] as const) {
    failure.next = error;
    const answer = await api.fetch(zipped.clone());
    assert.equal([answer.status, answer.headers.get('Content-Encoding')], [status, null], error.message);
  }
  assert.is((await api.fetch(zipped)).headers.get('Content-Encoding'), 'gzip');
  assert.equal([asked.length, made(api)], [6, ['r3/tenants/shop/outputs/made/gzip/outputs/merged_inventory.csv.gz']]);
});

test('a file that no runner made, though it said so, is gone', async () => {
  const { api } = await shop({ ask: (async () => null) as unknown as AskQuestion });
  const answer = await api.call('GET', DELTA);
  assert.equal([answer.status, answer.json.error], [409, 'RUN_GONE']);
});

test('a config that this release no longer accepts and a plugin that fails each have their answer', async () => {
  const { api, failure } = await shop();
  const { config } = (await api.tenants.getConfig('shop', 1))!;
  (config as { timezone: string }).timezone = 'Nowhere/At All';
  const gone = await api.call('GET', '/v1/tenants/shop/feed?export=lines');
  assert.equal([gone.status, gone.json.error], [409, 'RUN_GONE']);
  assert.match(gone.json.message, 'cannot be used any more');
  failure.next = new RelayError('plugin_failed', 'row() of output lines: no');
  const failed = await api.call('GET', '/v1/tenants/shop/feed?export=changes');
  assert.equal([failed.status, made(api)], [503, []]);
});

test.run();
