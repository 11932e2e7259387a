/** The landed cost that rules price from: what the offer costs with its vendor's terms, and with shipping and handling. */
import type { TenantConfig } from '../../core/config/schema.ts';
import type { Money } from '../../core/money/money.ts';
import type { Offer } from '../../core/plugin.ts';

/** Null without a cost. */
export function landedCostOf({ pricing }: TenantConfig): (offer: Offer) => Money | null {
  const shipping = pricing.shipping_handling_flat;
  return ({ cost, landedCost = cost }) => (landedCost === null ? null : landedCost.add(shipping));
}
