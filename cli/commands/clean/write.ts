/** Writes the table that `relay clean` read: to a file below `--out`, or to standard output. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { csvLine, quotedCell, toBytes } from '../../../core/bytes/text.ts';
import { RelayError } from '../../../core/errors.ts';
import { printable } from '../../../core/text/printable.ts';
import type { TableReading, TableRow } from '../../../plugins/parsers/kit/table/table-reader.ts';
import { fileSink } from '../../host/files.ts';
import type { Io } from '../../io.ts';
import type { RowCounts } from './report.ts';

type WriteText = (text: string) => void | Promise<void>;

/** Characters that are written at once. */
const FLUSH_CHARS = 1 << 18;
/** The most rows that a report lists. */
const LISTED_ROWS_MAX = 1000;
/** Endings that a written file keeps. `.tsv` is not one, as it would promise tabs. */
const TEXT_NAME = /\.(csv|txt)$/i;

/** True if something other than a folder is at this path, or at a part of it. */
export async function isBlockedPath(path: string): Promise<boolean> {
  try {
    return !(await stat(path)).isDirectory();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOTDIR';
  }
}

export interface OutputPlace {
  file: string;
  out: string | null;
  /** All files of the command: none may be overwritten. */
  inputs: readonly string[];
  io: Pick<Io, 'stdout'>;
  /** Called with the path of a file that existed with other content. */
  onReplaced: (target: string) => void;
}

/** Opens a file below `out` that appears when it is complete, or standard output if `out` is null. */
export async function withOutput<T>(
  { file, out, inputs, io, onReplaced }: OutputPlace,
  body: (write: WriteText) => Promise<T>,
): Promise<T> {
  if (out === null) return body((text) => (text === '' ? undefined : io.stdout(toBytes(text))));
  const target = join(out, outputName(file));
  for (const input of inputs) {
    if (resolve(target) !== resolve(input) && !(await isSameFile(target, input))) continue;
    const what = input === file ? 'it' : printable(input);
    throw new RelayError('OUTPUT_IS_INPUT', `--out would write over ${what}; name another directory`);
  }
  const sink = fileSink(target);
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    const result = await body((text) => {
      const data = toBytes(text);
      hash.update(data);
      bytes += data.length;
      return sink.write(data);
    });
    const isReplaced = await hasOtherContent(target, bytes, hash.digest('hex'));
    await sink.close();
    if (isReplaced) onReplaced(target);
    return result;
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

/**
 * The name below `--out`: the file's own name if it is a text file, else its name with `.csv` in place of the
 * container's ending.
 */
export function outputName(file: string): string {
  const own = basename(file);
  if (TEXT_NAME.test(own)) return own;
  const inner = own.replace(/(?<=.)\.(gz|gzip|zip)$/i, '');
  return TEXT_NAME.test(inner) ? inner : `${inner.replace(/(?<=.)\.(xlsx|xlsm|xls|tsv|tab|psv|dat|asc)$/i, '')}.csv`;
}

/** True if the file exists with other bytes. */
async function hasOtherContent(target: string, bytes: number, sha256: string): Promise<boolean> {
  try {
    const found = await stat(target);
    if (!found.isFile()) return false;
    if (found.size !== bytes) return true;
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(target)) hash.update(chunk);
    return hash.digest('hex') !== sha256;
  } catch {
    // an unreadable file is replaced, or writing it fails
    return false;
  }
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  try {
    const [one, other] = [await lstat(a), await stat(b)];
    return one.ino === other.ino && one.dev === other.dev;
  } catch {
    return false;
  }
}

/** Writes the header, then the rows. `columns` is the header to write in place of the table's own. */
export async function writeTable(
  table: TableReading,
  headerLines: number,
  columns: readonly string[] | null,
  write: WriteText,
): Promise<RowCounts> {
  const written: RowCounts = {
    rows: 0,
    header_problems: [],
    repaired: [],
    repaired_rows: 0,
    ragged_rows: 0,
    ragged_lines: [],
    other_tables: table.otherTables,
    footer_lines: table.footer,
    underlines: table.underlines,
    odd_quote_rows: 0,
    odd_quote_lines: [],
  };
  const header: string[][] = [];
  let isHeaderWritten = false;
  let pending = '';
  const writeHeader = (): void => {
    isHeaderWritten = true;
    if (columns !== null) pending += recordLine(columns);
    else if (header.length > 0) pending += recordLine(joinHeaderLines(header));
  };
  if (headerLines === 0) writeHeader();
  for (const row of table.parts) {
    if ('csv' in row) {
      written.rows += row.rows;
      pending += row.csv;
      if (pending.length >= FLUSH_CHARS) {
        await write(pending);
        pending = '';
      }
      continue;
    }
    if (header.length < headerLines) {
      header.push(row.cells);
      for (const what of headerProblems(row, table.width)) written.header_problems.push({ line: row.line, what });
      if (header.length === headerLines) writeHeader();
      continue;
    }
    written.rows++;
    if (row.cells.length !== table.width) {
      written.ragged_rows++;
      if (written.ragged_lines.length < LISTED_ROWS_MAX) written.ragged_lines.push(row.line);
    }
    if (row.repaired !== null) {
      written.repaired_rows++;
      if (written.repaired.length < LISTED_ROWS_MAX) written.repaired.push({ line: row.line, what: row.repaired });
    }
    if (row.repaired === null && row.cells.some(hasOddQuote)) {
      written.odd_quote_rows++;
      if (written.odd_quote_lines.length < LISTED_ROWS_MAX) written.odd_quote_lines.push(row.line);
    }
    pending += recordLine(row.cells);
    if (pending.length >= FLUSH_CHARS) {
      await write(pending);
      pending = '';
    }
  }
  if (!isHeaderWritten) writeHeader();
  await write(pending);
  return written;
}

/** Oddities of a header record, and repairs of it. */
function headerProblems({ cells, repaired }: TableRow, width: number): string[] {
  const problems: string[] = [];
  if (repaired !== null) problems.push(`it was put right (${repaired})`);
  if (cells.length !== width && width > 1) problems.push(`it has ${cells.length} names over rows of ${width} fields`);
  if (cells.some(hasOddQuote)) problems.push('a quote is part of a name');
  const nameless = cells.findIndex((cell) => cell.trim() === '');
  if (nameless >= 0) problems.push(`column ${nameless + 1} has no name`);
  return problems;
}

/** True for an odd number of quotes, apart from marks of inches (`17"`). */
function hasOddQuote(cell: string): boolean {
  let count = 0;
  for (let at = cell.indexOf('"'); at >= 0; at = cell.indexOf('"', at + 1))
    if (!/\d/.test(cell.charAt(at - 1))) count++;
  return count % 2 === 1;
}

/** A record of one empty cell is quoted: without quotes it would be a blank line. */
function recordLine(cells: readonly string[]): string {
  return cells.length === 1 && cells[0] === '' ? `${quotedCell('')}\n` : csvLine(cells);
}

/** The names of each column with a space between them. Unlike in a run, they keep their own spaces: nothing is trimmed here. */
function joinHeaderLines(lines: readonly string[][]): string[] {
  const width = Math.max(0, ...lines.map((cells) => cells.length));
  const parts = (i: number) => lines.map((cells) => cells[i] ?? '').filter((cell) => cell !== '');
  return Array.from({ length: width }, (_, i) => parts(i).join(' '));
}
