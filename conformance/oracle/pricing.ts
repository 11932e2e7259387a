/** The price of one offer (contract 4, steps 1 to 5), in exact decimals. */

import { type Config, D, type Money, type Row } from './types.ts';
import { decimalsOf } from './write.ts';

type Step = (price: Money | null, offer: Row) => Money | null;

/** A function from an offer to its price, null when it cannot be priced. */
export function pricer(pricing: Config['pricing'], currency: string): (offer: Row) => Money | null {
  const decimals = decimalsOf(currency);
  const margin = new D(String(pricing.base_margin_pct));
  const shipping = new D(String(pricing.shipping_handling_flat));
  const minimum = ceilTo(decimals, new D(String(pricing.min_price)));
  const mode = pricing.rounding.mode ?? 'nearest';
  const increment = new D(String(pricing.rounding.increment ?? '0.01'));
  const enforce = pricing.map_policy.enforce ?? true;

  const steps: Record<string, Step> = {
    margin: (price, offer) => (offer.cost === null ? price : offer.cost.plus(shipping).times(margin.plus(1))),
    min_price: (price) => price && D.max(price, minimum),
    map_floor: (price, offer) =>
      price && enforce && offer.map_price !== null ? D.max(price, ceilTo(decimals, offer.map_price)) : price,
  };
  const round = (offset: Money): Step => {
    // the lowest price that rounding gives: the first number of the row that is not below zero
    const lowest = offset.modulo(increment).plus(increment).modulo(increment);
    return (price) => price && lowest.plus(price.lte(lowest) ? 0 : roundTo(price.minus(lowest), increment, mode));
  };
  const rules = pricing.rules?.length ? pricing.rules : ['margin', 'min_price', 'round'].map((use) => ({ use }));
  const chain: NonNullable<typeof pricing.rules> = [...rules, { use: 'min_price' }, { use: 'map_floor' }];
  const named = chain.map(({ use, with: options }) => {
    if (use === 'round') return round(new D(String((options as { offset?: number | string })?.offset ?? 0)));
    const step = steps[use];
    if (step === undefined) throw new Error(`the oracle knows no pricing rule ${use}`);
    return step;
  });
  // The chain starts from the feed's own price.
  return (offer) => named.reduce<Money | null>((price, step) => step(price, offer), offer.price);
}

/** A floor with more decimals than are written counts as the next higher amount. */
function ceilTo(decimals: number, floor: Money): Money {
  return floor.toDecimalPlaces(decimals, D.ROUND_CEIL);
}

/** To a multiple of the increment; `nearest` is half up. */
export function roundTo(price: Money, increment: Money, mode: 'nearest' | 'up' | 'down'): Money {
  const whole = price.divToInt(increment);
  const rest = price.minus(whole.times(increment));
  const more = mode === 'up' ? !rest.isZero() : mode === 'nearest' && rest.times(2).gte(increment);
  return (more ? whole.plus(1) : whole).times(increment);
}
