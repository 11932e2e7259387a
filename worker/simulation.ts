/**
 * Handles a delivery of a simulation: claims it, has a runner work on it, and writes the result. It does not take the
 * tenant's run slot.
 */
import { RelayError } from '../core/errors.ts';
import {
  changeSimulation,
  isSimulationOver,
  type LostBefore,
  readSimulation,
  type SimulationRecord,
  simulationMessage,
  takeLostSimulations,
} from '../core/pipeline/simulate/records.ts';
import type { JobMessage, ReceivedJob } from '../core/ports/service/jobs.ts';
import { farLease, type RunRecord } from '../core/ports/service/runs.ts';
import type { WorkerDeps } from './deps.ts';
import { leaseMs } from './lease.ts';
import type { RunFailure, RunHost, RunReport } from './runner.ts';
import { Stoppable } from './stoppable.ts';

export interface SimulationDelivery {
  delivery: ReceivedJob;
  job: JobMessage;
  /** Sends the job anew after some seconds. */
  sendAnew(seconds: number): Promise<void>;
  onLease(lease: Stoppable): void;
}

/** Names a simulation where a run's id is expected: for its scratch folder, and for the process that works on it. */
export function workIdOf({ simulationId, tenantId }: Pick<SimulationRecord, 'simulationId' | 'tenantId'>): string {
  return `${simulationId}@${tenantId}`;
}

/** Null if the id is that of a run. */
export function simulationOf(workId: string): { simulationId: string; tenantId: string } | null {
  const [simulationId = '', tenantId] = workId.split('@');
  return tenantId === undefined ? null : { simulationId, tenantId };
}

export async function isSimulating(deps: Pick<WorkerDeps, 'artifacts'>, workId: string): Promise<boolean> {
  const one = simulationOf(workId);
  if (one === null) return false;
  return (await readSimulation(deps.artifacts, one.tenantId, one.simulationId))?.status === 'RUNNING';
}

export async function handleSimulation(deps: WorkerDeps, given: SimulationDelivery): Promise<void> {
  const { queue, settings, log } = deps;
  const { delivery, job } = given;
  const id = { tenantId: job.tenant_id, simulationId: job.run_id };
  const isPoison = delivery.receiveCount >= settings.poisonMaxReceives;
  const claimed = await claim(deps, id, isPoison);
  if (claimed === 'over') return void (await queue.delete(delivery.receipt));
  if (claimed === 'leased') return given.sendAnew(settings.tenantBackoffSeconds);
  log.info('simulation_started', { simulation_id: id.simulationId, tenant_id: id.tenantId });
  const lease = new SimulationLease(deps, claimed, delivery.receipt);
  given.onLease(lease);
  try {
    await settle(deps, given, lease, await deps.runner.work(orderOf(claimed), lease.host()));
  } finally {
    lease.end();
  }
}

/** Sends the messages of simulations anew that have waited too long for a worker. A duplicate does no harm. */
export async function resendSimulations(deps: WorkerDeps, lost: LostBefore): Promise<void> {
  for (const record of await takeLostSimulations(deps.artifacts, lost)) {
    await deps.queue.send(simulationMessage(record));
    deps.log.info('simulation_sent_again', { simulation_id: record.simulationId, tenant_id: record.tenantId });
  }
}

/** Claims the simulation. One that was delivered too often fails instead. */
async function claim(
  deps: WorkerDeps,
  id: Pick<SimulationRecord, 'tenantId' | 'simulationId'>,
  isPoison: boolean,
): Promise<SimulationRecord | 'over' | 'leased'> {
  const now = deps.now();
  let isLeased = false;
  const record = await changeSimulation(deps.artifacts, id, (one) => {
    // a lease with a later end than any that can be given now was given before the clock was set back
    const until = one.leaseUntil ?? 0;
    isLeased = one.status === 'RUNNING' && until > now && until <= farLease(now, leaseMs(deps.settings));
    if (isSimulationOver(one) || isLeased) return null;
    if (one.cancelRequested) return { status: 'CANCELLED', finishedAt: now, leaseUntil: null };
    if (isPoison) {
      const errorMessage = 'the simulation was begun too often without an end';
      return { status: 'FAILED', finishedAt: now, leaseUntil: null, errorCode: 'POISON_JOB', errorMessage };
    }
    const { workerId } = deps.settings;
    const leaseUntil = now + leaseMs(deps.settings);
    return { status: 'RUNNING', startedAt: one.startedAt ?? now, attempt: one.attempt + 1, leaseUntil, workerId };
  });
  if (isLeased) return 'leased';
  return record === null || isSimulationOver(record) ? 'over' : record;
}

/** Keeps the claim, and notices a cancel. */
class SimulationLease extends Stoppable {
  readonly record: SimulationRecord;
  readonly #deps: WorkerDeps;
  readonly #receipt: string;
  #leaseUntil: number;

