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

  const landed = (offer: Row) => (offer.landed ?? offer.cost)?.plus(shipping) ?? null;
  const steps: Record<string, Step> = {
    margin: (price, offer) => landed(offer)?.times(margin.plus(1)) ?? price,
    min_price: (price) => price && D.max(price, minimum),
    map_floor: (price, offer) =>
      price && enforce && offer.map_price !== null ? D.max(price, ceilTo(decimals, offer.map_price)) : price,
  };
  // `ending` gives no price below these floors, wherever they are in the chain
  const floors: ((offer: Row) => Money | null)[] = [
    () => minimum,
    (offer) => (enforce && offer.map_price !== null ? ceilTo(decimals, offer.map_price) : null),
  ];
  const round = (offset: Money): Step => {
    // the lowest price that rounding can give: the first multiple plus offset that is not below zero
    const lowest = offset.modulo(increment).plus(increment).modulo(increment);
    return (price) => price && lowest.plus(price.lte(lowest) ? 0 : roundTo(price.minus(lowest), increment, mode));
  };
  const rules = pricing.rules?.length ? pricing.rules : ['margin', 'min_price', 'round'].map((use) => ({ use }));
  const chain: NonNullable<typeof pricing.rules> = [...rules, { use: 'min_price' }, { use: 'map_floor' }];
  const named = chain.map(({ use, with: options }) => {
    const made = optionalStep(use, options ?? {});
    if (made !== null) return made;
    if (use === 'round') return round(new D(String((options as { offset?: number | string })?.offset ?? 0)));
    const step = steps[use];
    if (step === undefined) throw new Error(`the oracle knows no pricing rule ${use}`);
    return step;
  });
  function optionalStep(use: string, options: object): Step | null {
    if (use === 'cost_bands') {
      const { bands } = options as { bands: { up_to?: number | string; margin_pct: number | string }[] };
      return (price, offer) => {
        const cost = landed(offer);
        const band = bands.find(({ up_to }) => up_to === undefined || offer.cost?.lte(String(up_to)));
        return cost ? cost.times(new D(String(band?.margin_pct ?? pricing.base_margin_pct)).plus(1)) : price;
      };
    }
    if (use === 'msrp_cap') {
      const share = new D(String((options as { share?: number | string }).share ?? 1));
      return (price, { msrp }) =>
        price && msrp && !msrp.isZero()
          ? D.min(price, msrp.times(share).toDecimalPlaces(decimals, D.ROUND_FLOOR))
          : price;
    }
    if (use === 'min_margin') {
      const factor = new D(String((options as { margin_pct: number | string }).margin_pct)).plus(1);
      const least = (offer: Row) => {
        const cost = landed(offer);
        return cost && ceilTo(decimals, cost.times(factor));
      };
      floors.push(least);
      return (price, offer) => price && D.max(price, least(offer) ?? price);
    }
    if (use !== 'ending') return null;
    const { endings, mode: side = 'nearest' } = options as { endings: (number | string)[]; mode?: string };
    return (price, offer) => {
      if (!price) return null;
      const from = D.max(price, 0);
      const [low, high] = [from.minus(lastEnding(endings, from)), firstEnding(endings, from).minus(from)];
      const ends =
        side === 'up' || low.gt(from) || (side === 'nearest' && high.lte(low)) ? from.plus(high) : from.minus(low);
      const floor = D.max(0, ...floors.map((one) => one(offer) ?? 0));
      return ends.lt(floor) ? firstEnding(endings, floor) : ends;
    };
  }
  // The chain starts from the feed's own price.
  return (offer) => named.reduce<Money | null>((price, step) => step(price, offer), offer.price);
}

/** A floor with more decimals than are written counts as the next higher amount. */
function ceilTo(decimals: number, floor: Money): Money {
  return floor.toDecimalPlaces(decimals, D.ROUND_CEIL);
}

/** The lowest amount with one of the endings that is not below `from`. */
function firstEnding(endings: readonly (number | string)[], from: Money): Money {
  const firsts = endings.map((text) => {
    const ending = new D(String(text));
    const step = endingStep(ending);
    const missing = D.max(0, from.minus(ending).div(step)).toDecimalPlaces(0, D.ROUND_CEIL);
    return ending.plus(missing.times(step));
  });
  return D.min(...firsts);
}

/** The highest amount with one of the endings that is not above `from`; below zero if there is none. */
function lastEnding(endings: readonly (number | string)[], from: Money): Money {
  const lasts = endings.map((text) => {
    const ending = new D(String(text));
    const step = endingStep(ending);
    return ending.gt(from) ? new D(-1) : from.minus(from.minus(ending).modulo(step));
  });
  return D.max(...lasts);
}

/** The distance between two prices with the ending: 1 for 0.99, 10 for 9.99, 100 for 90. */
function endingStep(ending: Money): Money {
  const whole = ending.trunc();
  return new D(10).pow(whole.isZero() ? 0 : whole.toFixed(0).length);
}

/** The price rounded to a multiple of the increment. `nearest` rounds half up. */
export function roundTo(price: Money, increment: Money, mode: 'nearest' | 'up' | 'down'): Money {
  const whole = price.divToInt(increment);
  const rest = price.minus(whole.times(increment));
  const more = mode === 'up' ? !rest.isZero() : mode === 'nearest' && rest.times(2).gte(increment);
  return (more ? whole.plus(1) : whole).times(increment);
}
