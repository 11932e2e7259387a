/** All of the invented files are read as before. `runs.long-test.ts` has the lists of runs. */
import { compareLists } from './compare.ts';
import { LISTS_OF_RUNS } from './lists-of-runs.ts';

compareLists(1, (name) => !LISTS_OF_RUNS.has(name));
