/**
 * `reports/row_index.json`: where things are in a run's files, so that one SKU can be explained with a few reads of
 * ranges.
 *
 * It has a sparse index of each file that is sorted by SKU (a sample for every few hundred KiB), and the blocks of each
 * feed's text: places where a record begins, with their physical lines. `reports/rows.bin` says for each row of the
 * `normalized.csv` files which record it came from. See docs/EXPLAINING.md.
 */
import { concatBytes } from '../bytes/concat.ts';
import { toBytes, toText } from '../bytes/text.ts';
import type { ByteSink, RunArtifacts } from '../ports/engine.ts';
import { PATHS, writing } from './artifacts.ts';

export const ROW_INDEX_VERSION = 2;

/** The most samples and blocks of one file: when there are more, every second one is dropped. */
export const MARKS_MAX = 1024;
/** The most bytes of a header with the lines above it; a longer one is read from the feed. */
const HEAD_BYTES_MAX = 4096;
/** The most files of a feed whose headers are kept. */
const HEADS_MAX = 8;
/** Samples are no closer than this. */
export const SAMPLE_BYTES = 64 * 1024;

/** Bytes of an entry of `rows.bin`: row number, physical line and file (its place in `files`), each 32 bits, low byte first. */
export const ROW_ENTRY_BYTES = 12;

/** The byte offset of a line, the number of lines before it (without the header), and its SKU. */
export type SkuSample = [offset: number, rows: number, sku: string];

/**
 * A place where a record begins: the bytes of the feed's text before it (or its rows, if the parser gives rows), and
 * its line.
 */
export type FeedBlock = [start: number, line: number];

export interface FileIndex {
  /** Null if the feed is one file. */
  name: string | null;
  unit: 'bytes' | 'rows';
  /** The length of the whole feed, in its unit. */
  length: number;
  /** The first one starts at 0. In a text with a header, the second one starts after the header. */
  blocks: FeedBlock[];
  /** The text of the first block; null if it is long, or if the feed has many files or gives rows. */
  head: string | null;
}

export interface SortedFileIndex {
  samples: SkuSample[];
}

export interface VendorIndex extends SortedFileIndex {
  /** Rows of `normalized.csv`. */
  rows: number;
  files: FileIndex[];
  /** The refused rows that have a SKU and an entry in `errors.json`, in their order. */
  refused: RefusedRow[];
  /** Refused rows that are not listed. */
  refused_more: number;
}

/** The row's SKU after the SKU map, its row number, its physical line, and its file's place in `files`. */
export type RefusedRow = [sku: string, rowNumber: number, line: number, file: number];

export interface RowIndex {
  version: number;
  run_id: string;
  /** By vendor id; only those whose feed was read. */
  vendors: Record<string, VendorIndex>;
  /** By path, the other files that are sorted by SKU. */
  outputs: Record<string, SortedFileIndex>;
  /** The pages of `rows.bin`. */
  pages: PageIndex;
}

/** The page's first SKU, and for each vendor the number of rows before the page. */
export type PageStart = [sku: string, rows: number[]];

/**
 * `rows.bin` in pages. A page has the entries of all vendors for the SKUs from its first to the next page's, vendor by vendor, so that
 * one read gives where all offers of a SKU came from.
 */
export interface PageIndex {
  vendors: string[];
  /** In the order of `vendors`: the number of rows of each, over all pages. */
  rows: number[];
  starts: PageStart[];
}

/** Refused rows of one vendor that are listed. */
const REFUSED_MAX = 100_000;

/** Gathers the refused rows of a vendor. */
export class RefusedRows {
  readonly rows: RefusedRow[] = [];
  more = 0;
  /** For each listed row, the number of listed rows before it, counting those without a SKU. */
  readonly places: number[] = [];
  listed = 0;

  /** Adds a row that is listed; null if it has no SKU. */
  add(row: RefusedRow | null): void {
    if (row !== null) {
      this.rows.push(row);
      this.places.push(this.listed);
    }
    this.listed++;
  }

  get hasRoom(): boolean {
    return this.rows.length < REFUSED_MAX;
  }
}

/** Removes rows after the first `listed` ones: `errors.json` had no room for them. */
export function cutRefused(index: VendorIndex, rows: Pick<RefusedRows, 'places' | 'listed'>, listed: number): void {
  index.refused = index.refused.filter((_, i) => (rows.places[i] ?? 0) < listed);
  index.refused_more += rows.listed - listed;
}

/** Keeps at most `MARKS_MAX` of its marks, evenly spread. Always keeps the first two. */
export class Thinned<T> {
  readonly kept: T[] = [];
  #every = 1;
  #count = 0;

  add(mark: T): void {
    if (this.#count++ % this.#every !== 0) return;
    this.kept.push(mark);
    if (this.kept.length <= MARKS_MAX) return;
    const rest = this.kept.splice(2);
    for (let i = 1; i < rest.length; i += 2) this.kept.push(rest[i] as T);
    this.#every *= 2;
  }
}

/** Notes the blocks of a feed as it is scanned. */
export class FeedBlocks {
  readonly #blocks = new Thinned<FeedBlock>();
  readonly #file: FileIndex;
  /** The start of the feed, until the first block has ended. */
  #head: Uint8Array | null;

