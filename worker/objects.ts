/** The engine's inputs and artifacts on an object store. */

import { inboundPrefix } from '../core/config/prefixes.ts';
import type { TenantConfig, VendorConfig } from '../core/config/schema.ts';
import { RelayError } from '../core/errors.ts';
import type { SideFileLocation } from '../core/layout.ts';
import { PATHS, runPrefix } from '../core/pipeline/artifacts.ts';
import { sideFileMissing } from '../core/pipeline/fetch/fetch.ts';
import { FileBatch } from '../core/pipeline/fetch/file-batch.ts';
import type { InputManifest, ManifestVendor } from '../core/pipeline/fetch/input-manifest.ts';
import type {
  ByteSink,
  ByteSource,
  FeedFilter,
  FilesWanted,
  FoundInput,
  RunArtifacts,
  RunInputs,
} from '../core/ports/engine.ts';
import type { ArtifactStore, ObjectInfo } from '../core/ports/service.ts';

/** An object as a source. `info` pins its content: a read fails if the object has changed. */
function objectSource(store: ArtifactStore, info: ObjectInfo): ByteSource {
  return {
    name: fileName(info.key),
    size: info.size,
    async *open() {
      const { body } = await store.read(info.key, { ifMatch: info.etag }).catch((error) => {
        throw asRetry(info.key, error);
      });
      yield* body;
    },
  };
}

/** If the object was replaced after it was found, a retry finds the new one. */
function asRetry(key: string, error: unknown): unknown {
  if (!(error instanceof RelayError) || !['precondition_failed', 'not_found'].includes(error.code)) return error;
  const message = `${key} was replaced or removed while it was about to be read`;
  return new RelayError(error.code, message, { recovery: 'retry', cause: error });
}

/** The part of a key after the last `/`. */
function fileName(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/** A run's artifacts below `<run_id>/tenants/<tenant_id>/`. */
export class ObjectArtifacts implements RunArtifacts {
  readonly prefix: string;
  /** Paths that this attempt wrote, or that it read from an earlier attempt. */
  readonly present = new Set<string>();
  readonly #store: ArtifactStore;
  readonly #confirm: () => Promise<void>;

  /** `confirm` throws if this worker no longer holds the run. */
  constructor(store: ArtifactStore, runId: string, tenantId: string, confirm: () => Promise<void>) {
    this.#store = store;
    this.#confirm = confirm;
    this.prefix = runPrefix(runId, tenantId);
  }

  async create(path: string): Promise<ByteSink> {
    const sink = await this.#store.write(this.prefix + path, { contentType: contentTypeOf(path) });
    return {
      write: (bytes) => sink.write(bytes),
      close: async () => {
        await this.#confirm();
        await sink.close();
        this.present.add(path);
      },
      abort: () => sink.abort(),
    };
  }

  source(path: string): ByteSource {
    this.present.add(path);
    const key = this.prefix + path;
    return {
      name: fileName(key),
      size: null,
      open: async function* (this: ObjectArtifacts) {
        yield* (await this.#store.read(key)).body;
      }.bind(this),
    };
  }
}

function contentTypeOf(path: string): string {
  if (path.startsWith('inbound/') || path.startsWith('side_files/')) return 'application/octet-stream';
  if (path.endsWith('.json')) return 'application/json';
  return path.endsWith('.jsonl') ? 'application/x-ndjson' : 'text/csv; charset=utf-8';
}

/** An input file that the run has copied. */
interface PinnedFile {
  run_copy_key: string;
  s3_key: string | null;
  etag: string | null;
  size: number | null;
  last_modified: string | null;
  sha256: string;
}

/** The manifest of an earlier attempt; null if none got that far. */
export async function readManifest(store: ArtifactStore, artifacts: ObjectArtifacts): Promise<InputManifest | null> {
  const key = artifacts.prefix + PATHS.manifest;
  if ((await store.head(key)) === null) return null;
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of (await store.read(key)).body) text += decoder.decode(chunk, { stream: true });
  return JSON.parse(text + decoder.decode()) as InputManifest;
}

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

/** The copies of all files of a feed; null if one is missing. */
function pinnedCopies(vendor: ManifestVendor): PinnedFile[] | null {
  const files = vendor.files ?? [vendor];
  const made = files.flatMap(({ run_copy_key, sha256, ...rest }) =>
    run_copy_key === null || sha256 === null ? [] : [{ ...rest, run_copy_key, sha256 }],
  );
  return made.length === files.length ? made : null;
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
