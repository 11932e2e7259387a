/** Which rows are offers, which offer wins (contract 2 and 4). */

import { pricer } from './pricing.ts';
import { type Config, D, type Row, type VendorConfig } from './types.ts';
import { PriceWarnings } from './watch.ts';
import { byCodePoint } from './write.ts';

export interface Merged {
  rows: Row[];
  /** SKUs without an offer that can be priced, in code point order. */
  unpriced: string[];
  /** Warnings about prices, as `code:number`. */
  warnings: string[];
}

/** Less than zero when `a` is the better offer. */
type Compare = (a: Row, b: Row) => number;

export function merge(config: Config, rowsByVendor: ReadonlyMap<string, readonly Row[]>): Merged {
  const bestOffer = config.merge.best_offer ?? {};
  const fallback = BigInt(bestOffer.fallback_lead_time_days ?? 7);
  const better = comparison(bestOffer.sort_by ?? [], fallback);
  const price = pricer(config.pricing, config.default_currency);

  const offersBySku = new Map<string, Row[]>();
  for (const vendor of config.vendors) {
    const offered = offersOf(vendor, rowsByVendor.get(vendor.vendor_id) ?? [], better);
    for (const row of offered.map((one) => limited(one, config.quantity?.rules ?? []))) {
      const offers = offersBySku.get(row.sku);
      if (offers) offers.push(row);
      else offersBySku.set(row.sku, [row]);
    }
  }
  const merged: Merged = { rows: [], unpriced: [], warnings: [] };
  const watch = new PriceWarnings(config.pricing);
  const rows = [...rowsByVendor.values()].flat();
  const rowsBySku = new Map<string, Row[]>();
  for (const row of rows) rowsBySku.set(row.sku, [...(rowsBySku.get(row.sku) ?? []), row]);
  for (const [sku, offers] of [...offersBySku].sort(([a], [b]) => byCodePoint(a, b))) {
    const winner = offers
      .sort(better)
      .map((offer) => ({ ...offer, price: price(offer), lead_time_days: offer.lead_time_days ?? fallback }))
      .find((offer) => offer.price !== null);
    if (winner) {
      merged.rows.push(winner);
      const all = rowsBySku.get(sku) ?? [];
      const own = all.find((row) => row.vendor_id === winner.vendor_id && row.row_number === winner.row_number);
      // the winner has a price, and `own` is its row
      watch.look(own!, winner.price!, all);
    } else merged.unpriced.push(sku);
  }
  merged.warnings = watch.all();
  return merged;
}

/** The rows of one vendor that `duplicate_sku` leaves. `error` was handled when the rows were read. */
function offersOf(vendor: VendorConfig, rows: readonly Row[], better: Compare): readonly Row[] {
  const mode = vendor.duplicate_sku ?? 'best';
  if (mode === 'best' || mode === 'error') return rows;
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(row.sku, [...(groups.get(row.sku) ?? []), row]);
  // no group is empty
  return [...groups.values()].map((group) => {
    if (mode === 'first') return group[0]!;
    if (mode === 'last') return group.at(-1)!;
    const sum = group.reduce((total, row) => total + row.quantity_available, 0n);
    return { ...group.sort(better)[0]!, quantity_available: sum };
  });
}

/** The offer with its quantity after the quantity rules. */
function limited(row: Row, rules: NonNullable<NonNullable<Config['quantity']>['rules']>): Row {
  const folded = (brand: string) => brand.trim().toLowerCase();
  let left = row.quantity_available;
  for (const { vendors, brands, buffer, cap, min_to_list } of rules) {
    if (vendors && !vendors.includes(row.vendor_id)) continue;
    if (brands && !brands.map(folded).includes(folded(row.brand ?? ''))) continue;
    const share = new D(String(buffer?.pct ?? 0)).times(left.toString()).ceil();
    left -= BigInt(buffer?.units ?? 0) + BigInt(share.toFixed(0));
    if (left < 0n) left = 0n;
    if (cap !== undefined && left > BigInt(cap)) left = BigInt(cap);
    if (min_to_list !== undefined && left < BigInt(min_to_list)) left = 0n;
  }
  return { ...row, quantity_available: left };
}

function comparison(sortBy: readonly string[], fallback: bigint): Compare {
  const named = sortBy.length > 0 ? sortBy : ['in_stock_desc', 'lowest_landed_cost'];
  const criteria = named.map((name) => criterion(name, fallback));
  const tie: Compare = (a, b) => byCodePoint(a.vendor_id, b.vendor_id) || a.row_number - b.row_number;
  return (a, b) => {
    for (const compare of [...criteria, tie]) {
      const order = compare(a, b);
      if (order !== 0) return order;
    }
    return 0;
  };
}

function criterion(name: string, fallback: bigint): Compare {
  const [, priority] = /^vendor_priority:(.*)$/.exec(name) ?? [];
  if (priority !== undefined) {
    const ids = priority.split(',').map((id) => id.trim());
    const rank = (row: Row) => (ids.includes(row.vendor_id) ? ids.indexOf(row.vendor_id) : ids.length);
    return (a, b) => rank(a) - rank(b);
  }
  const lead = (row: Row) => row.lead_time_days ?? fallback;
  const known: Record<string, Compare> = {
    in_stock_desc: (a, b) => Number(b.quantity_available > 0n) - Number(a.quantity_available > 0n),
    // Shipping and handling is the same amount for all offers, so it does not affect the order.
    lowest_landed_cost: (a, b) => {
      const [one, other] = [a.landed ?? a.cost, b.landed ?? b.cost];
      return one && other ? one.cmp(other) : Number(one === null) - Number(other === null);
    },
    lowest_lead_time: (a, b) => sign(lead(a) - lead(b)),
    highest_quantity: (a, b) => sign(b.quantity_available - a.quantity_available),
    newest: (a, b) => Number(b.dated) - Number(a.dated) || (a.dated ? b.updated_at - a.updated_at : 0),
  };
  const compare = known[name];
  if (!compare) throw new Error(`the oracle knows no criterion ${name}`);
  return compare;
}

function sign(difference: bigint): number {
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}
