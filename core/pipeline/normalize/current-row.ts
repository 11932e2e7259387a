/** The row being read: the normalizer fills it, the checker and validators look at it. */
// biome-ignore-all lint/style/noNonNullAssertion: positions are those of canonical columns, then extra ones

import { EMPTY, readMoney, readMoneySlowly, SLOW } from '../../bytes/numbers.ts';
import { toText, undoubled } from '../../bytes/text.ts';
import { trimEnd, trimStart } from '../../bytes/trim.ts';
import { COLUMN, COLUMN_COUNT } from '../../canonical.ts';
import { assert } from '../../errors.ts';
import type { RowCode } from '../../issue.ts';
import { QUOTED_DOUBLED, type RecordBatch } from '../../scan/batch.ts';
import type { Cell } from './cells/cell.ts';

/** What is wrong with a composed or extra cell, apart from its form, as a small number. */
export const CELL_FOREIGN_CURRENCY = 1;
export const CELL_NOT_IN_SIDE_FILE = 2;
export const CELL_UNKNOWN_ADDER = 3;
export const CELL_FORMULA = 4;
export const CELL_INVALID_FACTOR = 5;
export const CELL_TOO_LONG = 6;
/** The issue codes of these numbers. */
export const CELL_FAULT_CODES: ReadonlyArray<RowCode | null> = [
  null,
  'foreign_currency',
  'not_in_side_file',
  'unknown_adder',
  'formula',
  'invalid_factor',
  'extra_cell_too_long',
];

/**
 * Forms of a number with three or more decimals: one that may be thousands, such as `1.299`, and one that cannot be, such as
 * `0.125`, `1299.500` and `1.2999`. See `decimal-forms.ts`.
 */
export const THREE_DOUBTFUL = 1;
export const THREE_CLEAR = 2;
/** In place of a position: the form of the number is not noted. */
export const NOWHERE = COLUMN_COUNT;

/** Reused from row to row. */
export class CurrentRow {
  window: Uint8Array = NOTHING;
  rowNumber = 0;
  line = 0;
  /** By position, of extra columns too: where the trimmed cell's bytes are (mostly in `window`), and the quote that is doubled in it, or 0. */
  readonly source: Uint8Array[];
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly doubled: Uint8Array;
  /** By position: `CELL_…`, or 0. */
  readonly codes: Uint8Array;
  /** The SKU after the map. */
  sku: Uint8Array = NOTHING;
  skuStart = 0;
  skuEnd = 0;
  mapped = false;
  /** True if the SKU, or the one it is mapped to, has a control character. */
  badSku = false;
  /** The `IS_ODD` bits of the SKU's kinds. */
  skuKinds = 0;
  /** Values, `EMPTY`, or an error code of `numbers.ts`. */
  quantity = 0;
  /** True if the row gives no quantity; it is read as 0. */
  noQuantity = false;
  leadTime = 0;
  cost = 0;
  mapPrice = 0;
  price = 0;
  msrp = 0;
  /** 1 + the position in `CONDITIONS`; 0 for none, -1 if unknown. */
  condition = 0;
  /** Seconds; NaN if empty or invalid. */
  updatedAt = 0;
  badTime = false;
  /** True if another of the declared forms reads the time otherwise. */
  otherTime = false;
  /** Money cells of this row that lost digits. */
  rounded = 0;
  /** By position: `THREE_…` of this row's numbers, or 0. */
  readonly forms = new Uint8Array(COLUMN_COUNT + 1);
  hasForms = false;
  /** By position: 1 if a row so far has a number in another form. */
  readonly otherForms = new Uint8Array(COLUMN_COUNT + 1);

  /** A longer cell of an extra column is invalid. */
  readonly extraBytesMax: number;

  /** `extras` is the number of extra columns. */
  constructor(extras: number, extraBytesMax: number) {
    this.extraBytesMax = extraBytesMax;
    const columns = COLUMN_COUNT + extras;
    this.source = Array.from({ length: columns }, () => NOTHING);
    this.start = new Int32Array(columns);
    this.end = new Int32Array(columns);
    this.doubled = new Uint8Array(columns);
    this.codes = new Uint8Array(columns);
  }

  /** The rows that follow are of another file, whose columns may be other ones: what only composed cells set is as without them. */
  startFile(): void {
    this.codes.fill(0);
    this.otherTime = false;
  }

  /** The rows that follow are in this window. */
  setWindow(window: Uint8Array): void {
    this.window = window;
    this.source.fill(window);
  }

