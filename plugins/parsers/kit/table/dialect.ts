/**
 * How a table is delimited, and how to read one well-formed record. `two-readers.test.ts` compares this reader with the
 * engine's scanner (decision 0012): a change to one needs the same change to the other.
 *
 * Detection calls `readRecord` for every record of the sample in every dialect, so its loops compare character codes,
 * and slice the text once per cell.
 */

// biome-ignore-all lint/style/noNonNullAssertion: indexes are below the length of the text
import { isLineEnd } from '../../../../core/bytes/ascii.ts';

export interface TableDialect {
  /** 1 to 4 characters. */
  delimiter: string;
  /** One character, or null where quotes mean nothing. */
  quote: string | null;
  /** The character that makes the next one literal (`\`), or null. A doubled quote is understood in any case. */
  escape: string | null;
  /** True if spaces between a delimiter and a quote have no meaning. */
  padded?: boolean;
  /** True if several delimiters in a row count as one: columns that spaces line up. */
  merged?: boolean;
}

/** The delimiters that detection tries, the likeliest first. */
export const DELIMITERS: readonly string[] = [
  ',',
  ';',
  '\t',
  '|',
  '~',
  '^',
  ':',
  ' ',
  ', ',
  '; ',
  ' | ',
  '||',
  '|~|',
  '~|~',
  '^|^',
  '::',
  ';;',
  '\u0001',
  '\u001f',
  '¦',
  '§',
];

export interface RecordReading {
  cells: string[];
  /** For each cell, true if it was in quotes. */
  quoted: boolean[];
  /** The positions of the record's line end, or of the text's end, and of the next record. */
  end: number;
  next: number;
  /** False if a quote is misplaced or never closed; `cells` then has those before it. */
  sound: boolean;
  /** True if a quoted cell has a line end in it. */
  multiline: boolean;
}

/** Reads the record at `from`. LF, CR or CRLF outside quotes end it. A quote inside an unquoted cell is literal. */
export function readRecord(text: string, from: number, dialect: TableDialect, to = text.length): RecordReading {
  const { delimiter, quote, escape: escaping } = dialect;
  const first = delimiter.charCodeAt(0);
  const escapeCode = escaping === null ? -1 : escaping.charCodeAt(0);
  const record: RecordReading = { cells: [], quoted: [], end: to, next: to, sound: false, multiline: false };
  const { padded = false, merged = false } = dialect;
  let i = merged ? afterAll(text, from, to, delimiter) : from;
  for (;;) {
    if (padded && quote !== null) i = beforeQuote(text, i, to, quote);
    if (quote !== null && text[i] === quote && i < to) {
      const close = closingQuote(text, i + 1, to, dialect);
      if (close.at < 0) {
        record.multiline = true;
        return record;
      }
      record.cells.push(close.value);
      record.quoted.push(true);
      if (!record.multiline && hasLineEnd(text, i, close.at)) record.multiline = true;
      i = close.at + 1;
      if (padded) i = afterQuote(text, i, to, delimiter);
      if (i < to && !isLineEnd(text.charCodeAt(i)) && !text.startsWith(delimiter, i)) {
        record.end = i;
        record.next = i;
        return record;
      }
    } else {
      const start = i;
      let escaped = false;
      for (; i < to; i++) {
        const c = text.charCodeAt(i);
        if (c === 10 || c === 13) break;
        if (c === first && (delimiter.length === 1 || text.startsWith(delimiter, i))) break;
        if (c === escapeCode && i + 1 < to && isEscapable(text[i + 1]!, dialect)) {
          escaped = true;
          i++;
        }
      }
      const raw = text.slice(start, i);
      record.cells.push(escaped ? unescapeCell(raw, dialect) : raw);
      record.quoted.push(false);
    }
    if (i >= to || isLineEnd(text.charCodeAt(i))) return endAt(record, text, i, to);
    i += delimiter.length;
    if (merged) {
      i = afterAll(text, i, to, delimiter);
      if (i >= to || isLineEnd(text.charCodeAt(i))) return endAt(record, text, i, to);
    }
  }
}

/** Ends a sound record at `at`, which is a line end or the end of the text. */
function endAt(record: RecordReading, text: string, at: number, to: number): RecordReading {
  const isPair = text.charCodeAt(at) === 13 && text.charCodeAt(at + 1) === 10 && at + 1 < to;
  record.sound = true;
  record.end = Math.min(at, to);
  record.next = at >= to ? to : at + (isPair ? 2 : 1);
  return record;
}

function afterAll(text: string, from: number, to: number, delimiter: string): number {
  let at = from;
  while (at < to && text.startsWith(delimiter, at)) at += delimiter.length;
  return at;
}

