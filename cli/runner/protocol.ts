/** The messages between a pool of runners and a runner process. All of them are plain data. */
import type { ConfigJob } from '../../api/config/jobs.ts';
import type { Question } from '../../api/questions/questions.ts';
import type { SentError } from '../../core/errors.ts';
import type { RunProgress } from '../../core/ports/service/runs.ts';
import type { Stage } from '../../core/run-codes.ts';
import type { RunOrder, RunReport } from '../../worker/runner.ts';
import type { StopReason } from '../../worker/stoppable.ts';
import type { ServiceSettings } from '../service/settings.ts';
import type { BaseSettings } from '../settings.ts';

/** The settings that a runner process needs. It gets no keys of the API. */
export type RunnerSettings = BaseSettings & Pick<ServiceSettings, 'dataDir' | 'aws' | 'worker'>;

export interface RunnerLimits {
  /** Bytes of memory that the process may have resident. */
  memoryBytes: number;
  /** How long a run may make no progress. */
  stuckSeconds: number;
}

/** The argument of the process, as JSON. */
export interface ChildArguments extends RunnerLimits {
  /** The process id of the worker. */
  parent: number;
}

/** Work for the API that needs no run: its result is plain data. */
export type RunnerTask = { kind: 'config'; job: ConfigJob } | { kind: 'question'; question: Question; scratch: string };

export type ToRunner =
  | { type: 'start'; settings: RunnerSettings }
  /** Asks if its main thread is free. */
  | { type: 'ping' }
  | { type: 'work'; order: RunOrder; scratch: string }
  | { type: 'task'; task: RunnerTask }
  | { type: 'stop'; reason?: StopReason }
  | { type: 'answer'; call: number; error: SentError | null }
  /** The worker refused to record a stage. */
  | { type: 'refused'; error: SentError };

export type FromRunner =
  | { type: 'ready' }
  | { type: 'pong' }
  /** The run has begun; from now on the watchdog counts. */
  | { type: 'accepted' }
  /** Asks if the claim holds. */
  | { type: 'call'; call: number }
  | { type: 'stage'; stage: Stage; progress: RunProgress }
  | { type: 'progress'; progress: RunProgress }
  /** The name of a plugin's hook, with the number by which the watchdog names it if the run is stuck. */
  | { type: 'hook'; number: number; hook: string }
  | { type: 'report'; report: RunReport }
  | { type: 'taskDone'; result: unknown; error: SentError | null };

/** For so long a confirmed claim counts as valid, and so long a stage must last to be recorded. */
export const MOMENT_MS = 100;

/** Lines that the watchdog writes to descriptor `WATCHDOG_FD`, as JSON. */
export type WatchdogLine =
  | { alive: true; memoryBytes: number }
  | { ended: 'memory'; memoryBytes: number }
  | { ended: 'stuck'; seconds: number; hook: number };

/** After stdin, stdout, stderr and the message channel. */
export const WATCHDOG_FD = 4;

/** What the main thread of a runner and its watchdog share: three 32-bit numbers. `hook` is the one that the run is in, or 0. */
export const SHARED = { bytes: 12, progress: 0, busy: 1, hook: 2 } as const;
