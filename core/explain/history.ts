/**
 * The history of a SKU over the runs that are kept: its price, quantity, winner and outcome in each, and what changed
 * between runs.
 */
import { CANONICAL_COLUMNS } from '../canonical.ts';
import { PATHS } from '../pipeline/artifacts.ts';
import type { InputManifest } from '../pipeline/fetch/input-manifest.ts';
import { ESCAPES_FORMULAS } from '../pipeline/merge/formula-escapes.ts';
import {
  type Cause,
  type ChangedInput,
  type ConfigSnapshot,
  causesOf,
  changedInputs,
} from '../pipeline/publish/diff/causes.ts';
import { HOLD_COLUMNS } from '../pipeline/publish/holds/report-lines.ts';
import { STATE_COLUMNS } from '../pipeline/publish/state/state.ts';
import type { RowIndex } from '../pipeline/row-index.ts';
import type { RunSummary } from '../pipeline/run-types.ts';
import type { RunFiles } from '../ports/explaining.ts';
import { readRunFailure } from './absence/run-failure.ts';
import { holdOf, outcomeOf } from './publishing.ts';
import type { ExplainedPublishing, Outcome } from './receipt/receipt.ts';
import { type FoundRows, lookUp } from './run-files/look-up.ts';
import { Findings, readJsonFile } from './run-files/reading.ts';

export const HISTORY_FIELDS = ['outcome', 'price', 'quantity', 'vendor_id'] as const;
export type HistoryField = (typeof HISTORY_FIELDS)[number];

export interface HistoryEntry {
  run_id: string;
  /** The run's clock. */
  generated_at: string;
  config_version: number;
  outcome: Outcome;
  /** As the feed has them; null if it has no row, or lacks the column. */
  price: string | null;
  quantity: string | null;
  /** The winner. */
  vendor_id: string | null;
  /** The run whose feed was published when this one began; null if there was none, or nothing was compared. */
  baseline_run_id: string | null;
  /**
   * A price that waits for a decision: the feed has the published price, or no row for a new SKU. Null if none waits.
   */
  hold: HistoryHold | null;
  /** What changed since the previous run; null for the oldest one, and if nothing changed. */
  change: { fields: HistoryField[]; causes: Cause[]; changed_inputs: ChangedInput[] } | null;
}

/** In the form that receipts have. */
export type HistoryHold = Pick<NonNullable<ExplainedPublishing['hold']>, 'reason' | 'candidate_price' | 'runs'>;

/** A run that published nothing. */
export interface FailedRun {
  run_id: string;
  /** The run's clock. */
  generated_at: string;
  /** Null if the files of the run do not tell. */
  error_code: string | null;
  message: string;
}

/** A page lists at most this many failed runs, the newest ones. */
export const FAILED_RUNS_MAX = 100;

export interface HistoryPage {
  /** The newest first. */
  entries: HistoryEntry[];
  /** Failed runs before, between and after the entries, down to the first run of the next page; newest first. */
  failed: FailedRun[];
  /** The run with which the next page starts; null on the last page. */
  next: string | null;
}

export interface HistoryWanted {
  sku: string;
  /** The most entries of a page. */
  limit: number;
  /** For a run that a guardrail stopped, use the feed that it stopped: a person may have published it. */
  orCandidate?: boolean;
}

export interface KeptRun {
  runId: string;
  files: RunFiles;
}

/** `runs`: the newest first. Those without a feed are no entries. */
export async function historyOf(
  runs: AsyncIterable<KeptRun> | Iterable<KeptRun>,
  wanted: HistoryWanted,
): Promise<HistoryPage> {
  const { limit } = wanted;
  const seen: SeenRun[] = [];
  const failed: FailedRun[] = [];
  // reads one run more than the page has: the last entry is compared with it
  for await (const { files } of runs) {
    const run = await lookAtRun(files, wanted);
    if (run !== null) seen.push(run);
    else if (failed.length < FAILED_RUNS_MAX) failed.push(...(await failureOf(files)));
    if (seen.length > limit) break;
  }
  const entries = seen.slice(0, limit).map((run, i): HistoryEntry => {
    const before = seen[i + 1];
    return { ...run.entry, change: before === undefined ? null : changeOf(before, run) };
  });
  return { entries, failed, next: seen[limit]?.entry.run_id ?? null };
}

/** Empty for a run that did not fail (its feed has no SKUs), or has no manifest. */
async function failureOf(files: RunFiles): Promise<FailedRun[]> {
  const findings = new Findings();
  const [failure, manifest] = await Promise.all([
    readRunFailure(files, findings),
    readJsonFile<InputManifest>(files, PATHS.manifest, findings),
  ]);
  if (failure === null || manifest === null) return [];
  const { run_id, generated_at } = manifest;
  return [{ run_id, generated_at, error_code: failure.code, message: failure.message }];
}

interface SeenRun {
  entry: HistoryEntry;
  manifest: InputManifest;
  snapshot: ConfigSnapshot;
}

