/** The random cases that `threads.test.ts` leaves to the long tests. */
import { takeTheRest } from '../support/share.ts';

takeTheRest();
await import('./threads.test.ts');
