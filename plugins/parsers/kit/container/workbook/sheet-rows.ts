/** Reads the rows of a worksheet: the values of its cells, with their number formats. */
import { RelayError } from '../../../../../core/errors.ts';
import { damaged } from '../inflate.ts';
import type { ContainerLimits } from '../limits.ts';
import { streamXml } from '../xml/xml.ts';
import type { Attributes } from '../xml/xml-handlers.ts';
import { isNumberText, numberText } from './cell-text.ts';
import type { NumberFormat } from './number-format.ts';
import { RichText, type SharedStrings, tooLong } from './shared-strings.ts';
import { isCutRow, SheetScan } from './sheet-scan.ts';
import type { SheetInfo, Workbook } from './workbook.ts';

/** The most rows that this format allows in a sheet. */
const ROWS_MAX = 1_048_576;

export interface SheetCell {
  /** A `number` may be a date or time; `error` is `#N/A` and the like; `formula` is one that was never calculated. */
  kind: 'text' | 'number' | 'error' | 'formula';
  /** The text, number, ISO date or error. A formula has its own text. */
  plain: string;
  /** The number as the sheet stores it; empty for other kinds. */
  stored: string;
  /** Null shows the value as it is. */
  format: NumberFormat | null;
}

export const EMPTY_CELL: SheetCell = { kind: 'text', plain: '', stored: '', format: null };

export interface SheetRow {
  /** From 1. */
  number: number;
  cells: SheetCell[];
}

/** Rows with cells, in order. Throws `invalid_input` if the sheet is damaged, `INPUT_TOO_LARGE` past a limit. */
export async function* sheetRows(
  workbook: Workbook,
  sheet: SheetInfo,
  limits: ContainerLimits,
): AsyncIterable<SheetRow> {
  const rows: SparseRow[] = [];
  for await (const _ of readRows(workbook, sheet, limits, { row: (row) => void rows.push(row) })) {
    for (const row of rows) yield withEmptyCells(row);
    rows.length = 0;
  }
}

/** Takes the rows of a sheet in order. */
export interface RowSink {
  row(row: SparseRow): void;
  /** Takes an ordinary row as places in the XML. False leaves it to `row`. */
  scanned?(scan: SheetScan, values: CellValues): boolean;
}

/** Gives the sheet's rows to the sink. Yields after each chunk of the XML. */
export async function* readRows(
  workbook: Workbook,
  sheet: SheetInfo,
  limits: ContainerLimits,
  sink: RowSink,
): AsyncIterable<void> {
  const part = workbook.part(sheet);
  const values = {
    formats: await workbook.formats(),
    strings: await workbook.strings(),
    date1904: workbook.date1904,
  };
  yield* streamXml(part, new RowReader(part.name, values, limits, sink));
}

/** A row in compact form: a single cell at the right edge must not cost thousands of empty ones. */
export interface SparseRow {
  number: number;
  cells: SheetCell[];
  /** The column of each cell, from 0. */
  columns: number[];
}

export function withEmptyCells({ number, cells, columns }: SparseRow): SheetRow {
  const last = columns.at(-1) ?? -1;
  if (last + 1 === cells.length) return { number, cells };
  const row = new Array<SheetCell>(last + 1).fill(EMPTY_CELL);
  for (const [i, column] of columns.entries()) row[column] = cells[i] ?? EMPTY_CELL;
  return { number, cells: row };
}

/** Limits the empty cells of a sheet's rows: a file may have few cells, and its table many. */
export class EmptyCells {
  #left: number;
  readonly #name: string;
  readonly #most: number;

  constructor(name: string, most: number) {
    this.#name = name;
    this.#most = most;
    this.#left = most;
  }

