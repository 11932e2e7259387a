/** The random cases that `kernel.test.ts` leaves to the long tests. */
import { takeTheRest } from '../../core/testing/share.ts';

takeTheRest();
await import('./kernel.test.ts');
