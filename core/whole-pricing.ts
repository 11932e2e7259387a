/**
 * Prices in whole numbers: how built-in pricing rules handle ordinary amounts without an object per offer. All amounts
 * of a chain are whole multiples of `10^-scale` of the currency. If a double cannot hold an amount exactly, the rule's
 * `price` decides; a property test compares the two ways.
 */
import type { Money } from './money/money.ts';
import type { PricingRule } from './plugin.ts';

/** The amounts of offers by position, in millionths; negative means none. */
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
 * A result above this counts as inexact. The check is safe: if the true value of a sum or product is above it, so is
 * the double. `Math.floor(a / b)` is exact up to it.
 */
export const WHOLE_MAX = 2 ** 52;
const SCALE_MAX = 15;

/** The price after a rule. Anything but `NO_PRICE` and 0 to `WHOLE_MAX` means that it has no exact answer. */
export type WholeStep = (offers: OfferAmounts, offer: number, price: number) => number;

export interface WholeRule {
  /** Decimals of the amounts that it makes or compares. */
  readonly decimals: number;
  /** Null if it cannot work at a scale. The scale is at least `decimals`. */
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
