/** The random chains that `rule-orders.test.ts` leaves to the long tests. */
import { takeTheRest } from '../../core/testing/share.ts';

takeTheRest();
await import('./rule-orders.test.ts');