  /** Finds and trims the cell of each column, whose field is in `index`; composed ones have none. */
  locate(batch: RecordBatch, record: number, index: Int32Array): void {
    const { window, start, end, doubled } = this;
    const { fieldStart, fieldEnd, fieldStyle } = batch;
    const first = batch.firstField[record]!;
    const fields = batch.firstField[record + 1]! - first;
    for (let column = 0; column < index.length; column++) {
      const field = index[column]!;
      if (field < 0 || field >= fields) {
        start[column] = end[column] = 0;
        continue;
      }
      let from = fieldStart[first + field]!;
      let to = fieldEnd[first + field]!;
      doubled[column] = fieldStyle[first + field] === QUOTED_DOUBLED ? batch.quote : 0;
      if (from < to) {
        const head = window[from]!;
        if (head <= 32 || head >= 0x80) from = trimStart(window, from, to);
        const tail = window[to - 1]!;
        if (tail <= 32 || tail >= 0x80) to = trimEnd(window, from, to);
      }
      start[column] = from;
      end[column] = to;
    }
  }

  /** Sets the cell that reports show for a column. */
  setCell(position: number, cell: Cell): void {
    this.source[position] = cell.bytes;
    this.start[position] = cell.start;
    this.end[position] = cell.end;
    this.doubled[position] = cell.doubled;
  }

  /** Cuts extra cells that are too long, so that the room for a row stays bounded; false if there were any. */
  extrasFit(): boolean {
    let fit = true;
    for (let position = COLUMN_COUNT; position < this.start.length; position++) {
      if (this.end[position]! - this.start[position]! <= this.extraBytesMax) {
        if (this.codes[position] === CELL_TOO_LONG) this.codes[position] = 0;
        continue;
      }
      this.end[position] = this.start[position]! + this.extraBytesMax;
      this.codes[position] = CELL_TOO_LONG;
      fit = false;
    }
    return fit;
  }

  /** Sets the value of a column that is not text. */
  setValue(position: number, value: number): void {
    switch (position) {
      case COLUMN.quantity_available:
        this.noQuantity = value === EMPTY;
        this.quantity = value === EMPTY ? 0 : value;
        break;
      case COLUMN.lead_time_days:
        this.leadTime = value;
        break;
      case COLUMN.cost:
        this.cost = value;
        break;
      case COLUMN.map_price:
        this.mapPrice = value;
        break;
      case COLUMN.price:
        this.price = value;
        break;
      case COLUMN.msrp:
        this.msrp = value;
        break;
      case COLUMN.condition:
        this.condition = value;
        break;
      default:
        assert(position === COLUMN.updated_at, 'a text column has no value');
        this.updatedAt = value;
    }
  }

  /** The text of a cell, as reports show it. */
  cellText(position: number): string {
    const { source, start, end, doubled } = this;
    return undoubled(toText(source[position]!, start[position]!, end[position]!), doubled[position]!);
  }

  clearForms(): void {
    if (!this.hasForms) return;
    this.forms.fill(0);
    this.hasForms = false;
  }

  /** Notes the form of a canonical number: most end after a point and two digits, or are short. */
  noteForm(bytes: Uint8Array, from: number, to: number, position: number): void {
    if (to - from > 4 && bytes[to - 3] !== POINT) this.#noteLong(bytes, from, to, position);
    else if (from < to) this.otherForms[position] = 1;
  }

  #noteLong(bytes: Uint8Array, from: number, to: number, position: number): void {
    let point = from;
    while (point < to && bytes[point] !== POINT) point++;
    const decimals = to - point - 1;
    if (decimals < 3) {
      this.otherForms[position] = 1;
      return;
    }
    const isDoubtful = decimals === 3 && point - from >= 1 && point - from <= 3 && bytes[from] !== ZERO;
    this.forms[position] = isDoubtful ? THREE_DOUBTFUL : THREE_CLEAR;
    this.hasForms = true;
  }

  /** An amount in micros, or a code of `numbers.ts`; counts it if it lost digits. */
  readMoney(bytes: Uint8Array, from: number, to: number, position: number): number {
    const micros = readMoney(bytes, from, to);
    this.noteForm(bytes, from, to, position);
    return micros === SLOW ? this.#readSlowly(bytes, from, to) : micros;
  }

  #readSlowly(bytes: Uint8Array, from: number, to: number): number {
    const { micros, rounded } = readMoneySlowly(toText(bytes, from, to));
    if (rounded) this.rounded++;
    return micros;
  }
}

const NOTHING = new Uint8Array(0);
const POINT = 46;
const ZERO = 48;
