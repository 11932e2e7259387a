/** Broken merge strategies; the correct one prefers the greater quantity. */
import type { MergeStrategy, Offer, Plugin } from '../../../core/plugin.ts';
import type { PluginFixture } from '../fixture.ts';
import { commonDoubles, type Double, manifestOf, standingClock } from './double.ts';

function strategy(make: () => Partial<MergeStrategy>): Plugin<'merge', Record<string, never>> {
  return { manifest: manifestOf('merge'), load: async () => () => ({ leadTimeFallbackDays: null, ...make() }) };
}

const more = (a: Offer, b: Offer): number => b.quantity - a.quantity;

/** The good strategy, with something done before each comparison. */
function besides(act: (a: Offer, b: Offer) => void): Plugin<'merge', Record<string, never>> {
  return strategy(() => ({
    compare: (a, b) => {
      act(a, b);
      return more(a, b);
    },
  }));
}

const HEADER = 'sku,quantity_available,price\n';
const fixture: PluginFixture = {
  name: 'two vendors',
  feeds: { acme: `${HEADER}A,1,5\nB,9,5\n`, bolt: `${HEADER}A,3,6\nB,2,6\n`, corp: `${HEADER}A,2,7\nB,1,7\n` },
  rows: 6,
  expect: {
    rows: [
      { sku: 'A', vendor_id: 'bolt' },
      { sku: 'B', vendor_id: 'acme' },
    ],
  },
};

export const goodStrategy = besides(() => {});
/** The same with `choose`. */
export const goodChoice = strategy(() => ({ choose: (offers) => [...offers].sort(more) }));
export const mergeFixtures: readonly PluginFixture[] = [fixture];

const won = (a: string, b: string): PluginFixture => ({
  ...fixture,
  expect: {
    rows: [
      { sku: 'A', vendor_id: a },
      { sku: 'B', vendor_id: b },
    ],
  },
});
const { clock, spend } = standingClock();
let runs = 0;

