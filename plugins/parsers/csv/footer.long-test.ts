/** The random cases that `footer.test.ts` leaves to the long tests. */
import { takeTheRest } from '../../../core/testing/share.ts';

takeTheRest();
await import('./footer.test.ts');
