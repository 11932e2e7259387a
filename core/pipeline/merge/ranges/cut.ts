/**
 * Cuts sorted runs into ranges of SKUs that are about equally large, so that threads can merge them side by side. A SKU's offers are
 * all in one range. Runs are cut at SKUs that begin some of their chunks; the places are found by search, and one look through a chunk.
 */
// biome-ignore-all lint/style/noNonNullAssertion: marks bound the chunks, entries begin with their size
import { compareBytes } from '../../../bytes/compare.ts';
import { assert } from '../../../errors.ts';
import { WORD_BYTES, WORD_SKU_LENGTH } from '../../sort/entry.ts';
import { CHUNK_BYTES, type ChunkMark, type SortedRun } from '../../sort/sorted-run.ts';

/** Places of a run that may become cuts. */
const SAMPLES_PER_RUN = 64;
/** Runs of so few chunks are looked through for samples. */
const CHUNKS_FEW = 2;

export interface CutOptions {
  /** Bytes of an entry before its SKU. */
  skuOffset: number;
  skuBytesMax: number;
  vendors: number;
  /** The ranges that are wanted. */
  count: number;
}

export interface CutRuns {
  /** For each range, by run: the byte where it begins; at last where the runs end. */
  bounds: number[][];
  /** For each range, by vendor position: the rows before it. */
  passed: number[][];
  /** True if some SKU begins with a 0. */
  hasZeros: boolean;
}

/** True if a run can be cut: one that is read from a segment cannot. */
export function canCut(run: SortedRun): boolean {
  return run.bytes === 0 || run.marks.length > 0;
}

export async function cutRuns(runs: readonly SortedRun[], options: CutOptions): Promise<CutRuns> {
  const buffer = new Uint8Array(CHUNK_BYTES);
  const readers = runs.map((run) => new RunReader(run, options, buffer));
  const bounds = [runs.map(() => 0)];
  const passed = [Array.from({ length: options.vendors }, () => 0)];
  for (const cut of await chosenCuts(readers, options.count)) {
    const places = await placesOf(readers, cut);
    bounds.push(places.map(({ at }) => at));
    const rows = Array.from({ length: options.vendors }, () => 0);
    for (const [i, place] of places.entries()) rows[runs[i]!.owner]! += place.rows;
    passed.push(rows);
  }
  bounds.push(runs.map(({ bytes }) => bytes));
  const [zero, one] = [await placesOf(readers, ZERO), await placesOf(readers, ONE)];
  return { bounds, passed, hasZeros: zero.some(({ at }, i) => at !== one[i]!.at) };
}

const ZERO = Uint8Array.of(0x30);
const ONE = Uint8Array.of(0x31);

interface CutSample {
  sku: Uint8Array;
  /** Bytes of the run from it to the next one. */
  bytes: number;
}

/** In order, each once. */
async function chosenCuts(readers: readonly RunReader[], count: number): Promise<Uint8Array[]> {
  const samples: CutSample[] = [];
  for (const reader of readers) for (const sample of await reader.samples()) samples.push(sample);
  samples.sort((a, b) => compareBytes(a.sku, b.sku));
  const total = samples.reduce((sum, { bytes }) => sum + bytes, 0);
  const cuts: Uint8Array[] = [];
  let before = 0;
  let last: Uint8Array | undefined = samples[0]?.sku;
  for (const { sku, bytes } of samples) {
    const isDue = before >= ((cuts.length + 1) * total) / count;
    before += bytes;
    if (!isDue || last === undefined || compareBytes(sku, last) === 0) continue;
    cuts.push(sku);
    last = sku;
  }
  return cuts;
}

/** By run: its first entry whose SKU is not below this one. */
async function placesOf(readers: readonly RunReader[], sku: Uint8Array): Promise<ChunkMark[]> {
  const places: ChunkMark[] = [];
  for (const reader of readers) places.push(await reader.placeOf(sku));
  return places;
}

/** Reads entries of a run anywhere. What it reads from a file is in `buffer`, until more is read. */
class RunReader {
  readonly #run: SortedRun;
  readonly #options: CutOptions;
  readonly #buffer: Uint8Array;
  /** The first SKUs of chunks that were read. */
  readonly #firsts = new Map<number, Uint8Array>();

