/** Says for each value of a row which cells it came from and how they were read. */
import { trimText } from '../../bytes/trim.ts';
import { CANONICAL_COLUMNS, type CanonicalColumn, columnKind, type ExtraColumn } from '../../canonical.ts';
import type { CellForm, Layout } from '../../layout.ts';
import type { ResolvedCell, ResolvedColumns } from '../../pipeline/normalize/columns/columns.ts';
import type { ReadCell } from '../receipt/receipt.ts';

export interface RowToExplain {
  layout: Layout;
  /** Null if the columns of the feed are not known. */
  columns: ResolvedColumns | null;
  /** The record's cells as the feed has them; null if the record was not found. */
  raw: readonly string[] | null;
  /** Values by column; a missing or empty one is null. */
  valueOf(column: CanonicalColumn | ExtraColumn): string | null;
  /** True if the SKU map named the row. */
  isMapped: boolean;
  /** The run's clock as a value. */
  now: string;
  /** How the vendor's amounts were converted to the tenant's currency; null if they were not. */
  conversion: string | null;
}

/** Every column that the feed has or that has a value. Not `vendor_id`, which the config gives. */
export function readCells(row: RowToExplain): ReadCell[] {
  const extras = row.columns?.extras ?? [];
  const cells: ReadCell[] = [];
  for (const [position, column] of [...CANONICAL_COLUMNS, ...extras].entries()) {
    if (column === 'vendor_id') continue;
    const cell = readCell(row, position, column);
    if (cell.from.length > 0 || cell.value !== null) cells.push(cell);
  }
  return cells;
}

function readCell(row: RowToExplain, position: number, column: CanonicalColumn | ExtraColumn): ReadCell {
  const { columns, raw } = row;
  const composed = columns?.cells.find((cell) => cell.position === position) ?? null;
  const field = columns?.index[position] ?? -1;
  const fields = composed === null ? (field < 0 ? [] : [field]) : composed.fields;
  const from = fields.map((at) => columns?.names[at] ?? `#${at}`);
  const cells = fields.map((at) => raw?.[at] ?? '');
  const value = row.valueOf(column);
  return { column, from, raw: cells, value, how: howRead(row, { column, composed, cells, value }) };
}

/** The columns whose amounts are in the vendor's currency. */
const CONVERTED: ReadonlySet<string> = new Set(['cost', 'map_price', 'price', 'msrp']);

interface OneCell {
  column: CanonicalColumn | ExtraColumn;
  composed: ResolvedCell | null;
  cells: readonly string[];
  value: string | null;
}

function howRead(row: RowToExplain, cell: OneCell): string[] {
  const { column, composed, cells, value } = cell;
  const [first = ''] = cells;
  const how: string[] = [];
  const conversion = value !== null && CONVERTED.has(column) ? row.conversion : null;
  if (composed !== null) how.push(...howComposed(composed));
  if (column === 'sku' && row.isMapped) how.push(`the SKU map has "${value}" for "${trimText(first)}"`);
  if (column === 'vendor_sku' && row.isMapped && trimText(first) === '' && value !== null)
    how.push('the vendor’s own SKU, as the SKU map replaced it');
  if (column === 'quantity_available' && value === '0' && cells.every((one) => trimText(one) === ''))
    how.push('an empty quantity is 0');
  if (column === 'updated_at' && cells.every((one) => trimText(one) === '') && value === row.now)
    how.push('no time in the feed: the run’s clock');
  if (conversion !== null) return [...how, conversion];
  if (how.length > 0 || cells.length !== 1 || value === null) return how;
  if (first === value) return [];
  if (trimText(first) === value) return ['white space around it was removed'];
  return [plainReading(column)];
}

function plainReading(column: CanonicalColumn | ExtraColumn): string {
  switch (columnKind(column)) {
    case 'money':
      return 'read as a plain decimal';
    case 'integer':
      return 'read as a whole number';
    case 'datetime':
      return 'read as a time, written in UTC';
    case 'condition':
      return 'one of new, used, refurb, in any case';
    default:
      return 'white space and signs that nobody sees were removed at its ends';
  }
}

function howComposed({ source, adders }: ResolvedCell): string[] {
  const how: string[] = [];
  const { origin, form = {}, factors = [] } = source;
  switch (origin.kind) {
    case 'constant':
      how.push(`the config gives it: "${origin.text}"`);
      break;
    case 'preamble':
      how.push(`from the lines above the header: "${origin.name}"`);
      break;
    case 'side_file':
      how.push(`from the column "${origin.column}" of the side file "${origin.file}"`);
      break;
    case 'sum':
      how.push('the sum of these cells');
      break;
    case 'join':
      how.push(`these cells, joined with "${origin.separator}"`);
      break;
    case 'first_filled':
      how.push('the first of these cells that is not empty');
      break;
    default:
  }
  how.push(...formWords(form));
  for (const { divides, by } of factors) {
    const what = 'decimal' in by ? by.decimal : 'a cell of the row';
    how.push(`${divides ? 'divided by' : 'multiplied with'} ${what}`);
  }
  if (adders.length > 0) how.push('with what the config adds to it');
  return how;
}

function formWords({ words = {}, numbers = null, times = [] }: Partial<CellForm>): string[] {
  const how: string[] = [];
  if (Object.keys(words).length > 0) how.push('words that the config declares are replaced');
  if (numbers !== null) {
    const thousands = numbers.thousands === null ? '' : `, "${numbers.thousands}" between thousands`;
    how.push(`a number with the decimal mark "${numbers.decimal}"${thousands}`);
    if (numbers.impliedDecimals) how.push(`the last ${numbers.impliedDecimals} digits are decimals`);
    if (numbers.atLeast) how.push('"50+" and ">50" are 50');
    if (numbers.zeroBelow) how.push('a number below zero is 0');
  }
  if (times.length > 0) how.push(`a time written as ${times.join(' or ')}`);
  return how;
}
