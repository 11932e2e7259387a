/** The record of one offer on its way to the merge: only what choosing, pricing and the output need of a row. */
import { CANONICAL_COLUMNS, type CanonicalColumn } from '../canonical.ts';
import { AT } from './normalize.ts';
import { type Run, type RunWriter, WORD_BYTES, WORD_KEY_HIGH, WORD_KEY_LOW, WORD_SKU_LENGTH } from './runs.ts';
import {
  INT_CONDITION,
  INT_KEY_HIGH,
  INT_KEY_LOW,
  INT_LINE_AT,
  INT_LINE_LENGTH,
  INT_ROW_NUMBER,
  INT_SKU_AT,
  INT_SKU_LENGTH,
  NUM_MSRP,
  NUM_UPDATED_AT,
  ROW_INTEGERS,
  ROW_NUMBERS,
  type Segment,
} from './segment.ts';

/** Which columns are carried beyond the ones that every run needs. */
export interface Carry {
  msrp: boolean;
  updatedAt: boolean;
  /** Positions in `CANONICAL_COLUMNS` of the text columns, in order. */
  texts: readonly number[];
}

export function carryOf(columns: ReadonlySet<CanonicalColumn>): Carry {
  const texts = [AT.vendorSku, AT.brand, AT.title].filter((position) => columns.has(CANONICAL_COLUMNS[position]!));
  return { msrp: columns.has('msrp'), updatedAt: columns.has('updated_at'), texts };
}

// words after the four that every record begins with
export const WORD_ROW_NUMBER = 4;
export const WORD_CONDITION = 5;
/** From here on the lengths of the carried texts. */
export const WORD_TEXTS = 6;

/**
 * The numbers after the words: those up to this one as the segment has them (`NUM_QUANTITY` to `NUM_PRICE`), then msrp
 * and time, where they are carried.
 */
export const NUMBER_OPTIONAL = NUM_MSRP;

/** Bytes before a record's numbers. */
export function numbersOffset(carry: Carry): number {
  return 8 * Math.ceil((WORD_TEXTS + carry.texts.length) / 2);
}

/** Bytes before a record's SKU. */
export function skuOffset(carry: Carry): number {
  return numbersOffset(carry) + 8 * (NUMBER_OPTIONAL + (carry.msrp ? 1 : 0) + (carry.updatedAt ? 1 : 0));
}

/** Writes a segment's rows, in order, as one run. */
export async function writeOffers(
  segment: Segment,
  order: Uint32Array,
  carry: Carry,
  writer: RunWriter,
  owner: number,
): Promise<Run> {
  const encoder = new OfferEncoder(segment, carry, writer);
  let next = 0;
  while (next < order.length) {
    next = encoder.writeFrom(order, next);
    if (next < order.length) await writer.flush(encoder.recordBytes(order[next]!));
  }
  return writer.finish(owner);
}

class OfferEncoder {
  readonly #segment: Segment;
  readonly #carry: Carry;
  readonly #writer: RunWriter;
  readonly #numbersOffset: number;
  readonly #skuOffset: number;
  /** Start and end of each canonical cell of the line in work, where texts are carried. */
  readonly #cells = new Int32Array(2 * CANONICAL_COLUMNS.length);

  constructor(segment: Segment, carry: Carry, writer: RunWriter) {
    this.#segment = segment;
    this.#carry = carry;
    this.#writer = writer;
    this.#numbersOffset = numbersOffset(carry);
    this.#skuOffset = skuOffset(carry);
  }

  /** An upper bound. */
  recordBytes(row: number): number {
    const base = row * ROW_INTEGERS;
    const { integers } = this.#segment;
    const texts = this.#carry.texts.length === 0 ? 0 : integers[base + INT_LINE_LENGTH]!;
    return (this.#skuOffset + integers[base + INT_SKU_LENGTH]! + texts + 7) & ~7;
  }

  /** Writes rows until the chunk is full; returns how far it came. */
  writeFrom(order: Uint32Array, from: number): number {
    const writer = this.#writer;
    for (let i = from; i < order.length; i++) {
      const row = order[i]!;
      if (!writer.hasRoom(this.recordBytes(row))) return i;
      this.#write(row);
    }
    return order.length;
  }

  #write(row: number): void {
    const { integers, arena: source } = this.#segment;
    const { words, bytes, at: start } = this.#writer;
    const word = start >> 2;
    const base = row * ROW_INTEGERS;
    const skuLength = integers[base + INT_SKU_LENGTH]!;
    words[word + WORD_KEY_HIGH] = integers[base + INT_KEY_HIGH]!;
    words[word + WORD_KEY_LOW] = integers[base + INT_KEY_LOW]!;
    words[word + WORD_SKU_LENGTH] = skuLength;
    words[word + WORD_ROW_NUMBER] = integers[base + INT_ROW_NUMBER]!;
    words[word + WORD_CONDITION] = integers[base + INT_CONDITION]!;
    this.#writeNumbers(row, (start + this.#numbersOffset) >> 3);
    let at = start + this.#skuOffset;
    const skuAt = integers[base + INT_SKU_AT]!;
    for (let i = 0; i < skuLength; i++) bytes[at++] = source[skuAt + i]!;
    if (this.#carry.texts.length > 0) at = this.#writeTexts(row, word, at);
    at = (at + 7) & ~7;
    words[word + WORD_BYTES] = at - start;
    this.#writer.at = at;
  }

  /** The five that every offer has stand in the same order in the segment. */
  #writeNumbers(row: number, first: number): void {
    const from = this.#segment.numbers;
    const to = this.#writer.numbers;
    const base = row * ROW_NUMBERS;
    for (let i = 0; i < NUMBER_OPTIONAL; i++) to[first + i] = from[base + i]!;
    let at = first + NUMBER_OPTIONAL;
    if (this.#carry.msrp) to[at++] = from[base + NUM_MSRP]!;
    if (this.#carry.updatedAt) to[at] = from[base + NUM_UPDATED_AT]!;
  }

  /** Copies the carried cells of the row's line, quoted as they are there. */
  #writeTexts(row: number, word: number, from: number): number {
    const { words, bytes } = this.#writer;
    const line = this.#segment.arena;
    findCells(line, this.#segment.integers[row * ROW_INTEGERS + INT_LINE_AT]!, this.#cells);
    let at = from;
    for (const [n, position] of this.#carry.texts.entries()) {
      const cellStart = this.#cells[2 * position]!;
      const cellEnd = this.#cells[2 * position + 1]!;
      words[word + WORD_TEXTS + n] = cellEnd - cellStart;
      for (let i = cellStart; i < cellEnd; i++) bytes[at++] = line[i]!;
    }
    return at;
  }
}

/** Finds the cells of a canonical line: start and end of each, with their quotes. */
function findCells(bytes: Uint8Array, lineAt: number, cells: Int32Array): void {
  let at = lineAt;
  for (let cell = 0; cell < CANONICAL_COLUMNS.length; cell++) {
    cells[2 * cell] = at;
    if (bytes[at] === 34) {
      at++;
      while (bytes[at] !== 34 || bytes[at + 1] === 34) at += bytes[at] === 34 ? 2 : 1;
      at++;
    } else {
      while (bytes[at] !== 44 && bytes[at] !== 10) at++;
    }
    cells[2 * cell + 1] = at++;
  }
}
