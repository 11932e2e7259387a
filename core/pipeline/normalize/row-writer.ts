/**
 * Writes a valid row to a segment: the offer entry that is sorted and merged (`sort/entry.ts`), and right behind it the canonical line, as
 * in `normalized.csv`.
 *
 * Once per valid row. It is fast because it writes straight into the arena: no row object, no intermediate string, and the
 * entry's texts are copied from the line just written, which is still in the cache. `Segment.hasRoom` is asked
 * once per row, so no write checks for space. Copies are byte loops: cells are short, and `set` with `subarray` makes
 * a view for each. A `TextEncoder`, a `DataView` or a check per byte would make it slow.
 */
// biome-ignore-all lint/style/noNonNullAssertion: positions are those of the row's columns, the layout bounds its texts

import { writeCondition } from '../../bytes/condition.ts';
import { writeInteger, writeMicros } from '../../bytes/numbers.ts';
import { toBytes, writeCell } from '../../bytes/text.ts';
import { writeDatetime } from '../../bytes/time/datetime.ts';
import { COLUMN, COLUMN_COUNT } from '../../canonical.ts';
import type { MoneyDecimals } from '../../money/currencies.ts';
import {
  align8,
  type EntryLayout,
  FILE_SHIFT,
  NUMBER_COST,
  NUMBER_LEAD_TIME,
  NUMBER_MAP_PRICE,
  NUMBER_OPTIONAL,
  NUMBER_PRICE,
  NUMBER_QUANTITY,
  prefix,
  SKU_APART,
  WORD_CONDITION,
  WORD_KEY_HIGH,
  WORD_KEY_LOW,
  WORD_LINE_LENGTH,
  WORD_ROW_NUMBER,
  WORD_SKU_LENGTH,
  WORD_SOURCE_LINE,
  WORD_TEXTS,
} from '../sort/entry.ts';
import type { Segment } from '../sort/segment.ts';
import type { ResolvedColumns } from './columns/columns.ts';
import type { CurrentRow } from './current-row.ts';

export interface RowWriterOptions {
  vendorId: string;
  columns: ResolvedColumns;
  /** The run's clock, seconds. */
  now: number;
  segment: Segment;
  entryLayout: EntryLayout;
  moneyDecimals: MoneyDecimals;
  row: CurrentRow;
  /** The file's place among the vendor's files. */
  fileNumber: number;
}

export class RowWriter {
  /** True if timestamps are not composed: a canonical one can then be copied. */
  readonly #plainTime: boolean;
  readonly #now: number;
  readonly #segment: Segment;
  readonly #layout: EntryLayout;
  readonly #decimals: MoneyDecimals;
  /** Start and end of the line's text cells in the arena, by position. */
  readonly #cells: Int32Array;
  readonly #vendorId: Uint8Array;
  readonly #row: CurrentRow;
  readonly #fileNumber: number;

  constructor(options: RowWriterOptions) {
    this.#plainTime = !options.columns.cells.some((cell) => cell.position === COLUMN.updated_at);
    this.#now = options.now;
    this.#segment = options.segment;
    this.#layout = options.entryLayout;
    this.#decimals = options.moneyDecimals;
    this.#vendorId = toBytes(options.vendorId);
    this.#row = options.row;
    this.#fileNumber = options.fileNumber;
    this.#cells = new Int32Array(2 * options.row.start.length);
  }

  /** The segment must have room (`Segment.hasRoom`); the row's cells are in `window`. */
  append(window: Uint8Array): void {
    const segment = this.#segment;
    const entryAt = segment.used;
    const skuAt = entryAt + this.#layout.skuOffset;
    const { sku, skuStart, skuEnd } = this.#row;
    // the line begins with the SKU, so that it is there once, unless the line has it in quotes
    let lineAt = skuAt;
    let cellEnd = writeCell(segment.arena, lineAt, sku, skuStart, skuEnd, 0);
    if (cellEnd - lineAt !== skuEnd - skuStart) {
      lineAt = this.#writeSku(segment.arena, skuAt);
      cellEnd = writeCell(segment.arena, lineAt, sku, skuStart, skuEnd, 0);
    }
    const lineEnd = this.#writeLine(segment.arena, cellEnd, window);
    const end = this.#writeTexts(segment, entryAt, lineEnd);
    this.#writeWords(segment, entryAt, lineEnd - lineAt, lineAt > skuAt);
    this.#writeEntryNumbers(segment.numbers, (entryAt + this.#layout.numbersOffset) >> 3);
    segment.addRow(end);
  }