export const mergeDoubles: readonly Double[] = [
  ...commonDoubles(goodStrategy, mergeFixtures),
  {
    title: 'with fixtures of one offer a SKU',
    check: 'suite',
    plugin: goodStrategy,
    fixtures: [
      { ...fixture, feeds: { acme: `${HEADER}A,1,5\n` }, rows: 1, expect: { rows: [{ sku: 'A', vendor_id: 'acme' }] } },
    ],
  },
  {
    title: 'answers yes or no',
    check: 'answers',
    plugin: strategy(() => ({
      compare: ((a: Offer, b: Offer) => a.quantity < b.quantity) as unknown as NonNullable<MergeStrategy['compare']>,
    })),
    fixtures: mergeFixtures,
  },
  {
    title: 'chooses an offer twice',
    check: 'answers',
    plugin: strategy(() => ({ choose: (offers) => [offers[0]!, offers[0]!] })),
    fixtures: mergeFixtures,
  },
  {
    title: 'makes an offer up',
    check: 'answers',
    plugin: strategy(() => ({ choose: (offers) => [{ ...offers[0]!, quantity: 1 }] })),
    fixtures: mergeFixtures,
  },
  {
    title: 'says why in another form',
    check: 'answers',
    plugin: strategy(() => ({ compare: more, why: () => 'quantity' as never })),
    fixtures: mergeFixtures,
  },
  {
    title: 'cannot say why',
    check: 'answers',
    plugin: strategy(() => ({
      compare: more,
      why: () => {
        throw new Error('no words');
      },
    })),
    fixtures: mergeFixtures,
  },
  { title: 'neither compares nor chooses', check: 'answers', plugin: strategy(() => ({})), fixtures: mergeFixtures },
  {
    title: 'falls back to half a day',
    check: 'answers',
    plugin: strategy(() => ({ compare: more, leadTimeFallbackDays: 0.5 })),
    fixtures: mergeFixtures,
  },
  {
    title: 'takes the smaller quantity',
    check: 'expected',
    plugin: strategy(() => ({ compare: (a, b) => more(b, a) })),
    fixtures: mergeFixtures,
  },
  {
    title: 'looks at a column that its manifest does not name',
    check: 'expected',
    plugin: strategy(() => ({ compare: (a, b) => more(a, b) || (a.msrp?.compare(b.msrp ?? a.msrp) ?? 0) })),
    fixtures: [{ ...fixture, feeds: { acme: `${HEADER}A,1,5\nB,9,5\n`, bolt: `${HEADER}A,3,6\nB,9,6\n` }, rows: 4 }],
  },
  {
    title: 'turns round after its first run',
    check: 'same_output',
    plugin: strategy(() => {
      const sign = runs++ === 0 ? 1 : -1;
      return { compare: (a, b) => sign * more(a, b) };
    }),
    fixtures: mergeFixtures,
  },
  {
    title: 'prefers whatever comes second',
    check: 'state',
    plugin: strategy(() => ({ compare: (a, b) => (a.vendorId === b.vendorId ? 0 : 1) })),
    fixtures: [won('corp', 'corp')],
  },
  {
    title: 'goes round in a circle',
    check: 'state',
    plugin: strategy(() => {
      const beats = new Map([
        ['acme', 'bolt'],
        ['bolt', 'corp'],
        ['corp', 'acme'],
      ]);
      return { compare: (a, b) => (a.vendorId === b.vendorId ? 0 : beats.get(a.vendorId) === b.vendorId ? -1 : 1) };
    }),
    fixtures: [won('acme', 'acme')],
  },
  {
    title: 'chooses in turns',
    check: 'state',
    plugin: strategy(() => {
      let turn = 0;
      return { choose: (offers) => (turn++ % 2 === 0 ? [...offers] : [...offers].reverse()) };
    }),
    fixtures: [won('acme', 'corp')],
  },
  {
    title: 'sorts the list that it is lent',
    check: 'mutation',
    plugin: strategy(() => ({ choose: (offers) => (offers as Offer[]).sort(more) })),
    fixtures: mergeFixtures,
  },
  {
    title: 'looks at an offer of before',
    check: 'views',
    plugin: strategy(() => {
      let before: Offer | null = null;
      return {
        compare: (a, b) => {
          if (before?.sku === '') return 0;
          before = a;
          return more(a, b);
        },
      };
    }),
    fixtures: mergeFixtures,
  },
  { title: 'asks the clock', check: 'pure', plugin: besides(() => Date.now()), fixtures: mergeFixtures },
  { title: 'throws dice', check: 'pure', plugin: besides(() => Math.random()), fixtures: mergeFixtures },
  {
    title: 'fails after a thousand comparisons',
    check: 'budgets',
    plugin: strategy(() => {
      let calls = 0;
      return {
        compare: (a, b) => {
          if (calls++ > 1000) throw new Error('too many');
          return more(a, b);
        },
      };
    }),
    fixtures: mergeFixtures,
    options: { budgets: { retainedBytes: Number.POSITIVE_INFINITY } },
  },
  ...[undefined, Number.NaN, -1].map((days): Double => {
    return {
      title: `falls back to ${days} days`,
      check: 'answers',
      plugin: strategy(() => ({ compare: more, leadTimeFallbackDays: days as unknown as number })),
      fixtures: mergeFixtures,
    };
  }),
  {
    title: 'subtracts amounts of money',
    check: 'expected',
    plugin: strategy(() => ({ compare: (a, b) => Number(a.price) - Number(b.price) })),
    fixtures: mergeFixtures,
  },
  {
    title: 'takes a second a comparison',
    check: 'budgets',
    plugin: besides(() => spend(1)),
    fixtures: mergeFixtures,
    options: { clock },
  },
  {
    title: 'keeps something of every comparison',
    check: 'budgets',
    plugin: strategy(() => {
      const held: Uint8Array[] = [];
      return {
        held,
        compare: (a: Offer, b: Offer) => {
          held.push(new Uint8Array(32 * 1024));
          return more(a, b);
        },
      };
    }),
    fixtures: mergeFixtures,
    options: { budgets: { retainedBytes: 16 << 20 } },
  },
];
