/** Makes the keys of a tenant, of each kind. The key itself is returned once; the stores keep its hash. */
import type { KeyKind, KeyRecord } from '../../../core/ports/service/tenants.ts';
import type { ApiDeps } from '../../deps.ts';
import type { ApiError } from '../../http/errors.ts';
import { newId, newSecret, sha256 } from '../../http/secrets.ts';
import { keyLimits, quotaError } from '../quotas.ts';
import { requireTenantExists } from '../require-tenant.ts';

interface NewKey {
  tenantId: string;
  kind: KeyKind;
  name: string | null;
}

/** Throws `NOT_FOUND`, and a `QUOTA_` code. */
export async function makeKey(
  deps: ApiDeps,
  { tenantId, kind, name }: NewKey,
): Promise<{ record: KeyRecord; key: string }> {
  await requireTenantExists(deps, tenantId);
  const now = deps.now();
  const key = newSecret(kind, deps.crypto);
  const hash = await sha256(key, deps.crypto);
  const keyId = newId(kind === 'api' ? 'key' : 'link', deps.crypto, now);
  const record: KeyRecord = { keyId, tenantId, kind, hash, name, createdAt: now, revokedAt: null };
  const { keys, feedLinks } = deps.settings.quotas;
  const limits = keyLimits(kind === 'api' ? keys : feedLinks);
  if (await deps.tenants.addKey(record, limits)) return { record, key };
  const [what, code] =
    kind === 'api' ? (['keys', 'QUOTA_KEYS'] as const) : (['feed links', 'QUOTA_FEED_LINKS'] as const);
  throw tooMany(what, code, limits);
}

function tooMany(
  what: string,
  code: 'QUOTA_KEYS' | 'QUOTA_FEED_LINKS',
  limits: ReturnType<typeof keyLimits>,
): ApiError {
  const { active, all } = limits;
  const message = `the tenant has ${active} ${what}, or ${all} with those that it revoked and that are still listed; revoke one; revoked ones are removed after RETENTION_DAYS, unless that is 0; the operator can raise ${code}`;
  return quotaError(code, message);
}

/** When the key was revoked, in the form of answers. */
export function revokedAt(key: KeyRecord): string | null {
  return key.revokedAt === null ? null : new Date(key.revokedAt).toISOString();
}
