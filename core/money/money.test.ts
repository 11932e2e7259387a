import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { divideHalfEven, MONEY_DIGITS_MAX, Money } from './money.ts';

const Exact = Decimal.clone({ precision: 200, toExpPos: 200, toExpNeg: -200 });

/** Decimal texts from tiny to far past 2^53 units. */
const decimalText = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 24n }), fc.integer({ min: 0, max: 14 }), fc.boolean())
  .map(([units, scale, small]) =>
    new Exact((small ? units % 1000000n : units).toString()).div(Exact.pow(10, scale)).toString(),
  );

const HUNDRED = Money.of(100);

test('only plain decimals are read', () => {
  assert.is(Money.of('12.50').toString(), '12.5');
  assert.is(Money.of('.5').toString(), '0.5');
  assert.is(Money.of('7.').toString(), '7');
  assert.is(Money.of('-0.01').toString(), '-0.01');
  assert.is(Money.of(1e-7).toString(), '0.0000001');
  assert.is(Money.of(1e21).toString(), '1000000000000000000000');
  for (const text of ['', '.', '1,5', '1e', ' 1', '0x1', 'NaN', '--1']) assert.is(Money.parse(text), null, text);
});

test('sums, products and comparisons equal a decimal library on random amounts', () => {
  fc.assert(
    fc.property(decimalText, decimalText, (a, b) => {
      const x = Money.of(a);
      const y = Money.of(b);
      assert.is(x.add(y).toString(), new Exact(a).add(b).toString());
      assert.is(x.mul(y).toString(), new Exact(a).mul(b).toString());
      assert.is(Math.sign(x.compare(y)), new Exact(a).cmp(b));
      assert.is(x.max(y).toString(), Exact.max(a, b).toString());
      assert.is(x.min(y).toString(), Exact.min(a, b).toString());
      assert.is(x.sub(y).toString(), new Exact(a).sub(b).toString());
      assert.is(x.percent(y).toString(), new Exact(a).mul(b).div(100).toString());
      assert.is(x.sub(y).add(y).toString(), x.toString());
      assert.is(x.sub(y).percent(HUNDRED).toString(), x.sub(y).toString());
    }),
    { numRuns: 2000 },
  );
});

test('rounding to an increment equals a decimal library on random amounts', () => {
  const modes = { nearest: Decimal.ROUND_HALF_UP, up: Decimal.ROUND_UP, down: Decimal.ROUND_DOWN } as const;
  const increments = ['0.01', '0.05', '0.1', '0.25', '0.99', '1', '5', '0.001', '0.0003', '250'];
  fc.assert(
    fc.property(
      decimalText,
      fc.constantFrom(...increments),
      fc.constantFrom('nearest', 'up', 'down'),
      (a, inc, mode) => {
        const expected = new Exact(a).div(inc).toDecimalPlaces(0, modes[mode as 'up']);
        const exact = new Exact(a).div(inc);
        // the quotient may not terminate, so multiply back to find the whole number
        let whole = exact.floor();
        const rest = new Exact(a).sub(whole.mul(inc));
        if (mode === 'up' ? rest.gt(0) : mode === 'nearest' && rest.mul(2).gte(inc)) whole = whole.add(1);
        assert.is(
          Money.of(a)
            .roundTo(Money.of(inc), mode as 'up')
            .toString(),
          whole.mul(inc).toString(),
        );
        assert.ok(expected.sub(whole).abs().lte(1));
      },
    ),
    { numRuns: 3000 },
  );
});

test('rounding with an offset gives a multiple of the increment plus the offset, on the side of the mode', () => {
  const offsets = ['-0.01', '-0.05', '0.99', '0.95', '0', '-0.49', '7'];
  fc.assert(
    fc.property(
      fc.tuple(decimalText, fc.boolean()).map(([text, isNegative]) => (isNegative ? `-${text}` : text)),
      fc.constantFrom('1', '0.5', '10', '0.07', '250'),
      fc.constantFrom(...offsets),
      fc.constantFrom('nearest', 'up', 'down'),
      (a, inc, offset, mode) => {
        const rounded = new Exact(
          Money.of(a)
            .roundTo(Money.of(inc), mode as 'up', Money.of(offset))
            .toString(),
        );
        assert.ok(rounded.sub(offset).mod(inc).isZero());
        const moved = rounded.sub(a);
        const half = new Exact(inc).div(2);
        if (mode === 'up') assert.ok(moved.gte(0) && moved.lt(inc));
        else if (mode === 'down') assert.ok(moved.lte(0) && moved.gt(new Exact(inc).neg()));
        else assert.ok(moved.lte(half) && moved.gt(half.neg()));
      },
    ),
    { numRuns: 3000 },
  );
});

