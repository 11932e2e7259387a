/** Merges the vendors' offers by SKU into the merged feed, in the run's own thread or with others (`ranges/`, `ahead/`). */
import type { ByteSink } from '../../ports/engine.ts';
import { PageStarts } from '../sort/page-starts.ts';
import type { RowPages } from '../sort/row-pages.ts';
import type { SortedRun } from '../sort/sorted-run.ts';
import type { MergeAhead } from './ahead/merge-ahead.ts';
import { SettledReplay } from './ahead/settled-replay.ts';
import { type MergeRange, type MergeSetting, MergeTools, mergeRange, type OutletMaker } from './merge-range.ts';
import { MergeReport, type MergeResult } from './merge-report.ts';
import { noteTwinsFull } from './ranges/claims.ts';
import { MergeCrew } from './ranges/merge-crew.ts';
import { SkuTwins } from './watch/sku-twins.ts';

export interface MergeOptions extends MergeSetting {
  /** In vendor order; those of one vendor in row order. */
  runs: readonly SortedRun[];
  /** False if all SKUs are in capitals of ASCII: then none differ in case. */
  hasSmallSkus: boolean;
  /** Decides which rows go out. If absent, every winner does. */
  outlet?: OutletMaker | undefined;
  /** Learns where each page of rows begins; null if no index is written. */
  pages: RowPages | null;
  /** Threads that merge ranges of SKUs beside the run's own, or all of them ahead of it if there is an outlet; null: that merges all. */
  threads: MergeCrew | MergeAhead | null;
  /** Called each time output is written; may throw to stop. */
  onProgress: (rows: number) => void;
}

export async function mergeOffers(sink: ByteSink, options: MergeOptions): Promise<MergeResult> {
  const { threads, pages, outlet, kernel, onProgress } = options;
  if (threads instanceof MergeCrew) return mergeRanges(sink, options, threads);
  const starts = pages?.starts ?? null;
  const tools = new MergeTools(options, { isFirst: true, outlet });
  if (threads === null) return mergeAlone(sink, { ...options, starts }, tools);
  const replay = new SettledReplay(tools, kernel, { sink, onProgress });
  return threads.join(replay, starts);
}

interface AloneOptions extends Omit<MergeRange, 'isFirst' | 'twins' | 'pages'>, MergeSetting {
  hasSmallSkus: boolean;
  starts: PageStarts | null;
}

/** Merges all in this thread. */
export async function mergeAlone(sink: ByteSink, options: AloneOptions, tools: MergeTools): Promise<MergeResult> {
  const { runs, starts, onProgress } = options;
  const twins = new SkuTwins(options.vendorIds, options.hasSmallSkus);
  const report = new MergeReport(options, twins);
  report.absorb(await mergeRange(sink, { runs, isFirst: true, pages: starts, twins, onProgress }, options, tools));
  return report.result();
}

/** Merges ranges of SKUs, with others. */
async function mergeRanges(sink: ByteSink, options: MergeOptions, crew: MergeCrew): Promise<MergeResult> {
  const { pages, vendorIds, onProgress } = options;
  const twins = new SkuTwins(vendorIds, options.hasSmallSkus);
  const report = new MergeReport(options, twins);
  const { limits, hasTwins } = crew.order;
  for (let i = crew.claim(); i !== null; i = crew.claim()) {
    const starts = pages === null ? null : new PageStarts(crew.passed(i));
    const range = {
      ...{ runs: crew.runsOf(i), isFirst: i === 0, pages: starts, twins: hasTwins ? twins : null },
      onProgress: (rows: number) => onProgress(crew.noteRows(report.rows + rows)),
    };
    try {
      report.absorb(await mergeRange(sink, range, { ...options, limits }));
      if (twins.isFull) noteTwinsFull(crew.order.claims);
    } finally {
      if (starts !== null) pages?.starts.absorb(starts.state());
    }
  }
  await crew.joinRest({
    sink,
    twins,
    pages: pages?.starts ?? null,
    onRange: (range) => report.absorb(range),
    onProgress,
  });
  return report.result();
}
