/** `round`: to a multiple of the tenant's increment, or beside it by an offset, so that prices end in .99. */
import { z } from 'zod';
import { decimalSchema } from '../../core/config/decimal.ts';
import { configAt } from '../../core/config/raw.ts';
import { moneyDecimals } from '../../core/money/currencies.ts';
import { Money, ZERO } from '../../core/money/money.ts';
import { once } from '../../core/once.ts';
import type { ConfigProblem, Plugin, PricingRule } from '../../core/plugin.ts';
import { roundedTo, wholeUnits, withWhole } from '../../core/whole-pricing.ts';

interface Options {
  offset: Money;
}

const options = once(() =>
  z.strictObject({
    offset: decimalSchema({ above: '-1000000000', below: '1000000000' })
      .default(ZERO)
      .describe(
        'Is added to the multiples: with the increment 1 and the offset -0.01 every price ends in .99. The price becomes the nearest (next higher, next lower) such amount that is not below zero. Between minus and plus `pricing.rounding.increment`; a multiple of what is written (0.01, or 0.001). A floor that is applied later may lift a price to another ending.',
      ),
  }),
);

export const round: Plugin<'pricing', Options> = {
  manifest: {
    kind: 'pricing',
    id: 'round',
    version: '1.1.0',
    contract: 1,
    summary: 'to a multiple of pricing.rounding.increment, plus an offset: nearest (half up), up or down',
    get options() {
      return options();
    },
    example: { offset: '-0.01' },
    check: ({ offset }, config, path) => offsetProblems(offset, config, `${path}.offset`),
  },
  load:
    async () =>
    ({ offset }, { config }) => {
      const { increment, mode } = config.pricing.rounding;
      const rule: PricingRule = offset.equals(ZERO)
        ? { price: ({ price }) => (price === null ? null : price.roundTo(increment, mode)) }
        : {
            price: ({ price }) => {
              if (price === null) return null;
              const rounded = price.roundTo(increment, mode, offset);
              // 0.30 would round to -0.01, which is nearer than 0.99
              return rounded.isNegative() && !price.isNegative() ? rounded.add(increment) : rounded;
            },
          };
      return withWhole(rule, {
        decimals: Math.max(increment.scale, offset.scale),
        at: (scale) => {
          const step = wholeUnits(increment, scale);
          const beside = wholeUnits(offset, scale);
          return step === null || beside === null ? null : roundedTo(step, beside, mode);
        },
      });
    },
};

function offsetProblems(offset: Money, config: unknown, path: string): ConfigProblem[] {
  const currency = configAt(config, 'default_currency');
  const given = configAt(config, 'pricing', 'rounding', 'increment') ?? '0.01';
  const increment = Money.parse(String(given));
  const problems: ConfigProblem[] = [];
  // the schema reports an increment or a currency that is not valid
  if (increment !== null && increment.compare(ZERO) > 0 && !isWithin(offset, increment)) {
    const message = `must be between -${increment} and ${increment}, without these: pricing.rounding.increment is ${increment}`;
    problems.push({ path, code: 'invalid_value', message });
  }
  if (typeof currency === 'string') {
    const unit = Money.ofUnits(1n, moneyDecimals(currency));
    if (!offset.roundTo(unit, 'down').equals(offset)) {
      const message = `must be a multiple of ${unit}: amounts in ${currency} are written with ${unit.scale} decimals`;
      problems.push({ path, code: 'increment_too_fine', message });
    }
  }
  return problems;
}

function isWithin(offset: Money, increment: Money): boolean {
  return offset.compare(increment) < 0 && ZERO.sub(increment).compare(offset) < 0;
}
