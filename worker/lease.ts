/** Keeps a worker's claim on a run alive, and tells the run when to stop: claim lost, run cancelled, worker stopping. */
import { RelayError } from '../core/errors.ts';
import type { Claim, RunProgress } from '../core/ports/service/runs.ts';
import type { WorkerDeps, WorkerSettings } from './deps.ts';
import { Stoppable } from './stoppable.ts';

/**
 * A delivery stays hidden so many seconds longer than its lease, so that its job never comes back while a worker still
 * has the run.
 */
const HIDDEN_LONGER_SECONDS = 2;

/** A lease with more than this share left need not be renewed. */
const FRESH_SHARE = 0.75;

/** How long a claim lasts without renewal. */
export function leaseMs({ visibilitySeconds }: Pick<WorkerSettings, 'visibilitySeconds'>): number {
  return (visibilitySeconds - HIDDEN_LONGER_SECONDS) * 1000;
}

export class Lease extends Stoppable {
  readonly claim: Claim;
  /** How far the run is, written with each renewal. */
  progress: RunProgress | null = null;
  readonly #deps: WorkerDeps;
  readonly #receipt: string;
  #leaseUntil: number;

  constructor(deps: WorkerDeps, claim: Claim, receipt: string, leaseUntil: number) {
    super(deps.timers);
    this.#deps = deps;
    this.claim = claim;
    this.#receipt = receipt;
    this.#leaseUntil = leaseUntil;
    this.every(deps.settings.heartbeatSeconds, () => this.beat());
    this.every(deps.settings.watchSeconds, () => this.watch());
  }

  /** Throws if another worker has claimed the run. Called before any artifact is replaced. */
  async confirm(): Promise<void> {
    if (!(await this.#check())) throw new RelayError('LEASE_LOST', 'another worker has claimed the run');
  }

  /**
   * Makes sure that the lease lasts for a while: until it ends, nobody else can claim or fail the run. Throws
   * `LEASE_LOST`.
   */
  async hold(): Promise<void> {
    const now = this.#deps.now();
    const duration = leaseMs(this.#deps.settings);
    const left = this.#leaseUntil - now;
    if (left > duration * FRESH_SHARE && left <= duration) return this.confirm();
    if (!(await this.#deps.runs.renew(this.claim, now, duration, this.progress ?? undefined))) {
      this.stop('lost');
      throw new RelayError('LEASE_LOST', 'another worker has claimed the run');
    }
    this.#leaseUntil = now + duration;
  }

  /** Checks for a cancel or another claim during a stage, which may be long. Never throws. */
  async watch(): Promise<void> {
    // the heartbeat reacts to a failing store
    await this.#check().catch(() => undefined);
  }

  /** False if the claim is no longer ours. */
  async #check(): Promise<boolean> {
    const run = await this.#deps.runs.get(this.claim.runId);
    const ours = run !== null && run.status === 'RUNNING' && run.attempt === this.claim.attempt;
    if (!ours) this.stop('lost');
    else if (run.cancelRequested) this.stop('cancelled');
    return ours;
  }

  /** Renews the lease and extends the delivery. Never throws. */
  async beat(): Promise<void> {
    const { runs, queue, settings, log } = this.#deps;
    try {
      const now = this.#deps.now();
      if (!(await runs.renew(this.claim, now, leaseMs(settings), this.progress ?? undefined))) return this.stop('lost');
      this.#leaseUntil = now + leaseMs(settings);
      await queue.extend(this.#receipt, settings.visibilitySeconds);
    } catch (error) {
      log.error('heartbeat_failed', { run_id: this.claim.runId, message: String(error) });
      // until its end nobody else can claim the run; after that, somebody may have
      if (this.#deps.now() >= this.#leaseUntil) this.stop('lost');
    }
  }
}