  /** `number` is the place of the file in the feed. */
  constructor(name: string | null, number = 0) {
    this.#file = { name, unit: 'bytes', length: 0, blocks: this.#blocks.kept, head: null };
    this.#blocks.add([0, 1]);
    this.#head = number < HEADS_MAX ? new Uint8Array(0) : null;
  }

  get index(): FileIndex {
    return this.#file;
  }

  /** Takes the next bytes of the feed. */
  pass(chunk: Uint8Array): void {
    if (this.#head === null || this.#head.length >= HEAD_BYTES_MAX) return;
    this.#head = concatBytes([this.#head, chunk.slice(0, HEAD_BYTES_MAX - this.#head.length)]);
  }

  note(start: number, line: number): void {
    if (start <= (this.#blocks.kept.at(-1)?.[0] ?? 0)) return;
    if (this.#head !== null && start <= this.#head.length) this.#file.head = toText(this.#head, 0, start);
    this.#head = null;
    this.#blocks.add([start, line]);
  }

  end(length: number, unit: FileIndex['unit']): void {
    this.#file.length = length;
    this.#file.unit = unit;
  }
}

/** Samples a file of lines that are sorted by SKU, as it is written. */
export class LineSamples {
  readonly #samples = new Thinned<SkuSample>();
  #offset = 0;
  #last = Number.NEGATIVE_INFINITY;

  get index(): SortedFileIndex {
    return { samples: this.#samples.kept };
  }

  /** Takes a line that begins `from` bytes into the next write, after `rows` other lines. */
  add(from: number, rows: number, sku: () => string): void {
    const at = this.#offset + from;
    if (at < this.#last + SAMPLE_BYTES) return;
    this.#last = at;
    this.#samples.add([at, rows, sku()]);
  }

  /** Counts bytes as written. */
  pass(bytes: number): void {
    this.#offset += bytes;
  }
}

/** A sink whose every write is a number of whole lines, sorted by the SKU in cell `column`. The first write starts with `header` bytes. */
export class SampledSink implements ByteSink {
  readonly samples = new LineSamples();
  readonly #sink: ByteSink;
  readonly #format: 'csv' | 'jsonl';
  readonly #column: number;
  #isFirst = true;

  constructor(sink: ByteSink, format: 'csv' | 'jsonl', column: number) {
    this.#sink = sink;
    this.#format = format;
    this.#column = column;
  }

  write(bytes: Uint8Array): void | Promise<void> {
    const from = this.#isFirst && this.#format === 'csv' ? bytes.indexOf(LF) + 1 : 0;
    if (bytes.length > 0) this.#isFirst = false;
    if (from < bytes.length) this.samples.add(from, 0, () => this.#skuAt(bytes, from));
    this.samples.pass(bytes.length);
    return this.#sink.write(bytes);
  }

  close(): void | Promise<void> {
    return this.#sink.close();
  }

  abort(): void | Promise<void> {
    return this.#sink.abort();
  }

  #skuAt(bytes: Uint8Array, from: number): string {
    if (this.#format === 'csv') return csvCellAt(bytes, from, this.#column);
    const row = JSON.parse(toText(bytes, from, bytes.indexOf(LF, from))) as Record<string, unknown>;
    return String(row.sku);
  }
}

const LF = 0x0a;
const COMMA = 0x2c;
const QUOTE = 0x22;

/** The text of a cell of the line at `from`, in the output's own quoting. */
export function csvCellAt(bytes: Uint8Array, from: number, column: number): string {
  let at = from;
  for (let i = 0; ; i++) {
    const start = at;
    const isQuoted = bytes[at] === QUOTE;
    if (isQuoted) {
      at++;
      while (at < bytes.length && (bytes[at] !== QUOTE || bytes[at + 1] === QUOTE)) at += bytes[at] === QUOTE ? 2 : 1;
      at++;
    } else while (at < bytes.length && bytes[at] !== COMMA && bytes[at] !== LF) at++;
    if (i === column)
      return isQuoted ? toText(bytes, start + 1, at - 1).replaceAll('""', '"') : toText(bytes, start, at);
    at++;
  }
}

/** Gathers the index of a run. */
export class RowIndexBuilder {
  readonly #index: RowIndex;

  constructor(runId: string) {
    const pages = { vendors: [], rows: [], starts: [] };
    this.#index = { version: ROW_INDEX_VERSION, run_id: runId, vendors: {}, outputs: {}, pages };
  }

  /** True if the vendor's feed was read. */
  has(vendorId: string): boolean {
    return this.#index.vendors[vendorId] !== undefined;
  }

  setPages(pages: PageIndex): void {
    this.#index.pages = pages;
  }

  addVendor(vendorId: string, index: VendorIndex): void {
    this.#index.vendors[vendorId] = index;
  }

  /** A sink that samples a file of lines with the SKU in cell `column`; the sink itself if the file has no SKUs. */
  sampled(path: string, sink: ByteSink, format: 'csv' | 'jsonl', column: number): ByteSink {
    if (column < 0) return sink;
    const sampled = new SampledSink(sink, format, column);
    this.#index.outputs[path] = sampled.samples.index;
    return sampled;
  }

  async write(artifacts: RunArtifacts): Promise<void> {
    await writing(artifacts, PATHS.rowIndex, async (sink) => sink.write(toBytes(`${JSON.stringify(this.#index)}\n`)));
  }
}
