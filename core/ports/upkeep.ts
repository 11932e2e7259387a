/**
 * Ports for fair shares: what each tenant uses, and what may be removed. Both families of stores implement them beside the
 * ports of `service.ts`, on the same data. Times are milliseconds since 1970.
 */
import type { RunRecord } from './service.ts';

/** An address for an upload that nobody has used yet, as far as the store knows. */
export interface WaitingUpload {
  tenantId: string;
  key: string;
  openedAt: number;
  expiresAt: number;
  /** The object that was there before; null and 0 if there was none. */
  etagBefore: string | null;
  sizeBefore: number;
}

export interface StoredBytes {
  bytes: number;
  /** When the objects themselves were last counted; null if never. */
  countedAt: number | null;
}

export interface UsageStore {
  /** A counter that is kept with the writes: it may be off by what a process that died did not add. */
  storedBytes(tenantId: string): Promise<StoredBytes>;
  /**
   * Adds to the counter, which never falls below 0. With `max`, in one atomic step: false, and nothing is added, if the sum would
   * be larger. A negative number is always added.
   */
  addStored(tenantId: string, bytes: number, max?: number): Promise<boolean>;
  /** Corrects the counter by what a count found missing (negative: too much), and notes the time of the count. */
  correctStored(tenantId: string, difference: number, now: number): Promise<void>;
  /**
   * Notes an upload, in one atomic step: false if the tenant has `max` waiting ones whose addresses are still good at
   * `openedAt`. An upload to the same key takes the place of the earlier one, and is not counted twice.
   */
  openUpload(upload: WaitingUpload, max: number): Promise<boolean>;
  /** All that are not closed, expired ones too, in no order. */
  listUploads(tenantId: string): Promise<WaitingUpload[]>;
  /** The upload has come. False if none waits. */
  closeUpload(tenantId: string, key: string): Promise<boolean>;
  /** Removes closed uploads, and those whose addresses expired before. Returns their number. */
  removeUploads(tenantId: string, expiredBefore: number): Promise<number>;
  /** Versions of the config that are kept. 0 if there is no tenant. */
  countVersions(tenantId: string): Promise<number>;
}

/** A run that is no longer seen, and whose objects may still be there. */
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
   * Makes an ended run disappear and notes in the same step that its objects must go. So no run that is seen lacks its
   * objects, and no object is forgotten if the process dies. False if the run is active or unknown.
   */
  expireRun(runId: string, now: number): Promise<boolean>;
  /** Runs whose objects must go, oldest first. */
  expiredRuns(limit: number): Promise<ExpiredRun[]>;
  /** The objects are gone. */
  removeExpired(run: ExpiredRun): Promise<void>;
  /** The objects cannot go now: the run comes after all that are noted so far. Nothing if it is not noted. */
  putOffExpired(run: ExpiredRun, now: number): Promise<void>;
  /** Versions of a config that are kept, oldest first, from the one after `after`. */
  configVersions(
    tenantId: string,
    after: number,
    limit: number,
  ): Promise<ReadonlyArray<{ configVersion: number; createdAt: number }>>;
  /** False if it is the newest, or is not there. The numbers of versions are never used again. */
  removeConfigVersion(tenantId: string, version: number): Promise<boolean>;
  /** Removes keys of all kinds that were revoked before. Returns their number. */
  removeRevokedKeys(tenantId: string, before: number): Promise<number>;
  /**
   * Removes what has expired by itself, where the store does not do so; and dead letters that were sent before `deadBefore`, where the
   * queue keeps them for ever.
   */
  removeExpiredRecords(now: number, deadBefore: number): Promise<void>;
  /**
   * Takes the turn for work that one process at a time should do: null if another one has it, or if it is not due. A turn whose
   * holder died ends after `leaseMs`. A time that is too far ahead (`farLease`, `farDue`) is of a clock that was set back since.
   */
  takeTurn(holder: string, now: number, leaseMs: number): Promise<{ state: string | null } | null>;
  /** Gives the turn back with the state for the next one. False if another one has taken it since. */
  endTurn(holder: string, state: string | null, dueAt: number): Promise<boolean>;
}

/** Between two rounds of the removal of old runs. */
export const RETENTION_ROUND_MS = 3600_000;

/** No turn that was given back by a right clock is due later. */
export function farDue(now: number): number {
  return now + 2 * RETENTION_ROUND_MS;
}
