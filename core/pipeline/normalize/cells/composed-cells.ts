/**
 * The cells that a layout puts together or that have a form of their own: sums, constants, words, cells of side files.
 * Texts are settled before a row's place is reserved, values after; columns that are read as they are never come here.
 */

import { conditionAt } from '../../../bytes/condition.ts';
import { type NaiveClock, readDatetime } from '../../../bytes/datetime.ts';
import {
  EMPTY,
  INVALID,
  readInteger,
  readMoney,
  readMoneySlowly,
  SLOW,
  writeInteger,
  writeMicros,
} from '../../../bytes/numbers.ts';
import { toBytes, toText } from '../../../bytes/text.ts';
import { CANONICAL_COLUMNS, COLUMN, COLUMN_KINDS, type ColumnKind } from '../../../canonical.ts';
import { assert } from '../../../errors.ts';
import type { Layout } from '../../../layout.ts';
import { PLAIN, type RecordBatch } from '../../../scan/batch.ts';
import type { ResolvedCell, ResolvedColumns } from '../columns.ts';
import {
  CELL_FOREIGN_CURRENCY,
  CELL_FORMULA,
  CELL_NOT_IN_SIDE_FILE,
  CELL_UNKNOWN_ADDER,
  type CurrentRow,
} from '../current-row.ts';
import type { SideTable } from '../lookups/side-table.ts';
import { Cell } from './cell.ts';
import { CellReader, FOREIGN, READ } from './cell-reader.ts';
import { Words } from './words.ts';

/** The greatest sum of quantities, and the least amount in micros that is too large. */
const INTEGER_MAX = 999_999_999_999_999;
const MONEY_MICROS_LIMIT = 1_000_000_000_000_000;

export class ComposedCells {
  readonly #texts: readonly Source[];
  readonly #values: readonly Source[];
  readonly #joins: readonly Join[];
  readonly #unwrap: boolean;
  readonly #plainNumbers: boolean;
  readonly #naive: NaiveClock | null;
  readonly #cell = new Cell();
  /** What a sum came to, for reports. */
  readonly #sumText = new Uint8Array(32);
  #sound = true;
  #batch: RecordBatch | null = null;
  #first = 0;
  #fields = 0;

