/** The random cases that `kernel.test.ts` leaves to the long tests. */
import { takeTheRest } from '../support/share.ts';

takeTheRest();
await import('./kernel.test.ts');