  /** What follows the SKU's cell. */
  #writeLine(out: Uint8Array, from: number, window: Uint8Array): number {
    const row = this.#row;
    let at = from;
    out[at++] = 44;
    at = this.#writeVendorSku(out, at);
    out[at++] = 44;
    const vendorId = this.#vendorId;
    for (let i = 0; i < vendorId.length; i++) out[at++] = vendorId[i]!;
    out[at++] = 44;
    at = this.#writeNumbers(out, at);
    at = this.#writeText(out, at, COLUMN.brand, COLUMN.brand);
    out[at++] = 44;
    at = this.#writeText(out, at, COLUMN.title, COLUMN.title);
    out[at++] = 44;
    at = this.#writeTime(out, at, window);
    const columns = row.start.length;
    for (let column = COLUMN_COUNT; column < columns; column++) {
      out[at++] = 44;
      at = this.#writeText(out, at, column, column);
    }
    out[at++] = 10;
    return at;
  }

  #writeSku(out: Uint8Array, skuAt: number): number {
    const { sku, skuStart, skuEnd } = this.#row;
    let at = skuAt;
    for (let i = skuStart; i < skuEnd; i++) out[at++] = sku[i]!;
    return at;
  }

  /** Copies the carried texts from the line to behind it; returns the row's end. */
  #writeTexts(segment: Segment, entryAt: number, from: number): number {
    const { texts } = this.#layout;
    const { arena, words } = segment;
    let at = from;
    for (let n = 0; n < texts.length; n++) {
      const start = this.#cells[2 * texts[n]!]!;
      const end = this.#cells[2 * texts[n]! + 1]!;
      words[(entryAt >> 2) + WORD_TEXTS + n] = end - start;
      for (let i = start; i < end; i++) arena[at++] = arena[i]!;
    }
    return align8(at);
  }

  #writeWords(segment: Segment, entryAt: number, lineLength: number, isApart: boolean): void {
    const row = this.#row;
    const skuAt = entryAt + this.#layout.skuOffset;
    const { arena, words } = segment;
    const word = entryAt >> 2;
    const skuLength = row.skuEnd - row.skuStart;
    words[word + WORD_SOURCE_LINE] = row.line;
    words[word + WORD_KEY_HIGH] = prefix(arena, skuAt, skuLength);
    words[word + WORD_KEY_LOW] = prefix(arena, skuAt + 4, skuLength - 4);
    words[word + WORD_SKU_LENGTH] = skuLength;
    words[word + WORD_ROW_NUMBER] = row.rowNumber;
    words[word + WORD_CONDITION] = row.condition | (isApart ? SKU_APART : 0) | (this.#fileNumber << FILE_SHIFT);
    words[word + WORD_LINE_LENGTH] = lineLength;
  }

  #writeEntryNumbers(numbers: Float64Array, first: number): void {
    const row = this.#row;
    numbers[first + NUMBER_QUANTITY] = row.quantity;
    numbers[first + NUMBER_LEAD_TIME] = row.leadTime;
    numbers[first + NUMBER_COST] = row.cost;
    numbers[first + NUMBER_MAP_PRICE] = row.mapPrice;
    numbers[first + NUMBER_PRICE] = row.price;
    let at = first + NUMBER_OPTIONAL;
    if (this.#layout.msrp) numbers[at++] = row.msrp;
    if (this.#layout.updatedAt) numbers[at] = row.updatedAt;
  }

  /** Writes the canonical time. Most feeds have that form already: 20 bytes with `T` and `Z`. */
  #writeTime(out: Uint8Array, at: number, window: Uint8Array): number {
    const row = this.#row;
    const from = row.start[COLUMN.updated_at]!;
    if (
      !this.#plainTime ||
      row.end[COLUMN.updated_at]! - from !== 20 ||
      window[from + 10] !== 84 ||
      window[from + 19] !== 90
    ) {
      return writeDatetime(out, at, Number.isNaN(row.updatedAt) ? this.#now : row.updatedAt);
    }
    for (let i = 0; i < 20; i++) out[at + i] = window[from + i]!;
    return at + 20;
  }

  #writeVendorSku(out: Uint8Array, at: number): number {
    const row = this.#row;
    const empty = row.start[COLUMN.vendor_sku] === row.end[COLUMN.vendor_sku];
    return this.#writeText(out, at, empty && row.mapped ? COLUMN.sku : COLUMN.vendor_sku, COLUMN.vendor_sku);
  }

  /** Writes the cell of one column as the cell of another. */
  #writeText(out: Uint8Array, at: number, column: number, target: number): number {
    const row = this.#row;
    const end = writeCell(out, at, row.source[column]!, row.start[column]!, row.end[column]!, row.doubled[column]!);
    this.#cells[2 * target] = at;
    this.#cells[2 * target + 1] = end;
    return end;
  }

  /** Quantity to condition, each followed by a comma. */
  #writeNumbers(out: Uint8Array, from: number): number {
    const row = this.#row;
    const decimals = this.#decimals;
    let at = writeInteger(out, from, row.quantity);
    out[at++] = 44;
    if (row.leadTime >= 0) at = writeInteger(out, at, row.leadTime);
    out[at++] = 44;
    if (row.cost >= 0) at = writeMicros(out, at, row.cost, decimals);
    out[at++] = 44;
    if (row.mapPrice >= 0) at = writeMicros(out, at, row.mapPrice, decimals);
    out[at++] = 44;
    if (row.price >= 0) at = writeMicros(out, at, row.price, decimals);
    out[at++] = 44;
    if (row.msrp >= 0) at = writeMicros(out, at, row.msrp, decimals);
    out[at++] = 44;
    at = writeCondition(out, at, row.condition);
    out[at++] = 44;
    return at;
  }
}
