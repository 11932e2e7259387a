import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { divideHalfEven, Money } from './money.ts';

const Exact = Decimal.clone({ precision: 200, toExpPos: 200, toExpNeg: -200 });

/** Decimal texts from tiny to far past 2^53 units. */
const decimalText = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 24n }), fc.integer({ min: 0, max: 14 }), fc.boolean())
  .map(([units, scale, small]) =>
    new Exact((small ? units % 1000000n : units).toString()).div(Exact.pow(10, scale)).toString(),
  );

test('reads plain decimals and nothing else', () => {
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
        // the quotient may not terminate, so the whole number is settled by multiplying back
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

test('halves go up under nearest and to the even cent when written', () => {
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

test.run();
