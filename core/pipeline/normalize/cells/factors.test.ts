/** Factors are exact: they agree with a decimal library. */
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applyFactor, BAD_FACTOR } from './factors.ts';

const Exact = Decimal.clone({ precision: 60 });

const ratio = fc.record({ units: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), scale: fc.nat({ max: 12 }) });

test('an amount is multiplied or divided and rounded once, half to even', () => {
  fc.assert(
    fc.property(fc.nat({ max: 999_999_999_999_999 }), ratio, fc.boolean(), (micros, { units, scale }, divides) => {
      const factor = new Exact(units).div(new Exact(10).pow(scale));
      const exact = divides ? new Exact(micros).div(factor) : new Exact(micros).mul(factor);
      const rounded = exact.toDecimalPlaces(0, Decimal.ROUND_HALF_EVEN);
      if (rounded.gt(Number.MAX_SAFE_INTEGER)) return;
      assert.is(applyFactor(micros, { units, scale }, divides, 'money'), rounded.toNumber());
    }),
    { numRuns: 5000 },
  );
});

test('a quantity stays whole or is refused', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 999_999 }),
      fc.integer({ min: 1, max: 9_999 }),
      fc.nat({ max: 3 }),
      fc.boolean(),
      (n, units, scale, divides) => {
        const factor = new Exact(units).div(10 ** scale);
        const exact = divides ? new Exact(n).div(factor) : new Exact(n).mul(factor);
        // a quotient that the library had to cut off is not a whole number
        const isWhole = divides ? (n * 10 ** scale) % units === 0 : exact.isInteger();
        const expected = isWhole ? exact.toNumber() : BAD_FACTOR;
        assert.is(applyFactor(n, { units, scale }, divides, 'integer'), expected);
      },
    ),
    { numRuns: 5000 },
  );
});

test('the smallest and largest factors work', () => {
  assert.is(applyFactor(11_900_000, { units: 119, scale: 2 }, true, 'money'), 10_000_000);
  assert.is(applyFactor(1, { units: 2, scale: 0 }, true, 'money'), 0, 'half to even');
  assert.is(applyFactor(3, { units: 2, scale: 0 }, true, 'money'), 2);
  assert.is(applyFactor(999_999_999_999_999, { units: 9_007_199_254_740_991, scale: 0 }, true, 'money'), 0);
  assert.is(applyFactor(7, { units: 12, scale: 0 }, false, 'integer'), 84);
  assert.is(applyFactor(100, { units: 6, scale: 0 }, true, 'integer'), BAD_FACTOR);
});

test.run();
