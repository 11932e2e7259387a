/** The layout of a delimited feed, as data: the engine runs it over the feed's UTF-8 bytes. */
import type { CanonicalColumn, ExtraColumn } from './canonical.ts';

export interface Layout {
  /** One or more characters. */
  delimiter: string;
  /** One ASCII character, or null if quotes have no meaning. */
  quote: string | null;
  /** An ASCII character that makes a following quote, delimiter or escape literal. */
  escape?: string | null;
  /** Physical lines before the header (or before the first row). */
  skipLines: number;
  /** Values in the skipped lines: they apply to all rows, or are only checked. */
  preamble?: readonly PreambleValue[];
  /** Records to leave out at the end. */
  skipLastRows?: number;
  /** What the last rows must be. They are not data; what they say is checked. */
  footer?: readonly FooterLine[];
  /** True if the first record is a header. */
  header: boolean;
  /** Records of the header, 1 by default. The parts of a column's name are joined with a space. */
  headerRows?: number;
  /**
   * Without a header: the cells that a row should have. `first_row`: as many as the first kept row; absent: any number.
   */
  rowFields?: number | 'first_row';
  columns: Partial<Record<CanonicalColumn, ColumnSource>>;
  /** The tenant's extra columns; one that is absent is mapped by `column_map`, or read under its own name. */
  extras?: Readonly<Record<ExtraColumn, ColumnSource>>;
  /**
   * If true, a cell without quotes is a number with a decimal point, whatever the column's `numbers` says, and texts
   * are in quotes. Sheets of workbooks are converted to this.
   */
  plainNumbers?: boolean;
  /** If true, `="007"` is read as `007`, in every column. */
  unwrap?: boolean;
  /** If true, an apostrophe before `=`, `+`, `-`, `@`, a tab or a CR is dropped, in every column. */
  unescapeFormulas?: boolean;
  /** A row stays if it passes each filter. The others are counted. */
  filters?: readonly RowFilter[];
  /** Files to join to the rows. */
  sideFiles?: readonly SideFile[];
  /**
   * If true, the rows of one SKU are parts of one offer, such as a row per location: the merge sums their quantities.
   */
  sumRows?: boolean;
  /** The IANA zone of timestamps without a zone; null is UTC. */
  timeZone: string | null;
  repair?: Repair;
  /**
   * For what a table cannot express: returns the row's changed cells, null to leave the row out (it is counted), or why the
   * row is refused.
   */
  row?: (cells: string[], header: readonly string[]) => string[] | RowRefusal | null;
}

/** A row that a parser's own code refuses: its entry in `errors.json`. */
export interface RowRefusal<Code extends string = string> {
  /** One of the manifest's `codes`. */
  code: Code;
  /** The column to blame; null for the row as a whole. */
  column: CanonicalColumn | null;
  reason: string;
}

/**
 * Repairs records with a misplaced quote, or with too many or too few fields, after the pattern of the feed's other
 * records.
 */
export interface Repair {
  /** The number of fields that a record should have. Nothing is repaired if the header has another number. */
  width: number;
  /** Gets the record's text without its line end; returns its cells, or null to leave it as it is. */
  mend(text: string): readonly string[] | null;
}

/** A text in the lines above the header: where it is, and what it may be. */
export interface PreambleValue {
  /** The name by which `CellOrigin` refers to it. */
  name: string;
  /** The physical line, from 1; absent: any of them. */
  line?: number;
  /** The text before it, in the same cell or in one before it. Without one, `line` is needed. */
  after?: string;
  /** The text after it, in its cell. */
  before?: string;
  /** The position of the cell that has it, or that has `after`, from 0; absent: the first that has something. */
  cell?: number;
  /** If true, the line is one cell. */
  wholeLine?: boolean;
  /** What it may be, in any case; absent: anything. */
  is?: readonly string[];
  /** If true, a feed may lack it: it is an empty cell then. */
  optional: boolean;
}

/** A row of the footer: the parts of each of its cells. A cell without parts is empty; so are those that are not listed. */
export interface FooterLine {
  cells: ReadonlyArray<readonly FooterPart[]>;
}

/** Two parts that are no text must have a text between them. Case and the width of white space do not matter. */
export type FooterPart =
  | { kind: 'text'; text: string }
  /** Any text, also none. */
  | { kind: 'any' }
  /** The number of rows before the footer, or of those that the filters keep; null reads a plain number. */
  | { kind: 'rows' | 'kept_rows'; form: NumberForm | null }
  /** The sum of a column's values over the kept rows. */
  | { kind: 'sum'; column: CanonicalColumn; form: NumberForm | null };

/** One column of the feed. `loose` ignores case and white space around the name; `index` counts from 0. */
export type FieldRef = { header: string; match: 'exact' | 'loose' } | { index: number };

/** All columns whose header matches: `*` is any number of characters, `?` is one, and case does not matter. */
export interface FieldPattern {
  pattern: string;
}

/** Where a canonical column's cells come from. */
export type ColumnSource =
  /** The column with this header. `expected`: warn if the feed lacks it. */
  | { header: string; match: 'exact' | 'loose'; expected: boolean }
  /** The column at this position, from 0. */
  | { index: number }
  | CellSource;

/** Cells that come from several places, or that are not in the contract's form. */
export interface CellSource {
  origin: CellOrigin;
  expected: boolean;
  form?: Partial<CellForm>;
  /** For numbers only: applied to a number that is not empty, in order, before `add`. */
  factors?: readonly Factor[];
  /** For money only: added to an amount that is not empty. */
  add?: readonly Adder[];
}

/**
 * A number above zero that a value is multiplied with or divided by. Amounts are rounded half to even to six
 * decimals; a quantity must stay whole.
 */
