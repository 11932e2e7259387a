/**
 * Handles one delivery of a job: claims the run, has a runner work on it, and settles run and message by the runner's
 * report.
 */
import { RelayError } from '../core/errors.ts';
import { namedArtifacts, storedArtifacts } from '../core/pipeline/artifact-names.ts';
import { runPrefix } from '../core/pipeline/artifacts.ts';
import type { JobMessage, ReceivedJob } from '../core/ports/service/jobs.ts';
import type { FinishRun, RunOutage, RunRecord } from '../core/ports/service/runs.ts';
import { STAGES, type Stage } from '../core/run-codes.ts';
import type { WorkerDeps } from './deps.ts';
import { Lease, leaseMs } from './lease.ts';
import { cameToItsEnd, endedReport, publishRun } from './publish.ts';
import { storedBytesOf } from './retention/retention.ts';
import { type RunFailure, type RunHost, type RunReport, runFailure } from './runner.ts';
import { handleSimulation } from './simulation.ts';
import type { Stoppable } from './stoppable.ts';

/** A delivery whose run this worker has claimed. */
interface ClaimedJob {
  delivery: ReceivedJob;
  job: JobMessage;
  run: RunRecord;
  lease: Lease;
}

/** The longest delay that SQS takes for a message. */
const DELAY_SECONDS_MAX = 900;

/**
 * Throws only errors of the queue and the stores. `onLease` gets the lease as soon as the run is claimed. A job is not
 * to blame for unreachable stores: it is sent anew, so that its deliveries do not add up to a poison job.
 */
export async function handleDelivery(
  deps: WorkerDeps,
  delivery: ReceivedJob,
  onLease: (lease: Lease) => void = () => {},
  onSimulation: (lease: Stoppable) => void = () => {},
): Promise<void> {
  const { job } = delivery;
  try {
    if (job?.simulation !== true) return await handle(deps, delivery, onLease);
    const sendLater = (seconds: number) => sendAnew(deps, delivery, job, seconds);
    await handleSimulation(deps, { delivery, job, sendAnew: sendLater, onLease: onSimulation });
  } catch (error) {
    if (job === null || !(error instanceof RelayError) || error.recovery !== 'retry') throw error;
    deps.log.error('job_put_off', { run_id: job.run_id, error: error.code, message: error.message });
    emitError(deps, error.code);
    await sendAnew(deps, delivery, job, deps.settings.tenantBackoffSeconds);
  }
}

async function handle(deps: WorkerDeps, delivery: ReceivedJob, onLease: (lease: Lease) => void): Promise<void> {
  const { runs, settings, log } = deps;
  const { job } = delivery;
  if (job === null) {
    // not deleted: it becomes a dead letter, which an operator sees
    log.error('not_a_job', { message_id: delivery.messageId, receive_count: delivery.receiveCount });
    return;
  }
  if (delivery.receiveCount >= settings.poisonMaxReceives && (await failPoisonJob(deps, delivery, job))) return;
  const claimed = await runs.claim(job.run_id, settings.workerId, deps.now(), leaseMs(settings));
  switch (claimed.status) {
    case 'unknown':
    case 'ended':
      log.info('job_is_over', { run_id: job.run_id, claim: claimed.status });
      return deleteEnded(deps, delivery);
    case 'leased':
      return postpone(deps, delivery, job, claimed.run);
    case 'claimed': {
      const { run } = claimed;
      const claim = { runId: run.runId, attempt: run.attempt };
      const lease = new Lease(deps, claim, delivery.receipt, run.leaseUntil ?? deps.now());
      onLease(lease);
      log.info('run_started', { run_id: run.runId, tenant_id: run.tenantId, attempt: run.attempt });
      try {
        const isExhausted = run.attempt > settings.attemptsMax && !(await cameToItsEnd(deps, run));
        if (isExhausted) await failExhausted(deps, { delivery, job, run, lease });
        else await work(deps, { delivery, job, run, lease });
      } finally {
        lease.end();
      }
    }
  }
}

/**
 * Postpones a job whose run another worker holds until that lease ends, at most for the back-off. Sends a new message,
 * because this delivery is no failure and must not raise the receive count.
 */
