/** `relay clean FILE…`: any readable table to plain RFC 4180 UTF-8, header first. */

import { RelayError } from '../../../core/errors.ts';
import { printable } from '../../../core/text/printable.ts';
import { SHEET_DELIMITER, SHEET_QUOTE } from '../../../plugins/parsers/kit/container/container.ts';
import { afterLines } from '../../../plugins/parsers/kit/table/detect/sample.ts';
import {
  type DetectedDialect,
  type DialectHints,
  detectDialect,
} from '../../../plugins/parsers/kit/table/detect/sniff.ts';
import {
  readTable,
  type TableReading,
  type TableReadOptions,
} from '../../../plugins/parsers/kit/table/table-reader.ts';
import { unwrapLines } from '../../../plugins/parsers/kit/table/whole-lines.ts';
import { yellow } from '../../colour.ts';
import { errorLine } from '../../error-line.ts';
import { failureDocument, printJson } from '../../failure.ts';
import { EXIT, type Io } from '../../io.ts';
import { explain } from '../../table-file/explain.ts';
import { readTableText, type TableText } from '../../table-file/open.ts';
import { UsageError } from '../../usage.ts';
import { type CleanArguments, readCleanArguments } from './arguments.ts';
import { countLines, notesBefore, notesOf } from './notes.ts';
import type { CleanedFile, CleanReport, RowCounts } from './report.ts';
import { isBlockedPath, withOutput, writeTable } from './write.ts';

/** The dialect of the text made from a sheet. */
const SHEET_DIALECT = { delimiter: SHEET_DELIMITER, quote: SHEET_QUOTE, escape: null };
/** Quoted lines with at least this many columns inside count as rows. */
const UNWRAPPED_WIDTH_MIN = 3;

/** The most characters of a table inside a JSON document. */
const JSON_CHARS_MAX = 100_000_000;
/** Leaving out so few lines is no reason to refuse a file. */
const LEFT_OUT_FEW = 4;

/** One file, read and not yet written. */
interface ReadFile {
  input: TableText;
  /** The text up to the end of the table that is read. */
  text: string;
  table: TableReading;
  dialect: DetectedDialect;
  notes: string[];
}

/** Reports files that cannot be read and goes on; the command then ends with `EXIT.failed`. Throws `UsageError`. */
export async function clean(argv: readonly string[], io: Io): Promise<number> {
  const options = readCleanArguments(argv);
  const { out, files } = options;
  if (out !== null && (await isBlockedPath(out))) throw new UsageError(`--out ${out} is not a folder`);
  if (options.columns !== null && files.length > 1) await checkColumns(options);
  const reports: CleanReport[] = [];
  for (const file of files) {
    try {
      reports.push(await cleanFile(file, options, io));
    } catch (error) {
      if (error instanceof UsageError) throw error;
      const { code, message } = explain(error, file);
      reports.push({ file, ok: false, error: code, message });
      io.stderr(errorLine(code, `${printable(file)}: ${message}`));
    }
  }
  if (options.json) printJson(io, reportDocument(reports));
  return reports.every(({ ok }) => ok) ? EXIT.ok : EXIT.failed;
}

/** On failure, the document has the code of the first file that failed. */
function reportDocument(files: readonly CleanReport[]): object {
  const failed = files.flatMap((report) => (report.ok ? [] : [report]));
  const [first] = failed;
  if (first === undefined) return { files };
  const all = files.length === 1 ? '' : ` (${failed.length} of ${files.length} files failed)`;
  return { ...failureDocument(first.error, `${first.file}: ${first.message}${all}`), files };
}

/** Reads all files once before writing, so that nothing is written if the names do not fit one of them. */
async function checkColumns(options: CleanArguments): Promise<void> {
  for (const file of options.files) {
    try {
      await readFile(file, options);
    } catch (error) {
      if (error instanceof UsageError) throw error;
      // a file that cannot be read is reported in its turn
    }
  }
}

async function cleanFile(file: string, options: CleanArguments, io: Io): Promise<CleanedFile> {
  const { input, text, table: reading, dialect, notes } = await readFile(file, options);
  const say = (note: string): void => io.stderr([yellow('relay clean:'), ` ${printable(file)}: ${note}\n`]);
  notes.forEach(say);
  const csv: string[] = [];
  const output = options.json && options.out === null ? collectInto(csv) : io;
  const onReplaced = (target: string) => say(`replaced ${printable(target)}, which had other content`);
  const place = { file, out: options.out, inputs: options.files, io: output, onReplaced };
  const counts = await withOutput(place, async (write) => {
    const written = await writeTable(reading, dialect.headerLines, options.columns, write);
    const hasHeader = dialect.headerLines > 0 && afterLines(text, dialect.skipLines) < text.length;
    notesOf(written, { width: reading.width, hasHeader }).forEach(say);
    if (options.table === null && options.dialect.skipLines === undefined)
      refuseMostlyLeftOut(text, dialect.preambleLines, written);
    return written;
  });
  const { reasons, ...chosen } = dialect;
  const table = output === io ? {} : { csv: csv.join('') };
  return { file, ok: true, via: input.via, encoding: input.encoding, dialect: chosen, reasons, ...counts, ...table };
}

