/** The random tenants that `patched-feeds.test.ts` leaves to the long tests. */
import { takeTheRest } from '../support/share.ts';

takeTheRest();
await import('./patched-feeds.test.ts');
