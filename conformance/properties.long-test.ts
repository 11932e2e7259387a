/** The random cases that `properties.test.ts` leaves to the long tests. */
import { takeTheRest } from './support/share.ts';

takeTheRest();
await import('./properties.test.ts');
