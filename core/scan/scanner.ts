/**
 * Finds the fields of delimited records in a window of UTF-8 bytes: RFC 4180 with LF, CRLF or CR record ends and a
 * delimiter of any length. A record whose quoting does not hold is handed to `damaged.ts`, which bounds the damage.
 */
import { PLAIN, QUOTED, QUOTED_DOUBLED, RECORD_TOO_LONG, type RecordBatch, WELL_FORMED } from './batch.ts';
import { type DamagedRecord, readDamaged } from './damaged.ts';
import { escapesNext, unescapeFields } from './escapes.ts';

export interface ScanDialect {
  /** The delimiter's UTF-8 bytes, at least one. */
  delimiter: Uint8Array;
  /** The quote's byte, or -1 where quotes have no meaning. */
  quote: number;
  /** The byte that takes the meaning from a quote, a delimiter or itself after it; -1 for none. */
  escape: number;
}

const LF = 10;
const CR = 13;

export class Scanner {
  /** The physical line of the next record, from 1. */
  line = 1;
  /** The number of fields a record should have, 0 while unknown: it helps to bound damaged records. */
  width = 0;

  /** Inside the rest of an overlong record: of its line, or of its quoted field. */
  #skipping: 'nothing' | 'line' | 'quoted' = 'nothing';
  readonly #delimiter: Uint8Array;
  readonly #dialect: ScanDialect;
  readonly #recordBytesMax: number;
  /** By byte: 1 where an unquoted field may end. */
  readonly #stops = new Uint8Array(256);

  constructor(dialect: ScanDialect, recordBytesMax: number) {
    this.#dialect = dialect;
    this.#delimiter = dialect.delimiter;
    this.#recordBytesMax = recordBytesMax;
    for (const byte of [LF, CR, dialect.delimiter[0]!]) this.#stops[byte] = 1;
    if (dialect.escape >= 0) this.#stops[dialect.escape] = 1;
  }

  get quote(): number {
    return this.#dialect.quote;
  }

  /**
   * Adds the whole records of `window[from, to)` to the batch until it has `most`; returns the position up to which the
   * window was used. A record that may go on past `to` stays unless `final`. `window[to]` is overwritten.
   */
  scan(
    window: Uint8Array,
    from: number,
    to: number,
    final: boolean,
    batch: RecordBatch,
    most = batch.recordsMax,
  ): number {
    window[to] = LF;
    let at = from;
    if (this.#skipping === 'quoted') at = this.#skipQuoted(window, at, to, final);
    if (this.#skipping === 'line') at = this.#skipLine(window, at, to, final);
    while (at < to && this.#skipping === 'nothing' && batch.count < most) {
      const byte = window[at]!;
      const next =
        byte === LF || byte === CR
          ? this.#blankLine(window, at, to, final)
          : this.#record(window, at, to, final, batch);
      if (next < 0) break;
      at = next;
    }
    return at;
  }

  #skipLine(window: Uint8Array, from: number, to: number, final: boolean): number {
    let at = from;
    while (window[at] !== LF && window[at] !== CR) at++;
    if (at >= to) return to;
    const next = afterLineEnd(window, at, to, final);
    if (next < 0) return at;
    this.#skipping = 'nothing';
    this.line++;
    return next;
  }

  /** Passes over the rest of a quoted field; stops where more bytes are needed to see what comes next. */
  #skipQuoted(window: Uint8Array, from: number, to: number, final: boolean): number {
    const { quote } = this.#dialect;
    for (let at = from; at < to; at++) {
      const byte = window[at]!;
      if (byte !== quote && byte !== CR && byte !== LF) continue;
      if (!final && to - at <= this.#delimiter.length) return at;
      const next = window[at + 1]!;
      if (byte === LF || (byte === CR && next !== LF)) this.line++;
      if (byte !== quote) continue;
      if (next === quote && at + 1 < to) at++;
      else if (at + 1 >= to || next === LF || next === CR || this.#delimiterAt(window, at + 1, to)) {
        this.#skipping = 'line';
        return at + 1;
      }
    }
    return to;
  }

  #blankLine(window: Uint8Array, at: number, to: number, final: boolean): number {
    const next = afterLineEnd(window, at, to, final);
    if (next >= 0) this.line++;
    return next;
  }

