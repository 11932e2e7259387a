/** What the schemas of exact decimals accept, and how they refuse. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { Money } from '../money/money.ts';
import { amountSchema, decimalSchema, fractionSchema } from './decimal.ts';

const problem = (schema: z.ZodType, value: unknown) => {
  const parsed = schema.safeParse(value);
  return parsed.success ? String(parsed.data) : parsed.error.issues.map(({ message }) => message).join('; ');
};

test('decimals are exact; others are refused with the reason', () => {
  const cases: Array<[z.ZodType, unknown, string]> = [
    [amountSchema, '0.10', '0.1'],
    [amountSchema, 0, '0'],
    [amountSchema, '999999999.999999999999999999', '999999999.999999999999999999'],
    [amountSchema, 1_000_000_000, 'must be below 1,000,000,000'],
    [amountSchema, '-0.01', 'must not be below zero'],
    [amountSchema, '1,50', '"1,50" is not a plain decimal'],
    [amountSchema, '$1.50', '"$1.50" is not a plain decimal'],
    [amountSchema, '', '"" is not a plain decimal'],
    [amountSchema, 0.1234567890123456, 'has more digits than a JSON number keeps exactly; write it as a string'],
    [amountSchema, '0.1234567890123456789', 'has more than 18 decimals'],
    [amountSchema, null, 'must be a number or a decimal string such as "0.20"'],
    [amountSchema, Number.NaN, 'must be a number or a decimal string such as "0.20"'],
    [fractionSchema, '1', '1'],
    [fractionSchema, 1.01, 'is a fraction: 0.1 = 10 %, at most 1'],
    [fractionSchema, -0.1, 'is a fraction: 0.1 = 10 %, at most 1'],
    [decimalSchema(), '-5.25', '-5.25'],
    [decimalSchema({ min: 1, max: '2.5' }), '1.0', '1'],
    [decimalSchema({ min: 1, max: '2.5' }), 2.5, '2.5'],
    [decimalSchema({ min: 1, max: '2.5' }), '0.999', 'must not be below 1'],
    [decimalSchema({ min: 1, max: '2.5' }), '2.500001', 'must not be above 2.5'],
    [decimalSchema({ above: 0, below: 100 }), 0, 'must be above 0'],
    [decimalSchema({ above: 0, below: 100 }), '100.0', 'must be below 100'],
  ];
  for (const [schema, value, expected] of cases) assert.is(problem(schema, value), expected, String(value));
  assert.throws(() => decimalSchema({ min: 'none' }), /not a plain decimal/);
});

test('an option gives Money, its default too', () => {
  const schema = z.strictObject({ limit: amountSchema.default(Money.of(5)), rate: fractionSchema.prefault('0.1') });
  const { limit, rate } = schema.parse({});
  assert.is(limit.mul(rate).toString(), '0.5');
  assert.equal(JSON.parse(JSON.stringify(schema.parse({}))), { limit: '5', rate: '0.1' });
});

test('bounds are allowed or not, as their names say, and numbers keep fifteen digits', () => {
  const cases: Array<[z.ZodType, unknown, boolean]> = [
    [decimalSchema({ min: 1 }), 1, true],
    [decimalSchema({ min: 1 }), '0.99', false],
    [decimalSchema({ max: 1 }), 1, true],
    [decimalSchema({ max: 1 }), '1.01', false],
    [decimalSchema({ above: 1 }), 1, false],
    [decimalSchema({ above: 1 }), '1.01', true],
    [decimalSchema({ below: 1 }), 1, false],
    [decimalSchema({ below: 1 }), '0.99', true],
    [fractionSchema, 0, true],
    [fractionSchema, '1.0', true],
    [decimalSchema(), 123_456_789_012_345, true],
    [decimalSchema(), 1_234_567_890_123_456, false],
    [decimalSchema(), '1234567890123456', true],
    [decimalSchema(), 0.123456789012345, true],
    [decimalSchema(), -0.123456789012345, true],
    [decimalSchema(), -0.1234567890123456, false],
    [decimalSchema(), -0.00123456789012345, true],
    [decimalSchema(), -0.001234567890123456, false],
    [decimalSchema(), 0.000123456789012345, true],
    [decimalSchema(), 1.5e-7, true],
    [decimalSchema(), 1e-18, true],
    [decimalSchema(), 1e-19, false],
    [decimalSchema(), 1e21, true],
    [decimalSchema(), true, false],
  ];
  for (const [schema, value, isGood] of cases) assert.is(schema.safeParse(value).success, isGood, String(value));
});

test.run();
