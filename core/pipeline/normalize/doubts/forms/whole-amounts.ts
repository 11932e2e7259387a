/**
 * Doubts quantities that are all 0, and columns of amounts that are whole in every row and large, as cents are. Shops round prices to 0, 5 and 9; amounts that end in any
 * digit, from a few hundreds to many thousands, are hardly whole dollars. Other units of the feed speak against it: a list price with decimals
 * that is above the cost.
 */
import { CANONICAL_COLUMNS, COLUMN } from '../../../../canonical.ts';
import type { RowExamples } from '../row-examples.ts';
import type { ColumnShapes, NumberRange } from './column-shapes.ts';

export const AMOUNTS_WHOLE = 'amounts_whole';
export const ALL_SOLD_OUT = 'quantities_all_zero';
export const ALL_ALIKE = 'quantities_all_alike';
export const ALL_ZERO = 'amounts_all_zero';

/** In other currencies whole amounts are usual, or goods cost hundreds. */
const CURRENCIES = new Set('USD EUR GBP CHF CAD AUD NZD SGD BGN RON PLN ILS AED MYR'.split(' '));
const ROWS_MIN = 20;
const LEAST = 100;
/** Fewer pieces may be what a vendor has of everything. */
const WORD_MIN = 10;
/** The dearest goods cost so many times what the cheapest do. */
const SPREAD = 10;
const UNEVEN_SHARE = 0.3;

/** `isDeclared` is true for positions with a form or a factor of their own. */
export function wholeAmounts(
  { ranges }: ColumnShapes,
  { isDeclared, currency, vendorId, rows }: WholeAmountsOptions,
): string[] {
  const of = (position: number): NumberRange => ranges[position] ?? NOTHING;
  const position = of(COLUMN.cost).count > 0 ? COLUMN.cost : COLUMN.price;
  const { count, least, most, unevenEnds, first } = of(position);
  const hasMarks = [position, COLUMN.msrp, COLUMN.price, COLUMN.map_price].some((i) => of(i).withMarks > 0);
  if (!CURRENCIES.has(currency) || isDeclared(position) || first === null || hasMarks) return [];
  if (count < ROWS_MIN || least < LEAST || most < SPREAD * least) return [];
  if (unevenEnds < UNEVEN_SHARE * count) return [];
  const column = CANONICAL_COLUMNS[position] ?? '';
  const { file, line, cell } = first;
  rows.addAt(AMOUNTS_WHOLE, { ...(file === null ? {} : { file }), line, column, cell });
  return [`${AMOUNTS_WHOLE}:${vendorId}:${column}:from ${least} to ${most}`];
}

/** A feed in which every quantity is 0 was probably exported without its stock. */
export function noStock(
  { ranges }: ColumnShapes,
  { isDeclared, vendorId, rows }: Omit<WholeAmountsOptions, 'currency'>,
): string[] {
  const { count, most, first } = ranges[COLUMN.quantity_available] ?? NOTHING;
  if (count < ROWS_MIN || most > 0 || first === null || isDeclared(COLUMN.quantity_available)) return [];
  const { file, line, cell } = first;
  rows.addAt(ALL_SOLD_OUT, { ...(file === null ? {} : { file }), line, column: 'quantity_available', cell });
  return [`${ALL_SOLD_OUT}:${vendorId}`];
}

/** Quantities that are all the same, and not few, are a word for "in stock": 999, 100. */
export function sameStock(
  { ranges }: ColumnShapes,
  { isDeclared, vendorId, rows }: Omit<WholeAmountsOptions, 'currency'>,
): string[] {
  const { count, least, most, first } = ranges[COLUMN.quantity_available] ?? NOTHING;
  if (count < ROWS_MIN || least !== most || most < WORD_MIN || first === null || isDeclared(COLUMN.quantity_available))
    return [];
  const { file, line, cell } = first;
  rows.addAt(ALL_ALIKE, { ...(file === null ? {} : { file }), line, column: 'quantity_available', cell });
  return [`${ALL_ALIKE}:${vendorId}:${most}`];
}

/** A MAP or a list price that is 0 in every row says nothing: the export lacks it, or the column is the wrong one. */
export function zeroAmounts(
  { ranges }: ColumnShapes,
  { isDeclared, vendorId, rows }: Omit<WholeAmountsOptions, 'currency'>,
): string[] {
  return [COLUMN.map_price, COLUMN.msrp].flatMap((position) => {
    const { count, zeros, first } = ranges[position] ?? NOTHING;
    if (count < ROWS_MIN || zeros < count || first === null || isDeclared(position)) return [];
    const { file, line, cell } = first;
    const column = CANONICAL_COLUMNS[position] ?? '';
    rows.addAt(ALL_ZERO, { ...(file === null ? {} : { file }), line, column, cell });
    return [`${ALL_ZERO}:${vendorId}:${column}`];
  });
}

export interface WholeAmountsOptions {
  isDeclared: (position: number) => boolean;
  /** The one that the vendor's amounts are read in. */
  currency: string;
  vendorId: string;
  rows: RowExamples;
}

const NOTHING: NumberRange = { count: 0, withMarks: 0, least: 0, most: 0, unevenEnds: 0, zeros: 0, first: null };
