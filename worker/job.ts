/** Handles one delivery of a job: claims the run, runs it, and settles run and message by the outcome. */
import { checkConfig } from '../core/config/check.ts';
import type { TenantConfig } from '../core/config/schema.ts';
import { RelayError } from '../core/errors.ts';
import { namedArtifacts, storedArtifacts } from '../core/pipeline/artifact-names.ts';
import { type RunOutcome, runPipeline } from '../core/pipeline/run.ts';
import type { FinishRun, JobMessage, ReceivedJob, RunRecord } from '../core/ports/service.ts';
import { failureOf } from '../core/run-codes.ts';
import type { WorkerDeps } from './deps.ts';
import { Lease, leaseMs } from './lease.ts';
import { ObjectArtifacts, ObjectInputs, readManifest } from './objects.ts';
import { boundedWarnings, ProgressCounter, runCounts } from './progress.ts';

/** A delivery whose run this worker has claimed. */
interface ClaimedJob {
  delivery: ReceivedJob;
  job: JobMessage;
  run: RunRecord;
  lease: Lease;
}

/** Throws only what the queue or the stores throw. `onLease` gets the lease as soon as the run is claimed. */
export async function handleDelivery(
  deps: WorkerDeps,
  delivery: ReceivedJob,
  onLease: (lease: Lease) => void = () => {},
): Promise<void> {
  const { runs, queue, settings, log } = deps;
  const { job } = delivery;
  if (job === null) {
    // not deleted: it becomes a dead letter, where an operator sees it
    log.error('not_a_job', { message_id: delivery.messageId, receive_count: delivery.receiveCount });
    return;
  }
  if (delivery.receiveCount >= settings.poisonMaxReceives) return failPoisonJob(deps, delivery, job);
  const claimed = await runs.claim(job.run_id, settings.workerId, deps.now(), leaseMs(settings));
  switch (claimed.status) {
    case 'unknown':
    case 'ended':
      log.info('job_is_over', { run_id: job.run_id, claim: claimed.status });
      await queue.delete(delivery.receipt);
      return;
    case 'leased':
      return postpone(deps, delivery, job, claimed.run);
    case 'claimed': {
      const { run } = claimed;
      const claim = { runId: run.runId, attempt: run.attempt };
      const lease = new Lease(deps, claim, delivery.receipt, run.leaseUntil ?? deps.now());
      onLease(lease);
      log.info('run_started', { run_id: run.runId, tenant_id: run.tenantId, attempt: run.attempt });
      try {
        if (run.attempt > settings.attemptsMax) await failExhausted(deps, { delivery, job, run, lease });
        else await work(deps, { delivery, job, run, lease });
      } finally {
        lease.end();
      }
    }
  }
}

/**
 * Puts off a job whose run another worker holds until that lease ends, at most for the back-off. Sends a new message, because
 * this delivery is no failure and must not add to the receive count.
 */
async function postpone(deps: WorkerDeps, delivery: ReceivedJob, job: JobMessage, run: RunRecord): Promise<void> {
  const left = Math.ceil(((run.leaseUntil ?? 0) - deps.now()) / 1000);
  await deps.queue.send(job, Math.min(deps.settings.tenantBackoffSeconds, Math.max(1, left)));
  await deps.queue.delete(delivery.receipt);
}

