/** The tenant, usage and run stores in memory: every method is one atomic step. */

import { RelayError } from '../../core/errors.ts';
import type {
  ClaimResult,
  CreateRunResult,
  NewRun,
  RunRecord,
  RunStore,
  UnclaimedFailure,
} from '../../core/ports/service/runs.ts';
import type {
  KeyKind,
  KeyLimits,
  KeyRecord,
  PutConfigOptions,
  TenantConfigRecord,
  TenantRecord,
  TenantStore,
} from '../../core/ports/service/tenants.ts';
import type { UsageStore, WaitingUpload } from '../../core/ports/service/upkeep.ts';
import { neverCalled } from './memory-objects.ts';

export class MemoryTenants implements TenantStore {
  readonly configs = new Map<string, TenantConfigRecord[]>();
  readonly keys = new Map<string, KeyRecord>();

  async create(tenantId: string, config: unknown, createdAt: number, keyId?: string): Promise<'created' | 'exists'> {
    if (this.configs.has(tenantId)) return 'exists';
    this.configs.set(tenantId, [{ tenantId, configVersion: 1, config, createdAt, keyId: keyId ?? null }]);
    return 'created';
  }

  async putConfig(
    tenantId: string,
    config: unknown,
    now: number,
    { expectedVersion, versionsMax = Number.POSITIVE_INFINITY, keyId }: PutConfigOptions = {},
  ) {
    const versions = this.configs.get(tenantId);
    if (versions === undefined) return null;
    const newest = versions.length;
    if (expectedVersion !== undefined && expectedVersion !== newest) {
      return { status: 'conflict' as const, configVersion: newest };
    }
    if (newest >= versionsMax) return { status: 'full' as const, configVersion: newest };
    versions.push({ tenantId, configVersion: newest + 1, config, createdAt: now, keyId: keyId ?? null });
    return { status: 'stored' as const, configVersion: newest + 1 };
  }

  async get(tenantId: string): Promise<TenantRecord | null> {
    const versions = this.configs.get(tenantId);
    if (versions === undefined) return null;
    const { createdAt } = versions[0]!;
    return { tenantId, configVersion: versions.length, createdAt, updatedAt: versions.at(-1)!.createdAt };
  }

  async getConfig(tenantId: string, version?: number): Promise<TenantConfigRecord | null> {
    const versions = this.configs.get(tenantId) ?? [];
    return versions[(version ?? versions.length) - 1] ?? null;
  }

  async list(cursor?: string | null, limit = 100) {
    if (cursor != null && !/^\d{1,9}$/.test(cursor)) throw new RelayError('invalid_cursor', 'not a cursor');
    const tenants = await Promise.all([...this.configs.keys()].sort().map((id) => this.get(id)));
    const from = Number(cursor ?? 0);
    const page = tenants.slice(from, from + limit).filter((one) => one !== null);
    return { tenants: page, next: from + limit < tenants.length ? String(from + limit) : null };
  }

  async addKey(key: KeyRecord, limits?: KeyLimits): Promise<boolean> {
    const keys = await this.listKeys(key.tenantId, key.kind);
    const active = keys.filter((one) => one.revokedAt === null).length;
    if (limits !== undefined && (active >= limits.active || keys.length >= limits.all)) return false;
    this.keys.set(key.hash, key);
    return true;
  }

  async findKey(hash: string, kind: KeyKind): Promise<KeyRecord | null> {
    const key = this.keys.get(hash);
    return key?.kind === kind ? key : null;
  }

  async listKeys(tenantId: string, kind: KeyKind): Promise<KeyRecord[]> {
    return [...this.keys.values()].filter((key) => key.tenantId === tenantId && key.kind === kind);
  }

  async countKeys(tenantId: string, kind: KeyKind): Promise<number> {
    return (await this.listKeys(tenantId, kind)).filter((one) => one.revokedAt === null).length;
  }

  async revokeKey(tenantId: string, kind: KeyKind, keyId: string, now: number): Promise<boolean> {
    const key = (await this.listKeys(tenantId, kind)).find((one) => one.keyId === keyId);
    if (key === undefined || key.revokedAt !== null) return false;
    key.revokedAt = now;
    return true;
  }

  async check(): Promise<void> {}
}

export class MemoryUsage implements UsageStore {
  readonly bytes = new Map<string, number>();
  readonly files = new Map<string, number>();
  readonly uploads = new Map<string, WaitingUpload>();
  readonly #tenants: MemoryTenants;

  constructor(tenants: MemoryTenants) {
    this.#tenants = tenants;
  }

  async storedBytes(tenantId: string) {
    return { bytes: this.bytes.get(tenantId) ?? 0, files: this.files.get(tenantId) ?? 0, countedAt: null };
  }

  async addFiles(tenantId: string, files: number): Promise<boolean> {
    this.files.set(tenantId, (this.files.get(tenantId) ?? 0) + files);
    return true;
  }

  async addStored(tenantId: string, bytes: number): Promise<boolean> {
    this.bytes.set(tenantId, (this.bytes.get(tenantId) ?? 0) + bytes);
    return true;
  }