test('a value that is not Money, a decimal or a mode throws an error that names it', () => {
  const a = Money.of('9.99');
  const loose = a as unknown as Record<string, (...values: unknown[]) => unknown>;
  for (const method of ['add', 'sub', 'mul', 'percent', 'compare', 'equals', 'max', 'min']) {
    for (const [value, name] of [
      [5, '5'],
      ['5', '"5"'],
      [null, 'null'],
      [undefined, 'undefined'],
      [{}, 'an object'],
      [[], 'a list'],
      [() => a, 'a function'],
    ]) {
      assert.throws(() => loose[method]!(value), new RegExp(`\\(\\) takes Money, not ${name}; Money.of`), method);
    }
  }
  const other = new (class Money {})();
  assert.throws(() => loose.add!(other), /not Money of another copy of relay-inventory/);
  assert.throws(() => loose.roundTo!(0.01, 'up'), /roundTo\(\) takes Money, not 0.01/);
  assert.throws(() => loose.roundTo!(a, 'neares'), /takes "nearest", "up" or "down", not "neares"/);
  assert.throws(() => loose.roundTo!(a), /takes "nearest", "up" or "down", not undefined/);
  assert.throws(() => loose.roundTo!(a, 'up', 0.01), /sub\(\) takes Money, not 0.01/);
  for (const increment of ['0', '-1']) {
    assert.throws(() => a.roundTo(Money.of(increment), 'up'), /takes an increment above 0/);
  }
  for (const text of ['1,50', '', null, undefined, Number.NaN, Number.POSITIVE_INFINITY, {}, a]) {
    assert.throws(() => Money.of(text as string), /not a plain decimal such as "12.5"/);
  }
  for (const micros of [0.5, Number.NaN, 2 ** 53, '1', 1n]) {
    assert.throws(() => Money.ofMicros(micros as number), /not a whole number of micros/);
  }
  assert.throws(() => Money.ofUnits(1 as unknown as bigint, 2), /units must be a bigint, not 1/);
  assert.throws(() => Money.ofUnits(1n, -1), /a scale is a whole number of 0 or more, not -1/);
});

test('percent() takes per cent of an amount; a config’s share is a factor', () => {
  assert.is(Money.of('19.99').percent(Money.of('12.5')).toString(), '2.49875');
  assert.is(Money.of('19.99').mul(Money.of('0.125')).toString(), '2.49875');
  assert.is(Money.of('5').sub(Money.of('7.5')).toString(), '-2.5');
});

test('halves are rounded up under nearest, and to the even cent when written', () => {
  const cent = Money.of('0.01');
  assert.is(Money.of('2.345').roundTo(cent, 'nearest').toString(), '2.35');
  assert.is(Money.of('2.345').roundTo(cent, 'down').toString(), '2.34');
  assert.is(Money.of('2.341').roundTo(cent, 'up').toString(), '2.35');
  assert.is(Money.of('2.34').roundTo(cent, 'up').toString(), '2.34');
  assert.is(Money.of('-2.345').roundTo(cent, 'nearest').toString(), '-2.34');
  assert.is(Money.of('2.345').toCents(), 234);
  assert.is(Money.of('2.355').toUnits(2), 236);
  assert.is(Money.of('2.3450000001').toUnits(2), 235);
  assert.is(Money.of('99999999999999999.995').toUnits(2), 10000000000000000000n);
});

test('cents, mills and micros equal a decimal library', () => {
  fc.assert(
    fc.property(decimalText, fc.constantFrom(2, 3, 6), (a, decimals) => {
      const expected = new Exact(a)
        .mul(10 ** decimals)
        .toDecimalPlaces(0, Decimal.ROUND_HALF_EVEN)
        .toFixed(0);
      assert.is(Money.of(a).toUnits(decimals).toString(), expected);
    }),
    { numRuns: 2000 },
  );
});

test('the number path of half-even division is exact up to 2^53', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.constantFrom(10, 100, 10000), (value, divisor) => {
      const expected = new Exact(value).div(divisor).toDecimalPlaces(0, Decimal.ROUND_HALF_EVEN).toString();
      assert.is(String(divideHalfEven(value, divisor)), expected);
    }),
    { numRuns: 2000 },
  );
});

