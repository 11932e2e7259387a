/**
 * Warns of headers that say that a column's numbers are not what they are read as: amounts in another currency, in cents, for several pieces or a kilogram, with
 * tax; quantities in packs, or of goods that are reserved or on order; lead times in weeks.
 */
import { trimText } from '../../../bytes/trim.ts';
import { CANONICAL_COLUMNS, type CanonicalColumn, columnKind } from '../../../canonical.ts';
import { currenciesNamed } from '../../../money/currency-words.ts';
import {
  grossWords,
  piecesPriced,
  saysCents,
  saysForMeasure,
  saysOtherTimes,
  saysPackSize,
  saysPacksCounted,
} from '../../../money/price-basis.ts';
import { stockKind } from '../../../text/stock-words.ts';
import { NAME_CHARS } from './header.ts';

export const AMOUNT_HEADERS = ['header_names_currency', 'header_names_basis'] as const;

/** The part of `ResolvedColumns` that is needed here. */
interface AmountColumns {
  index: Int32Array;
  cells: ReadonlyArray<{
    position: number;
    fields: readonly number[];
    source: { factors?: readonly unknown[]; form?: { numbers?: { impliedDecimals?: number } | null } };
  }>;
}

/** `code:vendor:column:header`, each once. `currency` is the one that the vendor's amounts are read in. */
export function amountHeaderWarnings(
  { index, cells }: AmountColumns,
  header: readonly string[],
  { vendorId, currency }: { vendorId: string; currency: string },
): string[] {
  const found = new Set<string>();
  const look = (column: CanonicalColumn, field: number, isScaled: boolean) => {
    const name = trimText(header[field] ?? '');
    for (const code of doubtsOf(name, { column, currency, isScaled }))
      found.add(`${code}:${vendorId}:${column}:${name.slice(0, NAME_CHARS)}`);
  };
  for (const [position, column] of CANONICAL_COLUMNS.entries()) {
    if (columnKind(column) !== 'money' && columnKind(column) !== 'integer') continue;
    const cell = cells.find((one) => one.position === position);
    const { factors = [], form } = cell?.source ?? {};
    const isScaled = factors.length > 0 || (form?.numbers?.impliedDecimals ?? 0) > 0;
    for (const field of cell?.fields ?? [index[position] ?? -1]) look(column, field, isScaled);
  }
  return [...found];
}

/**
 * If the layout applies a factor, that may already turn a pack into pieces, or take off the tax, as the header says.
 */
function doubtsOf(name: string, { column, currency, isScaled }: ReadColumn): Array<(typeof AMOUNT_HEADERS)[number]> {
  if (name === '') return [];
  if (columnKind(column) === 'integer') return isScaled || !saysOtherCounts(column, name) ? [] : ['header_names_basis'];
  const named = currenciesNamed(name);
  const codes = named === null || named.includes(currency) ? [] : ['header_names_currency' as const];
  if (isScaled) return codes;
  // in many countries list prices and minimum prices contain tax, as buyers see them
  const isGross = column === 'cost' && grossWords(name) !== null;
  const isForOther = piecesPriced(name) !== null || saysForMeasure(name);
  return saysCents(name) || isForOther || isGross ? [...codes, 'header_names_basis'] : codes;
}

function saysOtherCounts(column: CanonicalColumn, name: string): boolean {
  if (column === 'lead_time_days') return saysOtherTimes(name);
  const kind = stockKind(name);
  return saysPacksCounted(name) || saysPackSize(name) || kind === 'reserved' || kind === 'ordered';
}

interface ReadColumn {
  column: CanonicalColumn;
  currency: string;
  isScaled: boolean;
}
