/** Reads a messy table the way a careful person would. */

import { RelayError } from '../../../../core/errors.ts';
import { isSameHeader, nameTables, type OtherTable, startsTable, type TableSoFar } from './detect/other-tables.ts';
import { afterLines, commonWidth, readLine } from './detect/sample.ts';
import { isBlankLine, lineAt, lineEndsIn, type RecordReading, type TableDialect } from './dialect.ts';
import { LastRows } from './last-rows.ts';
import { PlainRowReader, type PlainRows } from './plain-rows.ts';
import { joinBrokenRow, lineEndBefore } from './repair/broken-row.ts';
import { isWellQuoted, readRow } from './repair/read-row.ts';
import type { RepairKind } from './repair/repair.ts';
import { cellKind, profileColumns } from './shape/column-profile.ts';
import { footerLines } from './shape/footer.ts';
import type { TableShape } from './shape/shape.ts';

export interface TableReadOptions {
  dialect: TableDialect;
  /** Physical lines before the table. */
  skipLines: number;
  /** Records at the top that are header. */
  headerLines: number;
  /** The number of fields, if known; else the most common one is taken. */
  width?: number;
  /** The longest text, in characters; `TEXT_CHARS_MAX` unless given. */
  charsMax?: number;
  /** True to read on where the header is repeated, as in files that were joined; otherwise a new table starts there. */
  joined?: boolean;
}

export interface TableRow {
  cells: string[];
  /** The physical line of the row's start, from 1. */
  line: number;
  repaired: RepairKind | null;
}

export interface TableReading {
  rows: Iterable<TableRow>;
  /** The same rows, most of them in bulk. Read only one of the two, and only once. */
  parts: Iterable<TableRow | PlainRows>;
  /** Fields of most rows. */
  width: number;
  /** The tables after the first; complete after the last row. */
  otherTables: OtherTable[];
  /** The lines of the footer; complete after the last row. */
  footer: number[];
  /** With `joined`, the records that are the header again; complete after the last row. */
  headersAgain: string[][];
  /** The row of dashes that underlines the header, and is left out; complete after the first row. */
  underlines: { line: number; cells: string[] }[];
}

/** The longest string in JavaScript. */
export const TEXT_CHARS_MAX = 512 * 1024 * 1024;
/** The records that the columns' shapes are learned from. */
const LEARN_RECORDS = 2000;
/** The most characters read in search of readings: a fixed number for any table, plus some per character of it. */
const EFFORT_CHARS = 20_000_000;
const EFFORT_PER_CHAR = 2;

/** Reads the first table of `text`. Rows come lazily. Throws `RelayError` `INPUT_TOO_LARGE` past `charsMax`. */
export function readTable(text: string, options: TableReadOptions): TableReading {
  const charsMax = options.charsMax ?? TEXT_CHARS_MAX;
  if (text.length > charsMax) {
    throw new RelayError('INPUT_TOO_LARGE', `the table has ${text.length} characters, more than ${charsMax}; split it`);
  }
  const shape = learnShape(text, options);
  const after: Aftermath = { otherTables: [], footer: [], headersAgain: [], underlines: [] };
  const place = { text, options, shape, after };
  const rows = readRows({ ...place, inBulk: false }) as Iterable<TableRow>;
  return { rows, parts: readRows({ ...place, inBulk: true }), width: shape.width, ...after };
}

/** Reads the top of the table to learn its width and what its sound rows look like. */
export function learnShape(
  text: string,
  { dialect, skipLines, headerLines, width: known }: TableReadOptions,
): TableShape {
  const records: RecordReading[] = [];
  for (let i = afterLines(text, skipLines); i < text.length && records.length < LEARN_RECORDS; ) {
    const line = lineAt(text, i);
    if (isBlankLine(text, i, line.end)) {
      i = line.next;
      continue;
    }
    const record = readLine(text, line, dialect);
    records.push(record);
    i = Math.max(record.next, i + 1);
  }
  const body = records.slice(headerLines);
  let width = known ?? commonWidth(body.length > 0 ? body : records);
  const header = records[0];
  const named = headerLines > 0 && header !== undefined && namesColumns(header, body, width);
  if (named) width = header.cells.length;
  // if all rows end in surplus separators, a header without them gives the width
  if (headerLines > 0 && header !== undefined && header.cells.length < width && header.cells.length > 1) {
    const over = header.cells.length;
    const padded = body.filter((record) => record.cells.length >= over);
    if (padded.length > 0 && padded.every((record) => record.cells.slice(over).every((cell) => cell === '')))
      width = over;
  }
  const exact = body.filter((record) => record.sound && record.cells.length === width);
  const padded = body.filter(
    (record) => record.sound && record.cells.length > width && record.cells.slice(width).every((cell) => cell === ''),
  );
  // a row that ends in one empty cell too many may be shifted, so it is not learned from unless most rows end so
  const fitting = padded.length > exact.length ? [...exact, ...padded] : exact;
  // a row with a quote inside an unquoted cell may be damaged, unless most rows have one
  const wellQuoted = fitting.filter((record) => isWellQuoted(record, dialect));
  const typical = wellQuoted.length * 2 >= fitting.length ? wellQuoted : fitting;
  return {
    width,
    profiles: profileColumns(
      named ? body.filter(({ sound, cells }) => sound && cells.length <= width) : typical,
      width,
    ),
    ...(named ? { mostlyShort: true } : {}),
    effort: { left: EFFORT_CHARS + text.length * EFFORT_PER_CHAR },
  };
}

