/** Reads only the header of a feed, or its first row: which columns a run would read, and what it would warn of. */
import type { PreparedFeed } from '../../../plugin.ts';
import type { EngineLimits } from '../../../ports/engine.ts';
import { dialectOf } from '../../../scan/dialect.ts';
import { Scanner } from '../../../scan/scanner.ts';
import type { ResolveOptions } from '../columns/columns.ts';
import { dropBlankRows } from '../rows/blank.ts';
import { Refusals } from '../rows/refusals.ts';
import { FeedStart } from './feed-start.ts';
import { applyPreamble, PreambleBytes } from './preamble.ts';
import { feedBatches } from './row-feed.ts';

/** Warnings as `code:detail`. Throws what a run throws for a feed that lacks a column or has one twice. */
export async function feedColumnWarnings(
  feed: PreparedFeed,
  columns: ResolveOptions,
  limits: EngineLimits,
): Promise<readonly string[]> {
  const { layout } = feed;
  const dialect = dialectOf(layout);
  const newScanner = () => new Scanner(dialect, limits.recordBytesMax, limits.recordCellsMax);
  const skipped = new PreambleBytes();
  const { hasRows, batches } = await feedBatches(feed, {
    windowBytes: limits.windowBytes,
    skipLines: layout.skipLines,
    headerFirst: layout.header,
    onSkipped: layout.preamble === undefined ? undefined : (bytes) => skipped.add(bytes),
    scanner: newScanner(),
    refusals: new Refusals(),
  });
  const begin = () =>
    new FeedStart(applyPreamble(layout, skipped.lines(), newScanner()).layout, {
      ...columns,
      recordBytesMax: limits.recordBytesMax,
    });
  const names = hasRows ? (feed.fields ?? null) : null;
  if (names !== null) return begin().withHeader(names).columns.warnings;
  let start: FeedStart | null = null;
  for await (const { window, batch } of batches) {
    start ??= begin();
    if (!start.isInHeader) dropBlankRows(window, batch, null);
    const started = start.read(window, batch);
    if (started !== null) return started.columns.warnings;
  }
  return (start ?? begin()).end(0).columns.warnings;
}
