/** The polluted files that `robustness.test.ts` leaves to the long tests. */
import { takeTheRest } from '../support/share.ts';

takeTheRest();
await import('./robustness.test.ts');
