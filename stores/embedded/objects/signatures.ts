/**
 * Signed addresses: whoever has one can read or write one object until it expires. The token in the address holds the
 * grant and is signed with the installation's key, so nobody can forge or change it.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { assert, RelayError } from '../../../core/errors.ts';

/** What an address allows. */
export interface Grant {
  method: 'GET' | 'PUT';
  key: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
  /** The file name of the download. */
  filename: string | null;
  /** GET: the response's content type. PUT: the one that the upload must send. */
  contentType: string | null;
  /** PUT: the tenant whose quota the upload counts against. */
  owner?: string;
}

/** The parts of a request that `verify` checks. */
export interface SignedRequest {
  method: string;
  /** The object's key: the decoded path after `OBJECTS_PATH`. */
  key: string;
  /** The query parameter `token`. */
  token: string | null;
}

/** The path under which the API serves signed addresses. */
export const OBJECTS_PATH = '/objects/';

const SECRET_BYTES_MIN = 32;

export class Signatures {
  readonly #secret: Uint8Array;

  constructor(secret: Uint8Array) {
    assert(secret.length >= SECRET_BYTES_MIN, `a signing key has at least ${SECRET_BYTES_MIN} bytes`);
    this.#secret = secret;
  }

  /** Returns the address below the base URL. If that is empty, it is a path, which `new URL(path, origin)` completes. */
  sign(grant: Grant, baseUrl: string): string {
    const { method, key, expiresAt, filename, contentType, owner } = grant;
    const parts = [method, key, expiresAt, filename, contentType, ...(owner === undefined ? [] : [owner])];
    const payload = Buffer.from(JSON.stringify(parts)).toString('base64url');
    const path = key.split('/').map(encodeURIComponent).join('/');
    return `${baseUrl.replace(/\/+$/, '')}${OBJECTS_PATH}${path}?token=${payload}.${this.#mac(payload)}`;
  }

  /** Returns the grant of a request's address. Throws `signature_invalid` and `signature_expired`. */
  verify(request: SignedRequest, now: number): Grant {
    const [payload = '', mac = '', ...rest] = (request.token ?? '').split('.');
    // compared as text, because several texts decode to the same bytes
    if (rest.length > 0 || !sameText(mac, this.#mac(payload))) throw invalid();
    const [method, key, expiresAt, filename, contentType, owner = null] = JSON.parse(
      Buffer.from(payload, 'base64url').toString('utf8'),
    ) as [Grant['method'], string, number, string | null, string | null, string?];
    if (method !== request.method || key !== request.key) throw invalid();
    if (now >= expiresAt) throw new RelayError('signature_expired', 'the address has expired; ask for a new one');
    return { method, key, expiresAt, filename, contentType, ...(owner === null ? {} : { owner }) };
  }

  /** The prefix separates this use of the secret from others. */
  #mac(payload: string): string {
    return createHmac('sha256', this.#secret).update(`relay-object\n${payload}`).digest('base64url');
  }
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function invalid(): RelayError {
  return new RelayError('signature_invalid', 'the address is not one that Relay gave for this; ask for a new one');
}
