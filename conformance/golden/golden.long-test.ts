/** The golden cases in the ways to run them that `golden.test.ts` leaves to the long tests. */
import { test } from 'uvu';
import { someOf, takeTheRest } from '../support/share.ts';
import { assertSameBytes, CASES, MORE_VARIANTS, VARIANTS } from './variants.ts';

takeTheRest();
for (const [name, variant] of Object.entries(VARIANTS)) {
  test(`the same bytes in every file, the rest: ${name}`, () => assertSameBytes(someOf(CASES), variant));
}

for (const [name, variant] of Object.entries(MORE_VARIANTS)) {
  test(`the same bytes in every file: ${name}`, () => assertSameBytes(CASES, variant));
}

test.run();
