/** Says when to ask the kernel again after it took few records: asking it for each one of a stretch of odd ones is slow. */

/** A call pays off if it takes at least this many records. */
const ENOUGH = 2;
const PAUSE_MAX = 64;

export class Backoff {
  /** Records that TypeScript reads before the next call, after calls that took little. */
  #length = 0;
  #left = 0;

  /** Called for each record that the kernel might begin with. */
  isDue(): boolean {
    if (this.#left === 0) return true;
    this.#left--;
    return false;
  }

  /** Notes how many records the kernel took. */
  took(records: number): void {
    if (records >= ENOUGH) this.#length = 0;
    else this.#length = Math.min(PAUSE_MAX, 2 * this.#length + 1);
    this.#left = Math.max(0, this.#length - 1);
  }
}
