/** Vendor files on a local disk: the newest under `DIR/<vendor_id>/`, or those that the command line names. */
import fs from 'node:fs';
import path from 'node:path';
import type { VendorConfig } from '../../core/config/schema.ts';
import { RelayError } from '../../core/errors.ts';
import type { SideFileLocation } from '../../core/layout.ts';
import { sideFileMissing } from '../../core/pipeline/fetch/fetch.ts';
import { FileBatch } from '../../core/pipeline/fetch/file-batch.ts';
import type { FeedFilter, FilesWanted, FoundInput, RunInputs } from '../../core/ports/engine.ts';
import { attempt } from '../../stores/embedded/file-errors.ts';
import { fileSource } from './files.ts';

export interface LocalInputOptions {
  /** The folder with a folder for each vendor; null if files are named. */
  folder: string | null;
  /** Named files by vendor id. */
  files: ReadonlyMap<string, string>;
  /** The config's folder: relative paths of SKU maps start here. */
  configFolder: string;
}

export class LocalInputs implements RunInputs {
  readonly #options: LocalInputOptions;

  constructor(options: LocalInputOptions) {
    this.#options = options;
  }

  async find(vendor: VendorConfig, wanted: FilesWanted | null, filter: FeedFilter): Promise<FoundInput[]> {
    const { folder, files } = this.#options;
    const named = files.get(vendor.vendor_id);
    if (named !== undefined) return existingInputs([named]);
    if (folder === null) return [];
    const own = path.join(folder, vendor.vendor_id);
    if (wanted !== null) return existingInputs(matchingFiles(own, wanted, filter));
    const newest = newestFile(own, filter);
    return newest === null ? [] : existingInputs([newest]);
  }

  expectedPrefix(vendor: VendorConfig): string | null {
    const { folder, files } = this.#options;
    return folder === null ? (files.get(vendor.vendor_id) ?? null) : `${vendor.vendor_id}/`;
  }

  async sideFile(vendor: VendorConfig, name: string, location: SideFileLocation): Promise<FoundInput> {
    const candidates = this.#pathsOf(location);
    for (const file of candidates) {
      const found = foundFile(file);
      if (found !== null) return found;
    }
    const where = candidates.join(' or ') || 'an s3_key, which needs --input DIR';
    throw sideFileMissing(vendor, name, where);
  }

  /** A relative path is tried beside the config, then in the working folder. An S3 key is below the input folder. */
  #pathsOf(location: SideFileLocation): string[] {
    const { folder, configFolder } = this.#options;
    const { type, s3_key: key, local_path: file } = location;
    if (type === 's3') return folder === null || key === null ? [] : [path.join(folder, key)];
    return file === null ? [] : [...new Set([path.resolve(configFolder, file), path.resolve(file)])];
  }
}

/** The files that exist. */
function existingInputs(files: readonly string[]): FoundInput[] {
  return files.flatMap((file) => foundFile(file) ?? []);
}

/** The files that make up one feed, in the folder itself. */
function matchingFiles(folder: string, wanted: FilesWanted, filter: FeedFilter): string[] {
  if (!fs.existsSync(folder)) return [];
  const batch = new FileBatch<{ name: string; time: number; file: string }>(wanted);
  for (const name of attempt(`list ${folder}`, () => fs.readdirSync(folder).sort())) {
    const file = path.join(folder, name);
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (stat?.isFile() && filter.isFeed(name)) batch.add({ name, time: stat.mtimeMs, file });
  }
  return batch.files().map(({ file }) => file);
}

/** Null if there is no file. Throws `invalid_input` for a directory. */
function foundFile(file: string): FoundInput | null {
  let stat: fs.Stats;
  try {
    stat = fs.statSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    return attempt(`read ${file}`, () => {
      throw error;
    });
  }
  if (stat.isDirectory()) throw new RelayError('invalid_input', `cannot read ${file}: it is a directory, not a file`);
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
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (stat === undefined || !stat.isFile()) continue;
    if (!filter.isFeed(path.relative(folder, file).split(path.sep).join('/'))) continue;
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
