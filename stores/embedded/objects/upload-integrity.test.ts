import { createHash } from 'node:crypto';
import zlib from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../../core/errors.ts';
import { UploadIntegrity } from './upload-integrity.ts';

const test = suite('upload integrity');

/** The code that an upload of five bytes fails with; null if it does not. */
function codeOf(headers: Record<string, string>): string | null {
  try {
    const integrity = new UploadIntegrity(new Headers(headers));
    integrity.update(new TextEncoder().encode('hel'));
    integrity.update(new TextEncoder().encode('lo'));
    integrity.check();
    return null;
  } catch (error) {
    return error instanceof RelayError ? error.code : String(error);
  }
}

test('an upload has as many bytes as Content-Length says', () => {
  assert.is(codeOf({}), null);
  assert.is(codeOf({ 'content-length': '5' }), null);
  for (const length of ['4', '6', '0'])
    assert.is(codeOf({ 'content-length': length }), 'upload_digest_mismatch', length);
});

const REFUSED = 'upload_header_refused';
const MISMATCH = 'upload_digest_mismatch';

function digestOf(algorithm: string, text = 'hello'): Buffer {
  if (algorithm !== 'crc32') return createHash(algorithm).update(text).digest();
  const digest = Buffer.alloc(4);
  digest.writeUInt32BE(zlib.crc32(text));
  return digest;
}

test('the digest of each header is checked, in its own form; one of another length or form is refused', () => {
  const forms: Array<[header: string, algorithm: string, of: (digest: Buffer) => string]> = [
    ['content-md5', 'md5', (digest) => digest.toString('base64')],
    ['x-ms-blob-content-md5', 'md5', (digest) => digest.toString('base64')],
    ['digest', 'sha256', (digest) => `SHA-256=${digest.toString('base64')}`],
    ['digest', 'sha1', (digest) => `sha=${digest.toString('base64')}`],
    ['x-goog-hash', 'md5', (digest) => `md5=${digest.toString('base64')}`],
    ['content-digest', 'sha512', (digest) => `sha-512=:${digest.toString('base64')}:`],
    ['repr-digest', 'sha256', (digest) => `sha-256=:${digest.toString('base64')}:`],
    ['oc-checksum', 'sha1', (digest) => `SHA1:${digest.toString('hex')}`],
    ['oc-checksum', 'md5', (digest) => ` md5 : ${digest.toString('hex')}`],
    ...['md5', 'sha1', 'sha256', 'sha512'].map((name): [string, string, (digest: Buffer) => string] => [
      `x-checksum-${name}`,
      name,
      (digest) => digest.toString('hex'),
    ]),
    ['x-amz-content-sha256', 'sha256', (digest) => digest.toString('hex')],
    ...['crc32', 'sha1', 'sha256', 'sha512', 'md5'].map((name): [string, string, (digest: Buffer) => string] => [
      `x-amz-checksum-${name}`,
      name,
      (digest) => digest.toString('base64'),
    ]),
  ];
  for (const [header, algorithm, of] of forms) {
    const name = `${header}: ${algorithm}`;
    assert.is(codeOf({ [header]: of(digestOf(algorithm)) }), null, name);
    assert.is(codeOf({ [header]: of(digestOf(algorithm, 'help')) }), MISMATCH, name);
    assert.is(codeOf({ [header]: of(digestOf(algorithm).subarray(1)) }), REFUSED, name);
    assert.is(codeOf({ [header]: of(Buffer.concat([digestOf(algorithm), Buffer.alloc(1)])) }), REFUSED, name);
  }
});

test('several digests are all checked, and what cannot be checked is refused', () => {
  const [sha256, md5] = [digestOf('sha256').toString('base64'), digestOf('md5').toString('base64')];
  const wrong = digestOf('md5', 'help').toString('base64');
  for (const [headers, code] of [
    [{ digest: `sha-256=${sha256}, md5=${md5}` }, null],
    [{ digest: `sha-256=${sha256},md5=${wrong}` }, MISMATCH],
    [{ digest: `md5=${wrong},sha-256=${sha256}` }, MISMATCH],
    [{ 'content-md5': md5, 'x-goog-hash': `md5=${md5}` }, null],
    [{ 'content-md5': md5, 'x-goog-hash': `md5=${wrong}` }, MISMATCH],
    [{ digest: `sha-256=${sha256},md5` }, REFUSED],
    [{ digest: `adler32=03da0195` }, REFUSED],
    [{ 'x-goog-hash': `crc32c=${md5}` }, REFUSED],
    [{ 'content-digest': `sha-256=${sha256}` }, REFUSED],
    [{ 'content-digest': `x sha-256=:${sha256}:` }, REFUSED],
    [{ 'content-digest': `sha-256=:${sha256}:x` }, REFUSED],
    [{ 'content-digest': `=:${sha256}:` }, REFUSED],
    [{ 'oc-checksum': 'adler32:03da0195' }, REFUSED],
    [{ 'oc-checksum': 'md5' }, REFUSED],
    [{ 'x-amz-checksum-crc64nvme': md5 }, REFUSED],
    [{ 'x-amz-checksum-type': 'FULL_OBJECT', 'x-amz-checksum-algorithm': 'CRC32' }, null],
    [{ 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }, null],
    [{ 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' }, REFUSED],
    [{ 'x-checksum-crc32': 'x', 'my-x-checksum-md5': 'x', 'x-checksum-md5-too': 'x' }, null],
    [{ etag: 'x', 'x-amz-meta-sha256': 'x' }, null],
  ] as Array<[Record<string, string>, string | null]>)
    assert.is(codeOf(headers), code, JSON.stringify(headers));
});

test('parts of a body, encoded bodies and conditions of other kinds are refused', () => {
  for (const header of [
    ...['content-range', 'upload-offset', 'x-amz-trailer', 'trailer', 'x-amz-copy-source'],
    ...['if-match', 'if-unmodified-since'],
  ])
    assert.is(codeOf({ [header]: 'x' }), REFUSED, header);
  for (const [header, taken, others] of [
    [
      'content-encoding',
      ['', 'gzip', ' GZIP ', 'identity', 'x-gzip', 'gzip, identity'],
      ['br', 'gzip, br', 'aws-chunked,gzip'],
    ],
    [
      'content-type',
      ['text/csv', 'application/x-multipart/y'],
      ['multipart/form-data; boundary=x', ' Multipart/mixed'],
    ],
    ['upload-complete', ['?1', ' ?1'], ['?0', ' ?0 ']],
    ['if-none-match', ['*', ' * '], ['"abc"', '**', '']],
  ] as const) {
    for (const value of taken) assert.is(codeOf({ [header]: value }), null, `${header}: ${value}`);
    for (const value of others) assert.is(codeOf({ [header]: value }), REFUSED, `${header}: ${value}`);
  }
});

test.run();
