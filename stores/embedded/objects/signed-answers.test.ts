/** Whole answers to requests at signed addresses. */
import { randomUUID } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../../core/errors.ts';
import { inFolder } from '../../testing/folder.ts';
import { EmbeddedArtifactStore } from './artifacts.ts';
import { type Grant, Signatures } from './signatures.ts';
import { SignedObjects, type SignedObjectsOptions } from './signed-objects.ts';

const NOW = Date.parse('2026-11-01T06:00:00Z');
const GRANT: Grant = { method: 'GET', key: 'a/b ü.csv', expiresAt: NOW + 1, filename: null, contentType: null };
const TEXT = '0123456789';

type Ask = (grant: Partial<Grant>, headers?: Record<string, string>, body?: BodyInit | null) => Promise<string[]>;

/** Each answer as a list: status, headers that differ from the usual ones, body. ETags are those of the store. */
const withObjects = (
  use: (ask: Ask, store: EmbeddedArtifactStore) => Promise<void>,
  more: Partial<SignedObjectsOptions> = {},
) =>
  inFolder(async (root) => {
    const clock = { wall: () => NOW };
    const signatures = new Signatures(new Uint8Array(32));
    const artifacts = new EmbeddedArtifactStore({ root, clock, createId: randomUUID, signatures, baseUrl: '' });
    await artifacts.open();
    const objects = new SignedObjects({ artifacts, signatures, clock, ...more });
    const ask: Ask = async (changes, headers = {}, body = null) => {
      const grant = { ...GRANT, ...changes };
      const init = { method: grant.method, headers, ...(body === null ? {} : { body, duplex: 'half' }) };
      const address = signatures.sign(grant, 'http://relay.test');
      // the API answers at the base path and the key
      assert.is(new URL(address).pathname, `${objects.basePath}/${encodeURI(grant.key)}`);
      const answer = await objects.fetch(new Request(address, init as RequestInit));
      const etag = (await artifacts.head(grant.key))?.etag;
      const names = ['content-length', 'content-range', 'content-type', 'content-disposition', 'etag', 'last-modified'];
      const shown = names.flatMap((name) => (answer.headers.has(name) ? [`${name}: ${answer.headers.get(name)}`] : []));
      const text = await answer.text();
      const error = answer.headers.get('content-type') === 'application/json' ? JSON.parse(text).error : text;
      return [String(answer.status), ...shown.filter((one) => one !== 'content-type: application/json'), error].map(
        (one) => (etag === undefined ? one : one.replace(etag, 'ETAG')),
      );
    };
    await use(ask, artifacts);
  });

const put = { method: 'PUT' } as const;

test('reads, with ranges and conditions', () =>
  withObjects(async (ask, store) => {
    assert.equal(await ask({}), ['404', 'NOT_FOUND']);
    assert.equal(await ask(put, {}, TEXT), ['200', 'etag: "ETAG"', '']);
    const etag = (await store.head(GRANT.key))?.etag ?? '';
    const seen = ['etag: "ETAG"', 'last-modified: Sun, 01 Nov 2026 06:00:00 GMT'];
    const whole = ['200', 'content-length: 10', 'content-type: text/plain;charset=UTF-8', ...seen, TEXT];
    const part = (range: string, text: string) => [
      ...['206', `content-length: ${text.length}`, `content-range: bytes ${range}/10`],
      ...['content-type: text/plain;charset=UTF-8', ...seen, text],
    ];
    for (const [headers, expected] of [
      [{}, whole],
      [{ range: 'bytes=0-0' }, part('0-0', '0')],
      [{ range: 'bytes=3-' }, part('3-9', '3456789')],
      [{ range: 'bytes=-2' }, part('8-9', '89')],
      [{ range: 'bytes=8-99' }, part('8-9', '89')],
      [{ range: 'bytes=10-' }, ['416', 'content-range: bytes */10', 'INVALID_RANGE']],
      [{ range: 'lines=1-2' }, whole],
      [{ range: 'bytes=0-1', 'if-range': `"${etag}"` }, part('0-1', '01')],
      [{ range: 'bytes=0-1', 'if-range': '"other"' }, whole],
      [{ 'if-match': `"${etag}"` }, whole],
      [{ 'if-match': '*' }, whole],
      [{ 'if-match': '*', range: 'bytes=0-1' }, part('0-1', '01')],
      [{ 'if-match': '"other"' }, ['412', 'PRECONDITION_FAILED']],
      [{ 'if-match': '"other"', range: 'bytes=0-1' }, ['412', 'PRECONDITION_FAILED']],
      [{ 'if-none-match': `"${etag}"` }, ['304', 'etag: "ETAG"', '']],
      [{ 'if-none-match': '*' }, ['304', 'etag: "ETAG"', '']],
      [{ 'if-none-match': '"other"' }, whole],
      [{ 'if-none-match': `"${etag}"`, range: 'bytes=0-1' }, part('0-1', '01')],
    ] as Array<[Record<string, string>, string[]]>)
      assert.equal(await ask({}, headers), expected, JSON.stringify(headers));
    const named = await ask({ filename: 'p.csv', contentType: 'x/y' });
    assert.equal(named.slice(2, 4), [
      'content-type: x/y',
      `content-disposition: attachment; filename="p.csv"; filename*=UTF-8''p.csv`,
    ]);
    assert.equal(await ask({ expiresAt: NOW }), ['403', 'SIGNATURE_EXPIRED']);
    const untyped = await store.write('plain');
    await untyped.close();
    const empty = await ask({ key: 'plain' });
    assert.equal(empty.slice(0, 3), ['200', 'content-length: 0', 'content-type: application/octet-stream']);
  }));

