/** More inputs than `fuzz.test.ts`. */
import { takeTheRest } from '../../core/testing/share.ts';

takeTheRest();
await import('./fuzz.test.ts');
