/**
 * Keeps the part of a file for the second detector, from shortly before the first byte outside ASCII on. Does not
 * depend on the size of chunks.
 */

import { concatBytes } from '../../../../../core/bytes/concat.ts';
import { skipAscii, wordsOf } from '../decode/decode-utf8.ts';

/** Bytes kept. The detector takes some milliseconds for them. */
export const SAMPLE_BYTES_MAX = 16 * 1024;
/** How many of them may come before the first one outside ASCII. */
const BEFORE_BYTES_MAX = 1024;

export class OpinionSample {
  /** The last bytes seen while all are ASCII, then the sample. */
  #kept: Uint8Array = new Uint8Array(0);
  #isBeyondAscii = false;

  add(chunk: Uint8Array): void {
    if (this.#isBeyondAscii) {
      if (this.#kept.length < SAMPLE_BYTES_MAX) this.#kept = this.#extended(chunk);
      return;
    }
    const first = skipAscii(chunk, wordsOf(chunk), 0);
    if (first === chunk.length) {
      this.#kept = lastOf(this.#kept, chunk);
      return;
    }
    this.#kept = lastOf(this.#kept, chunk.subarray(0, first));
    this.#kept = this.#extended(chunk.subarray(first));
    this.#isBeyondAscii = true;
  }

  /** Empty if all bytes so far are ASCII. */
  get bytes(): Uint8Array {
    return this.#isBeyondAscii ? this.#kept : new Uint8Array(0);
  }

  #extended(chunk: Uint8Array): Uint8Array {
    return concatBytes([this.#kept, chunk.subarray(0, SAMPLE_BYTES_MAX - this.#kept.length)]);
  }
}

function lastOf(before: Uint8Array, chunk: Uint8Array): Uint8Array {
  const room = BEFORE_BYTES_MAX - chunk.length;
  if (room <= 0) return chunk.slice(-BEFORE_BYTES_MAX);
  return concatBytes([before.subarray(Math.max(0, before.length - room)), chunk]);
}
