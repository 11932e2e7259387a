/** What the cells of the row in work were read as; the normalizer fills it, judges and validators look at it. */
import { COLUMN_COUNT } from './positions.ts';

/** Reused from row to row. */
export class CurrentRow {
  window: Uint8Array = new Uint8Array(0);
  rowNumber = 0;
  line = 0;
  /** By position in `CANONICAL_COLUMNS`: the trimmed cell's bytes in `window`, and the quote that is doubled in it, or 0. */
  readonly start = new Int32Array(COLUMN_COUNT);
  readonly end = new Int32Array(COLUMN_COUNT);
  readonly doubled = new Uint8Array(COLUMN_COUNT);
  /** The SKU after the map. */
  sku: Uint8Array = new Uint8Array(0);
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
}
