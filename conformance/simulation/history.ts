/**
 * One history: workers, clients and vendors around the stores, what goes wrong, and whether all promises were kept at its end.
 * The code of the workers is the product's own; stores are in memory, time is virtual.
 */
import type { LogFields } from '../../api/deps.ts';
import { isActive, type RunRecord } from '../../core/ports/service/runs.ts';
import { createHasher } from '../../plugins/in-memory/ports.ts';
import type { WorkerDeps } from '../../worker/deps.ts';
import type { MemoryRunStore } from '../contracts/doubles/memory-runs.ts';
import { MemoryTenantStore } from '../contracts/doubles/tenants.ts';
import type { Choices } from './choices.ts';
import { AS_IT_IS, type Code } from './code.ts';
import { EndCheck } from './end-check.ts';
import type { HistoryOptions, HistoryResult } from './options.ts';
import { AMBUSHES, newWorker, Overtaking, type SimWorker } from './overtaking.ts';
import { type Ports, portsOf, send, sinksLeft, sleep, unavailable } from './ports.ts';
import { DECIDING, decide, PUBLISHING_TROUBLES, rollBack } from './publishing.ts';
import { configOf, feedVersion, jobOf, pinsOf, referenceOf, TENANTS, VENDORS } from './references.ts';
import { SIMULATING_TROUBLES, Simulating } from './simulating.ts';
import type { SimArtifactStore, SimJobQueue } from './stores.ts';
import { Away, PARTS, SETTINGS, STORES, TROUBLES, type Trouble } from './troubles.ts';
import { watchRuns } from './watched-runs.ts';
import { executeDepsOf, runnerOf } from './working.ts';
import { type Call, settled, World } from './world.ts';

/** The number of runs in a history. */
const RUNS = 3;
/** So many seconds after the last trouble, everything must have ended. Less than the hour by which clocks jump. */
const CALM_SECONDS = 3000;
/** A limit for messages of the few runs of a history, duplicates included. */
const MESSAGES_MAX = 12;
const STEPS_MAX = 60_000;
const POISON_LOSSES = SETTINGS.poisonMaxReceives - 1;

