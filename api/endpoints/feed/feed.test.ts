import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Api, addTenant, requestFor, startApi } from '../../testing/harness.ts';
import { publish } from '../../testing/published.ts';

const PATH = '/v1/tenants/shop/feed';
const FEED = 'sku,price\nA1,5.00\nB\u00e92,7.50\n';
const BYTES = new TextEncoder().encode(FEED);

async function published(): Promise<{ api: Api; etag: string }> {
  const api = await startApi();
  api.artifacts.chunkBytes = 1 << 16;
  await addTenant(api, 'shop');
  const { sha256 } = await publish(api, 'shop', 'r1', FEED);
  return { api, etag: `"${sha256}"` };
}

test('the feed is 404 until something is published', async () => {
  const api = await startApi();
  api.artifacts.chunkBytes = 1 << 16;
  await addTenant(api, 'shop');
  assert.equal([(await api.call('GET', PATH)).status, (await api.call('GET', PATH)).json.error], [404, 'NOT_FOUND']);
  const { sha256 } = await publish(api, 'shop', 'r1', FEED);
  const { status, text, headers } = await api.call('GET', PATH);
  assert.equal([status, text, headers.get('ETag')], [200, FEED, `"${sha256}"`]);
  assert.equal(
    [
      'Content-Type',
      'Content-Length',
      'Accept-Ranges',
      'Vary',
      'Cache-Control',
      'X-Relay-Run-Id',
      'X-Relay-Sequence',
    ].map((name) => headers.get(name)),
    ['text/csv; charset=utf-8', String(BYTES.length), 'bytes', 'Accept-Encoding', 'private, no-cache', 'r1', '1'],
  );
});

test('each publication has its own ETag, even one that publishes an earlier feed again', async () => {
  const { api, etag } = await published();
  await publish(api, 'shop', 'r2', 'sku,price\n');
  const second = await api.call('GET', PATH, { headers: { 'If-None-Match': etag } });
  assert.equal([second.status, second.headers.get('X-Relay-Sequence')], [200, '2']);
  await publish(api, 'shop', 'r3', FEED);
  const third = await api.call('GET', PATH, { headers: { 'If-None-Match': etag } });
  assert.equal([third.status, third.headers.get('X-Relay-Run-Id')], [304, 'r3']);
});

test('If-None-Match matches the plain and the compressed feed, weak tags and lists', async () => {
  const { api, etag } = await published();
  for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, '*', etag.replace(/"$/, '-gzip"')]) {
    const { status, text, headers } = await api.call('GET', PATH, { headers: { 'If-None-Match': tag } });
    assert.equal([status, text, headers.get('ETag')], [304, '', etag], tag);
  }
  assert.is((await api.call('GET', PATH, { headers: { 'If-None-Match': '"other"' } })).status, 200);
});

test('ranges of the feed', async () => {
  const { api, etag } = await published();
  const size = BYTES.length;
  const cases: ReadonlyArray<[string, number, string | null, Record<string, string>?]> = [
    ['bytes=0-3', 206, `bytes 0-3/${size}`],
    ['bytes=4-', 206, `bytes 4-${size - 1}/${size}`],
    ['bytes=-5', 206, `bytes ${size - 5}-${size - 1}/${size}`],
    [`bytes=0-${size * 9}`, 206, `bytes 0-${size - 1}/${size}`],
    [`bytes=${size - 1}-`, 206, `bytes ${size - 1}-${size - 1}/${size}`],
    [`bytes=${size}-`, 416, `bytes */${size}`],
    ['bytes=-0', 416, `bytes */${size}`],
    ['bytes=0-1,3-4', 200, null],
    ['lines=1-2', 200, null],
    ['bytes=0-3', 206, `bytes 0-3/${size}`, { 'If-Range': etag }],
    ['bytes=0-3', 200, null, { 'If-Range': '"old"' }],
    // ranges are never compressed
    ['bytes=0-3', 206, `bytes 0-3/${size}`, { 'Accept-Encoding': 'gzip' }],
  ];
  for (const [Range, status, contentRange, more] of cases) {
    const answer = await api.call('GET', PATH, { headers: { Range, ...more } });
    assert.equal([answer.status, answer.headers.get('Content-Range')], [status, contentRange], Range);
    assert.is(answer.headers.get('Content-Encoding'), null);
    if (status === 416) assert.is(answer.json.error, 'RANGE_NOT_SATISFIABLE');
    if (status !== 206) continue;
    const [first = 0, last = 0] = contentRange!.split(/[ /-]/).slice(1, 3).map(Number);
    assert.is(answer.text, new TextDecoder().decode(BYTES.subarray(first, last + 1)), Range);
    assert.is(answer.headers.get('Content-Length'), String(last + 1 - first));
  }
});

