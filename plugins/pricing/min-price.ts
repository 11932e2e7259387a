/** `min_price`: at least the tenant's lowest price, up to the next cent. */
import { z } from 'zod';
import type { Plugin } from '../../core/plugin.ts';
import { ceilToCent } from './cents.ts';

export const minPrice: Plugin<'pricing', Record<string, never>> = {
  manifest: {
    kind: 'pricing',
    id: 'min_price',
    version: '1.0.0',
    contract: 1,
    summary: 'at least pricing.min_price; more than two decimals count as the next higher cent',
    options: z.strictObject({}),
    example: {},
  },
  load:
    async () =>
    (_options, { config }) => {
      const floor = ceilToCent(config.pricing.min_price);
      return { price: ({ price }) => (price === null ? null : price.max(floor)) };
    },
};
