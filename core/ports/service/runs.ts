/**
 * The port for runs: one active run per tenant, and the claims of workers.
 * Times are milliseconds since 1970, given by the caller.
 */
import type { RunCode, Stage } from '../../run-codes.ts';

export type RunStatus = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED';

/** Rows of a run. */
export interface RunCounts {
  /** Read from the feeds. */
  rows: number;
  invalid: number;
  /** Written to the merged feed. */
  merged: number;
}

/** How far a running attempt was when its worker last wrote. */
export interface RunProgress extends RunCounts {
  vendors: number;
  vendorsRead: number;
}

export interface RunRecord {
  runId: string;
  tenantId: string;
  configVersion: number;
  /** The vendors of the run; empty means all. */
  vendors: string[];
  force: boolean;
  /** Why holds and guardrails are set aside; null if they apply, or if the run is older than this field. */
  forceReason: string | null;
  status: RunStatus;
  stage: Stage | null;
  /** Increases by one with every claim; 0 before the first. */
  attempt: number;
  /** When the worker's lease ends unless it is renewed. */
  leaseUntil: number | null;
  workerId: string | null;
  cancelRequested: boolean;
  requestedAt: number;
  /** The first start. It is the run's clock in every attempt. */
  startedAt: number | null;
  finishedAt: number | null;
  /** When its message was last sent. */
  sentAt: number;
  failedStage: Stage | null;
  errorCode: RunCode | null;
  errorMessage: string | null;
  /** Keys of artifacts by their API names. */
  artifacts: Record<string, string>;
  /** How far an ended run came; null before its end, and if it ended without a worker. */
  counts: RunCounts | null;
  /** The warnings of an ended run; the worker bounds their number and length. */
  warnings: string[];
  /** Null until a worker has written it. Every claim, release and end sets it back to null. */
  progress: RunProgress | null;
  /** The failing environment that keeps the run from its end; null if there is none. */
  outage: RunOutage | null;
}

/** True until the run has ended. */
export function isActive({ status }: Pick<RunRecord, 'status'>): boolean {
  return status === 'QUEUED' || status === 'RUNNING';
}

/** Repeated attempts that all failed because of their environment, none further than those before. */
export interface RunOutage {
  since: number;
  /** The stage in which the furthest of them failed. */
  stage: Stage;
}

export interface NewRun {
  runId: string;
  tenantId: string;
  configVersion: number;
  vendors: string[];
  force: boolean;
  forceReason?: string | null;
  now: number;
  idempotency?: { key: string; bodyHash: string; expiresAt: number };
}

export type CreateRunResult =
  | { status: 'created'; run: RunRecord }
  /** The idempotency key was used before with the same body. */
  | { status: 'repeated'; run: RunRecord }
  /** The idempotency key was used before with another body. */
  | { status: 'key_reused' }
  | { status: 'tenant_busy'; activeRunId: string };

export type ClaimResult =
  | { status: 'claimed'; run: RunRecord }
  /** Another worker holds a live lease on this run. */
  | { status: 'leased'; run: RunRecord }
  /** The run has ended. */
  | { status: 'ended'; run: RunRecord }
  | { status: 'unknown' };

export interface FinishRun {
  status: 'SUCCEEDED' | 'FAILED';
  /** The stage in which it ended; if absent, the stage does not change. */
  stage?: Stage;
  failedStage?: Stage | null;
  errorCode?: RunCode | null;
  errorMessage?: string | null;
  artifacts?: Record<string, string>;
  counts?: RunCounts;
  warnings?: string[];
}

/** How a run failed that no worker holds. */
export interface UnclaimedFailure {
  errorCode: RunCode;
  errorMessage: string;
  /** What the run had written so far. None by default. */
  artifacts?: Record<string, string>;
}

/** Identifies a claim. Once another claim exists, every write with this one returns false. */
export interface Claim {
  runId: string;
  attempt: number;
}

export interface StaleTimes {
  sentBefore: number;
  leaseBefore: number;
  /** A lease that ends later was given before the clock was set back: `farLease`. */
  leaseFar: number;
  now: number;
}

/**
 * The latest end of a lease that is believed: twice the given duration, because two releases may have different
 * settings.
 */
export function farLease(now: number, leaseMs: number): number {
  return now + 2 * leaseMs + 60_000;
}

/**
 * The latest time of sending that is believed. A message may be delayed by 15 minutes, and the clocks of two machines
 * differ by less.
 */
export function sentLater(now: number): number {
  return now + 1_000_000;
}

export interface RunStore {
  /** Creates the run and takes the tenant's one slot, in one atomic write. Checks the idempotency key first. */
  create(run: NewRun): Promise<CreateRunResult>;
  get(runId: string): Promise<RunRecord | null>;
  /** The run created with an idempotency key that has not expired, and the hash of its request body. */
  findRepeated(tenantId: string, key: string, now: number): Promise<{ run: RunRecord; bodyHash: string } | null>;
  /**
   * Newest first. A cursor is a place among all runs: used with another filter, it gives the matching runs older than
   * the page.
   */
  list(
    filter: { tenantId?: string; status?: RunStatus },
    cursor?: string | null,
    limit?: number,
  ): Promise<{ runs: RunRecord[]; next: string | null }>;
  /**
   * Claims a queued run, or a running one whose lease has ended. A lease that ends later than any that could be given
   * now (`farLease`) counts as ended: it was given before the clock was set back.
   */
  claim(runId: string, workerId: string, now: number, leaseMs: number): Promise<ClaimResult>;
  /** Keeps the earlier progress unless one is given. */
  renew(claim: Claim, now: number, leaseMs: number, progress?: RunProgress): Promise<boolean>;
  /**
   * Stages only go forward; a new attempt starts again at the first. Keeps the earlier progress unless one is given.
   */
  setStage(claim: Claim, stage: Stage, progress?: RunProgress): Promise<boolean>;
  /** Ends the run and frees the tenant's slot in the same transaction. */
  finish(claim: Claim, result: FinishRun, now: number): Promise<boolean>;
  /**
   * Makes a claimed run queued again, so that another worker can claim it at once. Its message can be received from
   * `sentAt` on. `outage` replaces the earlier one.
   */
  release(claim: Claim, sentAt: number, outage?: RunOutage | null): Promise<boolean>;
  /**
   * Fails a run that no worker holds (poison, cancel of a queued run). False if a worker holds a live lease or the run has
   * ended.
   */
  failUnclaimed(runId: string, failure: UnclaimedFailure, now: number): Promise<boolean>;
  /** Marks a run as cancelled for the worker that holds it. False if the run has ended. */
  requestCancel(runId: string, now: number): Promise<boolean>;
  /**
   * Runs whose message may be lost: queued, and last sent before `sentBefore`, or after `now` (`sentLater`: the clock was set back);
   * or running, with a lease that ended before `leaseBefore`, and last sent before the lease ended or before `sentBefore`; or with one
   * that ends after `leaseFar`, and last sent as a queued run whose message may be lost.
   */
  listStale(times: StaleTimes, limit: number): Promise<RunRecord[]>;
  /** Records that the message was sent again. False if another process did so since `previousSentAt`. */
  markSent(runId: string, previousSentAt: number, now: number): Promise<boolean>;
  /** The newest succeeded run of a tenant. */
  lastSucceeded(tenantId: string): Promise<RunRecord | null>;
  check(): Promise<void>;
}
