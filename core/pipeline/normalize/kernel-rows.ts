/**
 * Hands rows to the kernel, which takes the ordinary ones (`kernel/assembly/rows.ts`), and then does what needs a
 * string or a list for them, such as warnings about SKUs that may be dates. The normalizer reads all other rows.
 *
 * `reads` is false if a layout needs something that the kernel cannot do. Before a single row that does, the kernel
 * stops. Composed values are read ahead (`prepared-rows.ts`).
 */
// biome-ignore-all lint/style/noNonNullAssertion: words of state have fixed places, and a note is a row of the segment
import { IS_ODD, skuKinds } from '../../bytes/signs/sku-signs.ts';
import { toBytes } from '../../bytes/text.ts';
import { COLUMN_COUNT } from '../../canonical.ts';
import {
  COLUMNS_MAX,
  NOTE_DATE,
  NOTE_ODD_SHIFT,
  NOTE_SAMPLE,
  NOTE_SKU,
  NOTE_TITLE,
  NOTES,
  S_ANY_SHIFT,
  S_BATCH_QUOTE,
  S_CLEAR_FORMS,
  S_EMPTY_QUANTITIES,
  S_FROM,
  S_MAPPED_ROWS,
  S_NOTES,
  S_NOTES_SAMPLES,
  S_OTHER_FORMS,
  S_PREPARED,
  S_RECORDS,
  S_ROW_LINE,
  S_ROW_NUMBER,
  S_ROWS,
  S_SHIFT,
  S_SKIPPED_ROWS,
  S_SKU_KINDS,
  S_TO,
  S_TOTAL_ROWS,
  S_USED,
  S_VALID_ROWS,
  TITLE_LENGTHS,
  TITLE_LENGTHS_MAX,
  VENDOR_ID_MAX,
} from '../../kernel/assembly/places.ts';
import { Backoff } from '../../kernel/backoff.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { RecordBatch } from '../../scan/batch.ts';
import {
  NUMBER_COST,
  NUMBER_OPTIONAL,
  NUMBER_PRICE,
  NUMBER_QUANTITY,
  WORD_SKU_LENGTH,
  WORD_SOURCE_LINE,
} from '../sort/entry.ts';
import { KernelAnswers } from './kernel-answers.ts';
import { setFile } from './kernel-file.ts';
import type { NormalizeOptions } from './normalize-options.ts';
import { PreparedRows } from './prepared-rows.ts';

/** What the normalizer counts. */
export interface CountedRows {
  records: number;
  totalRows: number;
  mappedRows: number;
  skippedRows: number;
  validRows: number;
  emptyQuantities: number;
  addKinds(kinds: number): void;
}

export class KernelRows {
  readonly #kernel: Kernel;
  readonly #options: NormalizeOptions;
  readonly #backoff = new Backoff();
  readonly #notes: Int32Array;
  readonly #titles: Int32Array;
  readonly #answers: KernelAnswers;
  /** Null if no columns are composed. */
  readonly #prepared: PreparedRows | null;

  /** Sets what all rows of the file have in common: files are read one after the other. */
  constructor(kernel: Kernel, options: NormalizeOptions) {
    this.#kernel = kernel;
    this.#options = options;
    this.#notes = new Int32Array(kernel.bytes.buffer, NOTES);
    this.#titles = new Int32Array(kernel.bytes.buffer, TITLE_LENGTHS, TITLE_LENGTHS_MAX);
    const { composed } = options;
    this.#prepared = composed === null ? null : new PreparedRows(kernel, options, composed);
    setFile(kernel, options);
    kernel.state[S_PREPARED] = this.#prepared?.columns ?? 0;
    this.#answers = new KernelAnswers(kernel, options);
  }

  /** False if the rows of this layout need something that the kernel cannot do. */
  static reads(options: NormalizeOptions): boolean {
    const { composed, checker, rules, sums, columns, vendorId } = options;
    // validators see composed cells as well
    const isReady = composed === null || (composed.hasOnlyValues && checker.accept === null);
    const isSmall = columns.index.length <= COLUMNS_MAX && toBytes(vendorId).length <= VENDOR_ID_MAX;
    return isReady && rules === null && sums === null && isSmall;
  }

