/**
 * Kills worker processes, suspends them past their leases, and tells them to end, at seeded moments while runs of
 * several tenants are in progress. Each run must end once, with the bytes of an undisturbed run.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { RelayError } from '../../core/errors.ts';
import { randomOf } from '../simulation/choices.ts';
import type { Family, FaultPlace } from './family.ts';
import { ServiceProcess } from './service.ts';
import { addTenant, brokenBy, hasEnded, jobOfRun, runFiles } from './small-run.ts';

export interface Crashes {
  runs: number;
  kills: number;
  terms: number;
  stops: number;
  findings: string[];
}

const SETTINGS = {
  ...{ WORKER_VISIBILITY_TIMEOUT_SECONDS: '5', WORKER_VISIBILITY_HEARTBEAT_SECONDS: '1', WORKER_SWEEP_SECONDS: '2' },
  ...{ WORKER_TENANT_BACKOFF_SECONDS: '1', WORKER_RESEND_AFTER_SECONDS: '3', WORKER_GRACE_SECONDS: '0' },
  // deliveries may be lost many times here without being poison
  ...{ WORKER_POISON_MAX_RECEIVES: '1000', WORKER_ATTEMPTS_MAX: '1000', WORKER_RUN_STOP_SECONDS: '1' },
  ...{ WORKER_MAX_CONCURRENCY: '2', API_KEYS: 'k'.repeat(32) },
};
/** More than the lease, which is two seconds less than the visibility timeout. */
const STOPPED_MS = 4500;
const WORKERS = 3;
/** How long everything may take to end after the last crash. */
const CALM_MS = 240_000;

export interface CrashOptions {
  seed: number;
  seconds: number;
  tenants: number;
  rows: number;
}

class CrashDriver {
  readonly result: Crashes = { runs: 0, kills: 0, terms: 0, stops: 0, findings: [] };
  readonly #place: FaultPlace;
  readonly #options: CrashOptions;
  readonly #random: () => number;
  readonly #workers: ServiceProcess[] = [];
  readonly #stopped = new Set<ServiceProcess>();
  /** The active run of each tenant. */
  readonly #active = new Map<string, string>();
  readonly #wanted = new Map<string, Record<string, string>>();

  constructor(place: FaultPlace, options: CrashOptions) {
    this.#place = place;
    this.#options = options;
    this.#random = randomOf(options.seed);
  }

  async run(): Promise<Crashes> {
    const { seconds, tenants, rows } = this.#options;
    const names = Array.from({ length: tenants }, (_, i) => `tenant-${i}`);
    try {
      for (const tenantId of names) await addTenant(this.#place, rows, { tenantId });
      for (let i = 0; i < WORKERS; i++) this.#start();
      // the first run of each tenant is not disturbed
      for (const name of names) await this.#startNext(name);
      await this.#untilEnded();
      const end = performance.now() + seconds * 1000;
      while (performance.now() < end) {
        for (const name of names) if (!this.#active.has(name)) await this.#startNext(name);
        await wait(30 + this.#random() * 500);
        this.#crash();
        await this.#lookAtRuns();
      }
      await this.#untilEnded();
      await this.#untilQuiet();
    } finally {
      await this.#end();
    }
    return this.result;
  }

  #start(): void {
    this.#workers.push(new ServiceProcess('worker', this.#place.root, { ...SETTINGS, ...this.#place.env }));
  }

  async #startNext(tenantId: string): Promise<void> {
    const runId = `${tenantId}-run-${++this.result.runs}`;
    await startTenantRun(this.#place, runId, tenantId);
    this.#active.set(tenantId, runId);
  }

  #crash(): void {
    const at = Math.floor(this.#random() * this.#workers.length);
    const kind = Math.floor(this.#random() * 3);
    const worker = this.#workers[at];
    if (worker === undefined || this.#stopped.has(worker)) return;
    if (kind === 0) {
      this.result.kills++;
      this.#workers.splice(at, 1);
      void worker.stop('SIGKILL');
      this.#start();
    } else if (kind === 1) {
      this.result.terms++;
      this.#workers.splice(at, 1);
      void worker.stop('SIGTERM').then((code) => {
        // a process that has not started yet ends by the signal itself
        const isEarly = code === 'SIGTERM' && !worker.stderr.includes('worker_started');
        if (code !== 0 && !isEarly) this.result.findings.push(`a worker that was told to stop ended with ${code}`);
      });
      this.#start();
    } else {
      this.result.stops++;
      process.kill(worker.pid, 'SIGSTOP');
      this.#stopped.add(worker);
      setTimeout(() => this.#goOn(worker), STOPPED_MS);
    }
  }

  #goOn(worker: ServiceProcess): void {
    if (this.#stopped.delete(worker)) process.kill(worker.pid, 'SIGCONT');
  }

  async #lookAtRuns(): Promise<void> {
    for (const [tenantId, runId] of this.#active) {
      const run = await this.#place.stores.runs.get(runId);
      if (!hasEnded(run) || run === null) continue;
      this.#active.delete(tenantId);
      const wanted = this.#wanted.get(tenantId);
      if (wanted === undefined) this.#wanted.set(tenantId, await runFiles(this.#place, run));
      else this.result.findings.push(...(await brokenBy(this.#place, runId, wanted, { files: true })));
    }
  }

  async #untilEnded(): Promise<void> {
    const end = performance.now() + CALM_MS;
    while (this.#active.size > 0) {
      await this.#lookAtRuns();
      await wait(50);
      if (performance.now() < end) continue;
      this.result.findings.push(`not ended after ${CALM_MS / 1000} s: ${[...this.#active.values()].join(', ')}`);
      return;
    }
  }

  async #untilQuiet(): Promise<void> {
    const end = performance.now() + CALM_MS;
    for (;;) {
      const { visible, inFlight } = await this.#place.stores.queue.depth();
      if (visible + inFlight === 0) break;
      await wait(100);
      if (performance.now() < end) continue;
      this.result.findings.push(`${visible} + ${inFlight} messages stay`);
      return;
    }
    const letters = await this.#place.stores.queue.deadLetters.list(10);
    if (letters.length > 0) this.result.findings.push(`${letters.length} dead letters`);
  }

  async #end(): Promise<void> {
    for (const worker of [...this.#stopped]) this.#goOn(worker);
    await Promise.all(this.#workers.map((worker) => worker.stop('SIGKILL')));
  }
}

async function startTenantRun({ stores, now }: FaultPlace, runId: string, tenantId: string): Promise<void> {
  const run = { runId, tenantId, configVersion: 1, vendors: [], force: false, now: now() };
  const { status } = await stores.runs.create(run);
  if (status !== 'created') throw new RelayError('internal_error', `the slot of the run before stays: ${status}`);
  await stores.queue.send(jobOfRun(run));
}

export async function crashWorkers(family: Family, options: CrashOptions): Promise<Crashes> {
  const place = await family();
  try {
    return await new CrashDriver(place, options).run();
  } finally {
    place.close();
  }
}
