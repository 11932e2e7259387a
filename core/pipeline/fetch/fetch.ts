/** Finds each vendor's files, copies them into the run, decides how to read them, and writes `input_manifest.json`. */
import type { TenantConfig, VendorConfig } from '../../config/schema.ts';
import { RelayError, withVendor } from '../../errors.ts';
import type { PreparedFeed } from '../../plugin.ts';
import type { ByteSource, FoundInput, Hasher, RunArtifacts, RunInputs } from '../../ports/engine.ts';
import { PATHS, runPrefix, writeJson, writing } from '../artifacts.ts';
import type { BoundPlugins } from '../bind.ts';
import type { IssueLog } from '../issues.ts';
import { type InputManifest, type ManifestFile, type ManifestVendor, manifestVendor } from './input-manifest.ts';
import { FeedNames, IN_TRANSFER, passedOverText } from './not-a-feed.ts';

/** A vendor of the run. `feeds` is an error if a file cannot be read at all; the normalize stage throws it. */
export interface FetchedVendor {
  vendor: VendorConfig;
  /** One per file; null if there is no file. */
  feeds: readonly NamedFeed[] | RelayError | null;
  /** When its newest file was last changed, ISO 8601; null if there is none. */
  lastModified: string | null;
  /** The run's copies of the SKU map (`sku_map`) and of the side files that the parser joins. */
  sideFiles: ReadonlyMap<string, ByteSource>;
}

export interface NamedFeed {
  /** The file's name, for reports; null if the feed is one file. */
  file: string | null;
  feed: PreparedFeed;
}

/** The SKU map's name among a vendor's side files. */
export const SKU_MAP = 'sku_map';

export interface FetchOptions {
  runId: string;
  configVersion: number;
  config: TenantConfig;
  /** The run's clock as ISO text. */
  generatedAt: string;
  /** In id order. */
  vendors: readonly VendorConfig[];
  inputs: RunInputs;
  artifacts: RunArtifacts;
  plugins: BoundPlugins;
  createHasher(): Hasher;
  vendorFileBytesMax: number;
  feedFilesMax: number;
  /** What the manifest says of publishing; absent if the config has nothing of it. */
  publishing?: Pick<InputManifest, 'baseline' | 'decisions' | 'forced'> | undefined;
  log: IssueLog;
  onVendor: (vendorId: string, bytes: number) => void;
}

/** The error that `RunInputs.sideFile` throws if the file does not exist. */
export function sideFileMissing(vendor: VendorConfig, name: string, where: string): RelayError {
  const what = name === SKU_MAP ? 'SKU map' : `side file "${name}"`;
  const message = `vendor ${vendor.vendor_id}: its ${what} was not found: ${where}`;
  return new RelayError('invalid_input', message, { details: { vendor_id: vendor.vendor_id } });
}

/** Throws `REQUIRED_VENDOR_MISSING` and `INPUT_TOO_LARGE`, after writing the manifest. */
export async function fetchInputs(options: FetchOptions): Promise<FetchedVendor[]> {
  const { runId: run_id, config, configVersion: config_version, generatedAt: generated_at } = options;
  const manifest: InputManifest = {
    ...{ run_id, tenant_id: config.tenant_id, config_version, generated_at },
    ...options.publishing,
    vendors: {},
  };
  try {
    // look for every vendor before copying any: a missing required vendor fails the run at once
    const vendors: VendorFetch[] = [];
    for (const vendor of options.vendors) {
      const found = await nameVendor(vendor.vendor_id, () => VendorFetch.find(options, vendor));
      vendors.push(found);
      manifest.vendors[vendor.vendor_id] = found.entry;
    }
    for (const { vendor, entry } of vendors) warnOfTransfers(options.log, vendor, entry);
    reportMissing(options, vendors);
    const fetched: FetchedVendor[] = [];
    for (const found of vendors) fetched.push(await nameVendor(found.vendor.vendor_id, () => found.read()));
    return fetched;
  } finally {
    await writeJson(options.artifacts, PATHS.manifest, manifest);
  }
}

/** Adds the vendor to the details of an error. */
async function nameVendor<T>(vendorId: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof RelayError ? withVendor(error, vendorId) : error;
  }
}

/** Adds the file's name to an error; null if the feed is one file. */
export async function inFile<T>(file: string | null, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (file === null || !(error instanceof RelayError)) throw error;
    const { code, message, recovery, details } = error;
    throw new RelayError(code, `${file}: ${message}`, { recovery, details: { ...details, file }, cause: error });
  }
}

