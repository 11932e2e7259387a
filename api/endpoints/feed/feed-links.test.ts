import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ADMIN, type Api, addTenant, startApi } from '../../testing/harness.ts';
import { publish } from '../../testing/published.ts';

const FEED = 'sku,quantity_available\nA1,5\nB1,2\n';
const PATH = '/v1/tenants/shop/feed-links';

async function published(settings = {}): Promise<Api> {
  const api = await startApi(settings);
  api.artifacts.chunkBytes = 1 << 16;
  await addTenant(api, 'shop');
  await publish(api, 'shop', 'r1', FEED);
  return api;
}

const make = async (api: Api, body?: object) => (await api.call('POST', PATH, { body: body ?? {} })).json;
const pathOf = (link: { url: string }) => new URL(link.url).pathname;
const read = (api: Api, link: { url: string }, headers = {}) => api.call('GET', pathOf(link), { key: null, headers });

test('a link reads the feed without a key, and is shown once', async () => {
  const api = await published();
  const link = await make(api, { name: 'shop plugin' });
  assert.match(link.url, /^http:\/\/relay\.test\/v1\/feeds\/relay_feed_[0-9a-z]{51,}$/);
  const secret = link.url.split('/').at(-1)!;
  const { status, text, headers } = await read(api, link);
  assert.equal([status, text, headers.get('X-Relay-Run-Id')], [200, FEED, 'r1']);
  await publish(api, 'shop', 'r2', `${FEED}C1,9\n`);
  assert.is((await read(api, link)).text, `${FEED}C1,9\n`);
  const listed = await api.call('GET', PATH);
  const { link_id, created_at } = link;
  assert.equal(listed.json, { feed_links: [{ link_id, name: 'shop plugin', created_at, revoked_at: null }] });
  const stored = JSON.stringify([[...api.tenants.keys], [...api.tenants.keys.values()]]);
  assert.not.ok(stored.includes(secret));
});

test('ETag, ranges, HEAD and gzip work as on the feed itself', async () => {
  const api = await published();
  const link = await make(api);
  const { headers } = await read(api, link);
  const etag = headers.get('ETag')!;
  assert.is(etag, (await api.call('GET', '/v1/tenants/shop/feed')).headers.get('ETag'));
  assert.is((await read(api, link, { 'If-None-Match': etag })).status, 304);
  const part = await read(api, link, { Range: 'bytes=4-7' });
  assert.equal([part.status, part.text], [206, FEED.slice(4, 8)]);
  assert.is((await read(api, link, { Range: 'bytes=999-' })).status, 416);
  const zipped = await api.fetch(new Request(link.url, { headers: { 'Accept-Encoding': 'gzip' } }));
  assert.is(zipped.headers.get('Content-Encoding'), 'gzip');
  assert.is(await new Response(zipped.body!.pipeThrough(new DecompressionStream('gzip'))).text(), FEED);
  const head = await api.fetch(new Request(link.url, { method: 'HEAD' }));
  assert.equal([head.status, head.headers.get('Content-Length'), await head.text()], [200, String(FEED.length), '']);
});

test('a revoked link, a guess or a key opens no feed; a link opens nothing else', async () => {
  const api = await published();
  const link = await make(api);
  const secret = link.url.split('/').at(-1)!;
  const key = await addTenant(api, 'other');
  for (const guess of ['x', key, ADMIN, secret.slice(0, -1), `${secret}0`, 'y'.repeat(600)]) {
    const { status, json } = await api.call('GET', `/v1/feeds/${guess}`, { key: null });
    assert.equal([status, json.error], [404, 'NOT_FOUND'], guess);
  }
  for (const path of ['/v1/tenants/shop/feed', '/v1/tenants/shop', '/v1/runs', '/v1/plugins']) {
    assert.is((await api.call('GET', path, { key: secret })).status, 401, path);
  }
  assert.is((await api.call('DELETE', `${PATH}/${link.link_id}`)).status, 204);
  assert.is((await api.call('DELETE', `${PATH}/${link.link_id}`)).status, 404);
  assert.is((await read(api, link)).status, 404);
  assert.ok((await api.call('GET', PATH)).json.feed_links[0].revoked_at);
});

test('keys and links are revoked and listed apart', async () => {
  const api = await published();
  const link = await make(api);
  const [key] = (await api.call('GET', '/v1/tenants/shop/keys')).json.keys;
  assert.is((await api.call('GET', '/v1/tenants/shop/keys')).json.keys.length, 1);
  assert.is((await api.call('DELETE', `/v1/tenants/shop/keys/${link.link_id}`)).status, 404);
  assert.is((await api.call('DELETE', `${PATH}/${key.key_id}`)).status, 404);
  const { usage } = (await api.call('GET', '/v1/tenants/shop')).json;
  assert.equal([usage.keys.used, usage.feed_links], [1, { used: 1, limit: 50 }]);
});

