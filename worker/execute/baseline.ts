/** What a run of the service is compared with: the published feed, as an earlier attempt pinned it or as it is now. */
import { usesPublished } from '../../core/config/publishing.ts';
import type { TenantConfig } from '../../core/config/schema.ts';
import { PATHS, runPrefix } from '../../core/pipeline/artifacts.ts';
import { type InputManifest, runCopies } from '../../core/pipeline/fetch/input-manifest.ts';
import { pinnedSource, readCurrent, readJson } from '../../core/pipeline/publications.ts';
import type { RunSummary } from '../../core/pipeline/run.ts';
import type { ByteSource } from '../../core/ports/engine.ts';
import type { Baseline, BaselineName, CarriedFile, PublishRequest } from '../../core/ports/publishing.ts';
import type { ArtifactStore } from '../../core/ports/service/objects.ts';
import type { RunRecord } from '../../core/ports/service/runs.ts';
import { type DecisionStore, pinnedDecisions } from './decisions.ts';
import { objectSource } from './object-source.ts';

export interface PinnedRun {
  run: RunRecord;
  config: TenantConfig;
  /** The manifest of an earlier attempt; null if none got that far. */
  manifest: InputManifest | null;
}

/** Reads nothing if the config does not need it. */
export async function publishRequest(
  stores: DecisionStore,
  { run, config, manifest }: PinnedRun,
): Promise<PublishRequest> {
  const { store } = stores;
  const { tenantId, vendors } = run;
  const force = run.force ? (run.forceReason ?? 'forced') : null;
  if (!usesPublished(config)) return { baseline: null, decisions: null, force };
  const pinned = manifest?.baseline === undefined ? manifest?.carry_over_source : manifest.baseline;
  const name = pinned === undefined ? await currentName(store, tenantId) : pinned;
  const holds = config.publish !== undefined && force === null && [0, config.vendors.length].includes(vendors.length);
  return {
    baseline: name === null ? null : await openBaseline(store, tenantId, name),
    decisions: holds ? await pinnedDecisions(stores, tenantId, manifest?.decisions) : null,
    force,
  };
}

async function currentName(store: ArtifactStore, tenantId: string): Promise<BaselineName | null> {
  const current = await readCurrent(store, tenantId);
  if (current === null) return null;
  const { run_id, key, etag, sha256, published_at } = current.publication;
  return { run_id, key, etag, sha256, published_at };
}

async function openBaseline(store: ArtifactStore, tenantId: string, name: BaselineName): Promise<Baseline> {
  const { run_id, key } = name;
  const prefix = runPrefix(run_id ?? '', tenantId);
  const summary = await readJson<RunSummary>(store, prefix + PATHS.summary);
  return {
    ...name,
    format: key?.endsWith('.jsonl') ? 'jsonl' : 'csv',
    feed: pinnedSource(store, key ?? '', await feedEtag(store, name)),
    state: await stateOf(store, prefix),
    stateSha256: summary?.value.artifact_hashes?.[PATHS.publishState] ?? null,
    vendorRows: summary?.value.vendor_record_counts ?? null,
    vendorFigures: summary?.value.vendor_figures ?? null,
    files: (vendorId) => filesOf(store, prefix, vendorId),
  };
}

/**
 * The ETag that the feed has now. It differs from the published one if the data folder was restored from a copy; then the
 * run still checks the hash.
 */
async function feedEtag(store: ArtifactStore, { key, etag, sha256 }: BaselineName): Promise<string | null> {
  const info = key === null || sha256 === null ? null : await store.head(key);
  return info?.etag ?? etag;
}

async function stateOf(store: ArtifactStore, prefix: string): Promise<ByteSource | null> {
  const info = await store.head(prefix + PATHS.publishState);
  return info === null ? null : objectSource(store, info);
}

async function filesOf(store: ArtifactStore, prefix: string, vendorId: string): Promise<CarriedFile[]> {
  const manifest = await readJson<InputManifest>(store, prefix + PATHS.manifest);
  if (manifest === null) return [];
  return runCopies(manifest.value, vendorId).map(({ path, ...copy }) => ({
    ...copy,
    // needs no etag: its hash is in the manifest, and it is never written again
    source: pinnedSource(store, prefix + path, null),
  }));
}
