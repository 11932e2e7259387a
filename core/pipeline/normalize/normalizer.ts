/**
 * Turns scanned records into canonical rows: reads and checks the mapped cells. `row-writer.ts` appends valid rows to the
 * segment; `checks/row-checker.ts` runs validators and reports invalid rows. This is the hot loop of a run, once per record.
 *
 * How it is fast: a cell is a byte range in the window, so a valid row makes no string and no object (validators, the
 * row hook and SKUs with doubled quotes aside). Every row reuses one `CurrentRow`, so the compiler sees one shape.
 * `#locate` trims only if the first or last byte could be white space. Each step is a small method; V8 inlines those, and
 * one large function would be compiled late and deoptimized often on short runs.
 *
 * What would make it slow: decoding text or closing over a row here, a call per field instead of per record, a
 * second implementation of `accept` or `reject`, or a bounds check in place of the `!`.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the batch bounds fields and records, `COLUMN_COUNT` the row's arrays

import type { ByteMap } from '../../bytes/byte-map.ts';
import { conditionAt } from '../../bytes/condition.ts';
import { EMPTY, readInteger } from '../../bytes/numbers.ts';
import { HAS_SMALL, hasControl, IS_ODD, skuKinds, trimSkuEnd, trimSkuStart } from '../../bytes/signs/sku-signs.ts';
import { type NaiveClock, readDatetime } from '../../bytes/time/datetime.ts';
import { COLUMN, COLUMN_COUNT } from '../../canonical.ts';
import { EXAMPLES_MAX } from '../../notices/notices.ts';
import { FILTERED_OUT, REFUSED, type RecordBatch, WELL_FORMED } from '../../scan/batch.ts';
import type { Segment } from '../sort/segment.ts';
import type { ComposedCells } from './cells/composed-cells.ts';
import type { RowChecker } from './checks/row-checker.ts';
import type { ResolvedColumns } from './columns/columns.ts';
import type { CurrentRow } from './current-row.ts';
import { type DecimalForms, storedIn } from './doubts/decimal-forms.ts';
import type { FeedForms } from './doubts/forms/feed-forms.ts';
import { oddBits } from './doubts/odd-values.ts';
import type { RowExamples } from './doubts/row-examples.ts';
import type { RowWidths } from './doubts/row-widths.ts';
import type { SkuDates } from './doubts/sku-dates.ts';
import type { SkuDoubts } from './doubts/sku-doubts.ts';
import type { TextDoubts } from './doubts/text-doubts.ts';
import { type CountedRows, KernelRows } from './kernel-rows.ts';
import type { NormalizeOptions } from './normalize-options.ts';
import { RowWriter } from './row-writer.ts';
import { hasContent } from './rows/blank.ts';
import type { RowFilters } from './rows/filters.ts';
import type { Refusing, RowRules } from './rows/rules.ts';
import type { ValueSums } from './rows/values.ts';

/** Bytes of a row's line and entry apart from texts: numbers, commas, quotes, padding. */
const FIXED_BYTES = 1024;

/** True for a record whose cells are in their places. */
function hasCells(fault: number): boolean {
  return fault === WELL_FORMED || fault === REFUSED;
}

const NO_RULES: readonly Refusing[] = [];
/** In this many rows of a file, texts and currencies are examined; after that, in every eighth. */
const LOOKED_AT_ROWS = 10_000;
const EVERY_EIGHTH = 7;
const isNeverStored = (): boolean => false;

export class Normalizer implements CountedRows {
  /** CSV records so far, with the header. */
  records = 0;
  /** Data rows so far, with the invalid ones. */
  totalRows = 0;
  validRows = 0;
  /** Rows whose SKU is in the SKU map. */
  mappedRows = 0;
  /** Money cells of valid rows that lost digits past the sixth decimal. */
  roundedCells = 0;
  /** Valid rows without a quantity. */
  emptyQuantities = 0;
  /** Rows that the layout leaves out. */
  skippedRows = 0;

