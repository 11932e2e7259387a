/** The random cases that `shown.test.ts` leaves to the long tests. */
import { takeTheRest } from '../../../../../core/testing/share.ts';

takeTheRest();
await import('./shown.test.ts');
