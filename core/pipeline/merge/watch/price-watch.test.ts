/** What is counted as odd about winners and their offers, at both sides of each limit. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Money } from '../../../money/money.ts';
import { fill, newGroup, type PlainOffer } from '../testing/offers.ts';
import { amountText, PRICE_DOUBTS, PriceWatch, type PriceWatchOptions } from './price-watch.ts';

const VENDORS = ['acme', 'bolt', 'city', 'dock'];
const OPTIONS: PriceWatchOptions = {
  ...{ roundingIncrement: Money.of('0.01'), enforcesMap: true, wantsCosts: false, figuresBefore: null },
};

interface SeenSku {
  sku?: string;
  winner?: number;
  /** Millionths. */
  price: number;
  offers: PlainOffer[];
}

function watchOf(skus: readonly SeenSku[], options: Partial<PriceWatchOptions> = {}): PriceWatch {
  const group = newGroup(VENDORS);
  const watch = new PriceWatch(group, { ...OPTIONS, ...options });
  for (const { sku = 'A', winner = 0, price, offers } of skus) {
    fill(group, sku, offers);
    watch.look(winner, price);
  }
  return watch;
}

/** Codes with their numbers. */
function codesOf(one: SeenSku, options: Partial<PriceWatchOptions> = {}): string[] {
  return watchOf([one], options)
    .warnings()
    .map((warning) => warning.split(':').slice(0, 2).join(':'));
}

const M = 1_000_000;

test('an offer with a cost or price of 0, or with what stands for none, is counted for its vendor', () => {
  const price = 5 * M;
  const warned = (offer: Partial<PlainOffer>) =>
    watchOf([
      {
        price,
        offers: [
          { vendor: 0, cost: price },
          { vendor: 1, ...offer },
        ],
      },
    ])
      .warnings()
      .filter((one) => /^(zero_(costs|prices)|placeholder)/.test(one));
  const zero = (cost?: number, own?: number): Partial<PlainOffer> => ({
    ...(cost === undefined ? {} : { cost }),
    ...(own === undefined ? {} : { price: own }),
  });
  assert.equal(warned(zero(0)), ['zero_costs:bolt:1']);
  assert.equal(warned(zero(0, 0)), ['zero_costs:bolt:1']);
  assert.equal(warned(zero(undefined, 0)), ['zero_prices:bolt:1']);
  assert.equal(warned(zero(5, 0)), []);
  assert.equal(warned(zero()), []);
  for (const micros of [10_000, 1000, 100, 10, 1, 9999 * M, 99_999.9 * M, 999_999.99 * M, 999_999_999 * M]) {
    assert.equal(warned(zero(micros)), ['placeholder_costs:bolt:1'], String(micros));
    assert.equal(warned(zero(undefined, micros)), ['placeholder_costs:bolt:1'], String(micros));
  }
  for (const micros of [
    20_000,
    9998 * M,
    9999.5 * M,
    999 * M,
    10_000 * M,
    9_999_999_999 * M,
    11_000,
    2,
    999_999.98 * M,
  ])
    assert.equal(warned(zero(micros)), [], String(micros));
});

test('two offers of a vendor are examples, with what each costs', () => {
  const offers = [0, 1, 1, 1, 1].map((vendor, i): PlainOffer => {
    return { vendor, row: i + 2, ...(i === 0 ? { cost: M } : i === 2 ? { price: 10_000 } : { cost: 9999 * M }) };
  });
  const watch = watchOf([{ sku: 'A', price: 2 * M, offers }]);
  assert.ok(watch.warnings().includes('placeholder_costs:bolt:4'));
  const place = { code: 'placeholder_costs', warnedVendor: 'bolt', vendorId: 'bolt', sku: 'A' };
  assert.equal(
    watch.examples.filter(({ code }) => code === 'placeholder_costs'),
    [
      { ...place, rowNumber: 3, note: 'cost 9999.00' },
      { ...place, rowNumber: 4, note: 'price 0.01' },
    ],
  );
  const [zero] = watchOf([{ price: 0, offers: [{ vendor: 2, row: 7, cost: 0 }] }]).examples;
  assert.equal(zero, { code: 'zero_costs', warnedVendor: 'city', vendorId: 'city', rowNumber: 7, sku: 'A' });
});

