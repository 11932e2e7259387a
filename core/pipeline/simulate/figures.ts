/**
 * The effect of a config on margins, floors and stock: exact sums over the SKUs of two feeds, in units of the
 * currency's last decimal.
 */
import type { MoneyDecimals } from '../../money/currencies.ts';
import { Money } from '../../money/money.ts';
import { unitsText } from '../merge/output.ts';
import { ratioText } from '../publish/figures/share.ts';
import { integerAt, NONE, unitsAt, unitsOf } from '../publish/tables/cells.ts';
import type { SortedRows } from '../publish/tables/sorted-rows.ts';
import type { LandedCosts } from './landed-costs.ts';
import type { MapPrices } from './map-prices.ts';

/** Null where the column of the past run is not known. */
export interface Pair {
  before: number | null;
  after: number;
}

export interface MarginEffect {
  /** SKUs that have a cost and a price above 0 in both feeds. */
  skus: number;
  /** The sum of the margins of one unit of each. */
  before: string;
  after: string;
  change: string;
  /** As shares of the summed prices. */
  before_pct: string;
  after_pct: string;
}

export interface SimulationFigures {
  /** SKUs whose price is their MAP, or a MAP that rounding and endings changed; `first`: SKUs of the simulated feed. */
  map_hits: Pair & { first: string[] };
  /** `first`: SKUs of the simulated feed. */
  below_cost: Pair & { first: Array<{ sku: string; price: string; cost: string }> };
  /** SKUs with a quantity above 0. */
  in_stock: Pair;
  /** SKUs in stock before that have the quantity 0 after, or are not in the feed. */
  sold_out: { count: number; first: string[] };
  /** Null if the costs of the past run are not known. */
  margin: MarginEffect | null;
}

/** The columns that these figures read. */
export const FIGURE_COLUMNS = ['vendor_id', 'quantity_available', 'cost', 'map_price', 'price'] as const;

/** SKUs that a report names. */
const FIRST_MAX = 50;

/** What a config makes of amounts in its feed. */
export interface FeedRules {
  /** The MAP after a vendor's pricing rules; null where they are not known. */
  maps: MapPrices | null;
  /** Null without terms of vendors, and where they are not known. */
  landed: LandedCosts | null;
}

interface FeedFigures {
  at: Readonly<Record<(typeof FIGURE_COLUMNS)[number], number>> | null;
  rules: FeedRules;
  mapHits: number;
  belowCost: number;
  inStock: number;
  margins: bigint;
  prices: bigint;
}

export class FigureCounter {
  readonly #decimals: MoneyDecimals;
  readonly #before: FeedFigures;
  readonly #after: FeedFigures;
  readonly #atMap: string[] = [];
  readonly #losses: SimulationFigures['below_cost']['first'] = [];
  readonly #soldOut: SimulationFigures['sold_out'] = { count: 0, first: [] };
  #skus = 0;

  constructor(decimals: MoneyDecimals, rules: { before: FeedRules; after: FeedRules }) {
    this.#decimals = decimals;
    this.#before = newSide(rules.before);
    this.#after = newSide(rules.after);
  }

