/** Reads a messy table the way a careful person would (contract, sections 3 "Quotes" and 9 "relay clean"). */

import { RelayError } from '../../../core/errors.ts';
import { profileColumns } from './column-profile.ts';
import { FOOTER_ROWS_MAX, footerLines, type LastRow } from './footer.ts';
import { nameTables, type OtherTable, startsTable } from './other-tables.ts';
import {
  chooseQuotes,
  type RepairKind,
  readLoosely,
  repairRow,
  rowFit,
  type TableShape,
  unwrapOtherQuotes,
} from './repair.ts';
import { afterLines, commonWidth } from './sample.ts';
import { countLineEnds, isBlank, lineAt, type RecordReading, readRecord, type TableDialect } from './table-dialect.ts';

export interface ReadOptions {
  dialect: TableDialect;
  /** Physical lines before the table. */
  skipLines: number;
  /** Rows at the top that are not rows of the table's body. */
  headerLines: number;
  /** Fields of the table's rows, if known; else the most common number. */
  width?: number;
  /** Characters that the text may have; `TEXT_CHARS_MAX` unless given. */
  charsMax?: number;
}

export interface TableRow {
  cells: string[];
  /** Physical line that the row starts on, from 1. */
  line: number;
  repaired: RepairKind | null;
}

export interface TableReading {
  rows: Iterable<TableRow>;
  /** Fields of most rows. */
  width: number;
  /** Tables after the first; complete once `rows` has been read to its end. */
  otherTables: OtherTable[];
  /** Lines of its last rows that look like no rows of it; complete once `rows` has been read to its end. */
  footer: number[];
}

/** A JavaScript string holds no more. */
export const TEXT_CHARS_MAX = 512 * 1024 * 1024;
/** Records that the columns' shapes are learned from, and lines that one record may run over where its quotes are bad. */
const LEARN_RECORDS = 2000;
const RECORD_LINES_MAX = 30;
const RECORD_TEXT_MAX = 8000;
/** Characters looked at in search of readings, over a whole table; it grows with the table. */
const EFFORT_CHARS = 50_000_000;
/** Quotes out of place that are likelier than a separator out of place: one or two in a cell (see `readingsOf`). */
const LIKELY_COST = 5;

/** Reads the first table of `text`. Rows come lazily. Throws `RelayError` `INPUT_TOO_LARGE` past `charsMax`. */
export function readTable(text: string, options: ReadOptions): TableReading {
  const charsMax = options.charsMax ?? TEXT_CHARS_MAX;
  if (text.length > charsMax) {
    throw new RelayError('INPUT_TOO_LARGE', `the table has ${text.length} characters, more than ${charsMax}; split it`);
  }
  const start = afterLines(text, options.skipLines);
  const shape = learn(text, start, options);
  const after: Aftermath = { otherTables: [], footer: [] };
  return { rows: readRows(text, start, options, shape, after), width: shape.width, ...after };
}

/** A first pass over the top of the table: its width, and what its sound rows look like. */
function learn(text: string, start: number, { dialect, headerLines, width: known }: ReadOptions): TableShape {
  const records: RecordReading[] = [];
  for (let i = start; i < text.length && records.length < LEARN_RECORDS; ) {
    const line = lineAt(text, i);
    if (isBlank(text, i, line.end)) {
      i = line.next;
      continue;
    }
    let record = readRecord(text, i, dialect);
    if (!record.sound) record = readLoosely(text, i, line, dialect);
    records.push(record);
    i = Math.max(record.next, i + 1);
  }
  const body = records.slice(headerLines);
  let width = known ?? commonWidth(body.length > 0 ? body : records);
  const header = records[0];
  // Rows that all end in separators too many under a header without them have the header's width.
  if (headerLines > 0 && header !== undefined && header.cells.length < width && header.cells.length > 1) {
    const over = header.cells.length;
    const padded = body.filter((record) => record.cells.length >= over);
    if (padded.length > 0 && padded.every((record) => record.cells.slice(over).every((cell) => cell === '')))
      width = over;
  }
  const fitting = body.filter(
    (record) => record.sound && record.cells.length >= width && record.cells.slice(width).every((cell) => cell === ''),
  );
  return { width, profiles: profileColumns(fitting, width), effort: { left: EFFORT_CHARS + text.length * 40 } };
}

type Aftermath = Pick<TableReading, 'otherTables' | 'footer'>;

function* readRows(
  text: string,
  start: number,
  options: ReadOptions,
  shape: TableShape,
  after: Aftermath,
): Generator<TableRow> {
  const { dialect, headerLines } = options;
  let line = 1 + countLineEnds(text, 0, start);
  const last: LastRow[] = [];
  let count = 0;
  let header: string | null = null;
  let afterBlank = false;
  for (let i = start; i < text.length; ) {
    const physical = lineAt(text, i);
    if (isBlank(text, i, physical.end) && !(dialect.delimiter === ' ' && physical.end > i)) {
      i = physical.next;
      line++;
      afterBlank = true;
      continue;
    }
    const row = readOne(text, i, physical, dialect, shape, count < headerLines);
    if (count >= Math.max(1, headerLines) && startsTable(text, i, { ...row, afterBlank }, shape, dialect, header)) {
      nameTables(text, i, line, after.otherTables);
      break;
    }
    if (count === 0 && headerLines > 0) header = JSON.stringify(row.cells);
    afterBlank = false;
    yield { cells: row.cells, line, repaired: row.repaired };
    if (count >= Math.max(1, headerLines)) {
      last.push({ cells: row.cells, line });
      if (last.length > FOOTER_ROWS_MAX) last.shift();
    }
    count++;
    line += row.next === physical.next ? 1 : countLineEnds(text, i, row.next);
    i = row.next;
  }
  after.footer.push(...footerLines(last, shape));
}