async function postpone(deps: WorkerDeps, delivery: ReceivedJob, job: JobMessage, run: RunRecord): Promise<void> {
  const left = Math.ceil(((run.leaseUntil ?? 0) - deps.now()) / 1000);
  await sendAnew(deps, delivery, job, Math.min(deps.settings.tenantBackoffSeconds, Math.max(1, left)));
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
async function deleteEnded(deps: WorkerDeps, delivery: ReceivedJob): Promise<void> {
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

/**
 * Fails the run of a job that was delivered too often. Its message stays and becomes a dead letter. False if the run
 * only has to be finished: its feed may already be published.
 */
async function failPoisonJob(deps: WorkerDeps, delivery: ReceivedJob, job: JobMessage): Promise<boolean> {
  const before = await deps.runs.get(job.run_id);
  if (before === null || endedForOtherReason(before)) {
    await deleteEnded(deps, delivery);
    return true;
  }
  if (before.status === 'FAILED') return true;
  // the worker that held the run released it but could not send a new message: the job is not to blame
  if (before.status === 'QUEUED' && before.attempt > 0) {
    await sendAnew(deps, delivery, job, 0);
    return true;
  }
  const { cancelRequested } = before;
  const errorCode = cancelRequested ? 'CANCELLED' : 'POISON_JOB';
  const errorMessage = cancelRequested
    ? 'the run was cancelled; the worker that had it did not come back'
    : `the job was delivered ${delivery.receiveCount} times without an end; see the dead letters`;
  const artifacts = await storedArtifacts(deps.artifacts, before);
  if (before.status === 'RUNNING' && artifacts.run_summary !== undefined) return false;
  if (!(await deps.runs.failUnclaimed(job.run_id, { errorCode, errorMessage, artifacts }, deps.now()))) {
    const now = await deps.runs.get(job.run_id);
    if (now?.status === 'RUNNING') await postpone(deps, delivery, job, now);
    return true;
  }
  deps.log.error(cancelRequested ? 'run_cancelled' : 'poison_job', { run_id: job.run_id, tenant_id: job.tenant_id });
  emitRun(deps, job.tenant_id, false, null);
  if (cancelRequested) await deleteEnded(deps, delivery);
  return true;
}

/** True if the run ended for any reason but POISON_JOB. Then no operator needs to see the job. */
function endedForOtherReason({ status, errorCode }: RunRecord): boolean {
  return status === 'SUCCEEDED' || (status === 'FAILED' && errorCode !== 'POISON_JOB');
}

/** Fails a run that was claimed too often. Its messages were lost, so the receive count alone would never end it. */
async function failExhausted(deps: WorkerDeps, claimed: ClaimedJob): Promise<void> {
  const { run } = claimed;
  const message = `the run was begun ${deps.settings.attemptsMax} times without an end`;
  deps.log.error('poison_job', { run_id: run.runId, tenant_id: run.tenantId, attempts: run.attempt });
  await failEarly(deps, claimed, { errorCode: 'POISON_JOB', errorMessage: message, failedStage: 'FETCH_INPUTS' });
}

async function work(deps: WorkerDeps, claimed: ClaimedJob): Promise<void> {
  const { lease } = claimed;
  const started = deps.now();
  const report = await publishedReport(deps, claimed, await reportOf(deps, claimed));
  const { failure } = report;
  const stopped = lease.reason;
  if (failure !== null && stopped === 'lost') return;
  if (failure !== null && stopped === 'stopping') return handBack(deps, claimed, report.stage);
  const outage = failure === null ? null : outageOf(claimed.run.outage, report.stage, deps.now());
  // even if a stop was requested since: the feed may already be published
  if (failure !== null && isUnsettled(report) && (await cameToItsEnd(deps, claimed.run))) {
    return retryLater(deps, claimed, failure.retry ?? failure, outage);
  }
  if (failure !== null && stopped === 'cancelled' && (report.work === null || failure.retry !== null)) {
    return settleUnfinished(
      deps,
      claimed,
      { ...failure, code: 'CANCELLED', message: 'the run was cancelled' },
      report.stage,
    );
  }
  if (failure !== null && failure.retry !== null && outage !== null && canRetry(deps, outage)) {
    return retryLater(deps, claimed, failure.retry, outage);
  }
  if (failure !== null && report.work === null) return settleUnfinished(deps, claimed, failure, report.stage);
  await settle(deps, claimed, report, started);
}

/** The report after publishing the feed of a run that succeeded. */
async function publishedReport(deps: WorkerDeps, { run, lease }: ClaimedJob, report: RunReport): Promise<RunReport> {
  if (report.failure !== null) return report;
  try {
    if (await isOverAllVendors(deps, run)) await publishRun(deps, run, lease, report);
    return report;
  } catch (error) {
    return { ...report, failure: runFailure(error), stage: 'COMPLETE' };
  }
}

async function isOverAllVendors(deps: WorkerDeps, run: RunRecord): Promise<boolean> {
  if (run.vendors.length === 0) return true;
  const { vendors } = (await storedConfig(deps, run)) as { vendors: readonly unknown[] };
  return run.vendors.length === vendors.length;
}

/** True if the run may already have ended, so that its report says nothing final. */
function isUnsettled({ stage, failure, work }: RunReport): boolean {
  return stage === 'COMPLETE' && (work === null || failure?.retry !== null);
}

async function reportOf(deps: WorkerDeps, { run, lease }: ClaimedJob): Promise<RunReport> {
  try {
    const ended = run.attempt > 1 ? await endedReport(deps, run) : null;
    if (ended !== null) return ended;
    return await deps.runner.work({ run, config: await storedConfig(deps, run) }, hostOf(deps, lease));
  } catch (error) {
    return { failure: runFailure(error), work: null, stage: 'FETCH_INPUTS' };
  }
}

/** Throws `missing_tenant_config`. */
async function storedConfig(deps: WorkerDeps, run: RunRecord): Promise<unknown> {
  const stored = await deps.tenants.getConfig(run.tenantId, run.configVersion);
  if (stored !== null) return stored.config;
  const message = `tenant ${run.tenantId} has no config of version ${run.configVersion}`;
  throw new RelayError('missing_tenant_config', message);
}

function hostOf(deps: WorkerDeps, lease: Lease): RunHost {
  return {
    signal: lease.signal,
    confirm: () => lease.confirm(),
    enterStage: async (stage, progress) => {
      await lease.confirm();
      if (lease.reason === 'cancelled') throw new RelayError('CANCELLED', 'the run was cancelled');
      if (await deps.runs.setStage(lease.claim, stage, progress)) return;
      lease.stop('lost');
      throw new RelayError('LEASE_LOST', 'another worker has claimed the run');
    },
    onProgress: (progress) => {
      lease.progress = progress;
    },
  };
}

/** Ends a run that the engine has finished. */
async function settle(deps: WorkerDeps, claimed: ClaimedJob, report: RunReport, started: number): Promise<void> {
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
async function settleUnfinished(
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
async function failEarly(
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
async function handBack(deps: WorkerDeps, { delivery, job, run, lease }: ClaimedJob, stage: Stage): Promise<void> {
  const outage = run.outage !== null && isFurther(stage, run.outage) ? null : run.outage;
  if (!(await deps.runs.release(lease.claim, deps.now(), outage))) return;
  await sendAnew(deps, delivery, job, 0);
  deps.log.info('run_handed_back', { run_id: job.run_id });
}

/**
 * The outage that a failed attempt belongs to. An attempt that got further than those before starts a new outage. A
 * start in the future is from before the clock was set back, and counts as now.
 */
function outageOf(before: RunOutage | null, stage: Stage, now: number): RunOutage {
  if (before === null || isFurther(stage, before)) return { since: now, stage };
  return before.since > now ? { ...before, since: now } : before;
}

function isFurther(stage: Stage, before: RunOutage): boolean {
  return STAGES.indexOf(stage) > STAGES.indexOf(before.stage);
}

/** False once the environment has failed for so long that the run ends with its error. */
function canRetry(deps: WorkerDeps, { since }: RunOutage): boolean {
  return deps.now() - since < deps.settings.outageSecondsMax * 1000;
}

/**
 * Releases the run after a failure of its environment, and sends its job anew with a delay that doubles as the outage
 * lasts. Attempts do not count: a run that lost many workers waits no longer than others.
 */
async function retryLater(
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

function emitRun(
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
