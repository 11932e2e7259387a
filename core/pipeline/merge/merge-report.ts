/** What a merge found, added up over the ranges of SKUs that were merged by themselves. */
import type { VendorFigure } from '../../ports/publishing.ts';
import { FormulaEscapes } from './formula-escapes.ts';
import { type MergeSetting, type RangeResult, UNPRICED_NAMED, type UnpricedSkus } from './merge-range.ts';
import { OfferGroup } from './offer-group.ts';
import { DuplicateRows } from './watch/duplicate-rows.ts';
import { type PriceExample, PriceWatch } from './watch/price-watch.ts';
import type { SkuTwins } from './watch/sku-twins.ts';

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

/** Adds up what the ranges came to. */
export class MergeReport {
  rows = 0;
  readonly #watch: PriceWatch;
  readonly #twins: SkuTwins;
  readonly #duplicates: DuplicateRows;
  readonly #formulas = new FormulaEscapes();
  readonly #unpriced: UnpricedSkus = { count: 0, skus: [] };
  #leftOut = 0;

  constructor({ layout, vendorIds, reads, watch, declaresDuplicates }: MergeSetting, twins: SkuTwins) {
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
