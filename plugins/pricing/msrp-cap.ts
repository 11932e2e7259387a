/** `msrp_cap`: at most the manufacturer's suggested retail price (MSRP), or a share of it. */
import { z } from 'zod';
import { decimalSchema } from '../../core/config/decimal.ts';
import { moneyDecimals } from '../../core/money/currencies.ts';
import { Money, ZERO } from '../../core/money/money.ts';
import type { Plugin } from '../../core/plugin.ts';

const options = z.strictObject({
  share: decimalSchema({ above: 0, max: 1000 })
    .default(Money.of(1))
    .describe(
      'The share of `msrp` that a price may reach: 0.95 is 95 %. Above 0, at most 1000; 1 by default. A cap with more decimals than are written rounds down.',
    ),
});

type Options = z.output<typeof options>;

export const msrpCap: Plugin<'pricing', Options> = {
  manifest: {
    kind: 'pricing',
    id: 'msrp_cap',
    version: '1.0.0',
    contract: 1,
    summary: "at most the offer's msrp, or a share of it; a floor that is applied later wins, and an msrp of 0 is none",
    options,
    example: { share: '0.95' },
    reads: ['msrp'],
  },
  load:
    async () =>
    ({ share }, { config }) => {
      const unit = Money.ofUnits(1n, moneyDecimals(config.default_currency));
      return {
        price: ({ offer, price }) => {
          const msrp = price === null ? null : offer.msrp;
          if (price === null || msrp === null || msrp.equals(ZERO)) return price;
          return price.min(msrp.mul(share).roundTo(unit, 'down'));
        },
      };
    },
};
