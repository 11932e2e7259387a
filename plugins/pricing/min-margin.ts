/** `min_margin`: at least landed cost plus a margin. */
import { z } from 'zod';
import { decimalSchema } from '../../core/config/decimal.ts';
import { moneyDecimals } from '../../core/money/currencies.ts';
import { Money } from '../../core/money/money.ts';
import { once } from '../../core/once.ts';
import type { Offer, Plugin, PricingRule } from '../../core/plugin.ts';
import { atLeastLanded, withWhole } from '../../core/whole-pricing.ts';
import { landedCostOf, wholeLanded } from './landed-cost.ts';
import { ceilFor } from './written-floor.ts';

const options = once(() =>
  z.strictObject({
    margin_pct: decimalSchema({ min: -1, max: 1000 }).describe(
      'The least margin on landed cost, as a fraction: 0.05 = 5 %. -1 to 1000; at most 18 decimals.',
    ),
  }),
);

type Options = z.output<ReturnType<typeof options>>;

export const minMargin: Plugin<'pricing', Options> = {
  manifest: {
    kind: 'pricing',
    id: 'min_margin',
    version: '1.0.0',
    contract: 1,
    summary:
      'at least landed cost × (1 + margin_pct), rounded up to the decimals that are written; without a cost, the price so far',
    get options() {
      return options();
    },
    example: { margin_pct: '0.05' },
  },
  load:
    async () =>
    ({ margin_pct }, { config }) => {
      const ceil = ceilFor(config.default_currency);
      const landedCost = landedCostOf(config);
      const factor = Money.of(1).add(margin_pct);
      const floor = (offer: Offer) => {
        const landed = landedCost(offer);
        return landed === null ? null : ceil(landed.mul(factor));
      };
      const rule: PricingRule = {
        floor,
        price: ({ offer, price }) => {
          const least = price === null ? null : floor(offer);
          return price === null || least === null ? price : price.max(least);
        },
      };
      const { decimals, at } = wholeLanded(config, [factor]);
      return withWhole(rule, {
        decimals,
        at: (scale) => {
          const landed = at(scale);
          const [whole] = landed?.factors ?? [];
          if (landed === null || whole === undefined) return null;
          return atLeastLanded(landed.parts, whole, 10 ** (scale - moneyDecimals(config.default_currency)));
        },
      });
    },
};
