/**
 * What plugins do with a report or a row and may not. The run fails for the first of them, even if the plugin caught the error,
 * or if it came when nobody was there to get one.
 */
import type { RelayError } from '../errors.ts';

export class Misuses {
  #first: RelayError | null = null;
  #isOver = false;

  note(failure: RelayError): void {
    // the run is over, and does not look here any more: whoever hears of stray errors says so
    if (this.#isOver) void Promise.reject(failure);
    else this.#first ??= failure;
  }

  /** Call it when the run has ended, if somebody hears of promises that nobody waits for. */
  end(): void {
    this.#isOver = true;
  }

  /** Throws the first one. */
  check(): void {
    if (this.#first !== null) throw this.#first;
  }
}
