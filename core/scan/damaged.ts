/**
 * The slow reading of one record whose quoting does not hold or which is too long. It decides where the record ends, so
 * that one bad quote neither swallows the rows after it nor leaves its own remains behind as rows.
 *
 * The decision depends on the record's first `recordBytesMax` bytes alone, never on how the feed was cut into chunks.
 */

import { assert } from '../errors.ts';
import { MALFORMED_QUOTE, PLAIN, QUOTED, QUOTED_DOUBLED, RECORD_TOO_LONG, WELL_FORMED } from './batch.ts';
import { escapesNext } from './escapes.ts';
import type { ScanDialect } from './scanner.ts';

export interface DamagedField {
  start: number;
  end: number;
  style: number;
}

export interface DamagedRecord {
  fields: DamagedField[];
  fault: number;
  faultField: number;
  /** The position after the record's end. A record that is `RECORD_TOO_LONG` goes on there: the caller skips to its end. */
  next: number;
  /** Whether it goes on inside a quoted field. */
  quoteOpen: boolean;
  /** Physical lines that the record takes up. */
  lines: number;
}

/** Bytes of an overlong record that are kept to tell the user which one it is. */
const EXCERPT_BYTES = 4096;

/** Null when more bytes are needed to decide. */
export function readDamaged(
  window: Uint8Array,
  start: number,
  to: number,
  final: boolean,
  dialect: ScanDialect,
  recordBytesMax: number,
  width: number,
): DamagedRecord | null {
  const horizon = Math.min(to, start + recordBytesMax);
  const whole = final && horizon === to;
  const decided = whole || to > start + recordBytesMax;
  const lineLimit = Math.min(to, horizon + 1);
  if (lineEnd(window, start, lineLimit) === lineLimit && !whole)
    return decided ? tooLong(window, start, horizon, dialect) : null;

  const across = readLenient(window, start, horizon, dialect, true);
  if (!decided && (across === UNDECIDED || (typeof across === 'object' && across.end === horizon))) return null;
  if (across === UNDECIDED && !whole && width > 0 && !holdsRows(window, start, horizon, dialect, width)) {
    return tooLongInQuotes(window, start, horizon, dialect);
  }
  const fits =
    typeof across === 'object' &&
    (across.lines === 1 || (across.fields.length === width && !holdsRows(window, start, across.end, dialect, width)));
  const record = fits ? across : readLenient(window, start, horizon, dialect, false);
  assert(typeof record === 'object', 'a damaged record always has a reading within its own lines');
  if (!decided && record.end === horizon) return null;
  if (!final && record.end + 1 >= to && window[record.end] === 13) return null;
  const next = record.end >= to ? to : skipLineEnd(window, record.end, to);
  const { fields, fault, faultField, lines } = record;
  return { fields, fault, faultField, next, quoteOpen: false, lines };
}

/** There is no closing quote in the bytes at hand. */
const UNDECIDED = 'undecided';
/** A quote before the closing one opens another field. */
const NO_READING = 'no reading';

interface Lenient {
  fields: DamagedField[];
  fault: number;
  faultField: number;
  /** The position of the record's line end, or of the end of the bytes. */
  end: number;
  lines: number;
}

/**
 * Reads a record, taking quotes that are out of place literally. With `across`, a damaged field may go on over line
 * ends up to a closing quote, unless a quote before that one looks like the opening of another field; null then, or
 * when there is no closing quote. Without, a field that does not close on its own line ends with the line.
 */
function readLenient(
  window: Uint8Array,
  start: number,
  horizon: number,
  dialect: ScanDialect,
  across: boolean,
): Lenient | typeof UNDECIDED | typeof NO_READING {
  const result: Lenient = { fields: [], fault: WELL_FORMED, faultField: 0, end: horizon, lines: 1 };
  let at = start;
  for (;;) {
    if (at < horizon && window[at] === dialect.quote) {
      const quoted = readQuoted(window, at, horizon, dialect, across);
      if (typeof quoted === 'string') return quoted;
      if (quoted.damaged && result.fault === WELL_FORMED) {
        result.fault = MALFORMED_QUOTE;
        result.faultField = result.fields.length;
      }
      result.fields.push({ start: at + 1, end: quoted.end, style: quoted.style });
      result.lines += quoted.lines;
      at = quoted.next;
    } else {
      const fieldStart = at;
      while (at < horizon && !isLineEnd(window[at]!) && !delimiterAt(window, at, horizon, dialect.delimiter)) {
        at += escapesNext(window, at, horizon, dialect) ? 2 : 1;
      }
      result.fields.push({ start: fieldStart, end: at, style: PLAIN });
    }
    if (at >= horizon || isLineEnd(window[at]!)) {
      result.end = at;
      return result;
    }
    at += dialect.delimiter.length;
  }
}

/** Whether a line after the first of `[start, end)` would make a row of the table's width on its own. */
function holdsRows(window: Uint8Array, start: number, end: number, dialect: ScanDialect, width: number): boolean {
  let at = lineEnd(window, start, end);
  while (at < end) {
    const from = skipLineEnd(window, at, end);
    at = lineEnd(window, from, end);
    let fields = 1;
    for (let i = from; i < at; i++) if (delimiterAt(window, i, at, dialect.delimiter)) fields++;
    if (fields === width) return true;
  }
  return false;
}

