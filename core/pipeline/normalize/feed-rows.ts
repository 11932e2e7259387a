/** The rows of one file of a vendor's feed, on their way to the segment. */
import type { ByteMap } from '../../bytes/byte-map.ts';
import { zoneClock } from '../../bytes/time/timezone.ts';
import { type CanonicalColumn, COLUMN } from '../../canonical.ts';
import type { FooterLine, Layout } from '../../layout.ts';
import type { RecordBatch } from '../../scan/batch.ts';
import type { FeedBlocks, RefusedRows } from '../row-index.ts';
import { wrappersOf } from './cells/cell.ts';
import { ComposedCells } from './cells/composed-cells.ts';
import type { RefusedTextKeeper, RefusedTexts } from './checks/refused-texts.ts';
import { RowChecker } from './checks/row-checker.ts';
import type { ResolvedColumns } from './columns/columns.ts';
import type { CurrentRow } from './current-row.ts';
import type { RowDoubts } from './doubts/row-doubts.ts';
import type { RowExamples } from './doubts/row-examples.ts';
import { RowWidths, type ShortRows } from './doubts/row-widths.ts';
import type { CutEnd } from './feed/cut-end.ts';
import type { StartedFeed } from './feed/feed-start.ts';
import { Normalizer } from './normalizer.ts';
import { BrokenRows } from './rows/broken-rows.ts';
import type { PassedRows } from './rows/copied-rows.ts';
import { RowFilters } from './rows/filters.ts';
import { FooterCheck } from './rows/footer.ts';
import { RowHook } from './rows/hook.ts';
import type { Refusals } from './rows/refusals.ts';
import { RowRepair } from './rows/repair.ts';
import { RowRules } from './rows/rules.ts';
import { SkipLastRows } from './rows/skip-last-rows.ts';
import { ValueSums } from './rows/values.ts';
import type { VendorJob } from './vendor-job.ts';

/** What the files of a vendor share. */
export interface FeedContext {
  job: VendorJob;
  row: CurrentRow;
  /** The file's place among the vendor's files. */
  fileNumber: number;
  /** Takes the places where records begin. */
  blocks: FeedBlocks;
  refusedRows: RefusedRows;
  /** The refused rows' texts, for each file so far; null if the rejects report must read the file again. */
  refusedTexts: Array<RefusedTexts | null>;
  /** The SKUs of earlier valid rows, if a duplicate is an error; else null. */
  seen: ByteMap | null;
  doubts: RowDoubts;
  examples: RowExamples;
  shortRows: ShortRows;
  /** The rows that the parser's own code refuses. */
  refusals: Refusals;
  /** Data rows of the files before this one. */
  rowsBefore: number;
  /** Empties a full segment. */
  spill(): Promise<void>;
}

export interface FeedCounts {
  totalRows: number;
  validRows: number;
  invalidRows: number;
  roundedCells: number;
  mappedRows: number;
  /** Valid rows without a quantity. */
  emptyQuantities: number;
  skippedRows: number;
  /** Rows whose cells are all empty: no records. */
  emptyRows: number;
  /** 1 if SKUs have small letters, or letters outside ASCII. */
  smallSkus: number;
}

/**
 * The rows of a feed once its columns are known. A batch passes through the search for broken rows, repair, `skipLastRows` and the row hook, if the
 * layout asks for them, on its way to the normalizer.
 */
export class FeedRows {
  readonly #context: FeedContext;
  readonly #file: string | null;
  readonly #header: readonly string[];
  readonly #broken: BrokenRows | null;
  readonly #footer: FooterCheck | null;
  readonly #sums: ValueSums;
  readonly #repair: RowRepair | null;
  readonly #skipLast: SkipLastRows | null;
  readonly #hook: RowHook | null;
  readonly #checker: RowChecker;
  readonly #normalizer: Normalizer;
  readonly #widths: RowWidths;

