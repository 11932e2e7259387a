/**
 * Sorted runs of binary entries: kept in memory while the budget lasts, then spilled to scratch. Used for the offers of all
 * vendors, and for the lines of a feed that is too large to sort in memory. `entry.ts` says how an entry begins.
 *
 * Writers copy whole entries into a chunk through its typed views and look at the budget only once per chunk.
 */
import type { Scratch, ScratchFile } from '../../ports/engine.ts';
import { WORD_BYTES } from './entry.ts';
import type { Segment } from './segment.ts';

/** The full size of a chunk. */
export const CHUNK_BYTES = 256 * 1024;
/** The size of a chunk at its start: most feeds are small, and each has a writer. */
const START_BYTES = 16 * 1024;

/** The memory that sorted runs may use, together with all others that share `used`. */
export class SpillBudget {
  bytes: number;
  /** One number: the bytes that are in use. */
  readonly used: BigInt64Array;

  constructor(bytes: number, used: BigInt64Array = new BigInt64Array(1)) {
    this.bytes = bytes;
    this.used = used;
  }

  /** Takes bytes from the budget; false if so many are not left. */
  take(bytes: number): boolean {
    if (Number(Atomics.add(this.used, 0, BigInt(bytes))) + bytes <= this.bytes) return true;
    this.give(bytes);
    return false;
  }

  give(bytes: number): void {
    Atomics.sub(this.used, 0, BigInt(bytes));
  }
}

/** Keeps sorted runs in memory as far as the budget goes; past it they go to scratch. */
export class SpillPool {
  readonly #scratch: Scratch;
  readonly #budget: SpillBudget;
  readonly #files: ScratchFile[] = [];

  constructor(scratch: Scratch, budget: SpillBudget) {
    this.#scratch = scratch;
    this.#budget = budget;
  }

  /** A copy of the chunk if it may stay in memory, then its bytes are taken from the budget; null if not. */
  keep(chunk: Uint8Array): Uint8Array | null {
    return this.#budget.take(chunk.length) ? chunk.slice() : null;
  }

  give(bytes: number): void {
    this.#budget.give(bytes);
  }

  async createFile(): Promise<ScratchFile> {
    const file = await this.#scratch.create();
    this.#files.push(file);
    return file;
  }

  /** Removes all scratch files. */
  async dispose(): Promise<void> {
    for (const file of this.#files.splice(0)) await file.remove();
  }
}

/** The first entry of a chunk: bytes and entries before it. */
export interface ChunkMark {
  at: number;
  rows: number;
}

/** A finished run; can be read once, from start to end. */
export class SortedRun {
  /** The position of the vendor whose entries these are. */
  readonly owner: number;
  readonly bytes: number;
  /** The entries are in one of these: chunks or file. */
  chunks: readonly Uint8Array[];
  readonly file: ScratchFile | null;
  /** Marks of the chunks that it was written in; none if it cannot be cut. */
  marks: readonly ChunkMark[] = [];
  #chunk = 0;
  #position = 0;
  #end: number;

  constructor(owner: number, bytes: number, chunks: readonly Uint8Array[], file: ScratchFile | null) {
    this.owner = owner;
    this.bytes = bytes;
    this.chunks = chunks;
    this.file = file;
    this.#end = bytes;
  }

  /**
   * Moves its chunks to where all threads may read them. Not from the start: V8 takes no account of shared memory that it could give back,
   * and most chunks are spilled.
   */
  share(): void {
    this.chunks = this.chunks.map((chunk) => {
      const shared = new Uint8Array(new SharedArrayBuffer(chunk.length));
      shared.set(chunk);
      return shared;
    });
  }

  /** A run of its entries from a byte to another. */
  slice(from: number, to: number): SortedRun {
    const slice = new SortedRun(
      this.owner,
      to - from,
      this.file === null ? partsOf(this.chunks, from, to) : [],
      this.file,
    );
    slice.#position = this.file === null ? 0 : from;
    slice.#end = to;
    return slice;
  }

