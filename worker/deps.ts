/** What a worker is made of. Everything that touches the world is handed in. */
import type { Logger } from '../api/deps.ts';
import type { Engine } from '../core/pipeline/run.ts';
import type { Scratch } from '../core/ports/engine.ts';
import type { ArtifactStore, JobQueue, Metrics, RunStore, TenantStore } from '../core/ports/service.ts';

export interface WorkerSettings {
  /** Names this worker in leases and logs. */
  workerId: string;
  environment: string;
  /** Runs at a time. */
  maxConcurrency: number;
  /** Deliveries after which a job is poison. */
  poisonMaxReceives: number;
  /** Claims of a run after which it is given up, whatever its deliveries say. */
  attemptsMax: number;
  visibilitySeconds: number;
  heartbeatSeconds: number;
  /** How often a run in work looks whether it was cancelled or claimed by another worker. */
  watchSeconds: number;
  /** How long a job waits whose run another worker holds. */
  tenantBackoffSeconds: number;
  /** How long one call for messages waits. */
  receiveWaitSeconds: number;
  /** How long a stopping worker lets its runs go on. */
  graceSeconds: number;
  /** How often lost messages are looked for, and how old a queued run must be for its message to count as lost. */
  sweepSeconds: number;
  resendAfterSeconds: number;
  vendorsMax: number;
}

export interface Timers {
  /** Calls again and again until the returned function is called. */
  every(seconds: number, action: () => void): () => void;
  /** Resolves after a time, or at once when the signal is aborted. */
  sleep(seconds: number, signal: AbortSignal): Promise<void>;
}

export interface WorkerDeps {
  engine: Engine;
  artifacts: ArtifactStore;
  tenants: TenantStore;
  runs: RunStore;
  queue: JobQueue;
  metrics: Metrics;
  /** Spill space for one run; `dispose` removes it. */
  createScratch(runId: string): Scratch & { dispose(): void | Promise<void> };
  /** Removes what killed processes left behind; `isRunning` says whether a worker may still use what is of a run. */
  tidy(isRunning: (runId: string) => Promise<boolean>): Promise<void>;
  /** Milliseconds since 1970. */
  now(): number;
  timers: Timers;
  log: Logger;
  settings: WorkerSettings;
}
