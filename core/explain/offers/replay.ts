/**
 * Runs the engine again on the records of one SKU, with the run's own config and clock, and looks at how it chooses and prices.
 * It is the same code that made the feed: what it gives must be what the feed has.
 */
import { toText } from '../../bytes/text.ts';
import type { TenantConfig, VendorConfig } from '../../config/schema.ts';
import { assert, RelayError } from '../../errors.ts';
import { Money } from '../../money/money.ts';
import { PATHS, runPrefix } from '../../pipeline/artifacts.ts';
import type { BoundPlugins } from '../../pipeline/bind.ts';
import { type InputManifest, readCopies } from '../../pipeline/fetch/input-manifest.ts';
import { SKU_MAP } from '../../pipeline/fetch/named-files.ts';
import type { Chooser, DuplicatePolicy } from '../../pipeline/merge/choose.ts';
import type { Outlet } from '../../pipeline/merge/merge-range.ts';
import type { OfferGroup } from '../../pipeline/merge/offer-group.ts';
import type { OutputBuffer } from '../../pipeline/merge/output.ts';
import type { BoundTerms } from '../../pipeline/merge/terms/vendor-terms.ts';
import type { RowIndex } from '../../pipeline/row-index.ts';
import { type Engine, runPipeline } from '../../pipeline/run.ts';
import type { PreparedFeed } from '../../plugin.ts';
import {
  type ByteSink,
  type ByteSource,
  DEFAULT_LIMITS,
  type EngineLimits,
  type FoundInput,
  type RunArtifacts,
  type RunInputs,
  type Scratch,
} from '../../ports/engine.ts';
import type { RunFiles } from '../../ports/explaining.ts';
import { type CaughtRow, CaughtRows } from '../run-files/caught-rows.ts';
import { runSource } from '../run-files/reading.ts';
import { mapLines } from '../vendor-files/map-lines.ts';
import { cutRecords } from '../vendor-files/records.ts';
import { asPart, FeedSlice, slicedFeed, slicedSource } from '../vendor-files/slice.ts';

/** The facts about a run, read from its files. */
export interface RunFacts {
  files: RunFiles;
  manifest: InputManifest;
  config: TenantConfig;
  rawConfig: unknown;
  index: RowIndex | null;
}

/** Sees the SKU once it is settled. */
export interface SettledSku {
  group: OfferGroup;
  output: OutputBuffer;
  chooser: Chooser;
  winner: number;
  price: Money | null;
  plugins: BoundPlugins;
  policies: readonly DuplicatePolicy[];
  /** By vendor position; null if no vendor has terms. */
  terms: ReadonlyArray<BoundTerms | null> | null;
}

/** How much of a feed is read: just the records, the blocks that they are in, or all of it. */
export type ReadingExtent = 'records' | 'blocks' | 'feed';

export interface WantedRecords {
  extent: ReadingExtent;
  /** The physical lines of the records, by the file's place; null if they are not known: then all of the feed is read. */
  lines: ReadonlyMap<number, number[]> | null;
}

export interface ReplayOptions {
  engine: Engine;
  scratch: Scratch;
  facts: RunFacts;
  /** Null for all SKUs; their rows are not caught. */
  sku: string | null;
  /** By vendor. Those that are absent are not read. */
  wanted: ReadonlyMap<string, WantedRecords>;
  /** Called once the SKU is settled; for all SKUs, with each in their order. */
  watch(seen: SettledSku): void;
}

export interface ReplayedVendor {
  rows: CaughtRow[];
  /**
   * By the file's place: how to read its records again, and how to map a line of that reading to a line of the file.
   */
  files: Array<{ path: string; feed: PreparedFeed; fileLine: (line: number) => number }>;
}

export type ReplayResult =
  | { ok: true; vendors: ReadonlyMap<string, ReplayedVendor> }
  | { ok: false; vendorId: string | null; code: string; message: string };

/** Memory limits of a replay: a slice is small. */
const REPLAY_LIMITS = { sortBytes: 32 << 20, offersBytes: 16 << 20, mergeBytes: 8 << 20, offersInHand: 20_000 };

export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  return new SkuReplay(options).run();
}

export function replayLimits(engine: Engine): EngineLimits {
  const limits = { ...DEFAULT_LIMITS, ...engine.limits };
  const { sortBytes, offersBytes, mergeBytes } = limits;
  return {
    ...limits,
    sortBytes: Math.min(sortBytes, REPLAY_LIMITS.sortBytes),
    offersBytes: Math.min(offersBytes, REPLAY_LIMITS.offersBytes),
    mergeBytes: Math.min(mergeBytes, REPLAY_LIMITS.mergeBytes),
    offersInHand: Math.max(limits.offersInHand, REPLAY_LIMITS.offersInHand),
  };
}