test('the feed is sent in gzip where the client accepts it', async () => {
  const { api, etag } = await published();
  for (const [accepted, isZipped] of [
    ['gzip', true],
    ['br, GZIP;q=0.5', true],
    ['*', true],
    ['gzip;q=0, *', false],
    ['gzip; q=0.000', false],
    ['br', false],
    ['x-gzip', false],
    ['gzip;xq=0', true],
    ['gzip;q=0.0001', true],
  ] as const) {
    const response = await api.fetch(requestFor('GET', PATH, { headers: { 'Accept-Encoding': accepted } }));
    assert.is(response.headers.get('Content-Encoding'), isZipped ? 'gzip' : null, accepted);
    assert.is(response.headers.get('ETag'), isZipped ? etag.replace(/"$/, '-gzip"') : etag);
    assert.is(response.headers.has('Content-Length'), !isZipped);
    const body = isZipped ? response.body!.pipeThrough(new DecompressionStream('gzip')) : response.body!;
    assert.is(await new Response(body).text(), FEED);
  }
});

test('HEAD does not read the feed', async () => {
  const { api, etag } = await published();
  await api.call('GET', PATH);
  const read = api.artifacts.bytesRead;
  const { status, text, headers } = await api.call('HEAD', PATH);
  assert.equal(
    [status, text, headers.get('ETag'), headers.get('Content-Length')],
    [200, '', etag, String(BYTES.length)],
  );
  assert.ok(api.artifacts.bytesRead - read < 1000);
});

test('a feed that is replaced during the request is the new one; a removed one is 404', async () => {
  const { api } = await published();
  const head = api.artifacts.head.bind(api.artifacts);
  let isFirst = true;
  api.artifacts.head = async (key) => {
    if (isFirst && key.startsWith('r1/')) {
      isFirst = false;
      api.artifacts.objects.delete(key);
      await publish(api, 'shop', 'r2', 'sku\n');
    }
    return head(key);
  };
  assert.is((await api.call('GET', PATH)).text, 'sku\n');
  api.artifacts.objects.delete('r2/tenants/shop/outputs/merged_inventory.csv');
  assert.is((await api.call('GET', PATH)).status, 404);
});

test('a feed from a restored copy, under another ETag, is known by its hash; a changed one is 404', async () => {
  const { api, etag } = await published();
  const key = 'r1/tenants/shop/outputs/merged_inventory.csv';
  api.artifacts.put(key, FEED);
  const { status, text, headers } = await api.call('GET', PATH);
  assert.equal([status, text, headers.get('ETag'), headers.get('X-Relay-Sequence')], [200, FEED, etag, '1']);
  const read = api.artifacts.bytesRead;
  assert.is((await api.call('HEAD', PATH)).status, 200);
  assert.ok(api.artifacts.bytesRead - read < 1000, 'the feed is not hashed again');
  api.artifacts.put(key, FEED.replace('5.00', '0.50'));
  assert.is((await api.call('GET', PATH)).status, 404);
});

test.run();
