/** `round`: to a multiple of the tenant's increment. */
import { z } from 'zod';
import type { Plugin } from '../../core/plugin.ts';

export const round: Plugin<'pricing', Record<string, never>> = {
  manifest: {
    kind: 'pricing',
    id: 'round',
    version: '1.0.0',
    contract: 1,
    summary: 'to a multiple of pricing.rounding.increment: nearest (half up), up or down',
    options: z.strictObject({}),
    example: {},
  },
  load:
    async () =>
    (_options, { config }) => {
      const { increment, mode } = config.pricing.rounding;
      return { price: ({ price }) => (price === null ? null : price.roundTo(increment, mode)) };
    },
};
