/**
 * Turns scanned records into canonical rows: reads and checks the mapped cells and appends valid rows to a segment.
 * This is the hot loop of a run; everything about a row that is wrong goes to `rejects.ts`.
 */
import type { ByteMap } from '../bytes/byte-map.ts';
import { type NaiveClock, readDatetime, writeDatetime } from '../bytes/datetime.ts';
import { EMPTY, readInteger, readMoney, readMoneySlowly, SLOW, writeInteger, writeMicros } from '../bytes/numbers.ts';
import { toBytes, toText, writeCell } from '../bytes/text.ts';
import { trimEnd, trimStart } from '../bytes/trim.ts';
import { LEFT_OUT, PLAIN, QUOTED_DOUBLED, type RecordBatch, SOUND } from '../scan/batch.ts';
import type { ResolvedColumns } from './columns.ts';
import { conditionAt, writeCondition } from './condition.ts';
import {
  INT_CONDITION,
  INT_LINE_AT,
  INT_LINE_LENGTH,
  INT_ROW_NUMBER,
  NUM_COST,
  NUM_LEAD_TIME,
  NUM_MAP_PRICE,
  NUM_MSRP,
  NUM_PRICE,
  NUM_QUANTITY,
  NUM_UPDATED_AT,
  ROW_INTEGERS,
  ROW_NUMBERS,
  type Segment,
} from './segment.ts';

/** Positions in `CANONICAL_COLUMNS`. */
export const AT = {
  sku: 0,
  vendorSku: 1,
  vendorId: 2,
  quantity: 3,
  leadTime: 4,
  cost: 5,
  mapPrice: 6,
  price: 7,
  msrp: 8,
  condition: 9,
  brand: 10,
  title: 11,
  updatedAt: 12,
} as const;
const COLUMNS = 13;

/** Output bytes of a row beside its text cells: numbers, commas, quotes. */
const FIXED_BYTES = 512;

/** What the cells of one row were read as. Reused from row to row. */
export class CurrentRow {
  window: Uint8Array = new Uint8Array(0);
  rowNumber = 0;
  line = 0;
  /** By position in `CANONICAL_COLUMNS`: the trimmed cell's bytes in `window`, and how it was written. */
  readonly start = new Int32Array(COLUMNS);
  readonly end = new Int32Array(COLUMNS);
  readonly style = new Uint8Array(COLUMNS);
  /** The SKU after the map. */
  sku: Uint8Array = new Uint8Array(0);
  skuStart = 0;
  skuEnd = 0;
  mapped = false;
  /** Values, `EMPTY`, or another code of `numbers.ts`. */
  quantity = 0;
  leadTime = 0;
  cost = 0;
  mapPrice = 0;
  price = 0;
  msrp = 0;
  /** 0 for none, -1 for one that is not known. */
  condition = 0;
  /** Seconds; NaN when empty or bad. */
  updatedAt = 0;
  badTime = false;
  /** Money cells of this row that lost digits. */
  rounded = 0;
}

/** Says whether a row that reads well may stay, and reports the rows that may not. */
export interface RowJudge {
  /** The row is invalid for what is in it: `tooMany` extra cells, a fault of the record, or a cell that does not read. */
  reject(batch: RecordBatch, record: number, tooMany: boolean): void;
  /** Runs validators; false when they reported the row. Null when there are none. */
  readonly accept: ((batch: RecordBatch, record: number) => boolean) | null;
}

export interface NormalizeOptions {
  vendorId: string;
  columns: ResolvedColumns;
  skuMap: ByteMap | null;
  naive: NaiveClock | null;
  /** The run's clock, seconds. */
  now: number;
  segment: Segment;
  row: CurrentRow;
}

export class Normalizer {
  /** Records so far, the header included. */
  records = 0;
  /** Data rows so far, invalid ones included. */
  totalRows = 0;
  validRows = 0;
  /** Money cells of valid rows that lost digits past the sixth decimal. */
  roundedCells = 0;

