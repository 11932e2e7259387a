/** The random cases that `sku-lists.test.ts` leaves to the long tests. */
import { takeTheRest } from '../../core/testing/share.ts';

takeTheRest();
await import('./sku-lists.test.ts');
