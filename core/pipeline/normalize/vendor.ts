/** Turns one vendor's files into `normalized.csv` and sorted runs of offers. */
import { ByteMap } from '../../bytes/byte-map.ts';
import { inFile, pluginFailed } from '../../errors.ts';
import { withKnownMembers } from '../../known-members.ts';
import type { FeedReport } from '../../plugin.ts';
import { expectListed, expectNothing, expectTexts, type IssueCodes } from '../../plugin-call.ts';
import { FeedBlocks, type FileIndex, LineSamples, RefusedRows, type VendorIndex } from '../row-index.ts';
import { emitSegment } from '../sort/emit.ts';
import { headerLine } from '../sort/segment-lines.ts';
import { SegmentRun } from '../sort/segment-run.ts';
import { type SortedRun, SortedRunWriter } from '../sort/sorted-run.ts';
import { mergeLines, spillSegment } from '../sort/spill.ts';
import { HookCall } from './checks/hook-call.ts';
import type { RefusedTexts } from './checks/refused-texts.ts';
import { CurrentRow } from './current-row.ts';
import { type RowDoubts, rowDoubts, warnOfRows } from './doubts/row-doubts.ts';
import { RowExamples } from './doubts/row-examples.ts';
import { ShortRows } from './doubts/row-widths.ts';
import { FeedReader } from './feed-reader.ts';
import type { FeedCounts } from './feed-rows.ts';
import { RowLines } from './row-lines.ts';
import { Refusals } from './rows/refusals.ts';
import type { VendorJob } from './vendor-job.ts';

