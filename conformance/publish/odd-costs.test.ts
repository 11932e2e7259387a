/** Costs that look wrong beside the published feed: held prices below cost, and a vendor whose costs are in another unit. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decisionsOf } from '../../plugins/in-memory/published.ts';
import type { HarnessResult } from '../../plugins/testing/harness.ts';
import { CONFIG, rowsOf, runShop as run, artifactText as textOf } from './shop.ts';

test('a held price below cost gets a warning, even after a rejection, and quantity 0 if the config says so', async () => {
  const holds = { price_rise_pct: '0.3', below_cost: true };
  const config = { publish: { holds } };
  const first = await run({ a: 'A 1 10;B 1 10;C 1 10' }, null, config);
  const feed = { a: 'A 5 20;B 6 20;C 7 10.01' };
  const second = await run(feed, first, config);
  assert.equal(rowsOf(second.merged ?? ''), ['A,a,5,10.00', 'B,a,6,10.00', 'C,a,7,10.01']);
  const warned = 'held_below_cost:2:A at 10.00, cost 20.00 from a; B at 10.00, cost 20.00 from a';
  assert.equal(heldBelow(second), [warned]);
  const notice = second.outcome.summary.notices.find(({ code }) => code === 'held_below_cost');
  assert.equal(
    [notice?.count, notice?.examples.map(({ cell, note }) => `${cell} ${note}`)],
    [2, ['A at 10.00, cost 20.00', 'B at 10.00, cost 20.00']],
  );
  const decisions = decisionsOf('sku,decision,price,run_id,expires_at,reason\nA,reject,20.00,r,,\n');
  const third = await run(feed, second, config, { decisions });
  assert.equal(rowsOf(textOf(third, 'reports/holds.csv')), ['B,price_rise,10.00,20.00,20.00,a,2']);
  assert.equal(heldBelow(third), [warned]);
  const zeroes = { publish: { holds: { ...holds, held_below_cost: 'zero' } } };
  const fourth = await run(feed, second, zeroes, { decisions });
  assert.equal(rowsOf(fourth.merged ?? ''), ['A,a,0,10.00', 'B,a,0,10.00', 'C,a,7,10.01']);
  assert.match(textOf(fourth, 'outputs/delta.csv'), 'held,A,a,0,10.00,10.00,5\n');
  assert.equal(heldBelow(fourth), [warned]);
  // a cost below the published price ends it
  const fifth = await run({ a: 'A 5 10;B 6 20;C 7 10.01' }, fourth, zeroes);
  assert.equal(rowsOf(fifth.merged ?? ''), ['A,a,5,10.00', 'B,a,0,10.00', 'C,a,7,10.01']);
});

test('a held price below cost gets no warning if nothing is in stock', async () => {
  const config = { publish: { holds: { price_rise_pct: '0.3' } } };
  const first = await run({ a: 'A 1 10;B 1 10' }, null, config);
  const second = await run({ a: 'A 0 20;B 1 20' }, first, config);
  assert.equal(heldBelow(second), ['held_below_cost:1:B at 10.00, cost 20.00 from a']);
  assert.equal(heldBelow(await run({ a: 'A 0 20;B 0 20' }, first, config)), []);
});

const heldBelow = ({ outcome }: HarnessResult): string[] =>
  outcome.summary.warnings.filter((warning) => warning.startsWith('held_below_cost'));

/** Vendors a, b and c have these SKUs at nearly the same costs; c's are multiplied by a factor. */
const SKUS = Array.from({ length: 40 }, (_, i) => i);
const vendor = (factor: number, plus: number) => SKUS.map((i) => `S${i} 1 ${(10 + i + plus) * factor}`).join(';');
const three = { vendors: ['a', 'b', 'c'].map((vendor_id) => ({ ...CONFIG.vendors[0], vendor_id })) };
const oddCosts = ({ outcome }: HarnessResult): string[] =>
  outcome.summary.warnings.filter((warning) => warning.startsWith('vendor_costs_odd'));