  /** A SKU of both feeds, or of one of them. */
  look(before: SortedRows | null, after: SortedRows | null): void {
    const own = before === null ? null : this.#count(this.#before, before);
    const other = after === null ? null : this.#count(this.#after, after);
    this.#lookAtStock(before, after);
    if (own === null || other === null) return;
    this.#skus++;
    add(this.#before, own);
    add(this.#after, other);
  }

  figures(): SimulationFigures {
    const [before, after] = [this.#before, this.#after];
    const has = (column: 'cost' | 'map_price' | 'quantity_available') => before.at === null || before.at[column] >= 0;
    const text = (units: bigint) =>
      units < 0n ? `-${unitsText(-units, this.#decimals)}` : unitsText(units, this.#decimals);
    return {
      map_hits: { before: has('map_price') ? before.mapHits : null, after: after.mapHits, first: this.#atMap },
      below_cost: { before: has('cost') ? before.belowCost : null, after: after.belowCost, first: this.#losses },
      in_stock: { before: has('quantity_available') ? before.inStock : null, after: after.inStock },
      sold_out: this.#soldOut,
      margin: has('cost')
        ? {
            skus: this.#skus,
            before: text(before.margins),
            after: text(after.margins),
            change: text(after.margins - before.margins),
            before_pct: shareOf(before),
            after_pct: shareOf(after),
          }
        : null,
    };
  }

  /** The price and margin of a row that has both; null otherwise. */
  #count(side: FeedFigures, rows: SortedRows): { price: number; margin: number } | null {
    const at = placesOf(side, rows);
    const price = unitsAt(rows, at.price, this.#decimals);
    if (price === NONE) return null;
    const cost = this.#costOf(side, rows);
    if (this.#isAtMap(side, rows, price)) {
      side.mapHits++;
      if (side === this.#after && this.#atMap.length < FIRST_MAX) this.#atMap.push(skuOf(rows));
    }
    if (cost === NONE) return null;
    if (price < cost) {
      side.belowCost++;
      if (side === this.#after && this.#losses.length < FIRST_MAX)
        this.#losses.push({ sku: skuOf(rows), price: rows.text(at.price), cost: unitsText(cost, this.#decimals) });
    }
    return price > 0 ? { price, margin: price - cost } : null;
  }

  /** The landed cost, if the feed has a cost. */
  #costOf(side: FeedFigures, rows: SortedRows): number {
    const cost = unitsAt(rows, placesOf(side, rows).cost, this.#decimals);
    const { landed } = side.rules;
    return cost === NONE || landed === null ? cost : landed.unitsOf(cost, vendorOf(side, rows), this.#decimals);
  }

  #isAtMap(side: FeedFigures, rows: SortedRows, price: number): boolean {
    const at = placesOf(side, rows);
    const map = unitsAt(rows, at.map_price, this.#decimals);
    if (map === NONE || price < map) return false;
    if (price === map) return true;
    const { maps } = side.rules;
    const least = maps?.leastAt(Money.ofUnits(BigInt(map), this.#decimals), vendorOf(side, rows)) ?? null;
    return least !== null && unitsOf(least, this.#decimals) === price;
  }

  #lookAtStock(before: SortedRows | null, after: SortedRows | null): void {
    const wasInStock = before !== null && isInStock(this.#before, before);
    const isNow = after !== null && isInStock(this.#after, after);
    if (wasInStock) this.#before.inStock++;
    if (isNow) this.#after.inStock++;
    if (!wasInStock || isNow) return;
    this.#soldOut.count++;
    if (this.#soldOut.first.length < FIRST_MAX) this.#soldOut.first.push(skuOf(before));
  }
}

function newSide(rules: FeedRules): FeedFigures {
  return { at: null, rules, mapHits: 0, belowCost: 0, inStock: 0, margins: 0n, prices: 0n };
}

function placesOf(side: FeedFigures, rows: SortedRows): NonNullable<FeedFigures['at']> {
  side.at ??= {
    ...{ vendor_id: rows.indexOf('vendor_id'), quantity_available: rows.indexOf('quantity_available') },
    ...{ cost: rows.indexOf('cost'), map_price: rows.indexOf('map_price'), price: rows.indexOf('price') },
  };
  return side.at;
}

function vendorOf(side: FeedFigures, rows: SortedRows): string {
  const { vendor_id } = placesOf(side, rows);
  return vendor_id < 0 ? '' : rows.text(vendor_id);
}

function isInStock(side: FeedFigures, rows: SortedRows): boolean {
  return integerAt(rows, placesOf(side, rows).quantity_available) > 0;
}

function skuOf(rows: SortedRows): string {
  return rows.text(rows.indexOf('sku'));
}

function add(side: FeedFigures, { price, margin }: { price: number; margin: number }): void {
  side.prices += BigInt(price);
  side.margins += BigInt(margin);
}

function shareOf({ margins, prices }: FeedFigures): string {
  if (prices === 0n) return '0';
  const text = ratioText({ numerator: margins < 0n ? -margins : margins, denominator: prices });
  return margins < 0n && text !== '0' ? `-${text}` : text;
}
