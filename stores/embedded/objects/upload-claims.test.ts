/** Every claim that the headers of an upload may make: true, false, or one that cannot be checked. */
import { createHash } from 'node:crypto';
import zlib from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UploadIntegrity } from './upload-integrity.ts';

const FEED = new TextEncoder().encode('sku,cost\nA,1\n');
const [FALSE, REFUSED] = ['upload_digest_mismatch', 'upload_header_refused'];

function hash(algorithm: string, encoding: 'hex' | 'base64', bytes: Uint8Array = FEED): string {
  if (algorithm !== 'crc32') return createHash(algorithm).update(bytes).digest(encoding);
  const digest = Buffer.alloc(4);
  digest.writeUInt32BE(zlib.crc32(bytes));
  return digest.toString(encoding);
}

/** The code of the error; null if the upload is taken. */
function outcome(headers: Record<string, string>, bytes = FEED): string | null {
  try {
    const integrity = new UploadIntegrity(new Headers(headers));
    integrity.update(bytes.subarray(0, 3));
    integrity.update(bytes.subarray(3));
    integrity.check();
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test('a digest that is right is taken, a wrong one and one of another length are not', () => {
  const plain = (text: string) => text;
  const headers: Array<[string, string, 'hex' | 'base64', (digest: string) => string]> = [
    ['content-md5', 'md5', 'base64', plain],
    ['x-ms-blob-content-md5', 'md5', 'base64', plain],
    ['x-amz-content-sha256', 'sha256', 'hex', plain],
    ...['crc32', 'sha1', 'sha256', 'sha512', 'md5'].map(
      (name) =>
        [`x-amz-checksum-${name}`, name, 'base64', plain] as [string, string, 'base64', (text: string) => string],
    ),
    ...['md5', 'sha1', 'sha256', 'sha512'].map(
      (name) =>
        [`x-checksum-${name}`, name, 'hex', (text: string) => ` ${text.toUpperCase()} `] as [
          string,
          string,
          'hex',
          (text: string) => string,
        ],
    ),
    ['digest', 'sha256', 'base64', (text) => `SHA-256=${text}`],
    ['digest', 'sha1', 'base64', (text) => `md5=${hash('md5', 'base64')}, sha=${text}`],
    ['digest', 'sha1', 'base64', (text) => `sha-1 =${text}`],
    ['x-goog-hash', 'md5', 'base64', (text) => `crc32=${hash('crc32', 'base64')},md5=${text}`],
    ['content-digest', 'sha512', 'base64', (text) => `sha-512=:${text}:`],
    ['repr-digest', 'sha256', 'base64', (text) => `sha-256=:${text}:, sha-512=:${hash('sha512', 'base64')}:`],
    ['oc-checksum', 'sha1', 'hex', (text) => `SHA1: ${text} `],
    ['oc-checksum', 'md5', 'hex', (text) => ` md5 :${text}`],
  ];
  for (const [header, algorithm, encoding, form] of headers) {
    const said = `${header} ${form('…')}`;
    assert.is(outcome({ [header]: form(hash(algorithm, encoding)) }), null, said);
    assert.is(outcome({ [header]: form(hash(algorithm, encoding, FEED.subarray(1))) }), FALSE, said);
    const short = Buffer.from(hash(algorithm, encoding), encoding).subarray(1).toString(encoding);
    assert.is(outcome({ [header]: form(short) }), REFUSED, said);
  }
});

test('other headers of an upload', () => {
  const table: ReadonlyArray<[Record<string, string>, string | null]> = [
    [{}, null],
    [{ 'content-length': String(FEED.length) }, null],
    [{ 'content-length': String(FEED.length + 1) }, FALSE],
    [{ 'content-length': '0' }, FALSE],
    ...[
      'content-range',
      'upload-offset',
      'x-amz-trailer',
      'trailer',
      'x-amz-copy-source',
      'if-match',
      'if-unmodified-since',
    ].map((name) => [{ [name]: 'x' }, REFUSED] as [Record<string, string>, string]),
    ...['', 'identity', 'gzip', ' GZIP ', 'x-gzip', 'gzip, identity', 'gzip,,'].map(
      (value) => [{ 'content-encoding': value }, null] as [Record<string, string>, null],
    ),
    ...['br', 'gzip, br', 'gzips', 'aws-chunked'].map(
      (value) => [{ 'content-encoding': value }, REFUSED] as [Record<string, string>, string],
    ),
    [{ 'content-type': 'multipart/form-data; boundary=x' }, REFUSED],
    [{ 'content-type': 'Multipart/mixed' }, REFUSED],
    [{ 'content-type': 'x-multipart/mixed' }, null],
    [{ 'content-type': 'multipart' }, null],
    [{ 'upload-complete': '?0' }, REFUSED],
    [{ 'upload-complete': '?1' }, null],
    [{ 'if-none-match': '*' }, null],
    [{ 'if-none-match': '"x"' }, REFUSED],
    [{ 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }, null],
    [{ 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' }, REFUSED],
    [{ 'x-amz-content-sha256': 'x' }, REFUSED],
    [{ 'x-amz-checksum-type': 'FULL_OBJECT' }, null],
    [{ 'x-amz-checksum-algorithm': 'CRC32' }, null],
    [{ 'x-amz-checksum-crc64nvme': 'x' }, REFUSED],
    [{ 'x-checksum-crc32': 'x' }, null],
    [{ 'x-checksum-md5x': 'x' }, null],
    [{ 'my-x-checksum-md5': 'x' }, null],
    [{ 'x-digest': 'md5=x' }, null],
    [{ digest: 'md5' }, REFUSED],
    [{ digest: '=x' }, REFUSED],
    [{ digest: 'unixsum=30637' }, REFUSED],
    [{ digest: '' }, REFUSED],
    [{ 'content-digest': `sha-256=${hash('sha256', 'base64')}` }, REFUSED],
    [{ 'content-digest': `sha-256=:${hash('sha256', 'base64')}` }, REFUSED],
    [{ 'oc-checksum': hash('md5', 'hex') }, REFUSED],
    [{ 'oc-checksum': `toString:${hash('md5', 'hex')}` }, REFUSED],
    [{ 'content-md5': hash('md5', 'base64'), 'x-amz-checksum-md5': hash('md5', 'base64', FEED.subarray(1)) }, FALSE],
    [{ 'content-md5': hash('md5', 'base64'), 'x-checksum-md5': hash('md5', 'hex') }, null],
  ];
  for (const [headers, expected] of table) assert.is(outcome(headers), expected, JSON.stringify(headers));
  assert.is(outcome({ 'content-length': '0' }, new Uint8Array(0)), null);
});

test.run();
