/**
 * Reads a table that is sorted by SKU, row by row, beside a merge: the published feed, its state, decisions. Rows are looked
 * at in place, in the scanner's window; only the SKU of the row before is copied, to check the order.
 *
 * The methods that a merge calls per SKU are synchronous. They say when `refill` is due.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the batch's counts bound records and fields
import { toBytes, toText } from '../../bytes/text.ts';
import { RelayError } from '../../errors.ts';
import type { ByteSource, EngineLimits, Hasher } from '../../ports/engine.ts';
import { PLAIN, QUOTED_DOUBLED, RecordBatch, WELL_FORMED } from '../../scan/batch.ts';
import { cellText, recordCells } from '../../scan/cells.ts';
import { type ScannedBatch, scanFeed } from '../../scan/feed.ts';
import { Scanner } from '../../scan/scanner.ts';
import type { LineBuffer } from './line-buffer.ts';

/** Answers of `seek`. */
export const MISSING = 0;
export const FOUND = 1;
export const NEEDS_REFILL = 2;

const DIALECT = { delimiter: toBytes(','), quote: 0x22, escape: -1 };
/** Bytes that are collected before they are scanned. */
const WINDOW_BYTES = 128 * 1024;

export interface SortedRowsOptions {
  /** What the table is, for messages. */
  name: string;
  format?: 'csv' | 'jsonl';
  /** Gets all bytes of the source. */
  hasher?: Hasher | null;
  limits: Pick<EngineLimits, 'recordBytesMax' | 'windowBytes'>;
}

export class SortedRows {
  /** The names in the header. */
  columns: readonly string[] = [];
  /** True if there is a current row. */
  isReady = false;
  /** True if all rows have been passed. */
  isEnded = false;
  /** Rows so far, with the current one. */
  rows = 0;
  window: Uint8Array = new Uint8Array(0);
  batch: RecordBatch = new RecordBatch(1);
  record = 0;
  /** The first field of the current row. */
  first = 0;
  sku: Uint8Array = new Uint8Array(0);
  skuStart = 0;
  skuEnd = 0;

  readonly #name: string;
  readonly #batches: AsyncGenerator<ScannedBatch>;
  #skuColumn = 0;
  #unescaped = new Uint8Array(256);
  #previous = new Uint8Array(256);
  #previousLength = -1;

