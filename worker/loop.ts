/** The worker's loop: receives jobs, handles several at a time, resends lost messages, and stops without losing a run. */
import { RelayError } from '../core/errors.ts';
import type { JobMessage, ReceivedJob } from '../core/ports/service/jobs.ts';
import { farLease } from '../core/ports/service/runs.ts';
import { ClockWatch } from './clock.ts';
import type { WorkerDeps } from './deps.ts';
import { handleDelivery } from './job.ts';
import { leaseMs } from './lease.ts';
import { emitError, sendAnew } from './settle.ts';
import { isSimulating, resendSimulations } from './simulation.ts';
import type { Stoppable } from './stoppable.ts';

/** Maximum messages to resend in one sweep. */
const SWEEP_RUNS = 100;
/** While other messages are waiting too, a run may wait so many times longer before its message counts as lost. */
const BEHIND_FACTOR = 10;
/** Messages whose deliveries are not counted are remembered up to this number. */
const UNCOUNTED_MAX = 10_000;
/** The most ended runs whose messages are still to be deleted while the next ones work. */
const ENDING_MAX = 10;
/** How often the clock is looked at while nobody takes jobs because it was set: it may be set again, and back. */
const CLOCK_LOOK_SECONDS = 5;

/**
 * Works until `stop` aborts. Then it takes no more jobs, lets its runs continue for the grace time, and hands back those
 * that are not done by then. Resolves when nothing is left to do.
 */
export async function runWorker(deps: WorkerDeps, stop: AbortSignal): Promise<void> {
  const worker = new Worker(deps, stop);
  await worker.run();
}

class Worker {
  readonly #deps: WorkerDeps;
  readonly #stop: AbortSignal;
  /** With the tenant of each. */
  readonly #active = new Map<Promise<void>, string | null>();
  /** Jobs that leave the last free place to other tenants, by run or simulation. */
  readonly #held = new Map<string, Promise<void>>();
  readonly #leases = new Set<Stoppable>();
  /** What is left to do for runs that have ended. */
  readonly #ending = new Set<Promise<void>>();
  readonly #clock: ClockWatch;
  /** By message, the number of deliveries that do not count. */
  readonly #uncounted = new Map<string, number>();
  /** Those at work: with slow stores one may last longer than the pause between two. */
  readonly #sweeps = new Set<Promise<void>>();
  /** The grace time is over. */
  #handingBack = false;

  constructor(deps: WorkerDeps, stop: AbortSignal) {
    this.#deps = { ...deps, later: (work) => this.#keep(work) };
    this.#stop = stop;
    this.#clock = new ClockWatch(deps);
  }