test('a winner is odd by its own cost and MSRP beyond a limit', () => {
  const one = (price: number, offer: Partial<PlainOffer>, options: Partial<PriceWatchOptions> = {}) =>
    codesOf({ price, offers: [{ vendor: 0, ...offer }] }, options).filter((code) =>
      (PRICE_DOUBTS as readonly string[]).includes(code.split(':')[0] ?? ''),
    );
  assert.equal(one(0, { cost: 0 }), ['zero_cost_wins:1']);
  assert.equal(one(5, { cost: 0 }), ['zero_cost_wins:1']);
  assert.equal(one(0, { cost: 5 }), ['zero_price_wins:1']);
  assert.equal(one(0, {}), ['zero_price_wins:1']);
  assert.equal(one(1, { cost: 1 }), []);
  // a price may be one step of the rounding below the cost, and a cent
  assert.equal(one(M, { cost: M + 10_000 }), []);
  assert.equal(one(M, { cost: M + 10_001 }), ['price_below_cost:1']);
  const round = { roundingIncrement: Money.of('0.5') };
  assert.equal(one(M, { cost: M + 500_000 }, round), []);
  assert.equal(one(M, { cost: M + 500_001 }, round), ['price_below_cost:1']);
  assert.equal(one(M, { msrp: 5 * M }), []);
  assert.equal(one(M, { msrp: 5 * M + 1 }), ['price_far_below_msrp:1']);
  assert.equal(one(0, { cost: 1, msrp: 0 }), ['zero_price_wins:1']);
  const [warning] = watchOf([{ price: M, offers: [{ vendor: 0, msrp: 6 * M }] }]).warnings();
  assert.is(warning, 'price_far_below_msrp:1:A at 1.00 from acme, MSRP 6.00');
  const [below] = watchOf([{ price: M, offers: [{ vendor: 0, cost: 2 * M }] }]).warnings();
  assert.is(below, 'price_below_cost:1:A at 1.00 from acme, cost 2.00');
});

test('a landed cost that differs from the cost is named as such', () => {
  const group = newGroup(VENDORS);
  group.separateLanded();
  const watch = new PriceWatch(group, OPTIONS);
  fill(group, 'A', [{ vendor: 0, cost: M }]);
  group.landed[0] = 3 * M;
  watch.look(0, 2 * M);
  assert.equal(watch.warnings(), ['price_below_cost:1:A at 2.00 from acme, landed cost 3.00']);
});

test('used goods that win over new ones, and a MAP that only a loser has, are noted', () => {
  const used = (others: PlainOffer[], condition: PlainOffer['condition'] = 'used') =>
    watchOf([
      { price: 9 * M, offers: [{ vendor: 0, cost: 9 * M, ...(condition ? { condition } : {}) }, ...others] },
    ]).warnings();
  const newOne = (more: Partial<PlainOffer>): PlainOffer => ({ vendor: 1, condition: 'new', ...more });
  const said = (condition: string, what: string) => [
    `used_beats_new:1:A at 9.00 from acme, ${condition}, new from bolt at a ${what} of 12.00`,
  ];
  assert.equal(used([newOne({ cost: 12 * M })]), said('used', 'cost'));
  assert.equal(used([newOne({ price: 12 * M })], 'refurb'), said('refurb', 'price'));
  assert.equal(
    used([{ vendor: 2, cost: 10 * M }, newOne({ cost: 12 * M }), newOne({ cost: 13 * M })]),
    said('used', 'cost'),
  );
  assert.equal(used([newOne({})]), []);
  assert.equal(used([newOne({ cost: 12 * M })], 'new'), []);
  assert.equal(used([newOne({ cost: 12 * M })], null as never), []);
  assert.equal(used([{ vendor: 1, condition: 'used', cost: 12 * M }]), []);
  const maps = (own: Partial<PlainOffer>, others: PlainOffer[], enforcesMap = true) =>
    watchOf([{ price: 9 * M, winner: 0, offers: [{ vendor: 0, cost: 8 * M, ...own }, ...others] }], {
      enforcesMap,
    }).warnings();
  const map = (vendor: number, micros: number): PlainOffer => ({ vendor, cost: 9 * M, map: micros });
  const noted = (vendor: string, amount: string) => [
    `map_of_losing_vendor:1:A at 9.00 from acme, MAP of ${vendor} ${amount}`,
  ];
  assert.equal(maps({}, [map(1, 9 * M + 1)]), noted('bolt', '9.000001'));
  assert.equal(maps({}, [map(1, 9 * M)]), []);
  assert.equal(maps({ map: 0 }, [map(1, 10 * M), map(2, 12 * M), map(3, 11 * M)]), noted('city', '12.00'));
  assert.equal(maps({ map: 1 }, [map(1, 10 * M)]), []);
  assert.equal(maps({}, [map(1, 10 * M)], false), []);
  assert.equal(maps({}, [map(0, 10 * M)]), [], 'another row of the vendor');
});

