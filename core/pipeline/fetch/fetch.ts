/** Finds every vendor's file, copies it into the run, settles how it is read, and says so in the input manifest. */
import type { TenantConfig, VendorConfig } from '../../config/schema.ts';
import { RelayError, withVendor } from '../../errors.ts';
import type { PreparedFeed } from '../../plugin.ts';
import type { ByteSource, FoundInput, Hasher, RunArtifacts, RunInputs } from '../../ports/engine.ts';
import { PATHS, runPrefix, writeJson, writing } from '../artifacts.ts';
import type { BoundPlugins } from '../bind.ts';
import type { IssueLog } from '../issues.ts';

/** A vendor of the run. `feeds` is the error when a file cannot be read at all; the run fails with it later. */
export interface FetchedVendor {
  vendor: VendorConfig;
  /** One for each file; null where there is none. */
  feeds: readonly NamedFeed[] | RelayError | null;
  /** The run's copies of its SKU map (`sku_map`) and of the side files that its parser joins. */
  sideFiles: ReadonlyMap<string, ByteSource>;
}

export interface NamedFeed {
  /** The file's name where there are several, for reports. */
  file: string | null;
  feed: PreparedFeed;
}

/** What the SKU map is called among a vendor's side files. */
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
  log: IssueLog;
  onVendor: (vendorId: string, bytes: number) => void;
}

interface ManifestVendor {
  status: 'found' | 'missing';
  required: boolean;
  s3_prefix: string | null;
  expected_prefix: string | null;
  s3_key: string | null;
  etag: string | null;
  size: number | null;
  last_modified: string | null;
  sha256: string | null;
  selection: 'latest_by_last_modified' | 'all_matching';
  run_copy_key: string | null;
  parser: string;
  encoding: string | null;
  delimiter: string | null;
  reason: string | null;
  /** All files of the feed, where its parser asks for several; the fields above are those of the newest one. */
  files?: ManifestFile[];
  /** Only where there are any. */
  side_files?: ManifestSideFile[];
}

interface ManifestFile {
  name: string;
  s3_key: string | null;
  etag: string | null;
  size: number;
  last_modified: string;
  /** Null until it is copied. */
  sha256: string | null;
  run_copy_key: string;
}

interface ManifestSideFile extends ManifestFile {
  sha256: string;
}

/** What `RunInputs.sideFile` throws where there is no such file. */
export function sideFileMissing(vendor: VendorConfig, name: string, where: string): RelayError {
  const what = name === SKU_MAP ? 'SKU map' : `side file "${name}"`;
  const message = `vendor ${vendor.vendor_id}: its ${what} is not there: ${where}`;
  return new RelayError('invalid_input', message, { details: { vendor_id: vendor.vendor_id } });
}

/** Throws `REQUIRED_VENDOR_MISSING` and `INPUT_TOO_LARGE`, after the manifest is written. */
export async function fetchInputs(options: FetchOptions): Promise<FetchedVendor[]> {
  const found = new Map<string, FoundInput[]>();
  // a vendor that was not looked for, because an earlier one failed, is not in it: a later attempt goes by what it says
  const manifest: Record<string, ManifestVendor> = {};
  try {
    for (const vendor of options.vendors) {
      const selection = options.plugins.files(vendor);
      const wanted = selection === null ? null : { ...selection, filesMax: options.feedFilesMax };
      const inputs = await naming(vendor.vendor_id, () => options.inputs.find(vendor, wanted));
      found.set(vendor.vendor_id, inputs);
      manifest[vendor.vendor_id] = manifestEntry(options, vendor, inputs, selection !== null);
    }
    reportMissing(options, found);
    const fetched: FetchedVendor[] = [];
    for (const vendor of options.vendors) {
      const inputs = found.get(vendor.vendor_id)!;
      const entry = manifest[vendor.vendor_id]!;
      const sideFiles = new Map<string, ByteSource>();
      const fetchAll = () => fetchVendor(options, vendor, inputs, entry, sideFiles);
      const feeds = inputs.length === 0 ? null : await naming(vendor.vendor_id, fetchAll);
      fetched.push({ vendor, feeds, sideFiles });
    }
    return fetched;
  } finally {
    await writeManifest(options, manifest);
  }
}

