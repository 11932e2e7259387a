/**
 * Handles one delivery of a job: claims the run, has a runner work on it, and settles run and message by the runner's
 * report.
 */
import { RelayError } from '../core/errors.ts';
import { storedArtifacts } from '../core/pipeline/artifact-names.ts';
import type { JobMessage, ReceivedJob } from '../core/ports/service/jobs.ts';
import type { RunRecord } from '../core/ports/service/runs.ts';
import type { WorkerDeps } from './deps.ts';
import { Lease, leaseMs } from './lease.ts';
import { cameToItsEnd, endedReport, publishRun } from './publish.ts';
import { type RunHost, type RunReport, runFailure } from './runner.ts';
import {
  type ClaimedJob,
  canRetry,
  deleteEnded,
  emitError,
  emitRun,
  failEarly,
  handBack,
  outageOf,
  retryLater,
  sendAnew,
  settle,
  settleUnfinished,
} from './settle.ts';
import { handleSimulation } from './simulation.ts';
import type { Stoppable } from './stoppable.ts';

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
