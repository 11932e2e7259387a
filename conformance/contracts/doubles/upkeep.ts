/** Correct usage and retention in memory, and stores that each break one promise. */
import { farLease, type RunRecord } from '../../../core/ports/service.ts';
import {
  type ExpiredRun,
  farDue,
  type RetentionStore,
  type UsageStore,
  type WaitingUpload,
} from '../../../core/ports/upkeep.ts';
import { decodeCursor, encodeCursor } from '../../../stores/cursor.ts';
import type { UpkeepSubject } from '../upkeep-subject.ts';
import { MemoryRunStore } from './memory-runs.ts';
import { MemoryTenantStore } from './tenants.ts';

/** Tenants whose versions may have gaps, and whose keys and runs may be removed. */
class Tenants extends MemoryTenantStore {
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

class Runs extends MemoryRunStore {
  get all() {
    return this.runs;
  }
}

export class MemoryUsageStore implements UsageStore {
  protected readonly bytes = new Map<string, { bytes: number; countedAt: number | null }>();
  protected readonly uploads = new Map<string, WaitingUpload>();
  readonly #tenants: Tenants;

  constructor(tenants: Tenants) {
    this.#tenants = tenants;
  }

  async storedBytes(tenantId: string) {
    return structuredClone(this.bytes.get(tenantId) ?? { bytes: 0, countedAt: null });
  }

  async addStored(tenantId: string, bytes: number, max = Number.POSITIVE_INFINITY): Promise<boolean> {
    const before = this.bytes.get(tenantId) ?? { bytes: 0, countedAt: null };
    if (bytes > 0 && before.bytes + bytes > max) return false;
    this.bytes.set(tenantId, { ...before, bytes: Math.max(0, before.bytes + bytes) });
    return true;
  }

