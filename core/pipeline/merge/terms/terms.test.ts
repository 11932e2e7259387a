/** Terms of vendors and rules of quantities, beside plain models of them; rates of currencies. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { QuantityRule } from '../../../config/quantity.ts';
import { RelayError } from '../../../errors.ts';
import { Money, ZERO } from '../../../money/money.ts';
import { type ByteSource, DEFAULT_LIMITS, type SideTableReader } from '../../../ports/engine.ts';
import { fill, newGroup, type PlainOffer } from '../testing/offers.ts';
import { CurrencyRates, type RatesReading } from './currency-rates.ts';
import { QuantityRules } from './quantity-rules.ts';
import { type BoundTerms, VendorTerms } from './vendor-terms.ts';

const VENDORS = ['acme', 'bolt', 'city'];
const RULES: QuantityRule[] = [
  { buffer: { units: 0, pct: ZERO } },
  { vendors: ['bolt'], buffer: { units: 2, pct: Money.of('0.1') }, cap: 50 },
  {
    vendors: ['bolt', 'city'],
    brands: [' ACME '],
    buffer: { units: 0, pct: Money.of('0.000000000000000001') },
    min_to_list: 3,
  },
  { vendors: ['city'], buffer: { units: 0, pct: Money.of(1) }, cap: 0 },
];

/** Part by part, exactly. */
function modelOf(
  vendor: string,
  brand: string,
  quantity: number,
): Array<[rule: string, before: number, after: number]> {
  const steps: Array<[string, number, number]> = [];
  let left = BigInt(quantity);
  const take = (rule: string, after: bigint) => {
    if (after !== left) steps.push([rule, Number(left), Number(after)]);
    left = after;
  };
  for (const [i, { vendors, brands, buffer, cap, min_to_list = 0 }] of RULES.entries()) {
    if (vendors?.includes(vendor) === false) continue;
    if (brands !== undefined && brand.trim().toLowerCase() !== 'acme') continue;
    const of = 10n ** BigInt(buffer.pct.scale);
    const product = left * buffer.pct.units;
    const off = BigInt(buffer.units) + product / of + (product % of === 0n ? 0n : 1n);
    take(`quantity.rules[${i}].buffer`, off > left ? 0n : left - off);
    take(`quantity.rules[${i}].cap`, cap !== undefined && left > BigInt(cap) ? BigInt(cap) : left);
    take(`quantity.rules[${i}].min_to_list`, left < BigInt(min_to_list) ? 0n : left);
  }
  return steps;
}

test('each rule takes its part off the quantity, exactly', () => {
  const group = newGroup(VENDORS, new Set(['brand']));
  const rules = new QuantityRules(group, RULES);
  for (const quantity of [0, 1, 2, 3, 4, 5, 6, 10, 11, 55, 57, 58, 59, 60, 1000, Number.MAX_SAFE_INTEGER]) {
    for (const brand of ['Acme', 'acme ', 'bolt', '']) {
      fill(
        group,
        'A',
        VENDORS.map((_, vendor): PlainOffer => ({ vendor, quantity, texts: { brand } })),
      );
      for (const [i, vendor] of VENDORS.entries()) {
        const due = modelOf(vendor, brand, quantity);
        const steps = rules.stepsOf(i).map(({ rule, before, after }) => [rule, before, after]);
        assert.equal(steps, due, `${vendor} ${brand} ${quantity}`);
        for (let times = 0; times < 2; times++) rules.apply(i);
        assert.is(group.quantity[i], due.at(-1)?.[2] ?? quantity);
        assert.is(group.sum[i], quantity, 'what it starts from stays');
      }
    }
  }
});

const term = (rate: string | null, pct: string, fixed: string): BoundTerms => ({
  rate: rate === null ? null : Money.of(rate),
  terms: { handling_pct: Money.of(pct), handling_fixed: Money.of(fixed) },
});

function inMicros(amount: Money): number {
  return Number(amount.toUnits(6));
}

test('amounts are converted and landed costs are made, rounded half to even', () => {
  const amounts = [0, 1, 2, 3, 5, 10, 500_000, 1_000_000, 1_234_567, 999_999_999_999, 123_456_789_012_345];
  for (const one of [
    term(null, '0', '0'),
    term('1.1', '0', '0'),
    term('0.5', '0.5', '0.0000015'),
    term('0.000000000000000001', '-0.999999999999999999', '3'),
    term('1.2345678901234567', '0.05', '0.6'),
    term('7', '-0.5', '1.000001'),
    term('0.05', '0.25', '0'),
    term('9.007199254740993', '0', '0'),
  ]) {
    const group = newGroup(VENDORS);
    const terms = new VendorTerms(group, [null, one, null]);
    for (const micros of amounts) {
      const amount: PlainOffer = { vendor: 1, cost: micros, map: micros + 1, price: micros + 2, msrp: micros + 3 };
      fill(group, 'A', [{ vendor: 0, cost: micros }, amount, { vendor: 1 }]);
      const exactly = (given: number) => {
        const own = Money.ofUnits(BigInt(given), 6);
        return one.rate === null ? given : inMicros(own.mul(one.rate));
      };
      const cost = exactly(micros);
      const landed =
        inMicros(Money.ofUnits(BigInt(cost), 6).mul(Money.of(1).add(one.terms.handling_pct))) +
        inMicros(one.terms.handling_fixed);
      const due = [micros + 1, micros + 2, micros + 3].map(exactly);
      if (Math.max(...due, landed) > Number.MAX_SAFE_INTEGER) {
        assert.throws(
          () => terms.apply(),
          (error: RelayError) => error.code === 'invalid_input' && error.details.vendor_id === 'bolt',
        );
        continue;
      }
      for (let times = 0; times < 2; times++) terms.apply();
      const all = [group.cost, group.mapPrice, group.price, group.msrp, group.landed];
      assert.equal(
        all.map((column) => column[1]),
        [cost, ...due, landed],
        `${one.rate} ${micros}`,
      );
      assert.equal(
        all.map((column) => column[2]),
        [-1, -1, -1, -1, -1],
      );
      assert.equal(
        all.map((column) => column[0]),
        [micros, -1, -1, -1, micros],
      );
    }
  }
});

