/**
 * What the headers of an upload claim about its bytes. As on S3, a claim is either checked or makes the upload fail;
 * none is ignored. Sources: RFC 9110 (Content-Range on PUT), RFC 9530 (Content-Digest, Repr-Digest), RFC 3230 (Digest),
 * the S3 API.
 */
import { createHash } from 'node:crypto';
import zlib from 'node:zlib';
import { RelayError } from '../../../core/errors.ts';

interface DigestClaim {
  header: string;
  algorithm: Algorithm;
  /** Bytes of the digest. */
  expected: Buffer;
}

interface Digest {
  update(bytes: Uint8Array): void;
  digest(): Buffer;
}

type Algorithm = 'md5' | 'sha1' | 'sha256' | 'sha512' | 'crc32';

const DIGEST_BYTES: Readonly<Record<Algorithm, number>> = { md5: 16, sha1: 20, sha256: 32, sha512: 64, crc32: 4 };

/** Names in digest fields (RFC 3230, RFC 9530) and in S3's own headers. */
const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  md5: 'md5',
  sha: 'sha1',
  'sha-1': 'sha1',
  sha1: 'sha1',
  'sha-256': 'sha256',
  sha256: 'sha256',
  'sha-512': 'sha512',
  sha512: 'sha512',
  crc32: 'crc32',
};

const CHECKSUM_PREFIX = 'x-amz-checksum-';

/** Headers of other stores whose digest is hexadecimal. */
const HEX_CHECKSUM = /^x-checksum-(md5|sha1|sha256|sha512)$/;

/** Headers for parts of a body and for encoded bodies: storing these unchanged would store another file. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  'content-range': 'send the whole file; parts of one cannot be uploaded here',
  'upload-offset': 'send the whole file; parts of one cannot be uploaded here',
  'x-amz-trailer': 'send the checksum as a header',
  trailer: 'send the checksum as a header',
  'x-amz-copy-source': 'an upload brings its own bytes',
  'if-match': 'uploads depend on If-None-Match: * alone',
  'if-unmodified-since': 'uploads depend on If-None-Match: * alone',
};

/** A gzip file is stored as it came; runs recognize it by its bytes. */
const STORED_ENCODINGS = new Set(['', 'identity', 'gzip', 'x-gzip']);

/** Checks the bytes of one upload. */
export class UploadIntegrity {
  readonly #claims: readonly DigestClaim[];
  readonly #digests = new Map<Algorithm, Digest>();
  readonly #length: number | null;
  #bytes = 0;