interface FileCopy {
  path: string;
  name: string;
  size: number;
  slice: FeedSlice | null;
  /** The physical lines of the records that alone are read; null to read all that the slice has. */
  records: number[] | null;
  /** What the file begins with, as the index has it; null to read it from the file. */
  head: string | null;
}

/**
 * So many headers are read from the files themselves, one for each file with rows of the SKU, so that a changed header
 * is noticed. Headers of further files come from the index: a SKU that all vendors offer must not cost a read per
 * vendor.
 */
const HEADERS_READ = 10;

class SkuReplay {
  readonly #options: ReplayOptions;
  readonly #caught = new Map<string, CaughtRows>();
  readonly #feeds = new Map<string, ReplayedVendor['files']>();
  /** By vendor and path below `inbound/`. */
  readonly #copies = new Map<string, FileCopy[]>();
  #headersRead = 0;

  constructor(options: ReplayOptions) {
    this.#options = options;
    for (const [vendorId, wanted] of options.wanted) this.#copies.set(vendorId, this.#copiesOf(vendorId, wanted));
  }

  async run(): Promise<ReplayResult> {
    const { engine, facts, scratch } = this.#options;
    const { manifest, config, rawConfig } = facts;
    const { strays: _strays, stalls, ...rest } = engine;
    const outcome = await runPipeline(
      { ...rest, ...(stalls === undefined ? {} : { stalls }), limits: replayLimits(engine) },
      {
        runId: manifest.run_id,
        config: lenient(config),
        rawConfig,
        configVersion: manifest.config_version,
        now: Math.floor(Date.parse(manifest.generated_at) / 1000),
        inputs: this.#inputs(),
        artifacts: this.#artifacts(),
        scratch,
        vendors: Object.keys(manifest.vendors),
      },
      {
        feed: (vendorId, name, feed) => this.#adapt(vendorId, name, feed),
        rows: (vendorId) => this.#caughtOf(vendorId)?.sources() ?? NO_SINK,
        outlet: (setting) => (group, output, chooser) =>
          this.#outlet(group, (winner) =>
            this.#options.watch({ group, output, chooser, winner, price: chooser.price, ...setting }),
          ),
      },
    );
    if (outcome.status === 'FAILED') {
      const vendorId = outcome.error instanceof RelayError ? (outcome.error.details.vendor_id ?? null) : null;
      return {
        ok: false,
        vendorId: typeof vendorId === 'string' ? vendorId : null,
        code: outcome.error_code ?? 'internal_error',
        message: outcome.error_message ?? '',
      };
    }
    const vendors = [...this.#options.wanted.keys()].map((id): [string, ReplayedVendor] => [
      id,
      { rows: this.#caught.get(id)?.rows ?? [], files: this.#feeds.get(id) ?? [] },
    ]);
    return { ok: true, vendors: new Map(vendors) };
  }

  #copiesOf(vendorId: string, { extent, lines }: WantedRecords): FileCopy[] {
    const { manifest, index } = this.#options.facts;
    const indexed = index?.vendors[vendorId]?.files;
    return readCopies(manifest, vendorId).map(({ path, name, size }, i) => {
      const file = indexed?.[i];
      const ofFile = lines?.get(i) ?? [];
      const slice = extent === 'feed' || lines === null || file === undefined ? null : FeedSlice.of(file, ofFile);
      const isRead = slice === null || ++this.#headersRead <= HEADERS_READ;
      const records = extent === 'records' ? ofFile : null;
      return { path, name, size, slice, records, head: isRead ? null : (file?.head ?? null) };
    });
  }

  #inputs(): RunInputs {
    const { manifest } = this.#options.facts;
    const prefix = runPrefix(manifest.run_id, manifest.tenant_id);
    return {
      find: async ({ vendor_id }) =>
        (this.#copies.get(vendor_id) ?? []).map((copy) => found(this.#source(vendor_id, copy), copy.size)),
      expectedPrefix: () => null,
      sideFile: async ({ vendor_id }, name) => {
        const file = manifest.vendors[vendor_id]?.side_files?.find((one) => one.name === name);
        if (file === undefined) throw new RelayError('invalid_input', `the run has no copy of "${name}"`);
        return found(this.#sideSource(vendor_id, file.run_copy_key.slice(prefix.length), file), file.size);
      },
    };
  }

  #sideSource(vendorId: string, path: string, { name, size }: { name: string; size: number | null }): ByteSource {
    const { facts, sku, wanted } = this.#options;
    const isOfSku = name === SKU_MAP && wanted.get(vendorId)?.extent === 'records';
    return isOfSku && sku !== null
      ? mapLines({ files: facts.files, path, size, sku })
      : runSource(facts.files, path, size);
  }

  #source(vendorId: string, { path, size, slice, head }: FileCopy): ByteSource {
    const { files } = this.#options.facts;
    const mark = this.#markOf(vendorId, path);
    if (slice === null || mark === null) return runSource(files, path, size);
    return slicedSource({ files, path, slice, mark, head });
  }

  /** Bytes of the byte order mark, if the text of the file is its bytes; else null. */
  #markOf(vendorId: string, path: string): number | null {
    const copies = this.#copies.get(vendorId) ?? [];
    const at = copies.findIndex((one) => one.path === path);
    const file = this.#options.facts.index?.vendors[vendorId]?.files[at];
    const size = copies[at]?.size;
    if (file === undefined || size === undefined || file.unit !== 'bytes') return null;
    const mark = size - file.length;
    return mark === 0 || mark === UTF8_MARK ? mark : null;
  }

  /** The feed, or the part of it that is needed. */
  #adapt(vendorId: string, name: string, feed: PreparedFeed): PreparedFeed {
    const copy = this.#copies.get(vendorId)?.find((one) => one.name === name);
    assert(copy !== undefined, `${name} of vendor ${vendorId} is a file of the run`);
    const { path, slice, records } = copy;
    const isSource = slice !== null && this.#markOf(vendorId, path) !== null;
    const part = slice === null ? feed : asPart(isSource ? feed : slicedFeed(feed, slice));
    const fileLine = (line: number) => slice?.fileLine(line) ?? line;
    const cut = slice === null || records === null ? { feed: part, fileLine } : cutRecords(part, slice, records);
    const feeds = this.#feeds.get(vendorId) ?? [];
    this.#feeds.set(vendorId, feeds);
    feeds.push({ path, ...cut });
    return cut.feed;
  }

  /** Keeps only the rows of the SKU. Reads files from the run. */
  #artifacts(): RunArtifacts {
    return {
      create: (path) => this.#sink(path),
      source: (path) => {
        const [folder, vendorId = '', name = '', file] = path.split('/');
        const copies = this.#copies.get(vendorId) ?? [];
        const copy = copies.find((one) => one.name === name);
        if (folder === 'inbound' && copy !== undefined) return this.#source(vendorId, copy);
        const found = this.#options.facts.manifest.vendors[vendorId]?.side_files?.find((one) => one.name === name);
        assert(folder === 'side_files' && file !== undefined, `${path} is read by nobody`);
        return this.#sideSource(vendorId, path, { name, size: found?.size ?? null });
      },
    };
  }

  #sink(path: string): ByteSink {
    const vendorId = [...this.#options.wanted.keys()].find((id) => path === PATHS.normalized(id));
    return vendorId === undefined ? NO_SINK : (this.#caughtOf(vendorId)?.lines() ?? NO_SINK);
  }

  /** Null for a vendor whose rows are not needed. */
  #caughtOf(vendorId: string): CaughtRows | null {
    const { wanted, sku } = this.#options;
    if (sku === null || !wanted.has(vendorId)) return null;
    const caught = this.#caught.get(vendorId) ?? new CaughtRows(sku);
    this.#caught.set(vendorId, caught);
    return caught;
  }

  #outlet(group: OfferGroup, watch: (winner: number) => void): Outlet {
    const { sku } = this.#options;
    return {
      settle: (winner) => {
        if (sku === null || toText(group.sku, 0, group.skuLength) === sku) watch(winner);
        return true;
      },
      end: () => true,
      isFull: false,
      refill: async () => {},
      flush: async () => {},
    };
  }
}

const UTF8_MARK = 3;
const NO_SINK: ByteSink = { write: () => {}, close: () => {}, abort: () => {} };

/** An input that looks as if an earlier attempt had copied it, so that it is not copied again. */
function found(source: FoundInput['source'], size: number): FoundInput {
  return { source, s3_key: null, etag: null, size, last_modified: '1970-01-01T00:00:00.000Z', pinned: { sha256: '' } };
}

/** The config without the checks of a run as a whole: the run has passed them, but a part of its feed may not. */
function lenient(config: TenantConfig): TenantConfig {
  const { publish: _publish, guardrails: _guardrails, ...rest } = config;
  return {
    ...rest,
    vendors: config.vendors.map(lenientVendor),
    output: { ...config.output, exports: [] },
    error_policy: {
      ...config.error_policy,
      max_invalid_rows: Number.MAX_SAFE_INTEGER,
      max_invalid_row_pct: Money.of(1),
      missing_required_vendor_policy: 'warn_only',
    },
  };
}

function lenientVendor({ on_trouble: _trouble, error_policy: _policy, ...vendor }: VendorConfig): VendorConfig {
  return { ...vendor, required: false };
}
