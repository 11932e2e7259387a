/**
 * Uploads that have not arrived yet. Relay does not see uploads that go directly to the object store, so it compares
 * the object with the one that was there when the address was issued.
 */
import type { ArtifactStore } from '../../../core/ports/service/objects.ts';
import type { UsageStore, WaitingUpload } from '../../../core/ports/service/upkeep.ts';
import type { ApiDeps } from '../../deps.ts';
import { quotaError, requireRoomForFile } from '../quotas.ts';

export interface UploadDeps {
  usage: UsageStore;
  artifacts: ArtifactStore;
}

/** The objects that are looked up at the same time. */
const CONCURRENT_LOOKS = 16;
/** How often one tenant's uploads are looked up. */
const LOOK_AGAIN_MS = 5_000;
/** Tenants whose last look is remembered. */
const TENANTS_MAX = 10_000;

/** Closes the uploads that have come and counts their bytes. Returns how many there were. */
export async function closeArrived(deps: UploadDeps, tenantId: string): Promise<number> {
  const waiting = await deps.usage.listUploads(tenantId);
  let arrived = 0;
  for (let at = 0; at < waiting.length; at += CONCURRENT_LOOKS) {
    const some = waiting.slice(at, at + CONCURRENT_LOOKS).map((upload) => closeIfArrived(deps, upload));
    arrived += (await Promise.all(some)).filter((one) => one).length;
  }
  return arrived;
}

async function closeIfArrived({ usage, artifacts }: UploadDeps, upload: WaitingUpload): Promise<boolean> {
  const { tenantId, key, etagBefore, sizeBefore } = upload;
  const object = await artifacts.find(key);
  if (object === null || object.etag === etagBefore) return false;
  if (!(await usage.closeUpload(tenantId, key))) return false;
  await usage.addStored(tenantId, object.size - sizeBefore);
  if (etagBefore === null) await usage.addFiles(tenantId, 1);
  return true;
}

/** Notes uploads within a tenant's quota. */
export class UploadNotes {
  readonly #deps: ApiDeps;
  /** When a tenant's uploads were last looked for. */
  readonly #looked = new Map<string, number>();

  constructor(deps: ApiDeps) {
    this.#deps = deps;
  }

  /** Throws `QUOTA_WAITING_UPLOADS` and `QUOTA_FILES`. */
  async add(tenantId: string, key: string, expiresAt: number): Promise<void> {
    const { usage, artifacts, settings } = this.#deps;
    const max = settings.quotas.waitingUploads;
    const openedAt = this.#deps.now();
    const before = await artifacts.find(key);
    if (before === null) await requireRoomForFile(this.#deps, tenantId);
    const upload: WaitingUpload = {
      ...{ tenantId, key, openedAt, expiresAt },
      ...{ etagBefore: before?.etag ?? null, sizeBefore: before?.size ?? 0 },
    };
    if (await usage.openUpload(upload, max)) return;
    const arrived = this.#mayLook(tenantId, openedAt) ? await closeArrived(this.#deps, tenantId) : 0;
    if (arrived > 0 && (await usage.openUpload(upload, max))) return;
    const ends = (await usage.listUploads(tenantId)).map((one) => one.expiresAt).filter((end) => end > openedAt);
    const seconds = Math.max(1, Math.ceil((Math.min(...ends, expiresAt) - openedAt) / 1000));
    const message = `${max} upload addresses of the tenant wait to be used; use them, or wait until they expire`;
    throw quotaError('QUOTA_WAITING_UPLOADS', message, seconds);
  }

  #mayLook(tenantId: string, now: number): boolean {
    const last = this.#looked.get(tenantId) ?? Number.NEGATIVE_INFINITY;
    if (now - last < LOOK_AGAIN_MS) return false;
    this.#looked.delete(tenantId);
    this.#looked.set(tenantId, now);
    if (this.#looked.size > TENANTS_MAX) this.#looked.delete(this.#looked.keys().next().value as string);
    return true;
  }
}
