/**
 * Sorts a segment's rows by SKU in UTF-8 byte order, which is code point order; equal SKUs stay in row order.
 *
 * How it is fast: a radix sort over the first 12 bytes of the SKUs. In the kernel (`kernel/assembly/sort.ts`) they become one number, with
 * fewer digits. Here a least-significant-digit radix sort takes one word of the keys after the other, and moves it
 * along with the row's place, so each pass reads memory in order, where a comparison sort would jump to two SKUs per comparison. One
 * sweep counts all digits of a word, and a digit that all keys share costs no pass; SKUs of one vendor share many. Only rows with
 * equal keys look at the rest of their SKUs: a few by insertion, many by radix over the next 8 bytes in turn, so that
 * long common prefixes and many rows of one SKU cost no more than their bytes.
 *
 * What would make it slow: reading keys through the places in each pass, a comparator function, or arrays that
 * are allocated per vendor (it works in the segment's index).
 */
// biome-ignore-all lint/style/noNonNullAssertion: the number of rows bounds every index, 256 every digit
import { S_ROWS, S_SORT_DEPTH, S_SORT_SAME, S_USED } from '../../kernel/assembly/places.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Kernels } from '../../kernel/kernels.ts';
import { prefix } from './entry.ts';
import { KEY_WORDS, type Segment } from './segment.ts';

/** Groups up to this size are sorted by insertion. */
const SMALL = 24;
const DIGITS = 256;
const KEY_BYTES = 4 * KEY_WORDS;

export class RadixSorter {
  readonly #skuOffset: number;
  /** The places of the rows' entries, and a word of their keys; and where the next pass moves both. */
  #places: Uint32Array = new Uint32Array(0);
  #keys: Uint32Array = this.#places;
  #spare: Uint32Array = this.#places;
  #spareKeys: Uint32Array = this.#places;
  readonly #counts = new Uint32Array(DIGITS * 4);

  readonly #kernels: Kernels | null;

  /** `skuOffset`: bytes of an entry before its SKU. */
  constructor(skuOffset: number, kernels: Kernels | null = null) {
    this.#skuOffset = skuOffset;
    this.#kernels = kernels;
  }

  /** The places of the rows' entries in order. They take the place of the index: the segment can only be cleared then. */
  sort(segment: Segment): Uint32Array {
    const { rows, index } = segment;
    const kernel = this.#kernels?.made ?? null;
    if (kernel !== null && rows > SMALL && segment.arena === kernel.segment.arena) {
      this.#places = index;
      this.#radixInKernel(kernel, segment);
    } else {
      for (let row = 0; row < rows; row++) index[row] = segment.entryAt(row);
      this.#places = index;
      if (rows <= SMALL) this.#insertionSort(segment, 0, rows, 0);
      else this.#radix(segment);
    }
    return index.subarray(0, rows);
  }

