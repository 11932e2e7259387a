/** The random cases that `score-columns.test.ts` leaves to the long tests. */
import { takeTheRest } from '../../../../core/testing/share.ts';

takeTheRest();
await import('./score-columns.test.ts');