/** The last of those with the latest time; null if there are none. */
function newestOf(inputs: readonly FoundInput[]): FoundInput | null {
  return inputs.reduce<FoundInput | null>(
    (best, one) => (best === null || one.last_modified >= best.last_modified ? one : best),
    null,
  );
}

/** A file in transfer may be the feed that the vendor has just sent. */
function warnOfTransfers(log: IssueLog, { vendor_id }: VendorConfig, { passed_over }: ManifestVendor): void {
  const file = passed_over?.find(({ reason }) => reason === IN_TRANSFER);
  if (file !== undefined) log.warn(`file_in_transfer:${vendor_id}:${file.name}`);
}

/** Reports missing vendors; throws if a required one is missing, unless the policy is `warn_only`. */
function reportMissing({ log, config, inputs }: FetchOptions, vendors: readonly VendorFetch[]): void {
  const required: string[] = [];
  const missing = vendors.filter(({ entry }) => entry.status === 'missing');
  for (const { vendor, entry } of missing) {
    const vendorId = vendor.vendor_id;
    const prefix = inputs.expectedPrefix(vendor);
    const kind = vendor.required ? 'required' : 'optional';
    const where = prefix === null ? '' : ` at ${prefix}`;
    const others = passedOverText(entry.passed_over ?? []);
    log.addVendor({
      error_code: vendor.required ? 'REQUIRED_VENDOR_MISSING' : 'OPTIONAL_VENDOR_MISSING',
      error_message: `no file was found for the ${kind} vendor ${vendorId}${where}${others}`,
      vendor_id: vendorId,
      expected_prefix: prefix,
    });
    log.warn(`${kind}_vendor_missing:${vendorId}`);
    if (vendor.required) required.push(prefix === null ? vendorId : `${vendorId} (${prefix}${others})`);
  }
  const first = missing.find(({ vendor }) => vendor.required)?.vendor;
  if (first === undefined || config.error_policy.missing_required_vendor_policy === 'warn_only') return;
  const message = `no file was found for the required vendor${required.length > 1 ? 's' : ''} ${required.join(', ')}`;
  throw new RelayError('REQUIRED_VENDOR_MISSING', message, { details: { vendor_id: first.vendor_id } });
}

/** The files of one vendor, from finding them to prepared feeds; keeps the vendor's manifest entry up to date. */
class VendorFetch {
  readonly vendor: VendorConfig;
  readonly entry: ManifestVendor;
  readonly #options: FetchOptions;
  readonly #inputs: readonly FoundInput[];
  readonly #sideFiles = new Map<string, ByteSource>();

