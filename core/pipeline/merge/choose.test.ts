/** Which offer wins under each `duplicate_sku`, and what is left of many offers, beside a plain model. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withColumnOrder } from '../../column-order.ts';
import { Money, ZERO } from '../../money/money.ts';
import type { MergeStrategy, Offer, PricingRule } from '../../plugin.ts';
import { landedTimes, withWhole } from '../../whole-pricing.ts';
import { Chooser, type DuplicatePolicy, NONE_CHOSEN, UNPRICED } from './choose.ts';
import type { OfferView } from './offer-group.ts';
import { fill, newGroup, type PlainOffer, placesOf } from './testing/offers.ts';

const VENDORS = ['acme', 'bolt', 'city'];
const cheapest: MergeStrategy = {
  compare: (a, b) => (a.costMicros ?? 1e15) - (b.costMicros ?? 1e15),
  leadTimeFallbackDays: null,
};
/** The cost; without one the feed's own price. */
const atCost: PricingRule = { price: ({ offer, price }) => offer.cost ?? price };
const rules = [{ name: 'at_cost', isBuiltIn: true, rule: atCost }];
/** The same on columns and in whole numbers; amounts of 7,000 micros are left to `Money`. */
const quickest: MergeStrategy = {
  ...cheapest,
  compare: withColumnOrder((a, b) => cheapest.compare!(a, b), {
    compare: ({ landed }, a, b) => (landed[a]! < 0 ? 1e15 : landed[a]!) - (landed[b]! < 0 ? 1e15 : landed[b]!),
    numbers: () => [],
  }),
};
const atWholeCost = withWhole(
  { ...atCost },
  {
    decimals: 7,
    at: () =>
      landedTimes({ micros: 1, shipping: 0 }, [
        { highest: 6999, factor: 10 },
        { highest: 7000, factor: Number.NaN },
        { highest: Number.POSITIVE_INFINITY, factor: 10 },
      ]),
  },
);
const wholeRules = [{ name: 'at_cost', isBuiltIn: true, rule: atWholeCost }];

interface Asked {
  strategy?: MergeStrategy;
  isBuiltIn?: boolean;
  policies?: DuplicatePolicy[];
  cap?: number;
}

function chooserOf({ strategy = cheapest, isBuiltIn = true, policies = ['best', 'best', 'best'], cap }: Asked = {}) {
  const group = newGroup(VENDORS);
  const quantityRules = cap === undefined ? [] : [{ cap, buffer: { units: 0, pct: ZERO } }];
  const chooser = new Chooser(group, { name: 'own', isBuiltIn, strategy }, strategy === quickest ? wholeRules : rules, {
    policies,
    quantityRules,
    terms: null,
  });
  return { group, chooser };
}

/** Row and quantity of the winner; the rows of the ranking. */
function chosen(offers: PlainOffer[], asked: Asked = {}) {
  const { group, chooser } = chooserOf(asked);
  fill(group, 'A', offers);
  const winner = chooser.choose();
  if (winner < 0) return { winner, ranked: chooser.ranked.map(({ rowNumber }) => rowNumber) };
  const ranked = chooser.ranked.map(({ rowNumber }) => rowNumber);
  return { row: group.rowNumber[winner], quantity: group.quantity[winner], price: chooser.price?.toString(), ranked };
}

/** A pseudo-random series of offers, by vendor and row. */
function offersOf(count: number, seed: number): PlainOffer[] {
  return Array.from({ length: count }, (_, i): PlainOffer => {
    const n = (i * 7919 + seed * 104_729) % 1009;
    const cost = n % 5 === 0 ? {} : { cost: (n % 23) * 1000 };
    return {
      vendor: Math.floor((3 * i) / count),
      row: i,
      quantity: n % 9,
      ...cost,
      ...(n % 4 === 0 ? { price: 77 } : {}),
    };
  });
}

