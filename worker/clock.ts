/**
 * Notices that the system's clock was set. Leases and hidden messages end by that clock, so a jump ends all of them at once although
 * their workers live. Nobody takes jobs until these had the time to renew what they hold.
 */
import type { WorkerDeps } from './deps.ts';

/** Clocks are corrected by less all the time. */
const JUMP_MS = 5000;
/** More than a heartbeat, which is when a living worker renews its lease. */
const MARGIN_SECONDS = 5;

export class ClockWatch {
  readonly #deps: Pick<WorkerDeps, 'now' | 'monotonic' | 'settings'>;
  /** The system's clock less the one that is never set. */
  #offset: number;
  /** On the clock that is never set. */
  #jumpedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: Pick<WorkerDeps, 'now' | 'monotonic' | 'settings'>) {
    this.#deps = deps;
    this.#offset = deps.now() - deps.monotonic();
  }

  /** For how long no job may be taken; 0 if the clock was not set lately. */
  pauseSeconds(): number {
    const { now, monotonic, settings } = this.#deps;
    const time = monotonic();
    const offset = now() - time;
    if (Math.abs(offset - this.#offset) > JUMP_MS) this.#jumpedAt = time;
    this.#offset = offset;
    const pause = (settings.heartbeatSeconds + MARGIN_SECONDS) * 1000;
    return Math.max(0, Math.ceil((this.#jumpedAt + pause - time) / 1000));
  }
}
