/** One call of a validator's hook. What the hook gets, its report and its row, is good until the call ends. */
import { pluginFailed, withVendor } from '../../errors.ts';
import { hookFailure } from '../../plugin-call.ts';
import type { Misuses } from '../misuses.ts';

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

  /** True during the call. A use after it, such as `report.error("odd")`, fails the run. */
  allows(use: string): boolean {
    if (this.isOpen) return true;
    // it may come from anywhere, even from a timer: an error here could end the process
    this.#note(`${use} came after the call had ended`);
    return false;
  }

  /** Takes what a plugin reports. What is wrong with it fails the run even if the plugin catches the error. */
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
