/**
 * The offers of a sorted segment, read from the segment itself. For the last vendor of a run, whose segment is not
 * needed again: a copy of the offers would be half as large as the segment.
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
  /** Bytes of the next entry that were already read: a window may be smaller than an entry. */
  #part = 0;

  /** Valid until the segment gets another row or its rows are sorted again. */
  constructor(owner: number, sorted: SortedSegment) {
    super(owner, sorted.segment.used, [], null);
    this.#sorted = sorted;
  }

  override read(into: Uint8Array): number {
    const kernel = kernelFor(this.#sorted);
    let count = 0;
    if (this.#part === 0 && kernel !== null && into.buffer === kernel.bytes.buffer) count = this.#gather(kernel, into);
    else if (this.#part === 0 && into.byteOffset % 4 === 0) count = this.#copyWords(into);
    return count > 0 ? count : this.#copyPart(into);
  }

  #gather({ state, loops }: Kernel, into: Uint8Array): number {
    state[S_NEXT] = this.#next;
    state[S_ROWS] = this.#sorted.order.length;
    const count = loops.gatherEntries(into.byteOffset, into.length);
    this.#next = state[S_NEXT]!;
    return count;
  }

  /** Copies whole entries, as many as fit. A loop over words: entries are short. */
  #copyWords(into: Uint8Array): number {
    const { segment, order } = this.#sorted;
    const { words, entryAt } = segment;
    const to = new Uint32Array(into.buffer, into.byteOffset, into.length >> 2);
    let used = 0;
    for (; this.#next < order.length; this.#next++) {
      const from = entryAt[order[this.#next]!]! >> 2;
      const count = words[from + WORD_BYTES]! >> 2;
      if (used + count > to.length) break;
      for (let i = 0; i < count; i++) to[used + i] = words[from + i]!;
      used += count;
    }
    return 4 * used;
  }

  /** Copies a part of the next entry, which does not fit; 0 at the end. */
  #copyPart(into: Uint8Array): number {
    const { segment, order } = this.#sorted;
    if (this.#next === order.length) return 0;
    const entryAt = segment.entryAt[order[this.#next]!]!;
    const left = segment.words[(entryAt >> 2) + WORD_BYTES]! - this.#part;
    const count = Math.min(left, into.length);
    const from = entryAt + this.#part;
    into.set(segment.arena.subarray(from, from + count));
    this.#part = count < left ? this.#part + count : 0;
    if (count === left) this.#next++;
    return count;
  }
}
