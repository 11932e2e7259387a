/**
 * Makes each store call of a small run go wrong, singly and in random pairs: it fails before its work or after it, does
 * not answer (and does its work later), takes long, or is done twice. The run must end once, as if nothing had
 * happened.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { RelayError } from '../../core/errors.ts';
import { createHasher, MemoryScratch } from '../../plugins/in-memory/ports.ts';
import { testEngine } from '../../plugins/testing/harness.ts';
import { discard } from '../../stores/deadline.ts';
import type { WorkerDeps } from '../../worker/deps.ts';
import { type ExecuteDeps, executeRun } from '../../worker/execute/execute.ts';
import { handleDelivery } from '../../worker/job.ts';
import { randomOf } from '../simulation/choices.ts';
import type { Family, FaultPlace, PlaceStores } from './family.ts';
import { addTenant, brokenBy, hasEnded, runFiles, startSmallRun } from './small-run.ts';

export const FAULTS = ['before', 'after', 'hang', 'slow', 'twice'] as const;
export type Fault = (typeof FAULTS)[number];

/** Calls by number, from 0, with their faults. */
export type Plan = ReadonlyMap<number, Fault>;

export interface Enumerated {
  calls: number;
  faults: number;
  findings: string[];
}

const SLOW_MS = 5;
/** A call past its deadline is done this much later: after the next call of its caller. */
const LATE_MS = 3;
/** After so many deliveries a run should have ended. */
const DELIVERIES_MAX = 12;

/** Counts calls, and makes the planned ones go wrong. */
class Saboteur {
  calls = 0;
  readonly names: string[] = [];
  readonly late: Promise<unknown>[] = [];
  readonly #plan: Plan;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  async call<T>(name: string, act: () => Promise<T>): Promise<T> {
    const fault = this.#plan.get(this.calls++);
    this.names.push(name);
    if (fault === undefined) return act();
    if (fault === 'before') throw unavailable(name);
    if (fault === 'hang') {
      this.late.push(
        wait(LATE_MS)
          .then(act)
          .then(discard)
          .catch(() => undefined),
      );
      throw unavailable(name);
    }
    if (fault === 'slow') await wait(SLOW_MS);
    // a sink is closed only once: the stores' clients retry, and their own tests cover that
    const isSink = name.startsWith('sink.');
    const answer = await act();
    if (fault === 'twice' && !isSink) await act().then(discard, () => undefined);
    if (fault === 'after') await discard(answer);
    if (fault === 'after') throw unavailable(name);
    return answer;
  }

  /** The stores, with calls that may go wrong. */
  around(stores: PlaceStores): PlaceStores {
    const wrapped = Object.entries(stores).map(([name, store]) => [name, this.#wrap(name, store)]);
    return Object.fromEntries(wrapped) as PlaceStores;
  }

  #wrap<T extends object>(store: string, target: T): T {
    return new Proxy(target, {
      get: (_, name) => {
        const value = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        const act = (args: unknown[]) => async () => value.apply(target, args);
        if (name !== 'write') return (...args: unknown[]) => this.call(`${store}.${String(name)}`, act(args));
        return async (...args: unknown[]) => {
          const sink = await this.call(`${store}.write`, act(args));
          return { ...bound(sink), close: () => this.call('sink.close', () => sink.close()) };
        };
      },
    });
  }
}

function bound(sink: { write: (bytes: Uint8Array) => unknown; abort: () => unknown }) {
  return { write: (bytes: Uint8Array) => sink.write(bytes), abort: () => sink.abort() };
}

function unavailable(name: string): RelayError {
  return new RelayError('store_unavailable', `${name} failed`, { recovery: 'retry' });
}

const engine = testEngine();

function depsOf(place: FaultPlace, stores: PlaceStores): WorkerDeps {
  const execute: ExecuteDeps = {
    ...{ engine, artifacts: stores.artifacts, configLimits: {}, now: place.now },
    createScratch: () => Object.assign(new MemoryScratch(), { dispose: () => undefined }),
  };
  return {
    ...stores,
    runner: { work: (order, host) => executeRun(execute, order, host) },
    metrics: { put: () => undefined },
    createHasher,
    tidy: async () => undefined,
    now: place.now,
    monotonic: place.now,
    timers: { every: () => () => undefined, sleep: async () => undefined },
    log: { info: () => undefined, error: () => undefined },
    settings: {
      ...{ workerId: 'w1', environment: 'test', maxConcurrency: 1, poisonMaxReceives: 3, attemptsMax: 100 },
      ...{ visibilitySeconds: 300, heartbeatSeconds: 60, watchSeconds: 15, tenantBackoffSeconds: 30 },
      ...{
        outageSecondsMax: 14_400,
        heldSeconds: 20,
        heldMax: 100,
        receiveWaitSeconds: 0,
        receiveRetrySeconds: 5,
        graceSeconds: 20,
        sweepSeconds: 30,
        resendAfterSeconds: 60,
      },
    },
  };
}

