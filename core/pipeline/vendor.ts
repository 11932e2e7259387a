/** One vendor's feed from its bytes to `normalized.csv` and sorted runs of offers. */
import { ByteMap } from '../bytes/byte-map.ts';
import type { NaiveClock } from '../bytes/datetime.ts';
import { toBytes } from '../bytes/text.ts';
import { zoneClock } from '../bytes/timezone.ts';
import type { VendorConfig } from '../config/schema.ts';
import type { PreparedFeed, Validator } from '../plugin.ts';
import type { ByteSink, EngineLimits } from '../ports/engine.ts';
import type { RecordBatch } from '../scan/batch.ts';
import { scanFeed } from '../scan/feed.ts';
import { Scanner } from '../scan/scanner.ts';
import type { ResolvedColumns } from './columns.ts';
import { CurrentRow } from './current-row.ts';
import { emitSegment, mergeLines, spillLines, spillRecords } from './emit.ts';
import { FeedStart, type StartedFeed } from './feed-start.ts';
import { HeldRows } from './held-rows.ts';
import type { IssueLog } from './issues.ts';
import { Normalizer } from './normalize.ts';
import type { RecordLayout } from './record.ts';
import { Judge } from './rejects.ts';
import { RowCells } from './row-cells.ts';
import { RowFilters } from './row-filter.ts';
import { RowHook } from './row-hook.ts';
import { RowRepair } from './row-repair.ts';
import { type Run, type RunPool, RunWriter } from './runs.ts';
import type { Segment } from './segment.ts';
import type { SideTable } from './side-table.ts';
import type { Sorter } from './sort.ts';

/** What vendors use one after the other, so that memory is taken once. */
export interface VendorWorkspace {
  segment: Segment;
  sorter: Sorter;
  /** Where offers stay until the merge. */
  offers: RunPool;
  /** Where lines go that do not fit in memory. */
  lines: RunPool;
}

export interface VendorJob {
  vendor: VendorConfig;
  /** The vendor's position in id order. */
  position: number;
  feed: PreparedFeed;
  skuMap: ByteMap | null;
  /** The side files that the layout joins, by name. */
  sideTables: ReadonlyMap<string, SideTable>;
  validators: Validator[];
  layout: RecordLayout;
  /** The run's clock, seconds. */
  now: number;
  /** For hash tables. */
  seed: number;
  log: IssueLog;
  limits: EngineLimits;
  workspace: VendorWorkspace;
  /** Creates the place for `normalized.csv`; asked for once the feed was read to its end. */
  createOutput(): Promise<ByteSink>;
  /** Called after every batch; may throw to stop. */
  onBatch(rows: number): void | Promise<void>;
}

export interface VendorResult {
  totalRows: number;
  validRows: number;
  invalidRows: number;
  runs: Run[];
  /** Problems that validators found with the feed as a whole. */
  feedErrors: Array<{ code: string; reason: string }>;
}

/** Throws `MissingColumns`, `ambiguous_column`, `DecodeError` and `invalid_input`. */
export async function normalizeVendor(job: VendorJob): Promise<VendorResult> {
  const reader = new VendorReader(job);
  await reader.read();
  const runs = await reader.finish();
  return reader.result(runs);
}

class VendorReader {
  readonly #job: VendorJob;
  readonly #scanner: Scanner;
  readonly #row = new CurrentRow();
  readonly #writer: RunWriter;
  readonly #runs: Run[] = [];
  readonly #lineRuns: Run[] = [];
  #normalizer: Normalizer | null = null;
  #judge: Judge | null = null;
  #hook: RowHook | null = null;
  #repair: RowRepair | null = null;
  readonly #held: HeldRows | null;

  constructor(job: VendorJob) {
    this.#job = job;
    const { layout } = job.feed;
    const quote = layout.quote === null ? -1 : layout.quote.charCodeAt(0);
    const dialect = { delimiter: toBytes(layout.delimiter), quote, escape: layout.escape?.charCodeAt(0) ?? -1 };
    this.#held = layout.skipLastRows ? new HeldRows(layout.skipLastRows) : null;
    this.#scanner = new Scanner(dialect, job.limits.recordBytesMax);
    this.#writer = new RunWriter(job.workspace.offers);
    job.workspace.segment.clear();
  }

