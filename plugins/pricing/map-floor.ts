/** `map_floor`: at least the manufacturer's minimum advertised price (MAP), if the tenant enforces it. */
import { z } from 'zod';
import { moneyDecimals } from '../../core/money/currencies.ts';
import { MICRO_SCALE } from '../../core/money/money.ts';
import type { Plugin, PricingRule } from '../../core/plugin.ts';
import { atLeastMap, withWhole } from '../../core/whole-pricing.ts';
import { ceilFor } from './written-floor.ts';

export const mapFloor: Plugin<'pricing', Record<string, never>> = {
  manifest: {
    kind: 'pricing',
    id: 'map_floor',
    version: '1.0.0',
    contract: 1,
    summary:
      "at least the offer's map_price, if pricing.map_policy.enforce; more decimals than are written count as the next higher amount",
    options: z.strictObject({}),
    example: {},
  },
  load:
    async () =>
    (_options, { config }) => {
      if (!config.pricing.map_policy.enforce) {
        return withWhole({ price: ({ price }) => price }, { decimals: 0, at: () => [] });
      }
      const ceil = ceilFor(config.default_currency);
      const rule: PricingRule = {
        floor: ({ mapPrice }) => (mapPrice === null ? null : ceil(mapPrice)),
        price: ({ offer, price }) => {
          const floor = price === null ? null : offer.mapPrice;
          return price === null || floor === null ? price : price.max(ceil(floor));
        },
      };
      return withWhole(rule, {
        decimals: MICRO_SCALE,
        at: (scale) => {
          const unit = 10 ** (MICRO_SCALE - moneyDecimals(config.default_currency));
          return atLeastMap(10 ** (scale - MICRO_SCALE), unit);
        },
      });
    },
};
