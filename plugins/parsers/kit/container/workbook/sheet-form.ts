/** How a sheet is written as text. */
import type { SheetErrors } from './sheet-errors.ts';

/** How the fields of a sheet are read, by their numbers from 0. */
export interface SheetColumns {
  /** The lines up to the end of the header: they are written as if `columns` were absent. */
  headerLines: number;
  /** Read as texts: they get what the cell shows. */
  texts: ReadonlySet<number>;
  /** Read as numbers or times: they get what the cell stores. */
  values: ReadonlySet<number>;
  /** Fields in which an error, or a formula without a value, is an empty cell. */
  withoutErrors: ReadonlySet<number>;
  /** The fields among `values` that are amounts. A number format may show a currency, in lower case one of these. */
  amounts: ReadonlySet<number>;
  currencyMarks: ReadonlySet<string>;
}

export interface SheetForm {
  /** The fewest fields of a row that is not blank. */
  width: number;
  /** True to quote texts but not numbers. */
  quoteTexts: boolean;
  columns: SheetColumns | null;
  /** Counts errors written as empty cells; without `columns`, all errors. */
  errors: SheetErrors;
  /** Counts amounts that are shown in another currency, or as percentages. */
  doubts: SheetErrors;
}
