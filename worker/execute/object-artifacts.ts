/** The artifacts of a run on an object store. */
import { PATHS, runPrefix } from '../../core/pipeline/artifacts.ts';
import type { ByteSink, ByteSource, Hasher, RunArtifacts } from '../../core/ports/engine.ts';
import type { ArtifactStore, ObjectSink } from '../../core/ports/service/objects.ts';
import type { RunRecord } from '../../core/ports/service/runs.ts';
import { contentTypeOf } from '../../core/text/content-types.ts';
import type { RunFeed } from '../runner.ts';
import { type HeldFile, HeldFiles, HoldingSink } from './held-files.ts';
import { asRetry, lastPart } from './object-source.ts';
import { SmallCopies } from './small-copies.ts';

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
      name: lastPart(key),
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
