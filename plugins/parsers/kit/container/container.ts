/**
 * Opens the table in a gzip file, ZIP archive or workbook. Bytes are unpacked as they are read; nothing is written anywhere. The
 * file's first bytes tell the format, never its name.
 */
import { RelayError } from '../../../../core/errors.ts';
import type { ByteSource } from '../../../../core/ports/engine.ts';
import { refuseDocument, refuseFormat } from './foreign-formats.ts';
import { gunzipped } from './inflate.ts';
import type { ContainerLimits, ContainerOptions } from './limits.ts';

export interface OpenedTable {
  /** The table as text. */
  source: ByteSource;
  /** The containers it was in, outermost first, such as `gzip` or `ZIP member "stock.csv"`. */
  via: readonly string[];
  /** The names of a workbook's visible sheets, the one that was opened among them; empty for text. */
  sheets: readonly string[];
  /** True if the text was made from cells: it is RFC 4180 in UTF-8, whatever is declared. */
  isSheet: boolean;
}

export interface OpenOptions extends ContainerOptions {
  limits: ContainerLimits;
  /** True to pad every row of a sheet that is not blank to the widest row; this takes one more pass. */
  squareSheet?: boolean;
  /** True to quote a sheet's texts but not its numbers, for a layout with `plainNumbers`. */
  quoteTexts?: boolean;
  /** True to refuse HTML, XML, JSON and other documents in text by name, for parsers of delimited text. */
  refuseDocuments?: boolean;
}

/** How a sheet's text is written, whatever the config declares. */
export const SHEET_ENCODING = 'utf-8';
export const SHEET_DELIMITER = ',';
export const SHEET_QUOTE = '"';

/** Documents may have many blank lines before their first tag. */
const HEAD_BYTES = 8192;
const GZIP = [0x1f, 0x8b, 8];
const ZIPS = [
  [0x50, 0x4b, 3, 4],
  [0x50, 0x4b, 5, 6],
  [0x50, 0x4b, 7, 8],
];

/** Throws `invalid_input` if the file is damaged, ambiguous or in an unknown format, `INPUT_TOO_LARGE` past a limit. */
export async function openTable(source: ByteSource, options: OpenOptions): Promise<OpenedTable> {
  const via: string[] = [];
  let current = source;
  for (;;) {
    const head = await headOf(current);
    const isGzip = startsWith(head, GZIP);
    if (!isGzip && !ZIPS.some((magic) => startsWith(head, magic))) {
      await refuseFormat(current, head);
      if (options.refuseDocuments === true) refuseDocument(current.name, head);
      return { source: current, via, sheets: [], isSheet: false };
    }
    if (via.length === options.limits.archiveDepthMax) {
      const message = `${source.name} has archives inside archives, more than ${via.length} (LIMIT_ARCHIVE_DEPTH)`;
      throw new RelayError('INPUT_TOO_LARGE', message);
    }
    if (isGzip) {
      via.push('gzip');
      current = gunzipped(current, options.limits);
      continue;
    }
    const { readZipDirectory } = await import('./zip-directory.ts');
    const { isOfficeDocument } = await import('./workbook.ts');
    const entries = await readZipDirectory(current, options.limits);
    if (isOfficeDocument(entries)) return openSheet(current, entries, via, options);
    const { chooseMember, memberSource } = await import('./zip.ts');
    const entry = chooseMember(current.name, entries, options.member);
    via.push(`ZIP member ${JSON.stringify(entry.name)}`);
    current = memberSource(current, entry, options.limits);
  }
}

type Entries = Awaited<ReturnType<typeof import('./zip-directory.ts').readZipDirectory>>;

async function openSheet(
  archive: ByteSource,
  entries: Entries,
  via: string[],
  { limits, sheet: wanted, squareSheet = false, quoteTexts = false }: OpenOptions,
): Promise<OpenedTable> {
  const { Workbook } = await import('./workbook.ts');
  const { sheetSource, sheetWidth } = await import('./sheet.ts');
  const workbook = await Workbook.open(archive, entries, limits);
  const sheet = workbook.choose(wanted);
  const width = squareSheet ? await sheetWidth(workbook, sheet, limits) : 0;
  const rest = workbook.sheets.length > 1 ? ` of ${workbook.sheets.length}` : '';
  via.push(`sheet ${JSON.stringify(sheet.name)}${rest}`);
  const sheets = workbook.sheets.filter(({ hidden }) => !hidden).map(({ name }) => name);
  return { source: sheetSource(workbook, sheet, limits, { width, quoteTexts }), via, sheets, isSheet: true };
}

async function headOf(source: ByteSource): Promise<Uint8Array> {
  const head: number[] = [];
  for await (const chunk of source.open()) {
    head.push(...chunk.subarray(0, HEAD_BYTES - head.length));
    if (head.length >= HEAD_BYTES) break;
  }
  return Uint8Array.from(head);
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}
