/** Broken pricing rules; the good one takes twice the cost. */
import { Money } from '../../../core/money/money.ts';
import type { Offer, Plugin, PriceStep, PricingRule } from '../../../core/plugin.ts';
import type { PluginFixture } from '../fixture.ts';
import { commonDoubles, type Double, manifestOf, standingClock } from './double.ts';

function rule(make: () => PricingRule): Plugin<'pricing', Record<string, never>> {
  return { manifest: manifestOf('pricing'), load: async () => make };
}

const twice = ({ offer, price }: PriceStep): Money | null => offer.cost?.mul(Money.of(2)) ?? price;

/** The good rule, with something done before each price. */
function besides(act: (step: PriceStep) => void): Plugin<'pricing', Record<string, never>> {
  return rule(() => ({
    price: (step) => {
      act(step);
      return twice(step);
    },
  }));
}

const fixture: PluginFixture = {
  name: 'costs and a price',
  feeds: { acme: 'sku,quantity_available,cost,price\nA,1,2,\nB,1,,7\nC,1,5,9\n' },
  rows: 3,
  expect: {
    rows: [
      { sku: 'A', price: '4.00' },
      { sku: 'B', price: '7.00' },
      { sku: 'C', price: '10.00' },
    ],
  },
};

export const goodRule = besides(() => {});
export const pricingFixtures: readonly PluginFixture[] = [fixture];

const priced = (...prices: string[]): PluginFixture => ({
  ...fixture,
  expect: { rows: fixture.expect.rows.map((row, i) => ({ ...row, price: prices[i]! })) },
});
const { clock, spend } = standingClock();
let runs = 0;

export const pricingDoubles: readonly Double[] = [
  ...commonDoubles(goodRule, pricingFixtures),
  {
    title: 'with fixtures that expect no price',
    check: 'suite',
    plugin: goodRule,
    fixtures: [
      { ...fixture, expect: { rows: fixture.expect.rows.map(({ sku }) => ({ sku: sku!, vendor_id: 'acme' })) } },
    ],
  },
  {
    title: 'gives a number',
    check: 'answers',
    plugin: rule(() => ({ price: () => 12.5 as unknown as Money })),
    fixtures: pricingFixtures,
  },
  {
    title: 'names a floor that is a number',
    check: 'answers',
    plugin: rule(() => ({ price: twice, floor: () => 12.5 as unknown as Money })),
    fixtures: pricingFixtures,
  },
  {
    title: 'answers later',
    check: 'answers',
    plugin: rule(() => ({ price: (async () => null) as unknown as PricingRule['price'] })),
    fixtures: pricingFixtures,
  },
  {
    title: 'takes the cost alone',
    check: 'expected',
    plugin: rule(() => ({ price: ({ offer, price }) => offer.cost ?? price })),
    fixtures: pricingFixtures,
  },
  {
    title: 'takes a column that its manifest does not name',
    check: 'expected',
    plugin: rule(() => ({ price: (step) => twice({ ...step, price: step.price ?? step.offer.msrp }) })),
    fixtures: pricingFixtures,
  },
  {
    title: 'adds the number of the run',
    check: 'same_output',
    plugin: rule(() => {
      const run = runs++;
      return { price: (step) => twice(step)?.add(Money.of(run)) ?? null };
    }),
    fixtures: pricingFixtures.map((one) => ({
      ...one,
      expect: {
        rows: [
          { sku: 'A', price: '4.00' },
          { sku: 'B', price: '7.00' },
          { sku: 'C', price: '10.00' },
        ],
      },
    })),
  },
  {
    title: 'adds the price before',
    check: 'state',
    plugin: rule(() => {
      let before = Money.of(0);
      return {
        price: (step) => {
          const price = twice(step)?.add(before) ?? null;
          before = price ?? before;
          return price;
        },
      };
    }),
    fixtures: [priced('4.00', '11.00', '21.00')],
  },
  {
    title: 'writes to the step',
    check: 'mutation',
    plugin: besides((step) => {
      (step as { price: Money | null }).price = null;
    }),
    fixtures: pricingFixtures,
  },
  {
    title: 'looks at the offer before',
    check: 'views',
    plugin: rule(() => {
      let before: Offer | null = null;
      return {
        price: (step) => {
          if (before?.sku === '') return null;
          before = step.offer;
          return twice(step);
        },
      };
    }),
    fixtures: pricingFixtures,
  },
  { title: 'asks the clock', check: 'pure', plugin: besides(() => performance.now()), fixtures: pricingFixtures },
  { title: 'throws dice', check: 'pure', plugin: besides(() => Math.random()), fixtures: pricingFixtures },
  {
    title: 'takes a second an offer',
    check: 'budgets',
    plugin: besides(() => spend(1)),
    fixtures: pricingFixtures,
    options: { clock },
  },
  {
    title: 'keeps something of every offer',
    check: 'budgets',
    plugin: rule(() => {
      const held: Uint8Array[] = [];
      return {
        held,
        price: (step) => {
          held.push(new Uint8Array(16 * 1024));
          return twice(step);
        },
      } as PricingRule;
    }),
    fixtures: pricingFixtures,
    options: { budgets: { retainedBytes: 16 << 20 } },
  },
];