/** Works on the run to its end under a plan. Returns the broken promises. */
async function runUnder(place: FaultPlace, runId: string, saboteur: Saboteur): Promise<void> {
  const deps = depsOf(place, saboteur.around(place.stores));
  const { runs, queue } = place.stores;
  await startSmallRun(place, runId);
  for (let deliveries = 0; deliveries < DELIVERIES_MAX; deliveries++) {
    const [delivery] = await queue.receive({ max: 1, visibilitySeconds: 300, waitSeconds: 0 });
    if (delivery !== undefined) await handleDelivery(deps, delivery).catch(passing);
    await Promise.all(saboteur.late.splice(0));
    const { visible, inFlight } = await queue.depth();
    const run = await runs.get(runId);
    if (hasEnded(run) && visible + inFlight === 0) return;
    if (visible > 0) continue;
    await place.advance(301);
    // in place of the worker's sweep, for a run whose message is lost
    if (inFlight === 0 && !hasEnded(run))
      await queue.send({ run_id: runId, tenant_id: 'shop', vendors: [], config_version: 1 });
  }
}

/** Ignores errors of the stores, as the worker's loop does after logging them. */
function passing(error: unknown): void {
  if (!(error instanceof RelayError) || error.recovery !== 'retry') throw error;
}

export interface Enumeration {
  seed: number;
  share: number;
  pairs: number;
  secondsMax: number;
  /** True for runs with `publish`, which are compared with the run before. */
  publishing: boolean;
}

/** Tries `share` of the single faults, in a seeded order, then so many pairs, for at most `secondsMax`. */
export async function enumerateFaults(
  family: Family,
  { seed, share, pairs, secondsMax, publishing }: Enumeration,
): Promise<Enumerated> {
  const random = randomOf(seed);
  const place = await family();
  try {
    await addTenant(place, 3, publishing ? { publish: { holds: { price_rise_pct: '0.5' } } } : {});
    // the first run has nothing to compare with
    if (publishing) await runUnder(place, 'run-first', new Saboteur(new Map()));
    const plain = new Saboteur(new Map());
    await runUnder(place, 'run-plain', plain);
    const done = await place.stores.runs.get('run-plain');
    if (done?.status !== 'SUCCEEDED') throw new Error(`the run failed undisturbed: ${done?.errorMessage}`);
    const wanted = await runFiles(place, done);
    const plans: Array<Array<[number, Fault]>> = [];
    for (let call = 0; call < plain.calls; call++) {
      for (const fault of FAULTS) if (random() < share) plans.push([[call, fault]]);
    }
    shuffle(plans, random);
    const any = (): [number, Fault] => [
      Math.floor(random() * plain.calls * 1.5),
      FAULTS[Math.floor(random() * FAULTS.length)] ?? 'before',
    ];
    for (let i = 0; i < pairs; i++) plans.push([any(), any()]);
    const findings: string[] = [];
    let faults = 0;
    const end = performance.now() + secondsMax * 1000;
    for (const [n, plan] of plans.entries()) {
      if (performance.now() > end) break;
      faults += plan.length;
      const saboteur = new Saboteur(new Map(plan));
      const runId = `run-${n}`;
      await runUnder(place, runId, saboteur);
      const what = plan.map(([call, fault]) => `${fault} at call ${call} (${saboteur.names[call]})`).join(', ');
      for (const text of await brokenBy(place, runId, wanted)) findings.push(`${place.name}, ${what}: ${text}`);
      if (!hasEnded(await place.stores.runs.get(runId))) break;
    }
    return { calls: plain.calls, faults, findings };
  } finally {
    place.close();
  }
}

function shuffle(list: unknown[], random: () => number): void {
  for (let i = list.length - 1; i > 0; i--) {
    const at = Math.floor(random() * (i + 1));
    [list[i], list[at]] = [list[at], list[i]];
  }
}