  constructor(run: SortedRun, options: CutOptions, buffer: Uint8Array) {
    this.#run = run;
    this.#options = options;
    this.#buffer = buffer;
  }

  async samples(): Promise<CutSample[]> {
    const { marks, bytes } = this.#run;
    const places: Array<{ at: number; sku: Uint8Array }> = [];
    const step = bytes / SAMPLES_PER_RUN;
    for (const [chunk, { at: start }] of marks.entries()) {
      const next = places.length === 0 ? 0 : places.at(-1)!.at + step;
      if (marks.length <= CHUNKS_FEW) this.#sampleChunk(start, await this.#chunk(chunk), places);
      else if (start >= next) places.push({ at: start, sku: await this.#first(chunk) });
    }
    return places.map(({ at, sku }, i) => ({ sku, bytes: (places[i + 1]?.at ?? bytes) - at }));
  }

  #sampleChunk(start: number, bytes: Uint8Array, places: Array<{ at: number; sku: Uint8Array }>): void {
    const words = wordsOf(bytes);
    const step = this.#run.bytes / SAMPLES_PER_RUN;
    let next = places.length === 0 ? 0 : places.at(-1)!.at + step;
    for (let at = 0; at < bytes.length; at += words[(at >> 2) + WORD_BYTES]!) {
      if (start + at < next) continue;
      places.push({ at: start + at, sku: this.#skuAt(bytes, words, at) });
      next = start + at + step;
    }
  }

  /** The first entry whose SKU is not below this one. */
  async placeOf(sku: Uint8Array): Promise<ChunkMark> {
    const { marks } = this.#run;
    // of the chunks that begin below the SKU, the last
    let low = 0;
    let high = marks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareBytes(await this.#first(middle), sku) < 0) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return { at: 0, rows: 0 };
    const { at: start, rows: before } = marks[low - 1]!;
    const bytes = await this.#chunk(low - 1);
    const words = wordsOf(bytes);
    let at = 0;
    let rows = 0;
    for (; at < bytes.length && this.#isBelow(bytes, words, at, sku); at += words[(at >> 2) + WORD_BYTES]!) rows++;
    return { at: start + at, rows: before + rows };
  }

  #isBelow(bytes: Uint8Array, words: Uint32Array, at: number, sku: Uint8Array): boolean {
    const length = words[(at >> 2) + WORD_SKU_LENGTH]!;
    const from = at + this.#options.skuOffset;
    for (let i = 0; i < length && i < sku.length; i++) {
      if (bytes[from + i] !== sku[i]) return bytes[from + i]! < sku[i]!;
    }
    return length < sku.length;
  }

  #skuAt(bytes: Uint8Array, words: Uint32Array, at: number): Uint8Array {
    const from = at + this.#options.skuOffset;
    return bytes.slice(from, from + words[(at >> 2) + WORD_SKU_LENGTH]!);
  }

  #first(chunk: number): Promise<Uint8Array> | Uint8Array {
    return this.#firsts.get(chunk) ?? this.#readFirst(chunk);
  }

  async #readFirst(chunk: number): Promise<Uint8Array> {
    const { skuOffset, skuBytesMax } = this.#options;
    const bytes = await this.#bytes(chunk, skuOffset + skuBytesMax);
    const sku = this.#skuAt(bytes, wordsOf(bytes), 0);
    this.#firsts.set(chunk, sku);
    return sku;
  }

  #chunk(chunk: number): Promise<Uint8Array> {
    return this.#bytes(chunk, Number.POSITIVE_INFINITY);
  }

  /** The first bytes of a chunk, at most so many. */
  async #bytes(chunk: number, most: number): Promise<Uint8Array> {
    const { marks, chunks, file, bytes: end } = this.#run;
    if (file === null) return chunks[chunk]!;
    const { at } = marks[chunk]!;
    const length = Math.min(most, (marks[chunk + 1]?.at ?? end) - at);
    // a chunk of one long entry is larger than others
    const bytes = length <= this.#buffer.length ? this.#buffer.subarray(0, length) : new Uint8Array(length);
    for (let count = 0; count < length; ) {
      const read = await file.read(at + count, bytes.subarray(count));
      assert(read > 0, 'a run has all its entries');
      count += read;
    }
    return bytes;
  }
}

function wordsOf({ buffer, byteOffset, length }: Uint8Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length >> 2);
}
