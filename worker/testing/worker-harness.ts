/** A worker on embedded stores in a temporary folder. The test controls its clock and timers. */

import { randomUUID } from 'node:crypto';
import { Assertion } from 'uvu/assert';
import { RelayError } from '../../core/errors.ts';
import type { EngineLimits } from '../../core/ports/engine.ts';
import type { JobMessage, ReceivedJob } from '../../core/ports/service/jobs.ts';
import type { ArtifactStore } from '../../core/ports/service/objects.ts';
import type { RunRecord } from '../../core/ports/service/runs.ts';
import { createHasher, MemoryScratch } from '../../plugins/in-memory/ports.ts';
import { testEngine } from '../../plugins/testing/harness.ts';
import { type EmbeddedStores, openEmbeddedStores } from '../../stores/embedded/index.ts';
import { inFolder } from '../../stores/testing/folder.ts';
import type { WorkerDeps, WorkerSettings } from '../deps.ts';
import { type ExecuteDeps, executeRun } from '../execute/execute.ts';
import { executeSimulation } from '../execute/execute-simulation.ts';
import { handleDelivery } from '../job.ts';
import { runWorker } from '../loop.ts';

export const TENANT = 'shop';
const PREFIX = `tenants/${TENANT}/inbound/`;

export const CONFIG = {
  schema_version: 1,
  tenant_id: TENANT,
  timezone: 'UTC',
  default_currency: 'USD',
  vendors: ['acme', 'bolt'].map((vendor_id) => ({
    vendor_id,
    required: vendor_id === 'acme',
    inbound: { type: 's3' },
    parser: { format: 'csv' },
  })),
  pricing: { base_margin_pct: '0.2', min_price: 5, shipping_handling_flat: '1.00', map_policy: {}, rounding: {} },
  merge: { strategy: 'best_offer' },
  output: { columns: ['sku', 'vendor_id', 'quantity_available', 'price'] },
  error_policy: { max_invalid_rows: 1, max_invalid_row_pct: '0.5' },
};

export interface MetricValue {
  name: string;
  value: number;
  unit: string;
  dimensions: string[];
}

/** The harness's runner works in the test's process. */
export type HarnessDeps = WorkerDeps & ExecuteDeps;

export class WorkerHarness {
  readonly stores: EmbeddedStores;
  time = Date.parse('2026-11-01T06:00:00Z');
  /** By how many milliseconds the clock was set. */
  clockOffset = 0;
  readonly metrics: MetricValue[] = [];
  readonly events: string[] = [];
  /** The actions passed to `every`, with their seconds. */
  readonly beats = new Set<{ seconds: number; action: () => void }>();
  /** Ends all sleeps. */
  readonly wakes = new Set<() => void>();
  readonly sleeps: number[] = [];
  scratchLive = 0;
  /** The argument of each call of `tidy`. */
  readonly tidied: Array<(runId: string) => Promise<boolean>> = [];

  constructor(stores: EmbeddedStores) {
    this.stores = stores;
  }

  deps(changes: Partial<HarnessDeps> = {}, settings: Partial<WorkerSettings> = {}, limits?: Partial<EngineLimits>) {
    const { artifacts, tenants, runs, queue, usage } = this.stores;
    const deps: HarnessDeps = {
      ...{ engine: testEngine([], limits), artifacts, tenants, runs, queue, usage, configLimits: {} },
      runner: {
        work: (order, host) => (order.simulation === undefined ? executeRun : executeSimulation)(deps, order, host),
      },
      createHasher,
      metrics: {
        put: (name, value, unit, dimensions) =>
          this.metrics.push({ name, value, unit, dimensions: dimensions.map((set) => JSON.stringify(set)) }),
      },
      createScratch: () => {
        this.scratchLive++;
        return Object.assign(new MemoryScratch(), { dispose: () => void this.scratchLive-- });
      },
      tidy: async (isRunning) => void this.tidied.push(isRunning),
      now: () => this.time,
      monotonic: () => this.time - this.clockOffset,
      timers: {
        every: (seconds, action) => {
          const beat = { seconds, action };
          this.beats.add(beat);
          return () => void this.beats.delete(beat);
        },
        sleep: (seconds, signal) => {
          this.sleeps.push(seconds);
          return new Promise((resolve) => {
            if (signal.aborted) return resolve();
            this.wakes.add(resolve);
            signal.addEventListener('abort', () => resolve());
          });
        },
      },
      log: { info: (event) => void this.events.push(event), error: (event) => void this.events.push(event) },
      settings: {
        ...{ workerId: 'w1', environment: 'test', maxConcurrency: 1, poisonMaxReceives: 3, visibilitySeconds: 300 },
        ...{ attemptsMax: 100, outageSecondsMax: 14_400, watchSeconds: 5 },
        ...{ heartbeatSeconds: 60, tenantBackoffSeconds: 30, receiveWaitSeconds: 0.02, graceSeconds: 20 },
        ...{ heldSeconds: 20, heldMax: 100, receiveRetrySeconds: 5 },
        ...{ sweepSeconds: 30, resendAfterSeconds: 60, ...settings },
      },
      ...changes,
    };
    return deps;
  }

  async putObject(key: string, text: string): Promise<void> {
    const sink = await this.stores.artifacts.write(key, { contentType: 'text/csv' });
    await sink.write(new TextEncoder().encode(text));
    await sink.close();
  }