  async run(): Promise<void> {
    const { timers, settings, log } = this.#deps;
    log.info('worker_started', { worker_id: settings.workerId, concurrency: settings.maxConcurrency });
    const endSweeps = timers.every(settings.sweepSeconds, () => void this.#sweep());
    const endBeats = timers.every(60, () => void this.#emitHeartbeat());
    void this.#emitHeartbeat();
    try {
      await this.#sweep();
      while (!this.#stop.aborted) await this.#receiveJobs();
      await this.#drain();
      await Promise.all(this.#ending);
    } finally {
      endSweeps();
      endBeats();
    }
    log.info('worker_stopped', { worker_id: settings.workerId });
  }

  async #receiveJobs(): Promise<void> {
    const { queue, settings } = this.#deps;
    const free = settings.maxConcurrency - this.#active.size;
    if (free <= 0) return firstOf(this.#active.keys(), this.#stop);
    if (this.#ending.size >= ENDING_MAX) return firstOf(this.#ending, this.#stop);
    if (await this.#pause()) return;
    try {
      // jobs that are not received do not count as delivered
      await this.#deps.requireRoom?.();
      const jobs = await queue.receive({
        max: free,
        visibilitySeconds: settings.visibilitySeconds,
        waitSeconds: settings.receiveWaitSeconds,
        signal: this.#stop,
      });
      // a living worker may hold what came at the moment of a jump
      const pause = this.#clock.pauseSeconds();
      if (pause > 0) await this.#putBack(jobs, pause);
      else for (const job of jobs) this.#take(job);
    } catch (error) {
      if (this.#stop.aborted) return;
      this.#report('receive_failed', error);
      await this.#deps.timers.sleep(settings.receiveRetrySeconds, this.#stop);
    }
  }

  /** True if it waited because the clock was set. */
  async #pause(): Promise<boolean> {
    let told = 0;
    for (;;) {
      const seconds = this.#clock.pauseSeconds();
      if (seconds === 0 || this.#stop.aborted) return told > 0;
      // another jump has begun the pause anew
      if (seconds > told) this.#deps.log.info('clock_was_set', { seconds });
      told = seconds;
      await this.#deps.timers.sleep(Math.min(seconds, CLOCK_LOOK_SECONDS), this.#stop);
    }
  }

  async #putBack(deliveries: readonly ReceivedJob[], seconds: number): Promise<void> {
    for (const delivery of deliveries) {
      if (delivery.job !== null) await sendAnew(this.#deps, delivery, delivery.job, seconds);
    }
  }

  /** A tenant whose jobs work in all other places does not get the last one: a job of another tenant must not wait for them. */
  #take(received: ReceivedJob): void {
    const { job } = received;
    const isLast = this.#active.size === this.#deps.settings.maxConcurrency - 1;
    if (job === null || !isLast || !this.#worksFor(job.tenant_id)) {
      this.#start(received);
      return;
    }
    const before = this.#held.get(job.run_id);
    const done = (before === undefined ? this.#hold(received, job) : this.#drop(received))
      .catch((error) => this.#report('delivery_failed', error))
      .finally(() => this.#held.get(job.run_id) === done && this.#held.delete(job.run_id));
    if (before === undefined) this.#held.set(job.run_id, done);
  }

  #keep(work: Promise<void>): void {
    const done = work.catch((error) => this.#report('delivery_failed', error)).finally(() => this.#ending.delete(done));
    this.#ending.add(done);
  }

  #worksFor(tenantId: string): boolean {
    return [...this.#active.values()].includes(tenantId);
  }

  /**
   * Until a job of its tenant has ended. Then it is sent anew, so that this delivery is not held against it. While as many wait as may, it
   * waits in the queue.
   */
  async #hold(received: ReceivedJob, job: JobMessage): Promise<void> {
    const { timers, settings } = this.#deps;
    const seconds = Math.min(settings.heldSeconds, settings.visibilitySeconds / 2);
    if (this.#held.size >= settings.heldMax) return sendAnew(this.#deps, received, job, Math.ceil(seconds));
    const own = [...this.#active].flatMap(([done, tenantId]) => (tenantId === job.tenant_id ? [done] : []));
    const ended = new AbortController();
    const late = timers.sleep(seconds, ended.signal);
    await firstOf([...own, late], this.#stop);
    ended.abort();
    await sendAnew(this.#deps, received, job, 0);
  }

  /** The message of a job that waits here already. */
  async #drop({ receipt }: ReceivedJob): Promise<void> {
    await this.#deps.queue.delete(receipt);
  }

  #start(received: ReceivedJob): void {
    let lease: Stoppable | null = null;
    const { messageId, receiveCount } = received;
    const job = { ...received, receiveCount: receiveCount - (this.#uncounted.get(messageId) ?? 0) };
    const onLease = (one: Stoppable) => {
      lease = one;
      this.#leases.add(one);
      if (this.#handingBack) one.stop('stopping');
    };
    const done = handleDelivery(this.#deps, job, onLease, onLease)
      .catch((error) => {
        this.#report('delivery_failed', error);
        if (error instanceof RelayError && error.recovery === 'retry') this.#doNotCount(messageId);
      })
      .finally(() => {
        if (lease !== null) this.#leases.delete(lease);
        this.#active.delete(done);
      });
    this.#active.set(done, received.job?.tenant_id ?? null);
  }

  /**
   * The stores were unreachable, and so was the queue: the message comes back by itself, and its job is not to blame.
   */
  #doNotCount(messageId: string): void {
    if (this.#uncounted.size >= UNCOUNTED_MAX) this.#uncounted.clear();
    this.#uncounted.set(messageId, (this.#uncounted.get(messageId) ?? 0) + 1);
  }

  /**
   * Waits for the active runs and for what a sweep writes, at most for the grace time. Then tells the runs that are left to stop, and waits
   * until they are handed back.
   */
  async #drain(): Promise<void> {
    const jobs = [...this.#active.keys(), ...this.#held.values()];
    if (jobs.length + this.#sweeps.size === 0) return;
    const ended = new AbortController();
    const all = Promise.allSettled([...jobs, ...this.#sweeps]).then(() => ended.abort());
    await Promise.race([all, this.#deps.timers.sleep(this.#deps.settings.graceSeconds, ended.signal)]);
    this.#handingBack = true;
    for (const lease of this.#leases) lease.stop('stopping');
    await Promise.allSettled(jobs);
  }

  #sweep(): Promise<void> {
    const done = this.#sweepOnce().finally(() => this.#sweeps.delete(done));
    this.#sweeps.add(done);
    return done;
  }

  async #sweepOnce(): Promise<void> {
    await this.#resend().catch((error) => this.#report('sweep_failed', error));
    const isRunning = async (runId: string) =>
      (await isSimulating(this.#deps, runId)) || (await this.#deps.runs.get(runId))?.status === 'RUNNING';
    await this.#deps.tidy(isRunning).catch((error) => this.#report('tidy_failed', error));
  }

  /** Resends the messages of runs and simulations that have waited too long for a worker: they may be lost. A duplicate does no harm. */
  async #resend(): Promise<void> {
    const { runs, queue, settings, log } = this.#deps;
    const now = this.#deps.now();
    // a message that is not lost comes back when the lease or the back-off ends, so wait much longer
    const seconds = settings.resendAfterSeconds + settings.tenantBackoffSeconds;
    // while other messages wait, this run's message most likely waits among them
    const { visible } = await queue.depth();
    const sentBefore = now - seconds * (visible > 0 ? BEHIND_FACTOR : 1) * 1000;
    const lost = { sentBefore, leaseBefore: now - seconds * 1000, leaseFar: farLease(now, leaseMs(settings)), now };
    for (const run of await runs.listStale(lost, SWEEP_RUNS)) {
      if (!(await runs.markSent(run.runId, run.sentAt, now))) continue;
      const { runId: run_id, tenantId: tenant_id, vendors, configVersion: config_version } = run;
      await queue.send({ run_id, tenant_id, vendors, config_version });
      log.info('job_sent_again', { run_id, tenant_id });
    }
    await resendSimulations(this.#deps, lost);
  }

  /** A worker that cannot reach its stores does no work, so it sends no heartbeat. */
  async #emitHeartbeat(): Promise<void> {
    const { artifacts, tenants, runs, queue } = this.#deps;
    try {
      await Promise.all([artifacts, tenants, runs, queue].map((store) => store.check()));
    } catch (error) {
      return this.#report('heartbeat_withheld', error);
    }
    const dimensions = [{ Environment: this.#deps.settings.environment }];
    this.#deps.metrics.put('WorkerHeartbeat', 1, 'Count', dimensions);
  }

  #report(event: string, error: unknown): void {
    const code = error instanceof RelayError ? error.code : 'internal_error';
    this.#deps.log.error(event, { error: code, message: error instanceof Error ? error.message : String(error) });
    emitError(this.#deps, code);
  }
}

/** Resolves with the first of the promises, or when the signal aborts. Removes its listener. */
function firstOf(promises: Iterable<Promise<void>>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      signal.removeEventListener('abort', end);
      resolve();
    };
    if (signal.aborted) return end();
    signal.addEventListener('abort', end);
    for (const one of promises) void one.then(end);
  });
}
