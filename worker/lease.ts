/** Keeps a worker's claim on a run alive while it works, and says when to stop: claim lost, run cancelled, worker stopping. */
import { RelayError } from '../core/errors.ts';
import type { Claim } from '../core/ports/service.ts';
import type { WorkerDeps, WorkerSettings } from './deps.ts';

/** Seconds that a delivery stays hidden after its claim's lease has ended: its job must not come back to a run that is held. */
const HIDDEN_LONGER_SECONDS = 2;

/** How long a claim lasts unless it is renewed. */
export function leaseMs({ visibilitySeconds }: Pick<WorkerSettings, 'visibilitySeconds'>): number {
  return (visibilitySeconds - HIDDEN_LONGER_SECONDS) * 1000;
}

export type StopReason = 'lost' | 'cancelled' | 'stopping';

export class Lease {
  readonly claim: Claim;
  readonly #deps: WorkerDeps;
  readonly #receipt: string;
  readonly #abort = new AbortController();
  #reason: StopReason | null = null;
  #leaseUntil: number;
  readonly #endTimers: Array<() => void>;

  constructor(deps: WorkerDeps, claim: Claim, receipt: string, leaseUntil: number) {
    this.#deps = deps;
    this.claim = claim;
    this.#receipt = receipt;
    this.#leaseUntil = leaseUntil;
    const { timers, settings } = deps;
    this.#endTimers = [
      timers.every(settings.heartbeatSeconds, () => void this.beat()),
      timers.every(settings.watchSeconds, () => void this.watch()),
    ];
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
    for (const end of this.#endTimers) end();
  }

  /** Throws when the run has another claim by now. Looked at before anything of the run is replaced. */
  async confirm(): Promise<void> {
    if (!(await this.#look())) throw new RelayError('LEASE_LOST', 'another worker has claimed the run');
  }

  /** Looks for a cancel or another claim between the stages, which may be long. Never throws. */
  async watch(): Promise<void> {
    // a store that fails is the heartbeat's business
    await this.#look().catch(() => undefined);
  }

  /** False when the claim is no longer this one. */
  async #look(): Promise<boolean> {
    const run = await this.#deps.runs.get(this.claim.runId);
    const ours = run !== null && run.status === 'RUNNING' && run.attempt === this.claim.attempt;
    if (!ours) this.stop('lost');
    else if (run.cancelRequested) this.stop('cancelled');
    return ours;
  }

  /** Renews lease and delivery. Never throws. */
  async beat(): Promise<void> {
    const { runs, queue, settings, log } = this.#deps;
    try {
      const now = this.#deps.now();
      if (!(await runs.renew(this.claim, now, leaseMs(settings)))) return this.stop('lost');
      this.#leaseUntil = now + leaseMs(settings);
      await queue.extend(this.#receipt, settings.visibilitySeconds);
    } catch (error) {
      log.error('heartbeat_failed', { run_id: this.claim.runId, message: String(error) });
      // nobody else can have claimed the run before the lease ends; after that somebody may have
      if (this.#deps.now() >= this.#leaseUntil) this.stop('lost');
    }
  }
}
