/**
 * The slow lane of the normalizer: cells that a layout composes, or for which it declares a form: sums, constants,
 * words, cells of side files. Other columns never come here.
 *
 * It makes no object per row: cells are byte ranges in one reused `Cell`, look-ups compare bytes, and whatever depends
 * only on the layout is compiled once (`composed-column.ts`). Few cells become strings: formulas, doubled quotes,
 * declared times. Texts are read first, because the room that a row needs in the segment depends on their lengths;
 * values follow once there is room.
 */
// biome-ignore-all lint/style/noNonNullAssertion: loops and field positions bound every index

import { conditionAt } from '../../../bytes/condition.ts';
import { EMPTY, INVALID, readInteger, writeInteger, writeMicros } from '../../../bytes/numbers.ts';
import { type NaiveClock, readDatetime } from '../../../bytes/time/datetime.ts';
import { COLUMN, COLUMN_COUNT } from '../../../canonical.ts';
import type { Layout } from '../../../layout.ts';
import { PLAIN, type RecordBatch } from '../../../scan/batch.ts';
import type { ResolvedColumns } from '../columns/columns.ts';
import {
  CELL_FOREIGN_CURRENCY,
  CELL_FORMULA,
  CELL_INVALID_FACTOR,
  CELL_NOT_IN_SIDE_FILE,
  CELL_UNKNOWN_ADDER,
  type CurrentRow,
  NOWHERE,
} from '../current-row.ts';
import type { SideTable } from '../lookups/side-table.ts';
import { Cell, type CellWrappers, wrappersOf } from './cell.ts';
import { FOREIGN, READ } from './cell-reader.ts';
import { type ComposedColumn, compileColumn, compileJoin, type Join } from './composed-column.ts';
import { applyFactor, BAD_FACTOR, readFactor } from './factors.ts';

/** The largest sum of quantities, and the smallest amount in micros that is too large. */
const INTEGER_MAX = 999_999_999_999_999;
const MONEY_MICROS_LIMIT = 1_000_000_000_000_000;

export class ComposedCells {
  readonly #texts: readonly ComposedColumn[];
  readonly #values: readonly ComposedColumn[];
  readonly #joins: readonly Join[];
  readonly #wrappers: CellWrappers | null;
  readonly #plainNumbers: boolean;
  readonly #naive: NaiveClock | null;
  readonly #cell = new Cell();
  /** A factor's cell as it came, for reports. */
  readonly #factorCell = new Cell();
  /** The sum as text, for reports. */
  readonly #sumText = new Uint8Array(32);
  #isValid = true;
  /** True if the cell that was read last is a number that a workbook stores. */
  #isStored = false;
  /** False while values are only read: the row does not show their cells. */
  #isShown = true;
  #batch: RecordBatch | null = null;
  #record = 0;

  constructor(
    columns: ResolvedColumns,
    layout: Layout,
    tables: ReadonlyMap<string, SideTable>,
    naive: NaiveClock | null,
  ) {
    this.#wrappers = wrappersOf(layout);
    this.#plainNumbers = layout.plainNumbers === true;
    this.#naive = naive;
    const joins = columns.joins.map((join) => compileJoin(join, tables));
    const composed = columns.cells.map((cell) => compileColumn(cell, joins));
    this.#joins = joins;
    this.#texts = composed.filter(({ kind }) => kind === 'text');
    this.#values = composed.filter(({ kind }) => kind !== 'text');
  }

  /** True if values alone are composed. */
  get hasOnlyValues(): boolean {
    return this.#texts.length === 0;
  }

  /** True if rows of a side file are found by the SKU's cell: `locate` then needs it. */
  get joinsBySku(): boolean {
    return this.#joins.some(({ field }) => field < 0);
  }