/** True if the header has more names than most rows have cells, and each is a name: the rows leave out their last cells. */
function namesColumns({ cells, sound }: RecordReading, body: readonly RecordReading[], width: number): boolean {
  if (!sound || width < 2 || cells.length <= width || body.length === 0) return false;
  if (cells.some((cell) => cell.trim() === '' || !['text', 'code'].includes(cellKind(cell)))) return false;
  const longer = body.filter((record) => record.cells.length > cells.length).length;
  return new Set(cells).size === cells.length && longer * 10 <= body.length;
}

/** True for `---,---`, `+---+---+` and their like, as reports of databases have them below the names. */
function underlines(cells: readonly string[]): boolean {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  // one cell is of a row that its table's delimiter does not split
  const [first = '', ...more] = filled;
  return filled.every((cell) => UNDERLINE.test(cell)) && (more.length > 0 || first.length > 4);
}

const UNDERLINE = /^[-=_+|:]{2,}$/;

type Aftermath = Pick<TableReading, 'otherTables' | 'footer' | 'headersAgain' | 'underlines'>;

interface OpenTable {
  text: string;
  options: TableReadOptions;
  shape: TableShape;
  after: Aftermath;
  /** True to give plain rows in bulk. */
  inBulk: boolean;
}

function* readRows({ text, options, shape, after, inBulk }: OpenTable): Generator<TableRow | PlainRows> {
  const { dialect, headerLines, joined = false } = options;
  const start = afterLines(text, options.skipLines);
  let line = 1 + lineEndsIn(text, 0, start);
  const last = new LastRows(text, dialect);
  let count = 0;
  const table: TableSoFar = { dialect, shape, header: null };
  const headers: string[][] = [];
  let afterBlank = false;
  let lineEnd = '';
  let plain: PlainRowReader | null = null;
  for (let i = start; i < text.length; ) {
    if (plain !== null && !afterBlank) {
      const run = plain.runAt(i);
      if (run.rows > 0) {
        yield plain.csvOf(i, run);
        last.addRun(run, line);
        count += run.rows;
        line += run.rows;
        i = run.end;
        continue;
      }
    }
    const physical = lineAt(text, i);
    if (isBlankLine(text, i, physical.end) && !(dialect.delimiter === ' ' && physical.end > i)) {
      i = physical.next;
      line++;
      afterBlank = true;
      continue;
    }
    const mayBreak = count > 0 && lineEndBefore(text, physical.next) !== lineEnd;
    const row =
      (mayBreak ? joinBrokenRow(text, i, { dialect, shape, lineEnd }) : null) ??
      readRow({ text, line: physical, isHeader: count < headerLines }, dialect, shape);
    if (count === 0) lineEnd = lineEndBefore(text, row.next);
    const again = joined && count >= headerLines && headers.some((header) => isSameHeader(row.cells, header));
    // a header that is repeated at once does not start another table
    if (!again && count > Math.max(1, headerLines) && startsTable(text, i, { ...row, afterBlank }, table)) {
      nameTables(text, i, line, after.otherTables);
      break;
    }
    if (count === 0 && headerLines > 0) table.header = row.cells;
    if (count < headerLines) headers.push(row.cells);
    afterBlank = false;
    const isUnderline = headerLines > 0 && count === headerLines && underlines(row.cells);
    if (again) after.headersAgain.push(row.cells);
    else if (isUnderline && after.underlines.length === 0) after.underlines.push({ line, cells: row.cells });
    else {
      yield { cells: row.cells, line, repaired: row.repaired };
      if (count >= Math.max(1, headerLines)) last.add(row.cells, line);
      count++;
      // the row below the header may underline it
      if (inBulk && !joined && count === headerLines + 1)
        plain = PlainRowReader.of(text, dialect, { width: shape.width, lineEnd, names: table.header ?? [] });
    }
    line += row.next === physical.next ? 1 : lineEndsIn(text, i, row.next);
    i = row.next;
  }
  after.footer.push(...footerLines(last.rows(), shape));
}
