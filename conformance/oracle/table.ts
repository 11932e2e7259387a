/**
 * Text to records: RFC 4180 with the contract's "Quotes" paragraph, one character at a time.
 *
 * A field whose opening quote is never closed, or that has an undoubled quote inside which stands before neither a
 * delimiter nor a record end, makes its record malformed. Such a record ends at the first physical line end after
 * the opening quote of that field, however far the state machine had read before it found out; reading starts anew
 * at the next physical line. Earlier fields of the same record that were well quoted over several lines stay in it.
 */

import { lineEnds } from './decode.ts';
import { isWhite } from './fields.ts';

export interface TableRecord {
  fields: string[];
  /** The physical line on which the record starts, from 1. */
  line: number;
  malformed: boolean;
  /** The field with the line end that broke the row in two; malformed then. */
  broken?: number;
  /** The line end after it; empty at the end of the text. */
  end: string;
}

export interface Table {
  records: TableRecord[];
  /** Rows whose cells are all empty: no records. Lines of white space alone are not counted. */
  emptyRows: number;
}

export function readTable(text: string, delimiter: string): Table {
  let emptyRows = 0;
  const records: TableRecord[] = [];
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const start = at;
    const { fields, malformed, quoted, end, next } = readRecord(text, at, delimiter);
    const blank = !malformed && fields.every(isWhite);
    if (!blank) records.push({ fields, line, malformed, end: text.slice(end, next) });
    else if (quoted || fields.length > 1) emptyRows++;
    at = next;
    line += lineEnds(text.slice(start, end)) + (next > end ? 1 : 0);
  }
  return { records, emptyRows };
}

/** `auto`: of the usual delimiters the one that the first line has most of. */
export function detectDelimiter(text: string): string {
  const lines = text.split(/\r\n|\n|\r/);
  const header = lines.find((line) => !isWhite(line)) ?? '';
  let best = ',';
  for (const candidate of [',', ';', '\t', '|']) {
    if (header.split(candidate).length > header.split(best).length) best = candidate;
  }
  return best;
}

interface ReadRecord {
  fields: string[];
  malformed: boolean;
  /** Whether any field was quoted. */
  quoted: boolean;
  /** Where the line end that ends the record starts; the text's length if there is none. */
  end: number;
  /** Where the next record starts. */
  next: number;
}

function readRecord(text: string, start: number, delimiter: string): ReadRecord {
  const fields: string[] = [];
  let quoted = false;
  let at = start;
  for (;;) {
    if (text[at] === '"') {
      quoted = true;
      const open = at;
      const closed = readQuoted(text, open, delimiter);
      if (closed === undefined) {
        const end = lineEndFrom(text, open);
        return { fields, malformed: true, quoted, end, next: afterLineEnd(text, end) };
      }
      fields.push(closed.value);
      at = closed.after;
    } else {
      let value = '';
      while (at < text.length && !isLineEnd(text[at]) && !text.startsWith(delimiter, at)) value += text[at++];
      fields.push(value);
    }
    if (at < text.length && text.startsWith(delimiter, at)) {
      at += delimiter.length;
      continue;
    }
    return { fields, malformed: false, quoted, end: at, next: afterLineEnd(text, at) };
  }
}

/** A quoted field from its opening quote; undefined when a quote is out of place. */
function readQuoted(text: string, open: number, delimiter: string): { value: string; after: number } | undefined {
  let value = '';
  let at = open + 1;
  while (at < text.length) {
    if (text[at] !== '"') {
      value += text[at++];
    } else if (text[at + 1] === '"') {
      value += '"';
      at += 2;
    } else {
      const after = at + 1;
      const ends = after >= text.length || isLineEnd(text[after]) || text.startsWith(delimiter, after);
      return ends ? { value, after } : undefined;
    }
  }
  return undefined;
}

function isLineEnd(character: string | undefined): boolean {
  return character === '\n' || character === '\r';
}

function lineEndFrom(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isLineEnd(text[at])) at++;
  return at;
}

function afterLineEnd(text: string, end: number): number {
  if (end >= text.length) return text.length;
  return text[end] === '\r' && text[end + 1] === '\n' ? end + 2 : end + 1;
}
