/** The readers that `readers.test.ts` leaves to the long tests. */
import { takeTheRest } from '../../core/testing/share.ts';

takeTheRest();
await import('./readers.test.ts');
