/**
 * Compares a golden case with the oracle. Expected files were written from the engine's own files, once they agreed
 * with a prediction made by hand. This test finds expected files that are wrong in the same way as the engine.
 */

import { type GoldenCase, mergedName } from '../../cli/golden/cases.ts';
import { runOracle } from '../oracle/oracle.ts';
import type { Memory, OracleDecision, Published } from '../oracle/publish-types.ts';
import { readTable } from '../oracle/table.ts';
import type { ErrorEntry, RowError } from '../oracle/types.ts';

/** Differences between the oracle and `expected/`; empty if they agree. */
export function oracleDisagreements(one: GoldenCase): string[] {
  const { tenant, files, skuMaps, sideFiles, now, expect, expected } = one;
  const result = runOracle({
    ...{ config: tenant as object, files, skuMaps, sideFiles, runId: 'run-1', now },
    published: publishedOf(one),
    decisions: decisionsOf(one),
    forced: one.force !== undefined,
  });
  const problems: string[] = [];
  const compare = (what: string, ours: unknown, theirs: unknown) => {
    const [wanted, came] = [JSON.stringify(ours), JSON.stringify(theirs)];
    if (wanted !== came) problems.push(`${what}: expected ${wanted}, the oracle has ${came}`);
  };
  compare('status', expect.status, result.status);
  compare('error_code', expect.error_code, result.error_code ?? null);
  if (result.published !== undefined) {
    const { delta, holds, vanished } = result.published;
    compare('holds', expected.get('holds.csv'), holds);
    compare('vanished', expected.get('vanished.csv'), vanished);
    if (expect.status === 'SUCCEEDED') compare('delta', expected.get('delta.csv'), delta);
    else if (expect.error_code === 'GUARDRAIL_TRIPPED')
      compare('candidate', expected.get(mergedName(one).replace('merged', 'candidate')), result.merged);
  }
  const tried = JSON.parse(expected.get('expectations.json') ?? '{"expectations":[]}').expectations as Tried[];
  compare(
    'expectations',
    tried.map(({ met, rows, failed_rows, examples }) => [met, rows, failed_rows === null ? [] : skusOf(examples)]),
    result.verdicts.map(({ met, rows, failed }) => [met, rows, failed]),
  );
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

interface Tried {
  met: boolean;
  rows: number;
  failed_rows: number | null;
  examples: Array<{ sku: string }>;
}

function skusOf(examples: ReadonlyArray<{ sku: string }>): string[] {
  return examples.map(({ sku }) => sku);
}

/**
 * Vendor, row, line and every problem's code and column. Without values, and without the column of a malformed quote:
 * the oracle does not say which cell that was.
 */
function place(entry: ErrorEntry): string {
  const { vendor_id, row_number, line, problems = [] } = entry as RowError;
  const codes = problems.map((problem) =>
    problem.error_code === 'malformed_quote' ? problem.error_code : `${problem.error_code} ${problem.column}`,
  );
  return [vendor_id, row_number ?? '', line ?? '', entry.error_code, ...codes].join(' | ');
}

/** What the case says is published. */
function publishedOf({ baseline }: GoldenCase): Published | null {
  const feed = tableOf(baseline.get('outputs/merged_inventory.csv'));
  if (feed === null) return null;
  const state = tableOf(baseline.get('outputs/publish_state.csv'));
  const summary = baseline.get('reports/run_summary.json');
  return {
    columns: feed.columns,
    rows: new Map(feed.rows.map((row) => [row.sku!, row])),
    memory: state && new Map(state.rows.map((row) => [row.sku!, memoryOf(row)])),
    vendorRows: summary === undefined ? null : JSON.parse(new TextDecoder().decode(summary)).vendor_record_counts,
    runId: null,
    files: new Map(),
  };
}

function memoryOf({ vendors, state, runs, candidate_price, earlier_decision }: Record<string, string>): Memory {
  return {
    vendors: vendors === '' ? [] : vendors!.split(' '),
    state: state!,
    runs: Number(runs),
    price: candidate_price!,
    earlier: earlier_decision ?? '',
  };
}

function decisionsOf({ decisions }: GoldenCase): Map<string, OracleDecision> {
  const rows = tableOf(decisions ?? undefined)?.rows ?? [];
  return new Map(rows.map((row) => [row.sku!, row as unknown as OracleDecision]));
}

function tableOf(bytes: Uint8Array | undefined): { columns: string[]; rows: Array<Record<string, string>> } | null {
  if (bytes === undefined) return null;
  const [header, ...records] = readTable(new TextDecoder().decode(bytes), ',').records;
  const columns = header?.fields ?? [];
  const rows = records.map(({ fields }) => Object.fromEntries(columns.map((column, i) => [column, fields[i] ?? ''])));
  return { columns, rows };
}
