/** The engine's inputs and artifacts on an object store. */

import { concatBytes } from '../../core/bytes/concat.ts';
import { inboundPrefix, patchPrefix } from '../../core/config/prefixes.ts';
import type { TenantConfig, VendorConfig } from '../../core/config/schema.ts';
import { RelayError } from '../../core/errors.ts';
import type { SideFileLocation } from '../../core/layout.ts';
import { PATHS, runPrefix, writeJson } from '../../core/pipeline/artifacts.ts';
import { FileBatch } from '../../core/pipeline/fetch/file-batch.ts';
import {
  type InputManifest,
  type ManifestVendor,
  type PinnedFile,
  pinnedCopies,
} from '../../core/pipeline/fetch/input-manifest.ts';
import { sideFileMissing } from '../../core/pipeline/fetch/named-files.ts';
import type {
  ByteSink,
  ByteSource,
  FeedFilter,
  FilesWanted,
  FoundInput,
  FoundPatch,
  Hasher,
  RunArtifacts,
  RunInputs,
} from '../../core/ports/engine.ts';
import type { ArtifactStore, ObjectInfo, ObjectSink } from '../../core/ports/service/objects.ts';
import type { RunRecord } from '../../core/ports/service/runs.ts';
import { contentTypeOf } from '../../core/text/content-types.ts';
import type { RunFeed } from '../runner.ts';
import { type HeldFile, HeldFiles, HoldingSink } from './held-files.ts';

/** An object as a source. `info` pins its content: a read fails if the object has changed. */
export function objectSource(store: ArtifactStore, info: ObjectInfo): ByteSource {
  return {
    name: fileName(info.key),
    size: info.size,
    async *open() {
      const { body } = await store.read(info.key, { ifMatch: info.etag }).catch((error) => {
        throw asRetry(error, `${info.key} was replaced or removed while it was about to be read`);
      });
      yield* body;
    },
  };
}

/** If an object has changed since this attempt saw it, the next attempt uses the new state. */
function asRetry(error: unknown, message: string): unknown {
  if (!(error instanceof RelayError) || !['precondition_failed', 'not_found'].includes(error.code)) return error;
  return new RelayError(error.code, message, { recovery: 'retry', cause: error });
}

