/**
 * One history: workers, clients and vendors around the stores, what goes wrong, and whether all promises were kept at its end.
 * The code of the workers is the product's own; stores are in memory, time is virtual.
 */
import { createHash } from 'node:crypto';
import type { LogFields } from '../../api/deps.ts';
import { RelayError } from '../../core/errors.ts';
import type { Engine } from '../../core/pipeline/run.ts';
import type { Claim, FinishRun, RunRecord, UnclaimedFailure } from '../../core/ports/service.ts';
import { MemoryScratch } from '../../plugins/in-memory/ports.ts';
import { testEngine } from '../../plugins/testing/harness.ts';
import type { WorkerDeps, WorkerSettings } from '../../worker/deps.ts';
import type { ExecuteDeps } from '../../worker/execute.ts';
import * as execute from '../../worker/execute.ts';
import * as loop from '../../worker/loop.ts';
import { MemoryRunStore } from '../contracts/doubles/memory-runs.ts';
import { MemoryTenantStore } from '../contracts/doubles/tenants.ts';
import type { Choices } from './choices.ts';
import { type CallingProcess, type Ports, portsOf, sleep } from './ports.ts';
import { SimArtifactStore, SimJobQueue } from './stores.ts';
import { type Call, settled, World } from './world.ts';

/** The code under test. A mutant has one part replaced. */
export interface Code {
  runWorker: typeof loop.runWorker;
  executeRun: typeof execute.executeRun;
  makeRuns(): MemoryRunStore;
  makeQueue(wall: () => number): SimJobQueue;
}

export const PRODUCT: Code = {
  runWorker: loop.runWorker,
  executeRun: execute.executeRun,
  makeRuns: () => new MemoryRunStore(),
  makeQueue: (wall) => new SimJobQueue(wall),
};

/** What can go wrong. Tests of one promise ask for some kinds alone. */
export const TROUBLES = [
  ...([
    'slow',
    'late_answer',
    'fail_before',
    'fail_after',
    'late_effect',
    'twice',
    'stall',
    'overtake',
    'kill',
    'stop',
  ] as const),
  ...(['outage', 'clock_forward', 'clock_back', 'new_feed', 'cancel', 'duplicate'] as const),
] as const;
export type Trouble = (typeof TROUBLES)[number];

export interface HistoryOptions {
  troubles?: readonly Trouble[];
  code?: Code;
}

export interface HistoryResult {
  /** Promises that were broken. */
  broken: string[];
  trace: string[];
  choices: readonly number[];
  runs: number;
}

const TENANTS = ['north', 'south'] as const;
const STORES = ['artifacts', 'runs', 'queue', 'tenants'] as const;
/** Calls that can be away alone. */
const PARTS = ['queue.extend', 'queue.send', 'queue.delete', 'runs.renew', 'runs.claim'];
const AMBUSHES = [
  ...['artifacts.close', 'input_manifest', 'inbound', 'normalized', 'run_summary', 'artifacts.list', 'artifacts.read'],
  ...['runs.finish', 'runs.setStage', 'runs.release', 'runs.get', 'queue.send', 'queue.delete'],
];
/** The longest that a worker stalls if nobody overtakes it. */
const OVERTAKEN_SECONDS = 1500;
const VENDORS = ['acme', 'bolt'] as const;
/** Runs of a history. */
const RUNS = 3;
const SETTINGS: Omit<WorkerSettings, 'workerId'> = {
  ...{ environment: 'sim', maxConcurrency: 1, poisonMaxReceives: 3, attemptsMax: 100, visibilitySeconds: 300 },
  ...{ heartbeatSeconds: 60, watchSeconds: 15, tenantBackoffSeconds: 30, outageSecondsMax: 14_400 },
  ...{ receiveWaitSeconds: 20, graceSeconds: 20, sweepSeconds: 60, resendAfterSeconds: 60 },
};
/** Seconds after the last trouble in which everything must have ended: less than the hour that clocks jump. */
const CALM_SECONDS = 3000;
/** A worker looks for a cancel every 15 seconds, and at each stage. */
const CANCEL_SECONDS = 120;
const STEPS_MAX = 60_000;
const POISON_LOSSES = SETTINGS.poisonMaxReceives - 1;

interface SimWorker extends CallingProcess {
  heartbeats: number;
  scratches: number;
  readonly stop: AbortController;
}

