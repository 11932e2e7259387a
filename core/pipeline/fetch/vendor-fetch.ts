/** The files of one vendor: finds them, copies them into the run, carries over earlier ones, and decides how to read them. */
import type { TroubleAction } from '../../config/on-trouble.ts';
import type { TenantConfig, VendorConfig } from '../../config/schema.ts';
import { inFile, RelayError } from '../../errors.ts';
import type { Parser, PreparedFeed } from '../../plugin.ts';
import type { ByteSource, EngineLimits, FoundInput, Hasher, RunArtifacts, RunInputs } from '../../ports/engine.ts';
import type { Baseline, CarriedFile } from '../../ports/publishing.ts';
import { isFeedError } from '../../run-codes.ts';
import { PATHS } from '../artifacts.ts';
import type { BoundPlugins } from '../bind.ts';
import type { IssueLog } from '../issues.ts';
import { carriedOverWarning, carryOverFiles } from './carry-over.ts';
import { ageSeconds, hoursOf, newestOf } from './file-age.ts';
import { fileDoubts } from './file-doubts.ts';
import { type InputManifest, type ManifestFile, type ManifestVendor, manifestVendor } from './input-manifest.ts';
import { LentSource } from './lent-source.ts';
import { namedLocations } from './named-files.ts';
import { FeedNames } from './not-a-feed.ts';
import { type PatchesSetting, withPatches } from './patches.ts';
import { RunCopies, tooLarge } from './run-copies.ts';

/**
 * A vendor and its files in this run. `feeds` is an error if a file cannot be read at all; the normalize stage throws
 * it.
 */
export interface FetchedVendor {
  vendor: VendorConfig;
  /** One per file; null if there is no file. */
  feeds: readonly NamedFeed[] | RelayError | null;
  /** When its newest file was last changed, ISO 8601; null if there is none. */
  lastModified: string | null;
  /**
   * Reads the files of the last published run instead; null if there are none. Throws `trouble`, with an explanation,
   * if they are too old.
   */
  carryOver(trouble: RelayError): Promise<FetchedVendor | null>;
  /** The run's copies of the SKU map (`sku_map`) and of the side files that the parser joins. */
  sideFiles: ReadonlyMap<string, ByteSource>;
}

export interface NamedFeed {
  /** The file's name, for reports; null if the feed is one file. */
  file: string | null;
  feed: PreparedFeed;
  /** What the feed was prepared from. */
  source: ByteSource;
}

export interface FetchOptions {
  runId: string;
  configVersion: number;
  config: TenantConfig;
  /** The run's clock as ISO text. */
  generatedAt: string;
  /** The run's clock, seconds. */
  now: number;
  /** In id order. */
  vendors: readonly VendorConfig[];
  inputs: RunInputs;
  artifacts: RunArtifacts;
  plugins: BoundPlugins;
  createHasher(): Hasher;
  vendorFileBytesMax: number;
  feedFilesMax: number;
  limits: Pick<EngineLimits, 'recordBytesMax' | 'windowBytes'>;
  /** What is published; null if nothing is, or if the config does not need it. */
  baseline: Baseline | null;
  /** What the manifest says about publishing; absent if the config has nothing about it. */
  publishing?: Pick<InputManifest, 'baseline' | 'decisions' | 'forced' | 'carry_over_source'> | undefined;
  /** The manifest of an earlier attempt at the run. */
  pinned?: InputManifest | null | undefined;
  /** Lets `relay explain` change how a file is read. */
  adaptFeed?: ((vendorId: string, file: string, feed: PreparedFeed) => PreparedFeed) | undefined;
  log: IssueLog;
  onVendor: (vendorId: string, bytes: number) => void;
}

/** The files of one vendor, from finding them to prepared feeds; keeps the vendor's manifest entry up to date. */
export class VendorFetch {
  readonly vendor: VendorConfig;
  readonly entry: ManifestVendor;
  readonly #options: FetchOptions;
  readonly #inputs: readonly FoundInput[];
  readonly #copies: RunCopies;
  readonly #sideFiles = new Map<string, ByteSource>();

  /** What to do when the vendor's file is missing; null if `on_trouble` does not say. */
  missingAction: TroubleAction | null = null;
  readonly #rewriteManifest: () => Promise<void>;
  #hasSideFiles = false;