test('thousands of links are listed whole, and others are answered meanwhile', async () => {
  const api = await published();
  const links = Array.from({ length: 1200 }, (_, i) => `link_${i}`);
  const one = { tenantId: 'shop', kind: 'feed', name: 'x', createdAt: 0, revokedAt: 0 } as const;
  for (const keyId of links) api.tenants.keys.set(keyId, { ...one, keyId, hash: keyId });
  const order: string[] = [];
  const list = api.call('GET', PATH).then((answer) => {
    order.push('list');
    return answer;
  });
  const other = new Promise<void>((resolve) => setTimeout(resolve, 0)).then(() => order.push('other'));
  await Promise.all([list, other]);
  const { json } = await list;
  assert.equal(
    json.feed_links.map(({ link_id }: { link_id: string }) => link_id),
    links,
  );
  assert.equal(order, ['other', 'list']);
});

test('a link answers 404 until something is published; an unknown tenant gets no link', async () => {
  const api = await startApi();
  await addTenant(api, 'shop');
  const { status, json } = await read(api, await make(api));
  assert.equal([status, json.message], [404, 'there is no such published feed, or it is not yours']);
  assert.is((await api.call('POST', '/v1/tenants/nobody/feed-links')).status, 404);
});

test('a tenant has at most QUOTA_FEED_LINKS links; revoking one makes room', async () => {
  const api = await published({
    quotas: { storedBytes: 1e9, waitingUploads: 9, configVersions: 9, keys: 9, feedLinks: 2 },
  });
  const first = await make(api);
  await make(api);
  const third = await api.call('POST', PATH);
  assert.equal([third.status, third.json.error], [429, 'QUOTA_FEED_LINKS']);
  await api.call('DELETE', `${PATH}/${first.link_id}`);
  assert.is((await api.call('POST', PATH)).status, 201);
});

test('each link has its own rate limit; a flood of guesses ends in 429 before the store is asked', async () => {
  const api = await published({ rateBurst: 6, ratePerSecond: 1 });
  const [link, other] = [await make(api), await make(api)];
  api.time.now += 60_000;
  const statuses: number[] = [];
  for (let i = 0; i < 7; i++) statuses.push((await read(api, link)).status);
  assert.equal(statuses, [200, 200, 200, 200, 200, 200, 429]);
  assert.is((await read(api, other)).status, 200);
  assert.is((await api.call('GET', '/v1/tenants/shop')).status, 200);
  let asked = 0;
  const { findKey } = api.tenants;
  api.tenants.findKey = (...args) => {
    asked++;
    return findKey.apply(api.tenants, args);
  };
  const guesses: number[] = [];
  for (let i = 0; i < 9; i++) guesses.push((await api.call('GET', `/v1/feeds/guess-${i}`, { key: null })).status);
  assert.equal([guesses.filter((one) => one === 404).length, guesses.at(-1)], [6, 429]);
  assert.is(asked, 6);
  assert.is((await read(api, other)).status, 200, 'a link that was good before is served');
});

test('the address of a link is in no log, however it is written', async () => {
  const api = await published();
  const link = await make(api);
  const secret = link.url.split('/').at(-1)!;
  const encoded = secret.replaceAll('_', '%5F').replace('r', '%72');
  assert.is((await api.call('GET', `/v1/feeds/${encoded}`, { key: null })).status, 200);
  await read(api, link);
  await api.call('GET', `/v1/feeds/${secret}/`, { key: null });
  await api.call('GET', `/v1/feeds/${encoded}/feed.csv`, { key: null });
  await api.call('GET', '/v1/health', { key: null, headers: { 'X-Request-Id': secret } });
  api.artifacts.read = () => Promise.reject(new Error('a bug'));
  await read(api, link);
  const logged = JSON.stringify(api.logs);
  assert.not.ok(logged.includes(secret.slice(12)));
  const requests = api.logs.filter(({ fields }) => fields.route === '/v1/feeds/:link');
  assert.equal(
    requests.map(({ fields }) => [fields.path, fields.key_id, fields.tenant_id]),
    requests.map(() => ['/v1/feeds/relay_…', link.link_id, 'shop']),
  );
  assert.ok(requests.length >= 3);
});

test.run();
