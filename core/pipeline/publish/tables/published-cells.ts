/**
 * Price and quantity in rows of the published feed. A feed in which they are no numbers cannot be measured against: it is refused, as
 * one without a header is. Empty cells do not count.
 */
import type { MoneyDecimals } from '../../../money/currencies.ts';
import { integerAt, NONE, unitsAt } from './cells.ts';
import type { SortedRows } from './sorted-rows.ts';

/** Also of more digits than are read as a number. */
const WHOLE_NUMBER = /^\d+$/;

/** The price in units of `10^-decimals`. Throws `invalid_input`. */
export function publishedPrice(rows: SortedRows, decimals: MoneyDecimals): number {
  const column = rows.priceColumn;
  const units = unitsAt(rows, column, decimals);
  if (units === NONE && !isEmpty(rows, column)) throw noNumber(rows, 'price', 'amount');
  return units;
}

/** `NONE` too if it is too large. Throws `invalid_input`. */
export function publishedQuantity(rows: SortedRows): number {
  const column = rows.quantityColumn;
  const quantity = integerAt(rows, column);
  if (quantity === NONE && !isEmpty(rows, column) && !WHOLE_NUMBER.test(rows.text(column))) {
    throw noNumber(rows, 'quantity_available', 'whole number');
  }
  return quantity;
}

function isEmpty(rows: SortedRows, column: number): boolean {
  if (column < 0) return true;
  const field = rows.first + column;
  // biome-ignore lint/style/noNonNullAssertion: fields are those of the current row
  return rows.batch.fieldStart[field]! === rows.batch.fieldEnd[field]!;
}

function noNumber(rows: SortedRows, column: string, kind: string): Error {
  const shown = (name: string): string => rows.text(rows.indexOf(name)).slice(0, 100);
  return rows.unusable(`the ${column} "${shown(column)}" of SKU "${shown('sku')}" on line ${rows.line} is no ${kind}`);
}
