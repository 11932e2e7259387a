/** The golden cases in the ways to run them that `golden.test.ts` leaves to the long tests. */
import { test } from 'uvu';
import { assertSameBytes, CASES, MORE_VARIANTS } from './variants.ts';

for (const [name, variant] of Object.entries(MORE_VARIANTS)) {
  test(`the same bytes in every file: ${name}`, () => assertSameBytes(CASES, variant));
}

test.run();
