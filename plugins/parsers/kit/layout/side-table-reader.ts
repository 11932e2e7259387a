/** Reads the small tables beside a feed (SKU maps, price lists) with papaparse. */
// biome-ignore-all lint/style/noNonNullAssertion: a record's number is below the batch's count
import { toBytes } from '../../../../core/bytes/text.ts';
import { RelayError } from '../../../../core/errors.ts';
import {
  type ByteSource,
  DEFAULT_LIMITS,
  type SideTableForm,
  type SideTableRows,
} from '../../../../core/ports/engine.ts';
import { PLAIN } from '../../../../core/scan/batch.ts';
import { recordCells } from '../../../../core/scan/cells.ts';
import { scanFeed } from '../../../../core/scan/feed.ts';
import { Scanner } from '../../../../core/scan/scanner.ts';
import { openTable, SHEET_DELIMITER, SHEET_QUOTE } from '../container/container.ts';
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
  const { source, isSheet } = await openTable(file, {
    member: null,
    sheet: null,
    quoteTexts: true,
    refuseDocuments: true,
    limits,
  });
  if (isSheet) return readSheet(source, bytesMax);
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
  return { rows: data.filter(hasText), numbers: null };
}

function hasText(row: readonly string[]): boolean {
  return row.some((cell) => cell.trim() !== '');
}

/** Cells without quotes are numbers. */
async function readSheet(source: ByteSource, bytesMax: number): Promise<SideTableRows> {
  const dialect = { delimiter: toBytes(SHEET_DELIMITER), quote: SHEET_QUOTE.charCodeAt(0), escape: -1 };
  const options = { windowBytes: DEFAULT_LIMITS.windowBytes, skipLines: 0, headerFirst: false };
  const rows: string[][] = [];
  const numbers: boolean[][] = [];
  for await (const { window, batch } of scanFeed(source.open(), new Scanner(dialect, bytesMax), options)) {
    for (let record = 0; record < batch.count; record++) {
      const cells = recordCells(window, batch, record);
      if (!hasText(cells)) continue;
      rows.push(cells);
      numbers.push(cells.map((_, i) => batch.fieldStyle[batch.firstField[record]! + i] === PLAIN));
    }
  }
  return { rows, numbers };
}

async function readText(source: ByteSource, declared: string, bytesMax: number): Promise<string> {
  const { encoding } = await chooseEncoding(() => source.open(), { declared });
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of decodeToUtf8(source.open(), encoding)) {
    bytes += chunk.length;
    if (bytes > bytesMax) {
      throw new RelayError('INPUT_TOO_LARGE', `${source.name}: a side file may have at most ${bytesMax} bytes`);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