test('a vendor whose costs are all a hundred times the published run’s is named, with the factor', async () => {
  const config = { ...three, publish: {} };
  const first = await run({ a: vendor(1, 0), b: vendor(1, 0.5), c: vendor(1, -0.5) }, null, config);
  assert.equal(oddCosts(first), []);
  assert.equal(first.outcome.summary.vendor_figures.c, {
    ...{ offers: 40, wins: 40, with_msrp: 0, above_msrp: 0, median_cost: '28.50' },
  });
  const cents = await run({ a: vendor(1, 0), b: vendor(1, 0.5), c: vendor(100, -0.5) }, first, config);
  assert.equal(oddCosts(cents), [
    'vendor_costs_odd:c:the middle of its costs is 2900.00, in the published run it was 28.50: about 100 times as high (cents?)',
  ]);
  const notice = cents.outcome.summary.notices.find(({ code }) => code === 'vendor_costs_odd');
  assert.equal([notice?.vendor_id, notice?.what.slice(0, 33)], ['c', 'The middle of its costs is 2900.0']);
  const shifted = await run({ a: vendor(1, 0), b: vendor(0.001, 0.5), c: vendor(1.3, -0.5) }, first, config);
  assert.match(
    oddCosts(shifted).join(),
    /^vendor_costs_odd:b:.*: about 1000 times lower \(a decimal mark that moved\?\)/,
  );
  const dear = await run({ a: vendor(4, 0), b: vendor(2.9, 0.5), c: vendor(1, -0.5) }, first, config);
  assert.match(oddCosts(dear)[0] ?? '', /^vendor_costs_odd:a:.*: about 4 times as high$/);
  assert.is(oddCosts(dear).length, 1);
  // without a comparison nothing is computed or said about the run before
  const alone = await run({ a: vendor(1, 0), b: vendor(1, 0.5), c: vendor(100, -0.5) }, null, three);
  assert.is(alone.outcome.summary.vendor_figures.c?.median_cost, null);
  assert.equal(oddCosts(alone), []);
});

test('among vendors with very different costs, the one that differs from the others is named', async () => {
  const half = (from: number, to: number) =>
    SKUS.slice(from, to)
      .map((i) => `S${i} 1 ${10 + i}`)
      .join(';');
  const feeds = { a: half(0, 25), b: half(25, 40), c: vendor(100, -0.5) };
  const found = await run(feeds, null, { ...three, publish: {} });
  assert.match(
    found.outcome.summary.warnings.join('\n'),
    'price_far_below_rivals:40:S0 at 10.00 from a, median of rivals 950.00',
  );
  assert.equal(oddCosts(found), [
    'vendor_costs_odd:c:it is the dear one in 40 of the 40 SKUs of price_far_below_rivals',
  ]);
  // with two vendors nobody can tell which is wrong, unless one is odd by itself
  const two = await run({ a: vendor(1, 0), b: vendor(100, 0) }, null, { publish: {} });
  assert.equal(oddCosts(two), []);
  const before = await run({ a: vendor(1, 0), b: vendor(1, 0) }, null, { publish: {} });
  const known = await run({ a: vendor(1, 0), b: vendor(100, 0) }, before, { publish: {} });
  assert.match(oddCosts(known).join(), /^vendor_costs_odd:b:.*\(cents\?\); it is the dear one in 40 of the 40 SKUs/);
  const cheap = await run({ a: vendor(1, 0), b: vendor(1, 0.5), c: vendor(0.01, 0) }, null, three);
  assert.equal(oddCosts(cheap), [
    'vendor_costs_odd:c:it is the cheap one in 40 of the 40 SKUs of price_far_below_rivals',
  ]);
});

