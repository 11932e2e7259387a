/** File helpers for objects: identity, times, and folders that survive a power cut. */
import { randomInt } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { RelayError } from '../../../core/errors.ts';
import type { FileCalls, OpenFile } from './file-calls.ts';

/** The etag: distinguishes each state of an object from all others. Each write creates a new file, so it changes. */
export function identityOf(stat: fs.BigIntStats): string {
  return [stat.ino, stat.size, stat.mtimeNs].map((part) => part.toString(36)).join('-');
}

/** Milliseconds. File times are set as fractions of a second, which are not exact below that. */
export function modifiedAt(stat: fs.BigIntStats): number {
  return Number(stat.mtimeNs / 1_000_000n);
}

/**
 * Sets a file's time, with random digits below the millisecond. They keep the etags of two states apart when size and
 * millisecond are equal and the file system reuses the inode.
 */
export function setTime(file: OpenFile, timeMs: number): void {
  const seconds = (timeMs + 0.05 + randomInt(900) / 1000) / 1000;
  fs.futimesSync(file.fd, seconds, seconds);
}

/** Creates a folder and its parents. Returns the folders to sync, so that they survive a power cut. */
export async function makeFolder(folder: string, calls: FileCalls): Promise<string[]> {
  if (fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  const first = await calls.makeFolder(folder);
  if (first === undefined) return [];
  const changed: string[] = [];
  for (let made = folder; made.length >= first.length; made = path.dirname(made)) changed.push(path.dirname(made));
  return changed;
}

/** Syncs a file or a folder on a thread of the pool. */
export const syncOnPool: (fd: number) => Promise<void> = promisify(fs.fsync);

/** Syncs a folder, so that its names survive a power cut. */
export async function syncFolder(folder: string, calls: FileCalls, onPool = false): Promise<void> {
  let handle: OpenFile | undefined;
  try {
    handle = await calls.open(folder, 'r');
    await (onPool ? syncOnPool(handle.fd) : handle.sync());
  } catch (error) {
    // Windows cannot open folders, and some network file systems cannot sync them
    if (!['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      throw error;
    }
  } finally {
    await handle?.close();
  }
}

/** True if an error says that there is no such file. */
export function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes((error as NodeJS.ErrnoException).code ?? '');
}

type BodyFile = Pick<OpenFile, 'read' | 'close'>;

/** The bytes of an open file from `position` up to `end`, exclusive. Each chunk has its own memory. Closes the file. */
export class FileBody implements AsyncIterableIterator<Uint8Array> {
  readonly #file: BodyFile;
  #position: number;
  readonly #end: number;
  readonly #chunkBytes: number;

  constructor(file: BodyFile, position: number, end: number, chunkBytes = 256 * 1024) {
    this.#file = file;
    this.#position = position;
    this.#end = end;
    this.#chunkBytes = chunkBytes;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    const left = this.#end - this.#position;
    if (left > 0) {
      const chunk = new Uint8Array(Math.min(left, this.#chunkBytes));
      const { bytesRead } = await this.#read(chunk);
      this.#position += bytesRead;
      if (bytesRead > 0) return { done: false, value: chunk.subarray(0, bytesRead) };
      await this.return();
      throw new RelayError(
        'io_error',
        'a file became shorter while it was read; write files whole, under another name',
      );
    }
    return this.return();
  }

  /** Closes the file if it cannot be read: `for await` calls no `return` after an error. */
  async #read(chunk: Uint8Array): Promise<{ bytesRead: number }> {
    try {
      return await this.#file.read(chunk, 0, chunk.length, this.#position);
    } catch (error) {
      await this.return();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.#position = this.#end;
    await this.#file.close();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