  /** Throws `INPUT_TOO_LARGE`. `width` is the row's, with its empty cells. */
  take(filled: number, width: number): void {
    this.#left -= width - filled - EMPTY_PER_CELL * filled;
    if (this.#left >= 0) return;
    const message = `${this.#name}: its rows have more than ${this.#most} empty cells (LIMIT_SHEET_EMPTY_CELLS) besides ${EMPTY_PER_CELL} for each filled one; delete what is far to the right`;
    throw new RelayError('INPUT_TOO_LARGE', message);
  }
}

const EMPTY_PER_CELL = 50;

/** The first place whose column is not before the given one. */
function placeAmong(column: number, columns: readonly number[]): number {
  let [from, to] = [0, columns.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((columns[middle] ?? 0) < column) from = middle + 1;
    else to = middle;
  }
  return from;
}

export interface CellValues {
  formats: readonly (NumberFormat | null)[];
  strings: SharedStrings;
  date1904: boolean;
}

/** Collects rows from the tags of a sheet part. */
class RowReader {
  readonly #sink: RowSink;
  readonly #scan: SheetScan;
  isWaiting = false;
  readonly #name: string;
  readonly #values: CellValues;
  readonly #limits: ContainerLimits;
  readonly #rich: RichText;
  #row: SparseRow | null = null;
  readonly #empty: EmptyCells;
  #number = 0;
  #column = -1;
  #type = 'n';
  #style = 0;
  /** The element whose text is read: `v` or `f` of a cell. */
  #taking = '';
  #value: string | null = null;
  #formula: string | null = null;
  #inline = false;

  constructor(name: string, values: CellValues, limits: ContainerLimits, sink: RowSink) {
    this.#name = name;
    this.#values = values;
    this.#limits = limits;
    this.#sink = sink;
    this.#empty = new EmptyCells(name, limits.sheetEmptyCellsMax);
    this.#rich = new RichText(name, limits.cellCharsMax);
    this.#scan = new SheetScan(limits);
  }