  #radixInKernel({ state, loops }: Kernel, segment: Segment): void {
    state[S_ROWS] = segment.rows;
    state[S_USED] = segment.used;
    loops.sort();
    if (state[S_SORT_SAME]! > 0) this.#settleMarked(segment, state[S_SORT_DEPTH]!);
  }

  /** Sorts by a word of the keys after the other. The rest of the index is room for it. */
  #radix(segment: Segment): void {
    const { rows, index } = segment;
    const room = (i: number) => index.subarray(i * rows, (i + 1) * rows);
    [this.#places, this.#keys, this.#spare, this.#spareKeys] = [room(0), room(1), room(2), room(3)];
    for (let word = KEY_WORDS - 1; word >= 0; word--) this.#sortByWord(segment, word);
    index.set(this.#places);
    this.#places = index;
    this.#settleGroups(segment);
  }

  /** Sorts by a word of the keys, from its last byte to the first. */
  #sortByWord(segment: Segment, word: number): void {
    const { rows } = segment;
    const keys = this.#keys;
    const counts = this.#counts.fill(0);
    for (let i = 0; i < rows; i++) {
      const value = segment.keyOf(this.#places[i]!, word);
      keys[i] = value;
      counts[value & 255]!++;
      counts[256 + ((value >>> 8) & 255)]!++;
      counts[512 + ((value >>> 16) & 255)]!++;
      counts[768 + (value >>> 24)]!++;
    }
    for (let byte = 0; byte < 4; byte++) this.#pass(8 * byte, DIGITS * byte, rows);
  }

  /** Moves keys and places by one digit; a digit that all keys share moves nothing. */
  #pass(shift: number, base: number, rows: number): void {
    const counts = this.#counts;
    const [keys, toKeys, places, toPlaces] = [this.#keys, this.#spareKeys, this.#places, this.#spare];
    if (counts[base + ((keys[0]! >>> shift) & 255)] === rows) return;
    let sum = 0;
    for (let digit = base; digit < base + DIGITS; digit++) {
      const count = counts[digit]!;
      counts[digit] = sum;
      sum += count;
    }
    for (let i = 0; i < rows; i++) {
      const to = counts[base + ((keys[i]! >>> shift) & 255)]!++;
      toKeys[to] = keys[i]!;
      toPlaces[to] = places[i]!;
    }
    [this.#keys, this.#spareKeys] = [toKeys, keys];
    [this.#places, this.#spare] = [toPlaces, places];
  }

  /**
   * Large groups that are still equal, to be ordered by their next bytes. A list, not recursion: the depth grows with
   * the SKUs.
   */
  readonly #open: OpenGroup[] = [];

  /** Finds groups of rows with equal keys and orders each by the rest of the SKUs. */
  #settleGroups(segment: Segment): void {
    const { rows } = segment;
    const places = this.#places;
    let start = 0;
    for (let end = 1; end <= rows; end++) {
      if (end < rows && this.#isSameKey(segment, places[start]!, places[end]!)) continue;
      this.#settle(segment, { from: start, to: end, depth: KEY_BYTES });
      start = end;
    }
  }

  #isSameKey(segment: Segment, a: number, b: number): boolean {
    for (let word = 0; word < KEY_WORDS; word++) if (segment.keyOf(a, word) !== segment.keyOf(b, word)) return false;
    return true;
  }

  /** The same, where the lowest bit of a place says that the row's first `depth` bytes are those of the row before it. */
  #settleMarked(segment: Segment, depth: number): void {
    const { rows } = segment;
    const places = this.#places;
    let start = 0;
    for (let end = 1; end <= rows; end++) {
      if (end < rows && (places[end]! & 1) === 1) {
        places[end]! &= ~1;
        continue;
      }
      this.#settle(segment, { from: start, to: end, depth });
      start = end;
    }
  }

  #settle(segment: Segment, group: OpenGroup): void {
    const { from, to } = group;
    if (to - from > SMALL) this.#settleDeep(segment, group);
    else if (to - from > 1) this.#insertionSort(segment, from, to, 0);
  }

  #settleDeep(segment: Segment, first: OpenGroup): void {
    for (let open: OpenGroup | undefined = first; open !== undefined; open = this.#open.pop())
      this.#settleLarge(segment, open);
  }

  /** Orders a large group whose SKUs are equal up to `depth` bytes: by length if they end there, else by the next bytes. */
  #settleLarge(segment: Segment, { from, to, depth }: OpenGroup): void {
    const count = to - from;
    const rows = this.#places.slice(from, to);
    // a SKU that ends within the key comes before longer ones: zeros pad the key, but a SKU may contain NUL too
    const group = new Group(count);
    const { rank, high, low } = group;
    let longer = false;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      const rest = segment.skuLength(row) - depth;
      rank[i] = rest > 0 ? LONGER : rest + KEY_BYTES;
      if (rest <= 0) continue;
      longer = true;
      const at = row + this.#skuOffset + depth;
      high[i] = prefix(segment.arena, at, rest);
      low[i] = prefix(segment.arena, at + 4, rest - 4);
    }
    if (longer) group.sortByBytes();
    group.sortByRank();
    for (let i = 0; i < count; i++) this.#places[from + i] = rows[group.index[i]!]!;
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

  /** Orders `[from, to)` of the rows by the SKUs' bytes; the first `depth` of them are equal. */
  #insertionSort(segment: Segment, from: number, to: number, depth: number): void {
    const index = this.#places;
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
    const lengthA = segment.skuLength(a);
    const lengthB = segment.skuLength(b);
    const shared = lengthA < lengthB ? lengthA : lengthB;
    const atA = a + this.#skuOffset;
    const atB = b + this.#skuOffset;
    for (let i = depth; i < shared; i++) {
      const difference = bytes[atA + i]! - bytes[atB + i]!;
      if (difference !== 0) return difference;
    }
    return lengthA - lengthB;
  }
}

/** Rows `[from, to)` of the order, whose SKUs are equal up to `depth` bytes. */
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
