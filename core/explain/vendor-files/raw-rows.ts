/** Reads the records of a feed as they arrived: their cells, and the columns that these belong to. */
import type { ExtraColumn } from '../../canonical.ts';
import type { VendorConfig } from '../../config/schema.ts';
import type { ResolvedColumns } from '../../pipeline/normalize/columns/columns.ts';
import { extraSources } from '../../pipeline/normalize/columns/extra-columns.ts';
import { FeedStart } from '../../pipeline/normalize/feed/feed-start.ts';
import { applyPreamble, PreambleBytes } from '../../pipeline/normalize/feed/preamble.ts';
import { feedBatches } from '../../pipeline/normalize/feed/row-feed.ts';
import { Refusals } from '../../pipeline/normalize/rows/refusals.ts';
import type { PreparedFeed } from '../../plugin.ts';
import type { EngineLimits } from '../../ports/engine.ts';
import { cellText, recordCells } from '../../scan/cells.ts';
import { dialectOf } from '../../scan/dialect.ts';
import { Scanner } from '../../scan/scanner.ts';

export interface RawRows {
  /** Null if the feed ended before its columns were known. */
  columns: ResolvedColumns | null;
  /** By physical line. */
  cells: Map<number, string[]>;
}

export interface RawRowsOptions {
  vendor: VendorConfig;
  extras: readonly ExtraColumn[];
  limits: EngineLimits;
  /** Asked for each record; its cells are kept if it says so. */
  wants(record: { line: number; columns: ResolvedColumns; cell(field: number): string }): boolean;
  /** Stops reading the feed once this many records are kept. */
  most: number;
}

/** Throws what reading the start of a feed throws. */
export async function readRawRows(feed: PreparedFeed, options: RawRowsOptions): Promise<RawRows> {
  const { vendor, extras, limits, wants, most } = options;
  const { layout } = feed;
  const dialect = dialectOf(layout);
  const newScanner = () => new Scanner(dialect, limits.recordBytesMax, limits.recordCellsMax);
  const scanner = newScanner();
  const skipped = new PreambleBytes();
  const { hasRows, batches } = await feedBatches(feed, {
    ...{ windowBytes: limits.windowBytes, skipLines: layout.skipLines, headerFirst: layout.header },
    ...{ scanner, refusals: new Refusals(), onSkipped: (bytes: Uint8Array) => skipped.add(bytes) },
  });
  const found: RawRows = { columns: null, cells: new Map() };
  let start: FeedStart | null = null;
  for await (const { window, batch } of batches) {
    start ??= new FeedStart(applyPreamble(layout, skipped.lines(), newScanner()).layout, {
      vendorId: vendor.vendor_id,
      extras: extraSources(extras, vendor.parser.column_map),
      recordBytesMax: limits.recordBytesMax,
    });
    let first = 0;
    if (found.columns === null) {
      const started = hasRows && feed.fields !== undefined ? start.withHeader(feed.fields) : start.read(window, batch);
      if (started === null) continue;
      found.columns = started.columns;
      scanner.width = started.columns.width;
      first = started.next;
    }
    for (let record = first; record < batch.count; record++) {
      // biome-ignore lint/style/noNonNullAssertion: records and fields are below the batch's counts
      const line = batch.line[record]!;
      if (found.cells.size === most) return found;
      const cell = (field: number) => {
        const at = batch.fieldAt(record, field);
        return at < 0 ? '' : cellText(window, batch, at);
      };
      if (wants({ line, columns: found.columns, cell })) found.cells.set(line, recordCells(window, batch, record));
    }
  }
  return found;
}
