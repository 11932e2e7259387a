/** The random cases that `table-reader.test.ts` leaves to the long tests. */
import { takeTheRest } from '../../../../core/testing/share.ts';

takeTheRest();
await import('./table-reader.test.ts');
