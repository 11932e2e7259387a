/**
 * Addresses that let anyone who has them read or write one object until they expire. All that they allow is in a token
 * that is signed with the installation's own key, so that none can be made or changed without it.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { assert, RelayError } from '../../core/errors.ts';

/** What an address allows. */
export interface Grant {
  method: 'GET' | 'PUT';
  key: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
  /** The name that a browser saves it under. */
  filename: string | null;
  /** Of a GET: what the answer says. Of a PUT: what the upload must say. */
  contentType: string | null;
}

/** The parts of a request that its address is judged by. */
export interface SignedRequest {
  method: string;
  /** The object's key: what follows `OBJECTS_PATH` in the path, decoded. */
  key: string;
  /** The query parameter `token`. */
  token: string | null;
}

/** Where the API answers signed addresses. */
export const OBJECTS_PATH = '/objects/';

const SECRET_BYTES_MIN = 32;

export class Signatures {
  readonly #secret: Uint8Array;

  constructor(secret: Uint8Array) {
    assert(secret.length >= SECRET_BYTES_MIN, `a signing key has at least ${SECRET_BYTES_MIN} bytes`);
    this.#secret = secret;
  }

  /** The address, below the base URL. An empty one gives a path, which `new URL(path, origin)` completes. */
  sign(grant: Grant, baseUrl: string): string {
    const { method, key, expiresAt, filename, contentType } = grant;
    const payload = Buffer.from(JSON.stringify([method, key, expiresAt, filename, contentType])).toString('base64url');
    const path = key.split('/').map(encodeURIComponent).join('/');
    return `${baseUrl.replace(/\/+$/, '')}${OBJECTS_PATH}${path}?token=${payload}.${this.#mac(payload)}`;
  }

  /** What the address of a request allows. Throws `signature_invalid` and `signature_expired`. */
  verify(request: SignedRequest, now: number): Grant {
    const [payload = '', mac = '', ...rest] = (request.token ?? '').split('.');
    // compared as texts: several texts decode to the same bytes
    if (rest.length > 0 || !sameText(mac, this.#mac(payload))) throw invalid();
    const [method, key, expiresAt, filename, contentType] = JSON.parse(
      Buffer.from(payload, 'base64url').toString('utf8'),
    ) as [Grant['method'], string, number, string | null, string | null];
    if (method !== request.method || key !== request.key) throw invalid();
    if (now >= expiresAt) throw new RelayError('signature_expired', 'the address has expired; ask for a new one');
    return { method, key, expiresAt, filename, contentType };
  }

  /** The first word keeps other uses of the same secret apart. */
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