export interface Factor {
  divides: boolean;
  /** A decimal, or the cell of a column in each row. */
  by: { decimal: string } | { fields: readonly FieldRef[]; form: Partial<CellForm> };
}

export type CellOrigin =
  /** The first of these columns that the feed has. */
  | { kind: 'first_found'; fields: readonly FieldRef[] }
  /** In each row, the first of them that is not empty. A column's own `words` come before those of the form. */
  | { kind: 'first_filled'; fields: ReadonlyArray<FieldRef & { words?: CellForm['words'] }> }
  /** For numbers only. Empty cells are ignored. */
  | { kind: 'sum'; fields: ReadonlyArray<FieldRef | FieldPattern> }
  /** For texts only: the cells of these columns that are not empty, with `separator` between them. */
  | { kind: 'join'; fields: readonly FieldRef[]; separator: string }
  | { kind: 'constant'; text: string }
  /** A value of the layout's `preamble`. */
  | { kind: 'preamble'; name: string }
  /** The column of this header (or `#0`) in a side file. */
  | { kind: 'side_file'; file: string; column: string };

/** How a cell is written, if not in the contract's form. */
export interface CellForm {
  /** Replacements for whole cells, in any case; null is an empty cell. */
  words: Readonly<Record<string, string | null>>;
  numbers: NumberForm | null;
  /** Forms of timestamps in addition to the contract's, such as `MM/DD/YYYY`. */
  times: readonly string[];
}

/**
 * What a number may have besides digits. Anything not declared is an error, and so is a cell with two possible
 * readings.
 */
export interface NumberForm {
  decimal: '.' | ',';
  /** The mark between groups of three digits; a space includes no-break spaces. */
  thousands: ',' | '.' | ' ' | "'" | null;
  /** ISO 4217 code: amounts may have this code or its signs; any other currency is an error. */
  currency: string | null;
  /** If true, `50+` and `>100` are read as 50 and 100. */
  atLeast: boolean;
  /** If true, a number below zero is read as zero: shops that oversell write one. */
  zeroBelow: boolean;
  /** For amounts only: the number of digits after an unwritten decimal point; 2 reads cents. */
  impliedDecimals?: number;
  /**
   * The most digits after the decimal mark; absent: any number. Where the decimal mark and `thousands` are a point and a
   * comma, exactly three (`16,500`) are only read if this is 3 or more: they may be thousands of the other convention.
   */
  decimals?: number;
  /** Units that may follow a number, such as `pcs`; ASCII letters in any case. */
  units?: readonly string[];
}

/** An amount to add to another one, chosen by the cell of a column (in any case), or the same for all rows. */
export interface Adder {
  /** Null adds `otherwise` to all. */
  by: readonly FieldRef[] | null;
  amounts: Readonly<Record<string, string>>;
  /** For cells that `amounts` does not list; null makes the row invalid. */
  otherwise: string | null;
}

/**
 * Keeps, drops or refuses the rows whose cell, or canonical value, passes a test. A filter of cells alone that keeps or
 * drops applies before cells are read; the others apply to rows that are read, and not to cells that are invalid.
 */
export interface RowFilter extends RowTest {
  action: 'keep' | 'drop' | 'refuse';
  /** Applies the filter only to rows that pass this test as well; null for all rows. */
  where: RowTest | null;
  /** If true, a feed without the column is not filtered; if false, it lacks a required column. */
  optional: boolean;
  /** What `errors.json` says of a refused row. The code is `row_refused`, or one of the manifest's `codes`. */
  refusal?: { code: string; reason: string };
}

export interface RowTest {
  /** The column of the feed; empty if `value` is given. */
  fields: readonly FieldRef[];
  /** The canonical column whose value is tested, after its words, numbers and factors. */
  value?: CanonicalColumn;
  /**
   * Patterns as in `FieldPattern`; `''` is an empty cell. Values of columns that are no text are compared as numbers, or
   * as moments.
   */
  values: readonly string[];
  /** If true, `*` and `?` in `values` are plain characters. */
  exactly?: boolean;
  /** In place of `values`, for a canonical value that is a number or a moment; an empty value is outside of any range. */
  range?: ValueRange;
}

/** Limits as the contract writes them: `5`, `0.05`, `2026-11-01`. */
export interface ValueRange {
  below?: string;
  above?: string;
  at_least?: string;
  at_most?: string;
}

/** A small file beside the feed, such as a price list, joined to its rows by a key. */
export interface SideFile {
  name: string;
  delimiter: string;
  encoding: string;
  header: boolean;
  /** The header (or `#0`) of the key in the side file. */
  key: string;
  /** The feed's column with the key; null is the column of the SKU. */
  on: readonly FieldRef[] | null;
  /** What to do with a row whose key the file lacks: make it invalid, leave it out, or give it empty cells. */
  missing: 'error' | 'skip_row' | 'empty';
}

/** A side file that a parser's options name. */
export interface NamedSideFile {
  name: string;
  location: SideFileLocation;
  /** Its path below the options, such as `side_files[0]`. */
  path: string;
}

export interface SideFileLocation {
  type: 's3' | 'file';
  s3_key: string | null;
  local_path: string | null;
}

/** The columns with their sources, extra ones too. */
export function columnSources({ columns, extras = {} }: Layout): Array<[CanonicalColumn | ExtraColumn, ColumnSource]> {
  return Object.entries({ ...columns, ...extras }).filter(([, source]) => source !== undefined);
}

/** Any source as a cell source. */
export function asCellSource(source: ColumnSource): CellSource {
  if ('origin' in source) return source;
  if ('index' in source) return { origin: { kind: 'first_found', fields: [source] }, expected: true };
  const { header, match, expected } = source;
  return { origin: { kind: 'first_found', fields: [{ header, match }] }, expected };
}
