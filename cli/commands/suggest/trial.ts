/**
 * Tries a suggested vendor entry: checks the config, and reads the file, or its beginning, with the engine as a run
 * would.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { CANONICAL_COLUMNS, type CanonicalColumn, type FEED_COLUMNS } from '../../../core/canonical.ts';
import { checkConfig } from '../../../core/config/check.ts';
import { RelayError } from '../../../core/errors.ts';
import type { RowEntry } from '../../../core/issue.ts';
import { PATHS } from '../../../core/pipeline/artifacts.ts';
import { timeText } from '../../../core/pipeline/merge/output.ts';
import { runPipeline } from '../../../core/pipeline/run.ts';
import type { ConfigProblem, Plugin, Row } from '../../../core/plugin.ts';
import type { ByteSink, ByteSource, RunArtifacts, RunInputs } from '../../../core/ports/engine.ts';
import { Registry } from '../../../core/registry.ts';
import { FileScratch } from '../../host/files.ts';
import { localEngine } from '../../local-engine.ts';
import type { BaseSettings } from '../../settings.ts';
import type { SuggestedEntry } from './entry.ts';
import type { FilePart } from './first-bytes.ts';

/** The first refused cell of a code and column, and the other values that were refused there. */
export interface RefusedCell extends Pick<RowEntry, 'error_code' | 'column' | 'value' | 'line' | 'reason'> {
  others: string[];
}

export interface Trial {
  /** The problems that `relay check` would find. If there are any, the file was not read. */
  configProblems: readonly ConfigProblem[];
  /** Why the entry cannot read the file at all; null if it can. */
  failure: { code: string; message: string } | null;
  totalRows: number;
  invalidRows: number;
  /** Rows with the SKU of an earlier row. */
  duplicateSkus: number;
  errorCounts: Record<string, number>;
  /** The first refused cell of each code and column. */
  examples: RefusedCell[];
  warnings: string[];
  /** The first valid rows, in the order of the file. */
  rows: { row_number: number; cells: Partial<Record<CanonicalColumn, string | null>> }[];
}

const ROWS_SHOWN = 5;
/** The most entries of `errors.json` from which examples are taken. */
const ERRORS_MAX = 1000;
/** The most other values of a code and column: all cells of a column may be refused. */
const OTHERS_MAX = 20;
const NO_ROWS: Trial = {
  ...{ configProblems: [], failure: null, totalRows: 0, invalidRows: 0, duplicateSkus: 0, errorCounts: {} },
  ...{ examples: [], warnings: [], rows: [] },
};
/** Warnings that only the trial's own tenant causes, by its error policy and its prices without a margin. */
const OF_THE_TRIAL = /^(invalid_rows_within_threshold|merged_feed_empty|zero_cost_wins|price_(below|far_below)_)/;
/** The id of the trial's own validator. No config names it. */
const COLLECTOR = 'suggest-first-rows';

export interface TrialOptions {
  /** The currency that amounts may carry. */
  currency: string;
  registry: Registry;
  settings: BaseSettings;
  /** The part of the file that is read. */
  part: FilePart;
}

export async function tryEntry(
  file: string,
  entry: SuggestedEntry,
  { currency, registry: known, settings, part }: TrialOptions,
): Promise<Trial> {
  const rows: Trial['rows'] = [];
  const registry = new Registry([collector(rows)], known);
  const raw = tenantOf(entry, currency);
  const checked = checkConfig(raw, registry, settings);
  if (!checked.ok) return { ...NO_ROWS, configProblems: checked.problems };
  const artifacts = new ErrorsOnly(part.source);
  const scratch = new FileScratch(path.join(os.tmpdir(), `relay-suggest-${process.pid}`));
  const engine = localEngine(registry, { ...settings, limits: { ...settings.limits, errorsMax: ERRORS_MAX } });
  try {
    const outcome = await runPipeline(engine, {
      ...{
        runId: 'suggest',
        config: checked.config,
        rawConfig: raw,
        configVersion: 1,
        now: Math.floor(Date.now() / 1000),
      },
      inputs: inputsOf(file, part),
      artifacts,
      scratch,
    });
    const { summary, error, error_code, error_message } = outcome;
    if (error_code === 'internal_error' && !(error instanceof RelayError)) throw error;
    const skus = summary.record_count + summary.unpriced_skus.count;
    const failure = error_code === null ? null : { code: error_code, message: error_message ?? '' };
    return {
      configProblems: [],
      failure,
      totalRows: summary.total_rows,
      invalidRows: summary.invalid_rows,
      duplicateSkus: failure === null ? summary.total_rows - summary.invalid_rows - skus : 0,
      errorCounts: summary.error_counts,
      examples: examplesOf(artifacts.entries()),
      warnings: summary.warnings.filter((warning) => !OF_THE_TRIAL.test(warning)),
      rows,
    };
  } finally {
    scratch.dispose();
  }
}