  /** True if window, batch and segment are in the kernel's memory. */
  has(window: Uint8Array, batch: RecordBatch): boolean {
    const { batch: arrays, segment } = this.#kernel;
    const isHere = batch.firstField === arrays.firstField && batch.fieldStart === arrays.fieldStart;
    return window === this.#kernel.window && isHere && this.#options.segment.moveInto(segment);
  }

  /** Call it for a batch before its records. */
  begin(): void {
    this.#prepared?.begin();
  }

  /** Takes records from `from` on, as far as they are ordinary rows; returns the first one that it did not take. */
  take(batch: RecordBatch, from: number, counts: CountedRows): number {
    const { segment } = this.#options;
    if (!this.#backoff.isDue() || segment.arena !== this.#kernel.segment.arena) return from;
    const end = this.#prepared?.endFrom(batch, from) ?? batch.count;
    this.#setCall(batch, { from, to: end }, counts);
    this.#kernel.loops.rows();
    const { state } = this.#kernel;
    const to = state[S_FROM]!;
    this.#backoff.took(to - from);
    if (to === from) return from;
    if (this.#options.forms.next <= state[S_VALID_ROWS]!)
      this.#lookAtForms(batch, { from, to }, { valid: counts.validRows, of: segment.rows });
    counts.records = state[S_RECORDS]!;
    counts.totalRows = state[S_TOTAL_ROWS]!;
    counts.mappedRows = state[S_MAPPED_ROWS]!;
    counts.skippedRows = state[S_SKIPPED_ROWS]!;
    counts.validRows = state[S_VALID_ROWS]!;
    counts.emptyQuantities = state[S_EMPTY_QUANTITIES]!;
    counts.addKinds(state[S_SKU_KINDS]!);
    segment.rows = state[S_ROWS]!;
    segment.used = state[S_USED]!;
    this.#noteForms(state[S_OTHER_FORMS]!, state[S_CLEAR_FORMS]!);
    this.#options.textDoubts.titles.take(this.#titles);
    this.#lookAgain(batch);
    const { row } = this.#options;
    row.rowNumber = state[S_ROW_NUMBER]!;
    row.line = state[S_ROW_LINE]!;
    return to;
  }

  #setCall(batch: RecordBatch, { from, to }: { from: number; to: number }, counts: CountedRows): void {
    const { state } = this.#kernel;
    const { segment, examples, unread, row } = this.#options;
    this.#answers.batch = batch;
    state[S_FROM] = from;
    state[S_TO] = to;
    state[S_BATCH_QUOTE] = batch.quote;
    state[S_SHIFT] = examples.lines.shift;
    state[S_ANY_SHIFT] = examples.lines.isFull ? 1 : 0;
    state[S_NOTES_SAMPLES] = unread.wantsRows || this.#prepared !== null ? 1 : 0;
    state[S_USED] = segment.used;
    state[S_ROWS] = segment.rows;
    state[S_RECORDS] = counts.records;
    state[S_VALID_ROWS] = counts.validRows;
    state[S_EMPTY_QUANTITIES] = counts.emptyQuantities;
    state[S_TOTAL_ROWS] = counts.totalRows;
    state[S_MAPPED_ROWS] = counts.mappedRows;
    state[S_SKIPPED_ROWS] = counts.skippedRows;
    state[S_ROW_NUMBER] = row.rowNumber;
    state[S_ROW_LINE] = row.line;
    state[S_SKU_KINDS] = 0;
    state[S_OTHER_FORMS] = 0;
    state[S_CLEAR_FORMS] = 0;
    state[S_NOTES] = 0;
  }

  #noteForms(others: number, clear: number): void {
    const { row, decimalForms } = this.#options;
    for (let column = 0; column < COLUMN_COUNT; column++) {
      if ((others >> column) & 1) row.otherForms[column] = 1;
      if ((clear >> column) & 1) decimalForms.noteClear(column);
    }
  }