  async read(): Promise<void> {
    const { feed, limits } = this.#job;
    const options = {
      windowBytes: limits.windowBytes,
      skipLines: feed.layout.skipLines,
      headerFirst: feed.layout.header,
    };
    const start = new FeedStart(feed.layout, this.#vendorId, limits.recordBytesMax);
    for await (const { window, batch } of scanFeed(feed.open(), this.#scanner, options)) {
      let first = 0;
      if (this.#normalizer === null) {
        const started = start.read(window, batch);
        if (started === null) continue;
        this.#open(started);
        first = started.next;
      }
      await this.#pass(window, batch, first);
      await this.#job.onBatch(this.#normalizer!.totalRows);
    }
    if (this.#normalizer === null) this.#open(start.end());
  }

  get #vendorId(): string {
    return this.#job.vendor.vendor_id;
  }

  #open({ columns, header, records, skipped }: StartedFeed): void {
    const { feed, skuMap, now, log, validators, vendor, workspace, layout } = this.#job;
    for (const warning of columns.warnings) log.warn(warning);
    const vendorId = this.#vendorId;
    const row = this.#row;
    this.#scanner.width = columns.width;
    const naive = feed.layout.timeZone === null ? null : zoneClock(feed.layout.timeZone);
    const filters = this.#filters(columns);
    const { repair, delimiter, quote, escape: escaping = null } = feed.layout;
    if (repair !== undefined && (header.length === 0 || header.length === repair.width))
      this.#repair = new RowRepair(repair, { delimiter, quote, escape: escaping });
    const hook = feed.layout.row;
    if (hook !== undefined) this.#hook = new RowHook(hook, header, filters);
    this.#normalizer = new Normalizer({
      vendorId,
      columns,
      cells: this.#rowCells(columns, naive),
      filters: hook === undefined ? filters : null,
      skuMap,
      naive,
      now,
      segment: workspace.segment,
      layout,
      row,
    });
    this.#normalizer.records = records;
    this.#normalizer.skippedRows = skipped;
    const seen = vendor.duplicate_sku === 'error' ? new ByteMap(this.#job.seed) : null;
    this.#judge = new Judge({ vendorId, columns, row, validators, seen, log });
  }

  #filters({ filters }: ResolvedColumns): RowFilters | null {
    return filters.length === 0 ? null : new RowFilters(filters, this.#job.feed.layout.unwrap === true);
  }

  #rowCells(columns: ResolvedColumns, naive: NaiveClock | null): RowCells | null {
    const { feed, sideTables } = this.#job;
    if (columns.cells.length === 0 && columns.joins.length === 0) return null;
    return new RowCells(columns, feed.layout, sideTables, naive);
  }

  /** Rows of a batch from `first` on, put right where that is asked for; not the last ones where the layout leaves them out. */
  async #pass(window: Uint8Array, batch: RecordBatch, first: number): Promise<void> {
    const [bytes, records] = this.#repair === null ? [window, batch] : this.#repair.apply(window, batch, first);
    if (this.#held === null) return this.#take(bytes, records, first);
    for (const passed of this.#held.pass(bytes, records, first)) {
      await this.#take(passed.window, passed.batch, passed.first);
    }
  }

  async #take(window: Uint8Array, batch: RecordBatch, first: number): Promise<void> {
    const [bytes, records] = this.#hook === null ? [window, batch] : this.#hook.apply(window, batch, first);
    let next = this.#hook === null ? first : 0;
    for (;;) {
      next = this.#normalizer!.run(bytes, records, next, this.#judge!);
      if (next === records.count) return;
      await this.#spill();
    }
  }

  /** Empties a full segment: its records to a run, its lines to scratch. */
  async #spill(): Promise<void> {
    const { layout, position } = this.#job;
    const { segment, sorter, lines } = this.#job.workspace;
    const order = sorter.sort(segment);
    this.#lineRuns.push(await spillLines(segment, order, new RunWriter(lines), layout.skuOffset));
    this.#runs.push(await spillRecords(segment, order, this.#writer, position));
    segment.clear();
  }

  async finish(): Promise<Run[]> {
    for (const code of this.#job.feed.warnings?.() ?? []) this.#job.log.warn(`${code}:${this.#vendorId}`);
    const { workspace, limits, position } = this.#job;
    const { segment, sorter } = workspace;
    if (this.#lineRuns.length > 0 && segment.rows > 0) await this.#spill();
    const sink = await this.#job.createOutput();
    try {
      if (this.#lineRuns.length > 0) await mergeLines(this.#lineRuns, sink, limits.mergeBytes);
      else this.#runs.push(await emitSegment(segment, sorter.sort(segment), sink, this.#writer, position));
      await sink.close();
    } catch (error) {
      await sink.abort();
      throw error;
    } finally {
      await workspace.lines.dispose();
    }
    return this.#runs;
  }

  result(runs: Run[]): VendorResult {
    const { log, validators } = this.#job;
    const { totalRows, validRows, roundedCells, shortRows, mappedRows } = this.#normalizer!;
    const skippedRows = this.#normalizer!.skippedRows + (this.#hook?.skipped ?? 0) + (this.#held?.count ?? 0);
    const invalidRows = this.#judge!.invalidRows;
    const vendorId = this.#vendorId;
    if (shortRows > 0) log.countWarning('short_rows', vendorId, shortRows);
    if (this.#job.skuMap !== null && mappedRows === 0 && totalRows > 0) log.warn(`sku_map_unused:${vendorId}`);
    if (roundedCells > 0) log.countWarning('money_rounded', vendorId, roundedCells);
    if (this.#repair !== null && this.#repair.count > 0) {
      log.countWarning('rows_repaired', vendorId, this.#repair.count);
      log.warn(`repaired_lines:${vendorId}:${this.#repair.lines.join(',')}`);
    }
    if (skippedRows > 0) log.countWarning('rows_skipped', vendorId, skippedRows);
    const feedErrors: VendorResult['feedErrors'] = [];
    for (const validator of validators) {
      validator.finish?.({
        vendorId,
        validRows,
        invalidRows,
        error: (code, reason) => feedErrors.push({ code, reason }),
        warning: (code) => log.warn(`${code}:${vendorId}`),
      });
    }
    return { totalRows, validRows, invalidRows, runs, feedErrors };
  }
}