  constructor(deps: WorkerDeps, record: SimulationRecord, receipt: string) {
    super(deps.timers);
    this.record = record;
    this.#deps = deps;
    this.#receipt = receipt;
    this.#leaseUntil = record.leaseUntil ?? 0;
    const { heartbeatSeconds, watchSeconds } = deps.settings;
    this.every(heartbeatSeconds, () => this.beat());
    this.every(watchSeconds, () => this.#check().catch(() => undefined));
  }

  host(): RunHost {
    const confirm = async () => {
      if (!(await this.#check())) throw new RelayError('LEASE_LOST', 'another worker has claimed the simulation');
    };
    return { signal: this.signal, confirm, enterStage: confirm, onProgress: () => {} };
  }

  /** Writes the record if the claim still holds. */
  change(edit: (record: SimulationRecord) => Partial<SimulationRecord>): Promise<SimulationRecord | null> {
    return changeSimulation(this.#deps.artifacts, this.record, (one) => (this.#isOwn(one) ? edit(one) : null));
  }

  /** Never throws. */
  async beat(): Promise<void> {
    const { queue, settings, log } = this.#deps;
    try {
      const leaseUntil = this.#deps.now() + leaseMs(settings);
      if ((await this.change(() => ({ leaseUntil }))) === null) return this.stop('lost');
      this.#leaseUntil = leaseUntil;
      await queue.extend(this.#receipt, settings.visibilitySeconds);
    } catch (error) {
      log.error('heartbeat_failed', { simulation_id: this.record.simulationId, message: String(error) });
      if (this.#deps.now() >= this.#leaseUntil) this.stop('lost');
    }
  }

  async #check(): Promise<boolean> {
    const { tenantId, simulationId } = this.record;
    const one = await readSimulation(this.#deps.artifacts, tenantId, simulationId);
    const isOwn = one !== null && this.#isOwn(one);
    if (!isOwn) this.stop('lost');
    else if (one.cancelRequested) this.stop('cancelled');
    return isOwn;
  }

  #isOwn({ status, attempt }: SimulationRecord): boolean {
    return status === 'RUNNING' && attempt === this.record.attempt;
  }
}

async function settle(
  deps: WorkerDeps,
  { delivery, sendAnew }: SimulationDelivery,
  lease: SimulationLease,
  { failure, simulation }: RunReport,
): Promise<void> {
  const finishedAt = deps.now();
  if (failure !== null && lease.reason === 'lost') return;
  const seconds = retryAfter(deps, lease, failure);
  if (seconds !== null) {
    const sentAt = finishedAt + seconds * 1000;
    const waiting = { status: 'QUEUED', leaseUntil: null, workerId: null, sentAt } as const;
    if ((await lease.change(() => waiting)) !== null) await sendAnew(seconds);
    return;
  }
  const ended = { finishedAt, leaseUntil: null };
  const written = await lease.change(() => {
    if (lease.reason === 'cancelled') return { ...ended, status: 'CANCELLED' };
    if (failure === null) return { ...ended, status: 'DONE', report: simulation ?? null };
    return { ...ended, status: 'FAILED', errorCode: failure.code, errorMessage: failure.message };
  });
  if (written === null) return;
  const { simulationId: simulation_id, tenantId: tenant_id, status } = written;
  deps.log.info('simulation_finished', { simulation_id, tenant_id, status, error_code: failure?.code ?? null });
  await deps.queue.delete(delivery.receipt);
}

/** Seconds after which to try again; null if the simulation has ended. */
function retryAfter(deps: WorkerDeps, lease: SimulationLease, failure: RunFailure | null): number | null {
  if (failure === null || lease.reason === 'cancelled') return null;
  if (lease.reason === 'stopping') return 0;
  const { tenantBackoffSeconds, outageSecondsMax } = deps.settings;
  const isLate = deps.now() - lease.record.requestedAt >= outageSecondsMax * 1000;
  return failure.retry === null || isLate ? null : tenantBackoffSeconds;
}

/** The simulation as a runner's order, with just the fields of a run that a runner reads. */
function orderOf(record: SimulationRecord) {
  const { tenantId, config, runIds, requestedAt, sentAt, startedAt, attempt, leaseUntil, workerId } = record;
  const run: RunRecord = {
    ...{ runId: workIdOf(record), tenantId, configVersion: 1, vendors: [], force: false, forceReason: null },
    ...{ status: 'RUNNING', stage: null, attempt, leaseUntil, workerId, cancelRequested: false },
    ...{ requestedAt, startedAt, finishedAt: null, sentAt, failedStage: null, errorCode: null },
    ...{ errorMessage: null, artifacts: {}, counts: null, warnings: [], progress: null, outage: null },
  };
  return { run, config, simulation: { runIds } };
}
