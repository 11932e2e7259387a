/** `ending`: prices that end in .99, or in another of a list, and never below a floor. */
import { z } from 'zod';
import { decimalSchema } from '../../core/config/decimal.ts';
import { configAt } from '../../core/config/raw.ts';
import { moneyDecimals } from '../../core/money/currencies.ts';
import { Money, ZERO } from '../../core/money/money.ts';
import { once } from '../../core/once.ts';
import type { Plugin } from '../../core/plugin.ts';

const options = once(() =>
  z.strictObject({
    endings: z
      .array(decimalSchema({ min: 0, below: 1_000_000 }))
      .min(1)
      .max(20)
      .describe(
        'How a price may end: `.99` gives 0.99, 1.99, 2.99 …; `9.95` gives 9.95, 19.95, 29.95 …; `90` gives 90, 190, 290 …. Each is 0 or more, below 1,000,000, and a multiple of what is written (0.01, or 0.001).',
      ),
    mode: z
      .enum(['nearest', 'up', 'down'])
      .default('nearest')
      .describe(
        'Which such amount a price becomes: the nearest (the higher of two), the next higher or the next lower. If that is below a floor of the offer (`min_price`, `map_floor`, `min_margin`, wherever they are in the chain), it is the first one that is not.',
      ),
  }),
);

type Options = z.output<ReturnType<typeof options>>;

export const ending: Plugin<'pricing', Options> = {
  manifest: {
    kind: 'pricing',
    id: 'ending',
    version: '1.0.0',
    contract: 1,
    summary: 'to an amount with one of these endings, nearest, up or down, but never below a floor',
    get options() {
      return options();
    },
    example: { endings: ['.95', '.99'], mode: 'nearest' },
    check: ({ endings }, config, path) => {
      const currency = configAt(config, 'default_currency');
      if (typeof currency !== 'string') return [];
      const unit = Money.ofUnits(1n, moneyDecimals(currency));
      const message = `must be a multiple of ${unit}: amounts in ${currency} are written with ${unit.scale} decimals`;
      const odd = [...endings.keys()].filter((i) => !endings[i]?.roundTo(unit, 'down').equals(endings[i]));
      return odd.map((i) => ({ path: `${path}.endings[${i}]`, code: 'increment_too_fine', message }));
    },
  },
  load:
    async () =>
    ({ endings, mode }) => {
      const series = endings.map((amount) => ({ amount, period: periodOf(amount) }));
      /** The nearest amounts on one side of a price, one for each ending. */
      const next = (price: Money, side: 'up' | 'down') =>
        series
          .map(({ amount, period }) => price.roundTo(period, side, amount))
          .reduce((best, one) => (side === 'up' ? best.min(one) : best.max(one)));
      const chosen = (price: Money): Money => {
        const [up, down] = [next(price, 'up'), next(price, 'down')];
        if (mode === 'up' || down.isNegative()) return up;
        return mode === 'down' || price.sub(down).compare(up.sub(price)) < 0 ? down : up;
      };
      return {
        price: ({ price, floor = null }) => {
          if (price === null) return null;
          const ended = chosen(price.max(ZERO));
          return floor === null || ended.compare(floor) >= 0 ? ended : next(floor, 'up');
        },
      };
    },
};

/** The power of ten that repeats an ending: adding it keeps the ending's digits. */
function periodOf(amount: Money): Money {
  let period = Money.of(1);
  while (amount.compare(period) >= 0) period = period.mul(Money.of(10));
  return period;
}
