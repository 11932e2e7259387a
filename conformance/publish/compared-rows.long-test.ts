/** The random cases that `compared-rows.test.ts` leaves to the long tests. */
import { takeTheRest } from '../../core/testing/share.ts';

takeTheRest();
await import('./compared-rows.test.ts');
