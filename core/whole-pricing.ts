/**
 * Prices in whole numbers: how a built-in pricing rule does ordinary amounts without an object for each offer. All amounts of a chain
 * are whole numbers of `10^-scale` of the currency. What a double cannot hold exactly is left to the rule's `price`, which decides what is right;
 * a property test compares the two.
 */
import type { Money } from './money/money.ts';
import type { PricingRule } from './plugin.ts';

/** The amounts of offers by their position, in millionths; a negative one is none. */
export interface OfferAmounts {
  readonly cost: Float64Array;
  /** The cost with the vendor's terms. */
  readonly landed: Float64Array;
  readonly mapPrice: Float64Array;
  readonly price: Float64Array;
  readonly msrp: Float64Array;
}

/** Instead of a price: there is none. */
export const NO_PRICE = -1;
/**
 * Above it a result counts as not exact. A double cannot hide that: a sum or product whose true value is above it is above it as a double,
 * too. `Math.floor(a / b)` is exact up to it.
 */
export const WHOLE_MAX = 2 ** 52;
const SCALE_MAX = 15;

/** What a rule makes of a price. Anything but `NO_PRICE` and 0 to `WHOLE_MAX` means that it cannot tell exactly. */
export type WholeStep = (offers: OfferAmounts, offer: number, price: number) => number;

export interface WholeRule {
  /** Decimals of the amounts that it makes or compares with. */
  readonly decimals: number;
  /** Null if it cannot work at a scale, which is at least `decimals`. */
  at(scale: number): WholeStep | null;
}

const WHOLE = Symbol('pricing in whole numbers');

export function withWhole(rule: PricingRule, whole: WholeRule): PricingRule {
  return Object.assign(rule, { [WHOLE]: whole });
}

export function wholeOf(rule: object): WholeRule | null {
  return (rule as { [WHOLE]?: WholeRule })[WHOLE] ?? null;
}

/** A decimal in units of a scale; null if that is no whole number below the limit. */
export function wholeUnits(amount: Money, scale: number): number | null {
  if (scale > SCALE_MAX || amount.scale > scale) return null;
  const units = amount.units * 10n ** BigInt(scale - amount.scale);
  return units <= BigInt(WHOLE_MAX) && units >= -BigInt(WHOLE_MAX) ? Number(units) : null;
}

/** The least multiple of `step` that is not below a value of 0 or more. */
export function multipleAbove(value: number, step: number): number {
  const below = multipleBelow(value, step);
  return below < value ? below + step : below;
}

export function multipleBelow(value: number, step: number): number {
  return Math.floor(value / step) * step;
}