const rankOf = ({ cost = 1e15 }: PlainOffer) => cost;
const inOrder = (offers: readonly PlainOffer[]) =>
  [...offers].sort((a, b) => rankOf(a) - rankOf(b) || a.vendor - b.vendor || a.row! - b.row!);

/** One offer for each vendor, as its policy has it. */
function onePerVendor(offers: readonly PlainOffer[], policies: readonly DuplicatePolicy[]): PlainOffer[] {
  return policies.flatMap((policy, vendor) => {
    const rows = offers.filter((one) => one.vendor === vendor);
    if (rows.length === 0 || policy === 'best' || policy === 'error') return rows;
    if (policy === 'first') return rows.slice(0, 1);
    if (policy === 'last') return rows.slice(-1);
    return [{ ...inOrder(rows)[0]!, quantity: rows.reduce((sum, { quantity = 0 }) => sum + quantity, 0) }];
  });
}

function modelOf(offers: readonly PlainOffer[], policies: readonly DuplicatePolicy[], cap = Number.POSITIVE_INFINITY) {
  const ranked = inOrder(onePerVendor(offers, policies));
  const winner = ranked.find(({ cost, price }) => cost !== undefined || price !== undefined);
  const rows = ranked.map(({ row }) => row);
  if (winner === undefined) return { winner: UNPRICED, ranked: rows };
  const price = String((winner.cost ?? winner.price!) / 1e6);
  return { row: winner.row, quantity: Math.min(cap, winner.quantity!), price, ranked: rows };
}

const POLICIES: DuplicatePolicy[][] = [
  ['best', 'best', 'best'],
  ['first', 'last', 'sum_quantity'],
  ['sum_quantity', 'error', 'first'],
  ['last', 'sum_quantity', 'best'],
];

test('the best offer with a price wins, and every offer is ranked, whatever several rows of a vendor mean', () => {
  for (const policies of [...POLICIES, [...POLICIES[0]!].fill('error')]) {
    for (const count of [2, 3, 5, 12, 31, 32, 33, 34, 60]) {
      for (let seed = 0; seed < 4; seed++) {
        const offers = offersOf(count, seed);
        const name = `${policies} ${count} ${seed}`;
        assert.equal(chosen(offers, { policies }), modelOf(offers, policies), name);
        assert.equal(chosen(offers, { policies, isBuiltIn: false }), modelOf(offers, policies), name);
        assert.equal(chosen(offers, { policies, strategy: quickest }), modelOf(offers, policies), `${name}, quickly`);
        const capped = modelOf(offers, policies, 5);
        assert.equal(chosen(offers, { policies, cap: 5 }), capped, `${name}, with a cap`);
      }
    }
  }
});

test('offers that cannot win are dropped without a change of who wins', () => {
  for (const policies of POLICIES) {
    for (const cap of [undefined, 20]) {
      for (let seed = 0; seed < 8; seed++) {
        const offers = offersOf(24, seed);
        const { group, chooser } = chooserOf({ policies, ...(cap === undefined ? {} : { cap }) });
        assert.ok(chooser.canPrune);
        fill(group, 'A', offers.slice(0, 5));
        for (let i = 5; i <= offers.length; i++) {
          chooser.prune();
          assert.ok(group.count <= 2, `${group.count} offers are left`);
          if (i === offers.length) break;
          group.add(placeOf(offers[i]!));
        }
        const winner = chooser.choose();
        const due = modelOf(offers, policies, cap);
        const found =
          winner < 0
            ? { winner }
            : { row: group.rowNumber[winner], quantity: group.quantity[winner], price: chooser.price?.toString() };
        const { ranked: _ranked, ...rest } = due;
        assert.equal(found, rest, `${policies} ${cap} ${seed}`);
      }
    }
  }
});

function placeOf(offer: PlainOffer) {
  return placesOf(newGroup(VENDORS).layout, 'A', [offer])[0]!;
}