  private constructor(
    options: FetchOptions,
    vendor: VendorConfig,
    inputs: readonly FoundInput[],
    manifest: { several: boolean; rewrite: () => Promise<void> },
  ) {
    this.#options = options;
    this.vendor = vendor;
    this.#inputs = inputs;
    this.#copies = new RunCopies(options, vendor.vendor_id);
    this.#rewriteManifest = manifest.rewrite;
    const files = manifest.several ? inputs.map((input) => this.#manifestFile(input)) : null;
    this.entry = manifestVendor(vendor, options.inputs.expectedPrefix(vendor), newestOf(inputs), files);
  }

  /** `rewrite` writes the manifest again if it was already written. */
  static async find(options: FetchOptions, vendor: VendorConfig, rewrite: () => Promise<void>): Promise<VendorFetch> {
    const selection = options.plugins.files(vendor);
    const wanted = selection === null ? null : { ...selection, filesMax: options.feedFilesMax };
    const names = new FeedNames(selection?.match ?? null);
    const inputs = await options.inputs.find(vendor, wanted, names);
    const found = new VendorFetch(options, vendor, inputs, { several: selection !== null, rewrite });
    if (names.passedOver.length > 0) found.entry.passed_over = names.passedOver;
    if (inputs.length === 0) await found.#decideMissing();
    return found;
  }

  async #decideMissing(): Promise<void> {
    const action = this.vendor.on_trouble?.missing ?? null;
    const hasNone = action === 'carry_over' && (await this.#earlierFiles()).length === 0;
    this.missingAction = hasNone ? null : action;
  }

  async #earlierFiles(): Promise<readonly CarriedFile[]> {
    return (await this.#options.baseline?.files(this.vendor.vendor_id)) ?? [];
  }

  async read(): Promise<FetchedVendor> {
    const newest = newestOf(this.#inputs);
    const feeds = newest === null ? null : await this.#readable(newest);
    const fetched = this.#fetched(feeds, newest);
    if (newest !== null) {
      const doubts = fileDoubts(this.vendor.vendor_id, this.entry, await this.#earlierFiles());
      for (const doubt of doubts) this.#options.log.warn(doubt);
      return this.#checkStale(fetched, newest);
    }
    if (this.missingAction !== 'carry_over') return fetched;
    const message = `no file was found for the vendor ${this.vendor.vendor_id}`;
    return (await this.#carryOver(new RelayError('REQUIRED_VENDOR_MISSING', message))) ?? fetched;
  }

  #fetched(feeds: FetchedVendor['feeds'], newest: { last_modified: string } | null): FetchedVendor {
    return {
      vendor: this.vendor,
      feeds,
      lastModified: newest?.last_modified ?? null,
      carryOver: (trouble) => this.#carryOver(trouble),
      sideFiles: this.#sideFiles,
    };
  }

  /** Throws if a file is too large; the config may say how to go on, as with other errors. */
  async #readable(newest: FoundInput): Promise<NamedFeed[] | RelayError> {
    try {
      return await this.#fetchFiles(newest);
    } catch (error) {
      const action = this.vendor.on_trouble?.unreadable ?? 'fail';
      if (action === 'fail' || !isFeedError(error)) throw error;
      this.entry.reason = error.message;
      return error;
    }
  }

  /** Applies `on_trouble.stale`. */
  async #checkStale(fetched: FetchedVendor, { last_modified }: FoundInput): Promise<FetchedVendor> {
    const action = this.vendor.on_trouble?.stale;
    const limit = this.#options.config.guardrails?.stale_after_hours;
    const seconds = ageSeconds(last_modified, this.#options.now);
    if (action === undefined || limit === undefined || seconds <= limit * 3600) return fetched;
    const { vendor_id } = this.vendor;
    const message = `vendor ${vendor_id}: its feed is ${hoursOf(seconds)} hours old; stale_after_hours is ${limit}`;
    const trouble = new RelayError('GUARDRAIL_TRIPPED', message, { details: { vendor_id } });
    const { log, inputs } = this.#options;
    const expected_prefix = inputs.expectedPrefix(this.vendor);
    log.addVendor({ error_code: 'STALE_FEED', error_message: message, vendor_id, expected_prefix });
    if (action === 'fail') throw trouble;
    if (action === 'carry_over') return (await this.#carryOver(trouble)) ?? fetched;
    return this.#leftOut();
  }

  #leftOut(): FetchedVendor {
    this.#options.log.warn(`vendor_left_out:${this.vendor.vendor_id}`);
    return this.#fetched(null, null);
  }

  async #carryOver(trouble: RelayError): Promise<FetchedVendor | null> {
    const { baseline, now, log } = this.#options;
    const files = await this.#earlierFiles();
    if (baseline === null) return null;
    const from = { runId: baseline.run_id, files, now, copies: this.#copies };
    const carried = await carryOverFiles(this.vendor, trouble, from);
    if (carried === null) return null;
    if (carried === 'leave_out') return this.#leftOut();
    const { newest, entry } = carried;
    this.entry.carried_over = entry;
    log.warn(carriedOverWarning(this.vendor.vendor_id, entry));
    const feeds = await this.#prepared(files, PATHS.carriedOver, {
      newest,
      note: (how) => Object.assign(entry, how),
      sha256: () => newest.sha256,
    });
    await this.#rewriteManifest();
    return this.#fetched(feeds, newest);
  }

  /** Copies the files, then decides how to read each. `LIMIT_VENDOR_FILE_BYTES` applies to all of them together. */
  async #fetchFiles(newest: FoundInput): Promise<NamedFeed[] | RelayError> {
    const vendorId = this.vendor.vendor_id;
    const bytes = this.#inputs.reduce((sum, input) => sum + input.size, 0);
    const max = this.#options.vendorFileBytesMax;
    if (bytes > max) throw tooLarge(vendorId, newest.source.name, bytes, max);
    for (const input of this.#inputs) await this.#copyFeedFile(input, input === newest);
    this.#options.onVendor(vendorId, bytes);
    const note = (how: HowRead) => Object.assign(this.entry, how);
    return this.#prepared(this.#inputs, PATHS.inbound, { newest, note, sha256: () => this.entry.sha256 });
  }