  constructor(
    columns: ResolvedColumns,
    layout: Layout,
    sides: ReadonlyMap<string, SideTable>,
    naive: NaiveClock | null,
  ) {
    this.#unwrap = layout.unwrap === true;
    this.#plainNumbers = layout.plainNumbers === true;
    this.#naive = naive;
    this.#joins = columns.joins.map(({ file, field }) => ({
      field,
      table: sides.get(file.name)!,
      missing: file.missing,
      row: -1,
      key: new Cell(),
    }));
    const joinOf = (name: string) => columns.joins.findIndex(({ file }) => file.name === name);
    const sources = columns.cells.map((cell) => compiled(cell, joinOf, this.#joins));
    this.#texts = sources.filter(({ kind }) => kind === 'text');
    this.#values = sources.filter(({ kind }) => kind !== 'text');
  }

  /** Settles the row's texts and looks it up in the side files; false where the row is to be left out. */
  locate(row: CurrentRow, batch: RecordBatch, record: number): boolean {
    this.#batch = batch;
    this.#first = batch.firstField[record]!;
    this.#fields = batch.firstField[record + 1]! - this.#first;
    this.#sound = true;
    const texts = this.#texts;
    let next = 0;
    if (texts[0]?.position === COLUMN.sku) this.#locateText(row, texts[next++]!);
    for (let j = 0; j < this.#joins.length; j++) if (!this.#join(row, this.#joins[j]!)) return false;
    for (; next < texts.length; next++) this.#locateText(row, texts[next]!);
    return true;
  }

  /** Reads the values; false where one of them, or a text, is bad. */
  values(row: CurrentRow): boolean {
    for (let v = 0; v < this.#values.length; v++) this.#value(row, this.#values[v]!);
    return this.#sound;
  }

  /** False where the row is to be left out. */
  #join(row: CurrentRow, join: Join): boolean {
    const { key } = join;
    if (join.field < 0)
      key.set(row.source[COLUMN.sku]!, row.start[COLUMN.sku]!, row.end[COLUMN.sku]!, row.doubled[COLUMN.sku]!);
    else this.#take(row.window, join.field, key);
    join.row = join.table.find(key);
    return join.row >= 0 || join.missing !== 'skip_row';
  }

  #locateText(row: CurrentRow, source: Source): void {
    const { position } = source;
    row.codes[position] = 0;
    this.#pick(row, source);
    // of a cell that is not in its side file the key is shown
    if (row.codes[position] === 0) show(row, position, this.#cell);
  }

  #value(row: CurrentRow, source: Source): void {
    const { position, kind } = source;
    row.codes[position] = 0;
    if (source.sums) {
      setValue(row, position, this.#sum(row, source));
      return;
    }
    const isGood = this.#pick(row, source);
    const value = this.#readValue(row, kind, isGood);
    const added = kind === 'money' && value >= 0 ? this.#add(row, source, value) : value;
    if (kind === 'datetime') row.badTime = !isGood || (!this.#cell.isEmpty && Number.isNaN(value));
    setValue(row, position, added);
  }

  #readValue(row: CurrentRow, kind: ColumnKind, isGood: boolean): number {
    const { bytes, start, end } = this.#cell;
    if (kind === 'datetime') return isGood && start < end ? readDatetime(bytes, start, end, this.#naive) : Number.NaN;
    if (kind === 'condition') return isGood ? conditionAt(bytes, start, end) : -1;
    if (!isGood) return INVALID;
    return kind === 'integer' ? readInteger(bytes, start, end) : moneyIn(row, bytes, start, end);
  }

  /** Puts the source's cell, as it is read, into `#cell`, and its raw form into the row for reports; false if unread. */
  #pick(row: CurrentRow, source: Source): boolean {
    const cell = this.#cell;
    if (source.constant !== null) cell.set(source.constant, 0, source.constant.length);
    else if (source.join >= 0) this.#takeJoined(row, source);
    if (source.fields.length === 0) return this.#read(row, source);
    for (let f = 0; f < source.fields.length; f++) {
      this.#take(row.window, source.fields[f]!, cell);
      const isGood = this.#read(row, source, source.fieldReaders[f]);
      if (!isGood || !cell.isEmpty) return isGood;
    }
    return true;
  }

  #takeJoined(row: CurrentRow, source: Source): void {
    const join = this.#joins[source.join]!;
    if (join.row >= 0) {
      join.table.put(join.row, source.sideColumn, this.#cell);
      if (this.#unwrap) this.#cell.unwrap();
      return;
    }
    this.#cell.clear();
    // a row without a SKU is invalid for that alone
    if (join.missing !== 'error' || (join.field < 0 && join.key.isEmpty)) return;
    this.#fault(row, source.position, CELL_NOT_IN_SIDE_FILE);
    show(row, source.position, join.key);
  }

  #read(row: CurrentRow, source: Source, reader = source.reader): boolean {
    const cell = this.#cell;
    const { position } = source;
    if (row.codes[position] === CELL_NOT_IN_SIDE_FILE) return true;
    show(row, position, cell);
    const result = reader.read(cell);
    // a declared word may be one
    if (cell.isFormula) {
      this.#fault(row, position, CELL_FORMULA);
      return false;
    }
    if (result === FOREIGN) this.#fault(row, position, CELL_FOREIGN_CURRENCY);
    return result === READ;
  }

  /** Empty cells count as nothing; where all are empty the sum is empty. The first bad cell is the one reported. */
  #sum(row: CurrentRow, source: Source): number {
    const { position, kind, fields } = source;
    const cell = this.#cell;
    let sum = EMPTY;
    for (let f = 0; f < fields.length; f++) {
      this.#take(row.window, fields[f]!, cell);
      const isGood = this.#read(row, source);
      const value = this.#readValue(row, kind, isGood);
      if (value === EMPTY) continue;
      if (value < 0) return value;
      sum = Math.max(sum, 0) + value;
    }
    const length = sum < 0 ? 0 : (kind === 'integer' ? writeInteger : writeMicros)(this.#sumText, 0, sum);
    cell.set(this.#sumText, 0, length);
    show(row, position, cell);
    if (kind === 'integer') return sum > INTEGER_MAX ? INVALID : sum;
    return sum >= MONEY_MICROS_LIMIT ? INVALID : sum < 0 ? sum : this.#add(row, source, sum);
  }

  #add(row: CurrentRow, source: Source, amount: number): number {
    let sum = amount;
    for (const adder of source.adders) {
      let entry = -1;
      if (adder.field >= 0) {
        this.#take(row.window, adder.field, this.#cell);
        entry = adder.words.find(this.#cell);
      }
      const more = entry < 0 ? adder.otherwise : adder.amounts[entry]!;
      if (more < 0) {
        this.#fault(row, source.position, CELL_UNKNOWN_ADDER);
        show(row, source.position, this.#cell);
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
    this.#sound = false;
  }
}

interface Source {
  position: number;
  kind: ColumnKind;
  fields: readonly number[];
  sums: boolean;
  constant: Uint8Array | null;
  /** The side file, and the column of it; -1 for none. */
  join: number;
  sideColumn: number;
  reader: CellReader;
  /** For fields with words of their own. */
  fieldReaders: readonly CellReader[];
  adders: readonly CompiledAdder[];
}

interface Join {
  field: number;
  table: SideTable;
  missing: 'error' | 'skip_row' | 'empty';
  /** Of the row in work; -1 for none. */
  row: number;
  key: Cell;
}

interface CompiledAdder {
  field: number;
  words: Words;
  /** Micros by the word's entry. */
  amounts: readonly number[];
  /** -1 where a word that is not known is an error. */
  otherwise: number;
}

function compiled(cell: ResolvedCell, joinOf: (name: string) => number, joins: readonly Join[]): Source {
  const { position, source, fields } = cell;
  const { origin, form = {} } = source;
  const kind = COLUMN_KINDS[CANONICAL_COLUMNS[position]!];
  const join = origin.kind === 'side_file' ? joinOf(origin.file) : -1;
  return {
    position,
    kind,
    fields,
    sums: origin.kind === 'sum',
    constant: origin.kind === 'constant' ? toBytes(origin.text) : null,
    join,
    sideColumn: origin.kind === 'side_file' ? joins[join]!.table.column(origin.column) : -1,
    reader: new CellReader(form, kind),
    fieldReaders: cell.fieldWords.map((words) => new CellReader(form, kind, words)),
    adders: cell.adders.map(({ adder, field }) => {
      const words = new Words();
      for (const word of Object.keys(adder.amounts)) words.add(word, '');
      const amounts = Object.values(adder.amounts).map(microsOf);
      return { field, words, amounts, otherwise: adder.otherwise === null ? -1 : microsOf(adder.otherwise) };
    }),
  };
}

function microsOf(text: string): number {
  const { micros } = readMoneySlowly(text);
  assert(micros >= 0, `an adder of a layout is no amount: ${text}`);
  return micros;
}

/** The cell that reports of the column show. */
function show(row: CurrentRow, position: number, cell: Cell): void {
  row.source[position] = cell.bytes;
  row.start[position] = cell.start;
  row.end[position] = cell.end;
  row.doubled[position] = cell.doubled;
}

function moneyIn(row: CurrentRow, bytes: Uint8Array, from: number, to: number): number {
  const micros = readMoney(bytes, from, to);
  if (micros !== SLOW) return micros;
  const slow = readMoneySlowly(toText(bytes, from, to));
  if (slow.rounded) row.rounded++;
  return slow.micros;
}

function setValue(row: CurrentRow, position: number, value: number): void {
  switch (position) {
    case COLUMN.quantity_available:
      row.quantity = value === EMPTY ? 0 : value;
      break;
    case COLUMN.lead_time_days:
      row.leadTime = value;
      break;
    case COLUMN.cost:
      row.cost = value;
      break;
    case COLUMN.map_price:
      row.mapPrice = value;
      break;
    case COLUMN.price:
      row.price = value;
      break;
    case COLUMN.msrp:
      row.msrp = value;
      break;
    case COLUMN.condition:
      row.condition = value;
      break;
    default:
      assert(position === COLUMN.updated_at, 'texts have no value');
      row.updatedAt = value;
  }
}