test('a single offer wins if it has a price, and is not compared', () => {
  const never: MergeStrategy = { compare: () => assert.unreachable() as never, leadTimeFallbackDays: null };
  for (const policies of POLICIES) {
    const one = { vendor: 0, row: 4, quantity: 9 };
    const won = { row: 4, quantity: 5, price: '0.000005', ranked: [] };
    const { group, chooser } = chooserOf({ strategy: never, policies, cap: 5 });
    fill(group, 'A', [{ ...one, cost: 5 }]);
    assert.equal([chooser.choose(), group.quantity[0], chooser.price?.toString()], [0, won.quantity, won.price]);
    fill(group, 'B', [one]);
    assert.is(chooser.choose(), UNPRICED);
  }
});

test('a strategy that chooses may leave offers out, all of them too', () => {
  const only = (test: (offer: Offer) => boolean): MergeStrategy => ({
    ...{ choose: (offers) => offers.filter(test).reverse(), leadTimeFallbackDays: null },
  });
  const offers = [1, 2, 3].map((cost, i): PlainOffer => ({ vendor: i, row: i, cost }));
  assert.equal(chosen(offers, { strategy: only(() => true) }), {
    row: 2,
    quantity: 0,
    price: '0.000003',
    ranked: [2, 1, 0],
  });
  assert.equal(chosen(offers, { strategy: only(({ rowNumber }) => rowNumber === 1) }), {
    row: 1,
    quantity: 0,
    price: '0.000002',
    ranked: [1],
  });
  assert.equal(chosen(offers, { strategy: only(() => false) }), { winner: NONE_CHOSEN, ranked: [] });
  assert.equal(chosen(offers.slice(0, 1), { strategy: only(() => false) }), { winner: NONE_CHOSEN, ranked: [] });
  assert.equal(chosen([{ vendor: 0, row: 1 }], { strategy: only(() => true) }), { winner: UNPRICED, ranked: [1] });
  const emptying: MergeStrategy = {
    choose: (given) => (given as Offer[]).splice(0).slice(0, given.length),
    leadTimeFallbackDays: null,
  };
  const policies: DuplicatePolicy[] = ['sum_quantity', 'best', 'best'];
  const two = [1, 2].map((cost, row): PlainOffer => ({ vendor: 0, row, cost, quantity: 3 }));
  assert.equal(chosen(two, { strategy: emptying, policies }), { winner: NONE_CHOSEN, ranked: [] });
  assert.not.ok(chooserOf({ strategy: only(() => true) }).chooser.canPrune);
  assert.not.ok(chooserOf({ strategy: { leadTimeFallbackDays: null } }).chooser.canPrune);
});

test('an answer of a strategy that is none of what it must be is refused', () => {
  const offers = [1, 2, 3].map((cost, i): PlainOffer => ({ vendor: i, row: i, cost }));
  let kept: Offer | null = null;
  const answers: Array<[(offers: readonly Offer[]) => unknown, string]> = [
    [() => null, 'it returned null'],
    [() => ({ length: 0 }), 'it returned an object'],
    [(all) => [all[0], {}], 'element 1 of what it returned is none of the offers'],
    [(all) => [...all, undefined], 'element 3 of what it returned is none of the offers'],
    [(all) => [all[0], all[1], all[0]], 'element 2 of what it returned is there before'],
    [() => [kept], 'element 0 of what it returned is none of the offers'],
  ];
  for (const [answer, said] of answers) {
    const strategy = { choose: answer, leadTimeFallbackDays: null } as MergeStrategy;
    const other = newGroup(VENDORS);
    fill(other, 'A', offers);
    kept = other.view(0);
    assert.throws(
      () => chosen(offers, { strategy }),
      (error: Error) => error.message.includes(said) && error.message.includes('SKU "A"'),
    );
  }
});

