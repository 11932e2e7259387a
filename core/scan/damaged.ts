/**
 * Reads, slowly, one record whose quoting is broken or which is too long. It decides where that record ends, so that
 * one bad quote neither swallows the rows after it nor leaves parts of its own record behind as rows.
 *
 * The decision depends on the record's first `recordBytesMax` bytes alone, never on how the feed was cut into chunks.
 * Positions are in the window; `horizon` is the position after the last byte that the decision may use.
 */

// biome-ignore-all lint/style/noNonNullAssertion: indexes are below the horizon, and a record has at least one field
import { CR, isLineEnd } from '../bytes/ascii.ts';
import { assert } from '../errors.ts';
import { MALFORMED_QUOTE, PLAIN, QUOTED, QUOTED_DOUBLED, RECORD_TOO_LONG, WELL_FORMED } from './batch.ts';
import { countLineEnds, delimiterAt, findLineEnd, skipLineEnd } from './bytes.ts';
import type { ScanCursor } from './cursor.ts';
import type { ScanDialect } from './dialect.ts';
import { escapesNext } from './escapes.ts';

export interface DamagedField {
  start: number;
  end: number;
  style: number;
}

export interface DamagedRecord {
  fields: DamagedField[];
  fault: number;
  faultField: number;
  /** The position after the record. For a `RECORD_TOO_LONG` the record goes on there, and the caller skips the rest. */
  next: number;
  /** True if it goes on inside a quoted field. */
  quoteOpen: boolean;
  /** Physical lines up to `next`. */
  lines: number;
}

/** Bytes of an overlong record that are kept, so that a user can find it. */
const EXCERPT_BYTES = 4096;

/** There is no closing quote in the bytes so far. */
const UNDECIDED = 'undecided';
/** A quote before the closing one opens another field. */
const NO_READING = 'no reading';

interface LenientRecord {
  fields: DamagedField[];
  fault: number;
  faultField: number;
  /** The position of the record's line end, or of the end of the bytes. */
  end: number;
  lines: number;
}

interface QuotedField {
  end: number;
  next: number;
  style: number;
  isDamaged: boolean;
  lines: number;
}

export class DamagedRecordReader {
  readonly #dialect: ScanDialect;
  readonly #delimiter: Uint8Array;
  readonly #recordBytesMax: number;

  constructor(dialect: ScanDialect, recordBytesMax: number) {
    this.#dialect = dialect;
    this.#delimiter = dialect.delimiter;
    this.#recordBytesMax = recordBytesMax;
  }