test('a winner far above its rivals is named, whether they have stock or not, only past the limit', async () => {
  const aboveOf = async (feeds: Record<string, string>) => {
    const { summary } = (await run(feeds, null, three)).outcome;
    return summary.warnings.filter((warning) => warning.startsWith('price_far_above_rivals'));
  };
  const priced = (amount: string) => ['price_far_above_rivals:1', 'A at 50.01 from a, median of rivals', amount];
  const split = (warnings: string[]) =>
    warnings.flatMap((one) => /^([^:]*:1):(.*rivals) (.*)$/.exec(one)?.slice(1) ?? one);
  assert.equal(split(await aboveOf({ a: 'A 1 50.01', b: 'A 0 10' })), priced('10.00'));
  assert.equal(await aboveOf({ a: 'A 1 50', b: 'A 0 10' }), []);
  // of two rivals the dearer one counts: one cheap offer proves nothing
  assert.equal(split(await aboveOf({ a: 'A 1 50.01', b: 'A 0 1', c: 'A 0 10' })), priced('10.00'));
  assert.equal(await aboveOf({ a: 'A 1 50.01', b: 'A 0 1', c: 'A 0 10.01' }), []);
  // neither amounts that mean a price on request, nor offers of the winner's own vendor
  assert.equal(await aboveOf({ a: 'A 1 50.01;A 0 1', b: 'A 0 0', c: 'A 0 0.01' }), []);
  assert.equal(split(await aboveOf({ a: 'A 1 50.01', b: 'A 0 0.01', c: 'A 0 10' })), priced('10.00'));
  // without a cost, prices of the feed are compared with prices
  assert.equal(await aboveOf({ a: 'A 1  50.01', b: 'A 0 10 60', c: 'A 0 10' }), []);
  assert.equal(split(await aboveOf({ a: 'A 1  50.01', b: 'A 0  10', c: 'A 0 10' })), priced('10.00'));
});

test('a vendor that sends cents is named as the expensive one, both where it loses and where it wins because rivals have no stock', async () => {
  const half = (from: number, quantity: number) =>
    SKUS.slice(from, from + 20)
      .map((i) => `S${i} ${quantity} ${10 + i}`)
      .join(';');
  const found = await run({ a: half(0, 1), b: half(20, 0), c: vendor(100, -0.5) }, null, three);
  assert.equal(oddCosts(found), [
    'vendor_costs_odd:c:it is the dear one in 40 of the 40 SKUs of price_far_below_rivals and price_far_above_rivals',
  ]);
  // in all of these SKUs two vendors are cheap, and one is dear
  const none = (plus: number) => SKUS.map((i) => `S${i} 0 ${10 + i + plus}`).join(';');
  const dear = await run({ a: none(0), b: none(0.5), c: vendor(100, -0.5) }, null, three);
  assert.equal(oddCosts(dear), [
    'vendor_costs_odd:c:it is the dear one in 40 of the 40 SKUs of price_far_above_rivals',
  ]);
});

test('costs above MSRP are counted by vendor; half of a vendor’s are odd', async () => {
  const column_map = { msrp: 'price' };
  const config = { vendors: three.vendors.map((one) => ({ ...one, parser: { ...one.parser, column_map } })) };
  const costs = (above: number, count: number) =>
    SKUS.slice(0, count)
      .map((i) => `S${i} 1 ${i < above ? 11 : 10} 10`)
      .join(';');
  const result = await run({ a: `${costs(5, 10)};NONE 1 10 0`, b: costs(9, 9), c: costs(4, 10) }, null, config);
  const { a, b, c } = result.outcome.summary.vendor_figures;
  assert.equal(
    [a, b, c].map((one) => [one?.with_msrp, one?.above_msrp]),
    [
      [10, 5],
      [9, 9],
      [10, 4],
    ],
  );
  assert.equal(oddCosts(result), ['vendor_costs_odd:a:5 of the 10 costs that have an MSRP beside them are above it']);
});

test.run();
