/** Merges the vendors' offers by SKU into the merged feed, in the run's own thread or with others (`ranges/`). */
import type { ByteSink } from '../../ports/engine.ts';
import type { VendorFigure } from '../../ports/publishing.ts';
import { PageStarts } from '../sort/page-starts.ts';
import type { RowPages } from '../sort/row-pages.ts';
import type { SortedRun } from '../sort/sorted-run.ts';
import { FormulaEscapes } from './formula-escapes.ts';
import {
  type MergeSetting,
  mergeRange,
  type OutletMaker,
  type RangeResult,
  UNPRICED_NAMED,
  type UnpricedSkus,
} from './merge-range.ts';
import { OfferGroup } from './offer-group.ts';
import { noteTwinsFull } from './ranges/claims.ts';
import type { MergeCrew } from './ranges/merge-crew.ts';
import { DuplicateRows } from './watch/duplicate-rows.ts';
import { type PriceExample, PriceWatch } from './watch/price-watch.ts';
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
  /** Merges ranges of SKUs beside the run's own thread; null: that merges all. */
  crew: MergeCrew | null;
  /** Called each time output is written; may throw to stop. */
  onProgress: (rows: number) => void;
}

export interface MergeResult {
  rows: number;
  /** SKUs for which the strategy chose no offer. */
  leftOut: number;
  unpriced: UnpricedSkus;
  /** By vendor id. */
  vendors: Record<string, VendorFigure>;
  /** What looks wrong about the prices and the SKUs. */
  warnings: string[];
  examples: readonly PriceExample[];
}

/** The result before anything is merged. */
export function emptyMergeResult(): MergeResult {
  return { rows: 0, leftOut: 0, unpriced: { count: 0, skus: [] }, vendors: {}, warnings: [], examples: [] };
}

export async function mergeOffers(sink: ByteSink, options: MergeOptions): Promise<MergeResult> {
  const { crew, pages, vendorIds, onProgress } = options;
  const twins = new SkuTwins(vendorIds, options.hasSmallSkus);
  const report = new MergeReport(options, twins);
  if (crew === null) {
    const starts = pages?.starts ?? null;
    const range = { runs: options.runs, isFirst: true, pages: starts, twins, outlet: options.outlet, onProgress };
    report.absorb(await mergeRange(sink, range, options));
    return report.result();
  }
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

/** Adds up what the ranges came to. */
class MergeReport {
  rows = 0;
  readonly #watch: PriceWatch;
  readonly #twins: SkuTwins;
  readonly #duplicates: DuplicateRows;
  readonly #formulas = new FormulaEscapes();
  readonly #unpriced: UnpricedSkus = { count: 0, skus: [] };
  #leftOut = 0;

  constructor({ layout, vendorIds, reads, watch, declaresDuplicates }: MergeOptions, twins: SkuTwins) {
    const group = new OfferGroup(layout, vendorIds, reads);
    this.#watch = new PriceWatch(group, watch);
    this.#duplicates = new DuplicateRows(group, declaresDuplicates);
    this.#twins = twins;
  }

  /** Call it in the order of the ranges. */
  absorb({ rows, leftOut, unpriced, watch, duplicates, formulas }: RangeResult): void {
    this.rows += rows;
    this.#leftOut += leftOut;
    this.#unpriced.count += unpriced.count;
    this.#unpriced.skus.push(...unpriced.skus.slice(0, UNPRICED_NAMED - this.#unpriced.skus.length));
    this.#watch.absorb(watch);
    this.#duplicates.absorb(duplicates);
    this.#formulas.absorb(formulas);
  }

  result(): MergeResult {
    const parts = [this.#watch, this.#twins, this.#duplicates, this.#formulas];
    return {
      ...{ rows: this.rows, leftOut: this.#leftOut, unpriced: this.#unpriced },
      vendors: this.#watch.figures.table(),
      warnings: parts.flatMap((one) => one.warnings()),
      examples: parts.flatMap((one) => one.examples),
    };
  }
}
