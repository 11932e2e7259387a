/** The polluted files that `robustness.test.ts` leaves to the long tests. */
import { takeTheRest } from '../../core/testing/share.ts';

takeTheRest();
await import('./robustness.test.ts');
