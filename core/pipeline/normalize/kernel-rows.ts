/**
 * Hands rows to the kernel, which takes the ordinary ones (`kernel/assembly/rows.ts`), and then does what needs a
 * string or a list for them, such as warnings about SKUs that may be dates. The normalizer reads all other rows.
 *
 * `reads` is false if a layout needs something that the kernel cannot do. Before a single row that does, the kernel
 * stops.
 */
// biome-ignore-all lint/style/noNonNullAssertion: words of state have fixed places, and a note is a row of the segment
import { IS_ODD, SKU_KINDS, skuKinds } from '../../bytes/signs/sku-signs.ts';
import { SKU_STARTS } from '../../bytes/signs/sku-words.ts';
import { TEXT_KINDS } from '../../bytes/signs/text-signs.ts';
import { toBytes } from '../../bytes/text.ts';
import { COLUMN_COUNT } from '../../canonical.ts';
import {
  COLUMN_FIELDS,
  COLUMNS_MAX,
  N_NOW,
  NOTE_DATE,
  NOTE_ODD_SHIFT,
  NOTE_SAMPLE,
  NOTE_SKU,
  NOTE_TITLE,
  NOTES,
  S_ANY_SHIFT,
  S_BATCH_QUOTE,
  S_CLEAR_FORMS,
  S_COLUMNS,
  S_EMPTY_EXAMPLES,
  S_EMPTY_QUANTITIES,
  S_EXAMPLES,
  S_EXTRA_BYTES_MAX,
  S_FILE_NUMBER,
  S_FROM,
  S_HAS_CHECKS,
  S_HAS_FILTERS,
  S_HAS_MSRP,
  S_HAS_SKU_MAP,
  S_HAS_TIME,
  S_HAS_ZONE,
  S_MAPPED_BYTES_MAX,
  S_MAPPED_ROWS,
  S_MONEY_DECIMALS,
  S_NOTES,
  S_NOTES_SAMPLES,
  S_NUMBERS_OFFSET,
  S_OTHER_FORMS,
  S_RECORDS,
  S_ROW_LINE,
  S_ROW_NUMBER,
  S_ROWS,
  S_SHIFT,
  S_SKIPPED_ROWS,
  S_SKU_BYTES_MAX,
  S_SKU_KINDS,
  S_SKU_OFFSET,
  S_STORES_NUMBERS,
  S_TEXTS,
  S_TITLE_LONGEST,
  S_TITLES_TOLD,
  S_TO,
  S_TOTAL_ROWS,
  S_USED,
  S_VALID_ROWS,
  S_VENDOR_ID_LENGTH,
  S_WIDTH,
  TABLE_SKU_KINDS,
  TABLE_SKU_STARTS,
  TABLE_TEXT_KINDS,
  TEXT_COLUMNS,
  TITLE_LENGTHS,
  TITLE_LENGTHS_MAX,
  VENDOR_ID,
  VENDOR_ID_MAX,
} from '../../kernel/assembly/places.ts';
import { Backoff } from '../../kernel/backoff.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { EXAMPLES_MAX } from '../../notices/notices.ts';
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
import type { NormalizeOptions } from './normalize-options.ts';

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

  /** Sets what all rows of the file have in common: files are read one after the other. */
  constructor(kernel: Kernel, options: NormalizeOptions) {
    this.#kernel = kernel;
    this.#options = options;
    this.#notes = new Int32Array(kernel.bytes.buffer, NOTES);
    this.#titles = new Int32Array(kernel.bytes.buffer, TITLE_LENGTHS, TITLE_LENGTHS_MAX);
    setFile(kernel, options);
    this.#answers = new KernelAnswers(kernel, options);
  }

  /** False if the rows of this layout need something that the kernel cannot do. */
  static reads(options: NormalizeOptions): boolean {
    const { composed, rules, sums, columns, vendorId } = options;
    const isSmall = columns.index.length <= COLUMNS_MAX && toBytes(vendorId).length <= VENDOR_ID_MAX;
    return composed === null && rules === null && sums === null && isSmall;
  }

  /** True if window, batch and segment are in the kernel's memory. */
  has(window: Uint8Array, batch: RecordBatch): boolean {
    const { batch: arrays, segment } = this.#kernel;
    const isHere = batch.firstField === arrays.firstField && batch.fieldStart === arrays.fieldStart;
    return window === this.#kernel.window && isHere && this.#options.segment.moveInto(segment);
  }

  /** Takes records from `from` on, as far as they are ordinary rows; returns the first one that it did not take. */
  take(batch: RecordBatch, from: number, counts: CountedRows): number {
    const { segment } = this.#options;
    if (!this.#backoff.isDue() || segment.arena !== this.#kernel.segment.arena) return from;
    this.#setCall(batch, from, counts);
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

  #setCall(batch: RecordBatch, from: number, counts: CountedRows): void {
    const { state } = this.#kernel;
    const { segment, examples, unread, row } = this.#options;
    this.#answers.batch = batch;
    state[S_FROM] = from;
    state[S_TO] = batch.count;
    state[S_BATCH_QUOTE] = batch.quote;
    state[S_SHIFT] = examples.lines.shift;
    state[S_ANY_SHIFT] = examples.lines.isFull ? 1 : 0;
    state[S_NOTES_SAMPLES] = unread.wantsRows ? 1 : 0;
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
      forms.lookAt(this.#kernel.window, batch, first);
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
      if (odd !== 0) oddValues.lookAt(odd, this.#kernel.window, batch, at);
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

/** Sets what all rows of a file have in common. */
function setFile({ state, numbers, bytes }: Kernel, options: NormalizeOptions): void {
  const { columns, entryLayout, naive, now, fileNumber, moneyDecimals, skuBytesMax, row } = options;
  const vendorId = toBytes(options.vendorId);
  state[S_COLUMNS] = columns.index.length;
  state[S_WIDTH] = columns.width;
  state[S_SKU_BYTES_MAX] = Math.min(skuBytesMax, 0x7fffffff);
  state[S_FILE_NUMBER] = fileNumber;
  state[S_MONEY_DECIMALS] = moneyDecimals;
  state[S_VENDOR_ID_LENGTH] = vendorId.length;
  state[S_NUMBERS_OFFSET] = entryLayout.numbersOffset;
  state[S_SKU_OFFSET] = entryLayout.skuOffset;
  state[S_TEXTS] = entryLayout.texts.length;
  state[S_HAS_MSRP] = entryLayout.msrp ? 1 : 0;
  state[S_HAS_TIME] = entryLayout.updatedAt ? 1 : 0;
  state[S_HAS_ZONE] = naive === null ? 0 : 1;
  state[S_EMPTY_EXAMPLES] = EXAMPLES_MAX;
  state[S_EXAMPLES] = EXAMPLES_MAX;
  state[S_HAS_FILTERS] = options.filters === null ? 0 : 1;
  state[S_HAS_SKU_MAP] = options.skuMap === null ? 0 : 1;
  state[S_HAS_CHECKS] = options.checker.accept === null ? 0 : 1;
  state[S_MAPPED_BYTES_MAX] = options.skuMap?.valueBytesMax ?? 0;
  state[S_STORES_NUMBERS] = options.storesNumbers ? 1 : 0;
  state[S_EXTRA_BYTES_MAX] = Math.min(row.extraBytesMax, 0x7fffffff);
  state[S_TITLE_LONGEST] = state[S_TITLES_TOLD] = 0;
  numbers[N_NOW] = now;
  const words = (at: number, count: number) => new Int32Array(bytes.buffer, at, count);
  words(TITLE_LENGTHS, TITLE_LENGTHS_MAX).fill(0);
  words(COLUMN_FIELDS, columns.index.length).set(columns.index);
  words(TEXT_COLUMNS, entryLayout.texts.length).set(entryLayout.texts);
  words(TABLE_SKU_STARTS, 256).set(SKU_STARTS);
  bytes.set(SKU_KINDS, TABLE_SKU_KINDS);
  bytes.set(TEXT_KINDS, TABLE_TEXT_KINDS);
  bytes.set(vendorId, VENDOR_ID);
}
