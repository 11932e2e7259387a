/** What changed between the feeds of any two runs: the answer of `relay diff A B`. */
import { type MoneyDecimals, moneyDecimals } from '../../core/money/currencies.ts';
import { PATHS, runPrefix } from '../../core/pipeline/artifacts.ts';
import type { InputManifest } from '../../core/pipeline/fetch/input-manifest.ts';
import { pinnedSource, readJson } from '../../core/pipeline/publications.ts';
import {
  type ChangedInput,
  type ConfigSnapshot,
  causesOf,
  changedInputs,
  type RunReports,
} from '../../core/pipeline/publish/diff/causes.ts';
import { type ConfigChange, configChanges } from '../../core/pipeline/publish/diff/config-changes.ts';
import { type ComparedFeed, diffFeeds, type FeedsDiff } from '../../core/pipeline/publish/diff/diff-feeds.ts';
import type { Attribution } from '../../core/pipeline/simulate/attribute.ts';
import { DEFAULT_LIMITS } from '../../core/ports/engine.ts';
import type { ArtifactStore } from '../../core/ports/service/objects.ts';

/** A run with its feed. */
export interface DiffedRun {
  runId: string;
  /** An admin may compare runs of two tenants. */
  tenantId: string;
  key: string;
  etag: string;
}

export interface RunDiff extends FeedsDiff {
  causes: ReturnType<typeof causesOf>;
  changed_inputs: ChangedInput[];
  config_changes: ConfigChange[];
  /** Null unless it is asked for. */
  attribution: Attribution | null;
}

/** Throws `not_found` or `precondition_failed` if a feed is gone. */
export async function diffAnswer(
  { before, after }: { before: DiffedRun; after: DiffedRun },
  store: ArtifactStore,
): Promise<RunDiff> {
  const reports = [await reportsOf(store, before), await reportsOf(store, after)] as const;
  const found = await diffFeeds({
    before: feedOf(store, before),
    after: feedOf(store, after),
    moneyDecimals: decimalsOf(reports[1], reports[0]),
    limits: DEFAULT_LIMITS,
    delta: null,
  });
  const [a, b] = reports.map(({ snapshot }) => snapshot?.tenant_config);
  const differs = { causes: causesOf(...reports), changed_inputs: changedInputs(...reports) };
  return { ...differs, config_changes: configChanges(a, b), ...found, attribution: null };
}

function feedOf(store: ArtifactStore, { runId, key, etag }: DiffedRun): ComparedFeed {
  const format = key.endsWith('.jsonl') ? 'jsonl' : 'csv';
  return { name: `the feed of run ${runId}`, format, source: pinnedSource(store, key, etag) };
}

async function reportsOf(store: ArtifactStore, { runId, tenantId }: DiffedRun): Promise<RunReports> {
  const prefix = runPrefix(runId, tenantId);
  const manifest = await readJson<InputManifest>(store, prefix + PATHS.manifest);
  const snapshot = await readJson<ConfigSnapshot>(store, prefix + PATHS.config);
  return { manifest: manifest?.value ?? null, snapshot: snapshot?.value ?? null };
}

/** As many decimals as the currency of the newer run has; two if nobody knows. */
function decimalsOf(...reports: readonly RunReports[]): MoneyDecimals {
  const known = reports.find(({ snapshot }) => snapshot?.tenant_config?.default_currency !== undefined);
  return moneyDecimals(known?.snapshot?.tenant_config?.default_currency ?? 'USD');
}
