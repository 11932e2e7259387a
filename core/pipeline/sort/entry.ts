/**
 * The binary record of one valid row on its way to the merge: what sorting, choosing, pricing and the output need of it.
 *
 * A record is a multiple of 8 bytes: 32-bit words, then numbers (64-bit floats), the SKU's bytes, the carried texts (as
 * output cells), padding. All records of a run have one layout, so that their SKUs stand at one offset.
 */
import { CANONICAL_COLUMNS, type CanonicalColumn, COLUMN } from '../../canonical.ts';

// words that every record begins with, whatever it is a record of
/** The record's size. */
export const WORD_BYTES = 0;
/** The SKU's first eight bytes, big-endian, padded with zeros. */
export const WORD_KEY_HIGH = 1;
export const WORD_KEY_LOW = 2;
export const WORD_SKU_LENGTH = 3;
// words of a row's record
export const WORD_ROW_NUMBER = 4;
/** 0 for none, else 1 + the position in `CONDITIONS`. */
export const WORD_CONDITION = 5;
/** Bytes of the row's canonical line. */
export const WORD_LINE_LENGTH = 6;
/** From here on the lengths of the carried texts. */
export const WORD_TEXTS = 7;

// numbers, as they were read: `EMPTY` (-1) where there is none; amounts in micros
export const NUMBER_QUANTITY = 0;
export const NUMBER_LEAD_TIME = 1;
export const NUMBER_COST = 2;
export const NUMBER_MAP_PRICE = 3;
export const NUMBER_PRICE = 4;
/** From here on msrp and time (seconds since 1970, NaN where the feed gave none), where they are carried. */
export const NUMBER_OPTIONAL = 5;

/** Which columns are carried to the merge beyond the ones that every run needs, and where things stand for it. */
export interface EntryLayout {
  readonly msrp: boolean;
  readonly updatedAt: boolean;
  /** Positions in `CANONICAL_COLUMNS` of the text columns, in order. */
  readonly texts: readonly number[];
  /** Bytes before the numbers. */
  readonly numbersOffset: number;
  /** Bytes before the SKU. */
  readonly skuOffset: number;
}

export function entryLayout(columns: ReadonlySet<CanonicalColumn>): EntryLayout {
  const texts = [COLUMN.vendor_sku, COLUMN.brand, COLUMN.title].filter((position) =>
    columns.has(CANONICAL_COLUMNS[position]!),
  );
  const msrp = columns.has('msrp');
  const updatedAt = columns.has('updated_at');
  const numbersOffset = align8(4 * (WORD_TEXTS + texts.length));
  const skuOffset = numbersOffset + 8 * (NUMBER_OPTIONAL + (msrp ? 1 : 0) + (updatedAt ? 1 : 0));
  return { msrp, updatedAt, texts, numbersOffset, skuOffset };
}

/** The next multiple of 8. */
export function align8(bytes: number): number {
  return (bytes + 7) & ~7;
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
