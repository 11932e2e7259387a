/**
 * Collects forbidden uses of a report or a row by plugins. The first one fails the run, even if the plugin caught the
 * error or made it in code that nobody waits for.
 */
import type { RelayError } from '../errors.ts';

export class Misuses {
  #first: RelayError | null = null;
  #isOver = false;

  note(failure: RelayError): void {
    // the run is over and checks no more, so whoever listens for unhandled rejections must report it
    if (this.#isOver) void Promise.reject(failure);
    else this.#first ??= failure;
  }

  /** Call it when the run has ended, if somebody listens for unhandled rejections. */
  end(): void {
    this.#isOver = true;
  }

  /** Throws the first one. */
  check(): void {
    if (this.#first !== null) throw this.#first;
  }
}
