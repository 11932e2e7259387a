/** A side file such as a price list: the cells that a layout reads from it, by key, held in memory without an object per row. */
// biome-ignore-all lint/style/noNonNullAssertion: the map's value ranges bound the bytes
import { ByteMap } from '../../../bytes/byte-map.ts';
import { toBytes } from '../../../bytes/text.ts';
import { trimText } from '../../../bytes/trim.ts';
import { columnKind } from '../../../canonical.ts';
import { RelayError } from '../../../errors.ts';
import { columnSources, type Layout, type SideFile } from '../../../layout.ts';
import { EXAMPLES_MAX } from '../../../notices/notices.ts';
import type { SideTableRows } from '../../../ports/engine.ts';
import { Cell, type CellWrappers, wrappersOf } from '../cells/cell.ts';
import { FeedHeader } from '../columns/header.ts';
import type { SideExample } from './sku-map.ts';

/** Bytes before each cell: its length, with one bit for a number from a workbook. */
const LENGTH_BYTES = 4;
const NUMBER_BIT = 0x80000000;

export interface SideTableOptions {
  file: SideFile;
  layout: Layout;
  vendorId: string;
  /** The seed of the hash table. */
  seed: number;
}

export class SideTable {
  readonly warnings: string[] = [];
  readonly examples: SideExample[] = [];
  /** A key's value is its cells in a row, each preceded by its length. */
  readonly #map: ByteMap;
  /** The columns that are read from the file, in the order of the cells. */
  readonly #columns: readonly string[];

  private constructor(seed: number, columns: readonly string[]) {
    this.#map = new ByteMap(seed);
    this.#columns = columns;
  }

  /** The first row is the header, if the file has one. Throws `invalid_input` if a column is missing. */
  static async read(parts: AsyncIterable<SideTableRows>, options: SideTableOptions): Promise<SideTable> {
    const { file, layout, vendorId, seed } = options;
    const table = new SideTable(seed, columnsRead(file, layout));
    const wrappers = wrappersOf(layout);
    let reader: RowFields | null = null;
    let again = 0;
    let errors = 0;
    let rowNumber = 0;
    for await (const part of parts) {
      errors += part.errors;
      for (const [r, row] of part.rows.entries()) {
        rowNumber++;
        if (reader === null) {
          reader = rowFields(row, table.#columns, options);
          if (file.header) continue;
        }
        const repeated = table.#add(row, part.stored?.[r] ?? null, reader, wrappers);
        if (repeated !== null && again++ < EXAMPLES_MAX)
          table.examples.push({ code: 'side_file_duplicate_keys', row_number: rowNumber, cell: repeated });
      }
    }
    if (reader === null) rowFields([], table.#columns, options);
    if (errors > 0) table.warnings.push(`side_file_errors:${vendorId}:${file.name}:${errors}`);
    if (again > 0) table.warnings.push(`side_file_duplicate_keys:${vendorId}:${file.name}:${again}`);
    return table;
  }

  /** Adds a row; returns the row that already had the key, if any. */
  #add(
    row: readonly string[],
    stored: ReadonlyArray<string | null> | null,
    { key, fields, areValues }: RowFields,
    wrappers: CellWrappers | null,
  ): string | null {
    const at = (field: number) => trimText(row[field] ?? '');
    const keyText = stripped(at(key), wrappers);
    if (keyText === '') return null;
    // for a number in a workbook, columns of numbers get the stored number, other columns the text that is shown
    const cells = fields.map((field, i) => {
      const number = areValues[i] === true ? (stored?.[field] ?? null) : null;
      return { text: number ?? at(field), isNumber: number !== null && isPlainNumber(number) };
    });
    return this.#map.set(toBytes(keyText), packed(cells)) ? keyText : null;
  }

  /** The row of a key, or -1. */
  find(key: Cell): number {
    key.undouble();
    return key.isEmpty ? -1 : this.#map.find(key.bytes, key.start, key.end);
  }

  /** The number of a column, for `put`. */
  column(name: string): number {
    return this.#columns.indexOf(name);
  }

  /** Sets `cell` to the cell of a row. */
  put(row: number, column: number, cell: Cell): void {
    const { bytes } = this.#map;
    let at = this.#map.valueStart(row);
    for (let skip = column; skip > 0; skip--) at += LENGTH_BYTES + lengthAt(bytes, at);
    const start = at + LENGTH_BYTES;
    cell.set(bytes, start, start + lengthAt(bytes, at));
    cell.isNumber = bytes[at]! >= 0x80;
  }
}

/** Where the key and the columns are in a row. */
interface RowFields {
  key: number;
  fields: readonly number[];
  /** True for columns that are read as numbers or times. */
  areValues: readonly boolean[];
}

function rowFields(first: readonly string[], columns: readonly string[], options: SideTableOptions): RowFields {
  const { file, layout, vendorId } = options;
  const header = new FeedHeader(file.header ? first : null, first.length, vendorId);
  return {
    key: fieldOf(header, file.key, file, vendorId),
    fields: columns.map((name) => fieldOf(header, name, file, vendorId)),
    areValues: columns.map((name) => isReadAsValue(name, file, layout)),
  };
}

function columnsRead(file: SideFile, layout: Layout): string[] {
  const names = columnSources(layout).flatMap(([, source]) => {
    if (!('origin' in source) || source.origin.kind !== 'side_file') return [];
    return source.origin.file === file.name ? [source.origin.column] : [];
  });
  return [...new Set(names)];
}

function fieldOf(header: FeedHeader, name: string, file: SideFile, vendorId: string): number {
  const position = /^#(\d+)$/.exec(name);
  const ref = position === null ? { header: name, match: 'loose' as const } : { index: Number(position[1]) };
  const use = `the side file "${file.name}"`;
  const { index } = header.find([ref], use);
  if (index >= 0) return index;
  const details = { vendor_id: vendorId };
  throw new RelayError('invalid_input', `vendor ${vendorId}: ${header.missing([ref], use)}`, { details });
}

function stripped(text: string, wrappers: CellWrappers | null): string {
  if (wrappers === null) return text;
  const bytes = toBytes(text);
  const cell = new Cell();
  cell.set(bytes, 0, bytes.length);
  cell.strip(wrappers);
  return cell.text();
}

/** True if the column is read as a number or time, not as a text. */
function isReadAsValue(name: string, file: SideFile, layout: Layout): boolean {
  return columnSources(layout).some(([column, source]) => {
    if (!('origin' in source) || source.origin.kind !== 'side_file') return false;
    const { origin } = source;
    const kind = columnKind(column);
    return origin.file === file.name && origin.column === name && kind !== 'text' && kind !== 'condition';
  });
}

function isPlainNumber(text: string): boolean {
  return /^-?\d+(?:\.\d+)?$/.test(text);
}

function packed(cells: ReadonlyArray<{ text: string; isNumber: boolean }>): Uint8Array {
  const parts = cells.map(({ text }) => toBytes(text));
  const out = new Uint8Array(parts.reduce((sum, part) => sum + LENGTH_BYTES + part.length, 0));
  let at = 0;
  for (const [i, part] of parts.entries()) {
    new DataView(out.buffer).setUint32(at, part.length + (cells[i]?.isNumber ? NUMBER_BIT : 0));
    out.set(part, at + LENGTH_BYTES);
    at += LENGTH_BYTES + part.length;
  }
  return out;
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! & 0x7f) << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}
