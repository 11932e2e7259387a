/**
 * Notices that the system's clock was changed. Leases and hidden messages end by that clock, so a jump ends all of them
 * at once although their workers live. After a jump, nobody takes jobs until living workers have had time to renew
 * theirs.
 */
import type { WorkerDeps } from './deps.ts';

/** Smaller corrections of clocks are normal. */
const JUMP_MS = 5000;
/** More than a heartbeat, the time in which a living worker renews its lease. */
const MARGIN_SECONDS = 5;

export class ClockWatch {
  readonly #deps: Pick<WorkerDeps, 'now' | 'monotonic' | 'settings'>;
  /** The system's clock minus the monotonic clock. */
  #offset: number;
  /** The time of the last jump on the monotonic clock. */
  #jumpedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: Pick<WorkerDeps, 'now' | 'monotonic' | 'settings'>) {
    this.#deps = deps;
    this.#offset = deps.now() - deps.monotonic();
  }

  /** For how many seconds no job may be taken; 0 if the clock has not jumped lately. */
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
