/** The random cases that `plain-tags.test.ts` leaves to the long tests. */
import { takeTheRest } from '../../../../../core/testing/share.ts';

takeTheRest();
await import('./plain-tags.test.ts');
