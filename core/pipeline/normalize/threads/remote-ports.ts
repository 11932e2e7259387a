/** The engine's ports in a thread: each asks the run, which has the files. */
import { receivedError, type SentError } from '../../../errors.ts';
import type { ByteSink, ByteSource, Scratch, ScratchFile, SinkFile } from '../../../ports/engine.ts';
import type { ThreadChannel } from '../../../ports/threads.ts';
import type { VendorOutput } from '../../artifacts.ts';
import { SortedRun } from '../../sort/sorted-run.ts';
import type { CallName, Calls, SentRun, SentSource } from './messages.ts';

/** So many chunks of a stream are asked for in advance, so that reading goes on while the thread works. */
const CHUNKS_AHEAD = 2;
/** Small writes are sent together: each message wakes the run's own thread, which takes a core from the others. */
const GATHERED_BYTES = 256 * 1024;
/** Larger writes are sent in parts. */
const SHARED_BYTES = 512 * 1024;

/** Files that the run has open, used by a thread. */
export interface ThreadFiles {
  /** Appends to the file. */
  writeTo(file: SinkFile, bytes: Uint8Array): void;
  /** Returns the number of bytes read. */
  readFrom(file: SinkFile, position: number, into: Uint8Array): number;
}

interface Waiting {
  resolve(value: never): void;
  reject(error: Error): void;
}

export class RemotePorts implements Scratch {
  readonly #channel: ThreadChannel;
  readonly #waiting = new Map<number, Waiting>();
  /**
   * Carries what is written and read back, one part at a time. Messages with buffers of their own would leave garbage
   * in both threads, tens of megabytes before V8 collects it.
   */
  readonly #shared = new Uint8Array(new SharedArrayBuffer(SHARED_BYTES));
  readonly #files: ThreadFiles | null;
  /** Gathers writes to the open output: a thread has one at a time. */
  readonly #gathered = new Uint8Array(GATHERED_BYTES);
  #calls = 0;

  /** `files` is null if the run must write and read everything. */
  constructor(channel: ThreadChannel, files: ThreadFiles | null) {
    this.#channel = channel;
    this.#files = files;
  }

  /** Call it for each answer that comes. */
  answered({ call, value, error }: { call: number; value: unknown; error: SentError | null }): void {
    const waiting = this.#waiting.get(call);
    this.#waiting.delete(call);
    if (error === null) waiting?.resolve(value as never);
    else waiting?.reject(receivedError(error));
  }

  source({ id, name, size }: SentSource): ByteSource {
    return { name, size, open: () => this.#chunks(id) };
  }

  async createOutput(): Promise<VendorOutput> {
    const [sink, rows, file] = await this.ask('createOutput');
    return { sink: this.#sink(sink, file), rows: gathering(this.#sink(rows, null), this.#gathered) };
  }

  #sink(sink: number, file: SinkFile | null): ByteSink {
    const files = this.#files;
    return {
      write: (bytes) =>
        file === null || files === null ? this.send('write', sink, bytes) : files.writeTo(file, bytes),
      close: () => this.ask('close', sink),
      abort: () => this.ask('abort', sink),
    };
  }

  async create(): Promise<RemoteScratchFile> {
    const [id, file] = await this.ask('createScratch');
    return this.fileOf(id, file);
  }

  /** A scratch file of the run; `own` is where it is, if it is a file. */
  fileOf(id: number, own: SinkFile | null): RemoteScratchFile {
    return new RemoteScratchFile(
      id,
      this,
      own === null || this.#files === null ? null : { file: own, files: this.#files },
    );
  }

  /** A thread writes and reads back one thing at a time, because the pipeline awaits each call. */
  async send(method: 'write' | 'spill', target: number, bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += SHARED_BYTES) {
      const part = bytes.subarray(at, at + SHARED_BYTES);
      this.#shared.set(part);
      await this.ask(method, target, this.#shared.subarray(0, part.length));
    }
  }

  async read(file: number, position: number, into: Uint8Array): Promise<number> {
    const shared = this.#shared.subarray(0, into.length);
    const count = await this.ask('read', file, position, shared);
    into.set(shared.subarray(0, count));
    return count;
  }

  async *#chunks(id: number): AsyncGenerator<Uint8Array> {
    const stream = await this.ask('open', id);
    const coming: Array<Promise<Uint8Array | null>> = [];
    try {
      for (;;) {
        while (coming.length < CHUNKS_AHEAD) coming.push(settledLater(this.ask('next', stream)));
        const chunk = await coming.shift();
        if (chunk == null) return;
        yield chunk;
      }
    } finally {
      await this.ask('stop', stream);
    }
  }

  ask<M extends CallName>(method: M, ...args: Parameters<Calls[M]>): Promise<ReturnType<Calls[M]>> {
    const call = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject });
      this.#channel.post({ type: 'call', call, method, args });
    });
  }
}

/** Handles a rejection: a reader that stops early never awaits the promise. */
function settledLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** A sink that gathers writes in `buffer` and passes them on when it is full. */
function gathering(sink: ByteSink, buffer: Uint8Array): ByteSink {
  let used = 0;
  const flush = async () => {
    if (used > 0) await sink.write(buffer.subarray(0, used));
    used = 0;
  };
  return {
    write: async (bytes) => {
      if (used + bytes.length > buffer.length) await flush();
      if (bytes.length > buffer.length) return sink.write(bytes);
      buffer.set(bytes, used);
      used += bytes.length;
    },
    close: async () => {
      await flush();
      await sink.close();
    },
    abort: () => sink.abort(),
  };
}

export class RemoteScratchFile implements ScratchFile {
  readonly id: number;
  readonly #ports: RemotePorts;
  readonly #own: { file: SinkFile; files: ThreadFiles } | null;

  /** `own` is null if the run must write and read. */
  constructor(id: number, ports: RemotePorts, own: { file: SinkFile; files: ThreadFiles } | null) {
    this.id = id;
    this.#ports = ports;
    this.#own = own;
  }

  write(bytes: Uint8Array): void | Promise<void> {
    if (this.#own === null) return this.#ports.send('spill', this.id, bytes);
    this.#own.files.writeTo(this.#own.file, bytes);
  }

  read(position: number, into: Uint8Array): number | Promise<number> {
    if (this.#own === null) return this.#ports.read(this.id, position, into);
    return this.#own.files.readFrom(this.#own.file, position, into);
  }

  remove(): Promise<void> {
    return this.#ports.ask('remove', this.id);
  }
}

/** A sorted run that was written with the scratch space of `RemotePorts`. */
export function sentRun({ bytes, chunks, file, marks }: SortedRun): SentRun {
  return { bytes, chunks: [...chunks], file: file instanceof RemoteScratchFile ? file.id : null, marks };
}

/** `fileOf`: the file that the run made for the thread. */
export function receivedRun(
  { bytes, chunks, file, marks }: SentRun,
  owner: number,
  fileOf: (id: number) => ScratchFile,
): SortedRun {
  const run = new SortedRun(owner, bytes, chunks, file === null ? null : fileOf(file));
  run.marks = marks;
  return run;
}
