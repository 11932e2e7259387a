/** What a config does to margins and floors: sums over the SKUs of two feeds, exact, in units of the currency's last decimal. */
import type { MoneyDecimals } from '../../money/currencies.ts';
import { unitsText } from '../merge/output.ts';
import { NONE, unitsAt } from '../publish/cells.ts';
import { ratioText } from '../publish/share.ts';
import type { SortedRows } from '../publish/sorted-rows.ts';

/** Null where the column of the past run is not known. */
export interface Pair {
  before: number | null;
  after: number;
}

export interface MarginEffect {
  /** SKUs that have a cost and a price above 0 in both feeds. */
  skus: number;
  /** The margins of one unit of each of them together. */
  before: string;
  after: string;
  change: string;
  /** As shares of the prices together. */
  before_pct: string;
  after_pct: string;
}

export interface SimulationFigures {
  /** SKUs whose price is their MAP. */
  map_hits: Pair;
  below_cost: Pair;
  /** Null if the costs of the past run are not known. */
  margin: MarginEffect | null;
}

/** The columns that these figures read. */
export const FIGURE_COLUMNS = ['vendor_id', 'quantity_available', 'cost', 'map_price', 'price'] as const;

interface Side {
  at: { cost: number; map_price: number; price: number } | null;
  mapHits: number;
  belowCost: number;
  margins: bigint;
  prices: bigint;
}

export class FigureCounter {
  readonly #decimals: MoneyDecimals;
  readonly #before: Side = newSide();
  readonly #after: Side = newSide();
  #skus = 0;

  constructor(decimals: MoneyDecimals) {
    this.#decimals = decimals;
  }

  /** A SKU of both feeds, or of one of them. */
  look(before: SortedRows | null, after: SortedRows | null): void {
    const own = before === null ? null : this.#count(this.#before, before);
    const other = after === null ? null : this.#count(this.#after, after);
    if (own === null || other === null) return;
    this.#skus++;
    add(this.#before, own);
    add(this.#after, other);
  }

  figures(): SimulationFigures {
    const [before, after] = [this.#before, this.#after];
    const has = (column: 'cost' | 'map_price') => before.at === null || before.at[column] >= 0;
    const text = (units: bigint) =>
      units < 0n ? `-${unitsText(-units, this.#decimals)}` : unitsText(units, this.#decimals);
    return {
      map_hits: { before: has('map_price') ? before.mapHits : null, after: after.mapHits },
      below_cost: { before: has('cost') ? before.belowCost : null, after: after.belowCost },
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
  #count(side: Side, rows: SortedRows): { price: number; margin: number } | null {
    side.at ??= {
      cost: rows.indexOf('cost'),
      map_price: rows.indexOf('map_price'),
      price: rows.indexOf('price'),
    };
    const price = unitsAt(rows, side.at.price, this.#decimals);
    if (price === NONE) return null;
    const cost = unitsAt(rows, side.at.cost, this.#decimals);
    if (unitsAt(rows, side.at.map_price, this.#decimals) === price) side.mapHits++;
    if (cost === NONE) return null;
    if (price < cost) side.belowCost++;
    return price > 0 ? { price, margin: price - cost } : null;
  }
}

function newSide(): Side {
  return { at: null, mapHits: 0, belowCost: 0, margins: 0n, prices: 0n };
}

function add(side: Side, { price, margin }: { price: number; margin: number }): void {
  side.prices += BigInt(price);
  side.margins += BigInt(margin);
}

function shareOf({ margins, prices }: Side): string {
  if (prices === 0n) return '0';
  const text = ratioText({ numerator: margins < 0n ? -margins : margins, denominator: prices });
  return margins < 0n && text !== '0' ? `-${text}` : text;
}
