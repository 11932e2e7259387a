/**
 * The slower lane of the normalizer: cells that a layout composes or declares a form for, such as sums, constants, words,
 * and cells of side files. Columns that are read as they are never come here.
 *
 * It makes no object per row: cells are byte ranges in one reused `Cell`, look-ups compare bytes, and what depends only on
 * the layout is compiled once (`composed-column.ts`). Only formulas, declared times and words beyond ASCII become strings.
 * Texts come first, because a row's room in the segment depends on their length; values follow once the room is there.
 */
// biome-ignore-all lint/style/noNonNullAssertion: loops and field positions bound every index

import { conditionAt } from '../../../bytes/condition.ts';
import { type NaiveClock, readDatetime } from '../../../bytes/datetime.ts';
import { EMPTY, INVALID, readInteger, writeInteger, writeMicros } from '../../../bytes/numbers.ts';
import { COLUMN, type ColumnKind } from '../../../canonical.ts';
import type { Layout } from '../../../layout.ts';
import { PLAIN, type RecordBatch } from '../../../scan/batch.ts';
import type { ResolvedColumns } from '../columns.ts';
import {
  CELL_FOREIGN_CURRENCY,
  CELL_FORMULA,
  CELL_NOT_IN_SIDE_FILE,
  CELL_UNKNOWN_ADDER,
  type CurrentRow,
} from '../current-row.ts';
import type { SideTable } from '../lookups/side-table.ts';
import { Cell } from './cell.ts';
import { FOREIGN, READ } from './cell-reader.ts';
import { type ComposedColumn, compileColumn, compileJoin, type Join } from './composed-column.ts';

/** The largest sum of quantities, and the smallest amount in micros that is too large. */
const INTEGER_MAX = 999_999_999_999_999;
const MONEY_MICROS_LIMIT = 1_000_000_000_000_000;

export class ComposedCells {
  readonly #texts: readonly ComposedColumn[];
  readonly #values: readonly ComposedColumn[];
  readonly #joins: readonly Join[];
  readonly #unwrap: boolean;
  readonly #plainNumbers: boolean;
  readonly #naive: NaiveClock | null;
  readonly #cell = new Cell();
  /** The sum as text, for reports. */
  readonly #sumText = new Uint8Array(32);
  #isValid = true;
  #batch: RecordBatch | null = null;
  #first = 0;
  #fields = 0;

  constructor(
    columns: ResolvedColumns,
    layout: Layout,
    tables: ReadonlyMap<string, SideTable>,
    naive: NaiveClock | null,
  ) {
    this.#unwrap = layout.unwrap === true;
    this.#plainNumbers = layout.plainNumbers === true;
    this.#naive = naive;
    const joins = columns.joins.map((join) => compileJoin(join, tables));
    const composed = columns.cells.map((cell) => compileColumn(cell, joins));
    this.#joins = joins;
    this.#texts = composed.filter(({ kind }) => kind === 'text');
    this.#values = composed.filter(({ kind }) => kind !== 'text');
  }