  /** Takes ordinary rows. */
  bulk(bytes: Uint8Array, at: number): number {
    const scan = this.#scan;
    let end = at;
    this.isWaiting = false;
    if (this.#sink.scanned === undefined || this.#row !== null || this.#inline || this.#taking !== '') return at;
    for (;;) {
      const next = scan.read(bytes, end, this.#number);
      if (next < 0) {
        this.isWaiting = isCutRow(bytes, end);
        return end;
      }
      if (scan.count > 0 && !this.#sink.scanned(scan, this.#values)) return end;
      if (scan.count > 0) this.#empty.take(scan.count, (scan.columns[scan.count - 1] ?? 0) + 1);
      this.#number = scan.row;
      end = next;
    }
  }

  open(name: string, attributes: Attributes): void {
    if (name === 'c') this.#openCell(attributes);
    else if (name === 'row') this.#openRow(attributes);
    else if (this.#row === null) return;
    else if (name === 'v') {
      this.#taking = 'v';
      this.#value = '';
    } else if (name === 'f') {
      this.#taking = 'f';
      this.#formula = '';
    } else if (name === 'is') {
      this.#inline = true;
      this.#rich.start();
    } else if (this.#inline) this.#rich.open(name);
  }

  text(text: string): void {
    if (this.#taking === 'v') this.#value += text;
    else if (this.#taking === 'f') this.#formula += text;
    else if (this.#inline) this.#rich.add(text);
    else return;
    const taken = (this.#value?.length ?? 0) + (this.#formula?.length ?? 0);
    if (taken > this.#limits.cellCharsMax * 7) throw tooLong(this.#name, this.#limits.cellCharsMax);
  }

  close(name: string): void {
    if (name === 'v' || name === 'f') this.#taking = '';
    else if (name === 'is') {
      this.#inline = false;
      this.#value = this.#rich.end();
    } else if (name === 'c') this.#closeCell();
    else if (name === 'row') this.#closeRow();
    else if (this.#inline) this.#rich.close(name);
  }

  #openRow(attributes: Attributes): void {
    const given = attributes.get('r');
    const number = given === undefined ? this.#number + 1 : Number(given);
    if (!Number.isInteger(number) || number <= this.#number || number > ROWS_MAX) {
      throw damaged(this.#name, `row ${given} comes after row ${this.#number}`);
    }
    this.#number = number;
    this.#column = -1;
    this.#row = { number, cells: [], columns: [] };
  }

  #openCell(attributes: Attributes): void {
    if (this.#row === null) throw damaged(this.#name, 'a cell is outside a row');
    const reference = attributes.get('r');
    this.#column = reference === undefined ? this.#column + 1 : this.#columnOf(reference);
    if (this.#column >= this.#limits.sheetColumnsMax) {
      const message = `${this.#name}: row ${this.#number} has more than ${this.#limits.sheetColumnsMax} columns (LIMIT_SHEET_COLUMNS)`;
      throw new RelayError('INPUT_TOO_LARGE', message);
    }
    this.#type = attributes.get('t') ?? 'n';
    this.#style = Number(attributes.get('s') ?? 0);
    this.#value = null;
    this.#formula = null;
    this.#inline = false;
  }

  /** From 0. */
  #columnOf(reference: string): number {
    const [, letters, digits] = /^([A-Z]{1,3})(\d{1,7})$/.exec(reference) ?? [];
    if (letters === undefined || Number(digits) !== this.#number) {
      throw damaged(this.#name, `row ${this.#number} has a cell ${JSON.stringify(reference.slice(0, 20))}`);
    }
    let column = 0;
    for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
    return column - 1;
  }

  #closeCell(): void {
    const stored = { type: this.#type, style: this.#style, value: this.#value, formula: this.#formula };
    const cell = cellOf(stored, this.#values);
    if (cell === null) throw damaged(this.#name, `row ${this.#number} refers to a text that does not exist`);
    if (cell.plain.length > this.#limits.cellCharsMax) {
      throw tooLong(`${this.#name}: row ${this.#number}`, this.#limits.cellCharsMax);
    }
    if (this.#row === null) throw damaged(this.#name, 'a row ends inside a cell');
    const { cells, columns } = this.#row;
    if (cell.plain === '') return;
    const last = columns.at(-1) ?? -1;
    if (this.#column > last) {
      cells.push(cell);
      columns.push(this.#column);
      return;
    }
    // some writers store cells out of order
    const at = placeAmong(this.#column, columns);
    const isThere = columns[at] === this.#column;
    cells.splice(at, isThere ? 1 : 0, cell);
    columns.splice(at, isThere ? 1 : 0, this.#column);
  }

  #closeRow(): void {
    if (this.#row !== null && this.#row.cells.length > 0) {
      const { cells, columns } = this.#row;
      this.#empty.take(cells.length, (columns.at(-1) ?? 0) + 1);
      this.#sink.row(this.#row);
    }
    this.#row = null;
  }
}

/** What a sheet stores of a cell. */
export interface StoredCell {
  type: string;
  style: number;
  value: string | null;
  formula: string | null;
}

/** Null if the cell refers to a shared string that does not exist. */
export function cellOf(
  { type, style, value, formula }: StoredCell,
  { formats, strings, date1904 }: CellValues,
): SheetCell | null {
  const format = formats[style] ?? null;
  const text = (plain: string): SheetCell => ({ kind: 'text', plain, stored: '', format });
  // a formula that was never calculated has no value: show it instead of reading an empty cell
  if (value === null) {
    if (formula === null) return EMPTY_CELL;
    return { kind: 'formula', plain: `=${formula}`, stored: '', format: null };
  }
  switch (type) {
    case 's': {
      const index = /^\s*\d{1,10}\s*$/.test(value) ? Number(value) : -1;
      const found = strings.at(index);
      return found === undefined ? null : text(found);
    }
    case 'b':
      return { ...text(value.trim() === '0' || value.trim() === 'false' ? 'FALSE' : 'TRUE'), format: null };
    case 'n': {
      const plain = numberText(value, format, date1904);
      const isNumber = plain !== value || isNumberText(plain);
      return isNumber ? { kind: 'number', plain, stored: value, format } : text(plain);
    }
    case 'd':
      return { ...text(value.replace(/T00:00:00(\.0+)?Z?$/, '')), format: null };
    case 'e':
      return { kind: 'error', plain: value, stored: '', format: null };
    default:
      // a formula's text, or inline text
      return text(value);
  }
}