  readonly #columns: ResolvedColumns;
  readonly #composed: ComposedCells | null;
  readonly #filters: RowFilters | null;
  readonly #rules: RowRules | null;
  readonly #sums: ValueSums | null;
  readonly #skuMap: ByteMap | null;
  readonly #naive: NaiveClock | null;
  readonly #segment: Segment;
  readonly #row: CurrentRow;
  readonly #checker: RowChecker;
  readonly #skuDoubts: SkuDoubts;
  readonly #skuDates: SkuDates;
  readonly #decimalForms: DecimalForms;
  readonly #textDoubts: TextDoubts;
  readonly #forms: FeedForms;
  readonly #storesNumbers: boolean;
  readonly #skuBytesMax: number;
  readonly #examples: RowExamples;
  readonly #widths: RowWidths;
  readonly #writer: RowWriter;
  readonly #options: NormalizeOptions;
  #kernelRows: KernelRows | null = null;
  #unescaped = new Uint8Array(256);
  #allKinds = 0;
  readonly #hasExtras: boolean;
  /** False if an extra cell of the row is too long. */
  #extrasFit = true;

  constructor(options: NormalizeOptions) {
    this.#options = options;
    this.#columns = options.columns;
    this.#composed = options.composed;
    this.#filters = options.filters;
    this.#rules = options.rules;
    this.#sums = options.sums;
    this.#skuMap = options.skuMap;
    this.#naive = options.naive;
    this.#segment = options.segment;
    this.#row = options.row;
    this.#row.startFile();
    this.#checker = options.checker;
    this.#skuDoubts = options.skuDoubts;
    this.#skuDates = options.skuDates;
    this.#decimalForms = options.decimalForms;
    this.#textDoubts = options.textDoubts;
    this.#forms = options.forms;
    this.#storesNumbers = options.storesNumbers;
    this.#skuBytesMax = options.skuBytesMax;
    this.#examples = options.examples;
    this.#widths = options.widths;
    this.#writer = new RowWriter(options);
    this.#hasExtras = options.columns.extras.length > 0;
  }

