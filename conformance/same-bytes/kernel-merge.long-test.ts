/** The random cases that `kernel-merge.test.ts` leaves to the long tests. */
import { takeTheRest } from '../../core/testing/share.ts';

takeTheRest();
await import('./kernel-merge.test.ts');
