/**
 * Reads a table sorted by SKU, row by row, beside a merge: the published feed, its state, decisions. Rows are read in
 * place, in a window over the table.
 *
 * The methods that a merge calls per SKU are synchronous; they say when `refill` is due.
 *
 * A merge expects most rows to equal what it is about to write. It opens the table with `expects`; then a row is
 * scanned only when `load` asks for it: `startsWith` compares the next row's bytes with the expected ones, and `pass`
 * moves past it.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the batch's counts bound records and fields
import { toBytes, toText } from '../../../bytes/text.ts';
import { RelayError } from '../../../errors.ts';
import type { ByteSource, EngineLimits, Hasher } from '../../../ports/engine.ts';
import { LF_END, PLAIN, QUOTED_DOUBLED, RecordBatch, WELL_FORMED } from '../../../scan/batch.ts';
import { cellText, recordCells } from '../../../scan/cells.ts';
import { Scanner } from '../../../scan/scanner.ts';
import type { LineBuffer } from './line-buffer.ts';
import { tableChunks } from './table-chunks.ts';
import { linesIn, TableWindow } from './table-window.ts';

/** Answers of `seek` and of `startsWith`. */
export const MISSING = 0;
export const FOUND = 1;
export const NEEDS_REFILL = 2;
/** Answers of `nextAt`. */
export const NOT_IN_WINDOW = -1;
const NO_SUCH_ROW = -2;

const DIALECT = { delimiter: toBytes(','), quote: 0x22, escape: -1 };
/** Bytes that are collected before they are scanned. */
const WINDOW_BYTES = 128 * 1024;
const LF = 0x0a;
const COMMA = 0x2c;
const QUOTE = 0x22;
const CR = 0x0d;

export interface SortedRowsOptions {
  /** What the table is, for messages. */
  name: string;
  format?: 'csv' | 'jsonl';
  /** Gets all bytes of the source. */
  hasher?: Hasher | null;
  /** True if most rows will be passed without being scanned. */
  expects?: boolean;
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
  readonly batch: RecordBatch;
  record = 0;
  /** The first field of the current row. */
  first = 0;
  sku: Uint8Array = new Uint8Array(0);
  skuStart = 0;
  skuEnd = 0;

  /** Positions in the header, found once: rows are many. -1 if there is no such column. */
  priceColumn = -1;
  quantityColumn = -1;

  readonly #name: string;
  readonly #window: TableWindow;
  readonly #scanner: Scanner;
  readonly #expects: boolean;
  readonly #recordBytesMax: number;
  #skuColumn = 0;
  #unescaped = new Uint8Array(256);
  /** The SKU of the row before, in the window or in `#kept`. */
  #previous: Uint8Array = new Uint8Array(0);
  #previousStart = 0;
  #previousEnd = -1;
  #kept: Uint8Array = new Uint8Array(256);
  /** True if the window must move before another row can be read. */
  #isShort = false;
  /** Cached views of the window and of the expected bytes: mostly the same arrays as before. */
  #viewed: Uint8Array | null = null;
  #expected: Uint8Array | null = null;
  #windowView: DataView = new DataView(new ArrayBuffer(0));
  #expectedView: DataView = this.#windowView;