let engine: Engine | undefined;
/** What an undisturbed run writes, by the versions of its feeds. */
const references = new Map<string, Record<string, string>>();

export function configOf(tenantId: string): object {
  return {
    schema_version: 1,
    tenant_id: tenantId,
    timezone: 'UTC',
    default_currency: 'USD',
    vendors: VENDORS.map((vendor_id) => ({
      vendor_id,
      required: vendor_id === 'acme',
      inbound: { type: 's3' },
      parser: { format: 'csv' },
    })),
    pricing: { base_margin_pct: '0.2', min_price: 5, shipping_handling_flat: '1.00', map_policy: {}, rounding: {} },
    merge: { strategy: 'best_offer' },
    output: { columns: ['sku', 'vendor_id', 'quantity_available', 'price'] },
    error_policy: { max_invalid_rows: 5, max_invalid_row_pct: '0.9' },
  };
}

/** Odd versions have a row that is refused. */
export function feedOf(vendor: string, version: number): string {
  const bad = version % 2 === 1 ? 'BAD,one,2\n' : '';
  return `sku,quantity_available,cost\nA1,${version + 1},${vendor.length + version}\n${bad}${vendor},3,7.5\n`;
}

export async function runHistory(choices: Choices, options: HistoryOptions = {}): Promise<HistoryResult> {
  const history = new History(choices, options);
  // loads the plugins: what is loaded for the first time takes time of its own
  await referenceOf([0, 0], PRODUCT);
  await history.run();
  const { trace } = history.world;
  return { broken: history.broken, trace, choices: choices.made, runs: history.created.length };
}

class History {
  readonly world: World;
  readonly broken: string[] = [];
  readonly created: string[] = [];
  readonly #code: Code;
  readonly #stores: Ports & { artifacts: SimArtifactStore; queue: SimJobQueue; runs: MemoryRunStore };
  readonly #workers: SimWorker[] = [];
  readonly #client: SimWorker;
  readonly #troubles: readonly Trouble[];
  /** Until when each store is away. */
  readonly #away = new Map<string, number>();
  readonly #versions = new Map<string, number>();
  readonly #endings = new Map<string, number>();
  readonly #atEnd = new Map<string, Map<string, string>>();
  /** When each run was cancelled. */
  readonly #cancelled = new Map<string, number>();
  /** The copies that the first whole manifest of each run named. */
  readonly #pinned = new Map<string, string>();
  /** The call at which the next worker stalls until another one has its run. */
  #ambush: string | null = null;
  /** Workers that stalled so, with the calls that others make before they go on; null until another one has the run. */
  readonly #overtaken = new Map<SimWorker, { thawAfter: number; callsLeft: number | null }>();
  #left: number;
  /** Deliveries that their worker could not settle, whatever it did. */
  #losses = 0;
  #queueWasAway = false;
  #lastTrouble = 0;
  #forwards = 0;
  #backs = 0;

