/** `relay clean FILE…`: any readable table to plain RFC 4180 UTF-8, header first. */

import { SHEET_DELIMITER, SHEET_QUOTE } from '../../../plugins/parsers/kit/container/container.ts';
import type { EncodingChoice } from '../../../plugins/parsers/kit/encoding/index.ts';
import { afterLines } from '../../../plugins/parsers/kit/table/sample.ts';
import { type DetectedDialect, type DialectHints, detectDialect } from '../../../plugins/parsers/kit/table/sniff.ts';
import { readTable, type TableReading } from '../../../plugins/parsers/kit/table/table-reader.ts';
import { unwrapLines } from '../../../plugins/parsers/kit/table/whole-lines.ts';
import { explain } from '../../table-file/explain.ts';
import { readInput } from '../../table-file/open.ts';
import { UsageError } from '../../usage.ts';
import { type CleanArguments, readArguments } from './arguments.ts';
import { countLines, DOUBTS, notesOf, span } from './notes.ts';
import type { CleanReport } from './report.ts';
import { type CleanIo, isNoFolder, joinHeaders, line, withSink } from './write.ts';

export const CLEAN_HELP = `relay clean FILE… [--out DIR] [options]

Writes any readable table as plain RFC 4180 CSV in UTF-8, header first: on standard output, or to DIR/<file name>.
Each of these is found out from the file unless given ("auto"):

  --encoding E        such as utf-8, windows-1252, shift_jis
  --delimiter D       1 to 4 characters, or tab, space
  --quote Q           one character, or none
  --escape C          one character, or none
  --skip-lines N      lines above the table
  --header-lines N    0 = none; several are joined with a space
  --columns NAME,…    the header to write
  --member NAME       the table in a ZIP archive; * stands for any characters
  --sheet NAME        the sheet of a workbook
  --json              says what was chosen and why, on standard error (with --out: on standard output)

Exit code: 0, 2 for wrong use, 3 if a file could not be read (after the others).
`;

/** How the text of a sheet is written. */
const SHEET_DIALECT = { delimiter: SHEET_DELIMITER, quote: SHEET_QUOTE, escape: null };
/** Columns that quoted lines must have inside to be rows. */
const UNWRAPPED_WIDTH_MIN = 3;
const FLUSH_CHARS = 1 << 18;
const RAGGED_LINES_MAX = 1000;

/** One file, read and not yet written. */
interface Prepared {
  table: TableReading;
  dialect: DetectedDialect;
  encoding: EncodingChoice;
  via: readonly string[];
  notes: string[];
}

/** Runs the command; returns its exit code: 0, 2 for wrong use, 3 where a file could not be read (after the others). */
export async function clean(argv: string[], io: CleanIo): Promise<number> {
  const wrong = (error: unknown): number => {
    io.stderr(`relay clean: ${(error as Error).message}\nSee "relay clean --help".\n`);
    return 2;
  };
  let settings: CleanArguments;
  try {
    settings = readArguments(argv);
    if (settings.out !== null && (await isNoFolder(settings.out)))
      throw new UsageError(`--out ${settings.out} is not a folder`);
    // Nothing is written before it is known that the names fit every file.
    if (settings.columns !== null && settings.files.length > 1)
      for (const file of settings.files) await prepare(file, settings).catch(rethrowUsage);
  } catch (error) {
    return wrong(error);
  }
  const reports: CleanReport[] = [];
  let code = 0;
  for (const file of settings.files) {
    try {
      reports.push(await cleanFile(file, settings, io));
    } catch (error) {
      if (error instanceof UsageError) return wrong(error);
      const { code: name, message } = explain(error, file);
      reports.push({ file, ok: false, error: { code: name, message } });
      io.stderr(`relay clean: ${file}: ${name}: ${message}\n`);
      code = 3;
    }
  }
  if (settings.json) {
    const text = `${JSON.stringify(reports, null, 2)}\n`;
    if (settings.out === null) io.stderr(text);
    else io.stdout(new TextEncoder().encode(text));
  }
  return code;
}

async function cleanFile(file: string, settings: CleanArguments, io: CleanIo): Promise<CleanReport> {
  const { table, dialect, encoding, via, notes } = await prepare(file, settings);
  for (const note of notes) io.stderr(`relay clean: ${file}: ${note}\n`);
  const { reasons, ...rest } = dialect;
  const counts = { rows: 0, repaired: [], repaired_rows: 0, ragged_rows: 0, ragged_lines: [] };
  const report: CleanReport = { file, ok: true, via, encoding, dialect: rest, reasons, ...counts };
  await withSink(file, settings.out, io, async (write) => writeTable(table, dialect, settings, report, write));
  for (const note of notesOf(report, table.width)) io.stderr(`relay clean: ${file}: ${note}\n`);
  return report;
}

