/**
 * Merges sorted runs by SKU: a binary heap of cursors, each a window on its run.
 *
 * This is the inner loop of the merge stage, once per offer. It is fast because a cursor reads entries in place through typed
 * views of its window, and because two 32-bit words of the SKU decide most comparisons. `advance` is synchronous and says
 * when `refill` is due; an `await` per entry, or an object per entry, would cost more than the merge itself.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the heap's length bounds its indexes, `isReady` those of the window
import { WORD_BYTES, WORD_KEY_HIGH, WORD_KEY_LOW, WORD_SKU_LENGTH } from './entry.ts';
import type { SortedRun } from './sorted-run.ts';

/** A window that moves over a run, entry by entry. */
export class SortedRunCursor {
  readonly owner: number;
  /** The run's place in the merge: earlier runs come first among equal SKUs. */
  readonly order: number;
  /** Byte offset of the current entry in the window; a multiple of 8. */
  at = 0;
  bytes: Uint8Array;
  words: Uint32Array;
  numbers: Float64Array;
  readonly #run: SortedRun;
  #limit = 0;
  #ended = false;

  constructor(run: SortedRun, order: number, windowBytes: number) {
    this.#run = run;
    this.owner = run.owner;
    this.order = order;
    this.bytes = new Uint8Array(Math.max(64, Math.ceil(Math.min(windowBytes, run.bytes) / 8) * 8));
    this.words = new Uint32Array(this.bytes.buffer);
    this.numbers = new Float64Array(this.bytes.buffer);
  }

  /** True if all of the entry at `at` is in the window. */
  get isReady(): boolean {
    const left = this.#limit - this.at;
    return left >= 8 && this.words[this.at >> 2]! <= left;
  }

  /** Moves to the next entry. */
  advance(): void {
    this.at += this.words[(this.at >> 2) + WORD_BYTES]!;
  }

  /** Moves the window on until it holds the entry at `at`; false at the end of the run. */
  async fill(): Promise<boolean> {
    const left = this.#limit - this.at;
    this.bytes.copyWithin(0, this.at, this.#limit);
    this.#limit = left;
    this.at = 0;
    while (!this.isReady && !this.#ended) {
      if (this.#limit === this.bytes.length) this.#grow();
      const count = await this.#run.read(this.bytes.subarray(this.#limit));
      if (count === 0) this.#ended = true;
      this.#limit += count;
    }
    return this.isReady;
  }

  #grow(): void {
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.words[0]!));
    larger.set(this.bytes);
    this.bytes = larger;
    this.words = new Uint32Array(larger.buffer);
    this.numbers = new Float64Array(larger.buffer);
  }
}

/** `skuOffset`: bytes of an entry before its SKU. */
export class SortedRunMerge {
  readonly #heap: SortedRunCursor[] = [];
  readonly #skuOffset: number;

  private constructor(skuOffset: number) {
    this.#skuOffset = skuOffset;
  }

  static async open(runs: readonly SortedRun[], skuOffset: number, budgetBytes: number): Promise<SortedRunMerge> {
    const merge = new SortedRunMerge(skuOffset);
    const windowBytes = Math.min(1 << 18, Math.floor(budgetBytes / Math.max(1, runs.length)));
    for (const [order, run] of runs.entries()) {
      const cursor = new SortedRunCursor(run, order, windowBytes);
      if (await cursor.fill()) merge.#heap.push(cursor);
    }
    for (let i = (merge.#heap.length >> 1) - 1; i >= 0; i--) merge.#siftDown(i);
    return merge;
  }

  /** The cursor at the lowest entry; undefined once all runs are at their end. */
  get top(): SortedRunCursor | undefined {
    return this.#heap[0];
  }

  /** Moves past the lowest entry; false if `refill` must be called before anything else. */
  advance(): boolean {
    const top = this.#heap[0]!;
    top.advance();
    if (!top.isReady) return false;
    this.#siftDown(0);
    return true;
  }

  async refill(): Promise<void> {
    if (!(await this.#heap[0]!.fill())) {
      const last = this.#heap.pop()!;
      if (this.#heap.length === 0) return;
      if (this.#heap[0] !== last) this.#heap[0] = last;
    }
    this.#siftDown(0);
  }

  #siftDown(from: number): void {
    const heap = this.#heap;
    const count = heap.length;
    const cursor = heap[from];
    if (cursor === undefined) return;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= count) break;
      if (child + 1 < count && this.#isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#isBefore(heap[child]!, cursor)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = cursor;
  }

  #isBefore(a: SortedRunCursor, b: SortedRunCursor): boolean {
    const wordA = a.at >> 2;
    const wordB = b.at >> 2;
    const high = a.words[wordA + WORD_KEY_HIGH]! - b.words[wordB + WORD_KEY_HIGH]!;
    if (high !== 0) return high < 0;
    const low = a.words[wordA + WORD_KEY_LOW]! - b.words[wordB + WORD_KEY_LOW]!;
    if (low !== 0) return low < 0;
    const difference = this.#compareRest(a, b, wordA, wordB);
    return difference !== 0 ? difference < 0 : a.order < b.order;
  }

  #compareRest(a: SortedRunCursor, b: SortedRunCursor, wordA: number, wordB: number): number {
    const lengthA = a.words[wordA + WORD_SKU_LENGTH]!;
    const lengthB = b.words[wordB + WORD_SKU_LENGTH]!;
    const shared = lengthA < lengthB ? lengthA : lengthB;
    const atA = a.at + this.#skuOffset;
    const atB = b.at + this.#skuOffset;
    for (let i = 8; i < shared; i++) {
      const difference = a.bytes[atA + i]! - b.bytes[atB + i]!;
      if (difference !== 0) return difference;
    }
    return lengthA - lengthB;
  }
}
