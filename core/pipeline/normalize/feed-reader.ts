/** One file of a vendor's feed: from its bytes to rows in the segment. */
import type { ByteMap } from '../../bytes/byte-map.ts';
import type { NaiveClock } from '../../bytes/datetime.ts';
import { toBytes } from '../../bytes/text.ts';
import { zoneClock } from '../../bytes/timezone.ts';
import type { PreparedFeed } from '../../plugin.ts';
import type { RecordBatch } from '../../scan/batch.ts';
import { scanFeed } from '../../scan/feed.ts';
import { Scanner } from '../../scan/scanner.ts';
import type { NamedFeed } from '../fetch/fetch.ts';
import { ComposedCells } from './cells/composed-cells.ts';
import type { ResolvedColumns } from './columns.ts';
import type { CurrentRow } from './current-row.ts';
import { FeedStart, type StartedFeed } from './feed-start.ts';
import { Normalizer } from './normalizer.ts';
import { RowChecker } from './row-checker.ts';
import { RowFilters } from './rows/filters.ts';
import { RowHook } from './rows/hook.ts';
import { RowRepair } from './rows/repair.ts';
import { SkipLastRows } from './rows/skip-last-rows.ts';
import type { VendorJob } from './vendor-job.ts';

/** What the files of a vendor share. */
export interface FeedContext {
  job: VendorJob;
  row: CurrentRow;
  /** The SKUs of earlier valid rows, where a second one is an error. */
  seen: ByteMap | null;
  /** Data rows of the files before. */
  rowsBefore: number;
  /** Empties a full segment. */
  spill(): Promise<void>;
}

export interface FeedCounts {
  totalRows: number;
  validRows: number;
  invalidRows: number;
  roundedCells: number;
  shortRows: number;
  mappedRows: number;
  skippedRows: number;
}

export class FeedReader {
  readonly #context: FeedContext;
  readonly #feed: PreparedFeed;
  readonly #file: string | null;
  readonly #scanner: Scanner;
  readonly #skipLast: SkipLastRows | null;
  #normalizer: Normalizer | null = null;
  #checker: RowChecker | null = null;
  #hook: RowHook | null = null;
  #repair: RowRepair | null = null;

  constructor({ feed, file }: NamedFeed, context: FeedContext) {
    this.#context = context;
    this.#feed = feed;
    this.#file = file;
    const { layout } = feed;
    const quote = layout.quote === null ? -1 : layout.quote.charCodeAt(0);
    const dialect = { delimiter: toBytes(layout.delimiter), quote, escape: layout.escape?.charCodeAt(0) ?? -1 };
    this.#skipLast = layout.skipLastRows ? new SkipLastRows(layout.skipLastRows) : null;
    this.#scanner = new Scanner(dialect, context.job.limits.recordBytesMax);
  }

  async read(): Promise<FeedCounts> {
    const { job, rowsBefore } = this.#context;
    const { layout } = this.#feed;
    const options = {
      windowBytes: job.limits.windowBytes,
      skipLines: layout.skipLines,
      headerFirst: layout.header,
    };
    const start = new FeedStart(layout, this.#vendorId, job.limits.recordBytesMax);
    for await (const { window, batch } of scanFeed(this.#feed.open(), this.#scanner, options)) {
      let first = 0;
      if (this.#normalizer === null) {
        const started = start.read(window, batch);
        if (started === null) continue;
        this.#open(started);
        first = started.next;
      }
      await this.#pass(window, batch, first);
      await job.onBatch(rowsBefore + this.#normalizer!.totalRows);
    }
    if (this.#normalizer === null) this.#open(start.end());
    for (const code of this.#feed.warnings?.() ?? []) job.log.warn(`${code}:${this.#vendorId}`);
    this.#reportRepairs();
    return this.#counts();
  }

  get #vendorId(): string {
    return this.#context.job.vendor.vendor_id;
  }

  #open({ columns, header, records, skipped }: StartedFeed): void {
    const { job, row, seen } = this.#context;
    const { skuMap, now, log, validators, workspace } = job;
    for (const warning of columns.warnings) log.warn(warning);
    const vendorId = this.#vendorId;
    this.#scanner.width = columns.width;
    const { timeZone, row: hook, repair, delimiter, quote, escape: escaping = null } = this.#feed.layout;
    const { plainNumbers = false } = this.#feed.layout;
    if (repair !== undefined && (header.length === 0 || header.length === repair.width))
      this.#repair = new RowRepair(repair, { delimiter, quote, escape: escaping });
    const naive = timeZone === null ? null : zoneClock(timeZone);
    const filters = this.#filters(columns);
    if (hook !== undefined) {
      const plugin = job.vendor.parser.format;
      this.#hook = new RowHook({ row: hook, header, filters, plainNumbers, vendorId, plugin });
    }
    const checker = new RowChecker({ vendorId, file: this.#file, columns, row, validators, seen, log });
    this.#checker = checker;
    this.#normalizer = new Normalizer({
      vendorId,
      columns,
      cells: this.#composed(columns, naive),
      filters: hook === undefined ? filters : null,
      skuMap,
      naive,
      now,
      segment: workspace.segment,
      layout: job.entryLayout,
      row,
      checker,
    });
    this.#normalizer.records = records;
    this.#normalizer.skippedRows = skipped;
  }

  #filters({ filters }: ResolvedColumns): RowFilters | null {
    return filters.length === 0 ? null : new RowFilters(filters, this.#feed.layout.unwrap === true);
  }

  #composed(columns: ResolvedColumns, naive: NaiveClock | null): ComposedCells | null {
    if (columns.cells.length === 0 && columns.joins.length === 0) return null;
    return new ComposedCells(columns, this.#feed.layout, this.#context.job.sideTables, naive);
  }

  /** Rows of a batch from `first` on, put right where that is asked for; not the last ones where the layout leaves them out. */
  async #pass(window: Uint8Array, batch: RecordBatch, first: number): Promise<void> {
    const [bytes, records] = this.#repair === null ? [window, batch] : this.#repair.apply(window, batch, first);
    if (this.#skipLast === null) return this.#take(bytes, records, first);
    for (const passed of this.#skipLast.pass(bytes, records, first)) {
      await this.#take(passed.window, passed.batch, passed.first);
    }
  }

  async #take(window: Uint8Array, batch: RecordBatch, first: number): Promise<void> {
    const [bytes, records] =
      this.#hook === null ? [window, batch] : this.#hook.apply(window, batch, first, this.#normalizer!.records);
    let next = this.#hook === null ? first : 0;
    for (;;) {
      next = this.#normalizer!.run(bytes, records, next);
      if (next === records.count) return;
      await this.#context.spill();
    }
  }

  #reportRepairs(): void {
    if (this.#repair === null || this.#repair.count === 0) return;
    const { log } = this.#context.job;
    const place = this.#file === null ? this.#vendorId : `${this.#vendorId}:${this.#file}`;
    log.countWarning('rows_repaired', this.#vendorId, this.#repair.count);
    log.warn(`repaired_lines:${place}:${this.#repair.lines.join(',')}`);
  }

  #counts(): FeedCounts {
    const { totalRows, validRows, roundedCells, shortRows, mappedRows } = this.#normalizer!;
    const skippedRows = this.#normalizer!.skippedRows + (this.#hook?.skipped ?? 0) + (this.#skipLast?.count ?? 0);
    const { invalidRows } = this.#checker!;
    return { totalRows, validRows, invalidRows, roundedCells, shortRows, mappedRows, skippedRows };
  }
}