/** A tenant for the entry that itself refuses nothing. */
function tenantOf(entry: SuggestedEntry, currency: string): unknown {
  return {
    ...{ tenant_id: 'suggest', timezone: 'UTC', default_currency: currency, vendors: [entry] },
    validators: [{ use: COLLECTOR }],
    pricing: { base_margin_pct: 0, min_price: 0, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
    merge: { strategy: 'best_offer' },
    output: { columns: ['sku'] },
    error_policy: { max_invalid_rows: Number.MAX_SAFE_INTEGER, max_invalid_row_pct: 1 },
  };
}

function collector(rows: Trial['rows']): Plugin<'validator', Record<string, never>> {
  const options = z.strictObject({});
  return {
    manifest: {
      ...{ kind: 'validator', id: COLLECTOR, version: '1.0.0', contract: 1, options, example: {} },
      summary: 'keeps the first rows for relay suggest',
    },
    load: async () => () => ({
      check: (row) => {
        if (rows.length < ROWS_SHOWN) rows.push({ row_number: row.rowNumber, cells: cellsOf(row) });
      },
    }),
  };
}

function cellsOf(row: Row): Partial<Record<CanonicalColumn, string | null>> {
  const { sku, vendorSku, quantity, leadTimeDays, condition, brand, title, updatedAt } = row;
  const money = (amount: Row['cost']) => (amount === null ? null : amount.toString());
  const cells: Record<(typeof FEED_COLUMNS)[number], string | null> = {
    ...{ sku, vendor_sku: vendorSku, quantity_available: String(quantity) },
    lead_time_days: leadTimeDays === null ? null : String(leadTimeDays),
    ...{ cost: money(row.cost), map_price: money(row.mapPrice), price: money(row.price), msrp: money(row.msrp) },
    ...{ condition, brand, title, updated_at: updatedAt === null ? null : timeText(updatedAt) },
  };
  return cells;
}

function inputsOf(file: string, { source, bytes: size }: FilePart): RunInputs {
  const { mtime } = fs.statSync(file);
  return {
    // `pinned` prevents a copy
    find: async () => [
      { source, s3_key: null, etag: null, size, last_modified: mtime.toISOString(), pinned: { sha256: '' } },
    ],
    expectedPrefix: () => null,
    sideFile: async (_vendor, name) => {
      throw new RelayError('invalid_input', `no file ${name} belongs to a suggestion`);
    },
  };
}

/** Keeps only `errors.json` of what a run writes. */
class ErrorsOnly implements RunArtifacts {
  readonly #source: ByteSource;
  readonly #errors: Uint8Array[] = [];

  constructor(source: ByteSource) {
    this.#source = source;
  }

  create(name: string): ByteSink {
    const write = name === PATHS.errors ? (bytes: Uint8Array) => void this.#errors.push(bytes.slice()) : () => {};
    return { write, close: () => {}, abort: () => {} };
  }

  source(): ByteSource {
    return this.#source;
  }

  entries(): unknown[] {
    const text = Buffer.concat(this.#errors).toString('utf8');
    return text === '' ? [] : JSON.parse(text);
  }
}

function examplesOf(entries: readonly unknown[]): Trial['examples'] {
  const first = new Map<string, Trial['examples'][number]>();
  for (const entry of entries as RowEntry[]) {
    for (const { error_code, column, value, reason } of entry.problems ?? []) {
      const key = `${error_code} ${column}`;
      const known = first.get(key);
      if (known === undefined) first.set(key, { error_code, column, value, line: entry.line, reason, others: [] });
      else if (
        value !== null &&
        value !== known.value &&
        !known.others.includes(value) &&
        known.others.length < OTHERS_MAX
      )
        known.others.push(value);
    }
  }
  const place = (column: string | null) => CANONICAL_COLUMNS.indexOf(column as CanonicalColumn);
  return [...first.values()].sort(
    (a, b) => place(a.column) - place(b.column) || (a.error_code < b.error_code ? -1 : 1),
  );
}
