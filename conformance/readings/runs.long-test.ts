/** All invented runs leave behind, and say, what they did before. */
import { compareLists } from './compare.ts';
import { LISTS_OF_RUNS } from './lists-of-runs.ts';

compareLists(1, (name) => LISTS_OF_RUNS.has(name));
