/** Reads the small tables beside a feed (SKU maps, price lists) with papaparse, in parts, so that only their rows are kept. */
import { RelayError } from '../../../../core/errors.ts';
import {
  type ByteSource,
  DEFAULT_LIMITS,
  type EngineLimits,
  type SideTableForm,
  type SideTableRows,
} from '../../../../core/ports/engine.ts';
import { type OpenedSheet, openTable } from '../container/container.ts';
import type { SheetCell } from '../container/workbook/sheet-rows.ts';
import { chooseEncoding, decodeToUtf8 } from '../encoding/index.ts';

/** The characters that are parsed at once, unless a single row is longer. */
const PART_CHARS = 1 << 17;
/** Rows of a sheet in a part. */
const PART_ROWS = 1_000;

/**
 * The rows of a table, without blank lines; the first part starts with the header. Throws `invalid_input` with the row, and
 * `INPUT_TOO_LARGE` past the limits of side files.
 */
export async function* readSideTable(
  file: ByteSource,
  form: SideTableForm,
  limits: EngineLimits = DEFAULT_LIMITS,
): AsyncIterable<SideTableRows> {
  // it may be a workbook, or in an archive
  const { source, sheet } = await openTable(file, {
    member: null,
    sheet: null,
    quoteTexts: true,
    refuseDocuments: true,
    limits: { ...limits, vendorFileBytesMax: limits.sideFileBytesMax },
  });
  let rows = 0;
  for await (const part of sheet === null ? readText(source, form, limits) : readSheet(sheet, limits)) {
    rows += part.rows.length;
    // the header is one of them
    if (rows > limits.sideFileRowsMax + 1) {
      const message = `${file.name}: a side file may have at most ${limits.sideFileRowsMax} rows (LIMIT_SIDE_FILE_ROWS)`;
      throw new RelayError('INPUT_TOO_LARGE', message);
    }
    yield part;
  }
}

async function* readText(source: ByteSource, form: SideTableForm, limits: EngineLimits): AsyncIterable<SideTableRows> {
  const { default: Papa } = await import('papaparse');
  // papaparse takes one kind of line end per file; real files mix them
  const parser = new Papa.Parser({ delimiter: form.delimiter, newline: '\n', quoteChar: '"', escapeChar: '"' });
  let rest = '';
  let rowsBefore = 0;
  const parse = (isEnd: boolean): SideTableRows => {
    const { data, errors, meta } = parser.parse(rest, 0, !isEnd) as Parsed;
    // the row may continue, so it is read again
    const error = errors.find(({ type, row = 0 }) => type === 'Quotes' && (isEnd || row < data.length));
    if (error !== undefined) {
      const message = `${source.name}: row ${rowsBefore + (error.row ?? 0) + 1}: ${error.message.toLowerCase()}`;
      throw new RelayError('invalid_input', message);
    }
    rowsBefore += data.length;
    rest = isEnd ? '' : rest.slice(meta.cursor);
    return { rows: data.filter(hasText), stored: null, errors: 0 };
  };
  // a row that continues is parsed again only when its text has doubled
  let enough = PART_CHARS;
  for await (const text of lines(source, form.encoding, limits.sideFileBytesMax)) {
    rest += text;
    if (!rest.includes('"')) {
      // blank lines do not count as rows, however many
      const { length } = rest;
      rest = rest.replace(/\n{2,}/g, '\n');
      rowsBefore += length - rest.length;
    }
    if (rest.length < enough) continue;
    yield parse(false);
    if (rest.length > limits.recordBytesMax) {
      const message = `${source.name}: row ${rowsBefore + 1} is longer than ${limits.recordBytesMax} characters (LIMIT_RECORD_BYTES); is a quote never closed?`;
      throw new RelayError('invalid_input', message);
    }
    enough = Math.max(PART_CHARS, 2 * rest.length);
  }
  if (rest !== '') yield parse(true);
}

/** What papaparse's parser returns; its own types say `any`. */
interface Parsed {
  data: string[][];
  errors: Array<{ type: string; row?: number; message: string }>;
  meta: { cursor: number };
}

function hasText(row: readonly string[]): boolean {
  return row.some((cell) => cell.trim() !== '');
}

/** Texts as the cells show them; numbers and dates also as they are stored. An error is an empty text. */
async function* readSheet(sheet: OpenedSheet, limits: EngineLimits): AsyncIterable<SideTableRows> {
  let part = { rows: [] as string[][], stored: [] as Array<Array<string | null>>, errors: 0 };
  let chars = 0;
  for await (const { cells } of sheet.rows()) {
    if (!hasText(cells.map(({ plain }) => plain))) continue;
    chars += cells.reduce((sum, { plain }) => sum + plain.length, 0);
    if (chars > limits.sideFileBytesMax) throw tooLarge(sheet.name, limits.sideFileBytesMax);
    part.errors += cells.filter(isError).length;
    part.rows.push(cells.map((cell) => (isError(cell) ? '' : sheet.shown(cell))));
    part.stored.push(cells.map((cell) => (cell.kind === 'number' || isError(cell) ? cell.plain : null)));
    if (part.rows.length < PART_ROWS) continue;
    yield part;
    part = { rows: [], stored: [], errors: 0 };
  }
  yield part;
}

function isError({ kind }: SheetCell): boolean {
  return kind === 'error' || kind === 'formula';
}

/** The text in pieces, with LF for every line end. */
async function* lines(source: ByteSource, declared: string, bytesMax: number): AsyncIterable<string> {
  const { encoding } = await chooseEncoding(() => source.open(), { declared });
  const decoder = new TextDecoder();
  let bytes = 0;
  // a CR at the end of a piece may be the first half of a line end
  let held = '';
  for await (const chunk of decodeToUtf8(source.open(), encoding)) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw tooLarge(source.name, bytesMax);
    const text = held + decoder.decode(chunk, { stream: true });
    held = text.endsWith('\r') ? '\r' : '';
    yield withLineFeeds(held === '' ? text : text.slice(0, -1));
  }
  yield withLineFeeds(held + decoder.decode());
}

function withLineFeeds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

function tooLarge(name: string, bytesMax: number): RelayError {
  return new RelayError(
    'INPUT_TOO_LARGE',
    `${name}: a side file may have at most ${bytesMax} bytes (LIMIT_SIDE_FILE_BYTES)`,
  );
}
