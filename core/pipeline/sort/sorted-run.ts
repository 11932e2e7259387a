/**
 * Sorted runs of binary records: kept in memory while the budget lasts, spilled to scratch past it, and merged again by
 * SKU. Both the offers of a vendor and the lines of a feed that is too large to sort in memory are kept so.
 *
 * What a record begins with is in `record.ts`; the SKU's bytes stand at an offset that is the same in all records of a run.
 */
import type { Scratch, ScratchFile } from '../../ports/engine.ts';
import { WORD_BYTES, WORD_KEY_HIGH, WORD_KEY_LOW, WORD_SKU_LENGTH } from './entry.ts';

const CHUNK_BYTES = 256 * 1024;

/** Memory that runs may take up together; past it they go to scratch. */
export class SpillPool {
  readonly #scratch: Scratch;
  readonly #budgetBytes: number;
  readonly #files: ScratchFile[] = [];
  #usedBytes = 0;

  constructor(scratch: Scratch, budgetBytes: number) {
    this.#scratch = scratch;
    this.#budgetBytes = budgetBytes;
  }

  /** Whether another chunk may stay in memory; takes its bytes from the budget if so. */
  take(bytes: number): boolean {
    if (this.#usedBytes + bytes > this.#budgetBytes) return false;
    this.#usedBytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#usedBytes -= bytes;
  }

  async createFile(): Promise<ScratchFile> {
    const file = await this.#scratch.create();
    this.#files.push(file);
    return file;
  }

  /** Removes every file that runs were spilled to. */
  async dispose(): Promise<void> {
    for (const file of this.#files.splice(0)) await file.remove();
  }
}

/** A finished run, read from its start to its end. */
export class SortedRun {
  /** What it is a run of, for whoever merges it: the vendor's position. */
  readonly owner: number;
  readonly bytes: number;
  readonly #chunks: readonly Uint8Array[];
  readonly #file: ScratchFile | null;
  #chunk = 0;
  #position = 0;

  constructor(owner: number, bytes: number, chunks: readonly Uint8Array[], file: ScratchFile | null) {
    this.owner = owner;
    this.bytes = bytes;
    this.#chunks = chunks;
    this.#file = file;
  }

  /** The next bytes; 0 at the end. */
  read(into: Uint8Array): number | Promise<number> {
    if (this.#file !== null) return this.#readFile(this.#file, into);
    const chunk = this.#chunks[this.#chunk];
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
    const count = file.read(this.#position, into);
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

/** Collects the records of one run. The views are the chunk in work; `at` is where its next record goes, in bytes. */
export class SortedRunWriter {
  at = 0;
  bytes: Uint8Array;
  words: Uint32Array;
  numbers: Float64Array;

  readonly #pool: SpillPool;
  #chunks: Uint8Array[] = [];
  #total = 0;
  #file: ScratchFile | null = null;

  constructor(pool: SpillPool) {
    this.#pool = pool;
    this.bytes = new Uint8Array(CHUNK_BYTES);
    this.words = new Uint32Array(this.bytes.buffer);
    this.numbers = new Float64Array(this.bytes.buffer);
  }

  hasRoom(entryBytes: number): boolean {
    return this.at + entryBytes <= this.bytes.length;
  }

  /** Puts the chunk in work away and starts one with room for a record. */
  async flush(entryBytes = 0): Promise<void> {
    const chunk = this.bytes.subarray(0, this.at);
    this.#total += this.at;
    if (this.at > 0) {
      if (this.#file === null && this.#pool.take(chunk.length)) this.#chunks.push(chunk.slice());
      else await this.#spill(chunk);
    }
    this.at = 0;
    if (entryBytes > this.bytes.length) {
      this.bytes = new Uint8Array(Math.ceil(entryBytes / 8) * 8);
      this.words = new Uint32Array(this.bytes.buffer);
      this.numbers = new Float64Array(this.bytes.buffer);
    }
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

  /** Closes the run; the writer can begin another. */
  async finish(owner: number): Promise<SortedRun> {
    await this.flush();
    const run = new SortedRun(owner, this.#total, this.#chunks, this.#file);
    this.#chunks = [];
    this.#file = null;
    this.#total = 0;
    return run;
  }
}

/** A window that moves over a run, record by record. */
export class SortedRunCursor {
  readonly owner: number;
  /** Among the cursors of one merge: earlier runs win ties. */
  readonly order: number;
  /** Byte offset of the current record in the window; a multiple of 8. */
  at = 0;
  bytes: Uint8Array;
  words: Uint32Array;
  numbers: Float64Array;
  readonly #run: SortedRun;
  #limit = 0;
  #ended = false;

  constructor(run: SortedRun, order: number, windowBytes: number) {
    this.#run = run;
    this.owner = run.owner;
    this.order = order;
    this.bytes = new Uint8Array(Math.max(64, Math.ceil(Math.min(windowBytes, run.bytes) / 8) * 8));
    this.words = new Uint32Array(this.bytes.buffer);
    this.numbers = new Float64Array(this.bytes.buffer);
  }

  /** Whether the record at `at` is in the window, whole. */
  get isReady(): boolean {
    const left = this.#limit - this.at;
    return left >= 8 && this.words[this.at >> 2]! <= left;
  }

  /** Steps over the current record. */
  advance(): void {
    this.at += this.words[(this.at >> 2) + WORD_BYTES]!;
  }

  /** Moves the window on until the record at `at` is in it; false at the end of the run. */
  async fill(): Promise<boolean> {
    const left = this.#limit - this.at;
    this.bytes.copyWithin(0, this.at, this.#limit);
    this.#limit = left;
    this.at = 0;
    while (!this.isReady && !this.#ended) {
      if (this.#limit === this.bytes.length) this.#grow();
      const count = await this.#run.read(this.bytes.subarray(this.#limit));
      if (count === 0) this.#ended = true;
      this.#limit += count;
    }
    return this.isReady;
  }

  #grow(): void {
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.words[0]!));
    larger.set(this.bytes);
    this.bytes = larger;
    this.words = new Uint32Array(larger.buffer);
    this.numbers = new Float64Array(larger.buffer);
  }
}

/** Merges runs by SKU, ties by the order of the runs. `skuOffset`: where a record's SKU bytes stand. */
export class SortedRunMerge {
  readonly #heap: SortedRunCursor[] = [];
  readonly #skuOffset: number;

  private constructor(skuOffset: number) {
    this.#skuOffset = skuOffset;
  }

  static async open(runs: readonly SortedRun[], skuOffset: number, budgetBytes: number): Promise<SortedRunMerge> {
    const merge = new SortedRunMerge(skuOffset);
    const windowBytes = Math.min(1 << 18, Math.floor(budgetBytes / Math.max(1, runs.length)));
    for (const [order, run] of runs.entries()) {
      const cursor = new SortedRunCursor(run, order, windowBytes);
      if (await cursor.fill()) merge.#heap.push(cursor);
    }
    for (let i = (merge.#heap.length >> 1) - 1; i >= 0; i--) merge.#siftDown(i);
    return merge;
  }

  /** The cursor at the lowest record; undefined when all runs are at their end. */
  get top(): SortedRunCursor | undefined {
    return this.#heap[0];
  }

  /** Steps over the lowest record; false when `refill` must come before anything else. */
  advance(): boolean {
    const top = this.#heap[0]!;
    top.advance();
    if (!top.isReady) return false;
    this.#siftDown(0);
    return true;
  }

  async refill(): Promise<void> {
    if (!(await this.#heap[0]!.fill())) {
      const last = this.#heap.pop()!;
      if (this.#heap.length === 0) return;
      if (this.#heap[0] !== last) this.#heap[0] = last;
    }
    this.#siftDown(0);
  }

  #siftDown(from: number): void {
    const heap = this.#heap;
    const count = heap.length;
    const cursor = heap[from];
    if (cursor === undefined) return;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= count) break;
      if (child + 1 < count && this.#isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#isBefore(heap[child]!, cursor)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = cursor;
  }

  #isBefore(a: SortedRunCursor, b: SortedRunCursor): boolean {
    const wordA = a.at >> 2;
    const wordB = b.at >> 2;
    const high = a.words[wordA + WORD_KEY_HIGH]! - b.words[wordB + WORD_KEY_HIGH]!;
    if (high !== 0) return high < 0;
    const low = a.words[wordA + WORD_KEY_LOW]! - b.words[wordB + WORD_KEY_LOW]!;
    if (low !== 0) return low < 0;
    const difference = this.#compareRest(a, b, wordA, wordB);
    return difference !== 0 ? difference < 0 : a.order < b.order;
  }

  #compareRest(a: SortedRunCursor, b: SortedRunCursor, wordA: number, wordB: number): number {
    const lengthA = a.words[wordA + WORD_SKU_LENGTH]!;
    const lengthB = b.words[wordB + WORD_SKU_LENGTH]!;
    const shared = lengthA < lengthB ? lengthA : lengthB;
    const atA = a.at + this.#skuOffset;
    const atB = b.at + this.#skuOffset;
    for (let i = 8; i < shared; i++) {
      const difference = a.bytes[atA + i]! - b.bytes[atB + i]!;
      if (difference !== 0) return difference;
    }
    return lengthA - lengthB;
  }
}