  constructor(choices: Choices, { troubles = TROUBLES, code = PRODUCT }: HistoryOptions) {
    this.world = new World(choices);
    this.#troubles = troubles;
    this.#code = code;
    const wall = () => this.world.wall;
    // S3's etags tell contents apart, those of files every write
    const etags = choices.pick(['of each write', 'of the content']);
    this.#stores = {
      artifacts: new SimArtifactStore(wall, etags),
      tenants: new MemoryTenantStore(),
      runs: this.#watched(code.makeRuns()),
      queue: code.makeQueue(wall),
    };
    this.#stores.artifacts.onStore = (key, bytes) => this.#notePins(key, bytes);
    this.#client = this.#process('client');
    this.#left = choices.below(9);
  }

  async run(): Promise<void> {
    for (const tenant of TENANTS) {
      await this.#stores.tenants.create(tenant, configOf(tenant), 0);
      for (const vendor of VENDORS) this.#upload(tenant, vendor);
    }
    for (let i = 0; i < 2; i++) this.#startWorker();
    for (const tenant of TENANTS) void this.#askForRuns(tenant, tenant === 'north' ? RUNS - 1 : 1);
    for (let steps = 0; ; steps++) {
      await settled();
      if (this.#isOver()) break;
      if (steps > STEPS_MAX || this.world.now - this.#lastTrouble > CALM_SECONDS * 1000) {
        this.broken.push(`not over ${CALM_SECONDS} s after the last trouble`);
        break;
      }
      if (!(await this.#step())) break;
    }
    await this.#drain();
    await this.#check();
  }

  async #step(): Promise<boolean> {
    const { world } = this;
    const { choices } = world;
    if (this.#left > 0 && choices.chance(0.012)) {
      this.#left--;
      await this.#trouble(choices.pick(this.#troubles));
      return true;
    }
    const ready = world.ready.filter((one) => !this.#meetsAmbush(one));
    if (ready.length === 0) return world.advance();
    const call = ready[choices.chance(0.2) ? choices.below(ready.length) : 0];
    if (call !== undefined) await this.#act(call);
    return true;
  }

  async #act(call: Call): Promise<void> {
    this.world.remove(call);
    this.#countCall(call);
    if (this.#isAway(call)) return call.fail(unavailable(call));
    (await call.act())();
  }

  #isAway({ store, name }: Call): boolean {
    const until = Math.max(this.#away.get(store) ?? 0, this.#away.get(`${store}.${name}`) ?? 0);
    return until > this.world.now;
  }

  async #trouble(kind: Trouble): Promise<void> {
    const { world } = this;
    const { choices } = world;
    const call = world.ready[choices.below(Math.max(1, world.ready.length))];
    const worker = call === undefined ? this.#workers.at(0) : this.#workers.find((one) => one === call.process);
    const seconds = choices.pick([100, 5, 30, 400, 1000]);
    this.#lastTrouble = Math.max(this.#lastTrouble, world.now + seconds * 1000);
    const what = call === undefined ? '' : ` ${call.process.name} ${call.store}.${call.name}`;
    world.note(`${kind}${what} (${seconds} s)`);
    const isReceive = call?.store === 'queue' && call.name === 'receive';
    switch (kind) {
      case 'slow':
        if (call !== undefined) call.notBefore = world.now + seconds * 1000;
        return;
      case 'late_answer': {
        if (call === undefined || this.#isAway(call)) return;
        world.remove(call);
        if (isReceive) this.#losses++;
        world.after(seconds, call.process, await call.act());
        return;
      }
      case 'fail_before':
        if (call === undefined) return;
        world.remove(call);
        return call.fail(unavailable(call));
      case 'fail_after':
        if (call === undefined || this.#isAway(call)) return;
        world.remove(call);
        if (isReceive) this.#losses++;
        await call.act();
        return call.fail(unavailable(call));
      case 'late_effect': {
        // its deadline is over, and the store does the work all the same
        if (call === undefined || isReceive) return;
        world.remove(call);
        call.fail(unavailable(call));
        world.after(seconds, null, () => void call.act());
        return;
      }
      case 'twice':
        if (call === undefined || !['send', 'receive'].includes(call.name) || this.#isAway(call)) return;
        world.remove(call);
        if (isReceive) this.#losses++;
        await call.act();
        (await call.act())();
        return;
      case 'stall':
        if (worker === undefined) return;
        this.#losses++;
        worker.frozenUntil = world.now + seconds * 1000;
        return;
      case 'overtake':
        this.#ambush = choices.pick(AMBUSHES);
        return;
      case 'kill':
        if (worker === undefined) return;
        this.#losses++;
        this.#end(worker);
        this.#startWorker();
        return;
      case 'stop':
        if (worker === undefined) return;
        worker.stop.abort();
        this.#startWorker();
        return;
      case 'outage': {
        const stores = choices.pick<readonly string[]>([
          STORES,
          ...STORES.map((one) => [one]),
          ...PARTS.map((one) => [one]),
        ]);
        const long = choices.pick([seconds, 3600]);
        world.note(`${stores.join(', ')} away for ${long} s`);
        if (stores.some((store) => store.startsWith('queue'))) this.#queueWasAway = true;
        for (const store of stores) this.#away.set(store, world.now + long * 1000);
        this.#lastTrouble = Math.max(this.#lastTrouble, world.now + long * 1000);
        return;
      }
      case 'clock_forward':
        if (this.#forwards++ < 2) world.clockOffset += 3_600_000;
        return;
      case 'clock_back':
        if (this.#backs++ < 1) world.clockOffset -= 3_600_000;
        return;
      case 'new_feed':
        return this.#upload(choices.pick(TENANTS), choices.pick(VENDORS));
      case 'cancel': {
        const runId = this.created.at(-1);
        if (runId === undefined || !(await this.#stores.runs.requestCancel(runId, world.wall))) return;
        this.#cancelled.set(runId, world.now);
        return;
      }
      case 'duplicate': {
        const run = await this.#stores.runs.get(this.created.at(-1) ?? '');
        if (run !== null) await this.#stores.queue.send(jobOf(run));
      }
    }
  }

  /** Stalls a worker whose call is the one that was waited for. */
  #meetsAmbush(call: Call): boolean {
    if (this.#ambush === null || !`${call.store}.${call.name}`.includes(this.#ambush)) return false;
    const worker = this.#workers.find((one) => one === call.process);
    if (worker === undefined) return false;
    const { world } = this;
    world.note(`${worker.name} stalls in ${call.store}.${call.name} until it is overtaken`);
    this.#ambush = null;
    this.#losses++;
    worker.frozenUntil = world.now + OVERTAKEN_SECONDS * 1000;
    this.#lastTrouble = Math.max(this.#lastTrouble, worker.frozenUntil);
    this.#overtaken.set(worker, { thawAfter: world.choices.below(120), callsLeft: null });
    return true;
  }

  /** Another worker has claimed a run: those that stalled go on some calls later. */
  #noteClaim(workerId: string, { attempt, tenantId }: RunRecord): void {
    if (attempt === 1) return;
    for (const [worker, state] of this.#overtaken) {
      if (worker.name === workerId || state.callsLeft !== null) continue;
      state.callsLeft = state.thawAfter;
      if (this.world.choices.chance(0.5)) for (const vendor of VENDORS) this.#upload(tenantId, vendor);
    }
  }

  #countCall(call: Call): void {
    for (const [worker, state] of this.#overtaken) {
      if (state.callsLeft === null || worker === call.process || state.callsLeft-- > 0) continue;
      worker.frozenUntil = this.world.now;
      this.#overtaken.delete(worker);
      this.world.note(`${worker.name} goes on`);
    }
  }

  #upload(tenant: string, vendor: string): void {
    const name = `${tenant}/${vendor}`;
    const before = this.#versions.get(name);
    // a feed may change, and change back
    const version = before === undefined ? 0 : this.world.choices.pick([before + 1, Math.max(0, before - 1)]) % 3;
    this.#versions.set(name, version);
    this.#stores.artifacts.place(`tenants/${tenant}/inbound/${vendor}/feed.csv`, feedOf(vendor, version));
  }

  /** A client that starts its next run when the one before has ended. It may die before it has sent the message. */
  async #askForRuns(tenantId: string, count: number): Promise<void> {
    const { world } = this;
    for (let n = 1; n <= count; n++) {
      const runId = `${tenantId}-${n}`;
      const run = { runId, tenantId, configVersion: 1, vendors: [], force: false, now: world.wall };
      const { status } = await this.#stores.runs.create(run);
      if (status !== 'created') {
        this.broken.push(`${runId}: ${status}, but the run before has ended`);
        return;
      }
      this.created.push(runId);
      if (world.choices.chance(0.03) && this.#left > 0) world.note(`the message of ${runId} is lost`);
      else await this.#stores.queue.send(jobOf(run));
      while (isActive(await this.#stores.runs.get(runId))) await sleep(world, this.#client, 60);
    }
  }

  #notePins(key: string, bytes: Uint8Array): void {
    if (!key.endsWith('/input_manifest.json') || this.#pinned.has(key)) return;
    const hashes = pinsOf(new TextDecoder().decode(bytes));
    if (hashes.every((hash) => hash !== undefined)) this.#pinned.set(key, hashes.join());
  }

  #process(name: string): SimWorker {
    const counts = { openSinks: 0, scratches: 0, heartbeats: 0, checks: new Map() };
    return { name, isAlive: true, frozenUntil: 0, ...counts, stop: new AbortController() };
  }

  #startWorker(): void {
    const { world } = this;
    const process = this.#process(`w${this.#workers.length + 1}`);
    this.#workers.push(process);
    const ports = portsOf(world, process, this.#stores);
    engine ??= { ...testEngine(), strays: undefined as never };
    const executeDeps: ExecuteDeps = {
      ...{ engine, artifacts: ports.artifacts, vendorsMax: 10, now: () => world.wall },
      createScratch: () => {
        process.scratches++;
        return Object.assign(new MemoryScratch(), { dispose: () => void process.scratches-- });
      },
    };
    const deps: WorkerDeps = {
      ...ports,
      runner: { work: (order, host) => this.#code.executeRun(executeDeps, structuredClone(order), host) },
      metrics: { put: (name) => this.#metric(process, name) },
      tidy: async () => undefined,
      now: () => world.wall,
      monotonic: () => world.now,
      timers: {
        every: (seconds, action) => world.every(seconds, process, action),
        sleep: (seconds, signal) => sleep(world, process, seconds, signal),
      },
      log: { info: () => undefined, error: (event, fields) => this.#logged(process, event, fields) },
      settings: { ...SETTINGS, workerId: process.name },
    };
    void this.#code
      .runWorker(deps, process.stop.signal)
      .catch((error) => this.broken.push(`${process.name} ended with ${error}`))
      .finally(() => {
        // a process that ends by itself leaves nothing behind
        if (process.isAlive) this.#checkClean(process);
        this.#end(process);
      });
  }

  #end(process: SimWorker): void {
    process.isAlive = false;
    for (const call of [...this.world.calls]) {
      // what was sent may still be done by its store
      if (call.process === process && !this.world.choices.chance(0.3)) this.world.remove(call);
    }
  }

  #metric(process: SimWorker, name: string): void {
    if (name !== 'WorkerHeartbeat') return;
    process.heartbeats++;
    const checked = STORES.every((store) => (process.checks.get(store) ?? 0) >= process.heartbeats);
    if (!checked) this.broken.push(`${process.name} has a heartbeat, and does not reach its stores`);
  }

  #logged(process: SimWorker, event: string, fields: LogFields = {}): void {
    const text = `${event} ${fields.error ?? ''} ${fields.message ?? ''}`;
    this.world.note(`${process.name} ${text}`);
    if (/internal_error|TypeError|ReferenceError/.test(text)) this.broken.push(text);
  }

  /** The run store, with its promises checked at each call. */
  #watched(runs: MemoryRunStore): MemoryRunStore {
    const ended = (runId: string, done: boolean) => {
      if (!done) return;
      this.#endings.set(runId, (this.#endings.get(runId) ?? 0) + 1);
      const tenant = runId.split('-')[0] ?? '';
      this.#atEnd.set(runId, this.#stores.artifacts.textsUnder(`${runId}/tenants/${tenant}/`));
    };
    const { claim, finish, failUnclaimed, setStage, renew, release } = runs;
    const byHolder = async (claimed: Claim, what: string, act: () => Promise<boolean>) => {
      const before = await runs.get(claimed.runId);
      const done = await act();
      if (done && (before?.attempt !== claimed.attempt || before.status !== 'RUNNING'))
        this.broken.push(`${what} of attempt ${claimed.attempt} counts for ${claimed.runId}, which is not its own`);
      return done;
    };
    runs.setStage = (claimed, ...rest) => byHolder(claimed, 'a stage', () => setStage.call(runs, claimed, ...rest));
    runs.renew = (claimed, ...rest) => byHolder(claimed, 'a renewal', () => renew.call(runs, claimed, ...rest));
    runs.release = (claimed, now) => byHolder(claimed, 'a release', () => release.call(runs, claimed, now));
    runs.claim = async (runId, workerId, now, leaseMs) => {
      const before = await runs.get(runId);
      const result = await claim.call(runs, runId, workerId, now, leaseMs);
      const left = (before?.leaseUntil ?? 0) - now;
      if (result.status === 'claimed') this.#noteClaim(workerId, result.run);
      if (result.status === 'claimed') this.world.note(`${workerId} claims ${runId}, attempt ${result.run.attempt}`);
      // a lease further ahead than any is one of a clock that was set back
      if (before?.status === 'RUNNING' && result.status === 'claimed' && left > 0 && left <= leaseMs)
        this.broken.push(`${runId} was claimed while ${before.workerId} held it`);
      return result;
    };
    runs.finish = async (claimed, result: FinishRun, now) => {
      const done = await byHolder(claimed, 'the end', () => finish.call(runs, claimed, result, now));
      const late = this.world.now - (this.#cancelled.get(claimed.runId) ?? Number.POSITIVE_INFINITY);
      if (done && result.status === 'SUCCEEDED' && late > CANCEL_SECONDS * 1000)
        this.broken.push(`${claimed.runId} succeeded ${late / 1000} s after it was cancelled`);
      if (done) this.world.note(`${claimed.runId} ends: ${result.status} ${result.errorCode ?? ''}`);
      ended(claimed.runId, done);
      return done;
    };
    runs.failUnclaimed = async (runId, failure: UnclaimedFailure, now) => {
      const before = await runs.get(runId);
      const done = await failUnclaimed.call(runs, runId, failure, now);
      if (done && before?.status === 'RUNNING' && (before.leaseUntil ?? 0) > now)
        this.broken.push(`${runId} was ended while ${before.workerId} held it`);
      if (done) this.world.note(`${runId} ends: ${failure.errorCode}`);
      ended(runId, done);
      return done;
    };
    return runs;
  }

  #isOver(): boolean {
    return (
      this.created.length === RUNS &&
      this.created.every((runId) => this.#endings.has(runId)) &&
      this.#stores.queue.isEmpty &&
      this.world.calls.every(({ name }) => name === 'receive' || name === 'check') &&
      this.world.now >= this.#lastTrouble &&
      this.#workers.every(({ frozenUntil }) => frozenUntil <= this.world.now)
    );
  }

  /** Stops all workers, and lets whatever is still on its way arrive. */
  async #drain(): Promise<void> {
    this.#left = 0;
    for (const worker of this.#workers) worker.stop.abort();
    for (let steps = 0; steps < STEPS_MAX && this.#workers.some(({ isAlive }) => isAlive); steps++) {
      await settled();
      if (!(await this.#step())) break;
    }
    for (let steps = 0; steps < 200 && (await this.#step()); steps++) await settled();
  }

  #checkClean({ name, openSinks, scratches }: SimWorker): void {
    if (openSinks !== 0 || scratches !== 0) this.broken.push(`${name} left ${openSinks} sinks, ${scratches} scratches`);
  }

  async #check(): Promise<void> {
    for (const worker of this.#workers) {
      if (worker.isAlive) this.broken.push(`${worker.name} does not stop`);
    }
    for (const runId of this.created) {
      const run = await this.#stores.runs.get(runId);
      if (run !== null) await this.#checkRun(run);
    }
    for (const tenantId of TENANTS) {
      const probe = { runId: `${tenantId}-probe`, tenantId, configVersion: 1, vendors: [], force: false, now: 0 };
      const { status } = await this.#stores.runs.create(probe);
      const ended = this.created.filter((id) => id.startsWith(tenantId)).every((id) => this.#endings.has(id));
      if (ended && status !== 'created') this.broken.push(`the slot of ${tenantId} stays: ${status}`);
    }
    if (!this.#stores.queue.isEmpty) this.broken.push('a message stays');
    for (const { job } of await this.#stores.queue.deadLetters.list(100)) {
      const run = await this.#stores.runs.get(job?.run_id ?? '');
      // a message that could not be deleted
      if (this.#queueWasAway && run?.status === 'SUCCEEDED') continue;
      if (run?.errorCode !== 'POISON_JOB' && run?.errorCode !== 'CANCELLED')
        this.broken.push(`a dead letter of ${job?.run_id}, which ended ${run?.status} ${run?.errorCode}`);
    }
  }

  async #checkRun(run: RunRecord): Promise<void> {
    const { runId, tenantId, status, errorCode } = run;
    const endings = this.#endings.get(runId) ?? 0;
    if (endings !== 1) this.broken.push(`${runId} ended ${endings} times`);
    if (status === 'FAILED') {
      const isCancel = errorCode === 'CANCELLED' && this.#cancelled.has(runId);
      const isPoison = errorCode === 'POISON_JOB' && this.#losses >= POISON_LOSSES;
      if (!isCancel && !isPoison) this.broken.push(`${runId} failed: ${errorCode} ${run.errorMessage}`);
    }
    const prefix = `${runId}/tenants/${tenantId}/`;
    const files = this.#stores.artifacts.textsUnder(prefix);
    const atEnd = this.#atEnd.get(runId) ?? new Map();
    for (const [key, text] of files) {
      if (status === 'SUCCEEDED' && atEnd.get(key) !== text)
        this.broken.push(`${key} changed after the end of its run`);
    }
    if (status !== 'SUCCEEDED') return;
    const artifacts = new Map(
      Object.entries(run.artifacts).map(([, key]) => [key.slice(prefix.length), files.get(key)]),
    );
    await this.#checkFiles(run, artifacts);
  }

  async #checkFiles(run: RunRecord, files: Map<string, string | undefined>): Promise<void> {
    const manifest = JSON.parse(files.get('reports/input_manifest.json') ?? '{"vendors":{}}');
    const pinned = this.#pinned.get(`${run.runId}/tenants/${run.tenantId}/reports/input_manifest.json`);
    if (pinsOf(JSON.stringify(manifest)).join() !== pinned)
      this.broken.push(`${run.runId} pins other inputs than those that it had pinned first`);
    const versions = VENDORS.map((vendor) => {
      const copy = files.get(`inbound/${vendor}/feed.csv`) ?? '';
      if (manifest.vendors[vendor]?.sha256 !== sha256(copy))
        this.broken.push(`${run.runId}: the manifest names another copy of ${vendor} than the one that is there`);
      return [0, 1, 2].findIndex((version) => feedOf(vendor, version) === copy);
    });
    const wanted = await referenceOf(versions, this.#code === PRODUCT ? this.#code : PRODUCT);
    const found = comparable(run, files);
    for (const path of new Set([...Object.keys(wanted), ...Object.keys(found)])) {
      if (found[path] !== wanted[path]) this.broken.push(`${run.runId}: ${path} is not as in an undisturbed run`);
    }
  }
}

/** A run's files by path, without what differs between two runs of the same inputs. */
function comparable({ runId, tenantId, startedAt }: RunRecord, files: Map<string, string | undefined>) {
  const start = new Date(startedAt ?? 0).toISOString().slice(0, 19);
  const texts: Record<string, string> = {};
  for (const [path, text = 'missing'] of files) {
    const same = text.replaceAll(runId, 'RUN').replaceAll(tenantId, 'TENANT').replaceAll(start, 'START');
    texts[path] = path.endsWith('run_summary.json')
      ? same.replaceAll(/"(duration_seconds|completed_at)".*|"stage_times": \{[^}]*\}/g, '')
      : same.replaceAll(/"(etag|last_modified)".*/g, '');
  }
  return texts;
}

/** What a run writes to which nothing happens. */
async function referenceOf(versions: readonly number[], code: Code): Promise<Record<string, string>> {
  const name = versions.join();
  const known = references.get(name);
  if (known !== undefined) return known;
  const world = { wall: Date.parse('2026-11-01T06:00:00Z') };
  const artifacts = new SimArtifactStore(() => world.wall, 'of each write');
  for (const [i, vendor] of VENDORS.entries())
    artifacts.place(`tenants/north/inbound/${vendor}/feed.csv`, feedOf(vendor, versions[i] ?? 0));
  const runs = new MemoryRunStore();
  await runs.create({
    runId: 'reference-1',
    tenantId: 'north',
    configVersion: 1,
    vendors: [],
    force: false,
    now: world.wall,
  });
  const claimed = await runs.claim('reference-1', 'w', world.wall, 1000);
  if (claimed.status !== 'claimed') throw new Error(claimed.status);
  engine ??= { ...testEngine(), strays: undefined as never };
  const deps: ExecuteDeps = {
    ...{ engine, artifacts, vendorsMax: 10, now: () => world.wall },
    createScratch: () => Object.assign(new MemoryScratch(), { dispose: () => undefined }),
  };
  const nothing = async () => undefined;
  const host = { signal: new AbortController().signal, confirm: nothing, enterStage: nothing, onProgress: () => {} };
  const report = await code.executeRun(deps, { run: claimed.run, config: configOf('north') }, host);
  if (report.failure !== null) throw new Error(`the reference failed: ${report.failure.message}`);
  const prefix = 'reference-1/tenants/north/';
  const files = new Map([...artifacts.textsUnder(prefix)].map(([key, text]) => [key.slice(prefix.length), text]));
  const texts = comparable(claimed.run, files);
  references.set(name, texts);
  return texts;
}

/** The hashes that a manifest has for the vendors. */
function pinsOf(manifest: string): Array<string | undefined> {
  const { vendors } = JSON.parse(manifest);
  return VENDORS.map((vendor) => vendors[vendor]?.sha256 ?? undefined);
}

function unavailable({ store, name }: Call): RelayError {
  return new RelayError('store_unavailable', `${store}.${name} failed`, { recovery: 'retry' });
}

function jobOf({ runId: run_id, tenantId: tenant_id }: Pick<RunRecord, 'runId' | 'tenantId'>) {
  return { run_id, tenant_id, vendors: [], config_version: 1 };
}

function isActive(run: RunRecord | null): boolean {
  return run?.status === 'QUEUED' || run?.status === 'RUNNING';
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
