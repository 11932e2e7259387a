/** `msrp_cap`: at most the manufacturer's suggested retail price (MSRP), or a share of it. */
import { z } from 'zod';
import { decimalSchema } from '../../core/config/decimal.ts';
import { moneyDecimals } from '../../core/money/currencies.ts';
import { MICRO_SCALE, Money, ZERO } from '../../core/money/money.ts';
import { once } from '../../core/once.ts';
import type { Plugin, PricingRule } from '../../core/plugin.ts';
import { atMostMsrp, wholeUnits, withWhole } from '../../core/whole-pricing.ts';

const options = once(() =>
  z.strictObject({
    share: decimalSchema({ above: 0, max: 1000 })
      .default(Money.of(1))
      .describe(
        'The share of `msrp` that a price may reach: 0.95 is 95 %. Above 0, at most 1000; 1 by default. A cap with more decimals than are written rounds down.',
      ),
  }),
);

type Options = z.output<ReturnType<typeof options>>;

export const msrpCap: Plugin<'pricing', Options> = {
  manifest: {
    kind: 'pricing',
    id: 'msrp_cap',
    version: '1.0.0',
    contract: 1,
    summary: "at most the offer's msrp, or a share of it; a floor that is applied later wins, and an msrp of 0 is none",
    get options() {
      return options();
    },
    example: { share: '0.95' },
    reads: ['msrp'],
  },
  load:
    async () =>
    ({ share }, { config }) => {
      const unit = Money.ofUnits(1n, moneyDecimals(config.default_currency));
      const rule: PricingRule = {
        price: ({ offer, price }) => {
          const msrp = price === null ? null : offer.msrp;
          if (price === null || msrp === null || msrp.equals(ZERO)) return price;
          return price.min(msrp.mul(share).roundTo(unit, 'down'));
        },
      };
      return withWhole(rule, {
        decimals: MICRO_SCALE + share.scale,
        at: (scale) => {
          const times = wholeUnits(share, scale - MICRO_SCALE);
          return times === null ? null : atMostMsrp(times, 10 ** (scale - unit.scale));
        },
      });
    },
};
