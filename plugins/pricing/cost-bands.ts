/** `cost_bands`: the margin by what the goods cost. */
import { z } from 'zod';
import { amountSchema, decimalSchema } from '../../core/config/decimal.ts';
import { MICRO_SCALE, Money } from '../../core/money/money.ts';
import { once } from '../../core/once.ts';
import type { ConfigProblem, Plugin, PricingRule } from '../../core/plugin.ts';
import { landedTimes, wholeUnits, withWhole } from '../../core/whole-pricing.ts';
import { landedCostOf, wholeLanded } from './landed-cost.ts';

const BANDS_MAX = 100;

const options = once(() =>
  z.strictObject({
    bands: z
      .array(
        z.strictObject({
          up_to: amountSchema
            .optional()
            .describe(
              'The highest cost of the band, which belongs to it. Each is above the one before; the last band may have none. 0 or more, below 1,000,000,000; at most 18 decimals.',
            ),
          margin_pct: decimalSchema({ min: -1, max: 1000 }).describe(
            'Margin on landed cost, as a fraction: 0.20 = 20 %. -1 to 1000; at most 18 decimals.',
          ),
        }),
      )
      .min(1)
      .max(BANDS_MAX)
      .describe('Bands of the cost, without shipping and handling. A higher cost has `pricing.base_margin_pct`.'),
  }),
);

type Options = z.output<ReturnType<typeof options>>;

export const costBands: Plugin<'pricing', Options> = {
  manifest: {
    kind: 'pricing',
    id: 'cost_bands',
    version: '1.0.0',
    contract: 1,
    summary: 'as margin, with a margin for each band of cost; without a cost, the price so far',
    get options() {
      return options();
    },
    example: {
      bands: [{ up_to: '10', margin_pct: '0.60' }, { up_to: '100', margin_pct: '0.35' }, { margin_pct: '0.20' }],
    },
    check: ({ bands }, _config, path) => bandProblems(bands, `${path}.bands`),
  },
  load:
    async () =>
    ({ bands }, { config }) => {
      const landedCost = landedCostOf(config);
      const steps = bands.map(({ up_to, margin_pct }) => ({ up_to, factor: Money.of(1).add(margin_pct) }));
      const above = { up_to: undefined, factor: Money.of(1).add(config.pricing.base_margin_pct) };
      const rule: PricingRule = {
        price: ({ offer, price }) => {
          const { cost } = offer;
          const landed = landedCost(offer);
          if (cost === null || landed === null) return price;
          const step = steps.find(({ up_to }) => up_to === undefined || cost.compare(up_to) <= 0) ?? above;
          return landed.mul(step.factor);
        },
      };
      const all = [...steps, above];
      const { decimals, at } = wholeLanded(
        config,
        all.map(({ factor }) => factor),
      );
      return withWhole(rule, {
        decimals,
        at: (scale) => {
          const landed = at(scale);
          // the highest cost of each band, in millionths
          const highest = all.map(({ up_to }) =>
            up_to === undefined ? Number.POSITIVE_INFINITY : wholeUnits(up_to, MICRO_SCALE),
          );
          if (landed === null) return null;
          const bands = landed.factors.flatMap((factor, i) => {
            const limit = highest[i] ?? null;
            return limit === null ? [] : [{ highest: limit, factor }];
          });
          return bands.length < all.length ? null : landedTimes(landed.parts, bands);
        },
      });
    },
};

function bandProblems(bands: Options['bands'], path: string): ConfigProblem[] {
  return bands.flatMap(({ up_to }, i) => {
    const before = bands[i - 1];
    if (before === undefined) return [];
    const problem = (message: string) => [{ path: `${path}[${i}].up_to`, code: 'invalid_value', message }];
    if (before.up_to === undefined) return problem('no cost is in this band: the one before it has no up_to');
    if (up_to === undefined || up_to.compare(before.up_to) > 0) return [];
    return problem(`must be above ${before.up_to}, the up_to of the band before it`);
  });
}
