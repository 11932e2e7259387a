/** Bad data: problems with the rows of a feed, as the entries of `errors.json`. */

/** One problem with one cell or, if `column` is null, with the row as a whole. */
export interface RowProblem {
  error_code: string;
  /** The canonical or extra column; the vendor's header if the cell belongs to none; null for the row as a whole. */
  column: string | null;
  /** The cell as the feed has it, trimmed; null if it is empty. */
  value: string | null;
  reason: string;
}

/** An invalid row in `errors.json`. Its own problem fields repeat the first of `problems`. */
export interface RowEntry extends RowProblem {
  vendor_id: string;
  /** Only if the feed has several files. */
  file?: string;
  /** The number of the record; the header is 1. */
  row_number: number;
  /** The physical line on which the row starts, from 1. */
  line: number;
  /** The row's unchanged cells by header; `#3` if the header is missing, empty or not the first of its name. */
  row_data: Record<string, string>;
  problems: RowProblem[];
}

/** A problem with a vendor as a whole in `errors.json`. */
export interface VendorEntry {
  error_code: string;
  error_message: string;
  vendor_id: string;
  expected_prefix: string | null;
}

/**
 * The row codes of the engine, with their meanings; plugins declare theirs in their manifests. A meaning is the `reason` of
 * a row in `errors.json`: rewording one changes that artifact.
 */
export const ROW_CODES = {
  too_many_fields: 'the row has more cells than the table has columns',
  malformed_quote: 'a quote stands where none can, or is never closed; the cells after it may be shifted',
  record_too_long: 'the row is longer than the limit for one record (LIMIT_RECORD_BYTES)',
  broken_record: 'a line end of another sort than the header’s stands inside a cell and breaks the row in two',
  missing_value: 'a required cell is empty',
  sku_too_long: 'the SKU is longer than the limit (LIMIT_SKU_BYTES)',
  extra_cell_too_long: 'the cell is longer than the limit for extra columns (LIMIT_EXTRA_CELL_BYTES)',
  invalid_sku: 'the SKU has a NUL or another control character, such as a tab or a line end',
  invalid_int: 'not a whole number of at most 15 digits',
  invalid_decimal:
    'not a plain decimal below 1,000,000,000: digits with a point; a comma or a currency only where the parser declares it',
  negative_value: 'below zero',
  invalid_condition: 'not one of new, used, refurb',
  invalid_datetime:
    'not YYYY-MM-DD or YYYY-MM-DD HH:MM:SS, with T or a space, with or without seconds and their fraction, and Z or an offset',
  foreign_currency: 'the amount is in another currency than the vendor’s',
  not_in_side_file: 'the side file has no row for this key',
  unknown_adder: 'the table of cost adders does not name this',
  invalid_factor: 'the number to multiply with or divide by is not above zero, or it does not leave a whole quantity',
  formula: 'a formula, or a wrapper such as ="007" that is not whole: what it stands for is not in the file',
  row_refused: 'a rule of the parser’s options refuses the row',
  duplicate_sku: 'an earlier row of this feed has the same SKU',
} as const;

/** Codes of vendor entries, beside the run codes and those of validators. */
export const VENDOR_CODES = [
  'OPTIONAL_VENDOR_MISSING',
  'preamble_missing',
  'preamble_ambiguous',
  'preamble_mismatch',
  'footer_missing',
  'footer_mismatch',
  'STALE_FEED',
  'ERRORS_TRUNCATED',
] as const;

export type RowCode = keyof typeof ROW_CODES;