  private constructor(source: ByteSource, { name, format = 'csv', hasher = null, limits }: SortedRowsOptions) {
    this.#name = name;
    const bytes = withoutBom(hashed(source.open(), hasher));
    const chunks = format === 'csv' ? bytes : csvOfJsonLines(bytes, name);
    this.#batches = scanFeed(chunks, new Scanner(DIALECT, limits.recordBytesMax), {
      windowBytes: Math.min(WINDOW_BYTES, limits.windowBytes),
      skipLines: 0,
    });
  }

  /** Reads the header and the first row. Throws `invalid_input`. */
  static async open(source: ByteSource, options: SortedRowsOptions): Promise<SortedRows> {
    const rows = new SortedRows(source, options);
    await rows.#start();
    return rows;
  }

  async #start(): Promise<void> {
    if (!(await this.#nextBatch())) return;
    this.columns = recordCells(this.window, this.batch, 0);
    this.#skuColumn = this.columns.indexOf('sku');
    if (this.#skuColumn < 0) throw this.#unusable('it has no column sku');
    this.record = 1;
    if (this.record < this.batch.count) this.#load();
    else await this.refill();
  }

  /** The column's position in the header; -1 if there is none. */
  indexOf(column: string): number {
    return this.columns.indexOf(column);
  }

  /** Negative, zero or positive if the current SKU is before, equal to or after `sku`. */
  compare(sku: Uint8Array, length: number): number {
    const own = this.sku;
    const from = this.skuStart;
    const ownLength = this.skuEnd - from;
    const shared = ownLength < length ? ownLength : length;
    for (let i = 0; i < shared; i++) {
      const difference = own[from + i]! - sku[i]!;
      if (difference !== 0) return difference;
    }
    return ownLength - length;
  }

  /** Moves to the first row that is not before `sku`: `FOUND` if it is that SKU's. */
  seek(sku: Uint8Array, length: number): number {
    for (;;) {
      if (!this.isReady) return this.isEnded ? MISSING : NEEDS_REFILL;
      const order = this.compare(sku, length);
      if (order >= 0) return order === 0 ? FOUND : MISSING;
      this.advance();
    }
  }

  advance(): void {
    this.record++;
    if (this.record < this.batch.count) this.#load();
    else this.isReady = false;
  }

  /** Reads on if there is no current row. */
  async refill(): Promise<void> {
    if (this.isReady || this.isEnded) return;
    if (await this.#nextBatch()) this.#load();
  }

  /** Ends reading before the end. */
  async close(): Promise<void> {
    await this.#batches.return(undefined);
  }

  /** The text of a cell; empty if the column is -1. */
  text(column: number): string {
    return column < 0 ? '' : cellText(this.window, this.batch, this.first + column);
  }

  /** Copies a cell as an output cell. */
  writeCell(out: LineBuffer, column: number): void {
    const field = this.first + column;
    const { fieldStart, fieldEnd } = this.batch;
    out.cell(this.window, fieldStart[field]!, fieldEnd[field]!, this.batch.doubledIn(field));
  }

  /** Bytes of the current row, quotes included and its line end not. */
  get rowBytes(): number {
    return this.#rowEnd - this.#rowStart;
  }

  /** True if the row is exactly these bytes, quotes included. */
  equals(bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.#rowStart;
    const end = this.#rowEnd;
    if (end - start !== to - from) return false;
    const { window } = this;
    for (let i = start, j = from; i < end; i++, j++) if (window[i] !== bytes[j]) return false;
    return true;
  }

  get #rowStart(): number {
    const { fieldStart, fieldStyle } = this.batch;
    return fieldStart[this.first]! - (fieldStyle[this.first] === PLAIN ? 0 : 1);
  }

  get #rowEnd(): number {
    const { fieldEnd, fieldStyle, firstField } = this.batch;
    const last = firstField[this.record + 1]! - 1;
    return fieldEnd[last]! + (fieldStyle[last] === PLAIN ? 0 : 1);
  }

  async #nextBatch(): Promise<boolean> {
    this.#keepPrevious();
    const next = await this.#batches.next();
    if (next.done === true) {
      this.isEnded = true;
      this.isReady = false;
      return false;
    }
    this.window = next.value.window;
    this.batch = next.value.batch;
    this.record = 0;
    return true;
  }

  #load(): void {
    const { batch, record, window } = this;
    this.first = batch.firstField[record]!;
    if (batch.fault[record] !== WELL_FORMED || batch.firstField[record + 1]! - this.first !== this.columns.length) {
      throw this.#unusable(`line ${batch.line[record]} does not have its ${this.columns.length} columns`);
    }
    this.#keepPrevious();
    const field = this.first + this.#skuColumn;
    this.sku = window;
    this.skuStart = batch.fieldStart[field]!;
    this.skuEnd = batch.fieldEnd[field]!;
    if (batch.fieldStyle[field] === QUOTED_DOUBLED) this.#unescape();
    this.isReady = true;
    this.rows++;
    if (this.#previousLength >= 0 && this.compare(this.#previous, this.#previousLength) <= 0) {
      const shown = toText(this.sku, this.skuStart, this.skuEnd).slice(0, 100);
      throw this.#unusable(`it is not sorted by SKU, each once: "${shown}" on line ${batch.line[record]}`);
    }
  }

  /** The current SKU becomes the previous one. */
  #keepPrevious(): void {
    if (!this.isReady && this.rows === 0) return;
    const length = this.skuEnd - this.skuStart;
    if (this.#previous.length < length) this.#previous = new Uint8Array(length * 2);
    for (let i = 0; i < length; i++) this.#previous[i] = this.sku[this.skuStart + i]!;
    this.#previousLength = length;
    // kept once: the window may have moved on when the next row comes
    this.sku = this.#previous;
    this.skuStart = 0;
    this.skuEnd = length;
  }

  #unescape(): void {
    const length = this.skuEnd - this.skuStart;
    if (this.#unescaped.length < length) this.#unescaped = new Uint8Array(length * 2);
    let at = 0;
    for (let i = this.skuStart; i < this.skuEnd; i++) {
      this.#unescaped[at++] = this.sku[i]!;
      if (this.sku[i] === 0x22) i++;
    }
    this.sku = this.#unescaped;
    this.skuStart = 0;
    this.skuEnd = at;
  }

  #unusable(why: string): RelayError {
    return new RelayError('invalid_input', `${this.#name} cannot be used: ${why}`);
  }
}

async function* hashed(chunks: AsyncIterable<Uint8Array>, hasher: Hasher | null): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hasher?.update(chunk);
    yield chunk;
  }
}

async function* withoutBom(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | null = new Uint8Array(0);
  for await (const chunk of chunks) {
    if (head === null) {
      yield chunk;
      continue;
    }
    const joined: Uint8Array = new Uint8Array(head.length + chunk.length);
    joined.set(head);
    joined.set(chunk, head.length);
    head = joined;
    if (joined.length < 3) continue;
    yield joined[0] === 0xef && joined[1] === 0xbb && joined[2] === 0xbf ? joined.subarray(3) : joined;
    head = null;
  }
  if (head !== null) yield head;
}

/** JSON lines as CSV: the columns are the keys of the first line. */
async function* csvOfJsonLines(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder();
  let columns: string[] | null = null;
  let rest = '';
  let line = 0;
  const parsed = (text: string): Record<string, unknown> => {
    line++;
    try {
      const row: unknown = JSON.parse(text);
      if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row as Record<string, unknown>;
    } catch {
      // reported below
    }
    throw new RelayError('invalid_input', `${name} cannot be used: line ${line} is no JSON object`);
  };
  const csvOf = (lines: readonly string[]): Uint8Array => {
    let csv = '';
    for (const text of lines) {
      if (text.trim() === '') {
        line++;
        continue;
      }
      const row = parsed(text);
      if (columns === null) {
        columns = Object.keys(row);
        csv += csvRow(columns);
      }
      csv += csvRow(columns.map((column) => (row[column] == null ? '' : String(row[column]))));
    }
    return toBytes(csv);
  };
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (lines.length > 0) yield csvOf(lines);
  }
  if (rest !== '') yield csvOf([rest]);
}

/** Quoted throughout where a row of one empty cell would be a blank line. */
function csvRow(cells: readonly string[]): string {
  return `${cells.map((cell) => (cell === '' || /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`;
}
