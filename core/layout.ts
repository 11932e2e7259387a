/** How a delimited feed is laid out: a table that the engine runs over the feed's UTF-8 bytes. */
import type { CanonicalColumn } from './canonical.ts';

export interface Layout {
  /** One or more characters. */
  delimiter: string;
  /** One ASCII character, or null where quotes mean nothing. */
  quote: string | null;
  /** An ASCII character that takes the meaning from a quote, a delimiter or itself after it. */
  escape?: string | null;
  /** Physical lines before the header (or before the first row). */
  skipLines: number;
  /** Records at the end that are left out. */
  skipLastRows?: number;
  /** Whether the first record is a header. */
  header: boolean;
  /** Records that make up the header, 1 unless given; the names of a column are joined with a space. */
  headerRows?: number;
  /** Without a header: cells that a row should have. `first_row`: those of the first row that stays; absent: any number. */
  rowFields?: number | 'first_row';
  columns: Partial<Record<CanonicalColumn, ColumnSource>>;
  /**
   * Whether cells without quotes are numbers with a point as decimal mark, whatever the columns' `numbers` say, and texts
   * stand in quotes: so the sheets of workbooks are handed in.
   */
  plainNumbers?: boolean;
  /** Whether `="007"` is read as `007`, in every column that is read. */
  unwrap?: boolean;
  /** A row stays if each of these lets it. Those left out are counted. */
  filters?: readonly RowFilter[];
  /** Files that are joined to the rows. */
  sideFiles?: readonly SideFile[];
  /** Rows of one SKU are parts of one offer, such as a row for each location: their quantities are summed at the merge. */
  sumRows?: boolean;
  /** The IANA zone of timestamps that name none; null is UTC. */
  timeZone: string | null;
  repair?: Repair;
  /** For what a table cannot say: the row's cells changed, or null to leave the row out (it is counted). */
  row?: (cells: string[], header: readonly string[]) => string[] | null;
}

/** Reads records with a quote out of place, or with too many or too few fields, as the feed's other records demand. */
export interface Repair {
  /** The number of fields that a record should have. Nothing is put right where the header has another number. */
  width: number;
  /** The cells of such a record, given as it stands, without its line end; null leaves it as it is. */
  mend(text: string): readonly string[] | null;
}

/** One column of the feed; `loose` also trimmed and in any case; `index` counts from 0. */
export type FieldRef = { header: string; match: 'exact' | 'loose' } | { index: number };

/** All columns whose header matches: `*` stands for any characters, `?` for one, and case does not matter. */
export interface FieldPattern {
  pattern: string;
}

/** Where a canonical column's cells come from. */
export type ColumnSource =
  /** The column with this header. `expected`: its absence is worth a warning. */
  | { header: string; match: 'exact' | 'loose'; expected: boolean }
  /** The column at this position, from 0. */
  | { index: number }
  | CellSource;

/** Cells that are put together, or that are not written in the contract's own forms. */
export interface CellSource {
  origin: CellOrigin;
  expected: boolean;
  form?: Partial<CellForm>;
  /** Money alone: added to an amount that is not empty. */
  add?: readonly Adder[];
}

export type CellOrigin =
  /** The first of these columns that the feed has. */
  | { kind: 'first_found'; fields: readonly FieldRef[] }
  /** In each row the first of them that is not empty; `words` are those of one column, before those of the form. */
  | { kind: 'first_filled'; fields: ReadonlyArray<FieldRef & { words?: CellForm['words'] }> }
  /** Numbers alone. Empty cells count as nothing. */
  | { kind: 'sum'; fields: ReadonlyArray<FieldRef | FieldPattern> }
  | { kind: 'constant'; text: string }
  /** The column of this header (or `#0`) in a side file. */
  | { kind: 'side_file'; file: string; column: string };

/** How a cell is written, where that is not the contract's own form. */
export interface CellForm {
  /** Whole cells, in any case, that stand for another one; null is an empty one. */
  words: Readonly<Record<string, string | null>>;
  numbers: NumberForm | null;
  /** Forms of timestamps beside the contract's, such as `MM/DD/YYYY`. */
  times: readonly string[];
}

/** What a number may have besides digits. What is not declared is an error, and so is what could mean two numbers. */
export interface NumberForm {
  decimal: '.' | ',';
  /** Between groups of three digits; a space stands for no-break spaces too. */
  thousands: ',' | '.' | ' ' | "'" | null;
  /** The ISO 4217 code whose signs and code amounts may carry; another currency's is an error. */
  currency: string | null;
  /** Whether `50+` and `>100` are read as 50 and 100. */
  atLeast: boolean;
  /** Whether a number below zero is read as zero, as shops mean it that sell more than they have. */
  zeroBelow: boolean;
  /** Amounts alone: how many of the digits stand after the point that is not written: 2 reads cents. */
  impliedDecimals?: number;
  /** What may follow a number and says what is counted, such as `pcs`; letters of ASCII in any case. */
  units?: readonly string[];
}

/** An amount that goes on top of another, by what stands in a column (in any case), or on top of all. */
export interface Adder {
  /** Null adds `otherwise` to all. */
  by: readonly FieldRef[] | null;
  amounts: Readonly<Record<string, string>>;
  /** For what `amounts` does not name; null makes the row invalid. */
  otherwise: string | null;
}

/** Keeps or drops the rows whose cell is one of `values`: patterns as of `FieldPattern`; empty cells match `''`. */
export interface RowFilter {
  fields: readonly FieldRef[];
  values: readonly string[];
  action: 'keep' | 'drop';
  /** It judges only the rows whose cell here is one of the values; null is all. */
  where: { fields: readonly FieldRef[]; values: readonly string[] } | null;
  /** Whether a feed without the column is read unfiltered; otherwise it lacks a required column. */
  optional: boolean;
}

/** A small file beside the feed, such as a price list, joined to its rows by a key. */
export interface SideFile {
  name: string;
  delimiter: string;
  encoding: string;
  header: boolean;
  /** The header (or `#0`) of the key in the side file. */
  key: string;
  /** The feed's column that has the key; null is the one that the SKU comes from. */
  on: readonly FieldRef[] | null;
  /** What a row is whose key the file does not have: invalid, left out, or one with empty cells. */
  missing: 'error' | 'skip_row' | 'empty';
}

/** A side file that a parser's options name. */
export interface NamedSideFile {
  name: string;
  location: SideFileLocation;
  /** Where it stands below the options, such as `side_files[0]`. */
  path: string;
}

export interface SideFileLocation {
  type: 's3' | 'file';
  s3_key: string | null;
  local_path: string | null;
}

/** A plain source, as a cell source. */
export function asCellSource(source: ColumnSource): CellSource {
  if ('origin' in source) return source;
  if ('index' in source) return { origin: { kind: 'first_found', fields: [source] }, expected: true };
  const { header, match, expected } = source;
  return { origin: { kind: 'first_found', fields: [{ header, match }] }, expected };
}
