/** The engine's ports on a local disk: sources, artifacts (written under a temporary name, then renamed), scratch files. */
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { RelayError } from '../../core/errors.ts';
import type { ByteSink, ByteSource, RunArtifacts, Scratch, ScratchFile, SinkFile } from '../../core/ports/engine.ts';
import { attempt, attemptAsync } from '../../stores/embedded/file-errors.ts';
import { openOrdinaryFile, requireUnchanged } from '../ordinary-file.ts';

const CHUNK_BYTES = 512 * 1024;
/** A write of this size is worth handing to Node's pool. */
const POOL_BYTES = 256 * 1024;
/** A sink yields to the event loop after this many bytes: its writes are synchronous, and signals must be handled. */
const YIELD_BYTES = 4 * 1024 * 1024;

/**
 * Reads a file in chunks, each in a buffer of its own, which the reader may keep. Throws `invalid_input` for a file
 * that is not ordinary, or that changes while it is read.
 */
export function fileSource(file: string): ByteSource {
  return {
    name: path.basename(file),
    file,
    get size() {
      return fs.statSync(file).size;
    },
    open: () => chunksOf(file, newChunk),
    lend: () => {
      let chunk: Uint8Array | null = null;
      return chunksOf(file, (bytes) => {
        chunk ??= newChunk(bytes);
        return chunk;
      });
    },
  };
}

/** A buffer outside of Node's shared pool, and not cleared, since it is filled at once. */
function newChunk(bytes: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer);
}

/** `nextChunk` gets the bytes that are left, at most those of a chunk, and one more, which a file that has ended leaves empty. */
async function* chunksOf(file: string, nextChunk: (bytes: number) => Uint8Array): AsyncGenerator<Uint8Array> {
  const { fd, stat } = openOrdinaryFile(file);
  try {
    for (let bytesRead = 0; ; ) {
      const buffer = nextChunk(Math.min(CHUNK_BYTES, Math.max(0, stat.size - bytesRead) + 1));
      const count = attempt(`read ${file}`, () => readOf(file, fd, buffer));
      if (count === 0) return requireUnchanged(file, fd, stat, bytesRead);
      bytesRead += count;
      yield buffer.subarray(0, count);
      await yieldToEventLoop();
    }
  } finally {
    fs.closeSync(fd);
  }
}

/** Throws `invalid_input` for a file that only looks like one, as `/proc/self/mem` does, or whose disk is faulty. */
function readOf(file: string, fd: number, buffer: Uint8Array): number {
  try {
    return fs.readSync(fd, buffer, 0, buffer.length, null);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EIO' && code !== 'EINVAL') throw error;
    const reason = `the system cannot read its bytes (${code}): it is not an ordinary file, or its disk is faulty`;
    throw new RelayError('invalid_input', `cannot read ${file}: ${reason}; put a good copy in its place`, {
      cause: error,
    });
  }
}

/** What file systems allow for a name. */
const NAME_BYTES_MAX = 255;
/** Names that were cut, which could otherwise be the same. */
let cutNames = 0;

/** The name of a file while it is written. It begins as the file's own does, as far as there is room. */
function temporaryOf(file: string): string {
  const whole = `${file}.${process.pid}.part`;
  if (Buffer.byteLength(path.basename(whole)) <= NAME_BYTES_MAX) return whole;
  return path.join(path.dirname(file), `cut-${++cutNames}.${process.pid}.part`);
}

/**
 * A file that appears under its own name only when it is closed. If two processes write the same file, the last to
 * close wins. Large writes go to Node's pool, so that the run can compute meanwhile.
 */
export function fileSink(file: string): ByteSink {
  const temporary = temporaryOf(file);
  const fd = attempt(`write ${file}`, () => {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    return fs.openSync(temporary, 'w');
  });
  const own = { path: file, fd };
  let open = true;
  let sinceYield = 0;
  /** The write in progress on the pool; it never rejects. */
  let pending: Promise<void> | null = null;
  const closeOnce = () => {
    if (open) fs.closeSync(fd);
    open = false;
  };
  const afterWrite = (action: () => void) => (pending === null ? action() : pending.then(action));
  return {
    file: own,
    write: (bytes) => {
      if (bytes.length >= POOL_BYTES) {
        const written = attemptAsync(`write ${file}`, () => writeAllLater(fd, bytes));
        const ended = () => {
          pending = null;
        };
        pending = written.then(ended, ended);
        return written;
      }
      writeTo(own, bytes);
      sinceYield += bytes.length;
      if (sinceYield < YIELD_BYTES) return;
      sinceYield = 0;
      return yieldToEventLoop();
    },
    close: () =>
      afterWrite(() =>
        attempt(`write ${file}`, () => {
          closeOnce();
          fs.renameSync(temporary, file);
        }),
      ),
    abort: () =>
      afterWrite(() => {
        closeOnce();
        fs.rmSync(temporary, { force: true });
      }),
  };
}

/** Appends to an open file, on this thread. */
export function writeTo({ path: file, fd }: SinkFile, bytes: Uint8Array): void {
  attempt(`write ${file}`, () => writeAll(fd, bytes));
}

/** Reads from an open file, on this thread; returns the number of bytes. */
export function readFrom({ path: file, fd }: SinkFile, position: number, into: Uint8Array): number {
  return attempt(`read ${file}`, () => fs.readSync(fd, into, 0, into.length, position));
}

/** The artifacts of one run, below a folder. */
export class FileArtifacts implements RunArtifacts {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  create(name: string): ByteSink {
    return fileSink(path.join(this.root, name));
  }

  source(name: string): ByteSource {
    return fileSource(path.join(this.root, name));
  }
}

/** Like `w+`, but each write goes to the end. */
const { O_RDWR, O_CREAT, O_TRUNC, O_APPEND } = fs.constants;
const SCRATCH_FLAGS = O_RDWR | O_CREAT | O_TRUNC | O_APPEND;

/** Scratch files in a folder of their own, which `dispose` removes. */
export class FileScratch implements Scratch {
  readonly #folder: string;
  #count = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  create(): ScratchFile {
    const file = path.join(this.#folder, `spill-${this.#count++}`);
    const fd = attempt(`spill to ${file}`, () => {
      fs.mkdirSync(this.#folder, { recursive: true });
      // every write goes to the end, wherever the file was read before
      return fs.openSync(file, SCRATCH_FLAGS);
    });
    const own = { path: file, fd };
    return {
      file: own,
      write: (bytes) => attempt(`spill to ${file}`, () => writeAll(fd, bytes)),
      read: (position, into) => readFrom(own, position, into),
      remove: () => {
        fs.closeSync(fd);
        fs.rmSync(file, { force: true });
      },
    };
  }

  dispose(): void {
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Lets timers, signals and other runs proceed. */
function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const writeLater = promisify(fs.write);

async function writeAllLater(fd: number, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await writeLater(fd, bytes, at, bytes.length - at, null)).bytesWritten;
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += fs.writeSync(fd, bytes, at, bytes.length - at, null);
}
