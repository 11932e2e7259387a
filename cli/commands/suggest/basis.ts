/** Questions that a header raises: whether amounts are with tax, for a pack, or for a hundred pieces. */
import { factsOf } from '../../../plugins/parsers/kit/suggest/cell-evidence.ts';
import {
  grossWords,
  piecesPriced,
  saysPackSize,
  saysPriceUnit,
} from '../../../plugins/parsers/kit/suggest/price-basis.ts';

export interface BasisQuestion {
  code: string;
  message: string;
}

/** The least share of numbers in a column of amounts. */
const AMOUNTS_MIN = 0.6;
/** `6`, `per 100`, `100 Stk`: the number in a cell of a pack-size column. */
const PIECES = /^\D{0,12}(\d{1,6})(?:[.,]0+)?\D{0,12}$/;

export interface BasisColumn {
  /** The header of the column. */
  name: string;
  /** Its sample. */
  cells: readonly string[];
  /** The canonical column that it was taken for, if any. */
  column: string | null;
  /** The canonical columns of amounts that the entry maps: those that a pack size divides. */
  amounts: readonly string[];
}

export function askBasis({ name, cells, column, amounts }: BasisColumn): BasisQuestion[] {
  const dividedBy = (by: number): string =>
    column === null
      ? `columns: { cost: { from: ${JSON.stringify(name)}, divide_by: ${by} } }`
      : `columns: { ${column}: { divide_by: ${by} } }`;
  const facts = factsOf(cells);
  const areAmounts = facts.filled > 0 && facts.numbers >= facts.filled * AMOUNTS_MIN;
  const questions: BasisQuestion[] = [];
  const tax = grossWords(name);
  if (tax !== null && areAmounts) {
    const message = `says ${JSON.stringify(tax)}: are these amounts with tax? For net amounts declare ${dividedBy(1.19)} with the tax rate that applies`;
    questions.push(question('gross_amounts', message));
  }
  const pieces = piecesPriced(name);
  if (pieces !== null && areAmounts) {
    const message = `says that amounts are for ${pieces} pieces: for amounts of one declare ${dividedBy(pieces)}`;
    questions.push(question('pack_prices', message));
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
      return [...questions, question('pack_prices', message)];
    }
    const message = `says how many pieces a pack has: are quantities and amounts for packs? Then declare columns: { quantity_available: { multiply_by: ${source} }, ${amountOptions(`divide_by: ${source}`)} }`;
    questions.push(question('pack_size', message));
  }
  return questions;
}

function question(code: string, message: string): BasisQuestion {
  return { code, message };
}
