/**
 * The offers of a sorted segment, read from the segment itself: for the last vendor of a run, whose segment nobody needs again. A copy
 * of them would be as large as half of the segment.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the segment's number of rows bounds every index
import { S_NEXT, S_ROWS } from '../../kernel/assembly/places.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { kernelFor, type SortedSegment } from './emit.ts';
import { WORD_BYTES } from './entry.ts';
import { SortedRun } from './sorted-run.ts';

export class SegmentRun extends SortedRun {
  readonly #sorted: SortedSegment;
  #next = 0;
  /** Bytes of the next entry that were read already: a window may be smaller than an entry. */
  #part = 0;

  /** Good until the segment gets another row, or its rows are sorted again. */
  constructor(owner: number, sorted: SortedSegment) {
    super(owner, sorted.segment.used, [], null);
    this.#sorted = sorted;
  }

  override read(into: Uint8Array): number {
    const kernel = this.#part === 0 ? kernelFor(this.#sorted) : null;
    const count = kernel !== null && into.buffer === kernel.bytes.buffer ? this.#gather(kernel, into) : 0;
    return count > 0 ? count : this.#copy(into);
  }

  #gather({ state, loops }: Kernel, into: Uint8Array): number {
    state[S_NEXT] = this.#next;
    state[S_ROWS] = this.#sorted.order.length;
    const count = loops.gatherEntries(into.byteOffset, into.length);
    this.#next = state[S_NEXT]!;
    return count;
  }

  /** Copies what fits, at least a part of an entry; 0 at the end. */
  #copy(into: Uint8Array): number {
    const { segment, order } = this.#sorted;
    let used = 0;
    while (this.#next < order.length) {
      const entryAt = segment.entryAt[order[this.#next]!]!;
      const left = segment.words[(entryAt >> 2) + WORD_BYTES]! - this.#part;
      if (used > 0 && used + left > into.length) break;
      const count = Math.min(left, into.length);
      const from = entryAt + this.#part;
      into.set(segment.arena.subarray(from, from + count), used);
      used += count;
      this.#part = count < left ? this.#part + count : 0;
      if (count < left) break;
      this.#next++;
    }
    return used;
  }
}
