/** The random cases that `scan.test.ts` leaves to the long tests. */
import { takeTheRest } from '../testing/share.ts';

takeTheRest();
await import('./scan.test.ts');
