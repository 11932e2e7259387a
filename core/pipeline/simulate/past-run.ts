/** A run that has ended, as a simulation reads it: its pinned inputs, its config and its feed. */
import { inboundPrefix } from '../../config/prefixes.ts';
import { configAt, configList } from '../../config/raw.ts';
import type { TenantConfig, VendorConfig } from '../../config/schema.ts';
import type { SideFileLocation } from '../../layout.ts';
import type { ByteSource, FeedFilter, FilesWanted, FoundInput, RunInputs } from '../../ports/engine.ts';
import type { Baseline, Decisions } from '../../ports/publishing.ts';
import { PATHS, runPrefix } from '../artifacts.ts';
import { type InputManifest, readCopies, runCopies } from '../fetch/input-manifest.ts';
import type { RunSummary } from '../run-types.ts';
import type { SimulationArtifacts } from './artifacts.ts';

export interface PastRun {
  manifest: InputManifest;
  /** The config as the run had it. */
  rawConfig: unknown;
  /** The plugins that it used. */
  plugins: ReadonlyArray<{ kind: string; id: string; version: string }>;
  summary: RunSummary;
  feed: { format: 'csv' | 'jsonl'; source: ByteSource };
  /** Its `publish_state.csv`; null if it has none. */
  state: ByteSource | null;
  /** The copy of the decisions on held prices that it was given; null if there is none. */
  decisions: ByteSource | null;
  /** One of its files, by path below its prefix. */
  open(path: string): ByteSource;
}

/** Vendors of a config that the past run did not have: there is nothing of theirs to read. */
export function unknownVendors({ manifest }: PastRun, config: TenantConfig): string[] {
  return config.vendors.map(({ vendor_id }) => vendor_id).filter((id) => manifest.vendors[id] === undefined);
}

/** The past run's own feed as the published one, so that every difference comes from the config. */
export function asBaseline(past: PastRun): Baseline {
  const { run_id, generated_at } = past.manifest;
  return {
    run_id,
    key: null,
    etag: null,
    sha256: null,
    published_at: generated_at,
    format: past.feed.format,
    feed: past.feed.source,
    state: past.state,
    stateSha256: null,
    vendorRows: past.summary.vendor_record_counts,
    vendorFigures: past.summary.vendor_figures ?? null,
    files: async (vendorId) =>
      runCopies(past.manifest, vendorId).map(({ path, ...copy }) => ({ ...copy, source: past.open(path) })),
  };
}

/** The decisions as they were when the run began: an input like any other. Later decisions do not count. */
export function pastDecisions({ manifest, decisions }: PastRun): Decisions | null {
  if (decisions === null) return null;
  return { key: null, etag: null, sha256: manifest.decisions?.sha256 ?? null, source: decisions };
}

export const PAST_DECISIONS = ['applied', 'none', 'not_kept'] as const;

/** Whether the run's decisions can be applied: not every earlier release kept a copy. */
export function decisionsWere({ manifest, decisions }: PastRun): (typeof PAST_DECISIONS)[number] {
  if (decisions !== null) return 'applied';
  return manifest.decisions == null ? 'none' : 'not_kept';
}

/** Finds what the past run read. A side file that this config declares differently is read as it is today. */
export class PastInputs implements RunInputs {
  readonly #past: PastRun;
  readonly #rawConfig: unknown;
  readonly #artifacts: SimulationArtifacts;
  readonly #today: Pick<RunInputs, 'sideFile'>;
  readonly #tenantId: string;

  constructor(
    past: PastRun,
    {
      rawConfig,
      artifacts,
      today,
    }: { rawConfig: unknown; artifacts: SimulationArtifacts; today: Pick<RunInputs, 'sideFile'> },
  ) {
    this.#past = past;
    this.#rawConfig = rawConfig;
    this.#artifacts = artifacts;
    this.#today = today;
    this.#tenantId = past.manifest.tenant_id;
  }

  async find(vendor: VendorConfig, wanted: FilesWanted | null, filter: FeedFilter): Promise<FoundInput[]> {
    const { vendor_id } = vendor;
    const { manifest } = this.#past;
    filter.restore(manifest.vendors[vendor_id]?.passed_over ?? []);
    const copies = readCopies(manifest, vendor_id);
    const newest = copies.reduce<(typeof copies)[number] | null>(
      (best, copy) => (best === null || copy.last_modified >= best.last_modified ? copy : best),
      null,
    );
    const read = wanted === null ? [newest].filter((copy) => copy !== null) : copies;
    return read.map(({ path, name, sha256, ...copy }) => {
      const source = this.#past.open(path);
      this.#artifacts.pin(PATHS.inbound(vendor_id, name), source);
      return { ...copy, source, pinned: { sha256 } };
    });
  }

  expectedPrefix(vendor: VendorConfig): string {
    return inboundPrefix(this.#tenantId, vendor);
  }

  async sideFile(vendor: VendorConfig, name: string, location: SideFileLocation): Promise<FoundInput> {
    const { manifest, rawConfig } = this.#past;
    const { vendor_id } = vendor;
    const found = manifest.vendors[vendor_id]?.side_files?.find((file) => file.name === name);
    const isDeclaredAlike = sideFilesOf(rawConfig, vendor_id) === sideFilesOf(this.#rawConfig, vendor_id);
    if (found === undefined || !isDeclaredAlike) return this.#today.sideFile(vendor, name, location);
    const { run_copy_key, sha256, s3_key, etag, size, last_modified } = found;
    const path = run_copy_key.slice(runPrefix(manifest.run_id, manifest.tenant_id).length);
    const source = this.#past.open(path);
    this.#artifacts.pin(path, source);
    return { source, s3_key, etag, size, last_modified, pinned: { sha256 } };
  }
}

/** How a config declares a vendor's SKU map and side files. */
function sideFilesOf(rawConfig: unknown, vendorId: string): string {
  const vendor = configList(rawConfig, 'vendors').find((one) => configAt(one, 'vendor_id') === vendorId);
  return JSON.stringify([
    configAt(vendor, 'sku_map') ?? null,
    configAt(vendor, 'parser', 'options', 'side_files') ?? null,
  ]);
}
