/** More inputs than `fuzz.test.ts`. */
import { takeTheRest } from '../support/share.ts';

takeTheRest();
await import('./fuzz.test.ts');
