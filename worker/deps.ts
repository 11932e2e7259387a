/** A worker's dependencies and settings. All I/O, time and randomness is injected. */
import type { Logger } from '../api/deps.ts';
import type { Hasher } from '../core/ports/engine.ts';
import type { JobQueue } from '../core/ports/service/jobs.ts';
import type { Metrics } from '../core/ports/service/metrics.ts';
import type { ArtifactStore } from '../core/ports/service/objects.ts';
import type { RunStore } from '../core/ports/service/runs.ts';
import type { TenantStore } from '../core/ports/service/tenants.ts';
import type { UsageStore } from '../core/ports/service/upkeep.ts';
import type { Runner } from './runner.ts';

export interface WorkerSettings {
  /** Names this worker in leases and logs. */
  workerId: string;
  environment: string;
  /** Runs at a time. */
  maxConcurrency: number;
  /** Deliveries after which a job is poison and fails its run. */
  poisonMaxReceives: number;
  /** Claims after which a run fails, whatever its receive count. */
  attemptsMax: number;
  visibilitySeconds: number;
  heartbeatSeconds: number;
  /** How often a running run checks if it was cancelled or claimed by another worker. */
  watchSeconds: number;
  /** How long a job waits when another worker holds its run, or, at first, when its environment failed. */
  tenantBackoffSeconds: number;
  /**
   * How long a job may wait here for another one of its tenant before it is sent anew, and how many may wait; more of them wait in the
   * queue.
   */
  heldSeconds: number;
  heldMax: number;
  /** How long after its first start a run is still retried when its environment fails. */
  outageSecondsMax: number;
  /** How long one receive waits for messages. */
  receiveWaitSeconds: number;
  /** Pause after a receive that failed. */
  receiveRetrySeconds: number;
  /** How long a stopping worker lets its runs continue. */
  graceSeconds: number;
  /** How often to look for lost messages, and how old a queued run must be for its message to count as lost. */
  sweepSeconds: number;
  resendAfterSeconds: number;
}

export interface Timers {
  /** Calls `action` every `seconds` until the returned function is called. */
  every(seconds: number, action: () => void): () => void;
  /** Resolves after the time, or at once when the signal aborts. */
  sleep(seconds: number, signal: AbortSignal): Promise<void>;
}

export interface WorkerDeps {
  runner: Runner;
  artifacts: ArtifactStore;
  tenants: TenantStore;
  runs: RunStore;
  queue: JobQueue;
  metrics: Metrics;
  createHasher(): Hasher;
  /** Counts what runs store. */
  usage: Pick<UsageStore, 'addStored'>;
  /** Throws `disk_nearly_full` if no run should be started now. Absent if the stores have no disk of their own. */
  requireRoom?: () => Promise<void>;
  /** Removes what killed processes left behind. `isRunning` tells if a worker may still use a run's files. */
  tidy(isRunning: (runId: string) => Promise<boolean>): Promise<void>;
  /** Takes work that no other run has to wait for. Absent: it is waited for. */
  later?: (work: Promise<void>) => void;
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds on a clock that is never set. */
  monotonic(): number;
  timers: Timers;
  log: Logger;
  settings: WorkerSettings;
}