export interface VendorResult {
  totalRows: number;
  validRows: number;
  invalidRows: number;
  runs: SortedRun[];
  /** True if SKUs have small letters, or letters outside ASCII. */
  hasSmallSkus: boolean;
  /** The lines of the rows; null if the feed has several files, whose rows are numbered each from 1. */
  lines: RowLines | null;
  /** Where its rows are, for `row_index.json`. */
  index: VendorIndex;
  /** Where its refused rows are listed in `errors.json`. */
  refusedRows: Pick<RefusedRows, 'places' | 'listed'>;
  /** By file, in order; null for a file that the rejects report must read again. */
  refusedTexts: Array<RefusedTexts | null>;
  /** What validators report about the feed as a whole. */
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
  readonly #writer: SortedRunWriter;
  readonly #runs: SortedRun[] = [];
  readonly #examples: RowExamples;
  readonly #doubts: RowDoubts;
  readonly #row: CurrentRow;
  readonly #shortRows = new ShortRows();
  readonly #lineRuns: SortedRun[] = [];
  readonly #samples = new LineSamples();
  readonly #files: FileIndex[] = [];
  readonly #refusedRows = new RefusedRows();
  readonly #refusedTexts: Array<RefusedTexts | null> = [];
  readonly #counts: FeedCounts = {
    totalRows: 0,
    validRows: 0,
    invalidRows: 0,
    roundedCells: 0,
    mappedRows: 0,
    emptyQuantities: 0,
    skippedRows: 0,
    emptyRows: 0,
    smallSkus: 0,
  };

  constructor(job: VendorJob) {
    this.#job = job;
    this.#row = new CurrentRow(job.entryLayout.extras.length, job.limits.extraCellBytesMax);
    this.#examples = new RowExamples(job.log, job.vendor.vendor_id);
    this.#doubts = rowDoubts(job, this.#examples);
    this.#writer = new SortedRunWriter(job.workspace.offers);
    job.workspace.segment.clear();
  }

  async read(): Promise<void> {
    const job = this.#job;
    const row = this.#row;
    const refusals = new Refusals();
    const seen = job.vendor.duplicate_sku === 'error' ? new ByteMap(job.seed) : null;
    for (const [fileNumber, feed] of job.feeds.entries()) {
      const blocks = new FeedBlocks(feed.file, fileNumber);
      this.#files.push(blocks.index);
      this.#examples.file = feed.file;
      this.#examples.lines = new RowLines();
      this.#shortRows.file = feed.file;
      const context = {
        doubts: this.#doubts,
        shortRows: this.#shortRows,
        examples: this.#examples,
        refusals,
        job,
        row,
        fileNumber,
        blocks,
        refusedRows: this.#refusedRows,
        refusedTexts: this.#refusedTexts,
        seen,
        rowsBefore: this.#counts.totalRows,
        spill: () => this.#spill(),
      };
      const counts = await inFile(feed.file, () => new FeedReader(feed, context).read());
      for (const name of Object.keys(counts) as Array<keyof FeedCounts>) this.#counts[name] += counts[name];
    }
  }

  /** Empties a full segment: its offers to a sorted run, its lines to scratch. */
  async #spill(): Promise<void> {
    const { segment, sorter, lines } = this.#job.workspace;
    const sorted = { segment, order: sorter.sort(segment) };
    const writers = { lines: new SortedRunWriter(lines), offers: this.#writer };
    const spilled = await spillSegment(sorted, writers, this.#job.position);
    this.#lineRuns.push(spilled.lines);
    this.#runs.push(spilled.offers);
    segment.clear();
  }

  async finish(): Promise<SortedRun[]> {
    const { workspace, limits, position } = this.#job;
    const { segment, sorter } = workspace;
    if (this.#lineRuns.length > 0 && segment.rows > 0) await this.#spill();
    const { sink, rows } = await this.#job.createOutput();
    const lines = { sink, rows, samples: this.#samples, header: headerLine(this.#job.entryLayout.extras) };
    try {
      if (this.#lineRuns.length > 0) await mergeLines(this.#lineRuns, lines, limits.mergeBytes);
      else {
        const sorted = { segment, order: sorter.sort(segment), kernel: workspace.kernels.made };
        const writer = this.#job.keepsSegment ? null : this.#writer;
        await emitSegment(sorted, lines, writer);
        this.#runs.push((await writer?.finish(position)) ?? new SegmentRun(position, sorted));
      }
      await rows.close();
      await sink.close();
    } catch (error) {
      await rows.abort();
      await sink.abort();
      throw error;
    } finally {
      await workspace.lines.dispose();
    }
    return this.#runs;
  }

  result(runs: SortedRun[]): VendorResult {
    const { log } = this.#job;
    const { totalRows, validRows, invalidRows, roundedCells, mappedRows, skippedRows, emptyRows } = this.#counts;
    const { emptyQuantities } = this.#counts;
    const vendorId = this.#job.vendor.vendor_id;
    const short = this.#shortRows.warning(vendorId, totalRows);
    if (short !== null) log.warn(short);
    for (const example of this.#shortRows.examples(totalRows)) log.example('short_rows', vendorId, example);
    if (this.#job.skuMap !== null && mappedRows === 0 && totalRows > 0) log.warn(`sku_map_unused:${vendorId}`);
    if (roundedCells > 0) log.countWarning('money_rounded', vendorId, roundedCells);
    // a feed without any quantity has no such column: nothing is missing in its rows
    if (emptyQuantities > 0 && emptyQuantities < validRows)
      log.countWarning('empty_quantities', vendorId, emptyQuantities);
    if (skippedRows > 0) log.countWarning('rows_skipped', vendorId, skippedRows);
    if (emptyRows > 0) log.countWarning('rows_blank', vendorId, emptyRows);
    warnOfRows(this.#doubts, log, { vendorId, validRows, otherForms: this.#row.otherForms });
    const feedErrors = this.#finishValidators();
    const lines = this.#job.feeds.length === 1 ? this.#examples.lines : null;
    const hasSmallSkus = this.#counts.smallSkus > 0;
    const { rows: refused, more: refused_more, places, listed } = this.#refusedRows;
    const { samples } = this.#samples.index;
    const index = { rows: validRows, samples, files: this.#files, refused, refused_more };
    return {
      totalRows,
      validRows,
      invalidRows,
      runs,
      hasSmallSkus,
      lines,
      index,
      refusedRows: { places, listed },
      refusedTexts: this.#refusedTexts,
      feedErrors,
    };
  }

  /** What validators report about the feed as a whole. */
  #finishValidators(): VendorResult['feedErrors'] {
    const { validators, misuses } = this.#job;
    const vendorId = this.#job.vendor.vendor_id;
    const feedErrors: VendorResult['feedErrors'] = [];
    for (const { name, codes, validator } of validators) {
      const call = new HookCall({ hook: 'finish()', name, vendorId, misuses }, 0);
      try {
        expectNothing(validator.finish?.(this.#reportOf(call, codes, feedErrors)));
      } catch (error) {
        throw pluginFailed(call.what, error);
      } finally {
        call.end();
      }
    }
    return feedErrors;
  }

  #reportOf(call: HookCall, codes: IssueCodes, feedErrors: VendorResult['feedErrors']): FeedReport {
    const vendorId = this.#job.vendor.vendor_id;
    const { validRows, invalidRows } = this.#counts;
    return withKnownMembers('a report', {
      vendorId,
      validRows,
      invalidRows,
      error: (code, reason) => {
        if (!call.allows(`report.error("${code}")`)) return;
        call.take(() => {
          expectTexts({ code, reason });
          expectListed(code, codes, 'reports');
          feedErrors.push({ code, reason });
        });
      },
      warning: (code) => {
        if (!call.allows(`report.warning("${code}")`)) return;
        call.take(() => {
          expectTexts({ code });
          expectListed(code, codes, 'reports');
          this.#job.log.warn(`${code}:${vendorId}`);
        });
      },
    });
  }
}
