/** Numbers in the cells of a table that Relay wrote, or of one like it. */
// biome-ignore-all lint/style/noNonNullAssertion: fields are those of the current row
import { readInteger, readMoney } from '../../../bytes/numbers.ts';
import { trimText } from '../../../bytes/trim.ts';
import { INTEGER_COLUMNS } from '../../../canonical.ts';
import type { MoneyDecimals } from '../../../money/currencies.ts';
import { divideHalfEven, Money } from '../../../money/money.ts';
import type { SortedRows } from './sorted-rows.ts';

/** No number: the cell is empty or unreadable, or the table lacks the column. */
export const NONE = -1;

/** An amount in units of `10^-decimals`, as output is written. */
export function unitsAt(rows: SortedRows, column: number, decimals: MoneyDecimals): number {
  if (column < 0) return NONE;
  const field = rows.first + column;
  const micros = readMoney(rows.window, rows.batch.fieldStart[field]!, rows.batch.fieldEnd[field]!);
  if (micros >= 0) return divideHalfEven(micros, decimals === 2 ? 10_000 : 1_000);
  return unitsOfText(rows.text(column), decimals);
}

export function unitsOfText(text: string, decimals: MoneyDecimals): number {
  const money = Money.parse(trimText(text));
  return money === null || money.isNegative() ? NONE : unitsOf(money, decimals);
}

/** True if a price as written is below a cost in micros. A negative cost means none. */
export function isBelowCost(price: number, costMicros: number, decimals: MoneyDecimals): boolean {
  return costMicros >= 0 && price * (decimals === 2 ? 10_000 : 1_000) < costMicros;
}

/** A price in units as written. Inexact above 2^53 units, where no price is. */
export function unitsOf(money: Money, decimals: MoneyDecimals): number {
  return Number(money.toUnits(decimals));
}

export function integerAt(rows: SortedRows, column: number): number {
  if (column < 0) return NONE;
  const field = rows.first + column;
  const value = readInteger(rows.window, rows.batch.fieldStart[field]!, rows.batch.fieldEnd[field]!);
  return value >= 0 ? value : NONE;
}

const INTEGERS: ReadonlySet<string> = new Set(INTEGER_COLUMNS);

/** A row of the baseline as a line of JSON, with its own quantity or with 0. */
export function keptRowJson(rows: SortedRows, columns: readonly string[], isZeroed: boolean): string {
  const cells = columns.map((column): [string, string | number | null] => {
    if (isZeroed && column === 'quantity_available') return [column, 0];
    const text = rows.text(rows.indexOf(column));
    if (text === '') return [column, null];
    return [column, INTEGERS.has(column) ? Number(text) : text];
  });
  return JSON.stringify(Object.fromEntries(cells));
}
