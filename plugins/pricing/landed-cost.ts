/** The landed cost that rules price from: what the offer costs with its vendor's terms, and with shipping and handling. */
import type { TenantConfig } from '../../core/config/schema.ts';
import { MICRO_SCALE, type Money } from '../../core/money/money.ts';
import type { Offer } from '../../core/plugin.ts';
import { type OfferAmounts, wholeUnits } from '../../core/whole-pricing.ts';

/** Null without a cost. */
export function landedCostOf({ pricing }: TenantConfig): (offer: Offer) => Money | null {
  const shipping = pricing.shipping_handling_flat;
  return ({ cost, landedCost = cost }) => (landedCost === null ? null : landedCost.add(shipping));
}

/** The landed cost times one of several factors, in whole numbers. */
export interface WholeLanded {
  readonly decimals: number;
  /** Returns the landed cost times the factor at a place in the list; null if the scale is too small. */
  at(scale: number): ((offers: OfferAmounts, offer: number, factor: number) => number) | null;
}

export function wholeLanded({ pricing }: TenantConfig, factors: readonly Money[]): WholeLanded {
  const { shipping_handling_flat: shipping } = pricing;
  const costScale = Math.max(MICRO_SCALE, shipping.scale);
  const decimals = costScale + Math.max(0, ...factors.map((factor) => factor.scale));
  return {
    decimals,
    at: (scale) => {
      const ofMicro = 10 ** (costScale - MICRO_SCALE);
      const flat = wholeUnits(shipping, costScale);
      const wholes = factors.map((factor) => wholeUnits(factor, scale - costScale));
      if (flat === null || wholes.some((one) => one === null)) return null;
      const times = Float64Array.from(wholes as number[]);
      // biome-ignore lint/style/noNonNullAssertion: the caller's positions are in range
      return (offers, offer, factor) => (offers.landed[offer]! * ofMicro + flat) * times[factor]!;
    },
  };
}