  /** Finds the row's texts and its rows in side files; false if the row is left out. */
  locate(row: CurrentRow, batch: RecordBatch, record: number): boolean {
    this.#batch = batch;
    this.#record = record;
    this.#isValid = true;
    this.#isShown = true;
    const texts = this.#texts;
    let next = 0;
    if (texts[0]?.position === COLUMN.sku) this.#locateText(row, texts[next++]!);
    for (let j = 0; j < this.#joins.length; j++) if (!this.#join(row, this.#joins[j]!)) return false;
    for (; next < texts.length; next++) this.#locateText(row, texts[next]!);
    return true;
  }

  /** Reads the values; false if one of them, or a text, is invalid. */
  values(row: CurrentRow): boolean {
    for (let v = 0; v < this.#values.length; v++) {
      const column = this.#values[v]!;
      row.setValue(column.position, this.#value(row, column));
    }
    return this.#isValid;
  }

  /**
   * Reads the values into `into`, in which the place of a column is its position and `offset`; the row does not show them. Call `locate`
   * first. False if one of them is invalid.
   */
  valuesInto(row: CurrentRow, into: Float64Array, offset: number): boolean {
    this.#isShown = false;
    for (let v = 0; v < this.#values.length; v++) {
      const column = this.#values[v]!;
      const value = this.#value(row, column);
      const least = column.kind === 'condition' ? 0 : EMPTY;
      if (column.kind === 'datetime' ? row.badTime : value < least) return false;
      into[offset + column.position] = value;
    }
    return this.#isValid;
  }

  /** False if the row is left out. */
  #join(row: CurrentRow, join: Join): boolean {
    const { key } = join;
    if (join.field < 0)
      key.set(row.source[COLUMN.sku]!, row.start[COLUMN.sku]!, row.end[COLUMN.sku]!, row.doubled[COLUMN.sku]!);
    else this.#take(row.window, join.field, key);
    join.row = join.table.find(key);
    return join.row >= 0 || join.missing !== 'skip_row';
  }

  #locateText(row: CurrentRow, column: ComposedColumn): void {
    const { position } = column;
    row.codes[position] = 0;
    this.#pick(row, column);
    // if the side file lacks the key, reports show the key
    if (row.codes[position] === 0) row.setCell(position, this.#cell);
  }

  #value(row: CurrentRow, column: ComposedColumn): number {
    const { position, kind } = column;
    row.codes[position] = 0;
    if (column.sums) return this.#sum(row, column);
    const isGood = this.#pick(row, column);
    const value = this.#readValue(row, column, isGood);
    const scaled = value >= 0 && column.factors.length > 0 ? this.#scale(row, column, value) : value;
    const added = kind === 'money' && scaled >= 0 ? this.#add(row, column, scaled) : scaled;
    if (kind === 'datetime') {
      row.badTime = !isGood || (!this.#cell.isEmpty && Number.isNaN(value));
      row.otherTime = isGood && column.reader.isAmbiguous;
    }
    return added;
  }

  #show(row: CurrentRow, position: number, cell: Cell): void {
    if (this.#isShown) row.setCell(position, cell);
  }

  #readValue(row: CurrentRow, { kind, position, isWatched }: ComposedColumn, isGood: boolean): number {
    const { bytes, start, end } = this.#cell;
    if (kind === 'datetime') return isGood && start < end ? readDatetime(bytes, start, end, this.#naive) : Number.NaN;
    if (kind === 'condition') return isGood ? conditionAt(bytes, start, end) : -1;
    if (!isGood) return INVALID;
    const noted = isWatched && !this.#isStored ? position : NOWHERE;
    if (kind === 'money') return row.readMoney(bytes, start, end, noted);
    row.noteForm(bytes, start, end, noted);
    return readInteger(bytes, start, end);
  }

  /** Reads the column's cell into `#cell`, and shows its raw form in the row, for reports; false if it does not read. */
  #pick(row: CurrentRow, column: ComposedColumn): boolean {
    const cell = this.#cell;
    if (column.constant !== null) cell.set(column.constant, 0, column.constant.length);
    else if (column.side !== null) this.#takeJoined(row, column.position, column.side);
    if (column.fields.length === 0) return this.#read(row, column);
    if (column.separator !== null) return this.#joinTexts(row, column, column.separator);
    for (let f = 0; f < column.fields.length; f++) {
      this.#take(row.window, column.fields[f]!, cell);
      const isGood = this.#read(row, column, column.fieldReaders[f]);
      if (!isGood || !cell.isEmpty) return isGood;
    }
    return true;
  }

  /** The texts that are not empty, with the separator between them, in the column's own buffer. */
  #joinTexts(row: CurrentRow, column: ComposedColumn, separator: Uint8Array): boolean {
    const cell = this.#cell;
    let length = 0;
    for (const field of column.fields) {
      this.#take(row.window, field, cell);
      if (!this.#read(row, column)) return false;
      cell.undouble();
      const size = cell.end - cell.start;
      if (size === 0) continue;
      if (column.joined.length < length + separator.length + size) {
        const larger = new Uint8Array(2 * (length + separator.length + size));
        larger.set(column.joined.subarray(0, length));
        column.joined = larger;
      }
      if (length > 0) {
        column.joined.set(separator, length);
        length += separator.length;
      }
      column.joined.set(cell.bytes.subarray(cell.start, cell.end), length);
      length += size;
      // it is already too long: more text would only take memory
      if (column.position >= COLUMN_COUNT && length > row.extraBytesMax) break;
    }
    cell.set(column.joined, 0, length);
    return true;
  }