  /** True if SKUs so far have small letters, or letters outside ASCII. */
  get hasSmallSkus(): boolean {
    return (this.#allKinds & HAS_SMALL) !== 0;
  }

  /** Adds kinds of SKUs: see `skuKinds`. */
  addKinds(kinds: number): void {
    this.#allKinds |= kinds;
  }

  /** Reads records from `from` on. Returns the batch's count, or the record to continue with once the segment is emptied. */
  run(window: Uint8Array, batch: RecordBatch, from: number): number {
    this.#row.setWindow(window);
    const kernel = this.#kernelFor(window, batch);
    for (let record = from; record < batch.count; record++) {
      if (kernel !== null) {
        record = kernel.take(batch, record, this);
        if (record === batch.count) break;
      }
      const first = batch.firstField[record]!;
      const fields = batch.firstField[record + 1]! - first;
      if (batch.fault[record] === FILTERED_OUT) {
        this.records++;
        continue;
      }
      if (this.#filters !== null && this.#isLeftOut(window, batch, record, this.#filters)) continue;
      this.#row.locate(batch, record, this.#columns.index);
      if (this.#composed !== null && !this.#locateComposed(batch, record, this.#composed)) continue;
      this.#extrasFit = this.#hasExtras ? this.#row.extrasFit() : true;
      if (!this.#segment.hasRoom(this.#bytesNeeded())) return record;
      this.#processRecord(batch, record, first, fields);
    }
    return batch.count;
  }

  /** Null if the batch is not in the kernel's memory, or these rows are not for the kernel. Their segment is: the kernel sorts it and copies it out. */
  #kernelFor(window: Uint8Array, batch: RecordBatch): KernelRows | null {
    const kernel = this.#options.kernels.made;
    if (kernel === null) return null;
    if (!KernelRows.reads(this.#options)) {
      this.#segment.moveInto(kernel.segment);
      return null;
    }
    this.#kernelRows ??= new KernelRows(kernel, this.#options);
    if (!this.#kernelRows.has(window, batch)) return null;
    this.#kernelRows.begin();
    return this.#kernelRows;
  }

  /** Filters skip malformed records: their cells cannot be trusted. */
  #isLeftOut(window: Uint8Array, batch: RecordBatch, record: number, filters: RowFilters): boolean {
    if (batch.fault[record] !== WELL_FORMED || filters.keeps(window, batch, record)) return false;
    this.#leaveOut(window, batch, record);
    return true;
  }

  #locateComposed(batch: RecordBatch, record: number, composed: ComposedCells): boolean {
    const stays = composed.locate(this.#row, batch, record) || batch.fault[record] !== WELL_FORMED;
    if (!stays) this.#leaveOut(this.#row.window, batch, record);
    return stays;
  }

  #leaveOut(window: Uint8Array, batch: RecordBatch, record: number): void {
    this.records++;
    this.skippedRows++;
    if (this.skippedRows <= EXAMPLES_MAX) this.#examples.addRecord('rows_skipped', window, batch, record);
  }

  #processRecord(batch: RecordBatch, record: number, first: number, fields: number): void {
    const row = this.#row;
    const { window } = row;
    row.rowNumber = ++this.records;
    row.line = batch.line[record]!;
    const lines = this.#examples.lines;
    if (row.line - row.rowNumber !== lines.shift) lines.note(row.rowNumber, row.line);
    this.totalRows++;
    const width = this.#columns.width;
    const tooMany = width > 0 && fields > width && hasContent(window, batch, first + width, first + fields);
    this.#readSku();
    const isValid = this.#readValues(window) && this.#extrasFit;
    const checker = this.#checker;
    const isSound = !tooMany && batch.fault[record] === WELL_FORMED;
    const rules = isSound ? this.#rules : null;
    if (rules?.drops(row, batch, record)) {
      this.#takeBack();
      if (this.skippedRows <= EXAMPLES_MAX) this.#examples.add('rows_skipped', row);
      return;
    }
    if (this.#sums !== null) this.#sum(this.#sums, tooMany || !hasCells(batch.fault[record]!));
    if (width > 0 && fields !== width && batch.fault[record] === WELL_FORMED) {
      this.#widths.add(window, batch, record, tooMany);
    }
    const refusing = rules === null ? NO_RULES : rules.refusing(row, batch, record);
    if (!isValid || !isSound || refusing.length > 0) checker.reject(batch, record, tooMany, refusing);
    else if (checker.accept === null || checker.accept(batch, record)) this.#keep(window, batch, record);
  }

  #sum(sums: ValueSums, isShifted: boolean): void {
    if (isShifted) sums.skip();
    else sums.add(this.#row);
  }

  /** Leaves out a row that was already counted. */
  #takeBack(): void {
    this.totalRows--;
    this.skippedRows++;
    if (this.#row.mapped) this.mappedRows--;
  }

  #bytesNeeded(): number {
    const { start, end } = this.#row;
    const sku = end[COLUMN.sku]! - start[COLUMN.sku]!;
    const rest =
      end[COLUMN.vendor_sku]! -
      start[COLUMN.vendor_sku]! +
      end[COLUMN.brand]! -
      start[COLUMN.brand]! +
      end[COLUMN.title]! -
      start[COLUMN.title]!;
    const mapped = this.#skuMap === null ? 0 : this.#skuMap.valueBytesMax;
    // line and entry, with every cell quoted at worst
    const bytes = 4 * (2 * sku + rest + mapped) + FIXED_BYTES;
    return start.length === COLUMN_COUNT ? bytes : bytes + this.#extraBytes();
  }

  #extraBytes(): number {
    const { start, end } = this.#row;
    let bytes = 0;
    for (let column = COLUMN_COUNT; column < start.length; column++) bytes += 4 * (end[column]! - start[column]! + 1);
    return bytes;
  }

  /** Finds the row's SKU: undoubles its quotes and looks it up in the SKU map. */
  #readSku(): void {
    const row = this.#row;
    row.sku = row.source[COLUMN.sku]!;
    row.skuStart = row.start[COLUMN.sku]!;
    row.skuEnd = row.end[COLUMN.sku]!;
    row.mapped = false;
    row.badSku = false;
    row.skuKinds = 0;
    if (row.skuStart === row.skuEnd) return;
    if (row.sku[row.skuStart]! >= 0x80 || row.sku[row.skuEnd - 1]! >= 0x80) this.#trimSku();
    if (row.doubled[COLUMN.sku] !== 0) this.#unescapeSku(row.doubled[COLUMN.sku]!);
    this.#judgeSku();
    const map = this.#skuMap;
    if (map === null) return;
    const entry = map.find(row.sku, row.skuStart, row.skuEnd);
    if (entry < 0) {
      if (this.totalRows <= EXAMPLES_MAX) this.#examples.add('sku_map_unused', row);
      return;
    }
    row.mapped = true;
    this.mappedRows++;
    row.sku = map.bytes;
    row.skuStart = map.valueStart(entry);
    row.skuEnd = map.valueEnd(entry);
    this.#judgeSku();
  }

