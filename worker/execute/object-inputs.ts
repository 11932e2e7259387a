/** The engine's inputs on an object store. */
import { inboundPrefix, patchPrefix } from '../../core/config/prefixes.ts';
import type { TenantConfig, VendorConfig } from '../../core/config/schema.ts';
import { RelayError } from '../../core/errors.ts';
import type { SideFileLocation } from '../../core/layout.ts';
import { PATHS, runPrefix } from '../../core/pipeline/artifacts.ts';
import { FileBatch } from '../../core/pipeline/fetch/file-batch.ts';
import { type InputManifest, type PinnedFile, pinnedCopies } from '../../core/pipeline/fetch/input-manifest.ts';
import { sideFileMissing } from '../../core/pipeline/fetch/named-files.ts';
import type {
  ByteSource,
  FeedFilter,
  FilesWanted,
  FoundInput,
  FoundPatch,
  RunInputs,
} from '../../core/ports/engine.ts';
import type { ArtifactStore, ObjectInfo } from '../../core/ports/service/objects.ts';
import { objectSource } from './object-source.ts';

/** Finds each vendor's newest object, or what an earlier attempt pinned. */
export class ObjectInputs implements RunInputs {
  readonly #store: ArtifactStore;
  readonly #config: TenantConfig;
  readonly #manifest: InputManifest | null;

  constructor(store: ArtifactStore, config: TenantConfig, manifest: InputManifest | null) {
    this.#store = store;
    this.#config = config;
    this.#manifest = manifest;
  }

  async find(vendor: VendorConfig, wanted: FilesWanted | null, filter: FeedFilter): Promise<FoundInput[]> {
    const pinned = this.#manifest?.vendors[vendor.vendor_id];
    const copies = pinned === undefined ? null : pinnedCopies(pinned);
    if (pinned?.passed_over !== undefined && (copies !== null || pinned.status === 'missing')) {
      filter.restore(pinned.passed_over);
    }
    if (pinned?.status === 'missing') return [];
    if (copies !== null) return Promise.all(copies.map((copy) => this.#openCopy(copy)));
    const prefix = this.expectedPrefix(vendor);
    if (wanted !== null) return this.#matching(prefix, wanted, filter);
    const info = await this.#store.newest(prefix, (key) => filter.isFeed(key.slice(prefix.length)));
    return info === null ? [] : [foundObject(this.#store, info)];
  }

  /** The objects directly in the folder that make up one feed, over all pages. */
  async #matching(prefix: string, wanted: FilesWanted, filter: FeedFilter): Promise<FoundInput[]> {
    const batch = new FileBatch<{ name: string; time: number; info: ObjectInfo }>(wanted);
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const { objects, next } = await this.#store.list(prefix, cursor);
      for (const info of objects) {
        const name = info.key.slice(prefix.length);
        if (!name.includes('/') && filter.isFeed(name)) batch.add({ name, time: info.lastModified, info });
      }
      cursor = next;
    }
    return batch.files().map(({ info }) => foundObject(this.#store, info));
  }

  expectedPrefix(vendor: VendorConfig): string {
    return inboundPrefix(this.#config.tenant_id, vendor);
  }

  async sideFile(vendor: VendorConfig, name: string, location: SideFileLocation): Promise<FoundInput> {
    const pinned = this.#manifest?.vendors[vendor.vendor_id]?.side_files?.find((file) => file.name === name);
    if (pinned !== undefined) return this.#openCopy(pinned);
    const key = location.s3_key ?? '';
    const info = key === '' ? null : await this.#store.head(key);
    if (info === null) throw sideFileMissing(vendor, name, key || 's3_key is not set');
    return foundObject(this.#store, info);
  }

  /** The newest patch of the file, or the one that an earlier attempt had. */
  async patch({ vendor_id }: VendorConfig, sha256: string): Promise<FoundPatch | null> {
    const { tenant_id } = this.#config;
    const pinned = this.#manifest?.vendors[vendor_id];
    // an attempt that failed before the file was prepared may not have looked for patches
    const hasLooked = pinned?.patches !== undefined || pinned?.encoding != null || pinned?.reason != null;
    if (pinned !== undefined && hasLooked && pinnedCopies(pinned) !== null) {
      const had = pinned.patches?.find((one) => one.of_sha256 === sha256);
      if (had === undefined) return null;
      const { run_id, s3_key, etag, run_copy_key } = had;
      const rows = run_copy_key.replace(/\.csv$/, '.rows.csv');
      return { run_id, s3_key, etag, source: await this.#existing(run_copy_key), rows: await this.#existing(rows) };
    }
    const prefix = patchPrefix(tenant_id, vendor_id, sha256);
    const info = await this.#store.newest(prefix, (key) => key.endsWith('.csv'));
    if (info === null) return null;
    const [run_id = ''] = info.key.slice(prefix.length).split('/');
    const rows = await this.#existing(runPrefix(run_id, tenant_id) + PATHS.rejectRows(vendor_id));
    return { run_id, s3_key: info.key, etag: info.etag, source: objectSource(this.#store, info), rows };
  }

  async #existing(key: string): Promise<ByteSource> {
    const info = await this.#store.head(key);
    if (info === null)
      throw new RelayError('invalid_input', `${key} is gone: corrected rows need the run that refused them`);
    return objectSource(this.#store, info);
  }

  async #openCopy(pinned: PinnedFile): Promise<FoundInput> {
    const copy = await this.#store.head(pinned.run_copy_key);
    if (copy === null) throw new RelayError('invalid_input', `the run's copy ${pinned.run_copy_key} is gone`);
    return {
      source: objectSource(this.#store, copy),
      s3_key: pinned.s3_key,
      etag: pinned.etag,
      size: pinned.size ?? copy.size,
      last_modified: pinned.last_modified ?? new Date(copy.lastModified).toISOString(),
      pinned: { sha256: pinned.sha256 },
    };
  }
}

function foundObject(store: ArtifactStore, info: ObjectInfo): FoundInput {
  return {
    source: objectSource(store, info),
    s3_key: info.key,
    etag: info.etag,
    size: info.size,
    last_modified: new Date(info.lastModified).toISOString(),
  };
}
