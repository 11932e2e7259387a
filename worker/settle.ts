/**
 * Settles a claimed run and its message: ends the run, hands it back, or has it retried. Also tells metrics and log.
 */
import { RelayError } from '../core/errors.ts';
import { namedArtifacts, storedArtifacts } from '../core/pipeline/artifact-names.ts';
import { runPrefix } from '../core/pipeline/artifacts.ts';
import type { JobMessage, ReceivedJob } from '../core/ports/service/jobs.ts';
import type { FinishRun, RunOutage, RunRecord } from '../core/ports/service/runs.ts';
import { STAGES, type Stage } from '../core/run-codes.ts';
import type { WorkerDeps } from './deps.ts';
import type { Lease } from './lease.ts';
import { storedBytesOf } from './retention/retention.ts';
import type { RunFailure, RunReport } from './runner.ts';

/** A delivery whose run this worker has claimed. */
export interface ClaimedJob {
  delivery: ReceivedJob;
  job: JobMessage;
  run: RunRecord;
  lease: Lease;
}

/** The longest delay that SQS takes for a message. */
const DELAY_SECONDS_MAX = 900;

/** Ends a run that the engine has finished. */
export async function settle(deps: WorkerDeps, claimed: ClaimedJob, report: RunReport, started: number): Promise<void> {
  const { delivery, run, lease } = claimed;
  const { failure } = report;
  const result = finishOf(report, runPrefix(run.runId, run.tenantId));
  if (!(await deps.runs.finish(lease.claim, result, deps.now()))) return;
  const rows = report.work?.counts.rows ?? 0;
  const seconds = (deps.now() - started) / 1000;
  emitRun(deps, run.tenantId, failure === null, { rows, seconds });
  deps.log[failure?.code === 'internal_error' ? 'error' : 'info']('run_finished', {
    run_id: run.runId,
    tenant_id: run.tenantId,
    status: result.status,
    error_code: failure?.code ?? null,
    ...(failure === null ? {} : { message: failure.message }),
    rows,
    seconds,
    ...stackOf(failure),
  });
  await afterEnd(deps, delivery, run);
}

/** Fails a run whose engine did not start, or whose runner died before it finished. */
export async function settleUnfinished(
  deps: WorkerDeps,
  claimed: ClaimedJob,
  failure: RunFailure,
  stage: Stage,
): Promise<void> {
  const { code, message } = failure;
  deps.log.error('run_failed_early', { run_id: claimed.run.runId, error_code: code, message, ...stackOf(failure) });
  await failEarly(deps, claimed, { errorCode: code, errorMessage: message, failedStage: stage });
}

/** Fails a run that has no report from the engine. It keeps the artifacts of all attempts. */
export async function failEarly(
  deps: WorkerDeps,
  { delivery, run, lease }: ClaimedJob,
  error: Pick<FinishRun, 'errorCode' | 'errorMessage' | 'failedStage'>,
): Promise<void> {
  const artifacts = await artifactsThatAnswer(deps, run);
  const stage = error.failedStage ?? 'FETCH_INPUTS';
  const result: FinishRun = { status: 'FAILED', stage, ...error, artifacts };
  if (!(await deps.runs.finish(lease.claim, result, deps.now()))) return;
  emitRun(deps, run.tenantId, false, null);
  await afterEnd(deps, delivery, run);
}

/** The run's stored artifacts. If the store is unreachable, the known ones: that must not keep the run from ending. */
async function artifactsThatAnswer({ artifacts, log }: WorkerDeps, run: RunRecord): Promise<RunRecord['artifacts']> {
  try {
    return await storedArtifacts(artifacts, run);
  } catch (error) {
    if (!(error instanceof RelayError && error.recovery === 'retry')) throw error;
    log.error('artifacts_not_listed', { run_id: run.runId, error: error.code, message: error.message });
    return run.artifacts;
  }
}

/** What is left to do for a run that has ended: nothing that the next one must wait for. */
async function afterEnd(deps: WorkerDeps, delivery: ReceivedJob, run: RunRecord): Promise<void> {
  const done = Promise.all([deleteEnded(deps, delivery), countArtifacts(deps, run)]);
  if (deps.later === undefined) await done;
  else deps.later(done.then(() => undefined));
}

/** Adds what an ended run has stored to its tenant's bytes. If this fails, a daily count corrects them. */
async function countArtifacts({ artifacts, usage, log }: WorkerDeps, run: RunRecord): Promise<void> {
  try {
    await usage.addStored(run.tenantId, await storedBytesOf(artifacts, run));
  } catch (error) {
    log.error('bytes_not_counted', { run_id: run.runId, tenant_id: run.tenantId, message: String(error) });
  }
}

