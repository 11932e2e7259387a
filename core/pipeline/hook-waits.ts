/** The asynchronous hook that a run waits for: `load`, `prepare`, or the next item of `open`. Its promise may never settle. */
import { pluginFailed, withVendor } from '../errors.ts';
import type { WaitingRun } from '../ports/engine.ts';

export class HookWaits implements WaitingRun {
  /** Rejects when the run gives up. */
  readonly stalled: Promise<never>;
  #reject: (error: Error) => void = () => {};
  #count = 0;
  #hook: string | null = null;
  /** The last one. What an iterator does when it is closed is waited for, too, and belongs to it. */
  #last: string | null = null;
  #vendorId: string | null = null;

  constructor() {
    this.stalled = new Promise((_resolve, reject) => {
      this.#reject = reject;
    });
    // most runs end without it
    this.stalled.catch(() => {});
  }

  get wait(): number | null {
    return this.#hook === null ? null : this.#count;
  }

  /** Cheap: it is called for every item of a feed. `hook` is such as `open() of the parser "acme" failed on feed.txt`. */
  begin(hook: string, vendorId: string | null): void {
    this.#count++;
    this.#hook = hook;
    this.#last = hook;
    this.#vendorId = vendorId;
  }

  end(): void {
    this.#hook = null;
  }

  async of<T>(hook: string, vendorId: string | null, promise: T): Promise<Awaited<T>> {
    this.begin(hook, vendorId);
    try {
      return await promise;
    } finally {
      this.end();
    }
  }

  giveUp(): void {
    this.#reject(this.#failure());
  }

  #failure(): Error {
    if (this.#last === null) return new Error('the run waits for what never comes, and for no hook of a plugin');
    const failure = pluginFailed(this.#last, 'it waits for a promise that never settles');
    return this.#vendorId === null ? failure : withVendor(failure, this.#vendorId);
  }
}
