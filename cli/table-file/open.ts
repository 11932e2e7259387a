/**
 * Opens a table's file for `relay clean` and `relay suggest`: text or a workbook, perhaps in an archive or gzip.
 * Refuses documents and other binary formats, and says what they are.
 */

import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { RelayError } from '../../core/errors.ts';
import { type ByteSource, DEFAULT_LIMITS } from '../../core/ports/engine.ts';
import {
  type OpenedTable,
  openTable,
  SHEET_DELIMITER,
  SHEET_ENCODING,
  SHEET_QUOTE,
  type SheetErrorCount,
} from '../../plugins/parsers/kit/container/container.ts';
import { chooseEncoding, type EncodingChoice, EncodingWatch } from '../../plugins/parsers/kit/encoding/index.ts';
import { sampleRecords } from '../../plugins/parsers/kit/table/detect/sample.ts';
import { TEXT_CHARS_MAX } from '../../plugins/parsers/kit/table/table-reader.ts';
import { fileSource } from '../host/files.ts';

/** The largest file that is read, in bytes. */
const FILE_BYTES_MAX = 1024 ** 3;
/** The most sheets that are examined, and the characters of each. */
const SHEETS_TRIED_MAX = 20;
const SHEET_TOP_CHARS = 64 * 1024;
/** A first sheet of so few columns may be a cover page, such as `Vendor`, `Nord`. */
const COVER_COLUMNS_MAX = 2;

/** What the user says about the file. */
export interface TableFileHints {
  /** `auto` to detect it. */
  encoding: string;
  /** The table in an archive, the sheet of a workbook; null for the only one and the first. */
  member: string | null;
  sheet: string | null;
}

/** The sheet that was chosen of several, and the other visible ones. */
export interface ChosenSheet {
  name: string;
  others: readonly string[];
  isFirst: boolean;
}

export interface OpenedFile extends OpenedTable {
  /** Null if there was nothing to choose. */
  chosenSheet: ChosenSheet | null;
}

export interface TableText {
  text: string;
  encoding: EncodingChoice;
  /** `encoding_doubtful`, `encoding_likely`, `text_doubly_encoded`, `end_padded`. */
  doubts: readonly string[];
  /** The containers around the table, outermost first. */
  via: readonly string[];
  /** True if the text was made from the cells of a sheet: commas, `"` quotes. */
  isSheet: boolean;
  chosenSheet: ChosenSheet | null;
  /** The cells of a sheet that have an error; null if none has. */
  sheetErrors: SheetErrorCount | null;
}

/** The whole text of a table, in the encoding that is given or that the file proves. Throws `RelayError`. */
export async function readTableText(file: string, hints: TableFileHints): Promise<TableText> {
  const { source, via, isSheet, sheet, chosenSheet } = await openTableFile(file, hints);
  const open = () => source.open();
  const choice = await chooseEncoding(open, { declared: isSheet ? SHEET_ENCODING : hints.encoding });
  const watch = new EncodingWatch(choice);
  const text = await readText(watch.decode(open()));
  const errors = sheet?.errors();
  const sheetErrors = errors === undefined || errors.count === 0 ? null : errors;
  return { text, encoding: choice, doubts: watch.warnings(), via, isSheet, chosenSheet, sheetErrors };
}

/** The bytes of a table: text or a sheet. Throws `RelayError`. */
export async function openTableFile(file: string, hints: TableFileHints): Promise<OpenedFile> {
  const info = await stat(file);
  if (info.isDirectory()) throw new RelayError('NOT_A_FILE', 'it is a directory; name the files in it');
  if (!info.isFile()) throw new RelayError('NOT_A_FILE', 'it is not a regular file; copy it to one first');
  if (info.size > FILE_BYTES_MAX) {
    throw new RelayError('INPUT_TOO_LARGE', `it has ${info.size} bytes, more than ${FILE_BYTES_MAX}; split it`);
  }
  const whole: ByteSource = {
    name: basename(file),
    size: info.size,
    open: () => fileSource(file).open(),
  };
  const opened = await openBestSheet(whole, hints);
  if (!opened.isSheet) await refuseBinary(() => opened.source.open(), hints.encoding);
  return opened;
}

