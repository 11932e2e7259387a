/** Questions that a header raises: whether amounts include tax, or are for a pack or a hundred pieces. */

import { grossWords, piecesPriced, saysPackSize, saysPriceUnit, saysTaxRate } from '../../../core/money/price-basis.ts';
import { factsOf } from '../../../plugins/parsers/kit/suggest/cell-evidence.ts';
import type { FeedColumn } from '../../../plugins/parsers/kit/suggest/header-words.ts';

export interface BasisQuestion {
  code: string;
  message: string;
  /** If the answer is yes, the divisor of amounts as a config writes it, for one column or (null) for all. */
  divides?: { column: string | null; by: string };
  /** In that case, the factor of quantities. */
  multiplies?: string;
}

export interface ColumnQuestion extends BasisQuestion {
  column: FeedColumn | null;
}

/** A column of amounts has at least this share of numbers. */
const AMOUNTS_MIN = 0.6;
/** The rate in `incl. 7% VAT`. */
const RATE = /(?<![\d.,])([1-9]\d?) ?%?/;
const CELL_RATE = /^(\d{1,2}(?:[.,]\d{1,4})?) ?%?$/;
const RATES_MAX = 10;
const RATES_SHOWN = 4;
/** `6`, `per 100`, `100 Stk`: the number in a cell of a pack-size column. */
const PIECES = /^\D{0,12}(\d{1,6})(?:[.,]0+)?\D{0,12}$/;

export interface BasisColumn {
  /** The header of the column. */
  name: string;
  /** Its sample. */
  cells: readonly string[];
  /** The canonical column that it was taken for, if any. */
  column: string | null;
  /** The canonical columns of amounts in the entry: a pack size divides these. */
  amounts: readonly string[];
}

export function askBasis({ name, cells, column, amounts }: BasisColumn): BasisQuestion[] {
  const dividedBy = (by: number): string =>
    column === null
      ? `columns: { cost: { from: ${JSON.stringify(name)}, divide_by: ${by} } }`
      : `columns: { ${column}: { divide_by: ${by} } }`;
  const facts = factsOf(cells);
  const areAmounts = facts.filled > 0 && facts.numbers >= facts.filled * AMOUNTS_MIN;
  if (saysTaxRate(name)) return askRates(name, cells, amounts);
  const questions: BasisQuestion[] = [];
  const divides = (by: number) => ({ divides: { column, by: String(by) } });
  const tax = grossWords(name);
  if (tax !== null && areAmounts) {
    const rate = 1 + Number(RATE.exec(name)?.[1] ?? 19) / 100;
    const message = `says ${JSON.stringify(tax)}: are these amounts with tax? For net amounts declare ${dividedBy(rate)} with the tax rate that applies`;
    questions.push(question('gross_amounts', message, divides(rate)));
  }
  const pieces = piecesPriced(name);
  if (pieces !== null && areAmounts) {
    const message = `says that amounts are for ${pieces} pieces: for amounts of one declare ${dividedBy(pieces)}`;
    questions.push(question('pack_prices', message, divides(pieces)));
  }
  if (!saysPackSize(name)) return questions;
  const amountOptions = (value: string): string =>
    (amounts.length === 0 ? ['cost'] : amounts).map((one) => `${one}: { ${value} }`).join(', ');
  const sizes = cells.map((cell) => Number(PIECES.exec(cell.trim())?.[1] ?? 0));
  if (facts.fractions > facts.filled / 3) {
    const message =
      column === null
        ? 'says that amounts are for a pack: which column has its size? Declare columns: { cost: { from, divide_by } }'
        : `says that amounts are for a pack: which column has its size? Declare columns: { ${column}: { divide_by } }`;
    questions.push(question('pack_prices', message));
  } else if (sizes.some((size) => size > 1)) {
    const source = JSON.stringify(name);
    if (saysPriceUnit(name)) {
      const message = `says how many pieces an amount is for: for amounts of one declare columns: { ${amountOptions(`divide_by: ${source}`)} }`;
      return [...questions, question('pack_prices', message, { divides: { column: null, by: source } })];
    }
    const message = `says how many pieces a pack has: are quantities and amounts for packs? Then declare columns: { quantity_available: { multiply_by: ${source} }, ${amountOptions(`divide_by: ${source}`)} }`;
    questions.push(question('pack_size', message, { divides: { column: null, by: source }, multiplies: source }));
  }
  return questions;
}

/** Asks about a column of tax rates, such as 19 and 7: the amounts beside it may include tax. */
function askRates(name: string, cells: readonly string[], amounts: readonly string[]): BasisQuestion[] {
  const rates = new Map<string, number>();
  for (const cell of cells.map((one) => one.trim())) {
    const rate = CELL_RATE.exec(cell)?.[1]?.replace(',', '.');
    if (rate === undefined) {
      if (cell !== '') return [];
      continue;
    }
    // 0.19 is 19 %
    rates.set(cell, Number(rate) < 1 && !cell.endsWith('%') ? Number(rate) * 100 : Number(rate));
  }
  const words = [...rates].sort(([, a], [, b]) => a - b).slice(0, RATES_MAX);
  if (words.length === 0) return [];
  const entries = words.map(([cell, rate]) => `${JSON.stringify(cell)}: ${Number((1 + rate / 100).toFixed(6))}`);
  const by = `{ column: ${JSON.stringify(name)}, words: { ${entries.join(', ')} } }`;
  const shown = words.slice(0, RATES_SHOWN).map(([cell]) => cell);
  const targets = (amounts.length === 0 ? ['cost'] : amounts).map((one) => `${one}: { divide_by: ${by} }`).join(', ');
  const message = `has rates of tax, such as ${shown.join(', ')}, and is not read: are amounts with tax? For net amounts declare columns: { ${targets} }`;
  return [question('tax_rates', message, { divides: { column: null, by } })];
}

/** Asks for a list of factors if one column needs several, such as for tax and packs. Null if no column needs two. */
export function askTogether(questions: readonly BasisQuestion[], amounts: readonly string[]): BasisQuestion | null {
  const divided = amounts.flatMap((amount) => {
    const factors = questions.flatMap(({ divides }) =>
      divides !== undefined && (divides.column ?? amount) === amount ? [divides.by] : [],
    );
    // a column of rates is more precise than words in a header
    const rates = questions.find(({ code }) => code === 'tax_rates')?.divides?.by;
    const guesses = questions.flatMap(({ code, divides }) => (code === 'gross_amounts' && divides ? [divides.by] : []));
    const own = rates === undefined ? factors : factors.filter((by) => !guesses.includes(by));
    return own.length < 2 ? [] : [`${amount}: { divide_by: [${own.join(', ')}] }`];
  });
  if (divided.length === 0) return null;
  const packs = questions.flatMap(({ multiplies }) => multiplies ?? []);
  const quantity = packs.slice(0, 1).map((by) => `quantity_available: { multiply_by: ${by} }`);
  const message = `if more than one of these questions is answered with yes, declare the factors as a list: columns: { ${[...quantity, ...divided].join(', ')} }`;
  return question('factors_together', message);
}

function question(
  code: string,
  message: string,
  more: Pick<BasisQuestion, 'divides' | 'multiplies'> = {},
): BasisQuestion {
  return { code, message, ...more };
}
