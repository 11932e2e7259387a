/**
 * Reads rows of a segment before they are needed. They are copied in the order of their SKUs, from anywhere in the arena: each is a cache
 * miss. Made together, the misses overlap.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the segment's number of rows bounds every index
import type { Segment } from './segment.ts';

/** Rows that are read at once. */
const AHEAD = 16;
/** Words in a cache line of 64 bytes. */
const LINE_WORDS = 16;

export class ReadAhead {
  readonly #segment: Segment;
  readonly #order: Uint32Array;
  /** Keeps the compiler from removing the reads. */
  #sum = 0;
  #next = 0;

  /** `order`: the places of the rows as they will be copied. */
  constructor(segment: Segment, order: Uint32Array) {
    this.#segment = segment;
    this.#order = order;
  }

  /** Call it before row `i` of the order is copied. */
  reach(i: number): void {
    if (i >= this.#next) this.#touch(i);
  }

  /** A little of each of the next rows: three cache lines of its entry and its line. */
  #touch(from: number): void {
    const { words } = this.#segment;
    const order = this.#order;
    const end = Math.min(from + AHEAD, order.length);
    const last = words.length - 1;
    let sum = 0;
    for (let i = from; i < end; i++) {
      const word = order[i]! >> 2;
      sum ^= words[word]! ^ words[Math.min(last, word + LINE_WORDS)]! ^ words[Math.min(last, word + 2 * LINE_WORDS)]!;
    }
    this.#sum ^= sum;
    this.#next = end;
  }
}