  /** The next bytes; 0 at the end. */
  read(into: Uint8Array): number | Promise<number> {
    if (this.file !== null) return this.#readFile(this.file, into);
    const chunk = this.chunks[this.#chunk];
    if (chunk === undefined) return 0;
    const part = chunk.subarray(this.#position, this.#position + into.length);
    into.set(part);
    this.#position += part.length;
    if (this.#position === chunk.length) {
      this.#chunk++;
      this.#position = 0;
    }
    return part.length;
  }

  #readFile(file: ScratchFile, into: Uint8Array): number | Promise<number> {
    const left = this.#end - this.#position;
    if (left === 0) return 0;
    const count = file.read(this.#position, into.length > left ? into.subarray(0, left) : into);
    if (typeof count === 'number') {
      this.#position += count;
      return count;
    }
    return count.then((read) => {
      this.#position += read;
      return read;
    });
  }
}

/** What chunks that follow one another have between two bytes. */
function partsOf(chunks: readonly Uint8Array[], from: number, to: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let start = 0;
  for (const chunk of chunks) {
    const part = chunk.subarray(Math.max(0, from - start), Math.max(0, to - start));
    if (part.length > 0) parts.push(part);
    start += chunk.length;
  }
  return parts;
}

/** Writes the entries of one run. The views are of the current chunk; the next entry goes to byte `at`. */
export class SortedRunWriter {
  at = 0;
  bytes: Uint8Array;
  words: Uint32Array;
  numbers: Float64Array;

  readonly #pool: SpillPool;
  #chunks: Uint8Array[] = [];
  #marks: ChunkMark[] = [];
  #total = 0;
  #rows = 0;
  #file: ScratchFile | null = null;

  constructor(pool: SpillPool) {
    this.#pool = pool;
    this.bytes = new Uint8Array(START_BYTES);
    this.words = new Uint32Array(this.bytes.buffer);
    this.numbers = new Float64Array(this.bytes.buffer);
  }

  /** Goes on in these bytes, which begin at a multiple of 8, if the entries so far fit. */
  moveInto(bytes: Uint8Array): void {
    if (this.bytes === bytes || this.at > bytes.length) return;
    bytes.set(this.bytes.subarray(0, this.at));
    this.bytes = bytes;
    this.words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
    this.numbers = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length >> 3);
  }

  hasRoom(entryBytes: number): boolean {
    return this.at + entryBytes <= this.bytes.length || this.#grow(entryBytes);
  }

  /** False if the chunk has its full size already. */
  #grow(entryBytes: number): boolean {
    if (this.at + entryBytes > CHUNK_BYTES) return false;
    const { bytes } = this;
    this.#allocate(Math.max(this.at + entryBytes, Math.min(bytes.length * 4, CHUNK_BYTES)));
    this.bytes.set(bytes.subarray(0, this.at));
    return true;
  }

  #allocate(bytes: number): void {
    this.bytes = new Uint8Array(Math.ceil(bytes / 8) * 8);
    this.words = new Uint32Array(this.bytes.buffer);
    this.numbers = new Float64Array(this.bytes.buffer);
  }

  /** Copies the entry of a segment's row to byte `at`, where it must have room. */
  addRow(segment: Segment, entryAt: number, entryBytes: number): void {
    segment.copyEntry(entryAt, entryBytes, this, this.at);
    this.at += entryBytes;
  }

  /** Copies bytes, and what fills their last word, to `offset` bytes behind `at`. A loop: what is copied is short. */
  copyWords(source: Uint32Array, from: number, offset: number, bytes: number): void {
    const { words } = this;
    const to = (this.at + offset) >> 2;
    const count = (bytes + 3) >> 2;
    // biome-ignore lint/style/noNonNullAssertion: the source has all of it
    for (let i = 0; i < count; i++) words[to + i] = source[from + i]!;
  }

  /** Stores the current chunk, and starts one with room for an entry. */
  async flush(entryBytes = 0): Promise<void> {
    const chunk = this.bytes.subarray(0, this.at);
    if (this.at > 0) {
      this.#mark();
      const kept = this.#file === null ? this.#pool.keep(chunk) : null;
      if (kept !== null) this.#chunks.push(kept);
      else await this.#spill(chunk);
    }
    this.at = 0;
    if (entryBytes > this.bytes.length) this.#allocate(Math.max(entryBytes, CHUNK_BYTES));
  }

  /** A hop from entry to entry: they are still in the cache. */
  #mark(): void {
    this.#marks.push({ at: this.#total, rows: this.#rows });
    this.#total += this.at;
    // biome-ignore lint/style/noNonNullAssertion: entries begin with their size, and end where the chunk does
    for (let at = 0; at < this.at; at += this.words[(at >> 2) + WORD_BYTES]!) this.#rows++;
  }

  async #spill(chunk: Uint8Array): Promise<void> {
    if (this.#file === null) {
      this.#file = await this.#pool.createFile();
      for (const earlier of this.#chunks) {
        await this.#file.write(earlier);
        this.#pool.give(earlier.length);
      }
      this.#chunks = [];
    }
    await this.#file.write(chunk);
  }

  /** Ends the run; the writer can then begin another. */
  async finish(owner: number): Promise<SortedRun> {
    await this.flush();
    const run = new SortedRun(owner, this.#total, this.#chunks, this.#file);
    run.marks = this.#marks;
    this.#chunks = [];
    this.#marks = [];
    this.#file = null;
    this.#total = 0;
    this.#rows = 0;
    return run;
  }
}
