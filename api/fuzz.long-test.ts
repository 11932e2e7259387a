/** The random cases that `fuzz.test.ts` leaves to the long tests. */
import { takeTheRest } from '../core/testing/share.ts';

takeTheRest();
await import('./fuzz.test.ts');
