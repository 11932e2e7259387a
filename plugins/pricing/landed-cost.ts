/** The landed cost that rules price from: what the offer costs with its vendor's terms, and with shipping and handling. */
import type { TenantConfig } from '../../core/config/schema.ts';
import { MICRO_SCALE, type Money } from '../../core/money/money.ts';
import type { Offer } from '../../core/plugin.ts';
import { type LandedParts, wholeUnits } from '../../core/whole-pricing.ts';

/** Null without a cost. */
export function landedCostOf({ pricing }: TenantConfig): (offer: Offer) => Money | null {
  const shipping = pricing.shipping_handling_flat;
  return ({ cost, landedCost = cost }) => (landedCost === null ? null : landedCost.add(shipping));
}

/** The landed cost times one of several factors, in whole numbers. */
export interface WholeLanded {
  readonly decimals: number;
  /** What makes the landed cost, and the factors, as whole numbers; null if the scale is too small. */
  at(scale: number): { parts: LandedParts; factors: number[] } | null;
}

export function wholeLanded({ pricing }: TenantConfig, factors: readonly Money[]): WholeLanded {
  const { shipping_handling_flat: flat } = pricing;
  const costScale = Math.max(MICRO_SCALE, flat.scale);
  const decimals = costScale + Math.max(0, ...factors.map((factor) => factor.scale));
  return {
    decimals,
    at: (scale) => {
      const shipping = wholeUnits(flat, costScale);
      const wholes = factors.map((factor) => wholeUnits(factor, scale - costScale)).filter((one) => one !== null);
      if (shipping === null || wholes.length < factors.length) return null;
      return { parts: { micros: 10 ** (costScale - MICRO_SCALE), shipping }, factors: wholes };
    },
  };
}
