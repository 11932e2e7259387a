/**
 * Sorts a segment's rows by SKU in UTF-8 byte order, which is code point order; equal SKUs stay in row order.
 *
 * A least-significant-digit radix sort over eight bytes of key; groups that are equal so far go on with the next eight,
 * so that long common prefixes and many rows of one SKU cost no more than their bytes.
 */
import {
  INT_KEY_HIGH,
  INT_KEY_LOW,
  INT_SKU_AT,
  INT_SKU_LENGTH,
  prefix,
  ROW_INTEGERS,
  type Segment,
} from './segment.ts';

/** Groups up to this size are sorted by insertion. */
const SMALL = 24;

export class Sorter {
  #index = new Uint32Array(0);
  #spare = new Uint32Array(0);
  readonly #counts = new Uint32Array(65536);

  /** Row numbers of the segment in order; good until the next call. */
  sort(segment: Segment): Uint32Array {
    const rows = segment.rows;
    if (this.#index.length < rows) {
      this.#index = new Uint32Array(segment.rowsMax);
      this.#spare = new Uint32Array(segment.rowsMax);
    }
    for (let i = 0; i < rows; i++) this.#index[i] = i;
    if (rows <= SMALL) insertionSort(segment, this.#index, 0, rows, 0);
    else {
      this.#radix(segment.integers, rows);
      this.#settleGroups(segment, rows);
    }
    return this.#index.subarray(0, rows);
  }

  /** Sorts all of the index by 64 bits of key, 16 at a time. */
  #radix(integers: Uint32Array, rows: number): void {
    this.#pass(integers, INT_KEY_LOW, 0, rows);
    this.#pass(integers, INT_KEY_LOW, 16, rows);
    this.#pass(integers, INT_KEY_HIGH, 0, rows);
    this.#pass(integers, INT_KEY_HIGH, 16, rows);
  }

  #pass(integers: Uint32Array, key: number, shift: number, rows: number): void {
    const from = this.#index;
    const to = this.#spare;
    const counts = this.#counts.fill(0);
    for (let i = 0, at = key; i < rows; i++, at += ROW_INTEGERS) counts[(integers[at]! >>> shift) & 65535]!++;
    if (counts[(integers[key]! >>> shift) & 65535] === rows) return;
    let sum = 0;
    for (let digit = 0; digit < 65536; digit++) {
      const count = counts[digit]!;
      counts[digit] = sum;
      sum += count;
    }
    for (let i = 0; i < rows; i++) {
      const row = from[i]!;
      to[counts[(integers[row * ROW_INTEGERS + key]! >>> shift) & 65535]!++] = row;
    }
    this.#index = to;
    this.#spare = from;
  }

  /** Finds runs of rows whose keys are equal and orders them by the rest of their SKUs. */
  #settleGroups(segment: Segment, rows: number): void {
    const index = this.#index;
    const integers = segment.integers;
    let start = 0;
    let high = integers[index[0]! * ROW_INTEGERS + INT_KEY_HIGH]!;
    let low = integers[index[0]! * ROW_INTEGERS + INT_KEY_LOW]!;
    for (let end = 1; end <= rows; end++) {
      const at = end < rows ? index[end]! * ROW_INTEGERS : -1;
      if (at >= 0 && integers[at + INT_KEY_LOW] === low && integers[at + INT_KEY_HIGH] === high) continue;
      if (end - start > 1) {
        if (end - start <= SMALL) insertionSort(segment, index, start, end, 0);
        else this.#settleLarge(segment, start, end, 8);
      }
      start = end;
      if (at < 0) return;
      high = integers[at + INT_KEY_HIGH]!;
      low = integers[at + INT_KEY_LOW]!;
    }
  }

  /** Orders a large group whose keys are equal up to `depth` bytes, by length where SKUs end there, else by what follows. */
  #settleLarge(segment: Segment, from: number, to: number, depth: number): void {
    const count = to - from;
    const rows = this.#index.slice(from, to);
    // a SKU that ends within the key comes before longer ones: zeros pad the key, and a SKU may hold NUL
    const rank = new Uint32Array(count);
    const high = new Uint32Array(count);
    const low = new Uint32Array(count);
    let longer = false;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      const rest = skuLength(segment, row) - depth;
      rank[i] = rest > 0 ? 9 : rest + 8;
      if (rest <= 0) continue;
      longer = true;
      high[i] = prefix(segment.arena, skuAt(segment, row) + depth, rest);
      low[i] = prefix(segment.arena, skuAt(segment, row) + depth + 4, rest - 4);
    }
    const order = new Group(count);
    if (longer) order.sortBy64(high, low);
    order.sortByByte(rank, 0);
    for (let i = 0; i < count; i++) this.#index[from + i] = rows[order.index[i]!]!;
    if (longer) this.#settleSorted(segment, from, order, rank, high, low, depth + 8);
  }

  #settleSorted(
    segment: Segment,
    from: number,
    order: Group,
    rank: Uint32Array,
    high: Uint32Array,
    low: Uint32Array,
    depth: number,
  ): void {
    const index = order.index;
    const count = index.length;
    for (let start = 0; start < count; ) {
      const first = index[start]!;
      let end = start + 1;
      while (end < count && sameKey(rank, high, low, first, index[end]!)) end++;
      if (end - start > 1 && rank[first] === 9) {
        if (end - start <= SMALL) insertionSort(segment, this.#index, from + start, from + end, depth - 8);
        else this.#settleLarge(segment, from + start, from + end, depth);
      }
      start = end;
    }
  }
}

