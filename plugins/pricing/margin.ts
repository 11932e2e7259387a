/** `margin`: landed cost times one plus the margin. Without a cost, the feed's own price stays. */
import { z } from 'zod';
import { Money } from '../../core/money/money.ts';
import type { Plugin, PricingRule } from '../../core/plugin.ts';
import { landedTimes, withWhole } from '../../core/whole-pricing.ts';
import { landedCostOf, wholeLanded } from './landed-cost.ts';

export const margin: Plugin<'pricing', Record<string, never>> = {
  manifest: {
    kind: 'pricing',
    id: 'margin',
    version: '1.0.0',
    contract: 1,
    summary: '(cost + shipping_handling_flat) × (1 + base_margin_pct); without a cost, the price of the feed',
    options: z.strictObject({}),
    example: {},
  },
  load:
    async () =>
    (_options, { config }) => {
      const landedCost = landedCostOf(config);
      const factor = Money.of(1).add(config.pricing.base_margin_pct);
      const rule: PricingRule = {
        price: ({ offer, price }) => {
          const landed = landedCost(offer);
          return landed === null ? price : landed.mul(factor);
        },
      };
      const { decimals, at } = wholeLanded(config, [factor]);
      return withWhole(rule, {
        decimals,
        at: (scale) => {
          const landed = at(scale);
          if (landed === null) return null;
          return landedTimes(
            landed.parts,
            landed.factors.map((whole) => ({ highest: Number.POSITIVE_INFINITY, factor: whole })),
          );
        },
      });
    },
};
