/**
 * Prices in whole numbers: how built-in pricing rules handle ordinary amounts without an object per offer. All amounts
 * of a chain are whole multiples of `10^-scale` of the currency. If a double cannot hold an amount exactly, the rule's
 * `price` decides; a property test compares the two ways.
 *
 * A rule says what it does as a list of numbers, which both `merge/whole-prices.ts` and the kernel carry out.
 */
import {
  ROUND_DOWN,
  ROUND_NEAREST,
  ROUND_UP,
  STEP_LANDED,
  STEP_LANDED_LEAST,
  STEP_LEAST,
  STEP_MAP_LEAST,
  STEP_MSRP_MOST,
  STEP_ROUND,
  WHOLE_MAX,
} from './kernel/assembly/settle-places.ts';
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

const SCALE_MAX = 15;

/** A step's code, `STEP_…`, and the numbers that it needs; none for a step that changes nothing. */
export type WholeStep = readonly number[];

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

/**
 * A decimal in units of a scale; null if that is no whole number up to `WHOLE_MAX`. A result above that counts as inexact. The check is
 * safe: if the true value of a sum or product is above it, so is the double. `Math.floor(a / b)` is exact up to it.
 */
export function wholeUnits(amount: Money, scale: number): number | null {
  if (scale > SCALE_MAX || amount.scale > scale) return null;
  const units = amount.units * 10n ** BigInt(scale - amount.scale);
  return units <= BigInt(WHOLE_MAX) && units >= -BigInt(WHOLE_MAX) ? Number(units) : null;
}

/** What makes a landed cost of a cost in micros: `cost × micros + shipping`. */
export interface LandedParts {
  micros: number;
  shipping: number;
}

/** A band of costs, which are up to `highest` micros. */
export interface LandedBand {
  highest: number;
  factor: number;
}

/** The price is the landed cost times the factor of the first band that has the cost; it stays without a cost. The last band has no highest cost. */
export function landedTimes({ micros, shipping }: LandedParts, bands: readonly LandedBand[]): WholeStep {
  const [highest, factors] = [bands.map((band) => band.highest), bands.map((band) => band.factor)];
  return [STEP_LANDED, micros, shipping, bands.length, ...highest, ...factors];
}

export function atLeast(amount: number): WholeStep {
  return [STEP_LEAST, amount];
}

/** At least the landed cost times a factor, rounded up to a multiple of `unit`. */
export function atLeastLanded({ micros, shipping }: LandedParts, factor: number, unit: number): WholeStep {
  return [STEP_LANDED_LEAST, micros, shipping, factor, unit];
}

/** At least the MAP, rounded up to a multiple of `unit` micros; a micro is `micros`. */
export function atLeastMap(micros: number, unit: number): WholeStep {
  return [STEP_MAP_LEAST, micros, unit];
}

/** At most the MSRP, whose micros are `factor` each, rounded down to a multiple of `unit`. */
export function atMostMsrp(factor: number, unit: number): WholeStep {
  return [STEP_MSRP_MOST, factor, unit];
}

const ROUNDING = { down: ROUND_DOWN, nearest: ROUND_NEAREST, up: ROUND_UP };

/** A multiple of `step`, plus `offset`. */
export function roundedTo(step: number, offset: number, mode: keyof typeof ROUNDING): WholeStep {
  return [STEP_ROUND, step, offset, ROUNDING[mode]];
}
