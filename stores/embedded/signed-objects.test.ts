/** Responses to signed addresses that the contract suite does not cover: upload limits, conditions, headers for browsers. */
import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type EmbeddedStores, openEmbeddedStores } from './index.ts';

const KEY = 'tenants/shop/inbound/acme/feed.csv';
const MAX = 1000;

async function withStores(use: (stores: EmbeddedStores, root: string) => Promise<void>): Promise<void> {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'relay-signed-'));
  const clock = { wall: () => Date.parse('2026-11-01T06:00:00Z') };
  const secrets = { createId: randomUUID, signingSecret: new Uint8Array(32), baseUrl: 'http://relay.test' };
  const stores = await openEmbeddedStores({ root, clock, ...secrets, uploadBytesMax: MAX });
  try {
    await use(stores, root);
  } finally {
    stores.close();
    fs.rmSync(root, { recursive: true, force: true });
  }
}

/** A chunked body without a content length. */
function chunked(chunks: number, bytes: number, end: 'close' | 'error' = 'close'): ReadableStream<Uint8Array> {
  let left = chunks;
  return new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(new Uint8Array(bytes));
      else if (end === 'close') controller.close();
      else controller.error(new Error('the connection is gone'));
    },
  });
}

async function put(stores: EmbeddedStores, body: BodyInit, headers: Record<string, string> = {}): Promise<Response> {
  const { url } = await stores.artifacts.signPut(KEY, { expiresInSeconds: 60 });
  return stores.signedObjects.fetch(new Request(url, { method: 'PUT', body, headers, duplex: 'half' } as RequestInit));
}

async function get(stores: EmbeddedStores, headers: Record<string, string> = {}): Promise<Response> {
  const url = await stores.artifacts.signGet(KEY, { expiresInSeconds: 60 });
  return stores.signedObjects.fetch(new Request(url, { headers }));
}

test('an upload at the limit is kept and one over it refused, with or without a Content-Length', () =>
  withStores(async (stores, root) => {
    assert.is((await put(stores, chunked(2, MAX / 2))).status, 200);
    assert.is((await stores.artifacts.head(KEY))?.size, MAX);
    const before = await stores.artifacts.head(KEY);
    const cases: [BodyInit, Record<string, string>][] = [
      [chunked(2, MAX / 2 + 1), {}],
      // refused by its content length, before a byte is read
      [chunked(1, 1), { 'content-length': String(MAX + 1) }],
    ];
    for (const [body, headers] of cases) {
      const answer = await put(stores, body, headers);
      assert.is(answer.status, 413);
      assert.is(((await answer.json()) as { error: string }).error, 'UPLOAD_TOO_LARGE');
    }
    assert.equal(await stores.artifacts.head(KEY), before);
    assert.equal(fs.readdirSync(path.join(root, 'partial')), []);
  }));

test('an upload that breaks off is a client error and keeps the former object', () =>
  withStores(async (stores, root) => {
    const answer = await put(stores, chunked(3, 10, 'error'));
    assert.is(answer.status, 400);
    assert.is(((await answer.json()) as { error: string }).error, 'UPLOAD_ABORTED');
    assert.is(await stores.artifacts.head(KEY), null);
    assert.equal(fs.readdirSync(path.join(root, 'partial')), []);
  }));

test('an upload returns its ETag; a key below another object is refused', () =>
  withStores(async (stores) => {
    const answer = await put(stores, 'abc');
    assert.is(answer.headers.get('etag'), `"${(await stores.artifacts.head(KEY))!.etag}"`);
    const { url } = await stores.artifacts.signPut(`${KEY}/x.csv`, { expiresInSeconds: 60 });
    const refused = await stores.signedObjects.fetch(new Request(url, { method: 'PUT', body: 'x' }));
    assert.is(refused.status, 409);
    assert.is(((await refused.json()) as { error: string }).error, 'INVALID_KEY');
  }));

test('a client that has the current state gets 304', () =>
  withStores(async (stores) => {
    const etag = (await put(stores, 'abc')).headers.get('etag')!;
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const answer = await get(stores, { 'if-none-match': known });
      assert.equal([answer.status, answer.headers.get('etag'), await answer.text()], [304, etag, ''], known);
    }
    const other = await get(stores, { 'if-none-match': '"x"' });
    assert.equal([other.status, await other.text()], [200, 'abc']);
  }));

test('under If-Range, a range of a former state answers with the whole new one', () =>
  withStores(async (stores) => {
    const etag = (await put(stores, 'abcdef')).headers.get('etag')!;
    const same = await get(stores, { range: 'bytes=1-2', 'if-range': etag });
    assert.equal([same.status, await same.text()], [206, 'bc']);
    await put(stores, 'uvwxyz');
    const other = await get(stores, { range: 'bytes=1-2', 'if-range': etag });
    assert.equal([other.status, await other.text()], [200, 'uvwxyz']);
  }));

test('a range is read from the state that its headers describe', () =>
  withStores(async (stores) => {
    await put(stores, 'abcdef');
    const { head } = stores.artifacts;
    stores.artifacts.head = async (key) => {
      const info = await head.call(stores.artifacts, key);
      stores.artifacts.head = head;
      await put(stores, 'uvwxyz');
      return info;
    };
    assert.is((await get(stores, { range: 'bytes=1-2' })).status, 412);
  }));

