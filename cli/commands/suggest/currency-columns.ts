/**
 * Questions about columns of currency codes that nothing reads: whether the amounts beside them are in the tenant's
 * currency.
 */
import { CURRENCIES } from '../../../core/money/currencies.ts';
import { isAlsoWord, saysCurrency } from '../../../core/money/currency-words.ts';
import type { CellForms } from '../../../plugins/parsers/kit/suggest/cell-forms.ts';
import type { ColumnQuestion } from './basis.ts';
import type { EntryParts } from './entry.ts';
import { sourceName } from './row-filters.ts';

/** A column of currencies has at least this share of codes. */
const CODES_MIN = 0.8;
const SHOWN_MAX = 10;

interface ColumnOfCodes {
  /** The column's name, as JSON. */
  name: string;
  /** The codes with their rows, the most frequent one first. */
  codes: Array<[code: string, rows: number]>;
}

type Columns = Pick<EntryParts, 'table' | 'choices' | 'currency'>;

/** Asks if there are several currencies, or one that is not the tenant's. */
export function askCurrencies(parts: EntryParts): ColumnQuestion[] {
  return currencyColumns(parts).flatMap(({ name, codes }) => {
    const [first, ...others] = codes;
    if (first === undefined || (others.length === 0 && (parts.currency ?? first[0]) === first[0])) return [];
    const shown = codes.slice(0, SHOWN_MAX).map(([code, count]) => `${code} (${count})`);
    const message =
      others.length === 0
        ? `${name} says ${first[0]}, and amounts are read as ${parts.currency}: is that right? To have them converted, name the currency and a file of rates in pricing.vendor_terms`
        : `${name} has the currencies ${shown.join(', ')}, and all amounts are read as one: which one is it? To read its rows alone declare rows: [{ column: ${name}, keep: [${JSON.stringify(first[0])}] }]`;
    return [question('currency_column', message)];
  });
}

/** Takes the currency from a column that names it in each row, if signs, headers and the user name none. */
export function withColumnCurrency(forms: CellForms, columns: Columns): CellForms {
  if (forms.currency !== null || columns.currency !== null) return forms;
  const named = currencyColumns(columns);
  const codes = new Set(named.flatMap((column) => column.codes.map(([code]) => code)));
  const [code, ...others] = codes;
  if (code === undefined || others.length > 0) return forms;
  const message = `${named[0]?.name} says ${code} in each row: default_currency must be that, or pricing.vendor_terms converts the amounts`;
  const finding = { ...question('currency_named', message), count: null };
  return { ...forms, currency: code, findings: [...forms.findings, finding] };
}

function question(code: string, message: string): ColumnQuestion {
  return { code, message, column: null };
}

function currencyColumns({ table: { header, rows }, choices }: Columns): ColumnOfCodes[] {
  if (header === null) return [];
  const used = new Set(choices.map((choice) => choice.chosen?.index));
  return [...header.keys()].flatMap((index) => {
    if (used.has(index)) return [];
    const cells = rows.map((row) => (row[index] ?? '').trim().toUpperCase()).filter((cell) => cell !== '');
    const found = cells.filter((cell) => CURRENCIES.has(cell));
    if (cells.length === 0 || found.length < cells.length * CODES_MIN) return [];
    if (!saysCurrency(header[index] ?? '') && found.every(isAlsoWord)) return [];
    const counts = new Map<string, number>();
    for (const code of found) counts.set(code, (counts.get(code) ?? 0) + 1);
    const codes = [...counts].sort((a, b) => b[1] - a[1]);
    return [{ name: JSON.stringify(sourceName(header, index)), codes }];
  });
}
