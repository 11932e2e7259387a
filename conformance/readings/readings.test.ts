/** A few of the invented files are read as before. */
import { compareLists } from './compare.ts';

compareLists(61);
