/** The criteria of `best_offer`: which of two offers each prefers, what it says of the choice, and vendors it cannot know. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Money } from '../../core/money/money.ts';
import type { Offer } from '../../core/plugin.ts';
import { bestOffer, bestOfferOptions, bestOfferStrategy } from './best-offer.ts';

const test = suite('best_offer');

interface Given {
  vendor?: string;
  quantity?: number;
  lead?: number | null;
  cost?: string | null;
  landed?: string | null;
  updated?: number | null;
}

function offerOf(given: Given): Offer {
  const { vendor = 'a', quantity = 1, lead = null, cost = '5', updated = null } = given;
  const landed = given.landed === undefined ? cost : given.landed;
  const micros = (text: string | null) => (text === null ? null : Math.round(Number(text) * 1e6));
  return {
    ...{ vendorId: vendor, quantity, leadTimeDays: lead, updatedAt: updated },
    ...{ cost: cost === null ? null : Money.of(cost), costMicros: micros(cost) },
    ...{ landedCost: landed === null ? null : Money.of(landed), landedCostMicros: micros(landed) },
  } as Offer;
}

const strategyOf = (...sort_by: string[]) =>
  bestOfferStrategy(bestOfferOptions.parse({ sort_by, fallback_lead_time_days: 4 }));

test('each criterion prefers one of two offers, and says by which values', () => {
  for (const [sortBy, better, worse, said] of [
    ['in_stock_desc', { quantity: 1 }, { quantity: 0 }, ['in stock (1)', 'out of stock']],
    ['highest_quantity', { quantity: 9 }, { quantity: 8 }, ['9', '8']],
    ['lowest_landed_cost', { cost: '4.99' }, { cost: '5' }, ['cost 4.99', 'cost 5']],
    ['lowest_landed_cost', { cost: '0' }, { cost: null }, ['cost 0', 'no cost']],
    ['lowest_landed_cost', { cost: '6', landed: '4' }, { cost: '5' }, ['landed cost 4', 'landed cost 5']],
    ['lowest_landed_cost', { cost: '5' }, { cost: '4', landed: '6' }, ['landed cost 5', 'landed cost 6']],
    ['newest', { updated: 60 }, { updated: 59 }, ['1970-01-01T00:01:00.000Z', '1970-01-01T00:00:59.000Z']],
    ['newest', { updated: 0 }, { updated: null }, ['1970-01-01T00:00:00.000Z', 'no time']],
    ['lowest_lead_time', { lead: 3 }, { lead: null }, ['3 days', 'none, so 4 days']],
    ['lowest_lead_time', { lead: null }, { lead: 5 }, ['none, so 4 days', '5 days']],
    ['lowest_lead_time', { lead: 0 }, { lead: 1 }, ['0 days', '1 days']],
    ['vendor_priority:b, a', { vendor: 'b' }, { vendor: 'a' }, ['b', 'a']],
    ['vendor_priority:b,,a', { vendor: 'a' }, { vendor: 'c' }, ['a', 'c']],
  ] as const) {
    const strategy = strategyOf(sortBy);
    const [one, other] = [offerOf(better), offerOf(worse)];
    const why = { criterion: sortBy.split(':')[0], better: said[0], worse: said[1] };
    assert.ok(strategy.compare(one, other) < 0, sortBy);
    assert.ok(strategy.compare(other, one) > 0, sortBy);
    assert.is(strategy.compare(one, one), 0);
    assert.equal(strategy.why(one, other), why);
    assert.is(strategy.why(one, one), null, 'a tie is not decided by a criterion');
  }
  const unknown = strategyOf('vendor_priority:b');
  assert.is(unknown.compare(offerOf({ vendor: 'x' }), offerOf({ vendor: 'y' })), 0);
});

test('a later criterion decides what earlier ones leave open; without criteria stock, then cost', () => {
  const [cheap, many] = [offerOf({ cost: '1', quantity: 1 }), offerOf({ cost: '2', quantity: 9 })];
  const out = offerOf({ cost: '0.5', quantity: 0 });
  assert.ok(strategyOf().compare(cheap, many) < 0);
  assert.ok(strategyOf().compare(cheap, out) < 0);
  assert.is(strategyOf().why(cheap, many)?.criterion, 'lowest_landed_cost');
  assert.is(strategyOf().why(cheap, out)?.criterion, 'in_stock_desc');
  assert.ok(strategyOf('highest_quantity').compare(many, cheap) < 0);
  assert.ok(strategyOf('in_stock_desc', 'highest_quantity').compare(cheap, many) > 0);
  assert.is(strategyOf().leadTimeFallbackDays, 4);
});

test('criteria are known names, or vendors in order; vendors are those of the config', () => {
  const takes = (sort_by: string[]) => bestOfferOptions.safeParse({ sort_by }).success;
  for (const name of ['in_stock_desc', 'lowest_landed_cost', 'highest_quantity', 'newest', 'lowest_lead_time']) {
    assert.ok(takes([name]), name);
    assert.not.ok(takes([`${name}s`]), name);
  }
  for (const name of ['vendor_priority:a', 'vendor_priority:a,b', 'vendor_priority: a ,'])
    assert.ok(takes([name]), name);
  for (const name of ['vendor_priority', 'vendor_priority:', 'vendor_priority: , ', 'priority:a', 'constructor', ''])
    assert.not.ok(takes([name]), name);
  assert.ok(takes(Array(100).fill('newest')));
  assert.not.ok(takes(Array(101).fill('newest')));
  const problems = (sort_by: string[], vendors: unknown) =>
    bestOffer.manifest.check?.(bestOfferOptions.parse({ sort_by }), { vendors }, 'm') ?? [];
  const vendors = [{ vendor_id: 'acme' }, { vendor_id: 'bolt' }, { vendor_id: 7 }, null];
  const sortBy = ['newest', 'vendor_priority:acme,blot', 'vendor_priority:bolt,zz'];
  assert.equal(
    problems(sortBy, vendors).map(({ path, code }) => `${path} ${code}`),
    ['m.sort_by[1] unknown_vendor', 'm.sort_by[2] unknown_vendor'],
  );
  assert.match(problems(sortBy, vendors)[0]?.message ?? '', /"blot".*bolt/);
  const many = [`vendor_priority:${Array.from({ length: 101 }, (_, i) => `bolt${i}`).join(',')}`];
  const hinted = problems(many, vendors).map(({ message }) => /did you mean/i.test(message));
  assert.equal([hinted.length, hinted.at(99), hinted.at(100)], [101, true, false], 'each suggestion costs');
});

test.run();
