/** The random cases that `differential.test.ts` leaves to the long tests. */
import { takeTheRest } from '../core/testing/share.ts';

takeTheRest();
await import('./differential.test.ts');
