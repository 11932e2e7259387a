/** What a list of a run's SKUs is: the lists that there are, and the form of their entries. */
import type { LostBy } from '../receipt/receipt.ts';

export const SKU_LISTS = {
  single_vendor: 'SKUs that one vendor alone offers',
  tied: 'SKUs whose winner and another offer are equal by the merge strategy; `lost_by` says what decided',
  at_min_price: 'SKUs whose price is `min_price`, as the pricing rules leave it',
  at_map: 'SKUs whose price is the MAP of the winning offer, as the pricing rules leave it',
  below_cost: 'SKUs whose price is below the cost of the winning offer (with `pricing.vendor_terms`, its landed cost)',
  lost: 'offers of the vendor that another vendor’s offer beats, with the winner and what the offer lost by',
  unused_map_entries: 'entries of the vendor’s SKU map that no valid row of this run used',
} as const;
export type SkuListName = keyof typeof SKU_LISTS;
/** Lists that are about one vendor. */
export const VENDOR_LISTS: readonly SkuListName[] = ['lost', 'unused_map_entries'];

export interface SkuListWanted {
  list: SkuListName;
  /** Only what concerns this vendor. */
  vendorId: string | null;
  /** Entries of the page at most. */
  limit: number;
  /** The page begins after this SKU, or vendor's SKU; null for the first page. */
  after: string | null;
}

export interface ListedSku {
  /** For an unused map entry, the SKU that it names. */
  sku: string;
  /** Only for an unused map entry; else null. */
  vendor_sku: string | null;
  /** The vendor of the winning offer. */
  winner: string | null;
  /** As this run's rules make it. */
  price: string | null;
  /** The price waits: what went out in its place, null for a new SKU that stays out. Null if the price went out. */
  held: { published_price: string | null } | null;
  /** Rows that offer it. */
  offers: number;
  /** The vendor whose offer lost or is tied. */
  loser: string | null;
  lost_by: LostBy | null;
  /** What the offer has more than the winner, where both are numbers. */
  difference: string | null;
}

export interface SkuListPage {
  /** All of the run, not of the page alone. */
  count: number;
  skus: ListedSku[];
  /** The last one of the page, if more follow. */
  next: string | null;
}