  putFeed(vendor: string, text: string, tenant = TENANT): Promise<void> {
    return this.putObject(`${PREFIX.replace(TENANT, tenant)}${vendor}/feed.csv`, text);
  }

  async text(key: string): Promise<string | null> {
    if ((await this.stores.artifacts.head(key)) === null) return null;
    const parts: Uint8Array[] = [];
    for await (const part of (await this.stores.artifacts.read(key)).body) parts.push(part.slice());
    return Buffer.concat(parts).toString('utf8');
  }

  /** All artifacts of a run as text, by path. */
  async artifactsOf(runId: string, tenant = TENANT): Promise<Record<string, string>> {
    const prefix = `${runId}/tenants/${tenant}/`;
    const { objects } = await this.stores.artifacts.list(prefix);
    const texts: Record<string, string> = {};
    for (const { key } of objects) texts[key.slice(prefix.length)] = (await this.text(key))!;
    return texts;
  }

  /** Creates a run and, by default, its message. */
  async start(runId: string, tenantId = TENANT, send = true): Promise<JobMessage> {
    const made = { runId, tenantId, configVersion: 1, vendors: [], force: false, now: this.time };
    const { status } = await this.stores.runs.create(made);
    if (status !== 'created') throw new Error(status);
    const job = { run_id: runId, tenant_id: tenantId, vendors: [], config_version: 1 };
    if (send) await this.stores.queue.send(job);
    return job;
  }

  async receive(visibilitySeconds = 300): Promise<ReceivedJob | null> {
    return (await this.stores.queue.receive({ max: 1, visibilitySeconds, waitSeconds: 0 }))[0] ?? null;
  }

  /** Receives the next message and handles it. */
  async handleNext(deps: WorkerDeps = this.deps()): Promise<ReceivedJob> {
    const delivery = await this.receive();
    if (delivery === null) throw new Error('no message is due');
    await handleDelivery(deps, delivery);
    return delivery;
  }

  async run(runId: string): Promise<RunRecord> {
    return (await this.stores.runs.get(runId))!;
  }

  /** Counts of visible, hidden and dead messages. */
  async messages(): Promise<[number, number, number]> {
    const { visible, inFlight } = await this.stores.queue.depth();
    return [visible, inFlight, (await this.stores.queue.deadLetters.list(100)).length];
  }

  /** Runs a worker's loop until the condition holds, then stops it. */
  async loopUntil(condition: () => Promise<boolean>, deps: WorkerDeps = this.deps()): Promise<void> {
    const stop = new AbortController();
    const done = runWorker(deps, stop.signal);
    await until(condition);
    stop.abort();
    await done;
  }
}

/** More polls than any condition needs. A count holds on a busy machine, where a time limit would not. */
const POLLS_MAX = 30_000;

/** Polls until the condition holds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let polls = 0; !(await condition()); polls++) {
    if (polls === POLLS_MAX) throw new Error(`the condition did not hold in ${POLLS_MAX} polls`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export function withWorker(use: (harness: WorkerHarness) => Promise<void>): () => Promise<void> {
  return () => inFolder((root) => useWorkerIn(root, use));
}

/** Uses a folder that the caller has made. */
export async function useWorkerIn(root: string, use: (harness: WorkerHarness) => Promise<void>): Promise<void> {
  // no store reads the clock before the harness exists
  let harness: WorkerHarness | null = null;
  const stores = await openEmbeddedStores({
    root,
    clock: { wall: () => harness!.time },
    createId: randomUUID,
    signingSecret: new Uint8Array(32),
    baseUrl: '',
    pollMs: 5,
  });
  harness = new WorkerHarness(stores);
  try {
    await stores.tenants.create(TENANT, CONFIG, harness.time);
    await harness.putFeed('acme', 'sku,quantity_available,cost\nA1,5,10\nA2,3,20\n');
    await harness.putFeed('bolt', 'sku,quantity_available,cost\nA1,9,9\nB1,1,7.5\n');
    await use(harness);
    for (const failed of failedOnWrite.splice(0)) throw failed;
  } finally {
    stores.close();
  }
}

/** A proxy of the object with some methods replaced. */
export function withMethods<T extends object>(object: T, methods: Partial<T>): T {
  return new Proxy(object, {
    get: (target, name) => {
      if (Object.hasOwn(methods, name)) return methods[name as keyof T];
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** A failure that a retry may cure. */
export const busy = () => new RelayError('store_busy', 'try again', { recovery: 'retry' });

/** Assertions that failed inside a run. The run takes them for its own failures, so they are thrown again at the end. */
const failedOnWrite: Assertion[] = [];

/** Calls `action` once, just before an artifact whose key ends with `end` is written. */
export function onWrite(store: ArtifactStore, end: string, action: () => void | Promise<void>): ArtifactStore {
  let done = false;
  return withMethods(store, {
    write: async (key, options) => {
      if (!done && key.endsWith(end)) {
        done = true;
        try {
          await action();
        } catch (error) {
          if (error instanceof Assertion) failedOnWrite.push(error);
          throw error;
        }
      }
      return store.write(key, options);
    },
  });
}

/** The harness's config, for another tenant. */
export async function configFor(harness: WorkerHarness, tenantId: string): Promise<object> {
  const stored = await harness.stores.tenants.getConfig(TENANT);
  return { ...(stored!.config as object), tenant_id: tenantId };
}
