/**
 * Sorts a segment's rows by SKU in UTF-8 byte order, which is code point order; equal SKUs stay in row order.
 *
 * How it is fast: a least-significant-digit radix sort over the first 12 bytes of the SKUs. It moves the keys along with
 * the row numbers, so each pass reads memory in order, where a comparison sort would jump to two SKUs per comparison. One
 * sweep counts all digits, and a digit that all keys share costs no pass; SKUs of one vendor share many. Only rows with
 * equal keys look at the rest of their SKUs: a few by insertion, many by radix over the next 8 bytes in turn, so that
 * long common prefixes and many rows of one SKU cost no more than their bytes.
 *
 * What would make it slow: sorting row numbers and reading the keys through them, a comparator function, or arrays that
 * are allocated per vendor (they are reused, and as large as the segment allows).
 */
// biome-ignore-all lint/style/noNonNullAssertion: the number of rows bounds every index, 256 every digit
import { S_ROWS, S_SORT_PASSES } from '../../kernel/assembly/places.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Kernels } from '../../kernel/kernels.ts';
import { prefix, WORD_SKU_LENGTH } from './entry.ts';
import { KEY_BYTES, KEY_WORDS, type Segment } from './segment.ts';

/** Groups up to this size are sorted by insertion. */
const SMALL = 24;
const DIGITS = 256;

export class RadixSorter {
  readonly #skuOffset: number;
  /** The second set of key arrays that passes move keys to. */
  #room: Uint32Array[] = [];
  /** The keys by word, and where the next pass moves them: the segment's arrays and `#room`, in turn. */
  #columns: Uint32Array[] = [];
  #spare: Uint32Array[] = [];
  #index: Uint32Array = new Uint32Array(0);
  #spareIndex: Uint32Array = new Uint32Array(0);
  readonly #counts = new Uint32Array(DIGITS * 4 * KEY_WORDS);

  readonly #kernels: Kernels | null;

  /** `skuOffset`: bytes of an entry before its SKU. */
  constructor(skuOffset: number, kernels: Kernels | null = null) {
    this.#skuOffset = skuOffset;
    this.#kernels = kernels;
  }

  /** The segment's row numbers in order, valid until the next call. Reorders the segment's keys. */
  sort(segment: Segment): Uint32Array {
    const rows = segment.rows;
    const kernel = this.#kernels?.made ?? null;
    if (kernel !== null && rows > SMALL && segment.arena === kernel.segment.arena) {
      this.#radixInKernel(kernel, rows);
      this.#settleGroups(segment, rows);
      return this.#index.subarray(0, rows);
    }
    // the kernel's index array cannot be used here
    if (this.#index.length < rows || this.#index.buffer === kernel?.bytes.buffer) {
      this.#index = new Uint32Array(segment.capacity);
      this.#spareIndex = new Uint32Array(segment.capacity);
      this.#room = Array.from({ length: KEY_WORDS }, () => new Uint32Array(segment.capacity));
    }
    for (let i = 0; i < rows; i++) this.#index[i] = i;
    if (rows <= SMALL) this.#insertionSort(segment, 0, rows, 0);
    else {
      this.#columns = [...segment.keys];
      this.#spare = [...this.#room];
      this.#radix(rows);
      this.#settleGroups(segment, rows);
    }
    return this.#index.subarray(0, rows);
  }