test('the cost of a number is proportional to its length', () => {
  assert.is(Money.parse(`1.${'0'.repeat(300_000)}`)?.toString(), '1');
  assert.is(Money.parse(`${'0'.repeat(300_000)}1.50`)?.toString(), '1.5');
  assert.is(Money.parse('9'.repeat(MONEY_DIGITS_MAX))?.toString(), '9'.repeat(MONEY_DIGITS_MAX));
  assert.is(Money.parse('9'.repeat(MONEY_DIGITS_MAX + 1)), null);
  assert.is(Money.parse(`0.${'0'.repeat(MONEY_DIGITS_MAX)}1`), null);
  assert.is(Money.parse(`-0.${'0'.repeat(300_000)}`)?.toString(), '0');
});

test('amounts are equal however they were written', () => {
  const of = (text: string) => Money.parse(text) as Money;
  for (const [one, other, equal] of [
    ['1', '1.000000', true],
    ['0', '-0', true],
    ['1', '1.000001', false],
    ['1', '2', false],
    ['123456789012345678901234567890.5', '123456789012345678901234567890.50', true],
    ['123456789012345678901234567890.5', '123456789012345678901234567890.4', false],
  ] as const) {
    assert.is(of(one).equals(of(other)), equal, `${one} ${other}`);
    assert.is(of(other).equals(of(one)), equal, `${other} ${one}`);
  }
});

const MAX = BigInt(Number.MAX_SAFE_INTEGER);
/** Units at both sides of where numbers end and BigInts begin, and around halves. */
const EDGE_UNITS = [
  0n,
  1n,
  4n,
  5n,
  15n,
  25n,
  49n,
  10n ** 14n,
  2n ** 52n - 1n,
  2n ** 52n,
  MAX - 1n,
  MAX,
  MAX + 1n,
  10n * MAX,
];
const EDGES = EDGE_UNITS.flatMap((units) => [units, -units]).flatMap((units) =>
  [0, 1, 2, 6, 15, 16, 18].map((scale) => Money.ofUnits(units, scale)),
);
/** In units of 10^-40, exactly. */
const exactly = (money: Money, scale = 40) => money.units * 10n ** BigInt(scale - money.scale);
const floorOf = (a: bigint, b: bigint) => (a - (((a % b) + b) % b)) / b;
const signOf = (a: bigint) => (a > 0n ? 1 : a < 0n ? -1 : 0);

test('sums, products, comparisons and steps are exact where numbers end and BigInts begin', () => {
  const others = EDGES.filter((_, i) => i % 11 === 0).concat(Money.of(1), Money.of('0.5'), Money.ofUnits(-MAX, 0));
  for (const x of EDGES) {
    for (const y of others) {
      const [a, b] = [exactly(x), exactly(y)];
      const name = `${x} ${y}`;
      assert.is(exactly(x.add(y)), a + b, name);
      assert.is(exactly(x.sub(y)), a - b, name);
      assert.is(exactly(y.sub(x)), b - a, name);
      assert.is(exactly(x.mul(y), 80), a * b, name);
      assert.is(Math.sign(x.compare(y)), signOf(a - b), name);
      if (b <= 0n) continue;
      const down = floorOf(a, b);
      assert.is(exactly(x.roundTo(y, 'down')), down * b, name);
      assert.is(exactly(x.roundTo(y, 'up')), -floorOf(-a, b) * b, name);
      assert.is(exactly(x.roundTo(y, 'nearest')), floorOf(2n * a + b, 2n * b) * b, name);
    }
  }
});

test('an amount is written, signed and rounded to cents exactly where numbers end and BigInts begin', () => {
  for (const x of EDGES) {
    const a = exactly(x);
    assert.is(x.toString(), new Exact(x.units.toString()).div(Exact.pow(10, x.scale)).toString());
    assert.is(x.isNegative(), a < 0n, String(x));
    for (const decimals of [0, 2, 6]) {
      const unit = 10n ** BigInt(40 - decimals);
      const down = floorOf(a, unit);
      const above = 2n * (a - down * unit);
      const expected = above > unit || (above === unit && down % 2n !== 0n) ? down + 1n : down;
      const given = x.toUnits(decimals);
      assert.is(BigInt(given), expected, String(x));
      assert.is(typeof given, expected <= MAX && expected >= -MAX ? 'number' : 'bigint', String(x));
    }
  }
});

