/** Workers that stall at a chosen call until another worker has their run, and go on some calls later. */
import type { RunRecord } from '../../core/ports/service/runs.ts';
import type { CallingProcess } from './ports.ts';
import type { Call, World } from './world.ts';

export interface SimWorker extends CallingProcess {
  heartbeats: number;
  /** Deliveries that it could not settle because its stores were unreachable. */
  failedDeliveries: number;
  scratches: number;
  readonly stop: AbortController;
}

export function newWorker(name: string): SimWorker {
  const own = { openSinks: 0, scratches: 0, closeSentAt: null, closing: new Set<{ sentAt: number }>() };
  const counts = { heartbeats: 0, failedDeliveries: 0, checks: new Map<string, number>() };
  return { name, isAlive: true, frozenUntil: 0, ...own, ...counts, stop: new AbortController() };
}

/** Patterns for the names of calls. */
export const AMBUSHES: readonly string[] = [
  ...['artifacts.close', 'input_manifest', 'inbound', 'normalized', 'run_summary', 'artifacts.list', 'artifacts.read'],
  ...['runs.finish', 'runs.setStage', 'runs.release', 'runs.get', 'queue.send', 'queue.delete'],
];
/** The longest stall of a worker that nobody overtakes. */
const OVERTAKEN_SECONDS = 1500;

export class Overtaking {
  readonly #world: World;
  readonly #ambushes: readonly string[];
  /** Called with the tenant whose run was taken over: its vendors may send new feeds at that moment. */
  readonly #onOvertaken: (tenantId: string) => void;
  /** The call at which the next worker stalls. */
  #ambush: string | null = null;
  /** Stalled workers, with the calls that others make before they go on; null until another worker has the run. */
  readonly #stalled = new Map<SimWorker, { thawAfter: number; callsLeft: number | null }>();

  constructor(world: World, ambushes: readonly string[], onOvertaken: (tenantId: string) => void) {
    this.#world = world;
    this.#ambushes = ambushes;
    this.#onOvertaken = onOvertaken;
  }

  /** Makes the next worker that makes a chosen call stall. */
  layAmbush(): void {
    this.#ambush = this.#world.choices.pick(this.#ambushes);
  }

  /** True if the worker stalls with this call. */
  meets(call: Call, worker: SimWorker | undefined): boolean {
    if (this.#ambush === null || worker === undefined) return false;
    if (!new RegExp(this.#ambush).test(`${call.store}.${call.name}`)) return false;
    this.#world.note(`${worker.name} stalls in ${call.store}.${call.name} until it is overtaken`);
    this.#ambush = null;
    worker.frozenUntil = this.#world.now + OVERTAKEN_SECONDS * 1000;
    this.#stalled.set(worker, { thawAfter: this.#world.choices.below(80), callsLeft: null });
    return true;
  }

  noteClaim(workerId: string, { attempt, tenantId }: RunRecord): void {
    if (attempt === 1) return;
    for (const [worker, state] of this.#stalled) {
      if (worker.name === workerId || state.callsLeft !== null) continue;
      state.callsLeft = state.thawAfter;
      if (this.#world.choices.chance(0.5)) this.#onOvertaken(tenantId);
    }
  }

  countCall(call: Call): void {
    for (const [worker, state] of this.#stalled) {
      if (state.callsLeft === null || worker === call.process || state.callsLeft-- > 0) continue;
      worker.frozenUntil = this.#world.now;
      this.#stalled.delete(worker);
      this.#world.note(`${worker.name} goes on`);
    }
  }
}