  constructor(
    layout: Layout,
    file: string | null,
    context: FeedContext,
    started: StartedFeed & { texts: RefusedTextKeeper | null },
  ) {
    const { job, row, seen, refusals } = context;
    const { columns, header } = started;
    const { vendor, validators, log, misuses, skuMap, now, workspace, entryLayout, moneyDecimals } = job;
    const vendorId = vendor.vendor_id;
    this.#context = context;
    this.#file = file;
    const { width } = columns;
    const { skuBytesMax } = job.limits;
    this.#broken = BrokenRows.of({ width, lineEnd: started.lineEnd }, job.limits.recordBytesMax);
    const { footer } = layout;
    const { plainNumbers = false } = layout;
    this.#footer =
      footer === undefined ? null : new FooterCheck(footer, started.skipped, wrappersOf(layout), plainNumbers);
    const summed = summedColumns(footer ?? []);
    this.#sums = new ValueSums(summed);
    this.#repair = repairOf(layout, header, fieldsOf(columns, COLUMN.sku));
    this.#skipLast = layout.skipLastRows ? new SkipLastRows(layout.skipLastRows) : null;
    const filters = columns.filters.length === 0 ? null : new RowFilters(columns.filters, wrappersOf(layout));
    const { row: hook } = layout;
    const plugin = vendor.parser.format;
    this.#hook =
      hook === undefined ? null : new RowHook({ row: hook, header, filters, plainNumbers, plugin, refusals });
    // these rows no longer look as they did in the feed
    if (this.#repair !== null || hook !== undefined) started.texts?.giveUp();
    this.#header = header;
    this.#checker = new RowChecker({
      vendorId,
      file,
      columns,
      row,
      validators,
      seen,
      refusals,
      skuBytesMax,
      refusedSkus: job.refusedSkus,
      refusedRows: context.refusedRows,
      refusedTexts: started.texts,
      fileNumber: context.fileNumber,
      log,
      misuses,
    });
    const naive = layout.timeZone === null ? null : zoneClock(layout.timeZone);
    const rules = columns.rules.length === 0 ? null : new RowRules(columns.rules, wrappersOf(layout), naive);
    const isComposed = columns.cells.length > 0 || columns.joins.length > 0;
    this.#widths = new RowWidths(header, width, context.shortRows);
    // without a hook only known cells are read; a plugin's code may read any cell
    if (hook === undefined) context.doubts.unread.startFile(columns);
    context.doubts.forms.startFile(columns);
    this.#normalizer = new Normalizer({
      vendorId,
      columns,
      composed: isComposed ? new ComposedCells(columns, layout, job.sideTables, naive) : null,
      // the hook applies the filters itself, before it sees a row
      filters: hook === undefined ? filters : null,
      rules,
      sums: summed.length === 0 ? null : this.#sums,
      skuMap,
      naive,
      now,
      segment: workspace.segment,
      entryLayout,
      moneyDecimals,
      row,
      fileNumber: context.fileNumber,
      checker: this.#checker,
      skuBytesMax,
      ...context.doubts,
      storesNumbers: plainNumbers,
      examples: context.examples,
      widths: this.#widths,
      kernels: workspace.kernels,
    });
    this.#normalizer.records = started.records;
    this.#normalizer.skippedRows = started.skipped;
  }

  get totalRows(): number {
    return this.#normalizer.totalRows;
  }

  textsOf(texts: RefusedTextKeeper): RefusedTexts | null {
    return texts.texts(this.#header, this.#widths.width);
  }

  /** Takes the records of a batch from `first` on. */
  async take(window: Uint8Array, batch: RecordBatch, first: number): Promise<void> {
    await this.#takeJoined(this.#broken === null ? { window, batch, first } : this.#broken.pass(window, batch, first));
  }

  /** Takes the rows that were held back until the end of the feed. */
  async end(): Promise<void> {
    const rest = this.#broken?.end() ?? null;
    if (rest !== null) await this.#takeJoined(rest);
    if (this.#footer !== null) this.#checkFooter(this.#footer);
  }

  /** Throws `FeedFault`. */
  #checkFooter(footer: FooterCheck): void {
    const { vendor, log } = this.#context.job;
    for (const { column, unread } of footer.check({ keptRows: this.totalRows, sums: this.#sums }))
      log.warn(`footer_sum_unchecked:${vendor.vendor_id}:${column}:${unread}`);
  }

  async #takeJoined(joined: PassedRows): Promise<void> {
    if (this.#footer === null) return this.#takeRows(joined);
    const { window, batch, first } = joined;
    for (const passed of this.#footer.pass(window, batch, first)) await this.#takeRows(passed);
  }

  async #takeRows({ window, batch, first }: PassedRows): Promise<void> {
    const [bytes, records] = this.#repair === null ? [window, batch] : this.#repair.apply(window, batch, first);
    if (this.#skipLast === null) return this.#normalize(bytes, records, first);
    for (const passed of this.#skipLast.pass(bytes, records, first)) {
      await this.#normalize(passed.window, passed.batch, passed.first);
    }
  }

  async #normalize(window: Uint8Array, batch: RecordBatch, first: number): Promise<void> {
    const normalizer = this.#normalizer;
    const [bytes, records] =
      this.#hook === null ? [window, batch] : this.#hook.apply(window, batch, first, normalizer.records);
    let next = this.#hook === null ? first : 0;
    for (;;) {
      next = normalizer.run(bytes, records, next);
      if (next === records.count) return;
      await this.#context.spill();
    }
  }

  /** Throws `invalid_input` if the rows do not line up with the header. `openLine`: see `lineWithoutEnd`. */
  checkWidths(openLine: number): void {
    const { job, shortRows } = this.#context;
    if (openLine > 0) shortRows.endsWithoutLineEnd(openLine);
    const { totalRows } = this.#normalizer;
    const { vendor_id } = job.vendor;
    this.#widths.check(totalRows, vendor_id);
    const warning = this.#widths.warning(totalRows, vendor_id);
    if (warning !== null) job.log.warn(warning);
  }

  /** Reports a cut last row. If it has too few cells, it is reported as a short row instead. */
  checkEnd({ found }: CutEnd): void {
    if (found === null || found.fields < this.#widths.width) return;
    const { log, vendor } = this.#context.job;
    // a total at the end, which is left out, does not look like the other rows
    if (!found.endsInMark && this.#context.row.line !== found.line) return;
    log.warn(`last_cell_cut_off:${vendor.vendor_id}:${found.line}`);
    this.#context.examples.addAt('last_cell_cut_off', { line: found.line, cell: found.cell });
  }

  reportRepairs(): void {
    if (this.#repair === null || this.#repair.count === 0) return;
    const { log, vendor } = this.#context.job;
    const vendorId = vendor.vendor_id;
    const place = this.#file === null ? vendorId : `${vendorId}:${this.#file}`;
    log.countWarning('rows_repaired', vendorId, this.#repair.count);
    log.warn(`repaired_lines:${place}:${this.#repair.lines.join(',')}`);
    for (const line of this.#repair.lines) this.#context.examples.addAt('rows_repaired', { line });
  }

  counts(): Omit<FeedCounts, 'emptyRows'> {
    const { totalRows, validRows, roundedCells, mappedRows, emptyQuantities } = this.#normalizer;
    const smallSkus = this.#normalizer.hasSmallSkus ? 1 : 0;
    const skippedRows = this.#normalizer.skippedRows + (this.#hook?.skipped ?? 0) + (this.#skipLast?.count ?? 0);
    const { invalidRows } = this.#checker;
    return { totalRows, validRows, invalidRows, roundedCells, mappedRows, emptyQuantities, skippedRows, smallSkus };
  }
}

/** The columns whose sums a footer has, each once. */
function summedColumns(footer: readonly FooterLine[]): CanonicalColumn[] {
  const parts = footer.flatMap(({ cells }) => cells.flat());
  return [...new Set(parts.flatMap((part) => (part.kind === 'sum' ? [part.column] : [])))];
}

/** The fields that a column is read from. */
function fieldsOf({ index, cells }: ResolvedColumns, position: number): readonly number[] {
  const field = index[position] ?? -1;
  return field >= 0 ? [field] : (cells.find((cell) => cell.position === position)?.fields ?? []);
}

function repairOf(layout: Layout, header: readonly string[], skuFields: readonly number[]): RowRepair | null {
  const { repair, delimiter, quote, escape: escaping = null } = layout;
  if (repair === undefined || (header.length > 0 && header.length !== repair.width)) return null;
  return new RowRepair(repair, { delimiter, quote, escape: escaping }, skuFields);
}
