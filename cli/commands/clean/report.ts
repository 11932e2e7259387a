/** The report of `relay clean --json` about a file. Fields are printed in the order in which they are set. */
import type { EncodingChoice } from '../../../plugins/parsers/kit/encoding/index.ts';
import type { OtherTable } from '../../../plugins/parsers/kit/table/detect/other-tables.ts';
import type { DetectedDialect } from '../../../plugins/parsers/kit/table/detect/sniff.ts';

export type CleanReport = CleanedFile | UnreadableFile;

export interface UnreadableFile {
  file: string;
  ok: false;
  error: string;
  message: string;
}

export interface CleanedFile extends RowCounts {
  /** The table, if it goes into no file. */
  csv?: string;
  file: string;
  ok: true;
  /** The containers around the table, outermost first: `gzip`, `ZIP member "a.csv"`, `sheet "Stock" of 3`. */
  via: readonly string[];
  encoding: EncodingChoice;
  dialect: Omit<DetectedDialect, 'reasons'>;
  reasons: string[];
}

/** Counts of what was written, and of oddities. */
export interface RowCounts {
  rows: number;
  /** Oddities of the header, and changes made to it. */
  header_problems: { line: number; what: string }[];
  /** The first of the repaired rows. */
  repaired: { line: number; what: string }[];
  repaired_rows: number;
  ragged_rows: number;
  /** The lines of the first of the ragged rows. */
  ragged_lines: number[];
  other_tables: OtherTable[];
  footer_lines: number[];
  /** The row of dashes below the header, which is left out. */
  underlines: { line: number; cells: string[] }[];
  /** Rows with an unpaired quote, which was read as part of its cell. Inch marks do not count. */
  odd_quote_rows: number;
  /** The lines of the first of them. */
  odd_quote_lines: number[];
}
