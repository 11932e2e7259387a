/** Writes values as CSV (contract 4, "Output CSV"), and orders rows. */

import { writeTimestamp } from './fields.ts';
import { CANONICAL, type Column, D, type Money, type Row } from './types.ts';

/** Compares in Unicode code point order, which differs from the order of UTF-16 units. */
export function byCodePoint(a: string, b: string): number {
  const left = Array.from(a, (c) => c.codePointAt(0)!);
  const right = Array.from(b, (c) => c.codePointAt(0)!);
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = left[i]! - right[i]!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** The rows of one file: sorted by SKU, then vendor (stable), header first. */
export function writeCsv(
  columns: readonly (Column | string)[],
  rows: readonly Row[],
  currency: string,
  escapeFormulas = false,
): string {
  const decimals = decimalsOf(currency);
  const sorted = [...rows].sort((a, b) => byCodePoint(a.sku, b.sku) || byCodePoint(a.vendor_id, b.vendor_id));
  const lines = [
    columns.map(quoteIfNeeded),
    ...sorted.map((row) =>
      columns.map((c) => {
        const text = cell(row, c, decimals);
        return quoteIfNeeded(escapeFormulas && /^[=+\-@]/.test(text) ? `'${text}` : text);
      }),
    ),
  ];
  return lines.map((fields) => `${fields.join(',')}\n`).join('');
}

/** The cells of a row as text. */
export function cellsOf(row: Row, columns: readonly (Column | string)[], decimals: number): Record<string, string> {
  return Object.fromEntries(columns.map((column) => [column, cell(row, column, decimals)]));
}

const WHOLE_NUMBERS = ['quantity_available', 'lead_time_days'];

/** A feed as JSON lines: whole numbers as numbers, other cells as texts, empty ones as null. */
export function jsonLinesOf(columns: readonly string[], rows: ReadonlyArray<Record<string, string>>): string {
  const value = (column: string, cell: string) =>
    cell === '' ? 'null' : WHOLE_NUMBERS.includes(column) ? cell : JSON.stringify(cell);
  return rows
    .map((row) => `{${columns.map((c) => `${JSON.stringify(c)}:${value(c, row[c] ?? '')}`).join(',')}}\n`)
    .join('');
}

/** A table as text. */
export function csvOf(rows: ReadonlyArray<readonly string[]>): string {
  return rows.map((fields) => `${fields.map(quoteIfNeeded).join(',')}\n`).join('');
}

function cell(row: Row, column: Column | string, decimals: number): string {
  if (!isCanonical(column)) return row.extras[column] ?? '';
  if (column === 'updated_at') return writeTimestamp(row.updated_at);
  const value = row[column];
  if (value === null) return '';
  if (typeof value === 'string') return value;
  return typeof value === 'bigint' ? value.toString() : writeMoney(value, decimals);
}

function isCanonical(column: string): column is Column {
  return (CANONICAL as readonly string[]).includes(column);
}

/** Two decimals, or three where ISO 4217 says so. */
export function decimalsOf(currency: string): number {
  return ['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'].includes(currency) ? 3 : 2;
}

/** The amount with exactly so many decimals, rounded half to even. */
export function writeMoney(amount: Money, decimals: number): string {
  return amount.toDecimalPlaces(decimals, D.ROUND_HALF_EVEN).toFixed(decimals);
}

function quoteIfNeeded(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
