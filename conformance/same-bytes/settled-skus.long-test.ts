/** The random cases that `settled-skus.test.ts` leaves to the long tests. */
import { takeTheRest } from '../../core/testing/share.ts';

takeTheRest();
await import('./settled-skus.test.ts');