/** The position of a quote after spaces that start at `at`; else `at`. */
function beforeQuote(text: string, at: number, to: number, quote: string): number {
  let i = at;
  while (i < to && text[i] === ' ') i++;
  return i < to && text[i] === quote ? i : at;
}

/** The end of the cell, before spaces that end at `at`; else `at`. */
function afterQuote(text: string, at: number, to: number, delimiter: string): number {
  let i = at;
  while (i < to && text[i] === ' ' && !text.startsWith(delimiter, i)) i++;
  return i >= to || isLineEnd(text.charCodeAt(i)) || text.startsWith(delimiter, i) ? i : at;
}

/** A line of the text, regardless of its quotes. */
export interface PhysicalLine {
  from: number;
  /** The position of its line end, or of the end of the text. */
  end: number;
  /** The position of the next line. */
  next: number;
}

export function lineAt(text: string, from: number): PhysicalLine {
  let i = from;
  while (i < text.length && !isLineEnd(text.charCodeAt(i))) i++;
  if (i >= text.length) return { from, end: i, next: i };
  return { from, end: i, next: text.charCodeAt(i) === 13 && text.charCodeAt(i + 1) === 10 ? i + 2 : i + 1 };
}

/** True if only spaces, or nothing, are between `from` and `end`. */
export function isBlankLine(text: string, from: number, end: number): boolean {
  for (let i = from; i < end; i++) if (text.charCodeAt(i) !== 32) return false;
  return true;
}

/** The number of line ends from `from` to `to`. */
export function lineEndsIn(text: string, from: number, to: number): number {
  let n = 0;
  for (let i = from; i < to; i++) {
    const c = text.charCodeAt(i);
    if (c === 10 || (c === 13 && text.charCodeAt(i + 1) !== 10)) n++;
  }
  return n;
}

/** The text of a quoted cell. `strays` counts the quotes in it that are neither doubled nor escaped. */
export function unquote(inner: string, dialect: TableDialect): { value: string; strays: number } {
  const { quote, escape: escaping } = dialect;
  if (quote === null || !(inner.includes(quote) || (escaping !== null && inner.includes(escaping))))
    return { value: inner, strays: 0 };
  let value = '';
  let strays = 0;
  for (let i = 0; i < inner.length; i++) {
    const c = inner[i]!;
    const next = inner[i + 1];
    if (c === escaping && c !== quote && next !== undefined && isEscapable(next, dialect)) {
      value += next;
      i++;
    } else if (c === '\\' && next === quote) {
      // a quote escaped with a backslash, in a table that doubles quotes
      value += quote;
      strays++;
      i++;
    } else if (c === quote) {
      value += quote;
      if (next === quote) i++;
      else strays++;
    } else value += c;
  }
  return { value, strays };
}

/** The quote that closes the cell whose text starts at `from`, and that text; -1 if there is none. */
function closingQuote(text: string, from: number, to: number, dialect: TableDialect): { at: number; value: string } {
  const quote = dialect.quote ?? '';
  const escaping = dialect.escape === quote ? null : dialect.escape;
  let value = '';
  let piece = from;
  const q = quote.charCodeAt(0);
  const e = escaping === null ? -1 : escaping.charCodeAt(0);
  // without an escape character only quotes matter, and `indexOf` finds them faster than a loop
  for (let i = e < 0 ? text.indexOf(quote, from) : from; i >= 0 && i < to; ) {
    const c = text.charCodeAt(i);
    if (c === e && i + 1 < to && isEscapable(text[i + 1]!, dialect)) {
      value += text.slice(piece, i) + text[i + 1];
      i += 2;
      piece = i;
      continue;
    }
    if (c === q) {
      if (i + 1 >= to || text.charCodeAt(i + 1) !== q) return { at: i, value: value + text.slice(piece, i) };
      value += text.slice(piece, i + 1);
      i += 2;
      piece = i;
    } else i++;
    if (e < 0) i = text.indexOf(quote, i);
  }
  return { at: -1, value: '' };
}

/** True if an escape character makes this one literal. */
export function isEscapable(c: string, dialect: TableDialect): boolean {
  return c === dialect.quote || c === dialect.escape || c === dialect.delimiter[0];
}

/** An unquoted cell without its escapes. */
export function unescapeCell(raw: string, dialect: TableDialect): string {
  if (dialect.escape === null || !raw.includes(dialect.escape)) return raw;
  let value = '';
  for (let i = 0; i < raw.length; i++) {
    if (raw[i] === dialect.escape && i + 1 < raw.length && isEscapable(raw[i + 1]!, dialect)) i++;
    value += raw[i];
  }
  return value;
}

function hasLineEnd(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (isLineEnd(text.charCodeAt(i))) return true;
  return false;
}
