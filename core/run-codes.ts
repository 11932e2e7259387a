/** The codes of failed runs, with their meanings. The contract fixes them. */
import { RelayError } from './errors.ts';

export const RUN_CODES = {
  missing_tenant_config: 'there is no config for the tenant',
  unsupported_schema_version: 'the config is for another schema version',
  REQUIRED_VENDOR_MISSING: 'a required vendor sent no file',
  DECODE_ERROR: 'a file has bytes that do not decode in its encoding',
  missing_required_columns: 'a feed has no column for sku or for quantity_available',
  ambiguous_column: 'a header that is read occurs more than once in a feed',
  invalid_input: 'an input is not what it should be, and cannot be read',
  no_rows_parsed: 'files were found, but none has a data row',
  validation_errors: 'more rows are invalid than the error policy allows',
  INPUT_TOO_LARGE: 'a vendor file is larger than the limit',
  RUN_TOO_LARGE: 'the run needed more memory than its process may have',
  RUN_STUCK: 'the run made no progress for longer than it may',
  GUARDRAIL_TRIPPED: 'the result differs from the last good run by more than the guardrails allow',
  EXPECTATION_FAILED: 'the result is not what the tenant expects of every feed',
  BASELINE_MOVED: 'while the run worked, another feed was published than the one it was compared with',
  PATCH_MISMATCH: 'corrected rows were given for another file than the vendor’s',
  POISON_JOB: 'the job was delivered too often and never finished',
  CANCELLED: 'the run was cancelled',
  internal_error: 'Relay itself or its environment failed',
} as const;

export type RunCode = keyof typeof RUN_CODES;

/**
 * The code and message of a failed run. For an error of the environment, the message also names the error's own code.
 */
export function failureOf(error: unknown): { code: RunCode; message: string } {
  if (!(error instanceof RelayError)) {
    const message = 'Relay failed unexpectedly; the log of this process has the details';
    return { code: 'internal_error', message };
  }
  if (isRunCode(error.code)) return { code: error.code, message: error.message };
  return { code: 'internal_error', message: `${error.code}: ${error.message}` };
}

export function isRunCode(code: string): code is RunCode {
  return Object.hasOwn(RUN_CODES, code);
}

/** Codes of a feed that is wrong as a whole; `errors.json` then has an entry for the vendor. */
export const FEED_CODES: ReadonlySet<string> = new Set([
  'DECODE_ERROR',
  'missing_required_columns',
  'ambiguous_column',
  'invalid_input',
  'INPUT_TOO_LARGE',
]);

export function isFeedError(error: unknown): error is RelayError {
  return error instanceof RelayError && FEED_CODES.has(error.code);
}

export const STAGES = ['FETCH_INPUTS', 'NORMALIZE', 'MERGE_PRICE', 'WRITE_OUTPUTS', 'COMPLETE'] as const;
export type Stage = (typeof STAGES)[number];
