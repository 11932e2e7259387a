/**
 * Finds the fields of delimited records in a window of UTF-8 bytes: RFC 4180 with LF, CRLF or CR record ends and a
 * delimiter of any length. `damaged.ts` reads the records whose quoting is broken or which are too long.
 *
 * Why it is fast: it makes no string or object per field, only entries in the batch's typed arrays. A byte inside a
 * field costs one look-up in a table of stops; the LF written after the window's end stops these loops, so they check
 * no bounds. Methods are small and called per record, so V8 compiles them early, once. What would make it slow: an
 * allocation or a closure in `#record`, a second test for every byte, or one large method for everything.
 */

// biome-ignore-all lint/style/noNonNullAssertion: the LF after the window's end bounds every index
import { isLineEnd } from '../bytes/ascii.ts';
import type { Kernel } from '../kernel/kernel.ts';
import {
  CR_END,
  CRLF_END,
  LF_END,
  NO_END,
  PLAIN,
  QUOTED,
  QUOTED_DOUBLED,
  RECORD_TOO_LONG,
  type RecordBatch,
  TOO_MANY_CELLS,
} from './batch.ts';
import { delimiterAt } from './bytes.ts';
import { afterLineEnd, type ScanCursor } from './cursor.ts';
import { type DamagedRecord, DamagedRecordReader } from './damaged.ts';
import type { ScanDialect } from './dialect.ts';
import { escapesNext, unescapeFields } from './escapes.ts';
import { KernelScan } from './kernel-scan.ts';

// own copies: V8 reads an imported constant from memory each time, which costs a tenth of the speed on quoted fields
const LF = 0x0a;
const CR = 0x0d;

/** Instead of a position: the record goes on past the window. */
const INCOMPLETE = -1;
/** Instead of a position: a quote is misplaced, or never closed. */
const BAD_QUOTE = -2;
/** Instead of a position: the record is longer than the limit. */
const OVERLONG = -3;

function byteEnd(byte: number): number {
  return byte === LF ? LF_END : CR_END;
}

export class Scanner {
  /** The physical line of the next record, from 1. */
  line = 1;
  /** The number of fields a record should have, 0 while unknown: it helps to find where damaged records end. */
  width = 0;

  /** The rest of an overlong record that is being skipped: of its line, or of its quoted field. */
  #skipping: 'nothing' | 'line' | 'quoted' = 'nothing';
  /** Line ends inside the quoted fields of the current record. */
  #innerLineEnds = 0;
  readonly #delimiter: Uint8Array;
  readonly #dialect: ScanDialect;
  readonly #recordBytesMax: number;
  readonly #recordCellsMax: number;
  readonly #damaged: DamagedRecordReader;
  /** By byte: 1 where an unquoted field may end. */
  readonly #stops = new Uint8Array(256);
  /** By byte: 1 where the loop over a quoted field must look closer. */
  readonly #quotedStops = new Uint8Array(256);
  #kernel: KernelScan | null = null;

  constructor(dialect: ScanDialect, recordBytesMax: number, recordCellsMax = Number.MAX_SAFE_INTEGER) {
    this.#dialect = dialect;
    this.#delimiter = dialect.delimiter;
    this.#recordBytesMax = recordBytesMax;
    this.#recordCellsMax = recordCellsMax;
    this.#damaged = new DamagedRecordReader(dialect, recordBytesMax);
    const { delimiter, quote, escape: escaping } = dialect;
    // -1, which means none, is no place in these arrays: they ignore it
    for (const byte of [LF, CR, escaping, delimiter[0]!]) this.#stops[byte] = 1;
    for (const byte of [LF, CR, escaping, quote]) this.#quotedStops[byte] = 1;
  }

