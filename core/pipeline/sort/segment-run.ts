/**
 * The offers of a sorted segment, read from the segment itself. For the last vendor of a run, whose segment is not
 * needed again: a copy of the offers would be half as large as the segment.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the segment's number of rows bounds every index
import { S_NEXT, S_ROWS } from '../../kernel/assembly/places.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { kernelFor, type SortedSegment } from './emit.ts';
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

  /** Copies whole entries, as many as fit. */
  #copyWords(bytes: Uint8Array): number {
    const { segment, order } = this.#sorted;
    const to = { bytes, words: new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2) };
    let used = 0;
    for (; this.#next < order.length; this.#next++) {
      const at = order[this.#next]!;
      const size = segment.entryBytes(at);
      if (used + size > bytes.length) break;
      segment.copyEntry(at, size, to, used);
      used += size;
    }
    return used;
  }

  /** Copies a part of the next entry, which does not fit; 0 at the end. */
  #copyPart(into: Uint8Array): number {
    const { segment, order } = this.#sorted;
    if (this.#next === order.length) return 0;
    const at = order[this.#next]!;
    const size = segment.entryBytes(at);
    const bytes = new Uint8Array(size);
    segment.copyEntry(at, size, { bytes, words: new Uint32Array(bytes.buffer) }, 0);
    const count = Math.min(size - this.#part, into.length);
    into.set(bytes.subarray(this.#part, this.#part + count));
    this.#part += count;
    if (this.#part === size) {
      this.#part = 0;
      this.#next++;
    }
    return count;
  }
}