/** The part of a key after the last `/`. */
function fileName(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/**
 * A run's artifacts below `<run_id>/tenants/<tenant_id>/`, as one attempt sees them. It replaces only the state that it saw at
 * its start or wrote itself, and reads back only that: an attempt that stalled and comes back changes nothing that a later
 * attempt wrote or read. See decision 0014.
 */
export class ObjectArtifacts implements RunArtifacts {
  readonly prefix: string;
  /** Paths that this attempt wrote, or that it read from an earlier attempt. */
  readonly present = new Set<string>();
  /** The etags of what this attempt saw or wrote, by path. */
  readonly #etags = new Map<string, string>();
  readonly #store: ArtifactStore;
  readonly #confirm: (path: string) => Promise<void>;
  readonly #createHasher: (() => Hasher) | null;
  /** The merged feed, if this attempt wrote it and was given a hasher. */
  feed: RunFeed | null = null;
  /**
   * Small copies of inputs that this attempt wrote: they are read several times, and kept so that they need not be
   * fetched.
   */
  readonly #copies = new SmallCopies();
  readonly #held: HeldFiles;
  /** Settles when nothing is being written that was held. */
  #flushed: Promise<void> = Promise.resolve();

  /** `confirm` gets the path of each file before it appears, and throws if this worker no longer holds the run. */
  constructor(
    store: ArtifactStore,
    { runId, tenantId }: Pick<RunRecord, 'runId' | 'tenantId'>,
    confirm: (path: string) => Promise<void>,
    { createHasher = null, now = () => 0 }: { createHasher?: (() => Hasher) | null; now?: () => number } = {},
  ) {
    this.#store = store;
    this.#confirm = confirm;
    this.#createHasher = createHasher;
    this.#held = new HeldFiles(now);
    this.prefix = runPrefix(runId, tenantId);
  }

  /** Notes what earlier attempts have left. Call it after the claim, before anything else. */
  async look(): Promise<void> {
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const { objects, next } = await this.#store.list(this.prefix, cursor);
      for (const { key, etag } of objects) this.#etags.set(key.slice(this.prefix.length), etag);
      cursor = next;
    }
  }

  /** Paths that this attempt saw or wrote. */
  get paths(): Iterable<string> {
    return this.#etags.keys();
  }

  /** The etag of what this attempt saw or wrote; null if there was nothing. */
  etagOf(path: string): string | null {
    return this.#etags.get(path) ?? null;
  }

  /** Null if there is no such artifact. */
  async read(path: string): Promise<AsyncIterable<Uint8Array> | null> {
    // every artifact was listed at the start, or written since
    if (!this.#etags.has(path)) return null;
    const key = this.prefix + path;
    if ((await this.#store.head(key)) === null) return null;
    const { info, body } = await this.#store.read(key);
    this.#etags.set(path, info.etag);
    return body;
  }

  async create(path: string): Promise<ByteSink> {
    const sink = isHeld(path) ? new HoldingSink(() => this.#open(path)) : await this.#open(path);
    const hasher = path.startsWith(FEED) ? (this.#createHasher?.() ?? null) : null;
    const copy = isInputCopy(path) ? this.#copies.begin(path) : null;
    return {
      write: (bytes) => {
        hasher?.update(bytes);
        copy?.add(bytes);
        return sink.write(bytes);
      },
      close: async () => {
        const ended = sink instanceof HoldingSink ? sink.end() : { sink };
        const sha256 = hasher?.digest() ?? null;
        if ('bytes' in ended) {
          this.#held.put(path, { bytes: ended.bytes, sha256 });
        } else {
          if (LAST.has(path)) await this.settle();
          await this.#finish(path, ended.sink, sha256);
        }
        copy?.keep();
        if (this.#held.isDue) await this.settle();
      },
      abort: () => sink.abort(),
    };
  }

  /** Writes all artifacts that are still held. Throws if one of them cannot be written. */
  settle(): Promise<void> {
    const done = this.#flushed.then(() => this.#writeHeld());
    this.#flushed = done.catch(() => undefined);
    return done;
  }

  async #writeHeld(): Promise<void> {
    const files = this.#held.list();
    const done = await Promise.allSettled(files.map(([path, file]) => this.#writeWhole(path, file)));
    for (const [path, file] of files) this.#held.delete(path, file);
    const failed = done.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async #writeWhole(path: string, { bytes, sha256 }: HeldFile): Promise<void> {
    const sink = await this.#open(path);
    try {
      await sink.write(bytes);
      await this.#finish(path, sink, sha256);
    } catch (error) {
      await sink.abort();
      throw error;
    }
  }

  #open(path: string): Promise<ObjectSink> {
    const etag = this.#etags.get(path);
    const condition = etag === undefined ? { ifNoneMatch: true as const } : { ifMatch: etag };
    return this.#store.write(this.prefix + path, { contentType: typeOf(path), ...condition });
  }

  async #finish(path: string, sink: ObjectSink, sha256: string | null): Promise<void> {
    await this.#confirm(path);
    const { etag } = await sink.close().catch((error) => {
      throw asRetry(error, `${this.prefix}${path} was written by another attempt at the run`);
    });
    this.#etags.set(path, etag);
    this.present.add(path);
    if (sha256 !== null) this.feed = { path, etag, sha256 };
  }

  source(path: string): ByteSource {
    this.present.add(path);
    const key = this.prefix + path;
    return {
      name: fileName(key),
      size: null,
      open: async function* (this: ObjectArtifacts): AsyncGenerator<Uint8Array> {
        const kept = this.#copies.get(path) ?? this.#held.get(path)?.slice();
        if (kept !== undefined) {
          yield kept;
          return;
        }
        const etag = this.#etags.get(path);
        const { body } = await this.#store.read(key, etag === undefined ? {} : { ifMatch: etag }).catch((error) => {
          throw asRetry(error, `${key} was replaced or removed before it was read`);
        });
        yield* body;
      }.bind(this),
    };
  }
}

/** The most bytes of small copies that a run keeps in memory, all together. */
const COPIES_BYTES_MAX = 256 * 1024;

class SmallCopies {
  readonly #kept = new Map<string, Uint8Array>();
  #bytesLeft = COPIES_BYTES_MAX;

  /** The copy exists once `keep` is called, unless it is too large. */
  begin(path: string): { add(bytes: Uint8Array): void; keep(): void } {
    let chunks: Uint8Array[] | null = [];
    let length = 0;
    return {
      add: (bytes) => {
        length += bytes.length;
        if (length > this.#bytesLeft) chunks = null;
        // the caller may reuse its buffer
        chunks?.push(bytes.slice());
      },
      keep: () => {
        if (chunks === null || length > this.#bytesLeft) return;
        this.#bytesLeft -= length;
        this.#kept.set(path, concatBytes(chunks));
      },
    };
  }

  get(path: string): Uint8Array | undefined {
    return this.#kept.get(path)?.slice();
  }
}

function isInputCopy(path: string): boolean {
  return path.startsWith('inbound/') || path.startsWith('side_files/');
}

/** They say that everything before them is there: inputs, or all artifacts of the run. */
const LAST: ReadonlySet<string> = new Set([PATHS.manifest, PATHS.summary]);

/** The manifest names the state in which the decisions were written. */
function isHeld(path: string): boolean {
  return !LAST.has(path) && path !== PATHS.decisions;
}

/** The merged feed, in any format. */
const FEED = 'outputs/merged_inventory.';

/** A vendor's file has an unknown type, whatever its name. */
function typeOf(path: string): string {
  return (isInputCopy(path) ? null : contentTypeOf(path)) ?? 'application/octet-stream';
}

/** The manifest of an earlier attempt; null if none got that far. */
export async function readManifest(artifacts: ObjectArtifacts): Promise<InputManifest | null> {
  const body = await artifacts.read(PATHS.manifest);
  if (body === null) return null;
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) text += decoder.decode(chunk, { stream: true });
  return JSON.parse(text + decoder.decode()) as InputManifest;
}

/**
 * Call it before any copy is made. An earlier attempt may have left copies that no manifest names: it may have stalled
 * just before its manifest appears, and this attempt is about to replace its copies. So this attempt replaces the
 * manifest first. Then the stalled manifest can no longer appear, and a manifest never names copies that were replaced.
 */
export async function fenceManifest(
  artifacts: ObjectArtifacts,
  manifest: InputManifest | null,
  run: RunRecord,
): Promise<void> {
  const named = new Set(Object.values(manifest?.vendors ?? {}).flatMap(namedCopies));
  const decisions = manifest?.decisions?.key;
  if (decisions != null) named.add(decisions);
  const isCopy = (path: string) => /^(inbound|side_files|patches|patched)\//.test(path) || path === PATHS.decisions;
  const isLeft = (path: string) => isCopy(path) && !named.has(artifacts.prefix + path);
  if (![...artifacts.paths].some(isLeft)) return;
  const { runId: run_id, tenantId: tenant_id, configVersion: config_version } = run;
  const generated_at = new Date(run.startedAt ?? 0).toISOString();
  const fence: InputManifest = manifest ?? { run_id, tenant_id, config_version, generated_at, vendors: {} };
  // naming the attempt makes it a new state
  await writeJson(artifacts, PATHS.manifest, { ...fence, attempt: run.attempt });
}

/** The keys of a vendor's copies that an attempt has finished. */
function namedCopies(vendor: ManifestVendor): string[] {
  const patches = (vendor.patches ?? []).flatMap(({ run_copy_key, patched_copy_key }) => [
    ...[run_copy_key, run_copy_key.replace(/\.csv$/, '.rows.csv'), patched_copy_key],
  ]);
  const copies = [...(pinnedCopies(vendor) ?? []), ...(vendor.side_files ?? [])];
  return [...copies.map((copy) => copy.run_copy_key), ...patches];
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

  /** The newest patch of the file, or the one that an earlier attempt had. */
  async patch({ vendor_id }: VendorConfig, sha256: string): Promise<FoundPatch | null> {
    const { tenant_id } = this.#config;
    const pinned = this.#manifest?.vendors[vendor_id];
    // an attempt that failed before the file was prepared may not have looked for patches
    const hasLooked = pinned?.patches !== undefined || pinned?.encoding != null || pinned?.reason != null;
    if (pinned !== undefined && hasLooked && pinnedCopies(pinned) !== null) {
      const n = pinned.patches?.findIndex((one) => one.of_sha256 === sha256) ?? -1;
      const had = pinned.patches?.[n];
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
