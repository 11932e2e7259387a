/** Correct usage and retention in memory. */
import { farLease, type RunRecord } from '../../../core/ports/service/runs.ts';
import {
  type ExpiredRun,
  farDue,
  type RetentionStore,
  type Stored,
  type UsageStore,
  type WaitingUpload,
} from '../../../core/ports/service/upkeep.ts';
import { decodeCursor, encodeCursor } from '../../../stores/cursor.ts';
import { MemoryRunStore } from './memory-runs.ts';
import { MemoryTenantStore } from './tenants.ts';

/** Tenants whose versions may have gaps, and whose keys and runs may be removed. */
export class UpkeepTenants extends MemoryTenantStore {
  readonly removed = new Set<string>();

  override async getConfig(tenantId: string, version?: number) {
    return this.removed.has(`${tenantId} ${version}`) ? null : super.getConfig(tenantId, version);
  }

  override putConfig(...args: Parameters<MemoryTenantStore['putConfig']>) {
    const [tenantId, config, now, conditions = {}] = args;
    const gone = this.versions(tenantId).length - this.kept(tenantId).length;
    const max = (conditions.versionsMax ?? Number.POSITIVE_INFINITY) + gone;
    return super.putConfig(tenantId, config, now, { ...conditions, versionsMax: max });
  }

  versions(tenantId: string) {
    return this.configs.get(tenantId) ?? [];
  }

  kept(tenantId: string) {
    return this.versions(tenantId).filter((one) => !this.removed.has(`${tenantId} ${one.configVersion}`));
  }

  get allKeys() {
    return this.keys;
  }
}

export class UpkeepRuns extends MemoryRunStore {
  get all() {
    return this.runs;
  }
}

export class MemoryUsageStore implements UsageStore {
  protected readonly bytes = new Map<string, Stored>();
  protected readonly uploads = new Map<string, WaitingUpload>();
  readonly #tenants: UpkeepTenants;

  constructor(tenants: UpkeepTenants) {
    this.#tenants = tenants;
  }

  async storedBytes(tenantId: string): Promise<Stored> {
    return structuredClone(this.bytes.get(tenantId) ?? { bytes: 0, files: 0, countedAt: null });
  }

  async addStored(tenantId: string, bytes: number, max = Number.POSITIVE_INFINITY): Promise<boolean> {
    return this.add(tenantId, 'bytes', bytes, max);
  }

  async addFiles(tenantId: string, files: number, max = Number.POSITIVE_INFINITY): Promise<boolean> {
    return this.add(tenantId, 'files', files, max);
  }

  protected add(tenantId: string, counter: 'bytes' | 'files', added: number, max: number): boolean {
    const before = this.bytes.get(tenantId) ?? { bytes: 0, files: 0, countedAt: null };
    if (added > 0 && before[counter] + added > max) return false;
    this.bytes.set(tenantId, { ...before, [counter]: Math.max(0, before[counter] + added) });
    return true;
  }

  async correctStored(tenantId: string, difference: { bytes: number; files: number }, now: number): Promise<void> {
    await this.addStored(tenantId, difference.bytes);
    await this.addFiles(tenantId, difference.files);
    this.bytes.get(tenantId)!.countedAt = now;
  }

  async openUpload(upload: WaitingUpload, max: number): Promise<boolean> {
    if (this.waiting(upload) >= max) return false;
    this.uploads.set(this.keyOf(upload), structuredClone(upload));
    return true;
  }

  async listUploads(tenantId: string): Promise<WaitingUpload[]> {
    return structuredClone([...this.uploads.values()].filter((one) => one.tenantId === tenantId));
  }

  async closeUpload(tenantId: string, key: string): Promise<boolean> {
    return this.uploads.delete(this.keyOf({ tenantId, key }));
  }

  async removeUploads(tenantId: string, expiredBefore: number): Promise<number> {
    const old = (await this.listUploads(tenantId)).filter((one) => one.expiresAt < expiredBefore);
    for (const one of old) this.uploads.delete(this.keyOf(one));
    return old.length;
  }

  async countVersions(tenantId: string): Promise<number> {
    return this.#tenants.kept(tenantId).length;
  }

  protected keyOf({ tenantId, key }: { tenantId: string; key: string }): string {
    return `${tenantId} ${key}`;
  }

