/**
 * Simulations of configs in a history: a client who requests some and cancels one, and what must hold of them at the
 * end.
 */
import {
  cancelSimulation,
  createSimulation,
  isSimulationOver,
  readSimulation,
  removeOldSimulations,
  SIMULATION_KEPT_MS,
  type SimulationRecord,
  simulationMessage,
  takeLostSimulations,
} from '../../core/pipeline/simulate/records.ts';
import type { JobMessage } from '../../core/ports/service/jobs.ts';
import type { RunStore } from '../../core/ports/service/runs.ts';
import { executeSimulation } from '../../worker/execute/execute-simulation.ts';
import { workIdOf } from '../../worker/simulation.ts';
import { sleep } from './ports.ts';
import { configOf } from './references.ts';
import type { SimArtifactStore, SimJobQueue } from './stores.ts';
import { SETTINGS, TROUBLES, type Trouble } from './troubles.ts';
import { executeDepsOf } from './working.ts';
import type { SimProcess, World } from './world.ts';

export const SIMULATING_TROUBLES: readonly Trouble[] = [...TROUBLES, 'cancel_simulation', 'cancel_simulation'];

const TENANT = 'north';
const IDS = ['sim-1', 'sim-2'] as const;
/** The run whose inputs they use. */
const PAST = `${TENANT}-1`;

export interface SimulatingParts {
  world: World;
  client: SimProcess;
  broken: string[];
  stores: { artifacts: SimArtifactStore; queue: SimJobQueue; runs: Pick<RunStore, 'get'> };
}

export interface SimulatingEnd {
  /** True if messages were lost or late so often that one may be a dead letter. */
  lostDeliveries: boolean;
}

export class Simulating {
  readonly #parts: SimulatingParts;
  readonly #asked: SimulationRecord[] = [];
  readonly #cancelled = new Set<string>();
  /** The final record of each simulation, by id. */
  readonly #ended = new Map<string, string>();
  #isOver = false;

