/** The changed rows that `sheet-scan.test.ts` leaves to the long tests. */
import { takeTheRest } from '../../../../../core/testing/share.ts';

takeTheRest();
await import('./sheet-scan.test.ts');