/** Reads a file up to where rows would be written. Throws `UsageError` where `--columns` does not fit it. */
async function prepare(file: string, settings: CleanArguments): Promise<Prepared> {
  const { text: asItIs, encoding, doubts, via, isSheet } = await readInput(file, settings);
  const asked = isSheet ? { ...settings.hints, ...SHEET_DIALECT } : settings.hints;
  const { text, dialect, unwrapped } = detect(asItIs, asked);
  const table = readTable(text, {
    dialect,
    skipLines: dialect.skipLines,
    headerLines: dialect.headerLines,
    ...(dialect.width > 1 ? { width: dialect.width } : {}),
  });
  const { columns, hints } = settings;
  const isEmpty = afterLines(text, dialect.skipLines) >= text.length;
  if (columns !== null && !isEmpty && columns.length !== table.width)
    throw new UsageError(`--columns has ${columns.length} names, and the table in ${file} ${table.width} columns`);
  const notes = doubts.flatMap((code) => DOUBTS[code] ?? []);
  if (unwrapped) notes.push('each line stood in quotes as a whole; they were taken off');
  if (isEmpty && text !== '' && hints.skipLines !== undefined)
    notes.push(`--skip-lines ${hints.skipLines} leaves nothing of its ${countLines(text)} lines`);
  if (dialect.preambleLines > 0) {
    const first = dialect.skipLines - dialect.preambleLines + 1;
    notes.push(`left out above the table: ${span(first, dialect.skipLines)}`);
  }
  if (dialect.ambiguous.length > 1) {
    const readings = dialect.ambiguous.map((delimiter) => JSON.stringify(delimiter)).join(' and ');
    notes.push(`the delimiter could be ${readings}; took the first, use --delimiter to say`);
  }
  return { table, dialect, encoding, via, notes };
}

/** The dialect of a text; of one column whose lines are all quoted, that of the lines, where they make a table. */
function detect(text: string, hints: DialectHints): { text: string; dialect: DetectedDialect; unwrapped: boolean } {
  const dialect = detectDialect(text, hints);
  const lines = dialect.width > 1 || hints.quote === null ? null : unwrapLines(text, hints.quote);
  if (lines !== null) {
    const inner = detectDialect(lines, hints);
    if (isTable(lines, inner)) return { text: lines, dialect: inner, unwrapped: true };
  }
  return { text, dialect, unwrapped: false };
}

/** Whether what lines held in quotes is rows: `"Doe, Jane"` and `"Elm St 5, Troy, NY"` are one cell. */
function isTable(text: string, dialect: DetectedDialect): boolean {
  const { width, delimiter, skipLines, preambleLines, headerLines } = dialect;
  if (width < UNWRAPPED_WIDTH_MIN || preambleLines > 0 || delimiter.includes(' ')) return false;
  for (const { cells } of readTable(text, { dialect, skipLines, headerLines, width }).rows)
    if (cells.length !== width) return false;
  return true;
}

function rethrowUsage(error: unknown): void {
  if (error instanceof UsageError) throw error;
}

async function writeTable(
  table: TableReading,
  dialect: DetectedDialect,
  settings: CleanArguments,
  report: CleanReport,
  write: (text: string) => Promise<void>,
): Promise<void> {
  let pending = '';
  const headers: string[][] = [];
  const emit = (cells: readonly string[]): void => {
    pending += line(cells);
  };
  const emitHeader = (): void => {
    const joined = joinHeaders(headers);
    if (settings.columns !== null) emit(settings.columns);
    else if (headers.length > 0) emit(joined);
  };
  if (dialect.headerLines === 0 && settings.columns !== null) emit(settings.columns);
  for (const row of table.rows) {
    if (headers.length < dialect.headerLines) {
      headers.push(row.cells);
      if (headers.length === dialect.headerLines) emitHeader();
      continue;
    }
    report.rows!++;
    if (row.cells.length !== table.width) {
      report.ragged_rows!++;
      if (report.ragged_lines!.length < RAGGED_LINES_MAX) report.ragged_lines!.push(row.line);
    }
    if (row.repaired !== null) {
      report.repaired_rows!++;
      if (report.repaired!.length < 1000) report.repaired!.push({ line: row.line, what: row.repaired });
    }
    emit(row.cells);
    if (pending.length >= FLUSH_CHARS) {
      await write(pending);
      pending = '';
    }
  }
  if (headers.length < dialect.headerLines) emitHeader();
  report.other_tables = table.otherTables;
  report.footer_lines = table.footer;
  await write(pending);
}
