/**
 * Opens the table in a gzip file, ZIP archive or workbook. Bytes are unpacked as they are read; nothing is written anywhere. The
 * file's first bytes tell the format, never its name.
 */
import { RelayError } from '../../../../core/errors.ts';
import type { ByteSource } from '../../../../core/ports/engine.ts';
import { refuseDocument, refuseFormat } from './foreign-formats.ts';
import { gunzipped } from './inflate.ts';
import type { ContainerLimits, ContainerOptions } from './limits.ts';
import type { SheetColumns } from './workbook/sheet-form.ts';
import type { SheetCell, SheetRow } from './workbook/sheet-rows.ts';
import type { SheetInfo, Workbook } from './workbook/workbook.ts';

/** The sheet of a workbook that was opened. */
export interface OpenedSheet {
  name: string;
  /** Names of the other sheets that have cells. */
  others: readonly string[];
  /** Names of the other sheets that are hidden. */
  hidden: readonly string[];
  /** The text again, now that it is known how each column is read. */
  withColumns(columns: SheetColumns): ReadSheet;
  /** The errors among the cells of the opened table, once it was read. */
  errors(): SheetErrorCount;
  /** The rows as cells, without making text of them first. */
  rows(): AsyncIterable<SheetRow>;
  /** What the cell shows. */
  shown(cell: SheetCell): string;
}

/** Cells with an error, or with a formula that was never calculated. */
export interface SheetErrorCount {
  count: number;
  /** The sheet, and the addresses of the first ones. */
  examples: string;
}

export interface ReadSheet {
  source: ByteSource;
  /** The errors that were read as empty cells, once the source was read. */
  errors(): SheetErrorCount;
  /** The amounts that are shown in another currency, or as percentages. */
  doubts(): SheetErrorCount;
}

export interface OpenedTable {
  /** The table as text. */
  source: ByteSource;
  /** The containers it was in, outermost first, such as `gzip` or `ZIP member "stock.csv"`. */
  via: readonly string[];
  /** The names of a workbook's visible sheets, the one that was opened among them; empty for text. */
  sheets: readonly string[];
  /** True if the text was made from cells: it is RFC 4180 in UTF-8, whatever is declared. */
  isSheet: boolean;
  /** Null for text. */
  sheet: OpenedSheet | null;
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
/** Only so many sheets are examined; further ones count as having cells. */
const SHEETS_LOOKED_AT = 20;
const NAMES_MAX = 10;
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
      return { source: current, via, sheets: [], isSheet: false, sheet: null };
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
    const { readZipDirectory } = await import('./zip/zip-directory.ts');
    const { isOfficeDocument } = await import('./workbook/workbook.ts');
    const entries = await readZipDirectory(current, options.limits);
    if (isOfficeDocument(entries)) return openSheet(current, entries, via, options);
    const { chooseMember, memberSource } = await import('./zip/zip.ts');
    const entry = chooseMember(current.name, entries, options.member);
    via.push(`ZIP member ${JSON.stringify(entry.name)}`);
    current = memberSource(current, entry, options.limits);
  }
}

type ZipEntries = Awaited<ReturnType<typeof import('./zip/zip-directory.ts').readZipDirectory>>;

async function openSheet(
  archive: ByteSource,
  entries: ZipEntries,
  via: string[],
  { limits, sheet: wanted, squareSheet = false, quoteTexts = false }: OpenOptions,
): Promise<OpenedTable> {
  const { Workbook } = await import('./workbook/workbook.ts');
  const { sheetSource, sheetWidth } = await import('./workbook/sheet.ts');
  const { shownCell } = await import('./workbook/cell-writer.ts');
  const { SheetErrors } = await import('./workbook/sheet-errors.ts');
  const { sheetRows } = await import('./workbook/sheet-rows.ts');
  const workbook = await Workbook.open(archive, entries, limits);
  const chosen = workbook.choose(wanted);
  const { name } = chosen;
  const width = squareSheet ? await sheetWidth(workbook, chosen, limits) : 0;
  const { others, hidden } = await otherSheets(workbook, chosen);
  via.push(sheetPlace(chosen, workbook.sheets.length, { others, hidden }));
  const read = (columns: SheetColumns | null): ReadSheet => {
    const errors = new SheetErrors(name);
    const doubts = new SheetErrors(name);
    const source = sheetSource(workbook, chosen, limits, { width, quoteTexts, columns, errors, doubts });
    return { source, errors: () => errors, doubts: () => doubts };
  };
  const { source, errors } = read(null);
  return {
    source,
    via,
    sheets: workbook.sheets.filter((one) => !one.hidden).map((one) => one.name),
    isSheet: true,
    sheet: {
      name,
      others,
      hidden,
      withColumns: read,
      errors,
      rows: () => sheetRows(workbook, chosen, limits),
      shown: (cell) => shownCell(cell, workbook.date1904),
    },
  };
}

type SheetNames = Pick<OpenedSheet, 'others' | 'hidden'>;

/** The sheets that were not read. Empty ones are left out: workbooks often have some, and nobody misses them. */
async function otherSheets(workbook: Workbook, chosen: SheetInfo): Promise<SheetNames> {
  const others: string[] = [];
  const hidden: string[] = [];
  for (const sheet of workbook.sheets) {
    if (sheet === chosen) continue;
    if (sheet.hidden) hidden.push(sheet.name);
    else if (others.length >= SHEETS_LOOKED_AT || (await workbook.hasCells(sheet))) others.push(sheet.name);
  }
  return { others, hidden };
}

/** `sheet "Stock" of 4; not read: "Prices"; hidden: "Notes"`. */
function sheetPlace(chosen: SheetInfo, count: number, { others, hidden }: SheetNames): string {
  const parts = [
    `sheet ${JSON.stringify(chosen.name)}${chosen.hidden ? ' (hidden)' : ''}${count > 1 ? ` of ${count}` : ''}`,
    ...(others.length > 0 ? [`not read: ${namesOf(others)}`] : []),
    ...(hidden.length > 0 ? [`hidden: ${namesOf(hidden)}`] : []),
  ];
  return parts.join(', ');
}

/** Names in quotes, as many as a message has room for. */
export function namesOf(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_MAX).map((name) => JSON.stringify(name));
  return shown.join(', ') + (names.length > NAMES_MAX ? ` and ${names.length - NAMES_MAX} more` : '');
}

async function headOf(source: ByteSource): Promise<Uint8Array> {
  const head = new Uint8Array(HEAD_BYTES);
  let length = 0;
  for await (const chunk of source.open()) {
    const part = chunk.subarray(0, HEAD_BYTES - length);
    head.set(part, length);
    length += part.length;
    if (length === HEAD_BYTES) break;
  }
  return head.subarray(0, length);
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}