  async openUpload(upload: WaitingUpload, max: number): Promise<boolean> {
    const others = (await this.listUploads(upload.tenantId)).filter(
      ({ key, expiresAt }) => key !== upload.key && expiresAt > upload.openedAt,
    );
    if (others.length >= max) return false;
    this.uploads.set(upload.key, upload);
    return true;
  }

  async listUploads(tenantId: string): Promise<WaitingUpload[]> {
    return [...this.uploads.values()].filter((one) => one.tenantId === tenantId);
  }

  async closeUpload(_tenantId: string, key: string): Promise<boolean> {
    return this.uploads.delete(key);
  }

  async countVersions(tenantId: string): Promise<number> {
    return this.#tenants.configs.get(tenantId)?.length ?? 0;
  }

  // what only workers call
  correctStored = (): Promise<never> => neverCalled();
  removeUploads = (): Promise<never> => neverCalled();
}

export class MemoryRuns implements RunStore {
  /** In order of creation. Tests may change records directly. */
  readonly records = new Map<string, RunRecord>();
  readonly #idempotency = new Map<string, { bodyHash: string; runId: string; expiresAt: number }>();

  async create(run: NewRun): Promise<CreateRunResult> {
    const { runId, tenantId, configVersion, vendors, force, forceReason = null, now } = run;
    const slot = `${tenantId} ${run.idempotency?.key}`;
    const before = run.idempotency === undefined ? undefined : this.#idempotency.get(slot);
    if (before !== undefined && before.expiresAt > now) {
      if (before.bodyHash !== run.idempotency!.bodyHash) return { status: 'key_reused' };
      return { status: 'repeated', run: this.records.get(before.runId)! };
    }
    const active = [...this.records.values()].find((one) => one.tenantId === tenantId && !ended(one));
    if (active !== undefined) return { status: 'tenant_busy', activeRunId: active.runId };
    const fixed = { runId, tenantId, configVersion, vendors, force, forceReason, requestedAt: now, sentAt: now };
    const record: RunRecord = { ...NEW, ...fixed, artifacts: {}, warnings: [] };
    this.records.set(runId, record);
    if (run.idempotency !== undefined) this.#idempotency.set(slot, { ...run.idempotency, runId });
    return { status: 'created', run: { ...record } };
  }

  async get(runId: string): Promise<RunRecord | null> {
    const run = this.records.get(runId);
    return run === undefined ? null : { ...run };
  }

  async findRepeated(tenantId: string, key: string, now: number) {
    const before = this.#idempotency.get(`${tenantId} ${key}`);
    if (before === undefined || before.expiresAt <= now) return null;
    return { run: { ...this.records.get(before.runId)! }, bodyHash: before.bodyHash };
  }

  async list(filter: { tenantId?: string; status?: string }, cursor?: string | null, limit = 50) {
    if (cursor != null && !/^\d+$/.test(cursor)) throw new RelayError('invalid_cursor', 'not a cursor');
    const all = [...this.records.values()].reverse();
    const found = all.slice(Number(cursor ?? 0)).filter((run) => {
      if (filter.tenantId !== undefined && run.tenantId !== filter.tenantId) return false;
      return filter.status === undefined || run.status === filter.status;
    });
    const runs = found.slice(0, limit);
    // the cursor is a position among all runs, so it works with any filter
    return { runs, next: found.length > limit ? String(all.indexOf(runs.at(-1)!) + 1) : null };
  }

  async failUnclaimed(runId: string, failure: UnclaimedFailure, now: number) {
    const { errorCode, errorMessage, artifacts = {} } = failure;
    const run = this.records.get(runId);
    if (run === undefined || ended(run) || (run.leaseUntil ?? 0) > now) return false;
    Object.assign(run, { status: 'FAILED', errorCode, errorMessage, finishedAt: now, artifacts });
    return true;
  }

  async requestCancel(runId: string): Promise<boolean> {
    const run = this.records.get(runId);
    if (run === undefined || ended(run)) return false;
    run.cancelRequested = true;
    return true;
  }

  async check(): Promise<void> {}

  // what only workers call
  claim = (): Promise<ClaimResult> => neverCalled();
  renew = (): Promise<boolean> => neverCalled();
  setStage = (): Promise<boolean> => neverCalled();
  finish = (): Promise<boolean> => neverCalled();
  release = (): Promise<boolean> => neverCalled();
  listStale = (): Promise<RunRecord[]> => neverCalled();
  markSent = (): Promise<boolean> => neverCalled();
  lastSucceeded = (): Promise<RunRecord | null> => neverCalled();
}

const NEW = {
  status: 'QUEUED',
  stage: null,
  attempt: 0,
  leaseUntil: null,
  workerId: null,
  cancelRequested: false,
  startedAt: null,
  finishedAt: null,
  failedStage: null,
  errorCode: null,
  errorMessage: null,
  counts: null,
  progress: null,
  outage: null,
} as const;

function ended(run: RunRecord): boolean {
  return run.status === 'SUCCEEDED' || run.status === 'FAILED';
}
