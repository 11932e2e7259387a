/**
 * Ports for fair shares: what each tenant uses, and what may be removed. Both families of stores implement them beside
 * the other ports, on the same data. Times are milliseconds since 1970.
 */
import type { RunRecord } from './runs.ts';

/** An upload address that nobody has used yet, as far as the store knows. */
export interface WaitingUpload {
  tenantId: string;
  key: string;
  openedAt: number;
  expiresAt: number;
  /** The object that the upload would replace; null and 0 if there was none. */
  etagBefore: string | null;
  sizeBefore: number;
}

export interface Stored {
  bytes: number;
  /** Uploaded files, without the artifacts of runs. */
  files: number;
  /** When the objects themselves were last counted; null if never. */
  countedAt: number | null;
}

export interface UsageStore {
  /** Counters that are kept with the writes. They may be off by what a process that died did not add. */
  storedBytes(tenantId: string): Promise<Stored>;
  /**
   * Adds to the counter, which never falls below 0. With `max`, in one atomic step: false, and nothing is added, if the sum would
   * be larger. A negative number is always added.
   */
  addStored(tenantId: string, bytes: number, max?: number): Promise<boolean>;
  /** The same for the number of uploaded files. */
  addFiles(tenantId: string, files: number, max?: number): Promise<boolean>;
  /** Corrects the counters by what a count found missing (negative: too much), and notes the time of the count. */
  correctStored(tenantId: string, difference: { bytes: number; files: number }, now: number): Promise<void>;
  /**
   * Notes an upload, in one atomic step. False if the tenant has `max` waiting uploads whose addresses are still valid
   * at `openedAt`. An upload to the same key replaces the earlier one and is counted once.
   */
  openUpload(upload: WaitingUpload, max: number): Promise<boolean>;
  /** All uploads that are not closed, even expired ones, in no order. */
  listUploads(tenantId: string): Promise<WaitingUpload[]>;
  /** Notes that the upload has arrived. False if none was waiting. */
  closeUpload(tenantId: string, key: string): Promise<boolean>;
  /** Removes closed uploads, and those whose addresses expired before. Returns their number. */
  removeUploads(tenantId: string, expiredBefore: number): Promise<number>;
  /** Versions of the config that are kept. 0 if there is no tenant. */
  countVersions(tenantId: string): Promise<number>;
}

/** A run that is hidden but whose objects may still exist. */
export interface ExpiredRun {
  runId: string;
  tenantId: string;
}

export interface RetentionStore {
  /** Ended runs of a tenant that were requested before a time, oldest first. */
  endedRuns(
    tenantId: string,
    requestedBefore: number,
    cursor?: string | null,
    limit?: number,
  ): Promise<{ runs: RunRecord[]; next: string | null }>;
  /**
   * Hides an ended run and notes in the same step that its objects must be removed. So no visible run lacks its
   * objects, and no object is forgotten if the process dies. False if the run is active or unknown.
   */
  expireRun(runId: string, now: number): Promise<boolean>;
  /** Runs whose objects must be removed, oldest first. */
  expiredRuns(limit: number): Promise<ExpiredRun[]>;
  /** Forgets a run whose objects are removed. */
  removeExpired(run: ExpiredRun): Promise<void>;
  /**
   * Moves the run behind all others that are noted, because its objects cannot be removed now. Does nothing if it is
   * not noted.
   */
  putOffExpired(run: ExpiredRun, now: number): Promise<void>;
  /** Versions of a config that are kept, oldest first, from the one after `after`. */
  configVersions(
    tenantId: string,
    after: number,
    limit: number,
  ): Promise<ReadonlyArray<{ configVersion: number; createdAt: number }>>;
  /** False if it is the newest version, or does not exist. Version numbers are never reused. */
  removeConfigVersion(tenantId: string, version: number): Promise<boolean>;
  /** Removes keys of all kinds that were revoked before. Returns their number. */
  removeRevokedKeys(tenantId: string, before: number): Promise<number>;
  /**
   * Removes expired records where the store does not do so itself, and dead letters that were sent before `deadBefore`
   * where the queue keeps them for ever.
   */
  removeExpiredRecords(now: number, deadBefore: number): Promise<void>;
  /**
   * Takes the turn for work that only one process should do at a time. Null if another process has it, or if it is not
   * due. The turn of a dead holder ends after `leaseMs`. A time too far ahead (`farLease`, `farDue`) comes from before
   * the clock was set back, and is ignored.
   */
  takeTurn(holder: string, now: number, leaseMs: number): Promise<{ state: string | null } | null>;
  /** Gives the turn back with the state for the next holder. False if another process has taken it since. */
  endTurn(holder: string, state: string | null, dueAt: number): Promise<boolean>;
}

/** The time between two rounds of removing old runs. */
export const RETENTION_ROUND_MS = 3600_000;

/** With a right clock, a turn is never due later than this. */
export function farDue(now: number): number {
  return now + 2 * RETENTION_ROUND_MS;
}
