/** Reads the small tables beside a feed (SKU maps, price lists) with papaparse. */
import { RelayError } from '../../../../core/errors.ts';
import {
  type ByteSource,
  DEFAULT_LIMITS,
  type SideTableForm,
  type SideTableRows,
} from '../../../../core/ports/engine.ts';
import { type OpenedSheet, openTable } from '../container/container.ts';
import type { SheetCell } from '../container/sheet-rows.ts';
import { chooseEncoding, decodeToUtf8 } from '../encoding/index.ts';

/** Side files are held in memory; a larger one is refused. */
export const SIDE_FILE_BYTES_MAX = 256 * 1024 * 1024;

/** The rows of a table, without blank lines. Throws `invalid_input` with the row. */
export async function readSideTable(
  file: ByteSource,
  form: SideTableForm,
  bytesMax = SIDE_FILE_BYTES_MAX,
): Promise<SideTableRows> {
  const limits = { ...DEFAULT_LIMITS, vendorFileBytesMax: bytesMax };
  // it may be a workbook, or in an archive
  const { source, sheet } = await openTable(file, {
    member: null,
    sheet: null,
    quoteTexts: true,
    refuseDocuments: true,
    limits,
  });
  if (sheet !== null) return readSheet(sheet, bytesMax);
  const { default: Papa } = await import('papaparse');
  const text = await readText(source, form.encoding, bytesMax);
  // papaparse takes one kind of line end per file; real files mix them
  const { data, errors } = Papa.parse<string[]>(text.replace(/\r\n?/g, '\n'), {
    delimiter: form.delimiter,
    newline: '\n',
    quoteChar: '"',
    escapeChar: '"',
    header: false,
  });
  const error = errors.find((one) => one.type === 'Quotes');
  if (error !== undefined) {
    const message = `${source.name}: row ${(error.row ?? 0) + 1}: ${error.message.toLowerCase()}`;
    throw new RelayError('invalid_input', message);
  }
  return { rows: data.filter(hasText), stored: null, errors: 0 };
}

function hasText(row: readonly string[]): boolean {
  return row.some((cell) => cell.trim() !== '');
}

/** Texts as the cells show them; numbers and dates also as they are stored. An error is an empty text. */
async function readSheet(sheet: OpenedSheet, bytesMax: number): Promise<SideTableRows> {
  const rows: string[][] = [];
  const stored: Array<Array<string | null>> = [];
  let errors = 0;
  let chars = 0;
  for await (const { cells } of sheet.rows()) {
    if (!hasText(cells.map(({ plain }) => plain))) continue;
    chars += cells.reduce((sum, { plain }) => sum + plain.length, 0);
    if (chars > bytesMax) throw tooLarge(sheet.name, bytesMax);
    errors += cells.filter(isError).length;
    rows.push(cells.map((cell) => (isError(cell) ? '' : sheet.shown(cell))));
    stored.push(cells.map((cell) => (cell.kind === 'number' || isError(cell) ? cell.plain : null)));
  }
  return { rows, stored, errors };
}

function isError({ kind }: SheetCell): boolean {
  return kind === 'error' || kind === 'formula';
}

async function readText(source: ByteSource, declared: string, bytesMax: number): Promise<string> {
  const { encoding } = await chooseEncoding(() => source.open(), { declared });
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of decodeToUtf8(source.open(), encoding)) {
    bytes += chunk.length;
    if (bytes > bytesMax) {
      throw tooLarge(source.name, bytesMax);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function tooLarge(name: string, bytesMax: number): RelayError {
  return new RelayError('INPUT_TOO_LARGE', `${name}: a side file may have at most ${bytesMax} bytes`);
}