  private constructor(source: ByteSource, options: SortedRowsOptions) {
    const { name, format = 'csv', hasher = null, expects = false, limits } = options;
    this.#name = name;
    this.#window = new TableWindow(
      tableChunks(source, { name, format, hasher }),
      Math.min(WINDOW_BYTES, limits.windowBytes),
    );
    this.#scanner = new Scanner(DIALECT, limits.recordBytesMax);
    this.#recordBytesMax = limits.recordBytesMax;
    this.#expects = expects;
    this.batch = new RecordBatch(expects ? 1 : undefined);
  }

  /** Reads the header and the first row. Throws `invalid_input`. */
  static async open(source: ByteSource, options: SortedRowsOptions): Promise<SortedRows> {
    const rows = new SortedRows(source, options);
    try {
      await rows.#start();
    } catch (error) {
      await rows.close();
      throw error;
    }
    return rows;
  }

  async #start(): Promise<void> {
    if (!(await this.#readOn(1))) return;
    this.columns = recordCells(this.window, this.batch, 0);
    this.#skuColumn = this.columns.indexOf('sku');
    if (this.#skuColumn < 0) throw this.unusable('it has no column sku');
    this.priceColumn = this.indexOf('price');
    this.quantityColumn = this.indexOf('quantity_available');
    this.record = this.batch.count;
    if (!this.load()) await this.refill();
  }

  get window(): Uint8Array {
    return this.#window.bytes;
  }

  /** The column's position in the header; -1 if there is none. */
  indexOf(column: string): number {
    return this.columns.indexOf(column);
  }

  /** Negative, zero or positive if the current SKU is before, equal to or after `sku`. */
  compare(sku: Uint8Array, length: number): number {
    return this.#order(sku, 0, length);
  }

  /** Moves to the first row that is not before `sku`: `FOUND` if it is that SKU's. */
  seek(sku: Uint8Array, length: number): number {
    for (;;) {
      if (!this.load()) return this.isEnded ? MISSING : NEEDS_REFILL;
      const order = this.compare(sku, length);
      if (order >= 0) return order === 0 ? FOUND : MISSING;
      this.advance();
    }
  }

  /** Moves past the current row; without `expects` the next one becomes current. */
  advance(): void {
    this.#keepPrevious();
    this.record++;
    this.isReady = false;
    if (!this.#expects) this.load();
  }

  /** Makes the next row the current one, unless there is one; false if `refill` is due, or at the end. */
  load(): boolean {
    if (this.isReady) return true;
    if (this.isEnded || this.#isShort) return false;
    if (this.record >= this.batch.count && !this.#scan(this.batch.recordsMax)) {
      this.#isShort = true;
      return false;
    }
    this.#load();
    return true;
  }

  /** `FOUND` if the next row is exactly these bytes, a well-formed record with its LF; `MISSING` if that is not known. */
  startsWith(bytes: Uint8Array, from: number, to: number): number {
    const at = this.nextAt(to - from);
    if (at < 0) return at === NOT_IN_WINDOW ? NEEDS_REFILL : MISSING;
    return this.hasAt(at, bytes, from, to) ? FOUND : MISSING;
  }

  /**
   * Where the next row begins in the window, if a row of so many bytes (with its LF) can be there. Otherwise
   * `NOT_IN_WINDOW` if `refill` is due, or `NO_SUCH_ROW`.
   */
  nextAt(length: number): number {
    const { end } = this.#window;
    if (this.isReady) {
      const at = this.#rowStart;
      return end - at < length || length > this.#recordBytesMax ? NO_SUCH_ROW : at;
    }
    if (this.isEnded || this.#isShort || this.record < this.batch.count || length > this.#recordBytesMax)
      return NO_SUCH_ROW;
    const { at } = this.#window;
    if (end - at >= length) return at;
    if (this.#window.final) return NO_SUCH_ROW;
    this.#isShort = true;
    return NOT_IN_WINDOW;
  }

  /** True if these bytes are in the window at `at`, which has room for them. Compares four bytes at a time. */
  hasAt(at: number, bytes: Uint8Array, from: number, to: number): boolean {
    if (this.#viewed !== this.window) this.#viewWindow();
    if (this.#expected !== bytes) this.#viewExpected(bytes);
    const window = this.#windowView;
    const expected = this.#expectedView;
    let i = at;
    let j = from;
    for (; j + 4 <= to; i += 4, j += 4) if (window.getInt32(i, true) !== expected.getInt32(j, true)) return false;
    for (; j < to; i++, j++) if (window.getInt8(i) !== expected.getInt8(j)) return false;
    return true;
  }

  #viewWindow(): void {
    this.#viewed = this.window;
    this.#windowView = viewOf(this.window);
  }

  #viewExpected(bytes: Uint8Array): void {
    this.#expected = bytes;
    this.#expectedView = viewOf(bytes);
  }

  /** Moves past the row of this SKU at `nextAt`: a well-formed record of so many bytes. */
  pass(bytes: number, sku: Uint8Array, length: number): void {
    if (this.isReady) {
      this.advance();
      return;
    }
    const { at } = this.#window;
    this.#scanner.line += linesIn(this.window, at, at + bytes);
    this.#window.at = at + bytes;
    this.rows++;
    if (this.#skuColumn > 0 || this.window[at] === QUOTE) this.#keep(sku, 0, length);
    else {
      this.#previous = this.window;
      this.#previousStart = at;
      this.#previousEnd = at + length;
    }
  }

  /** Moves the window to `room`, in other memory. Not under a smaller limit of records: the kernel would pass longer ones. */
  moveTo(room: Uint8Array): void {
    if (this.#recordBytesMax >= room.length) this.#window.moveTo(room);
  }

  /** Where the next rows begin and end in the window, if that is in `room` and no row is scanned; else null. */
  unscannedIn(room: Uint8Array): { at: number; end: number } | null {
    const isScanned = this.isReady || this.isEnded || this.#isShort || this.record < this.batch.count;
    return isScanned || this.window !== room ? null : this.#window;
  }

  /** Moves past well-formed rows up to a place in the window, of which some may be `quoted`; the SKU is the last one's. */
  passTo(
    place: number,
    { rows, quoted }: { rows: number; quoted: boolean },
    sku: { bytes: Uint8Array; from: number; to: number },
  ): void {
    // a cell with a line end has quotes
    this.#scanner.line += quoted ? linesIn(this.window, this.#window.at, place) : rows;
    this.#window.at = place;
    this.rows += rows;
    this.#keep(sku.bytes, sku.from, sku.to);
  }

  /** Reads on if there is no current row. */
  async refill(): Promise<void> {
    if (this.isReady || this.isEnded || !this.#isShort) return;
    if (await this.#readOn(this.batch.recordsMax)) this.#load();
  }

  /** Stops reading before the end. */
  async close(): Promise<void> {
    await this.#window.close();
  }

  /** The line of the current row. */
  get line(): number {
    return this.batch.line[this.record]!;
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

  /** Moves the window on until it has a record to scan; false at the end. */
  async #readOn(most: number): Promise<boolean> {
    // the window moves away from under it
    if (this.#previousEnd >= 0) this.#keep(this.#previous, this.#previousStart, this.#previousEnd);
    for (;;) {
      await this.#window.fill();
      this.#isShort = false;
      if (this.#scan(most)) return true;
      if (!this.#window.final) continue;
      this.isEnded = true;
      return false;
    }
  }

  /** Scans the next records of the window; false if there is no whole one. */
  #scan(most: number): boolean {
    this.batch.clear();
    this.record = 0;
    if (this.#expects && this.#scanPlain()) return true;
    this.#scanner.scan(this.#window, this.batch, most);
    return this.batch.count > 0;
  }

  /** Scans one record that has no quotes and ends with LF, as nearly all do; false if the next record is different. */
  #scanPlain(): boolean {
    const { batch } = this;
    const { bytes, at, end } = this.#window;
    const limit = Math.min(end, at + this.#recordBytesMax);
    let start = at;
    for (let i = at; i < limit; i++) {
      const byte = bytes[i]!;
      if (byte > COMMA) continue;
      if (byte === COMMA || (byte === LF && i > at)) {
        batch.addField(start, i, PLAIN);
        start = i + 1;
        if (byte === COMMA) continue;
        batch.addRecord(0, this.#scanner.line++, LF_END);
        this.#window.at = start;
        return true;
      }
      if (byte === QUOTE || byte === CR || byte === LF) break;
    }
    batch.clear();
    return false;
  }

  #load(): void {
    const { batch, record } = this;
    this.first = batch.firstField[record]!;
    if (batch.fault[record] !== WELL_FORMED || batch.firstField[record + 1]! - this.first !== this.columns.length) {
      throw this.unusable(`line ${batch.line[record]} does not have its ${this.columns.length} columns`);
    }
    const field = this.first + this.#skuColumn;
    this.sku = this.window;
    this.skuStart = batch.fieldStart[field]!;
    this.skuEnd = batch.fieldEnd[field]!;
    if (batch.fieldStyle[field] === QUOTED_DOUBLED) this.#unescape();
    this.isReady = true;
    this.rows++;
    if (this.#previousEnd >= 0 && this.#order(this.#previous, this.#previousStart, this.#previousEnd) <= 0) {
      const shown = toText(this.sku, this.skuStart, this.skuEnd).slice(0, 100);
      throw this.unusable(`it is not sorted by SKU, each once: "${shown}" on line ${this.line}`);
    }
  }

  #order(sku: Uint8Array, start: number, end: number): number {
    const own = this.sku;
    const from = this.skuStart;
    const ownLength = this.skuEnd - from;
    const length = end - start;
    const shared = ownLength < length ? ownLength : length;
    for (let i = 0; i < shared; i++) {
      const difference = own[from + i]! - sku[start + i]!;
      if (difference !== 0) return difference;
    }
    return ownLength - length;
  }

  /** The current SKU becomes the previous one. */
  #keepPrevious(): void {
    if (this.sku !== this.window) {
      this.#keep(this.sku, this.skuStart, this.skuEnd);
      return;
    }
    this.#previous = this.sku;
    this.#previousStart = this.skuStart;
    this.#previousEnd = this.skuEnd;
  }

  /** Copies the previous SKU. */
  #keep(sku: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (this.#kept.length < length) this.#kept = new Uint8Array(length * 2);
    const kept = this.#kept;
    if (sku !== kept) for (let i = 0; i < length; i++) kept[i] = sku[start + i]!;
    this.#previous = kept;
    this.#previousStart = 0;
    this.#previousEnd = length;
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

  /** To be thrown: what is wrong with the table. */
  unusable(why: string): RelayError {
    return new RelayError('invalid_input', `${this.#name} cannot be used: ${why}`);
  }
}

/** The array may be a part of a larger memory, such as the kernel's. */
function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
