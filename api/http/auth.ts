/** Authentication: finds the key in a request, and whose it is. */
import type { KeyKind, KeyRecord } from '../../core/ports/service/tenants.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, notFoundError } from './errors.ts';
import { equalInConstantTime, quickSha256 } from './secrets.ts';

export type Principal =
  | { kind: 'admin'; keyId: string }
  /** A tenant's key opens only that tenant. */
  | { kind: 'tenant'; keyId: string; tenantId: string };

/** A tenant's keys share one rate limit: more keys do not give it a larger share. */
export function rateKey(principal: Principal): string {
  return principal.kind === 'tenant' ? tenantRateKey(principal.tenantId) : principal.keyId;
}

export const tenantRateKey = (tenantId: string) => `tenant ${tenantId}`;

/** A longer key is not looked up. */
const KEY_CHARS_MAX = 512;

/** Hashes of keys that were valid before. */
export class KnownKeys {
  readonly #max: number;
  /** In order of use: the most recent is last. */
  readonly #hashes = new Set<string>();

  constructor(max: number) {
    this.#max = max;
  }

  has(hash: string): boolean {
    return this.#hashes.has(hash);
  }

  add(hash: string): void {
    this.#hashes.delete(hash);
    this.#hashes.add(hash);
    if (this.#hashes.size > this.#max) this.#hashes.delete(this.#hashes.keys().next().value as string);
  }

  remove(hash: string): void {
    this.#hashes.delete(hash);
  }
}

/** Protects the store from floods of invalid keys. */
export interface KeyGuard {
  known: KnownKeys;
  /** Called before looking up a key that was never valid. Throws `RATE_LIMITED`. */
  admit(): void;
}

/** Throws `UNAUTHORIZED`, without saying whether the key was missing, unknown or revoked. */
export async function authenticate(headers: Headers, deps: ApiDeps, guard: KeyGuard): Promise<Principal> {
  const key = keyIn(headers);
  if (key === null) {
    guard.admit();
    throw unauthorized();
  }
  const hash = await quickSha256(key, deps);
  let isAdmin = false;
  // compare with every key, so that the time taken does not tell which one matched
  for (const known of deps.adminKeyHashes) isAdmin = equalInConstantTime(hash, known.toLowerCase()) || isAdmin;
  if (isAdmin) return { kind: 'admin', keyId: `admin_${hash.slice(0, 8)}` };
  if (!guard.known.has(hash)) guard.admit();
  const found = await findActive(hash, 'api', deps, guard);
  if (found === null) throw unauthorized();
  return { kind: 'tenant', keyId: found.keyId, tenantId: found.tenantId };
}

/** The feed link with this secret. Throws `NOT_FOUND`, without saying whether it was revoked. */
export async function authenticateLink(secret: string, deps: ApiDeps, guard: KeyGuard): Promise<KeyRecord> {
  const hash = secret.length > KEY_CHARS_MAX ? null : await quickSha256(secret, deps);
  if (hash === null || !guard.known.has(hash)) guard.admit();
  const found = hash === null ? null : await findActive(hash, 'feed', deps, guard);
  if (found === null) throw notFoundError('feed');
  return found;
}

/** Null if there is no such key, or it is revoked. */
async function findActive(hash: string, kind: KeyKind, deps: ApiDeps, guard: KeyGuard): Promise<KeyRecord | null> {
  const found = await deps.tenants.findKey(hash, kind);
  if (found === null || !equalInConstantTime(hash, found.hash) || found.revokedAt !== null) {
    guard.known.remove(hash);
    return null;
  }
  guard.known.add(hash);
  return found;
}

export function requireAdmin(principal: Principal): void {
  if (principal.kind !== 'admin') throw notFoundError('address');
}

/** Throws `NOT_FOUND` for another tenant's key, as if the tenant did not exist. */
export function requireTenant(principal: Principal, tenantId: string): void {
  if (principal.kind === 'tenant' && principal.tenantId !== tenantId) throw notFoundError('tenant');
}

function keyIn(headers: Headers): string | null {
  const key = headers.get('X-API-Key') || /^bearer +(\S+)$/i.exec(headers.get('Authorization') ?? '')?.[1] || '';
  return key === '' || key.length > KEY_CHARS_MAX ? null : key;
}

function unauthorized(): ApiError {
  const message = 'a valid key is required, in X-API-Key or as Authorization: Bearer';
  return new ApiError('UNAUTHORIZED', message, { headers: { 'WWW-Authenticate': 'Bearer' } });
}