test('of two equal amounts, max() and min() keep the one that was asked', () => {
  const [one, other] = [Money.of('1'), Money.of('1.00')];
  assert.is(one.max(other), one);
  assert.is(one.min(other), one);
});

test('a decimal is read up to its limits, with an exponent too', () => {
  for (const [text, units, scale] of [
    ['1e2', 100n, 0],
    ['+1e-2', 1n, 2],
    ['-1E+2', -100n, 0],
    ['0.000', 0n, 0],
    ['-0', 0n, 0],
    ['0e999', 0n, 0],
    ['1.50', 15n, 1],
    ['10e999', 10n ** 1000n, 0],
    [`.${'0'.repeat(MONEY_DIGITS_MAX - 1)}1`, 1n, MONEY_DIGITS_MAX],
  ] as const) {
    const money = Money.parse(text);
    assert.equal([money?.units, money?.scale], [units, scale], text);
  }
  for (const text of ['100e999', '1e1000', `.${'0'.repeat(MONEY_DIGITS_MAX)}1`])
    assert.is(Money.parse(text), null, text);
});

test('operators on Money throw, and a text of it does not', () => {
  const money = Money.of('9.90') as unknown as number;
  assert.is(`${money}`, '9.9');
  assert.is(JSON.stringify({ money }), '{"money":"9.9"}');
  for (const use of [() => money + 1, () => money > 1, () => +money, () => money - 1]) {
    assert.throws(use, /Money has no operators/);
  }
});

test('a micro is the millionth of a currency', () => {
  assert.is(Money.ofMicros(1_500_000).toString(), '1.5');
  assert.is(Money.ofMicros(-Number.MAX_SAFE_INTEGER).toString(), '-9007199254.740991');
  assert.is(Money.ofUnits(15n, 0).toString(), '15');
  assert.throws(() => Money.ofUnits(1n, 0.5), /a scale is a whole number/);
});

test('a message shows at most 40 characters of a value', () => {
  const said = (value: unknown) => {
    try {
      Money.of('1').add(value as Money);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  assert.ok(said('x'.repeat(40)).includes(`"${'x'.repeat(40)}"`));
  assert.ok(said('x'.repeat(41)).includes(`"${'x'.repeat(40)}…"`));
  assert.ok(said(Object.create(null)).includes('not an object'));
  assert.ok(said(Symbol('a')).includes('not Symbol(a)'));
});

test('the largest whole numbers are rounded, converted and added as BigInts would be', () => {
  const most = BigInt(Number.MAX_SAFE_INTEGER);
  const amounts = [
    0n,
    1n,
    2n,
    3n,
    most - 2n,
    most - 1n,
    most,
    most + 1n,
    most / 2n,
    most / 2n + 1n,
    most / 3n,
    most * 2n,
  ];
  for (const amount of amounts.flatMap((one) => [one, -one])) {
    for (const [step, scale] of amounts.flatMap((one) => [0, 1].map((decimals) => [one, decimals] as const))) {
      const name = `${amount} and ${step}, ${scale}`;
      const value = Money.ofUnits(amount, 0);
      const other = Money.ofUnits(step, scale);
      const [a, b] = [amount * 10n ** BigInt(scale), step];
      assert.is(value.add(other).units, a + b, name);
      assert.is(value.sub(other).units, a - b, name);
      assert.is(value.mul(other).units, amount * step, name);
      assert.is(value.compare(other), a < b ? -1 : a > b ? 1 : 0, name);
      if (step === 0n) continue;
      const rest = ((a % b) + b) % b;
      const down = a - rest;
      const due = { down, up: rest > 0n ? down + b : down, nearest: rest * 2n >= b ? down + b : down };
      for (const mode of ['down', 'up', 'nearest'] as const) {
        const rounded = value.roundTo(other, mode);
        assert.ok(rounded.equals(Money.ofUnits(due[mode], scale)), `${name} ${mode}: ${rounded}`);
      }
      if (amount < 0n) continue;
      const units = Money.ofUnits(amount, 2 + scale).toUnits(2);
      const divisor = 10n ** BigInt(scale);
      const [quotient, left] = [amount / divisor, (amount % divisor) * 2n];
      const isUp = left > divisor || (left === divisor && quotient % 2n === 1n);
      assert.is(BigInt(units), quotient + (isUp ? 1n : 0n), name);
    }
  }
});

test.run();
