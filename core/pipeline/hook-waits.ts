/**
 * Knows for which asynchronous hook a run waits: `load`, `prepare`, or the next item of `open`. Its promise may never
 * settle.
 */
import { pluginFailed, withVendor } from '../errors.ts';
import { hookName, type PluginName } from '../plugin-call.ts';
import type { HookNotes, WaitingRun } from '../ports/engine.ts';

export class HookWaits implements WaitingRun {
  /** Rejects when the run gives up. */
  readonly stalled: Promise<never>;
  #reject: (error: Error) => void = () => {};
  #count = 0;
  #hook: string | null = null;
  /** The hook that the run waited for last. Closing an iterator counts as a part of it. */
  #last: string | null = null;
  #vendorId: string | null = null;
  readonly #notes: HookNotes | null;
  /** The number of the hook that the run is in, or 0. */
  #inside = 0;

  constructor(notes: HookNotes | null = null) {
    this.#notes = notes;
    this.stalled = new Promise((_resolve, reject) => {
      this.#reject = reject;
    });
    // nobody awaits it in most runs
    this.stalled.catch(() => {});
  }

  get wait(): number | null {
    return this.#hook === null ? null : this.#count;
  }

  /** A number for a hook such as `open()`, to pass to `begin` and `of`; 0 if nobody needs to know where the run is. */
  numberOf(hook: string, plugin: PluginName): number {
    return this.#notes?.numberOf(hookName(hook, plugin), plugin) ?? 0;
  }

  /** The hook of a plugin, such as `check()`, in a form that notes when the run is in it. */
  noted<A extends unknown[], T>(hook: string, plugin: PluginName, call: (...given: A) => T): (...given: A) => T {
    const number = this.numberOf(hook, plugin);
    if (number === 0) return call;
    return (...given) => {
      // hooks nest: a rule may ask for the floors, which calls other rules
      const outer = this.#inside;
      this.#enter(number);
      try {
        return call(...given);
      } finally {
        this.#enter(outer);
      }
    };
  }

  /** Cheap: it is called for every item of a feed. `hook` is such as `open() of the parser "acme" failed on feed.txt`. */
  begin(hook: string, vendorId: string | null, number: number): void {
    if (number > 0) this.#enter(number);
    this.#count++;
    this.#hook = hook;
    this.#last = hook;
    this.#vendorId = vendorId;
  }

  /** The hook is reading its source: it is not stalled. */
  goOn(): void {
    this.#count++;
  }

  end(): void {
    this.#hook = null;
    if (this.#inside > 0) this.#enter(0);
  }

  async of<T>(hook: string, vendorId: string | null, number: number, call: () => T): Promise<Awaited<T>> {
    this.begin(hook, vendorId, number);
    try {
      return await call();
    } finally {
      this.end();
    }
  }

  #enter(number: number): void {
    this.#inside = number;
    this.#notes?.enter(number);
  }

  giveUp(): void {
    this.#reject(this.#failure());
  }

  #failure(): Error {
    if (this.#last === null)
      return new Error('the run waits for something that can no longer happen, outside of any plugin');
    const failure = pluginFailed(this.#last, 'it waits for a promise that never settles');
    return this.#vendorId === null ? failure : withVendor(failure, this.#vendorId);
  }
}