test('browsers are told not to run what a vendor sent', () =>
  withStores(async (stores) => {
    await put(stores, '<script>');
    const answer = await get(stores);
    const { headers } = answer;
    assert.is(await answer.text(), '<script>');
    assert.is(headers.get('content-security-policy'), "default-src 'none'; sandbox");
    assert.is(headers.get('x-content-type-options'), 'nosniff');
  }));

const BODY = 'sku,quantity_available\nW-1,4\n';
const digest = (algorithm: string, text = BODY) => createHash(algorithm).update(text).digest('base64');

test('the digests that an upload claims are checked', () =>
  withStores(async (stores, root) => {
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(zlib.crc32(BODY));
    const headers = (text?: string): Record<string, string>[] => [
      { 'content-md5': digest('md5', text) },
      { 'x-amz-checksum-sha256': digest('sha256', text) },
      { 'x-amz-checksum-sha1': digest('sha1', text) },
      {
        'x-amz-content-sha256': createHash('sha256')
          .update(text ?? BODY)
          .digest('hex'),
      },
      { digest: `SHA-256=${digest('sha256', text)}` },
      {
        'x-checksum-sha1': createHash('sha1')
          .update(text ?? BODY)
          .digest('hex'),
      },
      {
        'oc-checksum': `MD5:${createHash('md5')
          .update(text ?? BODY)
          .digest('hex')}`,
      },
      { 'x-goog-hash': `md5=${digest('md5', text)}` },
      { 'x-ms-blob-content-md5': digest('md5', text) },
      { digest: `md5=${digest('md5')}, sha-512=${digest('sha512', text)}` },
      { 'content-digest': `sha-256=:${digest('sha256', text)}:` },
      { 'repr-digest': `sha-512=:${digest('sha512')}:, sha-256=:${digest('sha256', text)}:` },
    ];
    for (const claim of [...headers(), { 'x-amz-checksum-crc32': crc.toString('base64') }]) {
      assert.is((await put(stores, BODY, claim)).status, 200, JSON.stringify(claim));
    }
    const before = await stores.artifacts.head(KEY);
    for (const claim of [...headers('other'), { 'x-amz-checksum-crc32': 'AAAAAA==' }]) {
      const answer = await put(stores, BODY, claim);
      const { error } = (await answer.json()) as { error: string };
      assert.equal([answer.status, error], [400, 'UPLOAD_DIGEST_MISMATCH'], JSON.stringify(claim));
    }
    assert.equal(await stores.artifacts.head(KEY), before);
    assert.equal(fs.readdirSync(path.join(root, 'partial')), []);
  }));

test('a digest that cannot be checked, and an upload of only a part, are refused', () =>
  withStores(async (stores) => {
    for (const headers of [
      { 'content-range': 'bytes 0-3/100' },
      { 'content-md5': 'short' },
      { 'x-amz-checksum-crc32c': 'AAAAAA==' },
      { 'x-amz-checksum-crc64nvme': 'AAAAAAAAAAA=' },
      { 'content-digest': 'sha-256' },
      { 'content-digest': 'unixsum=:AAA=:' },
      { 'content-encoding': 'aws-chunked' },
      { 'content-encoding': 'gzip, aws-chunked' },
      { 'content-encoding': 'br' },
      { 'content-type': 'multipart/form-data; boundary=x' },
      { 'upload-complete': '?0' },
      { 'upload-offset': '4' },
      { 'oc-checksum': 'Adler32:11e60398' },
      { 'x-goog-hash': 'crc32c=AAAAAA==' },
      { trailer: 'content-digest' },
      { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' },
      { 'x-amz-trailer': 'x-amz-checksum-sha256' },
      { 'if-none-match': '"abc"' },
      { 'if-match': '"abc"' },
    ] as Record<string, string>[]) {
      const answer = await put(stores, BODY, headers);
      const { error } = (await answer.json()) as { error: string };
      assert.equal([answer.status, error], [400, 'UPLOAD_HEADER_REFUSED'], JSON.stringify(headers));
    }
    assert.is(await stores.artifacts.head(KEY), null);
  }));

test('with If-None-Match: * an upload replaces nothing', () =>
  withStores(async (stores) => {
    const once = { 'if-none-match': '*' };
    assert.is((await put(stores, 'one', once)).status, 200);
    assert.is((await put(stores, 'two', once)).status, 412);
    assert.is((await stores.artifacts.head(KEY))?.size, 3);
    assert.is(await (await get(stores)).text(), 'one');
  }));

test('lists include a key that cannot be read; the newest is chosen among wanted keys only', () =>
  withStores(async (stores, root) => {
    const folder = path.join(root, 'objects/in');
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'out\\stock.csv'), 'x');
    const { objects } = await stores.artifacts.list('in/');
    assert.equal(
      objects.map(({ key }) => key),
      ['in/out\\stock.csv'],
    );
    assert.is(await stores.artifacts.head('in/out\\stock.csv'), null);
    assert.is(await stores.artifacts.newest('in/', (key) => !key.includes('\\')), null);
  }));

test.run();
