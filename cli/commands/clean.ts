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
import { type DetectedDialect, type DialectHints, detectDialect } from '../../plugins/parsers/kit/sniff.ts';
import type { OtherTable } from '../../plugins/parsers/kit/other-tables.ts';
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

/** Bytes of a file; a larger one is refused. */
const FILE_BYTES_MAX = 1024 ** 3;
const FLUSH_CHARS = 1 << 18;

interface Settings {
  files: string[];
  out: string | null;
  encoding: string;
  hints: DialectHints;
  columns: string[] | null;
  json: boolean;
}

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

/** A file under a temporary name, renamed when whole; or standard output. */
async function withSink(
  file: string,
  settings: Settings,
  io: CleanIo,
  body: (write: (text: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const encoder = new TextEncoder();
  if (settings.out === null) {
    await body(async (text) => {
      if (text !== '') io.stdout(encoder.encode(text));
    });
    return;
  }
  await mkdir(settings.out, { recursive: true });
  const target = join(settings.out, basename(file));
  if (resolve(target) === resolve(file) || (await sameFile(target, file))) {
    throw new RelayError('OUTPUT_IS_INPUT', `--out would write over it; name another directory`);
  }
  const temporary = `${target}.${process.pid}.tmp`;
  const handle = await openFile(temporary, 'w');
  try {
    await body(async (text) => {
      await handle.write(encoder.encode(text));
    });
    await handle.close();
    await rename(temporary, target);
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(temporary, { force: true });
    throw error;
  }
}

async function sameFile(a: string, b: string): Promise<boolean> {
  try {
    const [one, other] = [await lstat(a), await stat(b)];
    return one.ino === other.ino && one.dev === other.dev;
  } catch {
    return false;
  }
}

/** NUL bytes that are no UTF-16 or UTF-32, or the first bytes of a known format. */
async function refuseBinary(open: () => AsyncIterable<Uint8Array>): Promise<void> {
  let head = new Uint8Array(0);
  for await (const chunk of open()) {
    head = new Uint8Array(chunk.subarray(0, 65536));
    break;
  }
  const known: [number[], string][] = [
    [[0x50, 0x4b, 3, 4], 'a ZIP or a spreadsheet; unpack it, or save the sheet as CSV'],
    [[0x1f, 0x8b], 'gzip; unpack it'],
    [[0x25, 0x50, 0x44, 0x46], 'a PDF; export the table as CSV'],
    [[0xd0, 0xcf, 0x11, 0xe0], 'an old spreadsheet; save the sheet as CSV'],
    [[0x89, 0x50, 0x4e, 0x47], 'an image'],
    [[0x7f, 0x45, 0x4c, 0x46], 'a program'],
  ];
  for (const [magic, what] of known) {
    if (magic.every((byte, i) => head[i] === byte)) throw new RelayError('NOT_A_TABLE', `it is ${what}`);
  }
  let control = 0;
  let nuls = 0;
  for (const c of head) {
    if (c === 0) nuls++;
    else if (c < 32 && c !== 9 && c !== 10 && c !== 13 && c !== 12 && c !== 27 && c !== 1 && c !== 31 && c !== 30)
      control++;
  }
  if (control > head.length / 20 || (nuls > 0 && control > head.length / 50)) {
    throw new RelayError('NOT_A_TABLE', 'it is binary, not a table in text; export the table as CSV');
  }
}

async function readText(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const parts: string[] = [];
  let chars = 0;
  for await (const chunk of chunks) {
    const part = decoder.decode(chunk, { stream: true });
    chars += part.length;
    if (chars > TEXT_CHARS_MAX - 64)
      throw new RelayError('INPUT_TOO_LARGE', `it has more than ${TEXT_CHARS_MAX} characters; split it`);
    parts.push(part);
  }
  return parts.join('') + decoder.decode();
}

function line(cells: readonly string[]): string {
  // A row of one empty cell is written quoted, lest it become a blank line.
  if (cells.length === 1 && cells[0] === '') return '""\n';
  let out = '';
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    if (i > 0) out += ',';
    out += /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  }
  return `${out}\n`;
}

function joinHeaders(headers: readonly string[][]): string[] {
  const width = Math.max(0, ...headers.map((cells) => cells.length));
  return Array.from({ length: width }, (_, i) =>
    headers
      .map((cells) => cells[i] ?? '')
      .filter((cell) => cell !== '')
      .join(' '),
  );
}

function readSettings(argv: string[]): Settings {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      out: text,
      encoding: text,
      delimiter: text,
      quote: text,
      escape: text,
      'skip-lines': text,
      'header-lines': text,
      columns: text,
      json: { type: 'boolean' },
    },
  });
  if (positionals.length === 0) throw new Error('name at least one file');
  const given = (value: string | undefined): value is string => value !== undefined && value.toLowerCase() !== 'auto';
  const encoding = given(values.encoding) ? values.encoding : 'auto';
  if (encoding !== 'auto' && resolveEncoding(encoding) === null) {
    throw new Error(`--encoding "${encoding}" is not known${didYouMean(encoding, ENCODING_NAMES)}`);
  }
  const hints: DialectHints = {};
  if (given(values.delimiter)) hints.delimiter = spelledOut(values.delimiter);
  if (
    hints.delimiter !== undefined &&
    (hints.delimiter.length < 1 || hints.delimiter.length > 4 || /[\r\n]/.test(hints.delimiter))
  )
    throw new Error('--delimiter takes 1 to 4 characters, no line ends');
  if (given(values.quote)) hints.quote = oneCharacter('--quote', values.quote);
  if (given(values.escape)) hints.escape = oneCharacter('--escape', values.escape);
  if (given(values['skip-lines'])) hints.skipLines = wholeNumber('--skip-lines', values['skip-lines']);
  if (given(values['header-lines'])) hints.headerLines = wholeNumber('--header-lines', values['header-lines']);
  const out = values.out ?? null;
  const names = positionals.map((file) => basename(file));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (out !== null && twice !== undefined)
    throw new Error(`two files are named "${twice}"; with --out they would be written to one`);
  return {
    files: positionals,
    out,
    encoding,
    hints,
    columns: given(values.columns) ? values.columns.split(',') : null,
    json: values.json ?? false,
  };
}

function spelledOut(value: string): string {
  const words: Record<string, string> = { tab: '\t', space: ' ', comma: ',', semicolon: ';', pipe: '|' };
  const word = words[value.toLowerCase()];
  if (word !== undefined) return word;
  return value
    .replace(/\\t/g, '\t')
    .replace(/\\x([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function oneCharacter(flag: string, value: string): string | null {
  if (value === '' || value.toLowerCase() === 'none') return null;
  const character = value === '\\\\' ? '\\' : spelledOut(value);
  if (character.length !== 1 || /[\r\n]/.test(character)) throw new Error(`${flag} takes one character, or none`);
  return character;
}

function wholeNumber(flag: string, value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new Error(`${flag} takes a whole number`);
  return Number(value);
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