  constructor(parts: SimulatingParts) {
    this.#parts = parts;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Requests one after the other. The message of one may be lost. */
  async ask(): Promise<void> {
    const { world, client, broken, stores } = this.#parts;
    for (let status = ''; !['SUCCEEDED', 'FAILED'].includes(status); await sleep(world, client, 60))
      status = (await stores.runs.get(PAST))?.status ?? '';
    const isThere = (await stores.runs.get(PAST))?.status === 'SUCCEEDED';
    for (const simulationId of isThere ? IDS : []) {
      const record = recordOf(simulationId, world.wall);
      const active = await createSimulation(stores.artifacts, record);
      if (active !== null) broken.push(`${simulationId} waits for ${active}, which has ended`);
      this.#asked.push(record);
      if (world.choices.chance(0.2)) world.note(`the message of ${simulationId} is lost`);
      else await stores.queue.send(simulationMessage(record));
      while (!this.#ended.has(simulationId)) await sleep(world, client, 60);
    }
    this.#isOver = true;
  }

  async cancel(): Promise<void> {
    const { world, stores } = this.#parts;
    const one = this.#asked.at(-1);
    if (one === undefined || (await cancelSimulation(stores.artifacts, one, world.wall)) === null) return;
    world.note(`${one.simulationId} is cancelled`);
    this.#cancelled.add(one.simulationId);
  }

  /** Checks that a finished record does not change. */
  noteWrite(key: string, bytes: Uint8Array): void {
    const id = /\/simulations\/(sim-\d+)\.json$/.exec(key)?.[1];
    if (id === undefined || key.startsWith('tenants/_waiting/')) return;
    const text = new TextDecoder().decode(bytes);
    const before = this.#ended.get(id);
    if (before !== undefined && before !== text) this.#parts.broken.push(`${id} changed after its end`);
    if (isSimulationOver(JSON.parse(text))) this.#ended.set(id, text);
  }

  async check(end: SimulatingEnd): Promise<void> {
    for (const { simulationId } of this.#asked) await this.#checkRecord(simulationId, end);
    await this.#checkDeadLetters(end);
    await this.#checkStore();
  }

  async #checkRecord(simulationId: string, { lostDeliveries }: SimulatingEnd): Promise<void> {
    const { broken, stores } = this.#parts;
    const record = await readSimulation(stores.artifacts, TENANT, simulationId);
    if (record === null || !isSimulationOver(record)) return void broken.push(`${simulationId} is ${record?.status}`);
    const { status, errorCode, errorMessage, requestedAt, finishedAt } = record;
    const isLate = (finishedAt ?? 0) - requestedAt >= SETTINGS.outageSecondsMax * 1000;
    const isExplained = errorCode === 'POISON_JOB' ? lostDeliveries : errorCode === 'store_unavailable' && isLate;
    if (status === 'FAILED' && !isExplained) broken.push(`${simulationId} failed: ${errorCode} ${errorMessage}`);
    if (status === 'CANCELLED' && !this.#cancelled.has(simulationId)) broken.push(`${simulationId} ended CANCELLED`);
    if (status !== 'DONE') return;
    const wanted = await this.#undisturbed(record);
    if (JSON.stringify(record.report) !== wanted) broken.push(`the report of ${simulationId} is not as undisturbed`);
  }

  async #undisturbed(record: SimulationRecord): Promise<string> {
    const { world, stores } = this.#parts;
    const deps = executeDepsOf(world, stores.artifacts);
    const nothing = async () => undefined;
    const host = { signal: new AbortController().signal, confirm: nothing, enterStage: nothing, onProgress: () => {} };
    const run = { runId: workIdOf(record), tenantId: TENANT } as never;
    const order = { run, config: record.config, simulation: { runIds: record.runIds } };
    return JSON.stringify((await executeSimulation(deps, order, host)).simulation);
  }

  async #checkDeadLetters({ lostDeliveries }: SimulatingEnd): Promise<void> {
    const { broken, stores } = this.#parts;
    for (const { job } of await stores.queue.deadLetters.list(100)) {
      if (!isOfSimulation(job) || lostDeliveries) continue;
      const record = await readSimulation(stores.artifacts, TENANT, job?.run_id ?? '');
      if (record?.errorCode !== 'POISON_JOB' && record?.status !== 'CANCELLED')
        broken.push(`a dead letter of ${job?.run_id}, which ended ${record?.status}`);
    }
  }

  /**
   * Checks that the tenant's place is free, that no note is left after a sweep, and that a result is kept for a day and
   * no longer.
   */
  async #checkStore(): Promise<void> {
    const { broken, stores, world } = this.#parts;
    const { artifacts } = stores;
    const now = world.wall;
    const lost = await takeLostSimulations(artifacts, {
      now,
      sentBefore: now,
      leaseBefore: now,
      leaseFar: Number.MAX_SAFE_INTEGER,
    });
    if (lost.length > 0) broken.push(`${lost[0]?.simulationId} counts as lost`);
    const notes = artifacts.textsUnder('tenants/_waiting/simulations/');
    if (notes.size > 0) broken.push(`${[...notes.keys()].join()} stays`);
    const keys = () => [...artifacts.textsUnder(`tenants/${TENANT}/simulations/`).keys()];
    const kept = keys();
    const times = await Promise.all(kept.map(async (key) => (await artifacts.head(key))?.lastModified ?? 0));
    await removeOldSimulations(artifacts, TENANT, Math.min(...times) + SIMULATION_KEPT_MS);
    if (keys().length !== kept.length) broken.push('a simulation was removed before its day was over');
    await removeOldSimulations(artifacts, TENANT, Math.max(...times) + SIMULATION_KEPT_MS + 1);
    if (keys().length > 0) broken.push(`${keys()[0]} stays longer than a day`);
  }
}

export function isOfSimulation(job: JobMessage | null): boolean {
  return job?.simulation === true;
}

function recordOf(simulationId: string, now: number): SimulationRecord {
  const config = { ...configOf(TENANT), pricing: { ...PRICING, base_margin_pct: '0.3' } };
  return {
    ...{ simulationId, tenantId: TENANT, status: 'QUEUED', config, runIds: [PAST] },
    ...{ requestedAt: now, sentAt: now, startedAt: null, finishedAt: null, attempt: 0, leaseUntil: null },
    ...{ workerId: null, cancelRequested: false, errorCode: null, errorMessage: null, report: null },
  };
}

const { pricing: PRICING } = configOf(TENANT) as { pricing: object };
