/**
 * Reads SKUs for twins: what two of them share that differ only in case or in leading zeros is a hash, and in what they differ is a
 * form. `SkuTwins` compares them; a thread that merges a part of the SKUs logs them (`ranges/twin-log.ts`).
 *
 * Called once per SKU: numbers only.
 */
// biome-ignore-all lint/style/noNonNullAssertion: its length bounds the SKU
import { toBytes, toText } from '../../../bytes/text.ts';

/** Longer SKUs are not looked at. */
export const SKU_BYTES_MAX = 1000;

/** Uses of a SKU: it is kept for later ones to be compared with, it asks for those that are kept, it is a number. */
export const KEEPS = 1;
export const ASKS = 2;
export const NUMBER = 4;

const DIGIT = 1;
const CAPITAL = 2;
const SMALL = 4;
const NOT_ASCII = 8;
const OTHER = 16;
const KINDS = new Uint8Array(256).fill(OTHER);
KINDS.fill(DIGIT, 0x30, 0x3a);
KINDS.fill(CAPITAL, 0x41, 0x5b);
KINDS.fill(SMALL, 0x61, 0x7b);
KINDS.fill(NOT_ASCII, 0x80);

/** Where a SKU was seen: the SKU, and of its first offer the vendor's position and the row. */
export interface SkuSighting {
  sku: Uint8Array;
  skuLength: number;
  vendor: ArrayLike<number>;
  rowNumber: ArrayLike<number>;
}

export abstract class SkuForms {
  /** The hash of the SKU that is looked at. */
  hashHigh = 0;
  hashLow = 0;
  readonly #hasSmallSkus: boolean;

  /** `hasSmallSkus` is false if all SKUs are in capitals of ASCII: then only numbers are looked at. */
  constructor(hasSmallSkus: boolean) {
    this.#hasSmallSkus = hasSmallSkus;
  }

  /** True if nothing is kept so far: then nobody needs to ask. */
  abstract readonly keepsNone: boolean;
  /** True if no more is kept. */
  abstract readonly isFull: boolean;

  /** Takes a SKU, with its hash in `hashHigh` and `hashLow`; `use` is of `KEEPS`, `ASKS` and `NUMBER`. */
  abstract see(seen: SkuSighting, form: number, use: number): void;

  /** False for a SKU that `look` passes: its first byte tells. */
  looksAt(first: number): boolean {
    return this.#hasSmallSkus || KINDS[first] === DIGIT;
  }

  look(seen: SkuSighting): void {
    const { sku, skuLength } = seen;
    if (skuLength > SKU_BYTES_MAX || !this.looksAt(sku[0]!)) return;
    let kinds = 0;
    for (let i = 0; i < skuLength; i++) kinds |= KINDS[sku[i]!]!;
    if (kinds === DIGIT) this.#lookAtNumber(seen);
    else if (!this.#hasSmallSkus) return;
    else if ((kinds & NOT_ASCII) !== 0) this.#lookAtText(seen);
    else if ((kinds & (CAPITAL | SMALL)) !== 0) this.#lookAtLetters(seen, kinds);
  }

  /** Numbers have their length as form. */
  #lookAtNumber(seen: SkuSighting): void {
    const { sku, skuLength: length } = seen;
    let from = 0;
    while (from < length - 1 && sku[from] === 0x30) from++;
    const hasZero = sku[0] === 0x30;
    if (!hasZero && this.keepsNone) return;
    this.#hash(sku, from, length, 0);
    this.see(seen, length, (hasZero ? KEEPS : 0) | ASKS | NUMBER);
  }

  /** SKUs with letters have as form a bit for each of the first 32 characters, set for capitals. */
  #lookAtLetters(seen: SkuSighting, kinds: number): void {
    const { sku, skuLength: length } = seen;
    if ((kinds & CAPITAL) === 0 && this.keepsNone) return;
    // a SKU without small letters is never looked up, and no more SKUs are kept
    if ((kinds & SMALL) === 0 && this.isFull) return;
    let form = 0;
    for (let i = 0; i < length && i < 32; i++) if ((KINDS[sku[i]!]! & CAPITAL) !== 0) form |= 1 << i;
    this.#hash(sku, 0, length, 0x20);
    this.see(seen, form >>> 0, ((kinds & CAPITAL) !== 0 ? KEEPS : 0) | ((kinds & SMALL) !== 0 ? ASKS : 0));
  }

  #lookAtText(seen: SkuSighting): void {
    const text = toText(seen.sku, 0, seen.skuLength);
    const small = text.toLowerCase();
    if (small.length !== text.length) return;
    let form = 0;
    for (let i = 0; i < text.length && i < 32; i++) if (text[i] !== small[i]) form |= 1 << i;
    const bytes = toBytes(small);
    this.#hash(bytes, 0, bytes.length, 0x20);
    // outside ASCII, a capital may sort after its small letter: look up and keep
    this.see(seen, form >>> 0, KEEPS | ASKS);
  }

  /** `fold` is 0x20 to hash capitals as small letters. */
  #hash(bytes: Uint8Array, from: number, to: number, fold: number): void {
    let high = 0x811c9dc5;
    let low = 0x2c1b3c6d;
    for (let i = from; i < to; i++) {
      const byte = bytes[i]!;
      const folded = (KINDS[byte]! & CAPITAL) === 0 ? byte : byte | fold;
      high = Math.imul(high ^ folded, 0x01000193);
      low = Math.imul(low ^ folded, 0x5bd1e995);
      low ^= low >>> 13;
    }
    high ^= high >>> 15;
    this.hashHigh = Math.imul(high, 0x2c1b3c6d) >>> 0;
    this.hashLow = low >>> 0;
  }
}
