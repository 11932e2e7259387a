/** The random cases that `properties.test.ts` leaves to the long tests. */
import { takeTheRest } from '../core/testing/share.ts';

takeTheRest();
await import('./properties.test.ts');
