/** Writes what `relay clean` read: as a file below `--out`, or on standard output. */
import { lstat, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { csvLine, quotedCell, toBytes } from '../../../core/bytes/text.ts';
import { RelayError } from '../../../core/errors.ts';
import type { TableReading } from '../../../plugins/parsers/kit/table/table-reader.ts';
import { fileSink } from '../../host/files.ts';
import type { Io } from '../../io.ts';
import type { RowCounts } from './report.ts';

type Write = (text: string) => void | Promise<void>;

/** Characters that are written at once. */
const FLUSH_CHARS = 1 << 18;
/** Rows that a report lists one by one. */
const LISTED_ROWS_MAX = 1000;

/** True if something other than a folder is at this path, or at a part of it. */
export async function isBlockedPath(path: string): Promise<boolean> {
  try {
    return !(await stat(path)).isDirectory();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOTDIR';
  }
}

/** Opens a file below `out` that appears when it is whole, or standard output where `out` is null. */
export async function withOutput<T>(
  file: string,
  out: string | null,
  io: Io,
  body: (write: Write) => Promise<T>,
): Promise<T> {
  if (out === null) return body((text) => (text === '' ? undefined : io.stdout(text)));
  const target = join(out, basename(file));
  if (resolve(target) === resolve(file) || (await isSameFile(target, file)))
    throw new RelayError('OUTPUT_IS_INPUT', '--out would write over it; name another directory');
  const sink = fileSink(target);
  try {
    const result = await body((text) => sink.write(toBytes(text)));
    await sink.close();
    return result;
  } catch (error) {
    await sink.abort();
    throw error;
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
  write: Write,
): Promise<RowCounts> {
  const counts = { rows: 0, repaired: [], repaired_rows: 0, ragged_rows: 0, ragged_lines: [] };
  const written: RowCounts = { ...counts, other_tables: table.otherTables, footer_lines: table.footer };
  const header: string[][] = [];
  let isHeaderWritten = false;
  let pending = '';
  const writeHeader = (): void => {
    isHeaderWritten = true;
    if (columns !== null) pending += recordLine(columns);
    else if (header.length > 0) pending += recordLine(joinHeaderLines(header));
  };
  if (headerLines === 0) writeHeader();
  for (const row of table.rows) {
    if (header.length < headerLines) {
      header.push(row.cells);
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

/** A record of one empty cell is written in quotes: without them it would be a blank line. */
function recordLine(cells: readonly string[]): string {
  return cells.length === 1 && cells[0] === '' ? `${quotedCell('')}\n` : csvLine(cells);
}

/** The names of each column with a space between them. Unlike in a run, they keep their own spaces: nothing is trimmed here. */
function joinHeaderLines(lines: readonly string[][]): string[] {
  const width = Math.max(0, ...lines.map((cells) => cells.length));
  const parts = (i: number) => lines.map((cells) => cells[i] ?? '').filter((cell) => cell !== '');
  return Array.from({ length: width }, (_, i) => parts(i).join(' '));
}