interface Quoted {
  end: number;
  next: number;
  style: number;
  damaged: boolean;
  lines: number;
}

/** The quoted field that opens at `open`; see `readLenient` for `across`. */
function readQuoted(
  window: Uint8Array,
  open: number,
  horizon: number,
  dialect: ScanDialect,
  across: boolean,
): Quoted | typeof UNDECIDED | typeof NO_READING {
  const ownLine = lineEnd(window, open, horizon);
  let style = QUOTED;
  let strays = 0;
  let openers = 0;
  let i = open + 1;
  for (; i < horizon; i++) {
    if (escapesNext(window, i, horizon, dialect)) i++;
    else if (window[i] !== dialect.quote) continue;
    else if (window[i + 1] === dialect.quote && i + 1 < horizon) {
      style = QUOTED_DOUBLED;
      // a field that opens with two quotes and goes on, `,""Foo`, opens all the same
      if (i > ownLine && opensAfter(window, i, dialect.delimiter) && !endsField(window, i + 2, horizon, dialect)) {
        openers++;
        if (across) return NO_READING;
        break;
      }
      i++;
    } else if (endsField(window, i + 1, horizon, dialect)) {
      break;
    } else {
      strays++;
      if (opensAfter(window, i, dialect.delimiter)) openers++;
      if (i > ownLine && (openers > 0 || !across)) break;
    }
  }
  const closed = i < horizon && (i < ownLine || openers === 0) && (i < ownLine || strays === 0 || across);
  if (closed) {
    return { end: i, next: i + 1, style, damaged: strays > 0, lines: countLineEnds(window, open, i) };
  }
  if (across) return openers > 0 ? NO_READING : UNDECIDED;
  return { end: ownLine, next: ownLine, style: QUOTED, damaged: true, lines: 0 };
}

/** The first piece of a record that passes the limit, cut into fields without regard to quotes. */
function tooLong(window: Uint8Array, start: number, horizon: number, dialect: ScanDialect): DamagedRecord {
  const fields: DamagedField[] = [];
  const excerptEnd = Math.min(horizon, start + EXCERPT_BYTES);
  let fieldStart = start;
  let faultField = 0;
  for (let at = start; at < horizon; at++) {
    if (!delimiterAt(window, at, horizon, dialect.delimiter)) continue;
    if (at < excerptEnd) fields.push({ start: fieldStart, end: at, style: PLAIN });
    fieldStart = at + dialect.delimiter.length;
    at = fieldStart - 1;
    faultField++;
  }
  if (fieldStart < excerptEnd) fields.push({ start: fieldStart, end: excerptEnd, style: PLAIN });
  return { fields, fault: RECORD_TOO_LONG, faultField, next: horizon, quoteOpen: false, lines: 0 };
}

/** A record with a quoted field that goes on past the limit, over lines none of which would make a row. */
function tooLongInQuotes(window: Uint8Array, start: number, horizon: number, dialect: ScanDialect): DamagedRecord {
  const own = readLenient(window, start, horizon, dialect, false);
  assert(typeof own === 'object', 'a damaged record always has a reading within its own lines');
  // in steps of whole pairs of quotes, so as not to stop inside one
  let next = own.fields[own.fields.length - 1]!.start;
  while (next < horizon) {
    const pair = window[next] === dialect.quote && window[next + 1] === dialect.quote;
    next += pair ? 2 : 1;
  }
  const lines = countLineEnds(window, start, next);
  return { fields: own.fields, fault: RECORD_TOO_LONG, faultField: own.faultField, next, quoteOpen: true, lines };
}

/** Whether what stands at `at` ends a field. */
function endsField(window: Uint8Array, at: number, horizon: number, dialect: ScanDialect): boolean {
  return at >= horizon || isLineEnd(window[at]!) || delimiterAt(window, at, horizon, dialect.delimiter);
}

function isLineEnd(byte: number): boolean {
  return byte === 10 || byte === 13;
}

function lineEnd(window: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && !isLineEnd(window[at]!)) at++;
  return at;
}

function skipLineEnd(window: Uint8Array, at: number, to: number): number {
  return window[at] === 13 && at + 1 < to && window[at + 1] === 10 ? at + 2 : at + 1;
}

/** Whether the quote at `at` follows a delimiter or a line end, as an opening quote does. */
function opensAfter(window: Uint8Array, at: number, delimiter: Uint8Array): boolean {
  if (isLineEnd(window[at - 1]!)) return true;
  return at >= delimiter.length && delimiterAt(window, at - delimiter.length, at, delimiter);
}

function delimiterAt(window: Uint8Array, at: number, to: number, delimiter: Uint8Array): boolean {
  if (at + delimiter.length > to) return false;
  for (let k = 0; k < delimiter.length; k++) if (window[at + k] !== delimiter[k]) return false;
  return true;
}

function countLineEnds(window: Uint8Array, from: number, to: number): number {
  let lines = 0;
  for (let i = from; i < to; i++) {
    if (window[i] === 10 || (window[i] === 13 && window[i + 1] !== 10)) lines++;
  }
  return lines;
}