  async correctStored(tenantId: string, difference: number, now: number): Promise<void> {
    await this.addStored(tenantId, difference);
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
  protected readonly tenants: Tenants;
  protected readonly runs: Runs;

  constructor(tenants: Tenants, runs: Runs) {
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

class AddsInTwoSteps extends MemoryUsageStore {
  override async addStored(tenantId: string, bytes: number, max = Number.POSITIVE_INFINITY) {
    const before = await this.storedBytes(tenantId);
    if (bytes > 0 && before.bytes + bytes > max) return false;
    await null;
    this.bytes.set(tenantId, { ...before, bytes: Math.max(0, before.bytes + bytes) });
    return true;
  }
}

class CountsForAll extends MemoryUsageStore {
  override addStored(_tenantId: string, bytes: number, max?: number) {
    return super.addStored('all', bytes, max);
  }

  override storedBytes() {
    return super.storedBytes('all');
  }
}

class SetsTheCount extends MemoryUsageStore {
  override async correctStored(tenantId: string, difference: number, now: number) {
    this.bytes.set(tenantId, { bytes: Math.max(0, difference), countedAt: now });
  }
}

class CountsUploadsFirst extends MemoryUsageStore {
  override async openUpload(upload: WaitingUpload, max: number) {
    const waiting = this.waiting(upload);
    await null;
    return waiting < max && super.openUpload(upload, Number.POSITIVE_INFINITY);
  }
}

class CountsTheSameKeyTwice extends MemoryUsageStore {
  protected override waiting(upload: WaitingUpload) {
    return super.waiting({ ...upload, key: '' });
  }
}

class CountsExpiredUploads extends MemoryUsageStore {
  protected override waiting(upload: WaitingUpload) {
    return super.waiting({ ...upload, openedAt: 0 });
  }
}

class ForgetsWhatWasThere extends MemoryUsageStore {
  override openUpload(upload: WaitingUpload, max: number) {
    return super.openUpload({ ...upload, etagBefore: null, sizeBefore: 0 }, max);
  }
}

class CountsRemovedVersions extends MemoryUsageStore {
  override async countVersions(tenantId: string) {
    const all = await super.countVersions(tenantId);
    return all === 0 ? 0 : Math.max(all, 4);
  }
}

class ListsActiveRuns extends MemoryRetentionStore {
  protected override hasEnded() {
    return true;
  }
}

class ForgetsTheObjects extends MemoryRetentionStore {
  override async expireRun(runId: string, now: number) {
    const expired = await super.expireRun(runId, now);
    this.expired.delete(runId);
    return expired;
  }
}

class KeepsTheRecord extends MemoryRetentionStore {
  override async expireRun(runId: string, now: number) {
    const run = this.runs.all.get(runId);
    const expired = await super.expireRun(runId, now);
    if (expired) this.runs.all.set(runId, run!);
    return expired;
  }
}

class ListsTheTime extends MemoryRetentionStore {
  override endedRuns(tenantId: string, requestedBefore: number, cursor?: string | null, limit?: number) {
    return super.endedRuns(tenantId, requestedBefore + 1, cursor, limit);
  }
}

class PagesByTime extends MemoryRetentionStore {
  override async endedRuns(tenantId: string, requestedBefore: number, cursor?: string | null, limit?: number) {
    const [time] = decodeCursor(cursor, [0, ''] as const) ?? [0];
    return super.endedRuns(tenantId, requestedBefore, cursor && encodeCursor([time, '\u{10ffff}']), limit);
  }
}

class RemovesTheNewestVersion extends MemoryRetentionStore {
  override async removeConfigVersion(tenantId: string, version: number) {
    this.tenants.removed.add(`${tenantId} ${version}`);
    return true;
  }
}

class RemovesActiveKeys extends MemoryRetentionStore {
  override async removeRevokedKeys(tenantId: string, before: number) {
    for (const one of this.tenants.allKeys) one.revokedAt ??= 0;
    return super.removeRevokedKeys(tenantId, before);
  }
}

class TakesEveryTurn extends MemoryRetentionStore {
  override takeTurn(holder: string, now: number, leaseMs: number) {
    this.turn.heldUntil = 0;
    return super.takeTurn(holder, now, leaseMs);
  }
}

class IsAlwaysDue extends MemoryRetentionStore {
  override endTurn(holder: string, state: string | null) {
    return super.endTurn(holder, state, 0);
  }
}

class NeverEndsATurn extends MemoryRetentionStore {
  override takeTurn(holder: string, now: number) {
    return super.takeTurn(holder, now, Number.POSITIVE_INFINITY);
  }
}

class EndsAnyTurn extends MemoryRetentionStore {
  override endTurn(_holder: string, state: string | null, dueAt: number) {
    return super.endTurn(this.turn.holder ?? '', state, dueAt);
  }
}

type MakeUsage = new (tenants: Tenants) => MemoryUsageStore;
type MakeRetention = new (tenants: Tenants, runs: Runs) => MemoryRetentionStore;

export function upkeepSubject(
  Usage: MakeUsage = MemoryUsageStore,
  Retention: MakeRetention = MemoryRetentionStore,
): UpkeepSubject {
  const tenants = new Tenants();
  const runs = new Runs();
  const stores = { tenants, runs, usage: new Usage(tenants), retention: new Retention(tenants, runs) };
  return { ...stores, peer: async () => stores, close: () => undefined };
}

/** Broken doubles by their mistake, each with a case that must fail. */
export const USAGE_DOUBLES: Readonly<Record<string, [make: MakeUsage, foundBy: string]>> = {
  'additions at once exceed the limit': [
    AddsInTwoSteps,
    'of many additions at once none goes over the limit, and none is lost',
  ],
  'tenants share a count': [CountsForAll, 'stored bytes are added for each tenant alone, and never fall below 0'],
  'a count undoes what came meanwhile': [
    SetsTheCount,
    'a count corrects the stored bytes, and does not undo what came meanwhile',
  ],
  'uploads at once exceed their limit': [CountsUploadsFirst, 'of many uploads at once no more wait than may'],
  'the same key counts twice': [
    CountsTheSameKeyTwice,
    'an upload to the same key is counted once, and the later one holds',
  ],
  'expired addresses count': [
    CountsExpiredUploads,
    'an expired address no longer counts, and stays listed until it is removed',
  ],
  'what an upload replaces is forgotten': [ForgetsWhatWasThere, 'an upload waits, as it was noted, until it is closed'],
  'removed versions count': [CountsRemovedVersions, 'versions of a config are counted as they come and go'],
};

export const RETENTION_DOUBLES: Readonly<Record<string, [make: MakeRetention, foundBy: string]>> = {
  'active runs expire': [
    ListsActiveRuns,
    'an active run does not expire, nor one that is not there; of many at once one expires it',
  ],
  'the objects of an expired run are forgotten': [
    ForgetsTheObjects,
    'an expired run is seen nowhere, and noted until its objects are gone',
  ],
  'an expired run is still seen': [
    KeepsTheRecord,
    'an expired run is seen nowhere, and noted until its objects are gone',
  ],
  'a run of the very time is listed': [
    ListsTheTime,
    'ended runs of a tenant are listed, oldest first, over pages, up to a time',
  ],
  'runs of one time are left out': [PagesByTime, 'runs of one time are listed once each, over pages'],
  'the newest version is removed': [
    RemovesTheNewestVersion,
    'a version of a config is removed alone, never the newest, and its number is not used again',
  ],
  'active keys are removed': [RemovesActiveKeys, 'keys that were revoked long ago are removed, and no others'],
  'everybody has the turn': [TakesEveryTurn, 'the turn is one process’s until it gives it back, or its time is over'],
  'the turn is always due': [IsAlwaysDue, 'the turn is one process’s until it gives it back, or its time is over'],
  'a turn never ends by itself': [
    NeverEndsATurn,
    'the turn is one process’s until it gives it back, or its time is over',
  ],
  'a late process ends another’s turn': [
    EndsAnyTurn,
    'the turn is one process’s until it gives it back, or its time is over',
  ],
};
