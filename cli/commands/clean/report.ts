/** What `relay clean --json` says about a file. Its fields come out in the order in which they are filled. */
import type { EncodingChoice } from '../../../plugins/parsers/kit/encoding/index.ts';
import type { OtherTable } from '../../../plugins/parsers/kit/table/other-tables.ts';
import type { DetectedDialect } from '../../../plugins/parsers/kit/table/sniff.ts';

export type CleanReport = CleanedFile | UnreadableFile;

export interface UnreadableFile {
  file: string;
  ok: false;
  error: string;
  message: string;
}

export interface CleanedFile extends RowCounts {
  /** The table, where no file has it. */
  csv?: string;
  file: string;
  ok: true;
  /** What the table was wrapped in, the outermost first: `gzip`, `ZIP member "a.csv"`, `sheet "Stock" of 3`. */
  via: readonly string[];
  encoding: EncodingChoice;
  dialect: Omit<DetectedDialect, 'reasons'>;
  reasons: string[];
}

/** What was written, and what is odd about it. */
export interface RowCounts {
  rows: number;
  /** What is odd about the header, or was done to it. */
  header_problems: { line: number; what: string }[];
  /** The first of the repaired rows. */
  repaired: { line: number; what: string }[];
  repaired_rows: number;
  ragged_rows: number;
  /** The lines of the first of the ragged rows. */
  ragged_lines: number[];
  other_tables: OtherTable[];
  footer_lines: number[];
  /** Rows with a quote that has no pair, read as part of its cell; not the marks of inches. */
  odd_quote_rows: number;
  /** The lines of the first of them. */
  odd_quote_lines: number[];
}
