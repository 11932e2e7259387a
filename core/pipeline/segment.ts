/**
 * The valid rows of (a part of) one vendor's feed in memory: their canonical lines as bytes in one arena, and beside
 * them the numbers that sorting, merging and pricing need, row after row in two typed arrays. No object per row.
 *
 * A row's integers and its numbers each lie together, so that reading rows in sorted order costs few cache misses.
 */

/** Integers of a row: `integers[row * ROW_INTEGERS + INT_…]`. */
export const ROW_INTEGERS = 8;
/** The SKU's first eight bytes, big-endian, padded with zeros; unsigned. */
export const INT_KEY_HIGH = 0;
export const INT_KEY_LOW = 1;
/** Where the SKU's own bytes lie: inside the line unless it had to be quoted there. */
export const INT_SKU_AT = 2;
export const INT_SKU_LENGTH = 3;
export const INT_LINE_AT = 4;
export const INT_LINE_LENGTH = 5;
export const INT_ROW_NUMBER = 6;
/** 0 for none, else 1 + the position in `CONDITIONS`. */
export const INT_CONDITION = 7;

/** Numbers of a row: `numbers[row * ROW_NUMBERS + NUM_…]`, as they were read: `EMPTY` (-1) where there is none. */
export const ROW_NUMBERS = 8;
export const NUM_QUANTITY = 0;
export const NUM_LEAD_TIME = 1;
/** Amounts in micros. */
export const NUM_COST = 2;
export const NUM_MAP_PRICE = 3;
export const NUM_PRICE = 4;
export const NUM_MSRP = 5;
/** Seconds since 1970, NaN where the feed gave none. */
export const NUM_UPDATED_AT = 6;

/** Bytes per row of the two arrays and of the two sort indexes. */
const ROW_BYTES = 4 * ROW_INTEGERS + 8 * ROW_NUMBERS + 8;

export class Segment {
  rows = 0;
  /** Bytes of the arena in use. */
  used = 0;
  readonly rowsMax: number;
  arena: Uint8Array;
  readonly integers: Uint32Array;
  readonly numbers: Float64Array;

  /** Memory that is never touched costs nothing, so the arrays are as large as the budget allows from the start. */
  constructor(budgetBytes: number) {
    const half = Math.max(256, Math.floor(budgetBytes / 2));
    this.rowsMax = Math.max(2, Math.floor(half / ROW_BYTES));
    this.arena = new Uint8Array(half);
    this.integers = new Uint32Array(this.rowsMax * ROW_INTEGERS);
    this.numbers = new Float64Array(this.rowsMax * ROW_NUMBERS);
  }

  clear(): void {
    this.rows = 0;
    this.used = 0;
  }

  /** Whether a row of at most `bytes` fits. One row always does: an arena too small for it grows. */
  hasRoom(bytes: number): boolean {
    if (this.rows < this.rowsMax && this.used + bytes <= this.arena.length) return true;
    if (this.rows > 0) return false;
    this.arena = new Uint8Array(bytes);
    return true;
  }

  /** Sets the sort key of a row from its SKU's bytes. */
  setKey(row: number, at: number, length: number): void {
    const base = row * ROW_INTEGERS;
    this.integers[base + INT_SKU_AT] = at;
    this.integers[base + INT_SKU_LENGTH] = length;
    this.integers[base + INT_KEY_HIGH] = prefix(this.arena, at, length);
    this.integers[base + INT_KEY_LOW] = prefix(this.arena, at + 4, length - 4);
  }
}

/** Four bytes from `at`, big-endian; those past `length` count as zero. */
export function prefix(bytes: Uint8Array, at: number, length: number): number {
  if (length >= 4) {
    return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  }
  let value = 0;
  for (let i = 0; i < 4; i++) value = (value << 8) | (i < length ? bytes[at + i]! : 0);
  return value >>> 0;
}
