/** One vendor's feed from its bytes to `normalized.csv` and sorted runs of offers. */
import { ByteMap } from '../bytes/byte-map.ts';
import { toBytes } from '../bytes/text.ts';
import { zoneClock } from '../bytes/timezone.ts';
import type { VendorConfig } from '../config/schema.ts';
import { RelayError } from '../errors.ts';
import type { PreparedFeed, Validator } from '../plugin.ts';
import type { ByteSink, EngineLimits } from '../ports/engine.ts';
import { type RecordBatch, SOUND, TOO_LONG } from '../scan/batch.ts';
import { recordCells } from '../scan/cells.ts';
import { scanFeed } from '../scan/feed.ts';
import { Scanner } from '../scan/scanner.ts';
import { type ResolvedColumns, resolveColumns } from './columns.ts';
import { CurrentRow } from './current-row.ts';
import { emitSegment, mergeLines, spillLines, spillRecords } from './emit.ts';
import type { IssueLog } from './issues.ts';
import { isBlank, Normalizer } from './normalize.ts';
import type { RecordLayout } from './record.ts';
import { Judge } from './rejects.ts';
import { RowHook } from './row-hook.ts';
import { type Run, type RunPool, RunWriter } from './runs.ts';
import type { Segment } from './segment.ts';
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

  constructor(job: VendorJob) {
    this.#job = job;
    const { layout } = job.feed;
    const quote = layout.quote === null ? -1 : layout.quote.charCodeAt(0);
    const dialect = { delimiter: toBytes(layout.delimiter), quote };
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
    for await (const { window, batch } of scanFeed(feed.open(), this.#scanner, options)) {
      let first = 0;
      if (this.#normalizer === null) {
        while (first < batch.count && isBlank(window, batch, first)) first++;
        if (first === batch.count) continue;
        first = this.#begin(window, batch, first);
      }
      await this.#take(window, batch, first);
      await this.#job.onBatch(this.#normalizer!.totalRows);
    }
    if (this.#normalizer !== null) return;
    // an empty file: without a header to miss there is nothing wrong with it
    const { header } = feed.layout;
    const fields = header ? 0 : Number.MAX_SAFE_INTEGER;
    this.#open(resolveColumns(feed.layout, header ? [] : null, fields, this.#vendorId));
  }

  get #vendorId(): string {
    return this.#job.vendor.vendor_id;
  }

  /** Reads the first record, a header if there is one; returns the first record that is data. */
  #begin(window: Uint8Array, batch: RecordBatch, first: number): number {
    const { layout } = this.#job.feed;
    const cells = recordCells(window, batch, first);
    if (!layout.header) {
      this.#open(resolveColumns(layout, null, cells.length, this.#vendorId));
      return first;
    }
    if (batch.fault[first] === TOO_LONG) {
      const message = `vendor ${this.#vendorId}: the header (line ${batch.line[first]}) is longer than ${this.#job.limits.recordBytesMax} bytes; is this a delimited file?`;
      throw new RelayError('invalid_input', message, { details: { vendor_id: this.#vendorId } });
    }
    if (batch.fault[first] !== SOUND) {
      const message = `vendor ${this.#vendorId}: the header (line ${batch.line[first]}) has a quote where none can stand`;
      throw new RelayError('invalid_input', message, { details: { vendor_id: this.#vendorId } });
    }
    this.#scanner.width = cells.length;
    this.#open(resolveColumns(layout, cells, cells.length, this.#vendorId));
    this.#normalizer!.records = 1;
    if (layout.row !== undefined) this.#hook = new RowHook(layout.row, cells);
    return first + 1;
  }

  #open(columns: ResolvedColumns): void {
    const { feed, skuMap, now, log, validators, vendor, workspace, layout } = this.#job;
    for (const warning of columns.warnings) log.warn(warning);
    const vendorId = this.#vendorId;
    const row = this.#row;
    const naive = feed.layout.timeZone === null ? null : zoneClock(feed.layout.timeZone);
    this.#normalizer = new Normalizer({
      vendorId,
      columns,
      skuMap,
      naive,
      now,
      segment: workspace.segment,
      layout,
      row,
    });
    const seen = vendor.duplicate_sku === 'error' ? new ByteMap(this.#job.seed) : null;
    this.#judge = new Judge({ vendorId, columns, row, validators, seen, log });
    if (feed.layout.row !== undefined && !feed.layout.header) this.#hook = new RowHook(feed.layout.row, []);
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
    const invalidRows = this.#judge!.invalidRows;
    const vendorId = this.#vendorId;
    if (shortRows > 0) log.countWarning('short_rows', vendorId, shortRows);
    if (this.#job.skuMap !== null && mappedRows === 0 && totalRows > 0) log.warn(`sku_map_unused:${vendorId}`);
    if (roundedCells > 0) log.countWarning('money_rounded', vendorId, roundedCells);
    if (this.#hook !== null && this.#hook.skipped > 0) log.countWarning('rows_skipped', vendorId, this.#hook.skipped);
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
