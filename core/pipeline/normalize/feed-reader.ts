/** Reads one file of a vendor's feed, from its bytes to its rows: finds its columns, then hands the records on. */

import type { RelayError } from '../../errors.ts';
import { EXAMPLES_MAX } from '../../notices/notices.ts';
import type { PreparedFeed } from '../../plugin.ts';
import { isFeedError } from '../../run-codes.ts';
import { NO_END, type RecordBatch, WELL_FORMED } from '../../scan/batch.ts';
import { dialectOf, type ScanDialect } from '../../scan/dialect.ts';
import { Scanner } from '../../scan/scanner.ts';
import type { NamedFeed } from '../fetch/vendor-fetch.ts';
import { RefusedTextKeeper } from './checks/refused-texts.ts';
import { extraSources } from './columns/extra-columns.ts';
import { CutEnd } from './feed/cut-end.ts';
import { FeedStart, type StartedFeed } from './feed/feed-start.ts';
import { applyPreamble, PreambleBytes } from './feed/preamble.ts';
import { feedBatches } from './feed/row-feed.ts';
import { type FeedContext, type FeedCounts, FeedRows } from './feed-rows.ts';
import { dropBlankRows } from './rows/blank.ts';
import { SkipLastRows } from './rows/skip-last-rows.ts';

export class FeedReader {
  readonly #context: FeedContext;
  readonly #feed: PreparedFeed;
  readonly #file: string | null;
  readonly #scanner: Scanner;
  readonly #dialect: ScanDialect;

  constructor({ feed, file }: NamedFeed, context: FeedContext) {
    this.#context = context;
    this.#feed = feed;
    this.#file = file;
    this.#dialect = dialectOf(feed.layout);
    const { recordBytesMax, recordCellsMax } = context.job.limits;
    this.#scanner = new Scanner(this.#dialect, recordBytesMax, recordCellsMax);
  }

  async read(): Promise<FeedCounts> {
    const { job, rowsBefore } = this.#context;
    const { vendor, limits, log } = job;
    const { skipLines, header, preamble, footer } = this.#feed.layout;
    const skipped = new PreambleBytes();
    const onSkipped = preamble === undefined ? undefined : (bytes: Uint8Array) => skipped.add(bytes);
    const { refusals } = this.#context;
    const { blocks } = this.#context;
    let hasRows = false;
    let texts: RefusedTextKeeper | null = null;
    const feed = await feedBatches(this.#feed, {
      ...{ windowBytes: limits.windowBytes, skipLines, headerFirst: header, onSkipped },
      ...{ scanner: this.#scanner, refusals, kernels: job.workspace.kernels },
      onChunk: (chunk) => blocks.pass(chunk),
      onBlock: (start, line) => blocks.note(start, line),
      onEnd: (length) => blocks.end(length, hasRows ? 'rows' : 'bytes'),
    });
    const { batches } = feed;
    hasRows = feed.hasRows;
    if (job.refusedSkus !== null && !hasRows && this.#dialect.escape < 0) texts = new RefusedTextKeeper();
    const names = hasRows ? (this.#feed.fields ?? null) : null;
    let start: FeedStart | null = null;
    let rows: FeedRows | null = null;
    let emptyRows = 0;
    const noteBlank = (line: number): void => this.#context.examples.addAt('rows_blank', { line });
    // if a feed without a header has only rows that filters drop, its footer still counts
    const tail = footer === undefined || header ? null : new SkipLastRows(footer.length);
    let openLine = 0;
    const cutEnd = new CutEnd();
    let fault: RelayError | null = null;
    for await (const { window, batch, failure } of batches) {
      // what follows is only searched for damage
      if (fault !== null) continue;
      try {
        if (!hasRows) {
          openLine = lineWithoutEnd(batch);
          cutEnd.note(window, batch);
        }
        texts?.begin(batch);
        start ??= this.#begin(skipped, hasRows);
        if (!start.isInHeader) emptyRows += dropBlankRows(window, batch, emptyRows < EXAMPLES_MAX ? noteBlank : null);
        let first = 0;
        if (rows === null) {
          const started = names === null ? start.read(window, batch) : start.withHeader(names);
          if (started === null) {
            for (const _passed of tail?.pass(window, batch, 0) ?? []);
            continue;
          }
          rows = this.#start(start, started, texts);
          first = started.next;
        }
        await rows.take(window, batch, first);
        texts?.end(window);
        await job.onBatch(rowsBefore + rows.totalRows);
      } catch (error) {
        if (!isFeedError(error)) throw error;
        // a damaged file may have a wrong header: the damage explains more
        if (failure !== undefined) throw failure;
        fault = error;
      }
    }
    if (fault !== null) throw fault;
    if (rows === null) {
      start ??= this.#begin(skipped, hasRows);
      rows = this.#start(start, names === null ? start.end(tail?.count ?? 0) : start.withHeader(names), null);
      if (tail !== null) await rows.take(tail.held.window, tail.held.batch, 0);
    }
    await rows.end();
    rows.checkWidths(openLine);
    rows.checkEnd(cutEnd);
    for (const warning of this.#feed.warnings?.() ?? []) {
      const { code, detail, examples = [] } = typeof warning === 'string' ? { code: warning } : warning;
      log.warn(`${code}:${vendor.vendor_id}${detail === undefined ? '' : `:${detail}`}`);
      for (const { line, cell, note } of examples) {
        this.#context.examples.addAt(code, { line, cell, ...(note === undefined ? {} : { note }) });
      }
    }
    rows.reportRepairs();
    this.#context.refusedTexts.push(texts === null ? null : rows.textsOf(texts));
    return { ...rows.counts(), emptyRows };
  }

  /** Call it when the lines above the header are read. Throws `FeedFault`. */
  #begin(skipped: PreambleBytes, hasRows: boolean): FeedStart {
    const { vendor, limits, log, entryLayout, currency } = this.#context.job;
    const scanner = new Scanner(this.#dialect, limits.recordBytesMax, limits.recordCellsMax);
    // the rows show which cells are texts and which are numbers
    const own = hasRows ? { ...this.#feed.layout, plainNumbers: true } : this.#feed.layout;
    const { layout, absent } = applyPreamble(own, skipped.lines(), scanner);
    for (const name of absent) log.warn(`preamble_value_missing:${vendor.vendor_id}:${name}`);
    const extras = extraSources(entryLayout.extras, vendor.parser.column_map, layout);
    const { recordBytesMax } = limits;
    return new FeedStart(layout, { vendorId: vendor.vendor_id, extras, currency, recordBytesMax });
  }

  #start({ layout }: FeedStart, started: StartedFeed, texts: RefusedTextKeeper | null): FeedRows {
    for (const warning of started.columns.warnings) this.#context.job.log.warn(warning);
    this.#scanner.width = started.columns.width;
    return new FeedRows(layout, this.#file, this.#context, { ...started, texts });
  }
}

/** The line of the batch's last record if it has no line end, as at the end of some files; else 0. */
function lineWithoutEnd({ count, lineEnd, line, fault }: RecordBatch): number {
  const last = count - 1;
  return fault[last] === WELL_FORMED && lineEnd[last] === NO_END ? (line[last] ?? 0) : 0;
}