  /** Reads one record; returns the position after it, or -1 when it is not whole yet. */
  #record(window: Uint8Array, start: number, to: number, final: boolean, batch: RecordBatch): number {
    const firstField = batch.fields;
    const line = this.line;
    const delimiter0 = this.#delimiter[0]!;
    const wide = this.#delimiter.length > 1;
    const stops = this.#stops;
    const { quote, escape: escaping } = this.#dialect;
    let at = start;
    for (;;) {
      let byte = window[at]!;
      if (byte === quote && at < to) {
        const end = this.#quotedEnd(window, at, to, final, batch);
        if (end < 0) return this.#notWhole(window, start, to, final, batch, firstField, line, end);
        at = end;
        byte = window[at]!;
      } else {
        const fieldStart = at;
        while (stops[byte] === 0 || (wide && byte === delimiter0 && !this.#delimiterAt(window, at, to))) {
          byte = window[++at]!;
        }
        if (byte === escaping && at < to) {
          at = this.#afterEscapes(window, at, to, final);
          byte = window[at]!;
        }
        if (batch.fields === batch.fieldStart.length) batch.growFields();
        const field = batch.fields++;
        batch.fieldStart[field] = fieldStart;
        batch.fieldEnd[field] = at;
        batch.fieldStyle[field] = PLAIN;
      }
      if (at >= to) {
        if (!final) return this.#notWhole(window, start, to, final, batch, firstField, line, NOT_WHOLE);
        break;
      }
      if (byte === LF || byte === CR) break;
      at += this.#delimiter.length;
    }
    const next = at >= to ? to : afterLineEnd(window, at, to, final);
    if (next < 0) return this.#notWhole(window, start, to, final, batch, firstField, line, NOT_WHOLE);
    if (at - start > this.#recordBytesMax) {
      return this.#notWhole(window, start, to, final, batch, firstField, line, OUT_OF_PLACE);
    }
    if (escaping >= 0) unescapeFields(window, batch, firstField, this.#dialect);
    batch.addRecord(firstField, line, WELL_FORMED, 0);
    this.line++;
    return next;
  }

  /** The end of the unquoted field in which an escape character stands at `from`. */
  #afterEscapes(window: Uint8Array, from: number, to: number, final: boolean): number {
    let at = from;
    while (at < to) {
      const byte = window[at]!;
      if (byte === this.#dialect.escape) {
        if (at + 1 >= to && !final) return to;
        at += escapesNext(window, at, to, this.#dialect) ? 2 : 1;
      } else if (byte === LF || byte === CR || this.#delimiterAt(window, at, to)) break;
      else at++;
    }
    return at;
  }

  /** Adds the quoted field that opens at `at`; the position after its closing quote, or why there is none. */
  #quotedEnd(window: Uint8Array, at: number, to: number, final: boolean, batch: RecordBatch): number {
    const { quote, escape: escaping } = this.#dialect;
    let style = QUOTED;
    let lines = 0;
    let i = at + 1;
    for (;;) {
      while (i < to) {
        const byte = window[i]!;
        if (byte === quote || byte === escaping) break;
        if (byte === LF || (byte === CR && window[i + 1] !== LF)) lines++;
        i++;
      }
      if (i >= to) return final ? OUT_OF_PLACE : NOT_WHOLE;
      if (window[i] !== quote) {
        i += escapesNext(window, i, to, this.#dialect) ? 2 : 1;
        continue;
      }
      if (i + 1 >= to) {
        if (!final) return NOT_WHOLE;
        break;
      }
      const next = window[i + 1]!;
      if (next === quote) {
        style = QUOTED_DOUBLED;
        i += 2;
        continue;
      }
      if (next === LF || next === CR || this.#delimiterAt(window, i + 1, to)) break;
      if (!final && to - i - 1 < this.#delimiter.length) return NOT_WHOLE;
      return OUT_OF_PLACE;
    }
    batch.addField(at + 1, i, style);
    this.line += lines;
    return i + 1;
  }

  #delimiterAt(window: Uint8Array, at: number, to: number): boolean {
    const delimiter = this.#delimiter;
    if (window[at] !== delimiter[0] || at + delimiter.length > to) return false;
    for (let k = 1; k < delimiter.length; k++) if (window[at + k] !== delimiter[k]) return false;
    return true;
  }

  /** Takes back a record that was begun: it waits for more bytes, or is damaged and gets the slow reading. */
  #notWhole(
    window: Uint8Array,
    start: number,
    to: number,
    final: boolean,
    batch: RecordBatch,
    firstField: number,
    line: number,
    why: number,
  ): number {
    batch.fields = firstField;
    this.line = line;
    // a record within the limit would be whole by now, with its line end and what can follow a closing quote
    const settled = this.#recordBytesMax + this.#delimiter.length + 2;
    if (why === NOT_WHOLE && to - start <= settled) return -1;
    const damaged = readDamaged(window, start, to, final, this.#dialect, this.#recordBytesMax, this.width);
    if (damaged === null) return -1;
    return this.#addDamaged(damaged, batch, firstField);
  }

  #addDamaged(damaged: DamagedRecord, batch: RecordBatch, firstField: number): number {
    for (const field of damaged.fields) batch.addField(field.start, field.end, field.style);
    batch.addRecord(firstField, this.line, damaged.fault, damaged.faultField);
    this.line += damaged.lines;
    if (damaged.fault === RECORD_TOO_LONG) this.#skipping = damaged.quoteOpen ? 'quoted' : 'line';
    return damaged.next;
  }
}

/** The record goes on past the window. */
const NOT_WHOLE = -1;
/** A quote stands where none can. */
const OUT_OF_PLACE = -2;

/** The position after the line end at `at`, or -1 when a CR is the window's last byte and an LF may follow. */
function afterLineEnd(window: Uint8Array, at: number, to: number, final: boolean): number {
  if (window[at] === LF) return at + 1;
  if (at + 1 >= to) return final ? to : -1;
  return window[at + 1] === LF ? at + 2 : at + 1;
}