function sameKey(rank: Uint32Array, high: Uint32Array, low: Uint32Array, a: number, b: number): boolean {
  return rank[a] === rank[b] && high[a] === high[b] && low[a] === low[b];
}

/** A stable radix sort of a group's positions, a byte at a time: groups are small beside 65,536 counters. */
class Group {
  index: Uint32Array;
  #spare: Uint32Array;
  readonly #counts = new Uint32Array(257);

  constructor(count: number) {
    this.index = new Uint32Array(count);
    for (let i = 0; i < count; i++) this.index[i] = i;
    this.#spare = new Uint32Array(count);
  }

  sortBy64(high: Uint32Array, low: Uint32Array): void {
    for (const shift of [0, 8, 16, 24]) this.sortByByte(low, shift);
    for (const shift of [0, 8, 16, 24]) this.sortByByte(high, shift);
  }

  sortByByte(key: Uint32Array, shift: number): void {
    const counts = this.#counts.fill(0);
    const from = this.index;
    const to = this.#spare;
    for (let i = 0; i < from.length; i++) counts[((key[i]! >>> shift) & 255) + 1]!++;
    if (counts[((key[0]! >>> shift) & 255) + 1] === from.length) return;
    for (let digit = 0; digit < 256; digit++) counts[digit + 1]! += counts[digit]!;
    for (let i = 0; i < from.length; i++) {
      const position = from[i]!;
      to[counts[(key[position]! >>> shift) & 255]!++] = position;
    }
    this.index = to;
    this.#spare = from;
  }
}

/** Orders `index[from, to)` by the SKUs' bytes after the first `depth`, which are equal. */
function insertionSort(segment: Segment, index: Uint32Array, from: number, to: number, depth: number): void {
  for (let i = from + 1; i < to; i++) {
    const row = index[i]!;
    let j = i - 1;
    while (j >= from && compareSkus(segment, index[j]!, row, depth) > 0) {
      index[j + 1] = index[j]!;
      j--;
    }
    index[j + 1] = row;
  }
}

function compareSkus(segment: Segment, a: number, b: number, depth: number): number {
  const bytes = segment.arena;
  const lengthA = skuLength(segment, a);
  const lengthB = skuLength(segment, b);
  const shared = lengthA < lengthB ? lengthA : lengthB;
  const atA = skuAt(segment, a);
  const atB = skuAt(segment, b);
  for (let i = depth; i < shared; i++) {
    const difference = bytes[atA + i]! - bytes[atB + i]!;
    if (difference !== 0) return difference;
  }
  return lengthA - lengthB;
}

function skuAt(segment: Segment, row: number): number {
  return segment.integers[row * ROW_INTEGERS + INT_SKU_AT]!;
}

function skuLength(segment: Segment, row: number): number {
  return segment.integers[row * ROW_INTEGERS + INT_SKU_LENGTH]!;
}