  /** Looks at some of the valid rows: `valid` and `of` are their numbers before, in the file and in the segment. */
  #lookAtForms(
    batch: RecordBatch,
    { from, to }: { from: number; to: number },
    before: { valid: number; of: number },
  ): void {
    const { forms, segment } = this.#options;
    const valid = this.#kernel.state[S_VALID_ROWS]!;
    let first = from;
    while (forms.next <= valid) {
      const of = before.of + forms.next - before.valid - 1;
      const line = segment.words[(segment.entryAt(of) >> 2) + WORD_SOURCE_LINE]!;
      first = recordOf(batch, line, { from: first, to });
      if (this.#prepared === null) forms.lookAt(this.#kernel.window, batch, first);
      else {
        this.#prepared.show(batch, first);
        forms.look(this.#options.row);
      }
    }
  }

  /** Examines the rows that the kernel listed, as the normalizer does after it has written a row. */
  #lookAgain(batch: RecordBatch): void {
    const { row, skuDoubts, skuDates, oddValues, textDoubts, columns } = this.#options;
    const notes = this.#kernel.state[S_NOTES]!;
    // one for all of them: a twelfth of the rows may be noted
    const at = { record: 0, index: columns.index };
    for (let i = 0; i < notes; i++) {
      const noted = this.#notes[2 * i]!;
      const flags = this.#notes[2 * i + 1]!;
      const record = noted & ((1 << NOTE_ODD_SHIFT) - 1);
      at.record = record;
      const odd = noted >>> NOTE_ODD_SHIFT;
      if (flags & (NOTE_SKU | NOTE_DATE)) this.#setSku(flags >>> 4);
      if (flags & NOTE_SKU) skuDoubts.look(row);
      if (flags & NOTE_DATE) skuDates.look(row);
      if (flags & NOTE_SAMPLE) this.#sample(batch, record, flags >>> 4);
      if (flags & NOTE_TITLE) textDoubts.titles.showAt(this.#kernel.window, batch, at);
      if (odd === 0) continue;
      if (this.#prepared === null) oddValues.lookAt(odd, this.#kernel.window, batch, at);
      else {
        this.#prepared.show(batch, record);
        oddValues.look(odd, row);
      }
    }
  }

  /** A row of the batch, and where the segment has it. */
  #sample(batch: RecordBatch, record: number, of: number): void {
    const { unread, segment, entryLayout } = this.#options;
    const numbersAt = (segment.entryAt(of) + entryLayout.numbersOffset) >> 3;
    const quantity = segment.numbers[numbersAt + NUMBER_QUANTITY]!;
    const cost = segment.numbers[numbersAt + NUMBER_COST]!;
    const price = segment.numbers[numbersAt + NUMBER_PRICE]!;
    // carried in every run
    const msrp = entryLayout.msrp ? segment.numbers[numbersAt + NUMBER_OPTIONAL]! : 0;
    unread.look(this.#kernel.window, batch, record, { quantity, cost, price, msrp });
    if (this.#prepared === null) return;
    this.#prepared.show(batch, record);
    this.#options.forms.thousands.look(this.#options.row);
  }

  /** Shows the SKU of a row of the segment. */
  #setSku(of: number): void {
    const { row, segment, entryLayout } = this.#options;
    const entryAt = segment.entryAt(of);
    row.line = segment.words[(entryAt >> 2) + WORD_SOURCE_LINE]!;
    row.sku = segment.arena;
    row.skuStart = entryAt + entryLayout.skuOffset;
    row.skuEnd = row.skuStart + segment.words[(entryAt >> 2) + WORD_SKU_LENGTH]!;
    row.skuKinds = skuKinds(row.sku, row.skuStart, row.skuEnd) & IS_ODD;
  }
}

/** The record on a line, or the one that begins before it. */
function recordOf({ line }: RecordBatch, wanted: number, { from, to }: { from: number; to: number }): number {
  let [low, high] = [from, to - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (line[middle]! <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}