  private constructor(options: FetchOptions, vendor: VendorConfig, inputs: readonly FoundInput[], several: boolean) {
    this.#options = options;
    this.vendor = vendor;
    this.#inputs = inputs;
    const files = several ? inputs.map((input) => this.#manifestFile(input)) : null;
    this.entry = manifestVendor(vendor, options.inputs.expectedPrefix(vendor), newestOf(inputs), files);
  }

  static async find(options: FetchOptions, vendor: VendorConfig): Promise<VendorFetch> {
    const selection = options.plugins.files(vendor);
    const wanted = selection === null ? null : { ...selection, filesMax: options.feedFilesMax };
    const names = new FeedNames(selection?.match ?? null);
    const inputs = await options.inputs.find(vendor, wanted, names);
    const found = new VendorFetch(options, vendor, inputs, selection !== null);
    if (names.passedOver.length > 0) found.entry.passed_over = names.passedOver;
    return found;
  }

  async read(): Promise<FetchedVendor> {
    const newest = newestOf(this.#inputs);
    const feeds = newest === null ? null : await this.#fetchFiles(newest);
    return { vendor: this.vendor, feeds, lastModified: newest?.last_modified ?? null, sideFiles: this.#sideFiles };
  }

  /** Copies the files, then decides how to read each. `LIMIT_VENDOR_FILE_BYTES` applies to all of them together. */
  async #fetchFiles(newest: FoundInput): Promise<NamedFeed[] | RelayError> {
    const vendorId = this.vendor.vendor_id;
    const bytes = this.#inputs.reduce((sum, input) => sum + input.size, 0);
    const max = this.#options.vendorFileBytesMax;
    if (bytes > max) throw tooLarge(vendorId, newest.source.name, bytes, max);
    for (const input of this.#inputs) await this.#copyFeedFile(input, input === newest);
    this.#options.onVendor(vendorId, bytes);
    try {
      await this.#fetchSideFiles();
      return await this.#prepareFeeds(newest);
    } catch (error) {
      if (!(error instanceof RelayError) || error.recovery === 'retry') throw error;
      this.entry.reason = error.message;
      return error;
    }
  }

  async #copyFeedFile(input: FoundInput, isNewest: boolean): Promise<void> {
    const { name } = input.source;
    const sha256 = input.pinned?.sha256 ?? (await this.#copy(input.source, this.#feedPath(name)));
    const file = this.entry.files?.find((one) => one.name === name);
    if (file !== undefined) file.sha256 = sha256;
    if (!isNewest) return;
    this.entry.sha256 = sha256;
    this.entry.run_copy_key = this.#runKey(this.#feedPath(name));
  }

  async #prepareFeeds(newest: FoundInput): Promise<NamedFeed[]> {
    const parser = this.#options.plugins.parser(this.vendor);
    const feeds: NamedFeed[] = [];
    let { encoding, delimiter, reason }: Pick<ManifestVendor, 'encoding' | 'delimiter' | 'reason'> = this.entry;
    for (const input of this.#inputs) {
      const { name } = input.source;
      const file = this.#inputs.length > 1 ? name : null;
      if (file === null) this.#options.log.nameFile(this.vendor.vendor_id, name);
      const feed = await inFile(file, () => parser.prepare(this.#options.artifacts.source(this.#feedPath(name))));
      feeds.push({ file, feed });
      if (input === newest) ({ encoding, delimiter, reason } = feed);
      this.#noteSecondOpinion(name, input === newest, feed);
    }
    Object.assign(this.entry, { encoding, delimiter, reason });
    return feeds;
  }

  #noteSecondOpinion(name: string, isNewest: boolean, { secondOpinion }: PreparedFeed): void {
    if (secondOpinion == null) return;
    const described = [isNewest ? this.entry : undefined, this.entry.files?.find((one) => one.name === name)];
    for (const one of described) if (one !== undefined) one.encoding_second_opinion = secondOpinion;
  }

  /** Copies side files into the run too, so that a later attempt reads the same bytes. */
  async #fetchSideFiles(): Promise<void> {
    const { plugins, inputs, artifacts } = this.#options;
    const { vendor, entry } = this;
    const wanted = plugins.sideFiles(vendor).map(({ name, location }) => ({ name, location }));
    if (vendor.sku_map !== null) wanted.push({ name: SKU_MAP, location: vendor.sku_map });
    for (const { name, location } of wanted) {
      const { source, s3_key, etag, size, last_modified, pinned } = await inputs.sideFile(vendor, name, location);
      const path = PATHS.sideFile(vendor.vendor_id, name, source.name);
      const sha256 = pinned?.sha256 ?? (await this.#copy(source, path));
      entry.side_files ??= [];
      entry.side_files.push({ name, s3_key, etag, size, last_modified, sha256, run_copy_key: this.#runKey(path) });
      this.#sideFiles.set(name, artifacts.source(path));
    }
  }

  /** Copies a file into the run; returns its SHA-256. */
  async #copy(source: ByteSource, path: string): Promise<string> {
    const { artifacts, vendorFileBytesMax: max } = this.#options;
    const hasher = this.#options.createHasher();
    await writing(artifacts, path, async (sink) => {
      let bytes = 0;
      for await (const chunk of source.open()) {
        bytes += chunk.length;
        if (bytes > max) throw tooLarge(this.vendor.vendor_id, source.name, bytes, max);
        hasher.update(chunk);
        await sink.write(chunk);
      }
    });
    return hasher.digest();
  }

  #manifestFile({ source, s3_key, etag, size, last_modified }: FoundInput): ManifestFile {
    const run_copy_key = this.#runKey(this.#feedPath(source.name));
    return { name: source.name, s3_key, etag, size, last_modified, sha256: null, run_copy_key };
  }

  #feedPath(name: string): string {
    return PATHS.inbound(this.vendor.vendor_id, name);
  }

  #runKey(path: string): string {
    return `${runPrefix(this.#options.runId, this.#options.config.tenant_id)}${path}`;
  }
}

function tooLarge(vendorId: string, name: string, bytes: number, max: number): RelayError {
  const message = `vendor ${vendorId}: ${name} has ${bytes} bytes or more; the limit is ${max} (LIMIT_VENDOR_FILE_BYTES)`;
  return new RelayError('INPUT_TOO_LARGE', message, { details: { vendor_id: vendorId } });
}
