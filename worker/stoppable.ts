/** Work that a worker can tell to stop, with timers that end with it: the lease of a run, and of a simulation. */
import type { Timers } from './deps.ts';

export type StopReason = 'lost' | 'cancelled' | 'stopping';

export class Stoppable {
  readonly #timers: Timers;
  readonly #endTimers: Array<() => void> = [];
  readonly #abort = new AbortController();
  #reason: StopReason | null = null;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Aborts when the work must stop; its reason is a `StopReason`. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Why the work must stop; null while it may continue. */
  get reason(): StopReason | null {
    return this.#reason;
  }

  /** Tells the work to stop. The first reason counts, except that `lost` overrides the others. */
  stop(reason: StopReason): void {
    this.#reason = reason === 'lost' ? reason : (this.#reason ?? reason);
    this.#abort.abort(this.#reason);
  }

  end(): void {
    for (const end of this.#endTimers) end();
  }

  /** Calls `action` every `seconds` until `end`. */
  protected every(seconds: number, action: () => unknown): void {
    this.#endTimers.push(this.#timers.every(seconds, () => void action()));
  }
}
