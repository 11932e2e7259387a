/** Keeps a worker's claim on a run alive while it works, and says when to stop: claim lost, run cancelled, worker stopping. */
import { RelayError } from '../core/errors.ts';
import type { Claim } from '../core/ports/service.ts';
import type { WorkerDeps } from './deps.ts';

export type StopReason = 'lost' | 'cancelled' | 'stopping';

export class Lease {
  readonly claim: Claim;
  readonly #deps: WorkerDeps;
  readonly #receipt: string;
  readonly #abort = new AbortController();
  #reason: StopReason | null = null;
  #leaseUntil: number;
  #stopBeating: () => void;

  constructor(deps: WorkerDeps, claim: Claim, receipt: string, leaseUntil: number) {
    this.#deps = deps;
    this.claim = claim;
    this.#receipt = receipt;
    this.#leaseUntil = leaseUntil;
    this.#stopBeating = deps.timers.every(deps.settings.heartbeatSeconds, () => void this.beat());
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Why the run was told to stop; null while it was not. */
  get reason(): StopReason | null {
    return this.#reason;
  }

  /** Asks the run to stop; the first reason counts, but a claim that is lost counts more. */
  stop(reason: StopReason): void {
    this.#reason = reason === 'lost' ? reason : (this.#reason ?? reason);
    this.#abort.abort();
  }

  end(): void {
    this.#stopBeating();
  }

  /** Throws when the run has another claim by now. Looked at before anything of the run is replaced. */
  async confirm(): Promise<void> {
    const run = await this.#deps.runs.get(this.claim.runId);
    if (run === null || run.status !== 'RUNNING' || run.attempt !== this.claim.attempt) {
      this.stop('lost');
      throw new RelayError('LEASE_LOST', 'another worker has claimed the run');
    }
    if (run.cancelRequested) this.stop('cancelled');
  }

  /** Renews lease and delivery, and looks whether the run was cancelled. Never throws. */
  async beat(): Promise<void> {
    const { runs, queue, settings, log } = this.#deps;
    const leaseMs = settings.visibilitySeconds * 1000;
    try {
      const now = this.#deps.now();
      if (!(await runs.renew(this.claim, now, leaseMs))) return this.stop('lost');
      this.#leaseUntil = now + leaseMs;
      await queue.extend(this.#receipt, settings.visibilitySeconds);
      if ((await runs.get(this.claim.runId))?.cancelRequested) this.stop('cancelled');
    } catch (error) {
      log.error('heartbeat_failed', { run_id: this.claim.runId, message: String(error) });
      // nobody else can have claimed the run before the lease ends; after that somebody may have
      if (this.#deps.now() >= this.#leaseUntil) this.stop('lost');
    }
  }
}
