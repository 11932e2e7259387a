/**
 * Order of offers by their columns: how `best_offer` finds the best offer of a SKU without a view of each. It uses the
 * `compare` that it agrees with, so that a strategy with another `compare` has none. A property test compares the two ways.
 */
import type { MergeStrategy, Offer } from './plugin.ts';

/** Offers of a SKU by position. A negative amount or lead time, and a time that is not a number, mean none. */
export interface OfferColumns {
  /** Positions in `vendorIds`. */
  readonly vendor: Int32Array;
  readonly vendorIds: readonly string[];
  readonly quantity: Float64Array;
  /** Days. */
  readonly leadTime: Float64Array;
  /** The cost with the vendor's terms, in millionths. */
  readonly landed: Float64Array;
  /** Seconds since 1970. */
  readonly updatedAt: Float64Array;
}

/** A list of criteria, which counts as long as those before it find two offers equal. */
export interface ColumnOrder {
  /** Negative if the offer at `a` is better, positive if the one at `b` is. */
  compare(offers: OfferColumns, a: number, b: number): number;
  /** The same for the kernel: the code of each criterion, `ORDER_…`, and the numbers that it needs. */
  numbers(vendorIds: readonly string[]): readonly number[];
}

type Compare = (a: Offer, b: Offer) => number;

const ORDER = Symbol('order by columns');

export function withColumnOrder(compare: Compare, order: ColumnOrder): Compare {
  return Object.assign(compare, { [ORDER]: order });
}

/** The order that `compare` of the strategy has by columns; null if it has none. */
export function columnOrderOf({ compare }: Pick<MergeStrategy, 'compare'>): ColumnOrder | null {
  return (compare as { [ORDER]?: ColumnOrder } | undefined)?.[ORDER] ?? null;
}
