/** Reads the small tables beside a feed (SKU maps, price lists) with papaparse. */
import { RelayError } from '../../../core/errors.ts';
import { type ByteSource, DEFAULT_LIMITS, type SideTableForm } from '../../../core/ports/engine.ts';
import { openTable, SHEET_DELIMITER, SHEET_ENCODING } from './container.ts';
import { chooseEncoding, decodeToUtf8 } from './encoding.ts';

/** A side file is held in memory; past this many bytes it is refused. */
export const SIDE_FILE_BYTES_MAX = 256 * 1024 * 1024;

/** A table as rows of cells, the header first, blank lines left out. Throws `invalid_input` with the line. */
export async function readSideTable(
  file: ByteSource,
  form: SideTableForm,
  bytesMax = SIDE_FILE_BYTES_MAX,
): Promise<string[][]> {
  const { default: Papa } = await import('papaparse');
  const limits = { ...DEFAULT_LIMITS, vendorFileBytesMax: bytesMax };
  // it may come as a workbook, or in an archive, too
  const { source, isSheet } = await openTable(file, { member: null, sheet: null, limits });
  const text = await readText(source, isSheet ? SHEET_ENCODING : form.encoding, bytesMax);
  // papaparse takes one kind of line end for the whole file; people's files mix them
  const { data, errors } = Papa.parse<string[]>(text.replace(/\r\n?/g, '\n'), {
    delimiter: isSheet ? SHEET_DELIMITER : form.delimiter,
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
  return data.filter((row) => row.some((cell) => cell.trim() !== ''));
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
