/** A tenant's quotas: what it uses of each, and the refusals. Settings have the limits. */
import type { KeyLimits } from '../../core/ports/service/tenants.ts';
import type { ApiDeps } from '../deps.ts';
import type { AppEnv } from '../http/app-env.ts';
import { tenantRateKey } from '../http/auth.ts';
import { type ApiCode, ApiError } from '../http/errors.ts';

/** A tenant may have so many times more keys in all, counting revoked keys that are still listed. */
const LISTED_KEYS_FACTOR = 20;
/** The most keys that the stores list. */
const LISTED_KEYS_MAX = 9000;

/** The error for an exceeded quota. `retryAfter`: when there may be room again, if known. */
export function quotaError(code: ApiCode & `QUOTA_${string}`, message: string, retryAfter?: number): ApiError {
  return new ApiError(
    code,
    message,
    retryAfter === undefined ? {} : { headers: { 'Retry-After': String(retryAfter) } },
  );
}

/** Refuses an upload that would be one file too many. Those that wait for their files may still come. */
export async function requireRoomForFile({ usage, settings }: ApiDeps, tenantId: string): Promise<void> {
  const max = settings.quotas.files;
  const { files } = await usage.storedBytes(tenantId);
  if (files < max) return;
  throw quotaError(
    'QUOTA_FILES',
    `the tenant has ${files} uploaded files and may have ${max}; remove old ones (DELETE /v1/tenants/${tenantId}/vendors/{vendor_id}/files), or have the operator raise QUOTA_FILES`,
  );
}

/** `most`: how many keys of a kind may work at once. */
export function keyLimits(most: number): KeyLimits {
  return { active: most, all: Math.min(most * LISTED_KEYS_FACTOR, LISTED_KEYS_MAX) };
}

/** Refuses new work of a tenant that has stored too much, and all new work while the disk is nearly full. */
export async function requireStorage(deps: ApiDeps, tenantId: string): Promise<void> {
  await deps.requireRoom?.();
  const max = deps.settings.quotas.storedBytes;
  const { bytes } = await deps.usage.storedBytes(tenantId);
  if (bytes < max) return;
  throw quotaError(
    'QUOTA_STORED_BYTES',
    `the tenant has stored ${bytes} bytes and may store ${max}; remove old feeds (DELETE /v1/tenants/${tenantId}/vendors/{vendor_id}/files), lower RETENTION_DAYS, or raise QUOTA_STORED_BYTES`,
  );
}

export async function usageView(deps: ApiDeps, tenantId: string, limiter: AppEnv['Variables']['limiter']) {
  const { usage, tenants, runs, settings } = deps;
  const now = deps.now();
  const [stored, uploads, versions, keys, links, queued, running] = await Promise.all([
    usage.storedBytes(tenantId),
    usage.listUploads(tenantId),
    usage.countVersions(tenantId),
    tenants.countKeys(tenantId, 'api'),
    tenants.countKeys(tenantId, 'feed'),
    runs.list({ tenantId, status: 'QUEUED' }, null, 1),
    runs.list({ tenantId, status: 'RUNNING' }, null, 1),
  ]);
  const { quotas, rateBurst } = settings;
  return {
    stored_bytes: { used: stored.bytes, limit: quotas.storedBytes },
    files: { used: stored.files, limit: quotas.files },
    waiting_uploads: {
      used: uploads.filter(({ expiresAt }) => expiresAt > now).length,
      limit: quotas.waitingUploads,
    },
    config_versions: { used: versions, limit: quotas.configVersions },
    keys: { used: keys, limit: quotas.keys },
    feed_links: { used: links, limit: quotas.feedLinks },
    active_runs: { used: Math.min(1, queued.runs.length + running.runs.length), limit: 1 },
    requests: { used: limiter?.used(tenantRateKey(tenantId), now) ?? 0, limit: rateBurst },
  };
}