test('an offer of an earlier SKU is none of those that a strategy was given', () => {
  let kept: Offer | undefined;
  const strategy = {
    choose: (offers: readonly Offer[]) => {
      kept ??= offers[1];
      return [kept];
    },
    leadTimeFallbackDays: null,
  } as MergeStrategy;
  const { group, chooser } = chooserOf({ strategy });
  const offers = [5, 4].map((cost, vendor): PlainOffer => ({ vendor, cost }));
  fill(group, 'A', offers);
  assert.is(chooser.choose(), 1);
  // views take turns: after a few SKUs it is the group's own again, and beyond its offers
  for (let turn = 0; turn < 8; turn++) {
    fill(group, 'B', offers.slice(0, 1));
    assert.throws(() => chooser.choose(), 'element 0 of what it returned is none of the offers');
  }
});

test('a plugin’s order must be a number, and the same both ways; a built-in one is trusted', () => {
  const offers = [1, 2].map((cost, i): PlainOffer => ({ vendor: i, row: i, cost }));
  const asked =
    (compare: (a: Offer, b: Offer) => unknown, isBuiltIn = false) =>
    () =>
      chosen(offers, { strategy: { compare, leadTimeFallbackDays: null } as MergeStrategy, isBuiltIn });
  for (const answer of [Number.NaN, '1', null, undefined, true]) {
    assert.throws(
      asked(() => answer),
      'not a number',
    );
    assert.throws(
      asked(() => answer, true),
      'not a number',
    );
  }
  assert.throws(
    asked(() => 1),
    'it returned 1 for acme row 0 and bolt row 1, and 1 the other way round',
  );
  assert.equal(asked(() => 1, true)().row, 1);
  assert.equal(asked(() => 0)().row, 0);
  assert.equal(
    asked((a, b) => 3 * Math.sign(b.rowNumber - a.rowNumber) + (a.rowNumber > b.rowNumber ? 1 : 0))().row,
    1,
  );
});

test('quantities that add up to more than a whole number can be are refused', () => {
  const most = Number.MAX_SAFE_INTEGER;
  const offers = (more: number): PlainOffer[] =>
    [most - 5, more].map((quantity, row) => ({ vendor: 1, row, cost: row, quantity }));
  const policies: DuplicatePolicy[] = ['best', 'sum_quantity', 'best'];
  assert.is(chosen(offers(5), { policies }).quantity, most);
  assert.throws(() => chosen(offers(6), { policies }), 'vendor bolt: the quantities of SKU "A"');
});

test('a price comes as Money and in units, also one that another thread has found', () => {
  const { group, chooser } = chooserOf();
  fill(group, 'A', [{ vendor: 0, cost: 1_234_567 }]);
  assert.is(chooser.choose(), 0);
  assert.equal([chooser.price?.toString(), chooser.unitsOf(2), chooser.unitsOf(6)], ['1.234567', 123, 1_234_567]);
  const quick = chooserOf({ strategy: quickest });
  for (const [cost, exact, units] of [
    [1_235_000, '1.235', 124],
    [1_225_000, '1.225', 122],
    [7000, '0.007', 1],
    [0, '0', 0],
  ] as const) {
    fill(quick.group, 'A', [{ vendor: 0, cost }]);
    assert.is(quick.chooser.choose(), 0);
    assert.equal([quick.chooser.price?.toString(), quick.chooser.unitsOf(2)], [exact, units]);
  }
  chooser.takeUnits(77);
  assert.is(chooser.unitsOf(2), 77);
});

test('a view of the winner is that of the group', () => {
  const { group, chooser } = chooserOf();
  fill(group, 'A', [
    { vendor: 0, row: 3, cost: 5 },
    { vendor: 1, row: 4, cost: 4 },
  ]);
  assert.is(chooser.choose(), 1);
  assert.is((chooser.ranked[0] as OfferView).index, 1);
  assert.equal(Money.of('0.000004'), chooser.price);
});

test.run();
