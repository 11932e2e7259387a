/** The random cases that `threads.test.ts` leaves to the long tests. */
import { takeTheRest } from '../../core/testing/share.ts';

takeTheRest();
await import('./threads.test.ts');
