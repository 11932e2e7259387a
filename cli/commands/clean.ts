/** `relay clean FILE…`: any readable table to plain RFC 4180 UTF-8, header first. */

import { createReadStream } from 'node:fs';
import { lstat, mkdir, open as openFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { RelayError } from '../../core/errors.ts';
import { didYouMean } from '../../core/text/suggest.ts';
import {
  chooseEncoding,
  decodeToUtf8,
  ENCODING_NAMES,
  type EncodingChoice,
  resolveEncoding,
} from '../../plugins/parsers/kit/encoding.ts';
import type { OtherTable } from '../../plugins/parsers/kit/other-tables.ts';
import { type DetectedDialect, type DialectHints, detectDialect } from '../../plugins/parsers/kit/sniff.ts';
import { readTable, TEXT_CHARS_MAX } from '../../plugins/parsers/kit/table-reader.ts';

export interface CleanIo {
  stdout: (bytes: Uint8Array) => void;
  stderr: (text: string) => void;
  isTTY: boolean;
}

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
  --json              says what was chosen and why, on standard error (with --out: on standard output)

Exit code: 0, 2 for wrong use, 3 if a file could not be read (after the others).
`;

const FLUSH_CHARS = 1 << 18;

/** What was chosen for one file, for `--json`. */
interface Report {
  file: string;
  ok: boolean;
  error?: { code: string; message: string };
  encoding?: EncodingChoice;
  dialect?: Omit<DetectedDialect, 'reasons'>;
  reasons?: string[];
  rows?: number;
  repaired?: { line: number; what: string }[];
  repaired_rows?: number;
  ragged_rows?: number;
  other_tables?: OtherTable[];
}

/** Runs the command; returns its exit code: 0, 2 for wrong use, 3 where a file could not be read (after the others). */
export async function clean(argv: string[], io: CleanIo): Promise<number> {
  let settings: Settings;
  try {
    settings = readSettings(argv);
  } catch (error) {
    io.stderr(`relay clean: ${(error as Error).message}\nSee "relay clean --help".\n`);
    return 2;
  }
  const reports: Report[] = [];
  let code = 0;
  for (const file of settings.files) {
    try {
      reports.push(await cleanFile(file, settings, io));
    } catch (error) {
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

async function cleanFile(file: string, settings: Settings, io: CleanIo): Promise<Report> {
  const info = await stat(file);
  if (info.isDirectory()) throw new RelayError('NOT_A_FILE', 'it is a directory; name the files in it');
  if (!info.isFile()) throw new RelayError('NOT_A_FILE', 'it is not a regular file; copy it to one first');
  if (info.size > FILE_BYTES_MAX) {
    throw new RelayError('INPUT_TOO_LARGE', `it has ${info.size} bytes, more than ${FILE_BYTES_MAX}; split it`);
  }
  const open = (): AsyncIterable<Uint8Array> => createReadStream(file, { highWaterMark: 1 << 20 });
  await refuseBinary(open);
  const encoding = await chooseEncoding(open, { declared: settings.encoding });
  const text = await readText(decodeToUtf8(open(), encoding.encoding));
  const dialect = detectDialect(text, settings.hints);
  if (dialect.ambiguous.length > 1) {
    const readings = dialect.ambiguous.map((delimiter) => JSON.stringify(delimiter)).join(' and ');
    io.stderr(`relay clean: ${file}: the delimiter could be ${readings}; took the first, use --delimiter to say\n`);
  }
  const report: Report = {
    file,
    ok: true,
    encoding,
    dialect: withoutReasons(dialect),
    reasons: dialect.reasons,
    rows: 0,
    repaired: [],
    repaired_rows: 0,
    ragged_rows: 0,
  };
  await withSink(file, settings, io, async (write) => writeTable(text, dialect, settings, report, write));
  for (const other of report.other_tables ?? []) {
    io.stderr(`relay clean: ${file}: another table, lines ${other.firstLine} to ${other.lastLine}, was left out\n`);
  }
  return report;
}

async function writeTable(
  text: string,
  dialect: DetectedDialect,
  settings: Settings,
  report: Report,
  write: (text: string) => Promise<void>,
): Promise<void> {
  const table = readTable(text, {
    dialect,
    skipLines: dialect.skipLines,
    headerLines: dialect.headerLines,
    ...(dialect.width > 1 ? { width: dialect.width } : {}),
  });
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
    if (row.cells.length !== table.width) report.ragged_rows!++;
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
  await write(pending);
}

function explain(error: unknown, file: string): { code: string; message: string } {
  if (error instanceof RelayError) return { code: error.code, message: error.message };
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return { code: 'FILE_NOT_FOUND', message: 'there is no such file; check the path' };
  if (code === 'EACCES' || code === 'EPERM')
    return { code: 'FILE_UNREADABLE', message: 'it may not be read or written; check its permissions' };
  if (code !== undefined)
    return { code: 'FILE_UNREADABLE', message: `${code} on reading or writing ${basename(file)}` };
  return { code: 'internal_error', message: (error as Error).message };
}

function withoutReasons({ reasons: _, ...rest }: DetectedDialect): Omit<DetectedDialect, 'reasons'> {
  return rest;
}