/** Fails the run of a job that was delivered too often. Its message stays, and becomes a dead letter. */
async function failPoisonJob(deps: WorkerDeps, delivery: ReceivedJob, job: JobMessage): Promise<void> {
  const before = await deps.runs.get(job.run_id);
  if (before === null || endedForOtherReason(before)) return void (await deps.queue.delete(delivery.receipt));
  if (before.status === 'FAILED') return;
  const { cancelRequested } = before;
  const errorCode = cancelRequested ? 'CANCELLED' : 'POISON_JOB';
  const errorMessage = cancelRequested
    ? 'the run was cancelled; the worker that had it did not come back'
    : `the job was delivered ${delivery.receiveCount} times without an end; see the dead letters`;
  const artifacts = await storedArtifacts(deps.artifacts, before);
  if (!(await deps.runs.failUnclaimed(job.run_id, { errorCode, errorMessage, artifacts }, deps.now()))) {
    const now = await deps.runs.get(job.run_id);
    if (now?.status === 'RUNNING') await postpone(deps, delivery, job, now);
    return;
  }
  deps.log.error(cancelRequested ? 'run_cancelled' : 'poison_job', { run_id: job.run_id, tenant_id: job.tenant_id });
  emitRun(deps, job.tenant_id, false, null);
  if (cancelRequested) await deps.queue.delete(delivery.receipt);
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
  await failEarly(deps, claimed, { errorCode: 'POISON_JOB', errorMessage: message });
}

async function work(deps: WorkerDeps, claimed: ClaimedJob): Promise<void> {
  const { delivery, run, lease } = claimed;
  const artifacts = new ObjectArtifacts(deps.artifacts, run.runId, run.tenantId, () => lease.confirm());
  const started = deps.now();
  let outcome: RunOutcome;
  try {
    outcome = await execute(deps, run, lease, artifacts);
  } catch (error) {
    return settleEarlyError(deps, claimed, error);
  }
  const stopped = lease.reason;
  if (outcome.status === 'FAILED' && stopped === 'lost') return;
  if (outcome.status === 'FAILED' && stopped === 'stopping') return handBack(deps, claimed);
  if (outcome.status === 'FAILED' && isRetry(outcome.error)) return retryLater(deps, claimed, outcome.error);
  const finished = await deps.runs.finish(lease.claim, finishOf(outcome, artifacts), deps.now());
  if (!finished) return;
  const rows = outcome.summary.total_rows;
  const seconds = (deps.now() - started) / 1000;
  emitRun(deps, run.tenantId, outcome.status === 'SUCCEEDED', { rows, seconds });
  const level = outcome.error_code === 'internal_error' ? 'error' : 'info';
  deps.log[level]('run_finished', {
    run_id: run.runId,
    tenant_id: run.tenantId,
    status: outcome.status,
    error_code: outcome.error_code,
    ...(outcome.error_message === null ? {} : { message: outcome.error_message }),
    rows,
    seconds,
    ...stackOf(outcome.error),
  });
  await deps.queue.delete(delivery.receipt);
}

async function execute(
  deps: WorkerDeps,
  run: RunRecord,
  lease: Lease,
  artifacts: ObjectArtifacts,
): Promise<RunOutcome> {
  const { config, raw } = await loadConfig(deps, run);
  const manifest = await readManifest(deps.artifacts, artifacts);
  const scratch = deps.createScratch(run.runId);
  const inputs = new ObjectInputs(deps.artifacts, config, manifest);
  const counter = new ProgressCounter(run.vendors.length || config.vendors.length);
  lease.progress = () => counter.progress;
  try {
    return await runPipeline(deps.engine, {
      runId: run.runId,
      config,
      rawConfig: raw,
      configVersion: run.configVersion,
      now: Math.floor((run.startedAt ?? deps.now()) / 1000),
      inputs,
      artifacts,
      scratch,
      vendors: run.vendors,
      signal: lease.signal,
      onEvent: (event) => counter.add(event),
      onStage: async (stage) => {
        await lease.confirm();
        if (lease.reason === 'cancelled') throw new RelayError('CANCELLED', 'the run was cancelled');
        if (await deps.runs.setStage(lease.claim, stage, counter.progress)) return;
        lease.stop('lost');
        throw new RelayError('LEASE_LOST', 'another worker has claimed the run');
      },
    });
  } finally {
    await scratch.dispose();
  }
}

