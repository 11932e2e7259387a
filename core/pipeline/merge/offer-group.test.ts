/** A group of offers: what its views show, and what is left of it once offers are dropped. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes, toText } from '../../bytes/text.ts';
import { type CanonicalColumn, COLUMN, CONDITIONS } from '../../canonical.ts';
import { DECLARED_FIELDS, type OfferGroup, type OfferView, TURNS } from './offer-group.ts';
import { ALL_COLUMNS, fill, newGroup, type PlainOffer, placesOf } from './testing/offers.ts';

const VENDORS = ['acme', 'bolt', 'city'];

/** Offers whose every value tells which one it is; some are empty. */
function offersOf(count: number): PlainOffer[] {
  return Array.from({ length: count }, (_, i) => {
    const some = <T>(value: T, every: number) => (i % every === 0 ? undefined : value);
    const offer = {
      ...{
        vendor: Math.floor((3 * i) / count),
        row: i + 2,
        quantity: 3 * i,
        leadTime: some(i, 2),
        cost: some(i * 1000, 3),
      },
      ...{ map: some(i * 1001, 4), price: some(i * 1002, 5), msrp: some(i * 1003, 3), updatedAt: some(i * 60, 4) },
      condition: some(CONDITIONS[i % CONDITIONS.length], 5),
      texts: {
        vendor_sku: i % 3 === 0 ? '' : `v${i}`,
        brand: `"say ""${'x'.repeat(i % 7)}"""`,
        title: `t${'y'.repeat((i * 37) % 90)}`,
      },
    };
    return Object.fromEntries(
      Object.entries(offer).filter(([, value]) => value !== undefined),
    ) as unknown as PlainOffer;
  });
}

function shown(view: OfferView) {
  const { sku, vendorId, rowNumber, quantity, leadTimeDays, condition, vendorSku, brand, title, updatedAt } = view;
  const { cost, mapPrice, price, landedCost, msrp } = view;
  const amounts = [cost, mapPrice, price, landedCost, msrp].map((amount) => amount?.toString() ?? null);
  const micros = [view.costMicros, view.mapPriceMicros, view.priceMicros, view.landedCostMicros];
  return {
    sku,
    vendorId,
    rowNumber,
    quantity,
    leadTimeDays,
    condition,
    vendorSku,
    brand,
    title,
    updatedAt,
    amounts,
    micros,
  };
}

function due(sku: string, { vendor, row, quantity, leadTime, condition, updatedAt, texts, ...rest }: PlainOffer) {
  const { cost, map, price, msrp } = rest;
  const amount = (micros: number | undefined) => (micros === undefined ? null : String(micros / 1e6));
  const { vendor_sku, brand, title } = texts as { vendor_sku: string; brand: string; title: string };
  return {
    ...{ sku, vendorId: VENDORS[vendor], rowNumber: row, quantity, leadTimeDays: leadTime ?? null },
    ...{ condition: condition ?? null, vendorSku: vendor_sku || null, title },
    brand: brand.slice(1, -1).replaceAll('""', '"'),
    updatedAt: updatedAt ?? null,
    amounts: [cost, map, price, cost, msrp].map(amount),
    micros: [cost, map, price, cost].map((micros) => micros ?? null),
  };
}

function assertOffers(group: OfferGroup, sku: string, offers: readonly PlainOffer[], name: string): void {
  assert.is(group.count, offers.length, name);
  for (const [i, offer] of offers.entries()) assert.equal(shown(group.view(i)), due(sku, offer), `${name}, ${i}`);
}

test('views show what the entries have, for any number of offers and any length of texts', () => {
  const group = newGroup(VENDORS, ALL_COLUMNS);
  for (const [count, sku] of [
    [1, 'A'],
    [16, 'LONG-SKU-0001'],
    [17, 'x'.repeat(300)],
    [70, 'é'],
    [3, ''],
  ] as const) {
    const offers = offersOf(count);
    fill(group, sku, offers);
    assertOffers(group, sku, offers, sku);
    assert.is(
      group.textBytesUsed,
      [...offers].reduce((sum, { texts = {} }) => sum + toBytes(Object.values(texts).join('')).length, 0),
    );
    assert.is(group.view(0), group.view(0), 'the same object');
    for (const i of offers.keys()) {
      const { brand = '', title = '', vendor_sku = '' } = offers[i]?.texts ?? {};
      assert.is(group.textBytesOf(i), toBytes(brand + title + vendor_sku).length);
    }
  }
});

test('offers of the kernel’s memory show the same, and copy their texts once somebody asks', () => {
  const group = newGroup(VENDORS, ALL_COLUMNS);
  for (const count of [1, 40]) {
    const offers = offersOf(count);
    group.clear();
    assert.is(group.entryPlace, null);
    for (const place of placesOf(group.layout, 'KERNEL', offers)) group.addInKernel(place);
    assert.ok(group.isInKernel);
    assert.is(group.entryPlace?.owner, offers.at(-1)?.vendor);
    for (const i of offers.keys())
      assert.ok(group.textBytesOf(i) >= toBytes(Object.values(offers[i]?.texts ?? {}).join('')).length);
    assertOffers(group, 'KERNEL', offers, 'in the kernel');
    const first = toText(group.textBytes, group.textSpans[0]!, group.textSpans[5]!);
    assert.is(first, Object.values(offers[0]?.texts ?? {}).join(''));
  }
});