  /** Sorts keys and index, from the last byte of the last word to the first. */
  #radix(rows: number): void {
    this.#count(rows);
    for (let word = KEY_WORDS - 1; word >= 0; word--) {
      for (let byte = 0; byte < 4; byte++) this.#pass(word, 8 * byte, DIGITS * (4 * word + byte), rows);
    }
  }

  #radixInKernel({ state, loops, segment, sort }: Kernel, rows: number): void {
    state[S_ROWS] = rows;
    loops.sort();
    const isSpare = (state[S_SORT_PASSES]! & 1) === 1;
    this.#columns = [...(isSpare ? sort.spareKeys : segment.keys)];
    this.#index = isSpare ? sort.spareIndex : sort.index;
  }

  /** Counts every digit of every key in one sweep. */
  #count(rows: number): void {
    const counts = this.#counts.fill(0);
    for (let word = 0; word < KEY_WORDS; word++) {
      const key = this.#columns[word]!;
      const base = DIGITS * 4 * word;
      for (let i = 0; i < rows; i++) {
        const value = key[i]!;
        counts[base + (value & 255)]!++;
        counts[base + 256 + ((value >>> 8) & 255)]!++;
        counts[base + 512 + ((value >>> 16) & 255)]!++;
        counts[base + 768 + (value >>> 24)]!++;
      }
    }
  }

  /** Moves keys and index by one digit; a digit that all keys share moves nothing. */
  #pass(word: number, shift: number, base: number, rows: number): void {
    const counts = this.#counts;
    const [a, b, c] = this.#columns as [Uint32Array, Uint32Array, Uint32Array];
    const [toA, toB, toC] = this.#spare as [Uint32Array, Uint32Array, Uint32Array];
    const index = this.#index;
    const toIndex = this.#spareIndex;
    const key = this.#columns[word]!;
    if (counts[base + ((key[0]! >>> shift) & 255)] === rows) return;
    let sum = 0;
    for (let digit = base; digit < base + DIGITS; digit++) {
      const count = counts[digit]!;
      counts[digit] = sum;
      sum += count;
    }
    for (let i = 0; i < rows; i++) {
      const to = counts[base + ((key[i]! >>> shift) & 255)]!++;
      toA[to] = a[i]!;
      toB[to] = b[i]!;
      toC[to] = c[i]!;
      toIndex[to] = index[i]!;
    }
    [this.#columns, this.#spare] = [this.#spare, this.#columns];
    this.#index = toIndex;
    this.#spareIndex = index;
  }

  /**
   * Large groups that are still equal, to be ordered by their next bytes. A list, not recursion: the depth grows with
   * the SKUs.
   */
  readonly #open: OpenGroup[] = [];

  /** Finds groups of rows with equal keys and orders each by the rest of the SKUs. */
  #settleGroups(segment: Segment, rows: number): void {
    const [a, b, c] = this.#columns as [Uint32Array, Uint32Array, Uint32Array];
    let start = 0;
    for (let end = 1; end <= rows; end++) {
      if (end < rows && c[end] === c[start] && b[end] === b[start] && a[end] === a[start]) continue;
      if (end - start > SMALL) this.#settleDeep(segment, { from: start, to: end, depth: KEY_BYTES });
      else if (end - start > 1) this.#insertionSort(segment, start, end, 0);
      start = end;
    }
  }

  #settleDeep(segment: Segment, first: OpenGroup): void {
    for (let open: OpenGroup | undefined = first; open !== undefined; open = this.#open.pop())
      this.#settleLarge(segment, open);
  }

  /** Orders a large group whose SKUs are equal up to `depth` bytes: by length if they end there, else by the next bytes. */
  #settleLarge(segment: Segment, { from, to, depth }: OpenGroup): void {
    const count = to - from;
    const rows = this.#index.slice(from, to);
    // a SKU that ends within the key comes before longer ones: zeros pad the key, but a SKU may contain NUL too
    const group = new Group(count);
    const { rank, high, low } = group;
    let longer = false;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      const rest = this.#skuLength(segment, row) - depth;
      rank[i] = rest > 0 ? LONGER : rest + KEY_BYTES;
      if (rest <= 0) continue;
      longer = true;
      const at = this.#skuAt(segment, row) + depth;
      high[i] = prefix(segment.arena, at, rest);
      low[i] = prefix(segment.arena, at + 4, rest - 4);
    }
    if (longer) group.sortByBytes();
    group.sortByRank();
    for (let i = 0; i < count; i++) this.#index[from + i] = rows[group.index[i]!]!;
    if (longer) this.#settleSorted(segment, from, group, depth + 8);
  }

  /** Orders the rows that are still equal in a sorted group by the rest of their SKUs. */
  #settleSorted(segment: Segment, from: number, group: Group, depth: number): void {
    const { index, rank } = group;
    const count = index.length;
    for (let start = 0; start < count; ) {
      const first = index[start]!;
      let end = start + 1;
      while (end < count && group.isSame(first, index[end]!)) end++;
      if (end - start > 1 && rank[first] === LONGER) {
        if (end - start <= SMALL) this.#insertionSort(segment, from + start, from + end, depth - 8);
        else this.#open.push({ from: from + start, to: from + end, depth });
      }
      start = end;
    }
  }

  /** Orders `[from, to)` of the index by the SKUs' bytes; the first `depth` of them are equal. */
  #insertionSort(segment: Segment, from: number, to: number, depth: number): void {
    const index = this.#index;
    for (let i = from + 1; i < to; i++) {
      const row = index[i]!;
      let j = i - 1;
      while (j >= from && this.#compare(segment, index[j]!, row, depth) > 0) {
        index[j + 1] = index[j]!;
        j--;
      }
      index[j + 1] = row;
    }
  }

  #compare(segment: Segment, a: number, b: number, depth: number): number {
    const bytes = segment.arena;
    const lengthA = this.#skuLength(segment, a);
    const lengthB = this.#skuLength(segment, b);
    const shared = lengthA < lengthB ? lengthA : lengthB;
    const atA = this.#skuAt(segment, a);
    const atB = this.#skuAt(segment, b);
    for (let i = depth; i < shared; i++) {
      const difference = bytes[atA + i]! - bytes[atB + i]!;
      if (difference !== 0) return difference;
    }
    return lengthA - lengthB;
  }

  #skuAt(segment: Segment, row: number): number {
    return segment.entryAt[row]! + this.#skuOffset;
  }

  #skuLength(segment: Segment, row: number): number {
    return segment.words[(segment.entryAt[row]! >> 2) + WORD_SKU_LENGTH]!;
  }
}