  protected waiting({ tenantId, key, openedAt }: WaitingUpload): number {
    const all = [...this.uploads.values()].filter((one) => one.tenantId === tenantId && one.key !== key);
    return all.filter((one) => one.expiresAt > openedAt).length;
  }
}

export class MemoryRetentionStore implements RetentionStore {
  protected readonly expired = new Map<string, ExpiredRun & { at: number }>();
  protected turn = { holder: null as string | null, heldUntil: 0, dueAt: 0, state: null as string | null };
  protected readonly tenants: UpkeepTenants;
  protected readonly runs: UpkeepRuns;

  constructor(tenants: UpkeepTenants, runs: UpkeepRuns) {
    this.tenants = tenants;
    this.runs = runs;
  }

  async endedRuns(tenantId: string, requestedBefore: number, cursor?: string | null, limit = 50) {
    const [time, id] = decodeCursor(cursor, [0, ''] as const) ?? [0, ''];
    const rest = [...this.runs.all.values()]
      .filter((run) => run.tenantId === tenantId && run.requestedAt < requestedBefore && this.hasEnded(run))
      .sort((a, b) => a.requestedAt - b.requestedAt || (a.runId < b.runId ? -1 : 1))
      .filter((run) => run.requestedAt > time || (run.requestedAt === time && run.runId > id));
    const runs = structuredClone(rest.slice(0, limit));
    const last = runs.at(-1);
    return { runs, next: rest.length > limit ? encodeCursor([last!.requestedAt, last!.runId]) : null };
  }

  async expireRun(runId: string, now: number): Promise<boolean> {
    const run = this.runs.all.get(runId);
    if (run === undefined || !this.hasEnded(run)) return false;
    this.runs.all.delete(runId);
    this.expired.set(runId, { runId, tenantId: run.tenantId, at: now });
    return true;
  }

  async expiredRuns(limit: number): Promise<ExpiredRun[]> {
    const all = [...this.expired.values()].sort((a, b) => a.at - b.at);
    return all.slice(0, limit).map(({ runId, tenantId }) => ({ runId, tenantId }));
  }

  async removeExpired({ runId }: ExpiredRun): Promise<void> {
    this.expired.delete(runId);
  }

  async putOffExpired({ runId }: ExpiredRun, now: number): Promise<void> {
    const note = this.expired.get(runId);
    if (note !== undefined) this.expired.set(runId, { ...note, at: now });
  }

  async configVersions(tenantId: string, after: number, limit: number) {
    const all = this.tenants.kept(tenantId).filter((one) => one.configVersion > after);
    return all.slice(0, limit).map(({ configVersion, createdAt }) => ({ configVersion, createdAt }));
  }

  async removeConfigVersion(tenantId: string, version: number): Promise<boolean> {
    const newest = this.tenants.versions(tenantId).length;
    const isThere = this.tenants.kept(tenantId).some((one) => one.configVersion === version);
    if (!isThere || version === newest) return false;
    this.tenants.removed.add(`${tenantId} ${version}`);
    return true;
  }

  async removeRevokedKeys(tenantId: string, before: number): Promise<number> {
    const { allKeys } = this.tenants;
    const old = allKeys.filter((one) => one.tenantId === tenantId && (one.revokedAt ?? before) < before);
    for (const one of old) allKeys.splice(allKeys.indexOf(one), 1);
    return old.length;
  }

  async removeExpiredRecords(): Promise<void> {}

  async takeTurn(holder: string, now: number, leaseMs: number): Promise<{ state: string | null } | null> {
    const { turn } = this;
    const isAhead = (time: number, far: number) => time > now && time <= far;
    const isHeld = turn.holder !== null && isAhead(turn.heldUntil, farLease(now, leaseMs));
    if (isHeld || isAhead(turn.dueAt, farDue(now))) return null;
    Object.assign(turn, { holder, heldUntil: now + leaseMs });
    return { state: turn.state };
  }

  async endTurn(holder: string, state: string | null, dueAt: number): Promise<boolean> {
    if (this.turn.holder !== holder) return false;
    this.turn = { holder: null, heldUntil: 0, dueAt, state };
    return true;
  }

  protected hasEnded(run: RunRecord): boolean {
    return run.status === 'SUCCEEDED' || run.status === 'FAILED';
  }
}
