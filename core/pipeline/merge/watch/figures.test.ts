/** Figures of vendors, rivals far away and rows that differ, beside plain models of them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fill, newGroup, type PlainOffer } from '../testing/offers.ts';
import { DuplicateRows } from './duplicate-rows.ts';
import { FAR_ABOVE, FAR_BELOW, FarRivals, NOT_FAR } from './far-rivals.ts';
import { RivalGaps } from './rival-gaps.ts';
import { VendorFigures } from './vendor-figures.ts';

const M = 1_000_000;
const VENDORS = ['acme', 'bolt', 'city', 'dock', 'east'];
const costs = (...all: Array<number | null>): PlainOffer[] =>
  all.map((cost, vendor) => ({ vendor, ...(cost === null ? {} : { cost: cost * M }) }));

test('the rival in the middle decides, of two the one nearer to the winner', () => {
  const group = newGroup(Array.from({ length: 200 }, (_, i) => `v${i}`));
  const rivals = new FarRivals(group);
  const look = (offers: PlainOffer[], winner = 0) => {
    fill(group, 'A', offers);
    const far = rivals.look(winner);
    return far === NOT_FAR ? NOT_FAR : [far, rivals.median / M, rivals.column === group.cost];
  };
  for (const [offers, due] of [
    [costs(10), NOT_FAR],
    [costs(10, 50), NOT_FAR],
    [costs(10, 50.000001), [FAR_BELOW, 50.000001, true]],
    [costs(50, 10), NOT_FAR],
    [costs(50.000001, 10), [FAR_ABOVE, 10, true]],
    [costs(10, 51, 12), NOT_FAR],
    [costs(10, 90, 60), [FAR_BELOW, 60, true]],
    [costs(90, 10, 15), [FAR_ABOVE, 15, true]],
    [costs(90, 10, 80), NOT_FAR],
    [costs(10, 51, 12, 60), [FAR_BELOW, 51, true]],
    [costs(10, 51, 12, 60, 20), NOT_FAR],
    [costs(90, 80, 5, 6), [FAR_ABOVE, 6, true]],
    [costs(90, 80, 5, 6, 70), NOT_FAR],
    // amounts that stand for none, and empty ones, are no rivals
    [costs(10, 0.01, 0, null, 60), [FAR_BELOW, 60, true]],
    [costs(10, 0.01, 0, null), NOT_FAR],
    [costs(10, 0.02), [FAR_ABOVE, 0.02, true]],
    [costs(0, 1), [FAR_BELOW, 1, true]],
  ] as Array<[PlainOffer[], unknown]>) {
    assert.equal(look(offers), due, JSON.stringify(offers));
  }
  const prices: PlainOffer[] = [
    { vendor: 0, price: M },
    { vendor: 1, price: 6 * M, cost: M },
    { vendor: 0, price: 9 * M },
  ];
  assert.equal(look(prices), [FAR_BELOW, 6, false]);
  assert.is(look([{ vendor: 0 }, { vendor: 1, cost: M }]), NOT_FAR);
  assert.equal(look(costs(10, 60, null).reverse(), 2), [FAR_BELOW, 60, true]);
  // other rows of the winner's vendor do not count, and a hundred rivals are enough
  assert.is(
    look([
      { vendor: 0, cost: M },
      { vendor: 0, cost: 9 * M },
    ]),
    NOT_FAR,
  );
  const many = (far: number) => Array.from({ length: 150 }, (_, i) => (i === 0 ? 1 : i <= far || i > 100 ? 9 : 2));
  assert.equal([look(costs(...many(50))), look(costs(...many(51)))], [NOT_FAR, [FAR_BELOW, 9, true]]);
});

test('offers, wins, MSRPs and the median cost of each vendor are counted, in parts too', () => {
  const skus = Array.from({ length: 60 }, (_, i) => {
    const offers = VENDORS.slice(0, 1 + (i % 5)).map((_vendor, vendor): PlainOffer => {
      const cost = [undefined, 0, (i + 1) * 10_000 * (vendor + 1), 40 * M + i][(i + vendor) % 4];
      return {
        vendor,
        ...(cost === undefined ? {} : { cost }),
        ...(i % 3 === 0 ? {} : { msrp: i % 3 === 1 ? 0 : 40 * M + 30 }),
      };
    });
    return { offers, winner: i % (1 + (i % 5)) };
  });
  const figuresOf = (from: number, to: number, wantsCosts: boolean) => {
    const group = newGroup(VENDORS);
    const figures = new VendorFigures(group, { wantsCosts });
    for (const { offers, winner } of skus.slice(from, to)) {
      fill(group, 'A', offers);
      figures.look(winner);
    }
    return figures;
  };
  const table = figuresOf(0, 60, true).table();
  for (const [vendor, id] of VENDORS.entries()) {
    const own = skus.flatMap(({ offers }) => offers.filter((one) => one.vendor === vendor));
    const paid = own.filter(({ cost = -1 }) => cost > 0);
    const withMsrp = paid.filter(({ msrp = -1 }) => msrp > 0);
    const { median_cost, ...counts } = table[id]!;
    assert.equal(counts, {
      ...{
        offers: own.length,
        wins: skus.filter(({ winner }) => winner === vendor).length,
        with_msrp: withMsrp.length,
      },
      above_msrp: withMsrp.filter(({ cost = 0, msrp = 0 }) => cost > msrp).length,
    });
    // the mean of a bucket, of which there are sixteen to each doubling
    const median = paid.map(({ cost = 0 }) => cost).sort((a, b) => a - b)[(paid.length - 1) >> 1]! / M;
    assert.ok(Math.abs(Number(median_cost) / median - 1) < 1 / 16, `${id}: ${median_cost} for ${median}`);
    assert.is(median_cost?.split('.')[1]?.length, median < 1 ? 6 : 2);
  }
  const sum = figuresOf(0, 0, true);
  for (const [from, to] of [
    [0, 7],
    [7, 31],
    [31, 60],
  ] as const)
    sum.absorb(figuresOf(from, to, true).state());
  assert.equal(sum.table(), table);
  const plain = figuresOf(0, 30, false);
  plain.absorb(figuresOf(30, 60, false).state());
  assert.equal(
    plain.table(),
    Object.fromEntries(Object.entries(table).map(([id, one]) => [id, { ...one, median_cost: null }])),
  );
  const single = newGroup(VENDORS);
  const few = new VendorFigures(single, { wantsCosts: true });
  fill(single, 'A', costs(5, 7));
  few.look(0);
  assert.is(few.table().acme?.median_cost, null, 'of one offer there is no middle');
  few.look(1);
  assert.is(few.table().acme?.median_cost, '5.00');
});

test('a middle that moved by a factor of three, and costs above most MSRPs, are odd', () => {
  const oddOf = (now: number, was: string | null): string | undefined => {
    const group = newGroup(VENDORS);
    const figures = new VendorFigures(group, { wantsCosts: true });
    for (let i = 0; i < 2; i++) {
      fill(group, 'A', costs(now));
      figures.look(0);
    }
    const before = { acme: { offers: 2, wins: 2, with_msrp: 0, above_msrp: 0, median_cost: was } };
    const odd = figures.odd(before);
    assert.equal([...odd.keys()], odd.size === 0 ? [] : ['acme']);
    assert.is(figures.odd(null).size, 0);
    return odd
      .get('acme')
      ?.join()
      ?.replace(/^.*: about /, '');
  };
  for (const [now, was, due] of [
    [3, '1.00', '3 times as high'],
    [2.99, '1.00', undefined],
    [1, '3.00', '3 times lower'],
    [1.01, '3.00', undefined],
    [8, '1.00', '10 times as high (a decimal mark that moved?)'],
    [7.9, '1.00', '7.9 times as high'],
    [12.5, '1.00', '10 times as high (a decimal mark that moved?)'],
    [12.6, '1.00', '13 times as high'],
    [100, '1.00', '100 times as high (cents?)'],
    [1, '100.00', '100 times lower (cents?)'],
    [1000, '1.00', '1000 times as high (a decimal mark that moved?)'],
    [4.04, '1.00', '4 times as high'],
    [9.99, '100.00', '10 times lower (a decimal mark that moved?)'],
    [5, null, undefined],
  ] as const)
    assert.is(oddOf(now, was), due, `${was} ${now}`);
  const above = (withMsrp: number, over: number) => {
    const group = newGroup(VENDORS);
    const figures = new VendorFigures(group, { wantsCosts: false });
    for (let i = 0; i < withMsrp; i++) {
      fill(group, 'A', [{ vendor: 1, cost: 5 * M, msrp: i < over ? 4 * M : 5 * M }]);
      figures.look(0);
    }
    return figures.odd(null).get('bolt');
  };
  const said = (over: number, of: number) => [`${over} of the ${of} costs that have an MSRP beside them are above it`];
  assert.equal(
    [above(10, 5), above(10, 4), above(9, 9), above(11, 5), above(12, 6)],
    [said(5, 10), undefined, undefined, undefined, said(6, 12)],
  );
});

test('the vendor that is on one side nearly always is to blame, unless another one is, too', () => {
  const gapsOf = (skus: PlainOffer[][]) => {
    const group = newGroup(VENDORS);
    const gaps = new RivalGaps(group);
    const rivals = new FarRivals(group);
    for (const offers of skus) {
      fill(group, 'A', offers);
      const far = rivals.look(0);
      if (far !== NOT_FAR) gaps.note(0, rivals.column, far);
    }
    return gaps;
  };
  const pair = (a: number, cost: number, b: number, other: number): PlainOffer[] => [
    { vendor: a, cost: cost * M },
    { vendor: b, cost: other * M },
  ];
  const cheap = (...rivals: number[]) => rivals.map((rival) => pair(0, 1, rival, 9));
  const below = (count: number) => `it is the cheap one in ${count} of the ${count} SKUs of price_far_below_rivals`;
  assert.equal(gapsOf(cheap(1, 2)).odd([]), null, 'two SKUs prove nothing');
  assert.equal(gapsOf(cheap(1, 2, 3)).odd([]), { vendorId: 'acme', text: below(3) });
  assert.equal(gapsOf(cheap(1, 1, 1)).odd([]), null, 'either may be wrong');
  assert.equal(gapsOf(cheap(1, 1, 1)).odd(['bolt']), { vendorId: 'bolt', text: below(3).replace('cheap', 'dear') });
  assert.equal(gapsOf(cheap(1, 1, 1)).odd(['acme', 'bolt']), null);
  assert.equal(gapsOf(cheap(1, 1, 1)).odd(['city']), null);
  const dear = [1, 2, 3, 1].map((rival) => pair(0, 9, rival, 1));
  assert.equal(gapsOf(dear).odd([]), {
    vendorId: 'acme',
    text: 'it is the dear one in 4 of the 4 SKUs of price_far_above_rivals',
  });
  const both = [...cheap(1, 2, 3, 1), pair(2, 9, 0, 1)];
  assert.equal(gapsOf(both).odd([]), {
    ...{
      vendorId: 'acme',
      text: 'it is the cheap one in 5 of the 5 SKUs of price_far_below_rivals and price_far_above_rivals',
    },
  });
  // four of five SKUs are enough, three are not
  assert.is(gapsOf([...cheap(1, 2, 3, 1), pair(2, 1, 3, 9)]).odd([])?.vendorId, 'acme');
  assert.is(gapsOf([...cheap(1, 2, 3), pair(2, 1, 3, 9)]).odd([]), null);
  const sum = gapsOf(cheap(1));
  sum.absorb(gapsOf(cheap(2, 3)).state());
  sum.absorb(gapsOf(dear.slice(0, 0)).state());
  assert.equal(sum.odd([]), gapsOf(cheap(1, 2, 3)).odd([]));
  const above = gapsOf(dear.slice(0, 2));
  above.absorb(gapsOf(dear.slice(2)).state());
  assert.equal(above.odd([]), gapsOf(dear).odd([]));
});

test('rows of a vendor for one SKU that differ are counted once per SKU, unless the config says what they mean', () => {
  const group = newGroup(VENDORS);
  const duplicatesOf = (skus: PlainOffer[][], declared: number[] = []) => {
    const duplicates = new DuplicateRows(
      group,
      VENDORS.map((_, i) => declared.includes(i)),
    );
    for (const [i, offers] of skus.entries()) {
      fill(group, `S${i}`, offers);
      duplicates.look();
    }
    return duplicates;
  };
  const rows = (...all: Partial<PlainOffer>[]): PlainOffer[] =>
    all.map((one, i) => ({ vendor: 1, row: i + 5, cost: M, quantity: 3, ...one }));
  const one = (...all: Partial<PlainOffer>[]) => duplicatesOf([rows(...all)]).warnings();
  const said = ['duplicate_rows_differ:bolt:1:S0 in rows 5 and 6'];
  assert.equal(one({}, { cost: 2 * M }), said);
  assert.equal(one({}, { quantity: 4 }), said);
  assert.equal(one({}, { price: M }), said);
  assert.equal(one({}, {}), []);
  assert.equal(one({}, { leadTime: 3, map: M }), []);
  assert.equal(one({}, { cost: 2 * M, condition: 'used' }), []);
  assert.equal(one({}, { vendor: 2, cost: 2 * M }), []);
  assert.equal(one({}, { cost: 2 * M }, { cost: 3 * M }), said, 'once per SKU');
  assert.equal(one({}, {}, { cost: 3 * M }), ['duplicate_rows_differ:bolt:1:S0 in rows 6 and 7']);
  assert.equal(one({ row: 9 }, { row: 9, cost: 2 * M }), [
    'duplicate_rows_differ:bolt:1:S0 in rows 9 and 9 of another file',
  ]);
  assert.equal(duplicatesOf([rows({}, { cost: 5 })], [1]).warnings(), []);
  const several = rows({}, { cost: 5 }, { vendor: 3 }, { vendor: 3, cost: 6 }, { vendor: 3, cost: 7 });
  assert.equal(duplicatesOf([several], [0]).warnings(), [...said, 'duplicate_rows_differ:dock:1:S0 in rows 7 and 8']);
  const skus = Array.from({ length: 5 }, (_, i) =>
    i === 2 ? rows({ vendor: 0 }, { vendor: 0, cost: 5 }) : rows({}, { cost: 5 }),
  );
  const whole = duplicatesOf(skus);
  assert.equal(whole.warnings(), [
    'duplicate_rows_differ:acme:1:S2 in rows 5 and 6',
    'duplicate_rows_differ:bolt:4:S0 in rows 5 and 6; S1 in rows 5 and 6; S3 in rows 5 and 6',
  ]);
  assert.equal(
    whole.examples.map(({ sku }) => sku),
    ['S0', 'S1', 'S2'],
  );
  assert.equal(whole.examples[0], {
    ...{
      code: 'duplicate_rows_differ',
      warnedVendor: 'bolt',
      vendorId: 'bolt',
      rowNumber: 6,
      sku: 'S0',
      note: 'also in row 5',
    },
  });
  const sum = duplicatesOf([]);
  sum.absorb(duplicatesOf(skus.slice(0, 1)).state());
  sum.absorb(duplicatesOf(skus.slice(0, 3)).state());
  assert.equal(sum.warnings(), [
    'duplicate_rows_differ:acme:1:S2 in rows 5 and 6',
    'duplicate_rows_differ:bolt:3:S0 in rows 5 and 6; S0 in rows 5 and 6; S1 in rows 5 and 6',
  ]);
});

test.run();