  readonly #columns: ResolvedColumns;
  readonly #skuMap: ByteMap | null;
  readonly #naive: NaiveClock | null;
  readonly #now: number;
  readonly #segment: Segment;
  readonly #vendorId: Uint8Array;
  readonly #row: CurrentRow;
  #unescaped = new Uint8Array(256);

  constructor(options: NormalizeOptions) {
    this.#columns = options.columns;
    this.#skuMap = options.skuMap;
    this.#naive = options.naive;
    this.#now = options.now;
    this.#segment = options.segment;
    this.#vendorId = toBytes(options.vendorId);
    this.#row = options.row;
  }

  /** Reads records from `from` on; returns the record to go on with once the segment was emptied, or the batch's count. */
  run(window: Uint8Array, batch: RecordBatch, from: number, judge: RowJudge): number {
    this.#row.window = window;
    for (let record = from; record < batch.count; record++) {
      const first = batch.firstField[record]!;
      const fields = batch.firstField[record + 1]! - first;
      if (fields <= 1 && this.#isNoRow(window, batch, record, fields)) continue;
      this.#locate(window, batch, first, fields);
      if (!this.#segment.hasRoom(this.#bytesNeeded())) return record;
      this.#one(window, batch, record, first, fields, judge);
    }
    return batch.count;
  }

  /** Blank lines are no records; rows that the layout leaves out are, but are not read. */
  #isNoRow(window: Uint8Array, batch: RecordBatch, record: number, fields: number): boolean {
    if (fields === 1) return isBlank(window, batch, batch.firstField[record]!);
    if (batch.fault[record] === LEFT_OUT) this.records++;
    return batch.fault[record] === LEFT_OUT;
  }

  #one(window: Uint8Array, batch: RecordBatch, record: number, first: number, fields: number, judge: RowJudge): void {
    const row = this.#row;
    row.rowNumber = ++this.records;
    row.line = batch.line[record]!;
    this.totalRows++;
    const width = this.#columns.width;
    const tooMany = width > 0 && fields > width && hasContent(window, batch, first + width, first + fields);
    this.#readSku();
    const sound = this.#readValues(window);
    if (!sound || tooMany || batch.fault[record] !== SOUND) judge.reject(batch, record, tooMany);
    else if (judge.accept === null || judge.accept(batch, record)) this.#append(window);
  }

