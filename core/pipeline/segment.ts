/**
 * The valid rows of (a part of) one vendor's feed in memory: their canonical lines as bytes in one arena, and beside
 * them the numbers that sorting, merging and pricing need, a typed array a column. No object per row.
 */

/** Bytes per row of the arrays below and of the two sort indexes. */
const ROW_BYTES = 4 * 7 + 8 * 7 + 1 + 8;

export class Segment {
  rows = 0;
  /** Bytes of the arena in use. */
  used = 0;
  readonly rowsMax: number;

  arena: Uint8Array;
  /** Where the SKU's own bytes lie (inside the line unless it had to be quoted there), and where the line lies. */
  readonly skuAt: Int32Array;
  readonly skuLength: Int32Array;
  readonly lineAt: Int32Array;
  readonly lineLength: Int32Array;
  /** The SKU's first eight bytes, big-endian, padded with zeros. */
  readonly keyHigh: Uint32Array;
  readonly keyLow: Uint32Array;
  readonly rowNumber: Int32Array;

  // numbers as they were read: `EMPTY` (-1) where there is none
  readonly quantity: Float64Array;
  readonly leadTime: Float64Array;
  /** Amounts in micros. */
  readonly cost: Float64Array;
  readonly mapPrice: Float64Array;
  readonly price: Float64Array;
  readonly msrp: Float64Array;
  /** Seconds since 1970, NaN where the feed gave none. */
  readonly updatedAt: Float64Array;
  /** 0 for none, else 1 + the position in `CONDITIONS`. */
  readonly condition: Uint8Array;

  /** Memory that is never touched costs nothing, so the arrays are as large as the budget allows from the start. */
  constructor(budgetBytes: number) {
    const half = Math.max(256, Math.floor(budgetBytes / 2));
    this.rowsMax = Math.max(2, Math.floor(half / ROW_BYTES));
    const rows = this.rowsMax;
    this.arena = new Uint8Array(half);
    this.skuAt = new Int32Array(rows);
    this.skuLength = new Int32Array(rows);
    this.lineAt = new Int32Array(rows);
    this.lineLength = new Int32Array(rows);
    this.keyHigh = new Uint32Array(rows);
    this.keyLow = new Uint32Array(rows);
    this.rowNumber = new Int32Array(rows);
    this.quantity = new Float64Array(rows);
    this.leadTime = new Float64Array(rows);
    this.cost = new Float64Array(rows);
    this.mapPrice = new Float64Array(rows);
    this.price = new Float64Array(rows);
    this.msrp = new Float64Array(rows);
    this.updatedAt = new Float64Array(rows);
    this.condition = new Uint8Array(rows);
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
    this.skuAt[row] = at;
    this.skuLength[row] = length;
    this.keyHigh[row] = prefix(this.arena, at, length);
    this.keyLow[row] = prefix(this.arena, at + 4, length - 4);
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