interface One {
  cells: string[];
  next: number;
  repaired: RepairKind | null;
}

function readOne(
  text: string,
  at: number,
  physical: { end: number; next: number },
  dialect: TableDialect,
  shape: TableShape,
  isHeader: boolean,
): One {
  const { width } = shape;
  const record = readRecord(text, at, dialect);
  if (record.sound && record.cells.length === width) {
    const other = isHeader ? null : unwrapOtherQuotes(record, dialect, shape);
    if (other !== null) return { cells: other, next: record.next, repaired: 'row dialect' };
    if (!isHeader && !record.multiline && dialect.quote !== null) {
      const better = looseQuotes(text.slice(at, physical.end), record, dialect, shape);
      if (better !== null) return { cells: better, next: record.next, repaired: 'separator missing' };
    }
    return { cells: record.cells, next: record.next, repaired: null };
  }
  const raw = text.slice(at, physical.end);
  const hasQuotes = dialect.quote !== null && raw.includes(dialect.quote);
  const suspect = !record.sound || record.multiline;
  if (suspect && hasQuotes) {
    const within = chooseQuotes(raw, dialect, shape);
    if (within !== null) return { cells: within.cells, next: physical.next, repaired: 'quotes' };
    const across = acrossLines(text, at, physical, dialect, shape, record);
    if (across !== null) return across;
  } else if (hasQuotes && record.cells.length !== width) {
    const within = chooseQuotes(raw, dialect, shape);
    if (within !== null && within.cost <= LIKELY_COST)
      return { cells: within.cells, next: physical.next, repaired: 'quotes' };
  }
  const base =
    record.sound && !(record.multiline && hasQuotes && followedByRow(text, physical.next, dialect, width))
      ? record
      : readLoosely(text, at, physical, dialect);
  const repaired =
    isHeader || base.multiline ? headerRepair(raw, base, dialect, shape) : repairRow(raw, base.cells, dialect, shape);
  if (repaired !== null) return { cells: repaired.cells, next: base.next, repaired: repaired.kind };
  // Separators with nothing between them are no cells.
  if (base.cells.length > width && base.cells.slice(width).every((cell) => cell === '')) {
    return { cells: base.cells.slice(0, width), next: base.next, repaired: 'separator too many' };
  }
  return { cells: base.cells, next: base.next, repaired: null };
}

/** A header has no shapes to go by: only another delimiter or quote explains it. */
function headerRepair(
  raw: string,
  base: RecordReading,
  dialect: TableDialect,
  shape: TableShape,
): { cells: string[]; kind: RepairKind } | null {
  if (base.multiline) return null;
  const named = base.cells.filter((cell) => cell !== '');
  // One separator too many leaves one column without a name.
  if (base.cells.length === shape.width + 1 && named.length === shape.width)
    return { cells: named, kind: 'separator too many' };
  const none = { ...shape, profiles: shape.profiles.map((p) => ({ ...p, count: 0 })) };
  const found = repairRow(raw, base.cells, dialect, none);
  return found?.kind === 'row dialect' ? found : null;
}

/** `b"c, d"` where the separator before the quote is missing, and the comma in the quotes makes up the number of fields. */
function looseQuotes(raw: string, record: RecordReading, dialect: TableDialect, shape: TableShape): string[] | null {
  const quote = dialect.quote!;
  const open = record.cells.findIndex((cell, i) => !record.quoted[i] && cell.indexOf(quote) > 0);
  if (open < 0 || !record.cells.some((cell, i) => i > open && !record.quoted[i] && cell.endsWith(quote))) return null;
  const now = rowFit(record.cells, shape);
  let best: string[] | null = null;
  let bestFit = now === Number.NEGATIVE_INFINITY ? -1e9 : now + 1;
  for (let at = raw.indexOf(quote, 1); at > 0; at = raw.indexOf(quote, at + 1)) {
    const split = readRecord(raw.slice(0, at) + dialect.delimiter + raw.slice(at), 0, dialect);
    if (!split.sound || split.cells.length !== shape.width) continue;
    const fit = rowFit(split.cells, shape);
    if (fit > bestFit) {
      best = split.cells;
      bestFit = fit;
    }
  }
  return best;
}

/** A record with bad quotes that runs over several lines, none of which is a row of its own. */
function acrossLines(
  text: string,
  at: number,
  first: { end: number; next: number },
  dialect: TableDialect,
  shape: TableShape,
  strict: RecordReading,
): One | null {
  let line = first;
  for (let n = 2; n <= RECORD_LINES_MAX && line.next < text.length; n++) {
    if (followedByRow(text, line.next, dialect, shape.width)) break;
    line = lineAt(text, line.next);
    if (line.end - at > RECORD_TEXT_MAX) break;
    const found = chooseQuotes(text.slice(at, line.end), dialect, shape);
    if (found?.quoted.some(Boolean)) return { cells: found.cells, next: line.next, repaired: 'quotes' };
    if (strict.sound && line.next >= strict.next) break;
  }
  return null;
}

function followedByRow(text: string, at: number, dialect: TableDialect, width: number): boolean {
  if (at >= text.length) return false;
  const next = readRecord(text, at, dialect);
  return next.sound && !next.multiline && next.cells.length === width && width > 1;
}
