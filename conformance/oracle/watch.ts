/** Which winning prices look wrong (docs/ERRORS.md): the warnings that a run gives, with their counts and without examples. */

import { type Config, D, type Money, type Row } from './types.ts';

const ZERO_WINS = 'zero_cost_wins';
const ZERO_PRICE = 'zero_price_wins';
/** 9999, 9999.9, 9999.99, longer ones of that form, 0.01, 0.001 and smaller ones. */
const PLACEHOLDER = /^(?:9{4,9}(?:\.99?)?|0\.0{1,5}1)$/;
const BELOW_COST = 'price_below_cost';
const BELOW_MSRP = 'price_far_below_msrp';
const BELOW_RIVALS = 'price_far_below_rivals';
const ABOVE_RIVALS = 'price_far_above_rivals';
const BELOW_MAP = 'map_of_losing_vendor';
const BEATS_NEW = 'used_beats_new';

export class PriceWarnings {
  readonly #slack: Money;
  readonly #enforce: boolean;
  readonly #counts = new Map<string, number>();

  constructor(pricing: Config['pricing']) {
    this.#slack = D.max('0.01', String(pricing.rounding.increment ?? '0.01'));
    this.#enforce = pricing.map_policy.enforce ?? true;
  }

  /** `offers`: all valid rows for the winner's SKU, the winner among them with the feed's own price. */
  look(winner: Row, price: Money, offers: readonly Row[]): void {
    for (const { cost, price: ownPrice, vendor_id } of offers) {
      const amount = cost ?? ownPrice;
      if (amount?.isZero()) this.#count(`${cost === null ? 'zero_prices' : 'zero_costs'}:${vendor_id}`);
      if (PLACEHOLDER.test(amount?.toFixed() ?? '')) this.#count(`placeholder_costs:${vendor_id}`);
    }
    const { cost, msrp, map_price } = winner;
    if (cost?.isZero()) this.#count(ZERO_WINS);
    else if (price.isZero()) this.#count(ZERO_PRICE);
    if ((winner.landed ?? cost)?.gt(price.plus(this.#slack))) this.#count(BELOW_COST);
    if (msrp !== null && price.times(5).lt(msrp)) this.#count(BELOW_MSRP);
    const others = offers.filter(({ vendor_id }) => vendor_id !== winner.vendor_id);
    const column = cost === null ? 'price' : 'cost';
    const own = winner[column];
    const isCompared = (amount: Money | null): amount is Money => (amount?.gt(0) ?? false) && !amount?.eq('0.01');
    const rivals = others
      .map((row) => row[column])
      .filter(isCompared)
      .sort((a, b) => a.cmp(b));
    // of two in the middle, the one nearer to the winner
    const [low, high] = [rivals[Math.ceil(rivals.length / 2) - 1], rivals[Math.floor(rivals.length / 2)]];
    if (own !== null && low !== undefined && own.times(5).lt(low)) this.#count(BELOW_RIVALS);
    if (own !== null && high?.times(5).lt(own)) this.#count(ABOVE_RIVALS);
    const isUsed = winner.condition !== null && winner.condition !== 'new';
    if (isUsed && offers.some((row) => row.condition === 'new' && (row.cost ?? row.price) !== null))
      this.#count(BEATS_NEW);
    const namesNone = map_price === null || map_price.isZero();
    if (this.#enforce && namesNone && others.some((row) => row.map_price?.gt(price))) this.#count(BELOW_MAP);
  }

  /** As `code:number`, or `code:vendor:number`. */
  all(): string[] {
    return [...this.#counts].map(([code, count]) => `${code}:${count}`).sort();
  }

  #count(code: string): void {
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
  }
}
