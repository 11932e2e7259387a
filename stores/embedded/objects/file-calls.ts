/**
 * How the store of objects calls the file system. In a process that answers requests, each call runs on a thread of
 * Node's pool, since a disk may be slow. Switching threads costs a tenth of a millisecond of CPU, and a small run makes
 * hundreds of calls, so a process that answers no requests makes short calls on its own thread.
 */
import fs from 'node:fs';
import fsp from 'node:fs/promises';
import { promisify } from 'node:util';

type Later<T> = T | Promise<T>;

/** The part of `fsp.FileHandle` that is needed. */
export interface OpenFile {
  readonly fd: number;
  read(into: Uint8Array, offset: number, length: number, position: number): Later<{ bytesRead: number }>;
  write(bytes: Uint8Array, offset: number): Later<{ bytesWritten: number }>;
  sync(): Later<void>;
  close(): Later<void>;
}

export interface FileCalls {
  open(file: string, flags: string): Later<OpenFile>;
  writeFile(file: string, text: string): Later<void>;
  link(from: string, to: string): Later<void>;
  rename(from: string, to: string): Later<void>;
  /** Removes a file; no error if it does not exist. */
  remove(file: string): Later<void>;
  /** Makes a folder with its parents; returns the first one that was missing. */
  makeFolder(folder: string): Later<string | undefined>;
  entries(folder: string): Later<fs.Dirent[]>;
  /** The same in parts, in no order; absent where nobody waits meanwhile. */
  entriesInParts?(folder: string): AsyncIterable<fs.Dirent[]>;
  /** Lets others have their turn; absent where there are none. */
  pause?(): Promise<void>;
}

/** On a thread of the pool. */
export const POOLED: FileCalls = {
  open: fsp.open,
  writeFile: fsp.writeFile,
  link: fsp.link,
  rename: fsp.rename,
  remove: (file) => fsp.rm(file, { force: true }),
  makeFolder: (folder) => fsp.mkdir(folder, { recursive: true }),
  entries: (folder) => fsp.readdir(folder, { withFileTypes: true }),
  entriesInParts,
  pause: () => new Promise((resolve) => setImmediate(resolve)),
};

/** On the calling thread. */
export const IN_PLACE: FileCalls = {
  open: (file, flags) => new InPlaceFile(fs.openSync(file, flags)),
  writeFile: fs.writeFileSync,
  link: fs.linkSync,
  rename: fs.renameSync,
  remove: (file) => fs.rmSync(file, { force: true }),
  makeFolder: (folder) => fs.mkdirSync(folder, { recursive: true }),
  entries: (folder) => fs.readdirSync(folder, { withFileTypes: true }),
};

/** Larger writes go to the pool, so that the caller can work meanwhile. */
const IN_PLACE_BYTES = 128 * 1024;

const sync = promisify(fs.fsync);
const write = promisify(fs.write);
const read = promisify(fs.read);

class InPlaceFile implements OpenFile {
  readonly fd: number;
  #written = 0;

  constructor(fd: number) {
    this.fd = fd;
  }

  read(into: Uint8Array, offset: number, length: number, position: number): Later<{ bytesRead: number }> {
    if (length > IN_PLACE_BYTES) return read(this.fd, into, offset, length, position);
    return { bytesRead: fs.readSync(this.fd, into, offset, length, position) };
  }

  write(bytes: Uint8Array, offset: number): Later<{ bytesWritten: number }> {
    this.#written += bytes.length;
    if (bytes.length > IN_PLACE_BYTES) return write(this.fd, bytes, offset, bytes.length - offset, null);
    return { bytesWritten: fs.writeSync(this.fd, bytes, offset) };
  }

  sync(): Later<void> {
    return this.#written > IN_PLACE_BYTES ? sync(this.fd) : fs.fsyncSync(this.fd);
  }

  close(): void {
    fs.closeSync(this.fd);
  }
}

const PART_ENTRIES = 1024;

async function* entriesInParts(folder: string): AsyncGenerator<fs.Dirent[]> {
  let part: fs.Dirent[] = [];
  for await (const entry of await fsp.opendir(folder, { bufferSize: PART_ENTRIES })) {
    part.push(entry);
    if (part.length < PART_ENTRIES) continue;
    yield part;
    part = [];
  }
  yield part;
}