test('a winner far from its rivals is noted, with the median', () => {
  const far = (...costs: number[]) =>
    watchOf([{ price: 90 * M, offers: costs.map((cost, vendor) => ({ vendor, cost: cost * M })) }]).warnings();
  assert.equal(far(10, 50), []);
  assert.equal(far(10, 51), ['price_far_below_rivals:1:A at 90.00 from acme, median of rivals 51.00']);
  assert.equal(far(50, 10), []);
  assert.equal(far(51, 10), ['price_far_above_rivals:1:A at 90.00 from acme, median of rivals 10.00']);
});

test('three winners of a kind are named, two are examples; long SKUs are cut', () => {
  const skus = Array.from({ length: 30 }, (_, i) => ({
    sku: `${i}-`.repeat(i % 2 === 0 ? 40 : 1),
    price: 0,
    offers: [{ vendor: 1, row: i, cost: 0 }],
  }));
  const watch = watchOf(skus);
  const warning = watch.warnings().find((one) => one.startsWith('zero_cost_wins')) ?? '';
  const [, count, ...texts] = warning.split(':');
  const named = texts.join(':').split('; ');
  assert.equal(
    [count, named.length, named[0], named[1]],
    ['30', 3, `${'0-'.repeat(30)}… at 0.00 from bolt`, '1- at 0.00 from bolt'],
  );
  assert.equal(
    watch.examples.filter(({ code }) => code === 'zero_cost_wins').map(({ rowNumber, note }) => [rowNumber, note]),
    [
      [0, 'at 0.00'],
      [1, 'at 0.00'],
    ],
  );
  assert.is(
    watchOf([{ sku: 'x'.repeat(60), price: 0, offers: [{ vendor: 0, cost: 0 }] }]).warnings()[1],
    `zero_cost_wins:1:${'x'.repeat(60)} at 0.00 from acme`,
  );
});

/** SKUs with offers of which many are odd. */
function oddSkus(count: number): SeenSku[] {
  const amounts = [undefined, 0, 1, 10_000, M, 6 * M, 40 * M, 9999 * M];
  const pick = (i: number, step: number) => amounts[(i * step) % amounts.length];
  return Array.from({ length: count }, (_, i) => ({
    ...{ sku: `S${i}`, price: [0, M, 3 * M][i % 3] as number },
    offers: VENDORS.slice(0, 1 + (i % 4)).map((_vendor, vendor) => {
      const [cost, price, msrp] = [pick(i + vendor, 3), pick(i + 2 * vendor, 5), pick(i, 7)];
      const condition = (['new', 'used', undefined] as const)[(i + vendor) % 3];
      return Object.fromEntries(
        Object.entries({ vendor, row: i, cost, price, msrp, condition, map: pick(i, 1 + vendor) }).filter(
          ([, value]) => value !== undefined,
        ),
      ) as unknown as PlainOffer;
    }),
  }));
}

test('parts of a merge add up to the whole, however it is cut', () => {
  const skus = oddSkus(200);
  const options = {
    wantsCosts: true,
    figuresBefore: { acme: { offers: 9, wins: 1, with_msrp: 0, above_msrp: 0, median_cost: '100.00' } },
  };
  const whole = watchOf(skus, options);
  assert.ok(whole.warnings().length > 12, whole.warnings().join('\n'));
  for (const cuts of [[0], [1, 2, 3], [7, 100], [199]]) {
    const sum = watchOf([], options);
    for (const [i, from] of [0, ...cuts].entries())
      sum.absorb(watchOf(skus.slice(from, cuts[i] ?? skus.length), options).state());
    assert.equal(sum.warnings(), whole.warnings(), String(cuts));
    assert.equal(sum.figures.table(), whole.figures.table());
  }
});

test('amounts are shown with two decimals at least', () => {
  const cases = [0, 1, 10, 10_000, 100_000, M, 1_230_000, 1_234_567, 12_340_000, 1_000_000_010_000].map(amountText);
  assert.equal(cases, [
    '0.00',
    '0.000001',
    '0.00001',
    '0.01',
    '0.10',
    '1.00',
    '1.23',
    '1.234567',
    '12.34',
    '1000000.01',
  ]);
});

test.run();
