/** Broken stores of usage and retention, which the contract suites must reject. */
import type { WaitingUpload } from '../../../core/ports/service/upkeep.ts';
import { decodeCursor, encodeCursor } from '../../../stores/cursor.ts';
import type { UpkeepSubject } from '../upkeep-subject.ts';
import { MemoryRetentionStore, MemoryUsageStore, UpkeepRuns, UpkeepTenants } from './memory-upkeep.ts';

class AddsInTwoSteps extends MemoryUsageStore {
  override async addStored(tenantId: string, bytes: number, max = Number.POSITIVE_INFINITY) {
    const before = await this.storedBytes(tenantId);
    if (bytes > 0 && before.bytes + bytes > max) return false;
    await null;
    this.bytes.set(tenantId, { ...before, bytes: Math.max(0, before.bytes + bytes) });
    return true;
  }
}

class AddsFilesInTwoSteps extends MemoryUsageStore {
  override async addFiles(tenantId: string, files: number, max = Number.POSITIVE_INFINITY) {
    const before = await this.storedBytes(tenantId);
    if (files > 0 && before.files + files > max) return false;
    await null;
    this.bytes.set(tenantId, { ...before, files: Math.max(0, before.files + files) });
    return true;
  }
}

class CountsFilesAsBytes extends MemoryUsageStore {
  override addFiles(tenantId: string, files: number, max?: number) {
    return super.addStored(tenantId, files, max);
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
  override async correctStored(tenantId: string, difference: { bytes: number; files: number }, now: number) {
    const { bytes, files } = difference;
    this.bytes.set(tenantId, { bytes: Math.max(0, bytes), files: Math.max(0, files), countedAt: now });
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

type MakeUsage = new (tenants: UpkeepTenants) => MemoryUsageStore;
type MakeRetention = new (tenants: UpkeepTenants, runs: UpkeepRuns) => MemoryRetentionStore;

export function upkeepSubject(
  Usage: MakeUsage = MemoryUsageStore,
  Retention: MakeRetention = MemoryRetentionStore,
): UpkeepSubject {
  const tenants = new UpkeepTenants();
  const runs = new UpkeepRuns();
  const stores = { tenants, runs, usage: new Usage(tenants), retention: new Retention(tenants, runs) };
  return { ...stores, peer: async () => stores, close: () => undefined };
}

/** Broken doubles by their mistake, each with a case that must fail. */
export const USAGE_DOUBLES: Readonly<Record<string, [make: MakeUsage, foundBy: string]>> = {
  'additions at once exceed the limit': [
    AddsInTwoSteps,
    'of many additions at once none goes over the limit, and none is lost',
  ],
  'files at once exceed the limit': [
    AddsFilesInTwoSteps,
    'of many files at once none goes over the limit, and none is lost',
  ],
  'a file is counted as a byte': [CountsFilesAsBytes, 'files are counted beside bytes, and neither changes the other'],
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
