/**
 * Reads text into records, one character at a time: RFC 4180 with the contract's paragraph "Quotes".
 *
 * A record is malformed if a field's opening quote is never closed, or if a quote inside the field is neither doubled nor before
 * a delimiter or record end. Such a record ends at the first physical line end after the opening quote of that field, however
 * far reading had got, and reading starts anew at the next line. Earlier, well quoted fields over several lines stay in it.
 */

import { lineEnds } from './decode.ts';
import { isWhite } from './fields.ts';

export interface TableRecord {
  fields: string[];
  /** The physical line on which the record starts, from 1. */
  line: number;
  malformed: boolean;
  /** The index of the field that a line end broke in two. Such a record is malformed. */
  broken?: number;
  /** The line end after the record; empty at the end of the text. */
  end: string;
}

export interface Table {
  records: TableRecord[];
  /** The number of rows whose cells are all empty, which are not records. Lines of only white space are not counted. */
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

/** The delimiter under `auto`: the usual one that the first line has most of. */
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
  /** True if any field was quoted. */
  quoted: boolean;
  /** The position of the line end after the record; the text's length if there is none. */
  end: number;
  /** The position of the next record. */
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

/** Reads a quoted field from its opening quote; undefined if a quote is misplaced. */
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
