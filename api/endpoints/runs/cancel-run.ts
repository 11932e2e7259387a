/**
 * Cancels runs. Hundreds of requests to cancel one run are one change: each writes to the database twice, and whoever works on
 * another run would wait for those commits.
 */
import { storedArtifacts } from '../../../core/pipeline/artifact-names.ts';
import type { RunRecord } from '../../../core/ports/service/runs.ts';
import type { ApiDeps } from '../../deps.ts';
import { ApiError } from '../../http/errors.ts';

export class RunCancels {
  readonly #deps: ApiDeps;
  /** By run: those that are not done. */
  readonly #asked = new Map<string, Promise<RunRecord>>();

  constructor(deps: ApiDeps) {
    this.#deps = deps;
  }

  /** Throws `RUN_ENDED`. A request that comes while the same run is being cancelled gets that answer. */
  cancel(run: RunRecord): Promise<RunRecord> {
    // where there are no runners, no request may wait for another
    if (this.#deps.ask === null) return cancel(this.#deps, run);
    const asked = this.#asked.get(run.runId);
    if (asked !== undefined) return asked;
    const done = cancel(this.#deps, run).finally(() => this.#asked.delete(run.runId));
    this.#asked.set(run.runId, done);
    return done;
  }
}

async function cancel(deps: ApiDeps, run: RunRecord): Promise<RunRecord> {
  const ended = run.status === 'SUCCEEDED' || run.status === 'FAILED';
  // its worker was asked before
  if (run.status === 'RUNNING' && run.cancelRequested && isHeld(run, deps.now())) return run;
  const asked =
    !ended && ((await cancelUnclaimed(deps, run)) || (await deps.runs.requestCancel(run.runId, deps.now())));
  if (!asked) throw new ApiError('RUN_ENDED', 'the run has already ended');
  return (await deps.runs.get(run.runId)) ?? run;
}

/** Ends a run that no worker holds. A run that had started keeps the artifacts it wrote. */
async function cancelUnclaimed(deps: ApiDeps, run: RunRecord): Promise<boolean> {
  const now = deps.now();
  if (isHeld(run, now)) return false;
  const started = run.attempt > 0;
  const artifacts = started ? await storedArtifacts(deps.artifacts, run) : {};
  // the run has come to its end and its feed may be published, so a worker must finish it
  if (artifacts.run_summary !== undefined) return false;
  const errorMessage = started
    ? 'the run was cancelled while no worker had it'
    : 'the run was cancelled before it started';
  return deps.runs.failUnclaimed(run.runId, { errorCode: 'CANCELLED', errorMessage, artifacts }, now);
}

function isHeld(run: RunRecord, now: number): boolean {
  return run.status === 'RUNNING' && (run.leaseUntil ?? 0) > now;
}
