/** `best_offer` compares offers by their columns as it compares views of them. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CANONICAL_COLUMNS } from '../core/canonical.ts';
import { columnOrderOf } from '../core/column-order.ts';
import { Chooser } from '../core/pipeline/merge/choose.ts';
import { OfferGroup } from '../core/pipeline/merge/offer-group.ts';
import { entryLayout } from '../core/pipeline/sort/entry.ts';
import type { MergeStrategy } from '../core/plugin.ts';
import { bestOfferStrategy } from '../plugins/merge/best-offer.ts';

const NONE = -1;
const VENDORS = ['a', 'b', 'c'];
const NAMES = ['in_stock_desc', 'lowest_landed_cost', 'lowest_lead_time', 'highest_quantity', 'newest'];
const amount = fc.constantFrom(NONE, 0, 1, 999_999, 1_000_000, 999_999_999_999_999);
const days = fc.constantFrom(NONE, 0, 1, 7, 30);
const time = fc.constantFrom(Number.NaN, -62_135_596_800, 0, 1_700_000_000);
const offer = fc.record({
  ...{ vendor: fc.nat(2), quantity: fc.constantFrom(0, 1, 5, 999_999_999_999_999), leadTime: days },
  ...{ cost: amount, landed: amount, price: amount, updatedAt: time },
});
const priority = fc.subarray([...VENDORS, 'x'], { minLength: 1 }).map((ids) => `vendor_priority:${ids.join(',')}`);
const sortBy = fc.array(fc.oneof(fc.constantFrom(...NAMES), priority), { maxLength: 4 });

type OfferValues = typeof offer extends fc.Arbitrary<infer T> ? T : never;

function groupOf(offers: readonly OfferValues[]): OfferGroup {
  const layout = entryLayout(new Set(CANONICAL_COLUMNS));
  const group = new OfferGroup(layout, VENDORS, new Set(['updated_at']));
  group.separateLanded();
  const inOrder = [...offers].sort((a, b) => a.vendor - b.vendor);
  for (const [i, one] of inOrder.entries()) {
    for (const column of ['vendor', 'quantity', 'leadTime', 'cost', 'price', 'updatedAt'] as const)
      group[column][i] = one[column];
    // an offer without a cost has no landed cost
    group.landed[i] = one.cost < 0 ? NONE : Math.max(0, one.landed);
  }
  group.count = offers.length;
  return group;
}

const strategyOf = (sort_by: string[]) =>
  bestOfferStrategy({ sort_by, landed_cost: { include_shipping_handling: true }, fallback_lead_time_days: 7 });

function chooserOf(group: OfferGroup, strategy: MergeStrategy): Chooser {
  const settings = { policies: VENDORS.map(() => 'best' as const), quantityRules: [], terms: null };
  // without rules the price is the feed's own: an offer without one cannot win
  return new Chooser(group, { name: 'best_offer', isBuiltIn: true, strategy }, [], settings);
}

test('property: both comparisons agree on every pair of offers', () => {
  fc.assert(
    fc.property(fc.array(offer, { minLength: 2, maxLength: 5 }), sortBy, (offers, criteria) => {
      const group = groupOf(offers);
      const strategy = strategyOf(criteria);
      const order = columnOrderOf(strategy);
      assert.ok(order);
      for (let a = 0; a < offers.length; a++) {
        for (let b = 0; b < offers.length; b++)
          assert.is(order.compare(group, a, b), strategy.compare(group.view(a), group.view(b)));
      }
    }),
    { numRuns: 500 },
  );
});

test('property: winner and ranking are those of the strategy without columns', () => {
  fc.assert(
    fc.property(fc.array(offer, { minLength: 1, maxLength: 5 }), sortBy, (offers, criteria) => {
      const group = groupOf(offers);
      const strategy = strategyOf(criteria);
      const plain: MergeStrategy = { ...strategy, compare: (a, b) => strategy.compare(a, b) };
      const [byColumns, byViews] = [chooserOf(group, strategy), chooserOf(group, plain)];
      const winner = byColumns.choose();
      assert.is(winner, byViews.choose());
      if (winner >= 0) assert.is(String(byColumns.price), String(byViews.price));
      if (offers.length > 1) assert.equal(byColumns.ranked, byViews.ranked);
    }),
    { numRuns: 500 },
  );
});

test('a strategy with its own comparison has no order by columns', () => {
  const rest = strategyOf([]);
  assert.is(columnOrderOf({ ...rest, compare: () => 0 }), null);
  assert.is(columnOrderOf({}), null);
});

test.run();