  #takeJoined(row: CurrentRow, position: number, { join, column }: NonNullable<ComposedColumn['side']>): void {
    if (join.row >= 0) {
      join.table.put(join.row, column, this.#cell);
      if (this.#wrappers !== null) this.#cell.strip(this.#wrappers);
      return;
    }
    this.#cell.clear();
    // a row without a SKU is already invalid
    if (join.missing !== 'error' || (join.field < 0 && join.key.isEmpty)) return;
    this.#fault(row, position, CELL_NOT_IN_SIDE_FILE);
    this.#show(row, position, join.key);
  }

  #read(row: CurrentRow, column: ComposedColumn, reader = column.reader): boolean {
    const cell = this.#cell;
    const { position } = column;
    if (row.codes[position] === CELL_NOT_IN_SIDE_FILE) return true;
    this.#show(row, position, cell);
    this.#isStored = cell.isNumber;
    const result = reader.read(cell);
    // checked after reading: a declared word may look like a formula
    if (cell.isFormula) {
      this.#fault(row, position, CELL_FORMULA);
      return false;
    }
    if (result === FOREIGN) this.#fault(row, position, CELL_FOREIGN_CURRENCY);
    return result === READ;
  }

  /** Empty cells add nothing; if all are empty, so is the sum. Reports show the first invalid cell. */
  #sum(row: CurrentRow, column: ComposedColumn): number {
    const { kind, fields } = column;
    const cell = this.#cell;
    let sum = EMPTY;
    for (let f = 0; f < fields.length; f++) {
      this.#take(row.window, fields[f]!, cell);
      const isGood = this.#read(row, column);
      const value = this.#readValue(row, column, isGood);
      if (value === EMPTY) continue;
      if (value < 0) return value;
      sum = Math.max(sum, 0) + value;
    }
    if (this.#isShown) this.#showSum(row, column, sum);
    const limit = kind === 'integer' ? INTEGER_MAX + 1 : MONEY_MICROS_LIMIT;
    if (sum >= limit) return INVALID;
    const scaled = sum >= 0 && column.factors.length > 0 ? this.#scale(row, column, sum) : sum;
    return kind === 'money' && scaled >= 0 ? this.#add(row, column, scaled) : scaled;
  }

  #showSum(row: CurrentRow, { kind, position }: ComposedColumn, sum: number): void {
    const text = this.#sumText;
    const length = sum < 0 ? 0 : kind === 'integer' ? writeInteger(text, 0, sum) : writeMicros(text, 0, sum, 3);
    this.#cell.set(text, 0, length);
    row.setCell(position, this.#cell);
  }

  /** Applies the column's factors; an invalid one is a fault of the row, and reports show its cell. */
  #scale(row: CurrentRow, column: ComposedColumn, value: number): number {
    const { kind, position } = column;
    const limit = kind === 'integer' ? INTEGER_MAX + 1 : MONEY_MICROS_LIMIT;
    let scaled = value;
    for (const factor of column.factors) {
      let ratio: ReturnType<typeof readFactor> = factor.constant;
      if (factor.field >= 0) {
        this.#take(row.window, factor.field, this.#cell);
        this.#factorCell.set(this.#cell.bytes, this.#cell.start, this.#cell.end, this.#cell.doubled);
        ratio = readFactor(factor, this.#cell);
      }
      const result = ratio === null ? BAD_FACTOR : applyFactor(scaled, ratio, factor.divides, kind);
      if (result === BAD_FACTOR) {
        this.#fault(row, position, CELL_INVALID_FACTOR);
        if (factor.field >= 0) this.#show(row, position, this.#factorCell);
        return value;
      }
      if (result >= limit) return INVALID;
      scaled = result;
    }
    return scaled;
  }

  #add(row: CurrentRow, column: ComposedColumn, amount: number): number {
    let sum = amount;
    for (const adder of column.adders) {
      let entry = -1;
      if (adder.field >= 0) {
        this.#take(row.window, adder.field, this.#cell);
        entry = adder.words.find(this.#cell);
      }
      const more = entry < 0 ? adder.otherwise : adder.amounts[entry]!;
      if (more < 0) {
        this.#fault(row, column.position, CELL_UNKNOWN_ADDER);
        this.#show(row, column.position, this.#cell);
        return sum;
      }
      sum += more;
    }
    return sum >= MONEY_MICROS_LIMIT ? INVALID : sum;
  }

  #take(window: Uint8Array, field: number, cell: Cell): void {
    const batch = this.#batch!;
    const at = batch.fieldAt(this.#record, field);
    cell.take(window, batch, at);
    if (this.#plainNumbers) cell.isNumber = at >= 0 && batch.fieldStyle[at] === PLAIN;
    if (this.#wrappers !== null) cell.strip(this.#wrappers);
  }

  #fault(row: CurrentRow, position: number, code: number): void {
    row.codes[position] = code;
    this.#isValid = false;
  }
}