/** Names the vendor in what goes wrong with its file. */
async function naming<T>(vendorId: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof RelayError ? withVendor(error, vendorId) : error;
  }
}

/** Names the file in what goes wrong with one of several. */
export async function inFile<T>(file: string | null, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (file === null || !(error instanceof RelayError)) throw error;
    const { code, message, recovery, details } = error;
    throw new RelayError(code, `${file}: ${message}`, { recovery, details: { ...details, file }, cause: error });
  }
}

function manifestEntry(
  options: FetchOptions,
  vendor: VendorConfig,
  inputs: readonly FoundInput[],
  several: boolean,
): ManifestVendor {
  const input = newestOf(inputs);
  return {
    status: input === null ? 'missing' : 'found',
    required: vendor.required,
    s3_prefix: vendor.inbound.s3_prefix,
    expected_prefix: options.inputs.expectedPrefix(vendor),
    s3_key: input?.s3_key ?? null,
    etag: input?.etag ?? null,
    size: input?.size ?? null,
    last_modified: input?.last_modified ?? null,
    sha256: null,
    selection: several ? 'all_matching' : 'latest_by_last_modified',
    run_copy_key: null,
    parser: vendor.parser.format,
    encoding: null,
    delimiter: null,
    reason: input === null ? `no ${several ? 'matching ' : ''}file under the expected prefix` : null,
    ...(several ? { files: inputs.map((one) => manifestFile(options, vendor, one)) } : {}),
  };
}

function manifestFile(options: FetchOptions, vendor: VendorConfig, input: FoundInput): ManifestFile {
  const { source, s3_key, etag, size, last_modified } = input;
  const path = PATHS.inbound(vendor.vendor_id, source.name);
  const run_copy_key = `${runPrefix(options.runId, options.config.tenant_id)}${path}`;
  return { name: source.name, s3_key, etag, size, last_modified, sha256: null, run_copy_key };
}

/** The last of those with the latest time; null of none. */
function newestOf(inputs: readonly FoundInput[]): FoundInput | null {
  return inputs.reduce<FoundInput | null>(
    (best, one) => (best === null || one.last_modified >= best.last_modified ? one : best),
    null,
  );
}

/** Enters missing vendors; throws when a required one is missing and the policy does not let that pass. */
function reportMissing(options: FetchOptions, found: ReadonlyMap<string, readonly FoundInput[]>): void {
  const { log, config } = options;
  const required: string[] = [];
  for (const vendor of options.vendors) {
    const vendorId = vendor.vendor_id;
    if (found.get(vendorId)!.length > 0) continue;
    const prefix = options.inputs.expectedPrefix(vendor);
    const kind = vendor.required ? 'required' : 'optional';
    log.addVendor({
      error_code: vendor.required ? 'REQUIRED_VENDOR_MISSING' : 'OPTIONAL_VENDOR_MISSING',
      error_message: `no file of the ${kind} vendor ${vendorId} was found${prefix === null ? '' : ` at ${prefix}`}`,
      vendor_id: vendorId,
      expected_prefix: prefix,
    });
    log.warn(`${kind}_vendor_missing:${vendorId}`);
    if (vendor.required) required.push(prefix === null ? vendorId : `${vendorId} (${prefix})`);
  }
  if (required.length === 0 || config.error_policy.missing_required_vendor_policy === 'warn_only') return;
  const message = `no file was found of the required vendor${required.length > 1 ? 's' : ''} ${required.join(', ')}`;
  const first = options.vendors.find((vendor) => vendor.required && found.get(vendor.vendor_id)!.length === 0)!;
  throw new RelayError('REQUIRED_VENDOR_MISSING', message, { details: { vendor_id: first.vendor_id } });
}

