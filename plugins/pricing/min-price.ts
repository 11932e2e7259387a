/** `min_price`: at least the tenant's lowest price, rounded up to the decimals that are written. */
import { z } from 'zod';
import type { Plugin, PricingRule } from '../../core/plugin.ts';
import { atLeast, wholeUnits, withWhole } from '../../core/whole-pricing.ts';
import { ceilFor } from './written-floor.ts';

export const minPrice: Plugin<'pricing', Record<string, never>> = {
  manifest: {
    kind: 'pricing',
    id: 'min_price',
    version: '1.0.0',
    contract: 1,
    summary: 'at least pricing.min_price; more decimals than are written count as the next higher amount',
    options: z.strictObject({}),
    example: {},
  },
  load:
    async () =>
    (_options, { config }) => {
      const floor = ceilFor(config.default_currency)(config.pricing.min_price);
      const rule: PricingRule = {
        floor: () => floor,
        price: ({ price }) => (price === null ? null : price.max(floor)),
      };
      return withWhole(rule, {
        decimals: floor.scale,
        at: (scale) => {
          const least = wholeUnits(floor, scale);
          return least === null ? null : atLeast(least);
        },
      });
    },
};
