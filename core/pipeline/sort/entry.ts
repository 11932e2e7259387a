/**
 * The binary entries of sorted runs. An offer entry is one valid row on its way to the merge, with what sorting, choosing,
 * pricing and the output need of it; `emit.ts` has line entries too.
 *
 * An entry is a multiple of 8 bytes: 32-bit words, then numbers (64-bit floats), the SKU's bytes, the carried texts (as
 * output cells), padding. All entries of a run have one layout, so that the SKU is always at the same offset. Both sides
 * read and write it through typed arrays over one buffer, which is why sizes and offsets are aligned to 8.
 */
// biome-ignore-all lint/style/noNonNullAssertion: positions are those of canonical columns; callers bound the bytes
import {
  CANONICAL_COLUMNS,
  type CanonicalColumn,
  COLUMN_COUNT,
  type ExtraColumn,
  OFFER_TEXTS,
} from '../../canonical.ts';

// words that every entry begins with
/** The entry's size in bytes. */
export const WORD_BYTES = 0;
/** The SKU's first eight bytes, big-endian, padded with zeros. */
export const WORD_KEY_HIGH = 1;
export const WORD_KEY_LOW = 2;
export const WORD_SKU_LENGTH = 3;
// further words of an offer entry
export const WORD_ROW_NUMBER = 4;
/** 0 for none, else 1 + the position in `CONDITIONS`. */
export const WORD_CONDITION = 5;
/** Bytes of the row's canonical line. */
export const WORD_LINE_LENGTH = 6;
/** The lengths of the carried texts begin here. */
export const WORD_TEXTS = 7;

// numbers as they were read: `EMPTY` (-1) for an empty cell; amounts in micros
export const NUMBER_QUANTITY = 0;
export const NUMBER_LEAD_TIME = 1;
export const NUMBER_COST = 2;
export const NUMBER_MAP_PRICE = 3;
export const NUMBER_PRICE = 4;
/** msrp and the time (seconds since 1970, NaN if the feed has none) follow here, if they are carried. */
export const NUMBER_OPTIONAL = 5;

/** Which columns offer entries carry beyond those that every run needs, and the offsets that follow from that. */
export interface EntryLayout {
  readonly msrp: boolean;
  readonly updatedAt: boolean;
  /** The tenant's extra columns, whose positions follow those of `CANONICAL_COLUMNS`. */
  readonly extras: readonly ExtraColumn[];
  /** Positions of the text columns that are carried, in order. */
  readonly texts: readonly number[];
  /** Bytes before the numbers. */
  readonly numbersOffset: number;
  /** Bytes before the SKU. */
  readonly skuOffset: number;
}

export function entryLayout(
  columns: ReadonlySet<CanonicalColumn | ExtraColumn>,
  extras: readonly ExtraColumn[] = [],
): EntryLayout {
  const texts: number[] = OFFER_TEXTS.filter((position) => columns.has(CANONICAL_COLUMNS[position]!));
  for (const [i, name] of extras.entries()) if (columns.has(name)) texts.push(COLUMN_COUNT + i);
  const msrp = columns.has('msrp');
  const updatedAt = columns.has('updated_at');
  const numbersOffset = align8(4 * (WORD_TEXTS + texts.length));
  const skuOffset = numbersOffset + 8 * (NUMBER_OPTIONAL + (msrp ? 1 : 0) + (updatedAt ? 1 : 0));
  return { extras, msrp, updatedAt, texts, numbersOffset, skuOffset };
}

// In a segment, an entry is the start of its row. Behind the SKU is what else the line has, which begins with the SKU; if the line
// has it in quotes, the whole line follows. Then come the carried texts. Two words are other than in a sorted run:
/** In place of the size: the physical line of the row's record. */
export const WORD_SOURCE_LINE = WORD_BYTES;
/** The word of the condition has it in these bits, then whether the line has the SKU in quotes, and then the file. */
export const CONDITION_BITS = 7;
export const SKU_APART = 8;
export const FILE_SHIFT = 4;

/** The next multiple of 8. */
export function align8(bytes: number): number {
  return (bytes + 7) & ~7;
}

/** Four bytes from `at`, big-endian; bytes past `length` count as zero. */
export function prefix(bytes: Uint8Array, at: number, length: number): number {
  if (length >= 4) {
    return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  }
  let value = 0;
  for (let i = 0; i < 4; i++) value = (value << 8) | (i < length ? bytes[at + i]! : 0);
  return value >>> 0;
}
