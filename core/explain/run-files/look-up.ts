/** Finds the rows of a SKU in a file that is sorted by SKU, with one read of a range if the file was sampled. */
import { compareBytes } from '../../bytes/compare.ts';
import { toBytes } from '../../bytes/text.ts';
import { csvCellAt, type SkuSample } from '../../pipeline/row-index.ts';
import type { RunFiles } from '../../ports/explaining.ts';
import { cellsOf, lineText, writtenLines } from './lines.ts';
import { isMissing } from './reading.ts';

export interface SortedFile {
  path: string;
  format: 'csv' | 'jsonl';
  /** The columns of a CSV, in its order. */
  columns: readonly string[];
  /** Null if the file was not sampled: then it is read from its start. */
  samples: readonly SkuSample[] | null;
  /** True if an apostrophe is put before SKUs that a spreadsheet would read as formulas (`escape_formulas`). */
  isEscaped?: boolean;
}

export interface FoundRow {
  /** Without the line end. */
  text: string;
  /** By column. */
  cells: Readonly<Record<string, string>>;
  /** Rows of the file before it. */
  ordinal: number;
}

export interface FoundRows {
  rows: FoundRow[];
  /** SKUs around the place where the SKU is or would be, in order. */
  neighbours(): string[];
}

/** SKUs that are kept on either side. */
const NEIGHBOURS = 200;
/** An SKU with more rows than this is not explained row by row. */
export const ROWS_MAX = 10_000;

/** Null if there is no such file. */
export async function lookUp(files: RunFiles, file: SortedFile, sku: string): Promise<FoundRows | null> {
  try {
    return await new LookUp(file, sku).run(files);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

class LookUp {
  readonly #file: SortedFile;
  readonly #sku: Uint8Array;
  readonly #skuColumn: number;
  readonly #isEscaped: boolean;
  /** True if the SKU itself looks escaped: then the order of the file does not help to find it. */
  readonly #isDoubtful: boolean;
  readonly #before: Uint8Array[] = [];
  readonly #after: Uint8Array[] = [];
  readonly #rows: FoundRow[] = [];

  constructor(file: SortedFile, sku: string) {
    this.#file = file;
    this.#sku = toBytes(sku);
    this.#skuColumn = file.columns.indexOf('sku');
    this.#isEscaped = file.isEscaped === true;
    this.#isDoubtful = this.#isEscaped && ESCAPED.test(sku);
  }

  async run(files: RunFiles): Promise<FoundRows> {
    const { path, format } = this.#file;
    const range = this.#range();
    let ordinal = range?.rows ?? 0;
    let isHeader = range === null && format === 'csv';
    for await (const line of writtenLines(files.open(path, range ?? undefined), format)) {
      if (isHeader) isHeader = false;
      else if (!this.#take(line, ordinal++)) break;
    }
    return { rows: this.#rows, neighbours: () => [...this.#before, ...this.#after].map((line) => this.#skuText(line)) };
  }

  /** The bytes from the last sample before the SKU to the first sample after it. */
  #range(): { first: number; last: number; rows: number } | null {
    const { samples } = this.#file;
    if (samples === null || samples.length === 0 || this.#isDoubtful) return null;
    const isAfter = (order: (difference: number) => boolean) => {
      let low = 0;
      let high = samples.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (order(compareBytes(toBytes(this.#plain(samples[middle]?.[2] ?? '')), this.#sku))) high = middle;
        else low = middle + 1;
      }
      return low;
    };
    const start = Math.max(0, isAfter((order) => order >= 0) - 1);
    // a SKU before all others has neighbours too
    const end =
      samples[
        Math.max(
          start + 1,
          isAfter((order) => order > 0),
        )
      ];
    const [first, rows] = samples[start] ?? [0, 0];
    return { first, last: Math.max(first, (end?.[0] ?? Number.MAX_SAFE_INTEGER) - 1), rows };
  }

  /** Takes one line; returns false once the SKU is passed and enough neighbours are known. */
  #take(line: Uint8Array, ordinal: number): boolean {
    const order = this.#compare(line);
    if (order === 0 && this.#rows.length < ROWS_MAX) {
      const text = lineText(line);
      this.#rows.push({ text, cells: this.#cells(text), ordinal });
    } else if (order < 0) {
      this.#before.push(line);
      if (this.#before.length > NEIGHBOURS) this.#before.shift();
    } else if (order > 0) this.#after.push(line);
    return this.#after.length < NEIGHBOURS || this.#isDoubtful;
  }

  #compare(line: Uint8Array): number {
    const isPlain = this.#skuColumn === 0 && this.#file.format === 'csv' && line[0] !== QUOTE && !this.#isEscaped;
    if (!isPlain) return compareBytes(toBytes(this.#skuText(line)), this.#sku);
    const end = line.indexOf(COMMA);
    return compareBytes(end < 0 ? line : line.subarray(0, end), this.#sku);
  }

  #skuText(line: Uint8Array): string {
    const { format } = this.#file;
    const text = format === 'csv' ? csvCellAt(line, 0, this.#skuColumn) : (this.#cells(lineText(line)).sku ?? '');
    return this.#plain(text);
  }

  /** A SKU without the apostrophe that was written before it. */
  #plain(sku: string): string {
    return this.#isEscaped && !this.#isDoubtful && ESCAPED.test(sku) ? sku.slice(1) : sku;
  }

  #cells(text: string): Record<string, string> {
    const { format, columns } = this.#file;
    if (format === 'csv') {
      const cells = cellsOf(text);
      return Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']));
    }
    const row = jsonRow(text);
    return Object.fromEntries(columns.map((column) => [column, row[column] == null ? '' : String(row[column])]));
  }
}

/** A damaged line has no cells. */
function jsonRow(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** The apostrophe that the feed writes before a formula: see `core/pipeline/merge/formula-escapes.ts`. */
const ESCAPED = /^'[=+\-@\t\r]/;
const QUOTE = 0x22;
const COMMA = 0x2c;