/** The named sheet, or else the first that is a table: not a cover page. */
async function openBestSheet(file: ByteSource, hints: TableFileHints): Promise<OpenedFile> {
  const first = await openContainer(file, hints);
  if (hints.sheet !== null || first.sheets.length < 2) return { ...first, chosenSheet: null };
  let best = { opened: first, name: first.sheets[0] ?? '', look: await lookAtSheet(first) };
  for (const sheet of first.sheets.slice(1, SHEETS_TRIED_MAX)) {
    if (best.look.columns > COVER_COLUMNS_MAX && best.look.rows > 1) break;
    const opened = await openContainer(file, { ...hints, sheet });
    const look = await lookAtSheet(opened);
    if (look.columns > best.look.columns && look.rows > 1) best = { opened, name: sheet, look };
  }
  const others = first.sheets.filter((name) => name !== best.name);
  return { ...best.opened, chosenSheet: { name: best.name, others, isFirst: best.opened === first } };
}

/** The columns of a sheet's table, and the number of rows with at least two filled cells, judged by its top. */
async function lookAtSheet({ source }: OpenedTable): Promise<{ columns: number; rows: number }> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of source.open()) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length >= SHEET_TOP_CHARS) break;
  }
  const dialect = { delimiter: SHEET_DELIMITER, quote: SHEET_QUOTE, escape: null };
  const filled = sampleRecords(text, dialect)
    .map(({ record }) => record.cells.filter((cell) => cell.trim() !== '').length)
    .filter((count) => count > 1);
  return { columns: Math.max(0, ...filled), rows: filled.length };
}

async function openContainer(file: ByteSource, { member, sheet }: TableFileHints): Promise<OpenedTable> {
  const limits = { ...DEFAULT_LIMITS, vendorFileBytesMax: FILE_BYTES_MAX };
  try {
    return await openTable(file, { member, sheet, limits, squareSheet: true, refuseDocuments: true });
  } catch (error) {
    const format = error instanceof RelayError ? error.details.format : undefined;
    throw format === undefined ? error : new RelayError('NOT_A_TABLE', `it is ${format}`);
  }
}

async function refuseBinary(open: () => AsyncIterable<Uint8Array>, declared: string): Promise<void> {
  if (!(await looksBinary(open)) || (await isWide(open, declared))) return;
  throw new RelayError('NOT_A_TABLE', 'it is binary, not a table in text; export the table as CSV');
}

const END_OF_FILE = 0x1a;

/** True for many control characters. UTF-16 of Cyrillic, Greek or East Asian text has such bytes too: see `isWide`. */
async function looksBinary(open: () => AsyncIterable<Uint8Array>): Promise<boolean> {
  let head = new Uint8Array(0);
  for await (const chunk of open()) {
    head = new Uint8Array(chunk.subarray(0, 65536));
    break;
  }
  // the end of a file under DOS, and what fills its last sector: `run` leaves them out
  while (head.at(-1) === 0 || head.at(-1) === END_OF_FILE) head = head.subarray(0, -1);
  let control = 0;
  let nuls = 0;
  for (const c of head) {
    if (c === 0) nuls++;
    else if (c < 32 && c !== 9 && c !== 10 && c !== 13 && c !== 12 && c !== 27 && c !== 1 && c !== 31 && c !== 30)
      control++;
  }
  return control > head.length / 20 || (nuls > 0 && control > head.length / 50);
}

/** True for UTF-16 and UTF-32: by the byte order mark, as declared, or by the positions of NUL bytes. */
async function isWide(open: () => AsyncIterable<Uint8Array>, declared: string): Promise<boolean> {
  try {
    return /^utf-(16|32)/.test((await chooseEncoding(open, { declared })).encoding);
  } catch (error) {
    if (error instanceof RelayError && error.code === 'DECODE_ERROR') return false;
    throw error;
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
