/**
 * What plugins do with a report or a row and may not. The run fails for the first of them, even if the plugin caught the error,
 * or if it came when nobody was there to get one.
 */
import type { RelayError } from '../errors.ts';

export class Misuses {
  #first: RelayError | null = null;

  note(failure: RelayError): void {
    this.#first ??= failure;
  }

  /** Throws the first one. */
  check(): void {
    if (this.#first !== null) throw this.#first;
  }
}
