/**
 * Small artifacts wait in memory for each other and are written together: that takes about as long as one of them, in round trips of an
 * object store as in syncs of a disk. See decision 0041.
 */
import { concatBytes } from '../../core/bytes/concat.ts';
import type { ByteSink } from '../../core/ports/engine.ts';
import type { ObjectSink } from '../../core/ports/service/objects.ts';

/** A larger file is written as it comes. */
const FILE_BYTES_MAX = 64 * 1024;
/** So many bytes wait together. */
const BYTES_MAX = 512 * 1024;
/** Nothing waits longer once there is another call: a runner that dies late must leave what it had finished long before. */
const MOMENT_MS = 100;

/** What a held file becomes once it is written. */
export interface HeldFile {
  bytes: Uint8Array;
  sha256: string | null;
}

export class HeldFiles {
  readonly #files = new Map<string, HeldFile>();
  readonly #now: () => number;
  #bytes = 0;
  #since = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  get(path: string): Uint8Array | null {
    return this.#files.get(path)?.bytes ?? null;
  }

  put(path: string, file: HeldFile): void {
    if (this.#files.size === 0) this.#since = this.#now();
    this.delete(path, this.#files.get(path));
    this.#files.set(path, file);
    this.#bytes += file.bytes.length;
  }

  /** Nothing happens if the path has another file by now. */
  delete(path: string, file: HeldFile | undefined): void {
    if (file === undefined || this.#files.get(path) !== file) return;
    this.#files.delete(path);
    this.#bytes -= file.bytes.length;
  }

  get isDue(): boolean {
    return this.#files.size > 0 && (this.#bytes > BYTES_MAX || this.#now() - this.#since >= MOMENT_MS);
  }

  list(): Array<[path: string, file: HeldFile]> {
    return [...this.#files];
  }
}

/** Collects a file as long as it is small; a larger one goes into a sink that `open` makes. */
export class HoldingSink implements Pick<ByteSink, 'write' | 'abort'> {
  readonly #open: () => Promise<ObjectSink>;
  readonly #chunks: Uint8Array[] = [];
  #length = 0;
  #sink: ObjectSink | null = null;

  constructor(open: () => Promise<ObjectSink>) {
    this.#open = open;
  }

  write(bytes: Uint8Array): void | Promise<void> {
    if (this.#sink !== null) return this.#sink.write(bytes);
    this.#length += bytes.length;
    if (this.#length > FILE_BYTES_MAX) return this.#overflow(bytes);
    // the caller may reuse its buffer
    this.#chunks.push(bytes.slice());
  }

  async #overflow(bytes: Uint8Array): Promise<void> {
    const sink = await this.#open();
    this.#sink = sink;
    for (const chunk of this.#chunks) await sink.write(chunk);
    await sink.write(bytes);
  }

  /** The whole file if it is small, else the sink that has it and is to be closed. */
  end(): { bytes: Uint8Array } | { sink: ObjectSink } {
    return this.#sink === null ? { bytes: concatBytes(this.#chunks) } : { sink: this.#sink };
  }

  async abort(): Promise<void> {
    await this.#sink?.abort();
  }
}