export async function runHistory(choices: Choices, options: HistoryOptions = {}): Promise<HistoryResult> {
  const history = new History(choices, options);
  // loads the plugins first, since loading takes time of its own
  await referenceOf([0, 0]);
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
  readonly #share: number;
  readonly #places: number;
  readonly #tell: (text: string) => void;
  readonly #hasPublishing: boolean;
  /** The time until which each store is unreachable. */
  readonly #away = new Away();
  readonly #versions = new Map<string, number>();
  readonly #endings = new Map<string, number>();
  readonly #atEnd = new Map<string, Map<string, string>>();
  /** When each run was cancelled. */
  readonly #cancelled = new Map<string, number>();
  readonly #summaryAt = new Map<string, number>();
  /** The copies that the first whole manifest of each run named. */
  readonly #pinned = new Map<string, string>();
  readonly #overtaking: Overtaking;
  readonly #simulating: Simulating | null;
  #left: number;
  /** Deliveries that their worker could not settle. */
  #losses = 0;
  #queueWasAway = false;
  /** True if a worker stalled, or got a delivery late. */
  #wasLate = false;
  #claimsWereAway = false;
  #mostMessages = 0;
  #lastTrouble = 0;
  #forwards = 0;
  #backs = 0;

  constructor(
    choices: Choices,
    {
      troubles,
      code = AS_IT_IS,
      ambushes = AMBUSHES,
      share = 0.012,
      publishing = false,
      simulating = false,
      places = SETTINGS.maxConcurrency,
      tell = () => {},
    }: HistoryOptions,
  ) {
    this.world = new World(choices);
    this.#hasPublishing = publishing;
    this.#troubles = troubles ?? (simulating ? SIMULATING_TROUBLES : publishing ? PUBLISHING_TROUBLES : TROUBLES);
    this.#share = share;
    this.#places = places;
    this.#tell = tell;
    this.#overtaking = new Overtaking(this.world, ambushes, (tenant) => {
      for (const vendor of VENDORS) this.#upload(tenant, vendor);
    });
    this.#code = code;
    const watcher = {
      ...{ world: this.world, broken: this.broken, summaryAt: this.#summaryAt },
      ...{ endings: this.#endings, atEnd: this.#atEnd, cancelled: this.#cancelled },
      textsUnder: (prefix: string) => this.#stores.artifacts.textsUnder(prefix),
      onClaim: (workerId: string, run: RunRecord) => this.#overtaking.noteClaim(workerId, run),
    };
    const wall = () => this.world.wall;
    // S3's etags tell contents apart, those of files every write
    const etags = choices.pick(['of each write', 'of the content']);
    this.#stores = {
      artifacts: code.makeArtifacts(wall, etags),
      tenants: new MemoryTenantStore(),
      runs: watchRuns(code.makeRuns(), watcher),
      queue: code.makeQueue(wall),
    };
    this.#client = newWorker('client');
    const parts = { world: this.world, broken: this.broken, stores: this.#stores };
    this.#simulating = simulating ? new Simulating({ ...parts, client: this.#client }) : null;
    this.#stores.artifacts.onStore = (key, bytes) => {
      this.#notePins(key, bytes);
      this.#simulating?.noteWrite(key, bytes);
    };
    this.#left = choices.below(9);
  }

  async run(): Promise<void> {
    for (const tenant of TENANTS) {
      await this.#stores.tenants.create(tenant, configOf(tenant, this.#hasPublishing && tenant === DECIDING), 0);
      for (const vendor of VENDORS) this.#upload(tenant, vendor);
    }
    for (let i = 0; i < 2; i++) this.#startWorker();
    for (const tenant of TENANTS) void this.#askForRuns(tenant, tenant === 'north' ? RUNS - 1 : 1);
    void this.#simulating?.ask();
    for (let steps = 0; ; steps++) {
      await settled();
      if (this.#isOver()) break;
      if (steps > STEPS_MAX || this.world.now - this.#lastTrouble > CALM_SECONDS * 1000) {
        this.broken.push(`not over ${CALM_SECONDS} s after the last trouble`);
        break;
      }
      if (!(await this.#step())) break;
      this.#mostMessages = Math.max(this.#mostMessages, this.#stores.queue.size);
    }
    // messages that cannot be claimed but can be sent are sent again now and then
    if (this.#mostMessages > MESSAGES_MAX && !this.#claimsWereAway)
      this.broken.push(`${this.#mostMessages} messages for ${RUNS} runs`);
    await this.#drain();
    const lostDeliveries = this.#queueWasAway || (this.#wasLate && this.#losses >= POISON_LOSSES);
    await this.#simulating?.check({ lostDeliveries: lostDeliveries || this.#losses >= POISON_LOSSES });
    await new EndCheck({
      ...{ broken: this.broken, workers: this.#workers, created: this.created, stores: this.#stores },
      ...{ endings: this.#endings, atEnd: this.#atEnd, cancelled: this.#cancelled, pinned: this.#pinned },
      hasPublishing: this.#hasPublishing,
      lostDeliveries,
    }).run();
    for (const runId of this.created) this.#tell(JSON.stringify(await this.#stores.runs.get(runId)));
    for (const [key, text] of this.#stores.artifacts.textsUnder('')) this.#tell(`${key} ${text}`);
  }

  async #step(): Promise<boolean> {
    const { world } = this;
    const { choices } = world;
    if (this.#left > 0 && choices.chance(this.#share)) {
      this.#left--;
      await this.#trouble(choices.pick(this.#troubles));
      return true;
    }
    const ready = world.ready.filter((one) => !this.#stalls(one));
    if (ready.length === 0) return world.advance();
    const call = ready[choices.chance(0.2) ? choices.below(ready.length) : 0];
    if (call !== undefined) await this.#act(call);
    return true;
  }

  async #act(call: Call): Promise<void> {
    this.world.remove(call);
    this.#tell(`${this.world.now} ${call.process.name} ${call.store}.${call.name}`);
    this.#overtaking.countCall(call);
    if (this.#away.has(call, this.world.now)) return call.fail(unavailable(call));
    (await call.act())();
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
    // until it has its claim, nobody extends a delivery: it comes again
    const isLateClaim = call?.store === 'runs' && call.name === 'claim' && seconds >= SETTINGS.visibilitySeconds;
    switch (kind) {
      case 'slow':
        if (call !== undefined) call.notBefore = world.now + seconds * 1000;
        if (isLateClaim) this.#losses++;
        return;
      case 'late_answer': {
        if (call === undefined || this.#away.has(call, this.world.now)) return;
        world.remove(call);
        if (isReceive || isLateClaim) this.#losses++;
        if (isReceive || isLateClaim) this.#wasLate = true;
        world.after(seconds, call.process, await call.act());
        return;
      }
      case 'fail_before':
        if (call === undefined) return;
        world.remove(call);
        return call.fail(unavailable(call));
      case 'fail_after':
        if (call === undefined || this.#away.has(call, this.world.now)) return;
        world.remove(call);
        if (isReceive) this.#losses++;
        await call.act();
        return call.fail(unavailable(call));
      case 'late_effect': {
        // its deadline has passed, but the store does the work all the same
        if (call === undefined || isReceive) return;
        world.remove(call);
        call.fail(unavailable(call));
        world.after(seconds, null, () => void call.act());
        return;
      }
      case 'twice':
        if (call === undefined || !['send', 'receive'].includes(call.name) || this.#away.has(call, this.world.now))
          return;
        world.remove(call);
        if (isReceive) this.#losses++;
        await call.act();
        (await call.act())();
        return;
      case 'stall':
        if (worker === undefined) return;
        this.#losses++;
        this.#wasLate = true;
        worker.frozenUntil = world.now + seconds * 1000;
        return;
      case 'overtake':
        return this.#overtaking.layAmbush();
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
        if (stores.includes('runs.claim')) this.#claimsWereAway = true;
        this.#away.start(stores, world.now + long * 1000);
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
      case 'decide':
        return decide(world, this.#stores.artifacts);
      case 'roll_back':
        return rollBack(world, this.#stores.artifacts, choices.pick(TENANTS));
      case 'cancel_simulation':
        return this.#simulating?.cancel();
      case 'redeliver':
        // queues promise to deliver at least once
        this.#losses++;
        this.#stores.queue.showAll();
        return;
      case 'duplicate': {
        const run = await this.#stores.runs.get(this.created.at(-1) ?? '');
        if (run !== null) await this.#stores.queue.send(jobOf(run));
      }
    }
  }

  #stalls(call: Call): boolean {
    const worker = this.#workers.find((one) => one === call.process);
    if (!this.#overtaking.meets(call, worker)) return false;
    this.#losses++;
    this.#wasLate = true;
    this.#lastTrouble = Math.max(this.#lastTrouble, worker?.frozenUntil ?? 0);
    return true;
  }

  #upload(tenant: string, vendor: string): void {
    const name = `${tenant}/${vendor}`;
    const before = this.#versions.get(name);
    // a feed may change, and change back
    const version = before === undefined ? 0 : this.world.choices.pick([before + 1, Math.max(0, before - 1)]) % 3;
    this.#versions.set(name, version);
    this.#stores.artifacts.place(`tenants/${tenant}/inbound/${vendor}/feed.csv`, feedVersion(vendor, version));
  }

  /** A client that starts its next run when the previous one has ended. It may die before it has sent the message. */
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
      while (await this.#isActive(runId)) await sleep(world, this.#client, 60);
    }
  }

  async #isActive(runId: string): Promise<boolean> {
    const run = await this.#stores.runs.get(runId);
    return run !== null && isActive(run);
  }

  #notePins(key: string, bytes: Uint8Array): void {
    const [runId = '', ...rest] = key.split('/');
    if (rest.at(-1) === 'run_summary.json' && !this.#summaryAt.has(runId)) {
      const sent = this.#workers.map(({ closeSentAt }) => closeSentAt).find((at) => at !== null);
      this.#summaryAt.set(runId, sent ?? this.world.now);
    }
    if (!key.endsWith('/input_manifest.json') || this.#pinned.has(key)) return;
    const hashes = pinsOf(new TextDecoder().decode(bytes));
    if (hashes.every((hash) => hash !== undefined)) this.#pinned.set(key, hashes.join());
  }

  #startWorker(): void {
    const { world } = this;
    const process = newWorker(`w${this.#workers.length + 1}`);
    this.#workers.push(process);
    const ports = portsOf(world, process, this.#stores);
    const deps: WorkerDeps = {
      ...ports,
      runner: runnerOf(this.#code, executeDepsOf(world, ports.artifacts, process)),
      metrics: { put: (...metric) => this.#metric(process, metric) },
      usage: { addStored: () => send(world, process, ['tenants', 'addStored'], async () => true) },
      createHasher,
      tidy: async () => undefined,
      now: () => world.wall,
      monotonic: () => world.now,
      timers: {
        every: (seconds, action) => world.every(seconds, process, action),
        sleep: (seconds, signal) => sleep(world, process, seconds, signal),
      },
      log: {
        info: (...logged) => this.#tell(JSON.stringify(logged)),
        error: (...logged) => this.#logged(process, ...logged),
      },
      settings: { ...SETTINGS, workerId: process.name, maxConcurrency: this.#places },
    };
    void this.#code
      .runWorker(deps, process.stop.signal)
      .catch((error) => this.broken.push(`${process.name} ended with ${error}`))
      .finally(() => {
        // a process that ends normally leaves nothing behind
        if (process.isAlive) this.#checkClean(process);
        this.#end(process);
      });
  }

  #end(process: SimWorker): void {
    process.isAlive = false;
    for (const call of [...this.world.calls]) {
      // its store may still do what was sent
      if (call.process === process && !this.world.choices.chance(0.3)) this.world.remove(call);
    }
  }

  #metric(process: SimWorker, metric: readonly [name: string, ...rest: unknown[]]): void {
    this.#tell(JSON.stringify(metric));
    if (metric[0] !== 'WorkerHeartbeat') return;
    process.heartbeats++;
    const checked = STORES.every((store) => (process.checks.get(store) ?? 0) >= process.heartbeats);
    if (!checked) this.broken.push(`${process.name} has a heartbeat, and does not reach its stores`);
  }

  #logged(process: SimWorker, event: string, fields: LogFields = {}): void {
    this.#tell(JSON.stringify([event, fields]));
    const text = `${event} ${fields.error ?? ''} ${fields.message ?? ''}`;
    this.world.note(`${process.name} ${text}`);
    if (event === 'delivery_failed' && this.#queueWasAway) process.failedDeliveries++;
    if (event === 'poison_job') {
      // a worker cannot know what the queue counted while another one could not reach it
      const others = this.#workers.filter((one) => one !== process);
      const uncounted = others.reduce((sum, one) => sum + one.failedDeliveries, 0);
      if (this.#losses + uncounted < POISON_LOSSES)
        this.broken.push(`${fields.run_id} failed: POISON_JOB without a loss`);
    }
    if (/internal_error|TypeError|ReferenceError/.test(text)) this.broken.push(text);
  }

  #isOver(): boolean {
    return (
      this.created.length === RUNS &&
      this.created.every((runId) => this.#endings.has(runId)) &&
      (this.#simulating?.isOver ?? true) &&
      this.#stores.queue.isEmpty &&
      this.world.calls.every(({ name }) => name === 'receive' || name === 'check') &&
      this.world.now >= this.#lastTrouble &&
      this.#workers.every(({ frozenUntil }) => frozenUntil <= this.world.now)
    );
  }

  /** Stops all workers, and lets everything in progress finish. */
  async #drain(): Promise<void> {
    this.#left = 0;
    for (const worker of this.#workers) worker.stop.abort();
    for (let steps = 0; steps < STEPS_MAX && this.#workers.some(({ isAlive }) => isAlive); steps++) {
      await settled();
      if (!(await this.#step())) break;
    }
    for (let steps = 0; steps < 200 && (await this.#step()); steps++) await settled();
  }

  #checkClean(worker: SimWorker): void {
    const left = sinksLeft(worker, this.world.now - SETTINGS.graceSeconds * 1000);
    if (left + worker.scratches !== 0)
      this.broken.push(`${worker.name} left ${left} sinks, ${worker.scratches} scratches`);
  }
}