  /** Throws `upload_header_refused` for a claim that cannot be checked. */
  constructor(headers: Headers) {
    for (const [header, instead] of Object.entries(UNSUPPORTED)) {
      if (headers.has(header)) throw refused(header, instead);
    }
    for (const encoding of (headers.get('content-encoding') ?? '').split(',')) {
      if (STORED_ENCODINGS.has(encoding.trim().toLowerCase())) continue;
      throw refused('content-encoding', `send the file itself, plain or as gzip, not as ${encoding.trim()}`);
    }
    if (/^\s*multipart\//i.test(headers.get('content-type') ?? '')) {
      throw refused('content-type', 'send the file itself as the body, not a form with a file in it');
    }
    if (headers.get('upload-complete') === '?0') {
      throw refused('upload-complete', 'send the whole file; parts of one cannot be uploaded here');
    }
    const ifNoneMatch = headers.get('if-none-match');
    if (ifNoneMatch !== null && ifNoneMatch !== '*') {
      throw refused('if-none-match', 'uploads depend on If-None-Match: * alone');
    }
    const length = headers.get('content-length');
    this.#length = length === null ? null : Number(length);
    this.#claims = [...claimsOf(headers)];
    for (const { algorithm } of this.#claims)
      this.#digests.set(algorithm, this.#digests.get(algorithm) ?? digestOf(algorithm));
  }

  update(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    for (const digest of this.#digests.values()) digest.update(bytes);
  }

  /** Throws `upload_digest_mismatch` if the bytes are not those that the headers claim. */
  check(): void {
    if (this.#length !== null && this.#length !== this.#bytes) {
      throw mismatch(`the upload has ${this.#bytes} bytes, and Content-Length says ${this.#length}`);
    }
    const digests = new Map([...this.#digests].map(([algorithm, digest]) => [algorithm, digest.digest()]));
    for (const { header, algorithm, expected } of this.#claims) {
      const actual = digests.get(algorithm);
      if (actual?.equals(expected)) continue;
      throw mismatch(`the ${algorithm} of the upload is not the one that ${header} gives; nothing of it was kept`);
    }
  }
}

function* claimsOf(headers: Headers): Generator<DigestClaim> {
  for (const [name, value] of headers) {
    if (name === 'content-md5' || name === 'x-ms-blob-content-md5')
      yield claim(name, 'md5', Buffer.from(value, 'base64'));
    else if (name === 'digest' || name === 'x-goog-hash') yield* digestFields(name, value, /^([^=]+)=(.*)$/s);
    else if (name === 'content-digest' || name === 'repr-digest') yield* digestFields(name, value, /^([^=]+)=:(.*):$/s);
    else if (name === 'oc-checksum') yield* namedChecksum(name, value);
    else if (HEX_CHECKSUM.test(name)) {
      yield claim(name, known(name, name.slice('x-checksum-'.length)), Buffer.from(value, 'hex'));
    } else if (name === 'x-amz-content-sha256') {
      if (value.startsWith('STREAMING-')) throw refused(name, 'send the file itself, not in signed frames');
      if (value !== 'UNSIGNED-PAYLOAD') yield claim(name, 'sha256', Buffer.from(value, 'hex'));
    } else if (name.startsWith(CHECKSUM_PREFIX)) {
      const algorithm = name.slice(CHECKSUM_PREFIX.length);
      if (algorithm === 'type' || algorithm === 'algorithm') continue;
      yield claim(name, known(name, algorithm), Buffer.from(value, 'base64'));
    }
  }
}

/** The fields of a header with several digests, separated by commas. */
function* digestFields(header: string, value: string, form: RegExp): Generator<DigestClaim> {
  for (const field of value.split(',')) {
    const match = form.exec(field.trim());
    if (match === null) throw refused(header, 'it has a field that is not ALGORITHM=DIGEST');
    const [, algorithm = '', digest = ''] = match;
    yield claim(header, known(header, algorithm.trim()), Buffer.from(digest, 'base64'));
  }
}

/** `MD5:0123…`, as ownCloud's clients send it. */
function* namedChecksum(header: string, value: string): Generator<DigestClaim> {
  const [algorithm = '', digest = ''] = value.split(':');
  yield claim(header, known(header, algorithm.trim()), Buffer.from(digest.trim(), 'hex'));
}

function claim(header: string, algorithm: Algorithm, expected: Buffer): DigestClaim {
  if (expected.length === DIGEST_BYTES[algorithm]) return { header, algorithm, expected };
  throw refused(header, `it is not a digest of ${DIGEST_BYTES[algorithm]} bytes`);
}

function known(header: string, name: string): Algorithm {
  const algorithm = ALGORITHMS[name.toLowerCase()];
  if (algorithm !== undefined) return algorithm;
  throw refused(header, `${name} cannot be checked here; send md5, crc32, sha1, sha256 or sha512, or none`);
}

function digestOf(algorithm: Algorithm): Digest {
  return algorithm === 'crc32' ? new Crc32() : createHash(algorithm);
}

class Crc32 implements Digest {
  #value = 0;

  update(bytes: Uint8Array): void {
    this.#value = zlib.crc32(bytes, this.#value);
  }

  digest(): Buffer {
    const digest = Buffer.alloc(4);
    digest.writeUInt32BE(this.#value >>> 0);
    return digest;
  }
}

function refused(header: string, instead: string): RelayError {
  return new RelayError('upload_header_refused', `${header}: ${instead}`);
}

function mismatch(message: string): RelayError {
  return new RelayError('upload_digest_mismatch', message);
}