  /** The record at the cursor; null if the decision needs more bytes. `width` is the table's, 0 while unknown. */
  read({ bytes, at: start, end, final }: ScanCursor, width: number): DamagedRecord | null {
    const horizon = Math.min(end, start + this.#recordBytesMax);
    const isWhole = final && horizon === end;
    const isDecided = isWhole || end > start + this.#recordBytesMax;
    const lineLimit = Math.min(end, horizon + 1);
    if (findLineEnd(bytes, start, lineLimit) === lineLimit && !isWhole) {
      return isDecided ? this.#tooLong(bytes, start, horizon) : null;
    }

    const across = this.#lenient(bytes, start, horizon, true);
    if (!isDecided && (across === UNDECIDED || (typeof across === 'object' && across.end === horizon))) return null;
    if (across === UNDECIDED && !isWhole && width > 0 && !this.#hasRows(bytes, start, horizon, width)) {
      return this.#tooLongInQuotes(bytes, start, horizon);
    }
    const fits =
      typeof across === 'object' &&
      (across.lines === 1 || (across.fields.length === width && !this.#hasRows(bytes, start, across.end, width)));
    const record = fits ? across : this.#lenient(bytes, start, horizon, false);
    assert(typeof record === 'object', 'a damaged record always has a reading within its own lines');
    if (!isDecided && record.end === horizon) return null;
    if (!final && record.end + 1 >= end && bytes[record.end] === CR) return null;
    const next = record.end >= end ? end : skipLineEnd(bytes, record.end, end);
    const { fields, fault, faultField, lines } = record;
    return { fields, fault, faultField, next, quoteOpen: false, lines };
  }

  /**
   * Reads a record and takes misplaced quotes literally. With `across`, a damaged field may span lines up to a closing
   * quote: returns `NO_READING` if an earlier quote looks like the opening of another field, `UNDECIDED` if there is no
   * closing quote. Without `across`, a field that does not close on its own line ends with the line.
   */
  #lenient(
    bytes: Uint8Array,
    start: number,
    horizon: number,
    across: boolean,
  ): LenientRecord | typeof UNDECIDED | typeof NO_READING {
    const record: LenientRecord = { fields: [], fault: WELL_FORMED, faultField: 0, end: horizon, lines: 1 };
    let at = start;
    for (;;) {
      if (at < horizon && bytes[at] === this.#dialect.quote) {
        const quoted = this.#quoted(bytes, at, horizon, across);
        if (typeof quoted === 'string') return quoted;
        if (quoted.isDamaged && record.fault === WELL_FORMED) {
          record.fault = MALFORMED_QUOTE;
          record.faultField = record.fields.length;
        }
        record.fields.push({ start: at + 1, end: quoted.end, style: quoted.style });
        record.lines += quoted.lines;
        at = quoted.next;
      } else {
        const fieldStart = at;
        while (!this.#isFieldEnd(bytes, at, horizon)) at += escapesNext(bytes, at, horizon, this.#dialect) ? 2 : 1;
        record.fields.push({ start: fieldStart, end: at, style: PLAIN });
      }
      if (at >= horizon || isLineEnd(bytes[at]!)) {
        record.end = at;
        return record;
      }
      at += this.#delimiter.length;
    }
  }

  /** The quoted field that opens at `open`; `across` as in `#lenient`. */
  #quoted(
    bytes: Uint8Array,
    open: number,
    horizon: number,
    across: boolean,
  ): QuotedField | typeof UNDECIDED | typeof NO_READING {
    const { quote } = this.#dialect;
    const ownLineEnd = findLineEnd(bytes, open, horizon);
    let style = QUOTED;
    let strays = 0;
    let openers = 0;
    let at = open + 1;
    for (; at < horizon; at++) {
      if (escapesNext(bytes, at, horizon, this.#dialect)) at++;
      else if (bytes[at] !== quote) continue;
      else if (bytes[at + 1] === quote && at + 1 < horizon) {
        style = QUOTED_DOUBLED;
        // a field such as `,""Foo` that starts with two quotes and goes on still counts as opening
        if (at > ownLineEnd && this.#mayOpen(bytes, at) && !this.#isFieldEnd(bytes, at + 2, horizon)) {
          openers++;
          if (across) return NO_READING;
          break;
        }
        at++;
      } else if (this.#isFieldEnd(bytes, at + 1, horizon)) {
        break;
      } else {
        strays++;
        if (this.#mayOpen(bytes, at)) openers++;
        if (at > ownLineEnd && (openers > 0 || !across)) break;
      }
    }
    const isClosed = at < horizon && (at < ownLineEnd || openers === 0) && (at < ownLineEnd || strays === 0 || across);
    if (isClosed) {
      return { end: at, next: at + 1, style, isDamaged: strays > 0, lines: countLineEnds(bytes, open, at) };
    }
    if (across) return openers > 0 ? NO_READING : UNDECIDED;
    return { end: ownLineEnd, next: ownLineEnd, style: QUOTED, isDamaged: true, lines: 0 };
  }

  /** True if a line after the first of `[start, end)` would be a row of the table's width on its own. */
  #hasRows(bytes: Uint8Array, start: number, end: number, width: number): boolean {
    let at = findLineEnd(bytes, start, end);
    while (at < end) {
      const from = skipLineEnd(bytes, at, end);
      at = findLineEnd(bytes, from, end);
      let fields = 1;
      for (let i = from; i < at; i++) if (delimiterAt(bytes, i, at, this.#delimiter)) fields++;
      if (fields === width) return true;
    }
    return false;
  }

  /** The start of a record that passes the limit, split into fields without regard to quotes. */
  #tooLong(bytes: Uint8Array, start: number, horizon: number): DamagedRecord {
    const fields: DamagedField[] = [];
    const excerptEnd = Math.min(horizon, start + EXCERPT_BYTES);
    let fieldStart = start;
    let faultField = 0;
    for (let at = start; at < horizon; at++) {
      if (!delimiterAt(bytes, at, horizon, this.#delimiter)) continue;
      if (at < excerptEnd) fields.push({ start: fieldStart, end: at, style: PLAIN });
      fieldStart = at + this.#delimiter.length;
      at = fieldStart - 1;
      faultField++;
    }
    if (fieldStart < excerptEnd) fields.push({ start: fieldStart, end: excerptEnd, style: PLAIN });
    return { fields, fault: RECORD_TOO_LONG, faultField, next: horizon, quoteOpen: false, lines: 0 };
  }

  /** A record with a quoted field that exceeds the limit and has no line that would be a row. */
  #tooLongInQuotes(bytes: Uint8Array, start: number, horizon: number): DamagedRecord {
    const { quote } = this.#dialect;
    const record = this.#lenient(bytes, start, horizon, false);
    assert(typeof record === 'object', 'a damaged record always has a reading within its own lines');
    const { fields, faultField } = record;
    // skips whole pairs of quotes, so that no pair is cut
    let next = fields[fields.length - 1]!.start;
    while (next < horizon) next += bytes[next] === quote && bytes[next + 1] === quote ? 2 : 1;
    const lines = countLineEnds(bytes, start, next);
    return { fields, fault: RECORD_TOO_LONG, faultField, next, quoteOpen: true, lines };
  }

  #isFieldEnd(bytes: Uint8Array, at: number, horizon: number): boolean {
    return at >= horizon || isLineEnd(bytes[at]!) || delimiterAt(bytes, at, horizon, this.#delimiter);
  }

  /** True if the quote at `at` follows a delimiter or a line end, as an opening quote does. */
  #mayOpen(bytes: Uint8Array, at: number): boolean {
    if (isLineEnd(bytes[at - 1]!)) return true;
    const before = at - this.#delimiter.length;
    return before >= 0 && delimiterAt(bytes, before, at, this.#delimiter);
  }
}