  /** Finds and trims the cell of each canonical column. */
  #locate(window: Uint8Array, batch: RecordBatch, first: number, fields: number): void {
    const index = this.#columns.index;
    const { start, end, style } = this.#row;
    const { fieldStart, fieldEnd, fieldStyle } = batch;
    for (let column = 0; column < COLUMNS; column++) {
      const field = index[column]!;
      if (field < 0 || field >= fields) {
        start[column] = end[column] = 0;
        continue;
      }
      let from = fieldStart[first + field]!;
      let to = fieldEnd[first + field]!;
      style[column] = fieldStyle[first + field]!;
      if (from < to) {
        const head = window[from]!;
        if (head <= 32 || head >= 0x80) from = trimStart(window, from, to);
        const tail = window[to - 1]!;
        if (tail <= 32 || tail >= 0x80) to = trimEnd(window, from, to);
      }
      start[column] = from;
      end[column] = to;
    }
  }

  #bytesNeeded(): number {
    const { start, end } = this.#row;
    const sku = end[AT.sku]! - start[AT.sku]!;
    const rest =
      end[AT.vendorSku]! - start[AT.vendorSku]! + end[AT.brand]! - start[AT.brand]! + end[AT.title]! - start[AT.title]!;
    const mapped = this.#skuMap === null ? 0 : this.#skuMap.valueBytesMax;
    return 2 * (2 * sku + rest) + 3 * mapped + FIXED_BYTES;
  }

  /** Settles the SKU: out of its doubled quotes, and through the map. */
  #readSku(): void {
    const row = this.#row;
    row.sku = row.window;
    row.skuStart = row.start[AT.sku]!;
    row.skuEnd = row.end[AT.sku]!;
    row.mapped = false;
    if (row.skuStart === row.skuEnd) return;
    if (row.style[AT.sku] === QUOTED_DOUBLED) this.#unescapeSku();
    const map = this.#skuMap;
    if (map === null) return;
    const entry = map.find(row.sku, row.skuStart, row.skuEnd);
    if (entry < 0) return;
    row.mapped = true;
    row.sku = map.bytes;
    row.skuStart = map.valueStart(entry);
    row.skuEnd = map.valueEnd(entry);
  }

  #unescapeSku(): void {
    const row = this.#row;
    const length = row.skuEnd - row.skuStart;
    if (this.#unescaped.length < length) this.#unescaped = new Uint8Array(length * 2);
    let at = 0;
    for (let i = row.skuStart; i < row.skuEnd; i++) {
      this.#unescaped[at++] = row.window[i]!;
      if (row.window[i] === 34 && row.window[i + 1] === 34) i++;
    }
    row.sku = this.#unescaped;
    row.skuStart = 0;
    row.skuEnd = at;
  }

  /** Reads every cell that is not text; false when one of them, or the SKU, is bad. */
  #readValues(window: Uint8Array): boolean {
    const row = this.#row;
    const { start, end } = row;
    row.rounded = 0;
    const quantity = readInteger(window, start[AT.quantity]!, end[AT.quantity]!);
    row.quantity = quantity === EMPTY ? 0 : quantity;
    row.leadTime = readInteger(window, start[AT.leadTime]!, end[AT.leadTime]!);
    row.cost = this.#money(window, start[AT.cost]!, end[AT.cost]!);
    row.mapPrice = this.#money(window, start[AT.mapPrice]!, end[AT.mapPrice]!);
    row.price = this.#money(window, start[AT.price]!, end[AT.price]!);
    row.msrp = this.#money(window, start[AT.msrp]!, end[AT.msrp]!);
    row.condition = conditionAt(window, start[AT.condition]!, end[AT.condition]!);
    const timeFrom = start[AT.updatedAt]!;
    const timeTo = end[AT.updatedAt]!;
    row.updatedAt = timeFrom === timeTo ? Number.NaN : readDatetime(window, timeFrom, timeTo, this.#naive);
    row.badTime = timeFrom !== timeTo && Number.isNaN(row.updatedAt);
    return (
      row.skuStart < row.skuEnd &&
      row.quantity >= 0 &&
      row.leadTime >= EMPTY &&
      row.cost >= EMPTY &&
      row.mapPrice >= EMPTY &&
      row.price >= EMPTY &&
      row.msrp >= EMPTY &&
      row.condition >= 0 &&
      !row.badTime
    );
  }

  #money(window: Uint8Array, from: number, to: number): number {
    const micros = readMoney(window, from, to);
    return micros === SLOW ? this.#slowMoney(window, from, to) : micros;
  }

  #slowMoney(window: Uint8Array, from: number, to: number): number {
    const { micros, rounded } = readMoneySlowly(toText(window, from, to));
    if (rounded) this.#row.rounded++;
    return micros;
  }

  /** Writes the canonical line of a valid row and its numbers. */
  #append(window: Uint8Array): void {
    const row = this.#row;
    const segment = this.#segment;
    const out = segment.arena;
    const index = segment.rows++;
    const skuLength = row.skuEnd - row.skuStart;
    let lineAt = segment.used;
    let at = writeCell(out, lineAt, row.sku, row.skuStart, row.skuEnd, false);
    if (at - lineAt !== skuLength) {
      // the line has the SKU quoted: its bare bytes, for comparing, go before the line
      out.set(row.sku.subarray(row.skuStart, row.skuEnd), lineAt);
      lineAt += skuLength;
      at = writeCell(out, lineAt, row.sku, row.skuStart, row.skuEnd, false);
    }
    segment.setKey(index, segment.used, skuLength);
    out[at++] = 44;
    at = this.#writeVendorSku(out, at, window);
    out[at++] = 44;
    const vendorId = this.#vendorId;
    for (let i = 0; i < vendorId.length; i++) out[at++] = vendorId[i]!;
    out[at++] = 44;
    at = this.#writeNumbers(out, at);
    at = this.#writeText(out, at, window, AT.brand);
    out[at++] = 44;
    at = this.#writeText(out, at, window, AT.title);
    out[at++] = 44;
    at = writeDatetime(out, at, Number.isNaN(row.updatedAt) ? this.#now : row.updatedAt);
    out[at++] = 10;
    const base = index * ROW_INTEGERS;
    segment.integers[base + INT_LINE_AT] = lineAt;
    segment.integers[base + INT_LINE_LENGTH] = at - lineAt;
    segment.used = at;
    this.#keepNumbers(index);
    this.validRows++;
    this.roundedCells += row.rounded;
  }

  #writeVendorSku(out: Uint8Array, at: number, window: Uint8Array): number {
    const row = this.#row;
    const empty = row.start[AT.vendorSku] === row.end[AT.vendorSku];
    return this.#writeText(out, at, window, empty && row.mapped ? AT.sku : AT.vendorSku);
  }

  #writeText(out: Uint8Array, at: number, window: Uint8Array, column: number): number {
    const row = this.#row;
    const doubled = row.style[column] === QUOTED_DOUBLED;
    return writeCell(out, at, window, row.start[column]!, row.end[column]!, doubled);
  }

  /** Quantity up to condition, each with the comma after it. */
  #writeNumbers(out: Uint8Array, from: number): number {
    const row = this.#row;
    let at = writeInteger(out, from, row.quantity);
    out[at++] = 44;
    if (row.leadTime >= 0) at = writeInteger(out, at, row.leadTime);
    out[at++] = 44;
    if (row.cost >= 0) at = writeMicros(out, at, row.cost);
    out[at++] = 44;
    if (row.mapPrice >= 0) at = writeMicros(out, at, row.mapPrice);
    out[at++] = 44;
    if (row.price >= 0) at = writeMicros(out, at, row.price);
    out[at++] = 44;
    if (row.msrp >= 0) at = writeMicros(out, at, row.msrp);
    out[at++] = 44;
    at = writeCondition(out, at, row.condition);
    out[at++] = 44;
    return at;
  }

  #keepNumbers(index: number): void {
    const row = this.#row;
    const { integers, numbers } = this.#segment;
    integers[index * ROW_INTEGERS + INT_ROW_NUMBER] = row.rowNumber;
    integers[index * ROW_INTEGERS + INT_CONDITION] = row.condition;
    const base = index * ROW_NUMBERS;
    numbers[base + NUM_QUANTITY] = row.quantity;
    numbers[base + NUM_LEAD_TIME] = row.leadTime;
    numbers[base + NUM_COST] = row.cost;
    numbers[base + NUM_MAP_PRICE] = row.mapPrice;
    numbers[base + NUM_PRICE] = row.price;
    numbers[base + NUM_MSRP] = row.msrp;
    numbers[base + NUM_UPDATED_AT] = row.updatedAt;
  }
}

/** A line of white space alone. */
function isBlank(window: Uint8Array, batch: RecordBatch, field: number): boolean {
  if (batch.fieldStyle[field] !== PLAIN) return false;
  const end = batch.fieldEnd[field]!;
  return trimStart(window, batch.fieldStart[field]!, end) === end;
}

function hasContent(window: Uint8Array, batch: RecordBatch, from: number, to: number): boolean {
  for (let field = from; field < to; field++) {
    const end = batch.fieldEnd[field]!;
    if (trimStart(window, batch.fieldStart[field]!, end) < end) return true;
  }
  return false;
}
