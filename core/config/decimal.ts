/** Schemas of exact decimals: what configs, and plugins in their options, take as amounts and shares. */
import { z } from 'zod';
import { Money, ZERO } from '../money/money.ts';

/** A JSON number keeps this many digits exactly; a longer one must be written as a string. */
const NUMBER_DIGITS_MAX = 15;

const SCALE_MAX = 18;

/** Bounds of a decimal, as texts or numbers: `min` and `max` are allowed themselves, `above` and `below` are not. */
export interface DecimalBounds {
  min?: string | number;
  max?: string | number;
  above?: string | number;
  below?: string | number;
}

/** A number or a decimal string, as exact `Money`. At most 18 decimals. */
export function decimalSchema(bounds: DecimalBounds = {}) {
  return decimal(boundsCheck(bounds));
}

/** A decimal with a check of its own, which returns null if the value is good, else what is wrong. */
export function decimal(check: (value: Money) => string | null) {
  return z
    .union([z.number(), z.string()], { error: 'must be a number or a decimal string such as "0.20"' })
    .superRefine((value, context) => {
      const message = decimalProblem(value, check);
      if (message !== null) context.addIssue({ code: 'custom', message });
    })
    .transform((value) => Money.parse(String(value)) ?? ZERO);
}

function decimalProblem(value: number | string, check: (value: Money) => string | null): string | null {
  const text = String(value);
  const money = Money.parse(text);
  if (money === null) return `"${text}" is not a plain decimal`;
  if (typeof value === 'number' && text.replace(/e.*$/, '').replace(/^-?0\.0*|\D/g, '').length > NUMBER_DIGITS_MAX) {
    return 'has more digits than a JSON number keeps exactly; write it as a string';
  }
  if (money.scale > SCALE_MAX) return `has more than ${SCALE_MAX} decimals`;
  return check(money);
}

function boundsCheck({ min, max, above, below }: DecimalBounds): (value: Money) => string | null {
  const checks: Array<(value: Money) => string | null> = [];
  const add = (bound: string | number | undefined, words: string, isGood: (order: number) => boolean) => {
    if (bound === undefined) return;
    const limit = Money.of(bound);
    checks.push((value) => (isGood(value.compare(limit)) ? null : `must ${words} ${limit}`));
  };
  add(min, 'not be below', (order) => order >= 0);
  add(above, 'be above', (order) => order > 0);
  add(max, 'not be above', (order) => order <= 0);
  add(below, 'be below', (order) => order < 0);
  return (value) => {
    for (const check of checks) {
      const problem = check(value);
      if (problem !== null) return problem;
    }
    return null;
  };
}

const LIMIT = Money.of('1000000000');

/** An amount in a config: 0 or more, below 1,000,000,000. */
export const amountSchema = decimal((value) => {
  if (value.isNegative()) return 'must not be below zero';
  return value.compare(LIMIT) >= 0 ? 'must be below 1,000,000,000' : null;
});

/** A share in a config, from 0 to 1: 0.1 is 10 %. */
export const fractionSchema = decimal((value) =>
  value.isNegative() || value.compare(Money.of(1)) > 0 ? 'is a fraction: 0.1 = 10 %, at most 1' : null,
);
