/** How many downloads are sent at once, and how many bytes of them in one turn of the event loop. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DEFAULT_API_SETTINGS, type DownloadSettings } from '../deps.ts';
import { addTenant, requestFor, startApi } from '../testing/harness.ts';
import { publish } from '../testing/published.ts';
import { ByteTurns } from './downloads.ts';

const withProcesses = { configJobs: (async () => null) as never };
const FEED = 'sku,quantity_available,price\nA,1,10.00\n';
const { downloads: defaults } = DEFAULT_API_SETTINGS;

/** Two tenants with a feed each. */
async function shops(changes: Partial<DownloadSettings>) {
  const api = await startApi({ downloads: { ...defaults, ...changes } }, withProcesses);
  // otherwise it hands out the same memory again and again
  api.artifacts.chunkBytes = 1 << 16;
  const keys = { shop: await addTenant(api, 'shop'), other: await addTenant(api, 'other') };
  await publish(api, 'shop', 'r1', FEED);
  await publish(api, 'other', 'r2', FEED);
  const ask = (tenant: keyof typeof keys, headers: Record<string, string> = {}) =>
    api.fetch(requestFor('GET', `/v1/tenants/${tenant}/feed`, { key: keys[tenant], headers }));
  return { api, ask };
}

test('so many downloads of a key are sent at once, so many wait, and more are refused; others have places of their own', async () => {
  const { api, ask } = await shops({ atOnce: 2, waiting: 1 });
  const open = [await ask('shop'), await ask('shop')];
  // keys are looked up side by side: either may be the one that waits
  const both = [ask('shop'), ask('shop')];
  const refused = await Promise.race(both);
  const { error } = (await refused.json()) as { error: string };
  assert.equal([refused.status, error, refused.headers.get('Retry-After')], [429, 'RATE_LIMITED', '1']);
  assert.is((await ask('other')).status, 200);
  const { json } = await api.call('POST', '/v1/tenants/shop/feed-links');
  assert.is((await api.call('GET', new URL(json.url).pathname, { key: null })).text, FEED);
  // one that leaves makes room, and one that is read to its end
  await open[0]!.body!.cancel();
  const waited = (await Promise.all(both)).find((one) => one !== refused);
  assert.equal([waited?.status, await waited?.text()], [200, FEED]);
  assert.is(await open[1]!.text(), FEED);
  const again = await Promise.all([ask('shop'), ask('shop')]);
  assert.equal(await Promise.all(again.map((one) => one.text())), [FEED, FEED]);
});

test('answers without a body and errors keep no place', async () => {
  const { api, ask } = await shops({ atOnce: 1, waiting: 0 });
  for (const [headers, status] of [
    [{ 'If-None-Match': '*' }, 304],
    [{ Range: 'bytes=900-' }, 416],
    [{ 'If-None-Match': '*' }, 304],
  ] as const) {
    assert.is((await ask('shop', headers)).status, status);
  }
  const { read } = api.artifacts;
  api.artifacts.read = async () => {
    throw new Error('broken');
  };
  assert.is((await ask('shop')).status, 500);
  api.artifacts.read = read;
  assert.is((await ask('shop', { 'If-None-Match': '*' })).status, 304);
});

test('a slow reader gives its place up after a while, and reads on', async () => {
  const { now } = performance;
  let clock = 0;
  performance.now = () => clock;
  try {
    const { ask } = await shops({ atOnce: 1, waiting: 0, placeSeconds: 10 });
    const slow = await ask('shop');
    clock = 9_999;
    assert.is((await ask('shop')).status, 429);
    clock = 10_000;
    const next = await ask('shop');
    assert.is(next.status, 200);
    assert.is(await next.text(), FEED);
    const other = await ask('shop');
    assert.is(other.status, 200);
    // its end makes no room: its place was given up before
    assert.is(await slow.text(), FEED);
    assert.is((await ask('shop')).status, 429);
    assert.is(await other.text(), FEED);
    assert.is(await (await ask('shop')).text(), FEED);
  } finally {
    performance.now = now;
  }
});

test('in a turn of the loop so many bytes are passed on, and tenants take turns', async () => {
  const turns = new ByteTurns(10);
  const order: string[] = [];
  const take = async (owner: string, bytes: number) => {
    const wait = turns.take(owner, bytes);
    order.push(`${owner}${wait === null ? '' : ' waits'}`);
    await wait;
    if (wait !== null) order.push(`${owner} later`);
  };
  const taken = [take('a', 6), take('a', 6), take('a', 10), take('a', 1), take('b', 10)];
  assert.equal(order, ['a', 'a', 'a waits', 'a waits', 'b waits']);
  order.length = 0;
  await Promise.all(taken);
  // each in a turn of its own but the last, which fits in nowhere before
  assert.equal(order, ['a later', 'b later', 'a later']);
});

test('if many wait, downloads rest between two turns; if few do, they do not', async () => {
  const { setTimeout: real } = globalThis;
  const rests: unknown[] = [];
  const instant = (go: () => void, ms?: number) => {
    rests.push(ms);
    return real(go, 0);
  };
  globalThis.setTimeout = instant as unknown as typeof setTimeout;
  try {
    const turns = new ByteTurns(10);
    await Promise.all(Array.from({ length: 13 }, () => turns.take('a', 10)));
  } finally {
    globalThis.setTimeout = real;
  }
  assert.equal(rests, [0, 5, 5, 5, 5, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test.run();
