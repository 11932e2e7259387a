/**
 * Where runs work. A worker claims a run, keeps its lease, and hands the work to a runner. `cli/runner/` has runners that are
 * processes of their own, so that nothing a feed does can stop the process that answers requests and keeps leases.
 */
import { RelayError } from '../core/errors.ts';
import type { SimulationReport } from '../core/pipeline/simulate/simulate.ts';
import type { RunCounts, RunProgress, RunRecord } from '../core/ports/service/runs.ts';
import { failureOf, type RunCode, type Stage } from '../core/run-codes.ts';

/** What to run. Plain data: it may go to another process. */
export interface RunOrder {
  run: RunRecord;
  /** The tenant's config as stored; for a simulation, the candidate. */
  config: unknown;
  /** Present for a simulation: the past runs to repeat. */
  simulation?: { runIds: string[] };
}

/** The worker, as a running run sees it. */
export interface RunHost {
  /** Aborts when the run must stop; its reason is a `StopReason`. */
  readonly signal: AbortSignal;
  /** Throws `LEASE_LOST` if this worker no longer holds the run. Called before an artifact becomes visible. */
  confirm(): Promise<void>;
  /** Records the stage. Throws `LEASE_LOST`, or `CANCELLED`. */
  enterStage(stage: Stage, progress: RunProgress): Promise<void>;
  onProgress(progress: RunProgress): void;
}

/** How one attempt at a run went. Plain data. */
export interface RunReport {
  /** Null if the run succeeded. */
  failure: RunFailure | null;
  /** Null if the engine did not start, or did not come to an end. */
  work: RunWork | null;
  /** The stage in which it ended. */
  stage: Stage;
  /** The report of a simulation that came to its end. */
  simulation?: SimulationReport;
}

export interface RunWork {
  counts: RunCounts;
  warnings: string[];
  /** Artifacts that this attempt wrote, or read from an earlier attempt: paths below the run's prefix. */
  paths: string[];
  /** The merged feed; null if this attempt did not write it. */
  feed: RunFeed | null;
}

/** The merged feed of a run, in the state that was written. */
export interface RunFeed {
  /** Below the run's prefix. */
  path: string;
  etag: string;
  sha256: string;
}

export interface RunFailure {
  code: RunCode;
  message: string;
  /** The environment's own error if a retry may cure it, else null. */
  retry: { code: string; message: string } | null;
  /** The stack of a bug; null for a RelayError, which explains itself. */
  stack: string | null;
}

export interface Runner {
  /** Never throws: what fails is in the report. */
  work(order: RunOrder, host: RunHost): Promise<RunReport>;
}

export function runFailure(error: unknown): RunFailure {
  const known = error instanceof RelayError;
  const retry = known && error.recovery === 'retry' ? { code: error.code, message: error.message } : null;
  const stack = error instanceof Error && !known ? (error.stack ?? null) : null;
  return { ...failureOf(error), retry, stack };
}
