/** The random cases that `repair.test.ts` leaves to the long tests. */
import { takeTheRest } from '../../../core/testing/share.ts';

takeTheRest();
await import('./repair.test.ts');