  /** From now on the kernel reads what it can, in windows and batches in its memory. */
  useKernel(kernel: Kernel): void {
    const limits = { recordBytesMax: this.#recordBytesMax, recordCellsMax: this.#recordCellsMax };
    if (KernelScan.reads(this.#dialect)) this.#kernel ??= new KernelScan(kernel, this.#dialect, limits);
  }

  get quote(): number {
    return this.#dialect.quote;
  }

  /** False inside an overlong record whose rest is skipped. */
  get isBetweenRecords(): boolean {
    return this.#skipping === 'nothing';
  }

  /**
   * Adds whole records to the batch until it has `most`, and moves the cursor past them. A record that may go on past
   * the window stays for the next call, unless the cursor is `final`.
   */
  scan(cursor: ScanCursor, batch: RecordBatch, most = batch.recordsMax): void {
    const { bytes, end } = cursor;
    bytes[end] = LF;
    if (this.#skipping === 'quoted') cursor.at = this.#skipQuoted(cursor);
    if (this.#skipping === 'line') cursor.at = this.#skipLine(cursor);
    while (cursor.at < end && this.#skipping === 'nothing' && batch.count < most) {
      if (this.#kernel !== null) {
        this.line = this.#kernel.scan(cursor, batch, most, this.line);
        if (cursor.at >= end || batch.count >= most) break;
      }
      const next = isLineEnd(bytes[cursor.at]!) ? this.#blankLine(cursor) : this.#record(cursor, batch);
      if (next < 0) break;
      cursor.at = next;
    }
  }

  #skipLine(cursor: ScanCursor): number {
    const { bytes, end } = cursor;
    let { at } = cursor;
    while (bytes[at] !== LF && bytes[at] !== CR) at++;
    if (at >= end) return end;
    const next = afterLineEnd(cursor, at);
    if (next < 0) return at;
    this.#skipping = 'nothing';
    this.line++;
    return next;
  }

  /** Skips the rest of a quoted field; stops where it needs more bytes to see what comes next. */
  #skipQuoted({ bytes, at: from, end, final }: ScanCursor): number {
    const { quote } = this.#dialect;
    for (let at = from; at < end; at++) {
      const byte = bytes[at]!;
      if (byte !== quote && byte !== CR && byte !== LF) continue;
      if (!final && end - at <= this.#delimiter.length) return at;
      const next = bytes[at + 1]!;
      if (byte === LF || (byte === CR && next !== LF)) this.line++;
      if (byte !== quote) continue;
      if (next === quote && at + 1 < end) at++;
      else if (at + 1 >= end || isLineEnd(next) || delimiterAt(bytes, at + 1, end, this.#delimiter)) {
        this.#skipping = 'line';
        return at + 1;
      }
    }
    return end;
  }

  #blankLine(cursor: ScanCursor): number {
    const next = afterLineEnd(cursor, cursor.at);
    if (next >= 0) this.line++;
    return next;
  }

  /** Adds the record at the cursor; returns the position after it, or `INCOMPLETE`. */
  #record(cursor: ScanCursor, batch: RecordBatch): number {
    const { bytes, at: start, end } = cursor;
    const firstField = batch.fields;
    const delimiter = this.#delimiter;
    const delimiter0 = delimiter[0]!;
    const isWide = delimiter.length > 1;
    const stops = this.#stops;
    const { quote, escape: escaping } = this.#dialect;
    this.#innerLineEnds = 0;
    let at = start;
    for (;;) {
      let byte = bytes[at]!;
      if (byte === quote && at < end) {
        const fieldEnd = this.#quotedField(cursor, at, batch);
        if (fieldEnd < 0) return this.#takeBack(cursor, batch, firstField, fieldEnd);
        at = fieldEnd;
        byte = bytes[at]!;
      } else {
        const fieldStart = at;
        while (stops[byte] === 0 || (isWide && byte === delimiter0 && !delimiterAt(bytes, at, end, delimiter))) {
          byte = bytes[++at]!;
        }
        if (byte === escaping && at < end) {
          at = this.#skipEscapes(cursor, at);
          byte = bytes[at]!;
        }
        if (batch.fields === batch.fieldStart.length) batch.growFields();
        const field = batch.fields++;
        batch.fieldStart[field] = fieldStart;
        batch.fieldEnd[field] = at;
        batch.fieldStyle[field] = PLAIN;
      }
      if (at >= end) {
        if (!cursor.final) return this.#takeBack(cursor, batch, firstField, INCOMPLETE);
        break;
      }
      if (byte === LF || byte === CR) break;
      at += delimiter.length;
    }
    const next = at >= end ? end : afterLineEnd(cursor, at);
    if (next < 0) return this.#takeBack(cursor, batch, firstField, INCOMPLETE);
    if (at - start > this.#recordBytesMax) return this.#takeBack(cursor, batch, firstField, OVERLONG);
    if (escaping >= 0) unescapeFields(bytes, batch, firstField, this.#dialect);
    const lineEnd = next - at === 2 ? CRLF_END : at >= end ? NO_END : byteEnd(bytes[at]!);
    batch.addRecord(firstField, this.line, lineEnd);
    if (batch.fields - firstField > this.#recordCellsMax) this.#cutCells(batch, firstField);
    this.line += 1 + this.#innerLineEnds;
    return next;
  }

  /** The end of the unquoted field that has an escape character at `from`. */
  #skipEscapes({ bytes, end, final }: ScanCursor, from: number): number {
    let at = from;
    while (at < end) {
      const byte = bytes[at]!;
      if (byte === this.#dialect.escape) {
        if (at + 1 >= end && !final) return end;
        at += escapesNext(bytes, at, end, this.#dialect) ? 2 : 1;
      } else if (isLineEnd(byte) || delimiterAt(bytes, at, end, this.#delimiter)) break;
      else at++;
    }
    return at;
  }

  /** Adds the quoted field that opens at `open`; returns the position after its closing quote, or why there is none. */
  #quotedField({ bytes, end, final }: ScanCursor, open: number, batch: RecordBatch): number {
    const { quote } = this.#dialect;
    const stops = this.#quotedStops;
    let style = QUOTED;
    let lineEnds = 0;
    let at = open + 1;
    for (;;) {
      while (stops[bytes[at]!] === 0) at++;
      if (at >= end) return final ? BAD_QUOTE : INCOMPLETE;
      const byte = bytes[at]!;
      if (byte !== quote) {
        if (byte === LF || (byte === CR && bytes[at + 1] !== LF)) lineEnds++;
        at += escapesNext(bytes, at, end, this.#dialect) ? 2 : 1;
        continue;
      }
      if (at + 1 >= end) {
        if (!final) return INCOMPLETE;
        break;
      }
      const next = bytes[at + 1]!;
      if (next === quote) {
        style = QUOTED_DOUBLED;
        at += 2;
        continue;
      }
      if (next === LF || next === CR || delimiterAt(bytes, at + 1, end, this.#delimiter)) break;
      if (!final && end - at - 1 < this.#delimiter.length) return INCOMPLETE;
      return BAD_QUOTE;
    }
    batch.addField(open + 1, at, style);
    this.#innerLineEnds += lineEnds;
    return at + 1;
  }

  /** Keeps only the first cells of the last record; an overlong record keeps its own fault. */
  #cutCells(batch: RecordBatch, firstField: number): void {
    batch.fields = firstField + this.#recordCellsMax;
    batch.firstField[batch.count] = batch.fields;
    if (batch.fault[batch.count - 1] !== RECORD_TOO_LONG) batch.setFault(TOO_MANY_CELLS, 0);
  }

  /**
   * Removes the fields of the record at the cursor from the batch: it waits for more bytes, or `damaged.ts` reads it.
   */
  #takeBack(cursor: ScanCursor, batch: RecordBatch, firstField: number, why: number): number {
    batch.fields = firstField;
    // a record within the limit would be complete by now, with its line end and the byte that must follow a closing
    // quote
    const undecidedBytesMax = this.#recordBytesMax + this.#delimiter.length + 2;
    if (why === INCOMPLETE && cursor.end - cursor.at <= undecidedBytesMax) return INCOMPLETE;
    const damaged = this.#damaged.read(cursor, this.width);
    if (damaged === null) return INCOMPLETE;
    return this.#addDamaged(damaged, batch, firstField);
  }

  #addDamaged(damaged: DamagedRecord, batch: RecordBatch, firstField: number): number {
    for (const field of damaged.fields) batch.addField(field.start, field.end, field.style);
    batch.addRecord(firstField, this.line);
    batch.setFault(damaged.fault, damaged.faultField);
    if (batch.fields - firstField > this.#recordCellsMax) this.#cutCells(batch, firstField);
    this.line += damaged.lines;
    if (damaged.fault === RECORD_TOO_LONG) this.#skipping = damaged.quoteOpen ? 'quoted' : 'line';
    return damaged.next;
  }
}
