/** Vendor files on a local disk: the newest under `DIR/<vendor_id>/`, or those that the command line names. */
import fs from 'node:fs';
import path from 'node:path';
import type { VendorConfig } from '../../core/config/schema.ts';
import { RelayError } from '../../core/errors.ts';
import type { SideFileLocation } from '../../core/layout.ts';
import { FileBatch } from '../../core/pipeline/fetch/file-batch.ts';
import { sideFileMissing } from '../../core/pipeline/fetch/named-files.ts';
import type { FeedFilter, FilesWanted, FoundInput, FoundPatch, RunInputs } from '../../core/ports/engine.ts';
import { attempt } from '../../stores/embedded/file-errors.ts';
import { requireInside, requireOrdinary, statIfThere } from '../ordinary-file.ts';
import { fileSource } from './files.ts';
import { LocalPatches } from './patches.ts';

export interface LocalInputOptions {
  /** The folder with a subfolder per vendor; null if files are named. */
  folder: string | null;
  /** Named files by vendor id. */
  files: ReadonlyMap<string, string>;
  /** Read files outside `folder` too, if links in it lead there. */
  followLinks: boolean;
  /** The config's folder: relative paths of SKU maps start here. */
  configFolder: string;
  /** Corrected rows by vendor id, and the folder of the run that refused them. */
  patches?: { files: ReadonlyMap<string, string>; run: string } | null;
}

export class LocalInputs implements RunInputs {
  readonly #options: LocalInputOptions;
  #patches: LocalPatches | null = null;

  constructor(options: LocalInputOptions) {
    this.#options = options;
  }

  async find(vendor: VendorConfig, wanted: FilesWanted | null, filter: FeedFilter): Promise<FoundInput[]> {
    const { folder, files } = this.#options;
    const named = files.get(vendor.vendor_id);
    if (named !== undefined) return existingInputs([named]);
    if (folder === null) return [];
    const own = path.join(folder, vendor.vendor_id);
    const newest = wanted === null ? newestFile(own, filter) : null;
    const found = wanted !== null ? matchingFiles(own, wanted, filter) : newest === null ? [] : [newest];
    for (const file of found) this.#requireOwn(folder, file);
    return existingInputs(found);
  }

  #requireOwn(folder: string, file: string): void {
    if (!this.#options.followLinks && fs.existsSync(file)) requireInside(folder, file);
  }

  expectedPrefix(vendor: VendorConfig): string | null {
    const { folder, files } = this.#options;
    return folder === null ? (files.get(vendor.vendor_id) ?? null) : `${vendor.vendor_id}/`;
  }

  patch({ vendor_id }: VendorConfig, sha256: string): Promise<FoundPatch | null> {
    this.#patches ??= new LocalPatches(this.#options.patches ?? null);
    return this.#patches.find(vendor_id, sha256);
  }

  async sideFile(vendor: VendorConfig, name: string, location: SideFileLocation): Promise<FoundInput> {
    const candidates = sideFilePaths(location, this.#options).map((file) => path.resolve(file));
    for (const file of candidates) {
      const found = foundFile(file);
      if (found === null) continue;
      if (location.type === 's3' && this.#options.folder !== null) this.#requireOwn(this.#options.folder, file);
      return found;
    }
    const where = candidates.join(' or ') || 'an s3_key, which needs --input DIR';
    throw sideFileMissing(vendor, name, where);
  }
}

/** A relative path is tried beside the config, then in the working folder. An S3 key is below the input folder. */
export function sideFilePaths(
  { type, s3_key: key, local_path: file }: SideFileLocation,
  { folder, configFolder }: Pick<LocalInputOptions, 'folder' | 'configFolder'>,
): string[] {
  if (type === 's3') return folder === null || key === null ? [] : [below(folder, key)];
  if (file === null) return [];
  const beside = path.isAbsolute(file) ? file : path.join(configFolder, file);
  return path.resolve(beside) === path.resolve(file) ? [beside] : [beside, file];
}

export function isFolder(path: string): boolean {
  return fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Throws `invalid_input` for a key that leads out of the folder. */
function below(folder: string, key: string): string {
  const file = path.join(folder, key);
  const relative = path.relative(folder, file);
  if (relative !== '..' && !relative.startsWith(`..${path.sep}`)) return file;
  throw new RelayError('invalid_input', `the s3_key ${key} leads out of ${folder}; a key has no ".." in it`);
}

/** The files that exist. */
function existingInputs(files: readonly string[]): FoundInput[] {
  return files.flatMap((file) => foundFile(file) ?? []);
}

/** The files directly in the folder that make up one feed. */
function matchingFiles(folder: string, wanted: FilesWanted, filter: FeedFilter): string[] {
  if (!fs.existsSync(folder)) return [];
  const batch = new FileBatch<{ name: string; time: number; file: string }>(wanted);
  for (const name of attempt(`list ${folder}`, () => fs.readdirSync(folder).sort())) {
    const file = path.join(folder, name);
    const stat = statIfThere(file);
    if (stat === null) requireReadableName(file, name, filter);
    if (stat === null || stat.isDirectory() || !filter.isFeed(name)) continue;
    requireOrdinary(file, stat);
    batch.add({ name, time: stat.mtimeMs, file });
  }
  return batch.files().map(({ file }) => file);
}

/** What Node has for bytes of a name that are not UTF-8: there is no file of that name. */
const NO_LETTER = '\ufffd';

/** Throws `invalid_input` if a feed that was listed is not there because of its name. */
function requireReadableName(file: string, name: string, filter: Pick<FeedFilter, 'isFeed'>): void {
  if (!name.includes(NO_LETTER) || !filter.isFeed(name)) return;
  throw new RelayError(
    'invalid_input',
    `cannot read ${file}: its name is not UTF-8; rename it, or have it sent under another name`,
  );
}

/** Null if there is no such file. Throws `invalid_input` for a file that is not ordinary. */
function foundFile(file: string): FoundInput | null {
  const stat = statIfThere(file);
  if (stat === null) return null;
  requireOrdinary(file, stat);
  return {
    source: fileSource(file),
    s3_key: null,
    etag: null,
    size: stat.size,
    last_modified: stat.mtime.toISOString(),
  };
}

/** The newest feed at any depth: by time, then by path in code point order. */
export function newestFile(folder: string, filter: Pick<FeedFilter, 'isFeed'>): string | null {
  if (!fs.existsSync(folder)) return null;
  let best: { file: string; time: number } | null = null;
  const entries = attempt(`list ${folder}`, () => fs.readdirSync(folder, { recursive: true, withFileTypes: true }));
  for (const entry of entries) {
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    const stat = statIfThere(file);
    const name = path.relative(folder, file).split(path.sep).join('/');
    if (stat === null) requireReadableName(file, name, filter);
    if (stat === null || stat.isDirectory() || !filter.isFeed(name)) continue;
    requireOrdinary(file, stat);
    const time = stat.mtimeMs;
    if (
      best === null ||
      time > best.time ||
      (time === best.time && Buffer.compare(Buffer.from(file), Buffer.from(best.file)) > 0)
    ) {
      best = { file, time };
    }
  }
  return best?.file ?? null;
}