/** With `--json` and without `--out` the table is a part of the document. */
function collectInto(parts: string[]): Pick<Io, 'stdout'> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let chars = 0;
  return {
    stdout: (data) => {
      if (!(data instanceof Uint8Array)) throw new TypeError('a table is written as bytes');
      const text = decoder.decode(data, { stream: true });
      chars += text.length;
      if (chars > JSON_CHARS_MAX) {
        throw new RelayError(
          'INPUT_TOO_LARGE',
          `its table is too large for --json alone (${JSON_CHARS_MAX} characters); give --out DIR`,
        );
      }
      parts.push(text);
    },
  };
}

/**
 * Reads a file up to its rows, which are read while they are written. Throws `UsageError` if `--columns` does not fit
 * it.
 */
async function readFile(file: string, options: CleanArguments): Promise<ReadFile> {
  const input = await readTableText(file, options);
  const hints = input.isSheet ? { ...options.dialect, ...SHEET_DIALECT } : options.dialect;
  const first = detect(input.text, hints);
  const { isUnwrapped } = first;
  const { text, dialect } = options.table === null ? first : nthTable(first, options.table, hints);
  const { skipLines } = dialect;
  const table = readTable(text, tableOptions(dialect));
  const { columns } = options;
  const isEmpty = afterLines(text, skipLines) >= text.length;
  if (columns !== null && !isEmpty && columns.length !== table.width)
    throw new UsageError(`--columns has ${columns.length} names, and the table in ${file} ${table.width} columns`);
  const notes = notesBefore({
    text,
    dialect,
    sheet: input.chosenSheet,
    sheetErrors: input.sheetErrors,
    doubts: input.doubts,
    isUnwrapped,
    isEmpty,
    asked: hints.skipLines,
    isQuoteGiven: hints.quote !== undefined,
    isHeaderGiven: hints.headerLines !== undefined,
  });
  return { input, text, table, dialect, notes };
}

/** The N-th table of a text, and its dialect. Throws `RelayError` `invalid_input` if there are fewer. */
function nthTable(
  { text, dialect }: { text: string; dialect: DetectedDialect },
  number: number,
  hints: DialectHints,
): { text: string; dialect: DetectedDialect } {
  if (number === 1) return { text, dialect };
  const { parts, otherTables } = readTable(text, tableOptions(dialect));
  // the other tables are known only after the last row
  for (const _ of parts);
  const place = otherTables[number - 2];
  if (place === undefined) {
    const count = otherTables.length + 1;
    throw new RelayError('invalid_input', `--table ${number}: it has ${count === 1 ? 'one table' : `${count} tables`}`);
  }
  const { skipLines: _, ...others } = hints;
  const end = afterLines(text, place.lastLine);
  const found = detectDialect(text.slice(afterLines(text, place.firstLine - 1), end), others);
  return { text: text.slice(0, end), dialect: { ...found, skipLines: place.firstLine - 1 + found.skipLines } };
}

/** Throws `RelayError` `MOSTLY_LEFT_OUT` if at least two thirds of the lines are in other tables or above the table. */
function refuseMostlyLeftOut(text: string, above: number, { other_tables: others }: RowCounts): void {
  const elsewhere = others.reduce((sum, { firstLine, lastLine }) => sum + lastLine - firstLine + 1, 0);
  const leftOut = above + elsewhere;
  if (leftOut < LEFT_OUT_FEW || leftOut * 3 < countLines(text) * 2) return;
  const tables = others.map(({ firstLine, lastLine }, i) => `--table ${i + 2}: lines ${firstLine} to ${lastLine}`);
  const advice = others.length > 0 ? `name the table with --table (${tables.slice(0, 5).join('; ')})` : '';
  throw new RelayError(
    'MOSTLY_LEFT_OUT',
    `${leftOut} of its ${countLines(text)} lines are not in the table that was read; ${advice || 'say so with --table 1 or --skip-lines'}`,
  );
}

function tableOptions(dialect: DetectedDialect): TableReadOptions {
  const { skipLines, headerLines, width } = dialect;
  return { dialect, skipLines, headerLines, ...(width > 1 ? { width } : {}) };
}

/** The dialect of a text. If the text is one column of quoted lines that make a table, the dialect of that table. */
function detect(text: string, hints: DialectHints): { text: string; dialect: DetectedDialect; isUnwrapped: boolean } {
  const dialect = detectDialect(text, hints);
  const lines = dialect.width > 1 || hints.quote === null ? null : unwrapLines(text, hints.quote);
  if (lines !== null) {
    const inner = detectDialect(lines, hints);
    if (isTable(lines, inner)) return { text: lines, dialect: inner, isUnwrapped: true };
  }
  return { text, dialect, isUnwrapped: false };
}

/** True if the lines that were in quotes are rows: `"Doe, Jane"` and `"Elm St 5, Troy, NY"` are one cell each. */
function isTable(text: string, dialect: DetectedDialect): boolean {
  const { width, delimiter, skipLines, preambleLines, headerLines } = dialect;
  if (width < UNWRAPPED_WIDTH_MIN || preambleLines > 0 || delimiter.includes(' ')) return false;
  for (const { cells } of readTable(text, { dialect, skipLines, headerLines, width }).rows)
    if (cells.length !== width) return false;
  return true;
}