  #judgeSku(): void {
    const row = this.#row;
    const kinds = skuKinds(row.sku, row.skuStart, row.skuEnd);
    this.#allKinds |= kinds;
    row.skuKinds = kinds & IS_ODD;
    if (row.skuKinds !== 0 && hasControl(row.sku, row.skuStart, row.skuEnd)) row.badSku = true;
  }

  /** Removes format characters at the ends, such as U+200B, with the white space among them. */
  #trimSku(): void {
    const row = this.#row;
    row.skuStart = trimSkuStart(row.sku, row.skuStart, row.skuEnd);
    row.skuEnd = trimSkuEnd(row.sku, row.skuStart, row.skuEnd);
    row.start[COLUMN.sku] = row.skuStart;
    row.end[COLUMN.sku] = row.skuEnd;
  }

  #unescapeSku(quote: number): void {
    const row = this.#row;
    const length = row.skuEnd - row.skuStart;
    if (this.#unescaped.length < length) this.#unescaped = new Uint8Array(length * 2);
    let at = 0;
    for (let i = row.skuStart; i < row.skuEnd; i++) {
      this.#unescaped[at++] = row.sku[i]!;
      if (row.sku[i] === quote && row.sku[i + 1] === quote) i++;
    }
    row.sku = this.#unescaped;
    row.skuStart = 0;
    row.skuEnd = at;
  }

  /** Reads every cell that is not text; false if one of them, or the SKU, is invalid. */
  #readValues(window: Uint8Array): boolean {
    const row = this.#row;
    const { start, end } = row;
    row.rounded = 0;
    row.clearForms();
    const quantity = readInteger(window, start[COLUMN.quantity_available]!, end[COLUMN.quantity_available]!);
    row.noteForm(window, start[COLUMN.quantity_available]!, end[COLUMN.quantity_available]!, COLUMN.quantity_available);
    row.noQuantity = quantity === EMPTY;
    row.quantity = quantity === EMPTY ? 0 : quantity;
    row.leadTime = readInteger(window, start[COLUMN.lead_time_days]!, end[COLUMN.lead_time_days]!);
    row.cost = row.readMoney(window, start[COLUMN.cost]!, end[COLUMN.cost]!, COLUMN.cost);
    row.mapPrice = row.readMoney(window, start[COLUMN.map_price]!, end[COLUMN.map_price]!, COLUMN.map_price);
    row.price = row.readMoney(window, start[COLUMN.price]!, end[COLUMN.price]!, COLUMN.price);
    row.msrp = row.readMoney(window, start[COLUMN.msrp]!, end[COLUMN.msrp]!, COLUMN.msrp);
    row.condition = conditionAt(window, start[COLUMN.condition]!, end[COLUMN.condition]!);
    const timeFrom = start[COLUMN.updated_at]!;
    const timeTo = end[COLUMN.updated_at]!;
    row.updatedAt = timeFrom === timeTo ? Number.NaN : readDatetime(window, timeFrom, timeTo, this.#naive);
    row.badTime = timeFrom !== timeTo && Number.isNaN(row.updatedAt);
    const composedAreValid = this.#composed === null || this.#composed.values(row);
    return (
      composedAreValid &&
      row.skuStart < row.skuEnd &&
      !row.badSku &&
      row.skuEnd - row.skuStart <= this.#skuBytesMax &&
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

  #lookAtForms(batch: RecordBatch, record: number): void {
    const { index } = this.#columns;
    this.#decimalForms.look(this.#row, this.#storesNumbers ? storedIn(batch, record, index) : isNeverStored);
  }

  #sample(window: Uint8Array, batch: RecordBatch, record: number): void {
    this.#textDoubts.look(this.#row);
    this.#options.unread.look(window, batch, record, this.#row);
    if (this.#composed !== null) this.#forms.thousands.look(this.#row);
  }

  #countEmptyQuantity(): void {
    if (++this.emptyQuantities <= EXAMPLES_MAX) this.#examples.add('empty_quantities', this.#row);
  }

  #keep(window: Uint8Array, batch: RecordBatch, record: number): void {
    this.#writer.append(window);
    this.validRows++;
    this.#skuDoubts.look(this.#row);
    this.#skuDates.look(this.#row);
    const odd = oddBits(this.#row, this.#options.now);
    if (odd !== 0) this.#options.oddValues.look(odd, this.#row);
    if (this.validRows >= this.#forms.next) this.#forms.look(this.#row);
    if (this.validRows <= LOOKED_AT_ROWS || (this.validRows & EVERY_EIGHTH) === 0) this.#sample(window, batch, record);
    if (this.#row.hasForms) this.#lookAtForms(batch, record);
    if (this.#row.noQuantity) this.#countEmptyQuantity();
    if (this.#row.rounded === 0) return;
    this.roundedCells += this.#row.rounded;
    if (this.roundedCells <= 2 * EXAMPLES_MAX) this.#examples.addRounded(this.#row);
  }
}
