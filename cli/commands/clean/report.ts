/** What `relay clean --json` says about a file. */
import type { EncodingChoice } from '../../../plugins/parsers/kit/encoding/index.ts';
import type { OtherTable } from '../../../plugins/parsers/kit/table/other-tables.ts';
import type { DetectedDialect } from '../../../plugins/parsers/kit/table/sniff.ts';

/** What was chosen for one file, and what is to be known of it, for `--json`. */
export interface CleanReport {
  file: string;
  ok: boolean;
  error?: { code: string; message: string };
  /** What the table was wrapped in, the outermost first: `gzip`, `ZIP member "a.csv"`, `sheet "Stock" of 3`. */
  via?: readonly string[];
  encoding?: EncodingChoice;
  dialect?: Omit<DetectedDialect, 'reasons'>;
  reasons?: string[];
  rows?: number;
  repaired?: { line: number; what: string }[];
  repaired_rows?: number;
  ragged_rows?: number;
  /** Of the first of them. */
  ragged_lines?: number[];
  footer_lines?: number[];
  other_tables?: OtherTable[];
}
