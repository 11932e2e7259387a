/**
 * A golden case against the oracle. What a case expects was written out from the engine's own files once it agreed with
 * a prediction made by hand; this keeps such a file from being wrong in the same way as the engine is.
 */

import { type GoldenCase, mergedName } from '../../cli/golden/cases.ts';
import { runOracle } from '../oracle/oracle.ts';
import type { ErrorEntry, RowError } from '../oracle/types.ts';

/** Differences between the oracle and `expected/`; empty if they agree. */
export function oracleDisagreements(one: GoldenCase): string[] {
  const { tenant, files, skuMaps, now, expect, expected } = one;
  const result = runOracle({ config: tenant as object, files, skuMaps, runId: 'run-1', now });
  const problems: string[] = [];
  const compare = (what: string, ours: unknown, theirs: unknown) => {
    const [wanted, came] = [JSON.stringify(ours), JSON.stringify(theirs)];
    if (wanted !== came) problems.push(`${what}: expected ${wanted}, the oracle has ${came}`);
  };
  compare('status', expect.status, result.status);
  compare('error_code', expect.error_code, result.error_code ?? null);
  if (expect.status === 'FAILED') return problems;

  compare('merged feed', expected.get(mergedName(one)), result.merged);
  for (const [vendor, text] of Object.entries(result.normalized)) {
    compare(`normalized ${vendor}`, expected.get(`normalized/${vendor}/normalized.csv`), text);
  }
  const entries = JSON.parse(expected.get('errors.json') ?? '[]') as ErrorEntry[];
  compare('errors', entries.map(place).sort(), result.errors.map(place).sort());
  const summary = JSON.parse(expected.get('summary.json')!);
  compare('rows', [summary.total_rows, summary.invalid_rows], [result.total_rows, result.invalid_rows]);
  compare('unpriced', summary.unpriced_skus, result.unpriced);
  return problems;
}

/**
 * Vendor, row, line and every problem's code and column. Without the values and without the column of a malformed
 * quote: the oracle does not say which cell that was.
 */
function place(entry: ErrorEntry): string {
  const { vendor_id, row_number, line, problems = [] } = entry as RowError;
  const codes = problems.map((problem) =>
    problem.error_code === 'malformed_quote' ? problem.error_code : `${problem.error_code} ${problem.column}`,
  );
  return [vendor_id, row_number ?? '', line ?? '', entry.error_code, ...codes].join(' | ');
}