/**
 * Releases the claim and sends a new message: a stopping worker must not count as a failed delivery. The order matters: whoever
 * gets the new message finds the run free.
 */
export async function handBack(
  deps: WorkerDeps,
  { delivery, job, run, lease }: ClaimedJob,
  stage: Stage,
): Promise<void> {
  const outage = run.outage !== null && isFurther(stage, run.outage) ? null : run.outage;
  if (!(await deps.runs.release(lease.claim, deps.now(), outage))) return;
  await sendAnew(deps, delivery, job, 0);
  deps.log.info('run_handed_back', { run_id: job.run_id });
}

/**
 * The outage that a failed attempt belongs to. An attempt that got further than those before starts a new outage. A
 * start in the future is from before the clock was set back, and counts as now.
 */
export function outageOf(before: RunOutage | null, stage: Stage, now: number): RunOutage {
  if (before === null || isFurther(stage, before)) return { since: now, stage };
  return before.since > now ? { ...before, since: now } : before;
}

function isFurther(stage: Stage, before: RunOutage): boolean {
  return STAGES.indexOf(stage) > STAGES.indexOf(before.stage);
}

/** False once the environment has failed for so long that the run ends with its error. */
export function canRetry(deps: WorkerDeps, { since }: RunOutage): boolean {
  return deps.now() - since < deps.settings.outageSecondsMax * 1000;
}

/**
 * Releases the run after a failure of its environment, and sends its job anew with a delay that doubles as the outage
 * lasts. Attempts do not count: a run that lost many workers waits no longer than others.
 */
export async function retryLater(
  deps: WorkerDeps,
  { delivery, job, run, lease }: ClaimedJob,
  { code, message }: { code: string; message: string },
  outage: RunOutage | null,
): Promise<void> {
  const lasted = Math.ceil((deps.now() - (outage?.since ?? deps.now())) / 1000);
  const seconds = Math.min(DELAY_SECONDS_MAX, deps.settings.tenantBackoffSeconds + lasted);
  deps.log.error('run_will_be_retried', { run_id: run.runId, error: code, message, seconds });
  emitError(deps, code);
  // counts as sent when it becomes visible: until then the sweep must not take it for lost
  const visibleAt = deps.now() + seconds * 1000;
  if (await deps.runs.release(lease.claim, visibleAt, outage)) await sendAnew(deps, delivery, job, seconds);
}

function stackOf(failure: RunFailure | null): { stack?: string } {
  return failure === null || failure.stack === null ? {} : { stack: failure.stack };
}

function finishOf({ failure, work, stage }: RunReport, prefix: string): FinishRun {
  const seen = work === null ? {} : { counts: work.counts, warnings: work.warnings };
  const known = { artifacts: namedArtifacts(prefix, work?.paths ?? []), ...seen };
  if (failure === null) return { status: 'SUCCEEDED', stage, ...known };
  return {
    status: 'FAILED',
    stage,
    failedStage: stage,
    errorCode: failure.code,
    errorMessage: failure.message,
    ...known,
  };
}

export function emitRun(
  deps: WorkerDeps,
  tenantId: string,
  succeeded: boolean,
  work: { rows: number; seconds: number } | null,
): void {
  const Environment = deps.settings.environment;
  const dimensions = [{ TenantId: tenantId, Environment }, { Environment }];
  deps.metrics.put('RunSucceeded', succeeded ? 1 : 0, 'Count', dimensions);
  deps.metrics.put('RunFailed', succeeded ? 0 : 1, 'Count', dimensions);
  if (work === null) return;
  deps.metrics.put('RunDurationSeconds', work.seconds, 'Seconds', dimensions);
  deps.metrics.put('RowsProcessed', work.rows, 'Count', dimensions);
}

export function emitError(deps: WorkerDeps, errorType: string): void {
  const dimensions = [{ Environment: deps.settings.environment, error_type: errorType }];
  deps.metrics.put('WorkerError', 1, 'Count', dimensions);
}

/**
 * Deletes before it sends: a queue that accepts messages and deletes none would fill up. If the worker dies in between,
 * the sweep finds a run without a message.
 */
export async function sendAnew(
  deps: WorkerDeps,
  delivery: ReceivedJob,
  job: JobMessage,
  seconds: number,
): Promise<void> {
  await deps.queue.delete(delivery.receipt);
  await deps.queue.send(job, seconds);
}

/** Deletes the message of a run that has ended. If that fails, its next delivery finds the run ended. */
export async function deleteEnded(deps: WorkerDeps, delivery: ReceivedJob): Promise<void> {
  try {
    await deps.queue.delete(delivery.receipt);
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
    deps.log.error('message_not_deleted', {
      message_id: delivery.messageId,
      error: error.code,
      message: error.message,
    });
    emitError(deps, error.code);
  }
}