/** Copies a vendor's files and settles how each is read. Together they may have as many bytes as one. */
async function fetchVendor(
  options: FetchOptions,
  vendor: VendorConfig,
  inputs: readonly FoundInput[],
  entry: ManifestVendor,
  sideFiles: Map<string, ByteSource>,
): Promise<NamedFeed[] | RelayError> {
  const vendorId = vendor.vendor_id;
  const max = options.vendorFileBytesMax;
  const newest = newestOf(inputs)!;
  const bytes = inputs.reduce((sum, input) => sum + input.size, 0);
  if (bytes > max) throw tooLarge(vendorId, newest.source.name, bytes, max);
  for (const input of inputs) {
    const path = PATHS.inbound(vendorId, input.source.name);
    const sha256 = input.pinned?.sha256 ?? (await copyInput(options, vendorId, input.source, path));
    const file = entry.files?.find((one) => one.name === input.source.name);
    if (file !== undefined) file.sha256 = sha256;
    if (input !== newest) continue;
    entry.sha256 = sha256;
    entry.run_copy_key = manifestFile(options, vendor, input).run_copy_key;
  }
  options.onVendor(vendorId, bytes);
  try {
    await fetchSideFiles(options, vendor, entry, sideFiles);
    const feeds: NamedFeed[] = [];
    for (const { source } of inputs) feeds.push(await prepareOne(options, vendor, source.name, inputs.length > 1));
    const { encoding, delimiter, reason } = feeds[inputs.indexOf(newest)]!.feed;
    Object.assign(entry, { encoding, delimiter, reason });
    return feeds;
  } catch (error) {
    if (!(error instanceof RelayError) || error.recovery === 'retry') throw error;
    entry.reason = error.message;
    return error;
  }
}

/** What is wrong with one of several files names it. */
async function prepareOne(
  options: FetchOptions,
  vendor: VendorConfig,
  name: string,
  several: boolean,
): Promise<NamedFeed> {
  const source = options.artifacts.source(PATHS.inbound(vendor.vendor_id, name));
  const feed = await inFile(several ? name : null, () => options.plugins.parser(vendor).prepare(source));
  return { file: several ? name : null, feed };
}

/** Copies what stands beside the feed into the run, so that a later attempt reads the same bytes. */
async function fetchSideFiles(
  options: FetchOptions,
  vendor: VendorConfig,
  entry: ManifestVendor,
  sideFiles: Map<string, ByteSource>,
): Promise<void> {
  const vendorId = vendor.vendor_id;
  const wanted = options.plugins.sideFiles(vendor).map(({ name, location }) => ({ name, location }));
  if (vendor.sku_map !== null) wanted.push({ name: SKU_MAP, location: vendor.sku_map });
  for (const { name, location } of wanted) {
    const { source, s3_key, etag, size, last_modified, pinned } = await options.inputs.sideFile(vendor, name, location);
    const path = PATHS.sideFile(vendorId, name, source.name);
    const sha256 = pinned?.sha256 ?? (await copyInput(options, vendorId, source, path));
    const run_copy_key = `${runPrefix(options.runId, options.config.tenant_id)}${path}`;
    entry.side_files ??= [];
    entry.side_files.push({ name, s3_key, etag, size, last_modified, sha256, run_copy_key });
    sideFiles.set(name, options.artifacts.source(path));
  }
}

/** Copies a file into the run; returns its SHA-256. */
async function copyInput(options: FetchOptions, vendorId: string, source: ByteSource, path: string): Promise<string> {
  const hasher = options.createHasher();
  const max = options.vendorFileBytesMax;
  await writing(options.artifacts, path, async (sink) => {
    let bytes = 0;
    for await (const chunk of source.open()) {
      bytes += chunk.length;
      if (bytes > max) throw tooLarge(vendorId, source.name, bytes, max);
      hasher.update(chunk);
      await sink.write(chunk);
    }
  });
  return hasher.digest();
}

function tooLarge(vendorId: string, name: string, bytes: number, max: number): RelayError {
  const message = `vendor ${vendorId}: ${name} has ${bytes} bytes or more; the limit is ${max} (LIMIT_VENDOR_FILE_BYTES)`;
  return new RelayError('INPUT_TOO_LARGE', message, { details: { vendor_id: vendorId } });
}

async function writeManifest(options: FetchOptions, vendors: Record<string, ManifestVendor>): Promise<void> {
  await writeJson(options.artifacts, PATHS.manifest, {
    run_id: options.runId,
    tenant_id: options.config.tenant_id,
    config_version: options.configVersion,
    generated_at: options.generatedAt,
    vendors,
  });
}