/** Rows `[from, to)` of the index, whose SKUs are equal up to `depth` bytes. */
interface OpenGroup {
  from: number;
  to: number;
  depth: number;
}

/** The rank of SKUs that are longer than the compared bytes: after every SKU that ends there. */
const LONGER = KEY_BYTES + 1;

/** A stable radix sort of a group's positions by their keys, which stay in place. */
class Group {
  index: Uint32Array;
  /** What a row sorts by: its next 8 bytes, and before them whether its SKU ends there. */
  readonly rank: Uint32Array;
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  #spare: Uint32Array;
  readonly #counts = new Uint32Array(DIGITS + 1);

  constructor(count: number) {
    this.index = new Uint32Array(count);
    for (let i = 0; i < count; i++) this.index[i] = i;
    this.#spare = new Uint32Array(count);
    this.rank = new Uint32Array(count);
    this.high = new Uint32Array(count);
    this.low = new Uint32Array(count);
  }

  isSame(a: number, b: number): boolean {
    return this.rank[a] === this.rank[b] && this.high[a] === this.high[b] && this.low[a] === this.low[b];
  }

  sortByBytes(): void {
    for (const shift of [0, 8, 16, 24]) this.#sortByByte(this.low, shift);
    for (const shift of [0, 8, 16, 24]) this.#sortByByte(this.high, shift);
  }

  sortByRank(): void {
    this.#sortByByte(this.rank, 0);
  }

  #sortByByte(key: Uint32Array, shift: number): void {
    const counts = this.#counts.fill(0);
    const from = this.index;
    const to = this.#spare;
    for (let i = 0; i < from.length; i++) counts[((key[i]! >>> shift) & 255) + 1]!++;
    if (counts[((key[0]! >>> shift) & 255) + 1] === from.length) return;
    for (let digit = 0; digit < DIGITS; digit++) counts[digit + 1]! += counts[digit]!;
    for (let i = 0; i < from.length; i++) {
      const position = from[i]!;
      to[counts[(key[position]! >>> shift) & 255]!++] = position;
    }
    this.index = to;
    this.#spare = from;
  }
}