function changeOf(before: SeenRun, after: SeenRun): HistoryEntry['change'] {
  const fields = HISTORY_FIELDS.filter((field) => before.entry[field] !== after.entry[field]);
  if (fields.length === 0) return null;
  return { fields, causes: causesOf(before, after), changed_inputs: changedInputs(before, after) };
}

/**
 * The part of a config that is needed here, read without a check: the config of an old release may be invalid today.
 */
interface FeedConfig {
  output?: { format?: 'csv' | 'jsonl'; columns?: string[]; escape_formulas?: boolean };
  extra_columns?: string[];
}

/** Null if the run has no feed. */
async function lookAtRun(files: RunFiles, { sku, orCandidate = false }: HistoryWanted): Promise<SeenRun | null> {
  const findings = new Findings();
  const [manifest, snapshot, index] = await Promise.all([
    readJsonFile<InputManifest>(files, PATHS.manifest, findings),
    readJsonFile<ConfigSnapshot & { tenant_config?: FeedConfig }>(files, PATHS.config, findings),
    readJsonFile<RowIndex>(files, PATHS.rowIndex, findings),
  ]);
  if (manifest === null || snapshot === null) return null;
  const config: FeedConfig = snapshot.tenant_config ?? {};
  const format = config.output?.format ?? 'csv';
  const columns = config.output?.columns ?? [];
  const isEscaped = config.output?.escape_formulas ?? ESCAPES_FORMULAS[format];
  const inFeed = (path: string) =>
    lookUp(files, { path, format, columns, samples: index?.outputs[path]?.samples ?? null, isEscaped }, sku);
  if (!columns.includes('sku')) return null;
  const feed = (await inFeed(PATHS.merged(format))) ?? (orCandidate ? await inFeed(PATHS.candidate(format)) : null);
  if (feed === null) return null;
  const row = feed.rows[0]?.cells ?? null;
  const report = (path: string, names: readonly string[]) => reportRow(files, index, { path, columns: names, sku });
  const state = manifest.baseline === undefined ? null : await report(PATHS.publishState, STATE_COLUMNS);
  const isHeld = state?.state === 'held' || state?.state === 'new';
  const hold = isHeld ? holdOf(state, await report(PATHS.holds, HOLD_COLUMNS)) : null;
  const outcome =
    outcomeOf(state?.state ?? '') ??
    (row !== null ? 'published' : await absentOutcome({ files, manifest, index, config }, sku));
  return {
    entry: {
      run_id: manifest.run_id,
      generated_at: manifest.generated_at,
      config_version: manifest.config_version,
      outcome,
      price: row?.price || null,
      quantity: row?.quantity_available || null,
      vendor_id: row?.vendor_id || null,
      baseline_run_id: manifest.baseline?.run_id ?? null,
      hold: hold === null ? null : { reason: hold.reason, candidate_price: hold.candidate_price, runs: hold.runs },
      change: null,
    },
    manifest,
    snapshot,
  };
}

/** The row of a SKU in a report that is sorted by SKU. */
async function reportRow(
  files: RunFiles,
  index: RowIndex | null,
  { path, columns, sku }: { path: string; columns: readonly string[]; sku: string },
): Promise<Readonly<Record<string, string>> | null> {
  const samples = index?.outputs[path]?.samples ?? null;
  return (await lookUp(files, { path, format: 'csv', columns, samples }, sku))?.rows[0]?.cells ?? null;
}

/** What happened to a SKU that the feed lacks. */
async function absentOutcome(
  {
    files,
    manifest,
    index,
    config,
  }: { files: RunFiles; manifest: InputManifest; index: RowIndex | null; config: FeedConfig },
  sku: string,
): Promise<Outcome> {
  const columns = [...CANONICAL_COLUMNS, ...(config.extra_columns ?? [])];
  const ids = Object.keys(manifest.vendors).filter((id) => index === null || index.vendors[id] !== undefined);
  const found = await Promise.all(
    ids.map((id): Promise<FoundRows | null> => {
      const samples = index?.vendors[id]?.samples ?? null;
      return lookUp(files, { path: PATHS.normalized(id), format: 'csv', columns, samples }, sku);
    }),
  );
  if (found.some((one) => (one?.rows.length ?? 0) > 0))
    return (await isLeftOut(files, sku)) ? 'not_offered' : 'unpriced';
  const refused = Object.values(index?.vendors ?? {}).some((vendor) => vendor.refused.some(([one]) => one === sku));
  return refused ? 'rejected' : 'not_offered';
}

/**
 * True if the merge strategy left the SKU out. The summary only counts such SKUs; it names the first hundred without a
 * price.
 */
async function isLeftOut(files: RunFiles, sku: string): Promise<boolean> {
  const summary = await readJsonFile<RunSummary>(files, PATHS.summary, new Findings());
  if (summary === null || summary.unpriced_skus.skus.includes(sku)) return false;
  const leavesOut = summary.warnings.some((warning) => warning.startsWith('skus_left_out:'));
  return leavesOut && summary.unpriced_skus.count === summary.unpriced_skus.skus.length;
}