/** Throws `missing_tenant_config`, or what is wrong with the stored config. */
async function loadConfig(deps: WorkerDeps, run: RunRecord): Promise<{ config: TenantConfig; raw: unknown }> {
  const stored = await deps.tenants.getConfig(run.tenantId, run.configVersion);
  if (stored === null) {
    const message = `tenant ${run.tenantId} has no config of version ${run.configVersion}`;
    throw new RelayError('missing_tenant_config', message);
  }
  const checked = checkConfig(stored.config, deps.engine.registry, { vendorsMax: deps.settings.vendorsMax });
  if (checked.ok) return { config: checked.config, raw: stored.config };
  const version = checked.problems.some((problem) => problem.code === 'unsupported_schema_version');
  const list = checked.problems.map((problem) => `${problem.path}: ${problem.message}`).join('; ');
  throw new RelayError(
    version ? 'unsupported_schema_version' : 'invalid_input',
    `the stored config is not valid: ${list}`,
  );
}

/** Settles an error from before the engine started. */
async function settleEarlyError(deps: WorkerDeps, claimed: ClaimedJob, error: unknown): Promise<void> {
  if (isRetry(error)) return retryLater(deps, claimed, error);
  const { code: errorCode, message: errorMessage } = failureOf(error);
  deps.log.error('run_failed_early', { run_id: claimed.run.runId, message: String(error), ...stackOf(error) });
  await failEarly(deps, claimed, { errorCode, errorMessage });
}

/** Fails a run before the engine started on it, with the artifacts of earlier attempts. */
async function failEarly(
  deps: WorkerDeps,
  { delivery, run, lease }: ClaimedJob,
  error: Pick<FinishRun, 'errorCode' | 'errorMessage'>,
): Promise<void> {
  const artifacts = await storedArtifacts(deps.artifacts, run);
  const result: FinishRun = { status: 'FAILED', failedStage: 'FETCH_INPUTS', ...error, artifacts };
  if (!(await deps.runs.finish(lease.claim, result, deps.now()))) return;
  emitRun(deps, run.tenantId, false, null);
  await deps.queue.delete(delivery.receipt);
}

/**
 * Releases the claim and sends a new message: a stopping worker must not count as a failed delivery. The order matters: whoever
 * gets the new message finds the run free, and if this worker dies in between, the old message remains.
 */
async function handBack(deps: WorkerDeps, { delivery, job, lease }: ClaimedJob): Promise<void> {
  if (!(await deps.runs.release(lease.claim, deps.now()))) return;
  await deps.queue.send(job);
  await deps.queue.delete(delivery.receipt);
  deps.log.info('run_handed_back', { run_id: job.run_id });
}

/** Releases the run after a failure that a retry may cure. The message comes back after the back-off. */
async function retryLater(deps: WorkerDeps, { delivery, lease }: ClaimedJob, error: unknown): Promise<void> {
  const { code, message } = error as RelayError;
  deps.log.error('run_will_be_retried', { run_id: lease.claim.runId, error: code, message });
  emitError(deps, code);
  if (!(await deps.runs.release(lease.claim, deps.now()))) return;
  await deps.queue.release(delivery.receipt, deps.settings.tenantBackoffSeconds);
}

/** Log stacks for bugs only: a RelayError explains itself. */
function stackOf(error: unknown): { stack?: string } {
  return error instanceof Error && !(error instanceof RelayError) && error.stack ? { stack: error.stack } : {};
}

function isRetry(error: unknown): boolean {
  return error instanceof RelayError && error.recovery === 'retry';
}

function finishOf(outcome: RunOutcome, artifacts: ObjectArtifacts): FinishRun {
  const keys = namedArtifacts(artifacts.prefix, artifacts.present);
  const { summary } = outcome;
  const known = { artifacts: keys, counts: runCounts(summary), warnings: boundedWarnings(summary.warnings) };
  if (outcome.status === 'SUCCEEDED') return { status: 'SUCCEEDED', ...known };
  return {
    status: 'FAILED',
    failedStage: outcome.failed_stage,
    errorCode: outcome.error_code,
    errorMessage: outcome.error_message,
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