test('writes: their type, size and conditions', () =>
  withObjects(
    async (ask, store) => {
      const typed = { ...put, contentType: 'text/csv' };
      for (const [grant, headers, body, expected] of [
        [typed, {}, TEXT, ['403', 'SIGNATURE_INVALID']],
        [typed, { 'content-type': 'text/csv' }, TEXT, ['200', 'etag: "ETAG"', '']],
        [put, { 'if-none-match': '*' }, TEXT, ['412', 'PRECONDITION_FAILED']],
        [{ ...put, key: 'new' }, { 'if-none-match': '*' }, TEXT, ['200', 'etag: "ETAG"', '']],
        [put, { 'content-md5': 'AAAA' }, TEXT, ['400', 'UPLOAD_HEADER_REFUSED']],
        [put, { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' }, TEXT, ['400', 'UPLOAD_DIGEST_MISMATCH']],
        [put, { 'content-length': '12' }, TEXT, ['400', 'UPLOAD_DIGEST_MISMATCH']],
        [put, { 'content-length': '13' }, TEXT, ['413', 'UPLOAD_TOO_LARGE']],
        [put, {}, '012345678901', ['200', 'etag: "ETAG"', '']],
        [put, {}, '0123456789012', ['413', 'UPLOAD_TOO_LARGE']],
        [{ ...put, key: 'new/below' }, {}, TEXT, ['409', 'INVALID_KEY']],
        [put, {}, null, ['200', 'etag: "ETAG"', '']],
      ] as Array<[Partial<Grant>, Record<string, string>, string | null, string[]]>)
        assert.equal(await ask(grant, headers, body), expected, JSON.stringify([grant, headers, body]));
      assert.is((await store.head(GRANT.key))?.size, 0);
    },
    { uploadBytesMax: 12 },
  ));

test('the room on the disk is asked for with the length, and again every 16 MiB', async () => {
  const asked: number[] = [];
  const requireRoom = async (bytes: number) => {
    asked.push(bytes);
    if (bytes === 5) throw new RelayError('disk_nearly_full', 'full');
  };
  await withObjects(
    async (ask) => {
      const mebibytes = (count: number) =>
        new ReadableStream<Uint8Array>({
          start(controller) {
            for (let i = 0; i < count; i++) controller.enqueue(new Uint8Array(1 << 20));
            controller.close();
          },
        });
      await ask(put, {}, mebibytes(15));
      await ask(put, { 'content-length': String(17 << 20) }, mebibytes(17));
      assert.equal(asked, [0, 17 << 20, 0]);
      const failure = await ask(put, { 'content-length': '5' }, TEXT).then(
        () => null,
        (error) => error.code,
      );
      assert.is(failure, 'disk_nearly_full');
    },
    { requireRoom },
  );
});

test.run();
