/** The random cases that `sheet-lines.test.ts` leaves to the long tests. */
import { takeTheRest } from '../../../../../core/testing/share.ts';

takeTheRest();
await import('./sheet-lines.test.ts');
