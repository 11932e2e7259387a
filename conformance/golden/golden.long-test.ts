/** The golden cases in further ways to run them, which `golden.test.ts` leaves to the long tests. */
import { test } from 'uvu';
import { someOf, takeTheRest } from '../../core/testing/share.ts';
import { assertSameBytes, CASES, MORE_VARIANTS, VARIANTS } from './variants.ts';

takeTheRest();
for (const [name, variant] of Object.entries(VARIANTS)) {
  test(`the same bytes in every file, remaining cases: ${name}`, () => assertSameBytes(someOf(CASES), variant));
}

for (const [name, variant] of Object.entries(MORE_VARIANTS)) {
  test(`the same bytes in every file: ${name}`, () => assertSameBytes(CASES, variant));
}

test.run();
