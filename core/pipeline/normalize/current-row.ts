/** What the cells of the row in work were read as; the normalizer fills it, judges and validators look at it. */
import { COLUMN_COUNT } from '../../canonical.ts';
import type { RowCode } from '../../issue.ts';

/** What is wrong with a cell beyond its own form, as a small number. */
export const CELL_FOREIGN_CURRENCY = 1;
export const CELL_NOT_IN_SIDE_FILE = 2;
export const CELL_UNKNOWN_ADDER = 3;
export const CELL_FORMULA = 4;
/** The codes of these. */
export const CELL_FAULT_CODES: ReadonlyArray<RowCode | null> = [
  null,
  'foreign_currency',
  'not_in_side_file',
  'unknown_adder',
  'formula',
];

/** Reused from row to row. */
export class CurrentRow {
  window: Uint8Array = NOTHING;
  rowNumber = 0;
  line = 0;
  /** By position in `CANONICAL_COLUMNS`: the trimmed cell's bytes, in `window` as a rule, and the quote that is doubled in it, or 0. */
  readonly source: Uint8Array[] = Array.from({ length: COLUMN_COUNT }, () => NOTHING);
  readonly start = new Int32Array(COLUMN_COUNT);
  readonly end = new Int32Array(COLUMN_COUNT);
  readonly doubled = new Uint8Array(COLUMN_COUNT);
  /** By position: one of the numbers above, 0 for none. */
  readonly codes = new Uint8Array(COLUMN_COUNT);
  /** The SKU after the map. */
  sku: Uint8Array = NOTHING;
  skuStart = 0;
  skuEnd = 0;
  mapped = false;
  /** Values, `EMPTY`, or another code of `numbers.ts`. */
  quantity = 0;
  leadTime = 0;
  cost = 0;
  mapPrice = 0;
  price = 0;
  msrp = 0;
  /** 0 for none, -1 for one that is not known. */
  condition = 0;
  /** Seconds; NaN when empty or bad. */
  updatedAt = 0;
  badTime = false;
  /** Money cells of this row that lost digits. */
  rounded = 0;

  /** Rows are in this window from now on. */
  enter(window: Uint8Array): void {
    this.window = window;
    this.source.fill(window);
  }
}

const NOTHING = new Uint8Array(0);
