/**
 * Objects as plain files, in their S3 layout: `objects/<key>` in the data folder. A file that someone puts there by
 * hand is an object too. Beside it are `partial/`, for objects that are still being written, `types/` (see
 * `content-types.ts`) and `locks/` (see `replace-lock.ts`). A process that dies leaves at most a file in `partial/`.
 */
import fs from 'node:fs';
import fsp from 'node:fs/promises';
import path from 'node:path';
import { assert, RelayError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/ports/engine.ts';
import type {
  ArtifactStore,
  ObjectInfo,
  ObjectSink,
  ReadOptions,
  SignedPut,
  SignGetOptions,
  SignPutOptions,
  WriteOptions,
} from '../../../core/ports/service/objects.ts';
import { decodeCursor, encodeCursor, pageSize } from '../../cursor.ts';
import { checkExpiry } from '../../expiry.ts';
import { blocked, changed, exists, notFound, resolveRange } from '../../object-errors.ts';
import { checkKey, keyProblem } from '../../object-key.ts';
import { attemptAsync } from '../file-errors.ts';
import { ContentTypes, type TypedState } from './content-types.ts';
import { type FileCalls, IN_PLACE, type OpenFile, POOLED } from './file-calls.ts';
import { FolderNames } from './folder-names.ts';
import { FileBody, identityOf, isAbsent, makeFolder, modifiedAt, setTime, syncFolder } from './object-files.ts';
import { exclusively } from './replace-lock.ts';
import { SharedSyncs } from './shared-syncs.ts';
import type { Grant, Signatures } from './signatures.ts';
import { walk } from './walk.ts';

export interface EmbeddedArtifactOptions {
  /** The data folder. */
  root: string;
  clock: Pick<Clock, 'wall'>;
  /** Returns a new file name at each call, unique across processes. */
  createId: () => string;
  signatures: Signatures;
  /** The start of signed addresses. If empty, they are paths, and the API makes them absolute. */
  baseUrl: string;
  /** True in a process that answers no requests: see `file-calls.ts`. */
  inPlace?: boolean;
}

/** A sink that returns the object it wrote. */
interface FileSink extends ObjectSink {
  close(): Promise<ObjectInfo>;
}

const PAGE = 1000;
/** Files that are looked at without a pause. */
const BATCH = 64;
/** How often to retry moving a finished file to its place if its folder is removed again and again. */
const MOVE_TRIES = 5;
/** A file in `partial/` that did not change for this long has no writer left. */
const PARTIAL_HOURS = 24;

export class EmbeddedArtifactStore implements ArtifactStore {
  readonly #options: EmbeddedArtifactOptions;
  readonly #objects: string;
  readonly #partial: string;
  readonly #locks: string;
  readonly #calls: FileCalls;
  readonly #names: FolderNames;
  readonly #types: ContentTypes;
  readonly #syncs: SharedSyncs;

  constructor(options: EmbeddedArtifactOptions) {
    this.#options = options;
    this.#objects = path.resolve(options.root, 'objects');
    this.#partial = path.resolve(options.root, 'partial');
    this.#locks = path.resolve(options.root, 'locks');
    this.#calls = options.inPlace === true ? IN_PLACE : POOLED;
    this.#names = new FolderNames(this.#objects, this.#calls);
    this.#syncs = new SharedSyncs(this.#calls);
    this.#types = new ContentTypes(path.resolve(options.root, 'types'), this.#calls);
  }

  /** Creates the folders. If they are missing later, somebody moved or removed them. */
  async open(): Promise<void> {
    await attemptAsync(`use ${this.#options.root} for objects`, async () => {
      for (const folder of [this.#objects, this.#partial, this.#locks]) {
        for (const changed of await makeFolder(folder, this.#calls)) await syncFolder(changed, this.#calls);
      }
    });
  }

  async newest(prefix: string, isWanted: (key: string) => boolean = () => true): Promise<ObjectInfo | null> {
    let best: ObjectInfo | null = null;
    for await (const info of this.#infos(prefix, null)) {
      if (!isWanted(info.key)) continue;
      // files come in key order, so on equal times the later one has the greater key
      if (best === null || info.lastModified >= best.lastModified) best = info;
    }
    return best === null ? null : await this.head(best.key);
  }

  /** Lists carry no content types, as on S3. */
  async list(
    prefix: string,
    cursor?: string | null,
    limit?: number,
  ): Promise<{ objects: ObjectInfo[]; next: string | null }> {
    const [after] = decodeCursor(cursor, [''] as const) ?? [null];
    const size = pageSize(limit, PAGE);
    const objects: ObjectInfo[] = [];
    for await (const info of this.#infos(prefix, after)) {
      // biome-ignore lint/style/noNonNullAssertion: a page is cut only where it has items
      if (objects.length === size) return { objects, next: encodeCursor([objects.at(-1)!.key]) };
      objects.push(info);
    }
    return { objects, next: null };
  }

  async find(key: string): Promise<ObjectInfo | null> {
    return keyProblem(key) === null ? this.#stat(key) : null;
  }

  async head(key: string): Promise<ObjectInfo | null> {
    const info = await this.find(key);
    return info === null ? null : { ...info, contentType: this.#types.of(key, info.etag) };
  }

  /** The body holds a file open: read it to its end, or call its `return`. */
  async read(key: string, options: ReadOptions = {}): Promise<{ info: ObjectInfo; body: FileBody }> {
    if (keyProblem(key) !== null) throw notFound(key);
    return attemptAsync(`read ${key}`, async () => {
      const file = await this.#openToRead(key);
      try {
        const stat = fs.fstatSync(file.fd, { bigint: true });
        if (!stat.isFile()) throw notFound(key);
        const etag = identityOf(stat);
        if (options.ifMatch !== undefined && options.ifMatch !== etag) throw changed(key);
        const size = Number(stat.size);
        const [first, end] = resolveRange(key, size, options.range);
        const info = { key, size, etag, lastModified: modifiedAt(stat), contentType: this.#types.of(key, etag) };
        return { info, body: new FileBody(file, first, end) };
      } catch (error) {
        await file.close();
        throw error;
      }
    });
  }

  async #openToRead(key: string): Promise<OpenFile> {
    try {
      return await this.#calls.open(this.#file(key), 'r');
    } catch (error) {
      throw isAbsent(error) ? notFound(key) : error;
    }
  }

  /** The sink's `close` returns what it wrote, as `head` does. */
  write(key: string, options: WriteOptions = {}): Promise<FileSink> {
    return this.#sink(key, options.contentType ?? null, options);
  }

  async copy(from: string, to: string, options: { ifMatch?: string } = {}): Promise<ObjectInfo> {
    checkKey(to);
    const { info, body } = await this.read(from, options);
    const sink = await this.#sink(to, info.contentType, {}).catch(async (error) => {
      await body.return();
      throw error;
    });
    try {
      for await (const chunk of body) await sink.write(chunk);
      return await sink.close();
    } catch (error) {
      await sink.abort();
      throw error;
    }
  }

  async signGet(key: string, options: SignGetOptions): Promise<string> {
    const { filename = null, contentType = null, expiresInSeconds } = options;
    return this.#sign({ method: 'GET', key, expiresAt: this.#end(expiresInSeconds), filename, contentType });
  }

  async signPut(key: string, options: SignPutOptions): Promise<SignedPut> {
    const { contentType = null, expiresInSeconds, owner } = options;
    const expiresAt = this.#end(expiresInSeconds);
    const url = this.#sign({
      method: 'PUT',
      key,
      expiresAt,
      filename: null,
      contentType,
      ...(owner === undefined ? {} : { owner }),
    });
    return { url, headers: contentType === null ? {} : { 'content-type': contentType }, expiresAt };
  }

  /** Folders that become empty go too. */
  async remove(key: string): Promise<boolean> {
    if (keyProblem(key) !== null) return false;
    return attemptAsync(`remove ${key}`, async () => {
      const removed = await fsp.rm(this.#file(key)).then(
        () => true,
        (error) => {
          if (isAbsent(error) || error.code === 'ERR_FS_EISDIR') return false;
          throw error;
        },
      );
      if (!removed) return false;
      await this.#types.remove(key);
      try {
        for (let folder = path.dirname(key); folder !== '.'; folder = path.dirname(folder)) {
          await fsp.rmdir(this.#file(folder));
        }
      } catch {
        // something else is in the folder
      }
      return true;
    });
  }

  /** Writes a file and removes it again. */
  async check(): Promise<void> {
    await attemptAsync(`use ${this.#options.root} for objects`, async () => {
      this.#requireFolders();
      const probe = path.join(this.#partial, this.#options.createId());
      await fsp.writeFile(probe, 'probe');
      await fsp.rename(probe, `${probe}.probe`);
      await fsp.rm(`${probe}.probe`);
    });
  }

  /** Removes the partial files of writers that died. */
  async tidy(): Promise<void> {
    await attemptAsync(`tidy ${this.#partial}`, async () => {
      const before = this.#options.clock.wall() - PARTIAL_HOURS * 3_600_000;
      for (const name of await fsp.readdir(this.#partial)) {
        const file = path.join(this.#partial, name);
        const stat = await fsp.stat(file).catch(() => null);
        if (stat !== null && stat.mtimeMs < before) await fsp.rm(file, { force: true });
      }
    });
  }

  /** Removes the partial files whose names begin with this: those of one writer. */
  async removePartial(prefix: string): Promise<void> {
    await attemptAsync(`tidy ${this.#partial}`, async () => {
      for (const name of await fsp.readdir(this.#partial)) {
        if (name.startsWith(prefix)) await fsp.rm(path.join(this.#partial, name), { force: true });
      }
    });
  }

  /**
   * Checks on this thread, which takes a few microseconds; another thread would take a tenth of a millisecond of CPU.
   */
  #requireFolders(): void {
    for (const folder of [this.#objects, this.#partial]) {
      if (fs.existsSync(folder)) continue;
      const message = `the folder ${folder} was moved or removed while Relay had it open; put it back, or start Relay again`;
      throw new RelayError('store_replaced', message, { details: { path: folder } });
    }
  }

  #sign(grant: Grant): string {
    checkKey(grant.key);
    return this.#options.signatures.sign(grant, this.#options.baseUrl);
  }

  #end(seconds: number): number {
    checkExpiry(seconds);
    return this.#options.clock.wall() + seconds * 1000;
  }

  #file(key: string): string {
    return path.join(this.#objects, ...key.split('/'));
  }

  /** All objects under a prefix in key order. */
  async *#infos(prefix: string, after: string | null): AsyncGenerator<ObjectInfo> {
    // a prefix may end anywhere; the part before its last slash is a folder
    const folder = prefix.slice(0, Math.max(0, prefix.lastIndexOf('/')));
    if (prefix.startsWith('/') || (folder !== '' && keyProblem(folder) !== null)) return;
    let looked = 0;
    for await (const key of walk({ prefix, after }, this.#names)) {
      const info = await this.#stat(key);
      // it may be removed meanwhile
      if (info !== null) yield info;
      if (++looked % BATCH === 0) await this.#calls.pause?.();
    }
  }

  async #stat(key: string): Promise<ObjectInfo | null> {
    return attemptAsync(`look at ${key}`, async () => {
      const stat = statOf(this.#file(key));
      if (stat === null || !stat.isFile()) return null;
      const lastModified = modifiedAt(stat);
      return { key, size: Number(stat.size), etag: identityOf(stat), lastModified, contentType: null };
    });
  }

  async #sink(key: string, contentType: string | null, condition: WriteOptions): Promise<FileSink> {
    checkKey(key);
    const partial = path.join(this.#partial, this.#options.createId());
    const file = await attemptAsync(`write ${key}`, async () => {
      this.#requireFolders();
      return this.#calls.open(partial, 'wx');
    });
    let open = true;
    const abort = async () => {
      if (!open) return;
      open = false;
      await file.close();
      await this.#calls.remove(partial);
    };
    return {
      write: (bytes) => {
        assert(open, `${key} was closed`);
        return attemptAsync(`write ${key}`, async () => {
          for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
        });
      },
      close: () =>
        attemptAsync(`write ${key}`, async () => {
          assert(open, `${key} was closed`);
          try {
            setTime(file, this.#options.clock.wall());
            const stat = fs.fstatSync(file.fd, { bigint: true });
            const info = { key, size: Number(stat.size), etag: identityOf(stat), lastModified: modifiedAt(stat) };
            await this.#syncs.finish(file, async () => {
              const changed = await this.#show(key, partial, { etag: info.etag, contentType }, condition);
              open = false;
              await file.close();
              return changed;
            });
            return { ...info, contentType };
          } catch (error) {
            await abort();
            throw error;
          }
        }),
      abort,
    };
  }

  /**
   * Makes a written file an object, if the condition holds. Returns the folders that have new names. Tries again if `remove` has taken the
   * empty folder away in between.
   */
  async #show(key: string, partial: string, state: TypedState, condition: WriteOptions): Promise<string[]> {
    const target = this.#file(key);
    const folder = path.dirname(target);
    const changed = await makeFolder(folder, this.#calls).catch((error) => {
      throw isAbsent(error) || error.code === 'EEXIST' ? blocked(key) : error;
    });
    // checked first, since the content type is saved before the object appears: a refused write must not change it
    requireState(key, target, condition);
    await this.#saveType(key, state, condition);
    for (let tries = 1; ; tries++) {
      try {
        await this.#name(key, partial, condition);
        return [...changed, folder];
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'EISDIR') throw blocked(key);
        if (code !== 'ENOENT' || tries === MOVE_TRIES) throw error;
      }
      changed.push(...(await makeFolder(folder, this.#calls)));
    }
  }

  /** Gives a written file its name, if the condition holds. */
  async #name(key: string, partial: string, condition: WriteOptions): Promise<void> {
    const target = this.#file(key);
    if (condition.ifNoneMatch && (await linkNew(key, partial, target, this.#calls))) return;
    if (!isConditional(condition)) return this.#calls.rename(partial, target);
    await exclusively(this.#locks, key, () => {
      requireState(key, target, condition);
      fs.renameSync(partial, target);
    });
  }

  #saveType(key: string, state: TypedState, { ifNoneMatch }: WriteOptions): Promise<void> {
    const partial = path.join(this.#partial, this.#options.createId());
    // an object that must be new has no current state
    return this.#types.save(key, state, async () => (ifNoneMatch ? null : this.head(key)), partial);
  }
}

/** Null if there is no such file. */
function statOf(file: string): fs.BigIntStats | null {
  try {
    return fs.statSync(file, { bigint: true });
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

function isConditional({ ifMatch, ifNoneMatch }: WriteOptions): boolean {
  return ifMatch !== undefined || ifNoneMatch === true;
}

/** Throws if the condition of a write does not hold now. */
function requireState(key: string, target: string, { ifMatch, ifNoneMatch }: WriteOptions): void {
  if (ifMatch === undefined && !ifNoneMatch) return;
  const stat = fs.statSync(target, { bigint: true, throwIfNoEntry: false });
  if (stat?.isDirectory()) throw blocked(key);
  if (ifNoneMatch && stat !== undefined) throw exists(key);
  if (ifMatch !== undefined && (stat === undefined || identityOf(stat) !== ifMatch)) throw changed(key);
}

/**
 * Gives a file a name that must be new: a link never replaces a file. False if the file system has no links. A process
 * that dies in between leaves a partial file, which is removed later.
 */
async function linkNew(key: string, partial: string, target: string, calls: FileCalls): Promise<boolean> {
  try {
    await calls.link(partial, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw exists(key);
    if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code ?? '')) return false;
    throw error;
  }
  await calls.remove(partial);
  return true;
}