  async #prepared(
    files: ReadonlyArray<{ source: ByteSource }>,
    pathOf: (vendorId: string, name: string) => string,
    how: Preparing,
  ): Promise<NamedFeed[] | RelayError> {
    try {
      await this.#fetchSideFiles();
      return await this.#prepareFeeds(files, pathOf, how);
    } catch (error) {
      if (!(error instanceof RelayError) || error.recovery === 'retry') throw error;
      how.note({ reason: error.message });
      return error;
    }
  }

  async #copyFeedFile(input: FoundInput, isNewest: boolean): Promise<void> {
    const { name } = input.source;
    const sha256 = input.pinned?.sha256 ?? (await this.#copies.copy(input.source, this.#feedPath(name)));
    const file = this.entry.files?.find((one) => one.name === name);
    if (file !== undefined) file.sha256 = sha256;
    if (!isNewest) return;
    this.entry.sha256 = sha256;
    this.entry.run_copy_key = this.#copies.runKey(this.#feedPath(name));
  }

  async #prepareFeeds(
    files: ReadonlyArray<{ source: ByteSource }>,
    pathOf: (vendorId: string, name: string) => string,
    { newest, note, sha256 }: Preparing,
  ): Promise<NamedFeed[]> {
    const { log, artifacts, plugins } = this.#options;
    const vendorId = this.vendor.vendor_id;
    const parser = plugins.parser(this.vendor);
    const feeds: NamedFeed[] = [];
    for (const input of files) {
      const { name } = input.source;
      const file = files.length > 1 ? name : null;
      if (file === null) log.nameFile(vendorId, name);
      const original = artifacts.source(pathOf(vendorId, name));
      const lent = new LentSource(original);
      const plain = { source: original, feed: await inFile(file, () => parser.prepare(lent)) };
      lent.lends = plugins.lendsChunks(this.vendor);
      // a patch does not say which file of several it belongs to
      const hash = files.length > 1 ? null : sha256();
      const { feed: prepared, source, patches } = await withPatches(plain, hash, this.#patching(parser));
      if (patches.length > 0) this.entry.patches = [...(this.entry.patches ?? []), ...patches];
      const feed = this.#options.adaptFeed?.(vendorId, name, prepared) ?? prepared;
      feeds.push({ file, feed, source });
      if (input === newest) note({ encoding: feed.encoding, delimiter: feed.delimiter, reason: feed.reason });
      if (pathOf === PATHS.inbound) this.#noteSecondOpinion(name, input === newest, feed);
    }
    return feeds;
  }

  #patching(parser: Parser): PatchesSetting {
    const { inputs, artifacts, limits } = this.#options;
    return {
      ...{ vendor: this.vendor, inputs, artifacts, limits },
      prepare: (source) => parser.prepare(source),
      copies: this.#copies,
    };
  }

  #noteSecondOpinion(name: string, isNewest: boolean, { secondOpinion }: PreparedFeed): void {
    if (secondOpinion == null) return;
    const described = [isNewest ? this.entry : undefined, this.entry.files?.find((one) => one.name === name)];
    for (const one of described) if (one !== undefined) one.encoding_second_opinion = secondOpinion;
  }

  /** Copies side files into the run too, so that a later attempt reads the same bytes. */
  async #fetchSideFiles(): Promise<void> {
    if (this.#hasSideFiles) return;
    this.#hasSideFiles = true;
    const { config, plugins, inputs, artifacts } = this.#options;
    const { vendor, entry } = this;
    for (const { name, location } of namedLocations(config, vendor, plugins)) {
      const { source, s3_key, etag, size, last_modified, pinned } = await inputs.sideFile(vendor, name, location);
      const path = PATHS.sideFile(vendor.vendor_id, name, source.name);
      const sha256 = pinned?.sha256 ?? (await this.#copies.copy(source, path));
      entry.side_files ??= [];
      entry.side_files.push({
        name,
        s3_key,
        etag,
        size,
        last_modified,
        sha256,
        run_copy_key: this.#copies.runKey(path),
      });
      this.#sideFiles.set(name, artifacts.source(path));
    }
  }

  #manifestFile({ source, s3_key, etag, size, last_modified }: FoundInput): ManifestFile {
    const run_copy_key = this.#copies.runKey(this.#feedPath(source.name));
    return { name: source.name, s3_key, etag, size, last_modified, sha256: null, run_copy_key };
  }

  #feedPath(name: string): string {
    return PATHS.inbound(this.vendor.vendor_id, name);
  }
}

/** How a feed is read, for the manifest. */
type HowRead = Partial<Pick<ManifestVendor, 'encoding' | 'delimiter' | 'reason'>>;

interface Preparing {
  newest: { source: ByteSource };
  note: (how: HowRead) => void;
  /** The hash of the file, if it is one. */
  sha256: () => string | null;
}