  /** Finds the row's texts and its rows in side files; false if the row is left out. */
  locate(row: CurrentRow, batch: RecordBatch, record: number): boolean {
    this.#batch = batch;
    this.#first = batch.firstField[record]!;
    this.#fields = batch.firstField[record + 1]! - this.#first;
    this.#isValid = true;
    const texts = this.#texts;
    let next = 0;
    if (texts[0]?.position === COLUMN.sku) this.#locateText(row, texts[next++]!);
    for (let j = 0; j < this.#joins.length; j++) if (!this.#join(row, this.#joins[j]!)) return false;
    for (; next < texts.length; next++) this.#locateText(row, texts[next]!);
    return true;
  }

  /** Reads the values; false if one of them, or a text, is invalid. */
  values(row: CurrentRow): boolean {
    for (let v = 0; v < this.#values.length; v++) this.#value(row, this.#values[v]!);
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
    // for a key that the side file lacks, reports show the key
    if (row.codes[position] === 0) row.setCell(position, this.#cell);
  }

  #value(row: CurrentRow, column: ComposedColumn): void {
    const { position, kind } = column;
    row.codes[position] = 0;
    if (column.sums) {
      row.setValue(position, this.#sum(row, column));
      return;
    }
    const isGood = this.#pick(row, column);
    const value = this.#readValue(row, kind, isGood);
    const added = kind === 'money' && value >= 0 ? this.#add(row, column, value) : value;
    if (kind === 'datetime') row.badTime = !isGood || (!this.#cell.isEmpty && Number.isNaN(value));
    row.setValue(position, added);
  }

  #readValue(row: CurrentRow, kind: ColumnKind, isGood: boolean): number {
    const { bytes, start, end } = this.#cell;
    if (kind === 'datetime') return isGood && start < end ? readDatetime(bytes, start, end, this.#naive) : Number.NaN;
    if (kind === 'condition') return isGood ? conditionAt(bytes, start, end) : -1;
    if (!isGood) return INVALID;
    return kind === 'integer' ? readInteger(bytes, start, end) : row.readMoney(bytes, start, end);
  }

  /** Reads the column's cell into `#cell`, and shows its raw form in the row, for reports; false if it does not read. */
  #pick(row: CurrentRow, column: ComposedColumn): boolean {
    const cell = this.#cell;
    if (column.constant !== null) cell.set(column.constant, 0, column.constant.length);
    else if (column.side !== null) this.#takeJoined(row, column.position, column.side);
    if (column.fields.length === 0) return this.#read(row, column);
    for (let f = 0; f < column.fields.length; f++) {
      this.#take(row.window, column.fields[f]!, cell);
      const isGood = this.#read(row, column, column.fieldReaders[f]);
      if (!isGood || !cell.isEmpty) return isGood;
    }
    return true;
  }

  #takeJoined(row: CurrentRow, position: number, { join, column }: NonNullable<ComposedColumn['side']>): void {
    if (join.row >= 0) {
      join.table.put(join.row, column, this.#cell);
      if (this.#unwrap) this.#cell.unwrap();
      return;
    }
    this.#cell.clear();
    // a row without a SKU is invalid for that alone
    if (join.missing !== 'error' || (join.field < 0 && join.key.isEmpty)) return;
    this.#fault(row, position, CELL_NOT_IN_SIDE_FILE);
    row.setCell(position, join.key);
  }

  #read(row: CurrentRow, column: ComposedColumn, reader = column.reader): boolean {
    const cell = this.#cell;
    const { position } = column;
    if (row.codes[position] === CELL_NOT_IN_SIDE_FILE) return true;
    row.setCell(position, cell);
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
    const { position, kind, fields } = column;
    const cell = this.#cell;
    let sum = EMPTY;
    for (let f = 0; f < fields.length; f++) {
      this.#take(row.window, fields[f]!, cell);
      const isGood = this.#read(row, column);
      const value = this.#readValue(row, kind, isGood);
      if (value === EMPTY) continue;
      if (value < 0) return value;
      sum = Math.max(sum, 0) + value;
    }
    const length =
      sum < 0 ? 0 : kind === 'integer' ? writeInteger(this.#sumText, 0, sum) : writeMicros(this.#sumText, 0, sum, 3);
    cell.set(this.#sumText, 0, length);
    row.setCell(position, cell);
    if (kind === 'integer') return sum > INTEGER_MAX ? INVALID : sum;
    return sum >= MONEY_MICROS_LIMIT ? INVALID : sum < 0 ? sum : this.#add(row, column, sum);
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
        row.setCell(column.position, this.#cell);
        return sum;
      }
      sum += more;
    }
    return sum >= MONEY_MICROS_LIMIT ? INVALID : sum;
  }

  #take(window: Uint8Array, field: number, cell: Cell): void {
    cell.take(window, this.#batch!, this.#first, this.#fields, field);
    if (this.#plainNumbers)
      cell.isNumber = field < this.#fields && this.#batch!.fieldStyle[this.#first + field] === PLAIN;
    if (this.#unwrap) cell.unwrap();
  }

  #fault(row: CurrentRow, position: number, code: number): void {
    row.codes[position] = code;
    this.#isValid = false;
  }
}