test('each offer is handled once, also after some were dropped and others were added', () => {
  const group = newGroup(VENDORS);
  const terms = new VendorTerms(group, [term('2', '0', '1'), null, null]);
  const offers = [5, 6, 7].map((cost): PlainOffer => ({ vendor: 0, cost }));
  fill(group, 'A', offers);
  terms.apply();
  group.keep([1]);
  terms.kept();
  terms.apply();
  assert.equal([group.cost[0], group.landed[0]], [12, 1_000_012]);
  fill(group, 'B', offers);
  terms.apply();
  assert.equal([...group.cost.subarray(0, 3)], [10, 12, 14]);
  fill(group, 'C', offers.slice(0, 1));
  terms.apply();
  assert.is(group.cost[0], 10, 'the next SKU, which has fewer offers');
});

/** Two parts of rows each. */
const reader = (rows: string[][]): SideTableReader =>
  async function* () {
    yield { rows: rows.slice(0, 2) };
    yield { rows: rows.slice(2) };
  } as unknown as SideTableReader;

async function ratesOf(rows: string[][], read: SideTableReader = reader(rows)) {
  const vendors = [
    { vendor_id: 'acme', currency: 'EUR', handling_pct: ZERO, handling_fixed: ZERO },
    { vendor_id: 'bolt', handling_pct: Money.of('0.1'), handling_fixed: ZERO },
  ];
  const config = { default_currency: 'USD', pricing: { vendor_terms: { rates: null, vendors } } };
  const rates = new CurrencyRates({ config, read, limits: DEFAULT_LIMITS } as unknown as RatesReading);
  const file = new Map([['currency_rates', { name: 'rates.csv' } as ByteSource]]);
  await rates.read([
    { vendor: { vendor_id: 'acme' }, sideFiles: file },
    { vendor: { vendor_id: 'bolt' }, sideFiles: new Map() },
  ]);
  return rates
    .termsOf(['acme', 'bolt', 'city'])
    ?.map((one) => one && [one.rate?.toString() ?? null, one.terms.handling_pct.toString()]);
}

test('a rate is read by its currency, whatever the order of columns and rows', async () => {
  const due = [['1.1', '0'], [null, '0.1'], null];
  assert.equal(
    await ratesOf([
      ['currency', 'rate'],
      ['EUR', '1.1'],
    ]),
    due,
  );
  assert.equal(
    await ratesOf([
      [' Rate', 'note', 'CURRENCY '],
      ['2', '', 'GBP'],
      [' 1.1 ', 'x', ' eur '],
      ['', '', ''],
      ['x', '', 'CHF'],
    ]),
    due,
  );
  assert.equal(
    await ratesOf([
      ['currency', 'rate'],
      ['GBP', '1'],
      ['EUR', '0.000000000000000001'],
    ]),
    [['0.000000000000000001', '0'], ...due.slice(1)],
  );
  const none = { default_currency: 'USD', pricing: {} };
  const rates = new CurrencyRates({
    config: none,
    read: reader([]),
    limits: DEFAULT_LIMITS,
  } as unknown as RatesReading);
  assert.is(rates.termsOf(['acme']), null);
});

test('a file of rates that does not have the one rate is refused', async () => {
  const head = ['currency', 'rate'];
  const wrong = async (...rows: string[][]) => {
    const error = await ratesOf(rows).catch((one: RelayError) => one);
    assert.instance(error, RelayError);
    const { code, details, message } = error as RelayError;
    assert.equal([code, details.vendor_id], ['invalid_input', 'acme']);
    return message.replace('vendor acme: file of currency rates rates.csv: ', '');
  };
  for (const rate of ['0', '-1', '', 'x', '1000000000', '1,5', '0.0000000000000000001'])
    assert.match(await wrong(head, ['EUR', rate]), `row 2: "${rate}" is no rate`);
  assert.match(await wrong(head, ['GBP', '1'], ['EUR', '1'], [' gbp', '2']), 'row 4: GBP has a rate already');
  assert.match(await wrong(head, ['GBP', '1']), 'it has no rate for EUR');
  assert.match(await wrong(head, ['EUX', '1']), 'EUX');
  assert.match(await wrong(head), 'it has no rate for EUR');
  assert.match(await wrong(), '"currency" is missing');
  assert.match(await wrong(['rate', 'code'], ['1', 'EUR']), '"currency" is missing');
  assert.match(await wrong(['currency', 'rates'], ['EUR', '1']), '"rate" is missing');
  assert.not.match(await wrong(Array.from({ length: 12 }, (_, i) => `c${i}`)), 'c10');
});

test('what is wrong with the file keeps its code if it is its size; what can be tried again is thrown as it is', async () => {
  const failing = (error: Error) =>
    ratesOf([], (() => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }),
    })) as unknown as SideTableReader).catch((one) => one);
  const large = await failing(new RelayError('INPUT_TOO_LARGE', 'too large'));
  assert.equal([large.code, large.details.vendor_id], ['INPUT_TOO_LARGE', 'acme']);
  assert.is((await failing(new RelayError('parse_failed', 'no'))).code, 'invalid_input');
  const bug = new TypeError('bug');
  assert.is(await failing(bug), bug);
});

test.run();
