/** One call of a validator's hook. The report and the row that the hook gets are valid until the call ends. */
import { pluginFailed, withVendor } from '../../../errors.ts';
import { hookFailure } from '../../../plugin-call.ts';
import type { Misuses } from '../../misuses.ts';

export interface HookOfFeed {
  /** Such as `check()`. */
  hook: string;
  /** The validator's id. */
  name: string;
  vendorId: string;
  misuses: Misuses;
}

export class HookCall {
  isOpen = true;
  readonly #of: HookOfFeed;
  /** The number of the row; 0 for the end of the feed. */
  readonly #row: number;

  constructor(of: HookOfFeed, row: number) {
    this.#of = of;
    this.#row = row;
  }

  end(): void {
    this.isOpen = false;
  }

  /** Such as `check() of the validator "even" failed on row 3`. */
  get what(): string {
    const place = this.#row === 0 ? 'the end of the feed' : `row ${this.#row}`;
    return hookFailure(this.#of.hook, { kind: 'validator', id: this.#of.name }, place);
  }

  /** True during the call. Later uses, such as `report.error("odd")`, fail the run. */
  allows(use: string): boolean {
    if (this.isOpen) return true;
    // the caller may be anything, even a timer: throwing here could end the process
    this.#note(`${use} came after the call had ended`);
    return false;
  }

  /** Takes what a plugin reports. A bad report fails the run even if the plugin catches the error. */
  take(report: () => void): void {
    try {
      report();
    } catch (error) {
      this.#note(error);
      throw error;
    }
  }

  #note(problem: unknown): void {
    const { vendorId, misuses } = this.#of;
    misuses.note(withVendor(pluginFailed(this.what, problem), vendorId));
  }
}
