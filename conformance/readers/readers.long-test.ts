/** The readers that `readers.test.ts` leaves to the long tests. */
import { takeTheRest } from '../support/share.ts';

takeTheRest();
await import('./readers.test.ts');