test('the offers that are kept move to the front, with all that they have', () => {
  for (const isSeparate of [false, true]) {
    const group = newGroup(VENDORS, ALL_COLUMNS);
    if (isSeparate) group.separateLanded();
    const offers = offersOf(30);
    fill(group, 'A', offers);
    if (isSeparate) group.landed.set(group.cost);
    group.sum[7] = 99;
    group.keep([0, 7, 8, 29]);
    const kept = [0, 7, 8, 29].map((i) => offers[i]!);
    assertOffers(group, 'A', kept, 'kept');
    assert.equal([group.sum[1], group.sum[2]], [99, 24]);
    assert.is(
      group.textBytesUsed,
      [0, 1, 2, 3].reduce((sum, i) => sum + group.textBytesOf(i), 0),
    );
    const [more] = placesOf(group.layout, 'A', [offers[5]!]);
    group.add(more!);
    if (isSeparate) group.landed.set(group.cost);
    assertOffers(group, 'A', [...kept, offers[5]!], 'one more');
    group.keep([]);
    assert.equal([group.count, group.textBytesUsed], [0, 0]);
  }
});

test('landed costs have an array of their own once they differ, which grows with the others', () => {
  const group = newGroup(VENDORS);
  assert.is(group.landed, group.cost);
  fill(group, 'A', offersOf(20));
  assert.is(group.landed, group.cost);
  group.separateLanded();
  assert.is(group.landed.length, group.cost.length);
  group.landed[19] = 5;
  fill(group, 'B', offersOf(40));
  assert.is.not(group.landed, group.cost);
  assert.equal([group.landed.length, group.landed[19]], [group.cost.length, 5]);
});

test('an entry is of the group if its SKU is the same, beyond the first eight bytes too', () => {
  const group = newGroup(VENDORS);
  const skus = [
    '',
    'A',
    'AB',
    'ABCDEFGH',
    'ABCDEFGHI',
    'ABCDEFGHJ',
    'ABCDEFGHIJKL',
    'ABCDEFGHIJKM',
    'ABCX',
    'ABCDEFGX',
    'A\0',
  ];
  for (const sku of skus) {
    fill(group, sku, [{ vendor: 0 }]);
    const held = skus.filter((other) => group.holds(placesOf(group.layout, other, [{ vendor: 1 }], 8)[0]!));
    assert.equal(held, [sku]);
  }
});

test('a view is good during its turn, and throws for at least so many turns after it', () => {
  const group = newGroup(VENDORS, ALL_COLUMNS);
  fill(group, 'A', offersOf(2));
  const view = group.view(1);
  assert.is(view.sku, 'A');
  for (let turn = 1; turn < TURNS; turn++) {
    fill(group, 'B', offersOf(2));
    assert.is(group.view(1).sku, 'B');
    assert.throws(() => view.sku, 'an offer of an earlier call');
    assert.throws(() => view.cost, 'an offer of an earlier call');
  }
  fill(group, 'C', offersOf(2));
  assert.is(group.view(1), view, 'then it shows another');
});

test('a field that no manifest declares throws, even if the output carries its column', () => {
  for (const [field, column] of Object.entries(DECLARED_FIELDS)) {
    const reads = new Set<CanonicalColumn>([...ALL_COLUMNS].filter((one) => one !== column));
    const group = newGroup(VENDORS, ALL_COLUMNS, reads);
    fill(group, 'A', offersOf(2));
    for (const other of Object.keys(DECLARED_FIELDS)) {
      const read = () => group.view(1)[other as keyof OfferView];
      if (other === field) assert.throws(read, `does not name "${column}"`);
      else assert.not.throws(read);
    }
  }
});

test('texts that the offers do not carry are null, and so is an MSRP', () => {
  const group = newGroup(VENDORS, new Set(['title']), ALL_COLUMNS);
  fill(group, 'A', offersOf(3));
  const view = group.view(2);
  assert.equal([view.brand, view.title, view.msrp], [null, offersOf(3)[2]?.texts?.title, null]);
  assert.equal([group.textOf(2, COLUMN.brand), group.msrpOf(2)], [null, null]);
  const bare = newGroup(VENDORS, new Set());
  fill(bare, 'A', offersOf(3));
  assert.equal([bare.textBytesOf(2), bare.textSpans.length, bare.textBytesUsed], [0, 0, 0]);
});

test('a settled SKU is the group of all vendors that offer it, of which one offer is known', () => {
  for (const [known, count] of [
    [0, 1],
    [2, 3],
    [16, 40],
  ] as const) {
    const vendorIds = Array.from({ length: 50 }, (_, i) => `v${i}`);
    const group = newGroup(vendorIds, ALL_COLUMNS);
    fill(group, 'BEFORE', offersOf(2));
    group.clear();
    const [offer] = offersOf(8)
      .slice(7)
      .map((one) => ({ ...one, vendor: 5 + known }));
    const [place] = placesOf(group.layout, 'A', [offer!]);
    const vendors = Uint32Array.from({ length: 60 }, (_, i) => i);
    group.addAmong(place!, { known, vendors, from: 5, count, isInKernel: false });
    assert.equal(
      [...group.vendor.subarray(0, count)],
      Array.from({ length: count }, (_, i) => i + 5),
    );
    assert.equal([group.count, toText(group.sku, 0, group.skuLength), group.isInKernel], [count, 'A', false]);
    assert.equal({ ...shown(group.view(known)), vendorId: 'city' }, due('A', { ...offer!, vendor: 2 }));
    assert.ok(group.holds(place!));
  }
});

test.run();
