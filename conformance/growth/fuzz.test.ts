/** The short form of `npm run fuzz`: some inputs of each kind, from one seed; `npm run test:long` takes more, from another. */
import { suite } from 'uvu';
import { countOf, shareOf } from '../../core/testing/share.ts';
import { FUZZ_KINDS, fuzz } from './fuzz.ts';

const RUNS: Readonly<Record<string, number>> = { suggest: 5, clean: 25 };
const SEED = 11;

const test = suite('fuzz');

const { from } = shareOf(4);
for (const kind of FUZZ_KINDS) test(kind, () => fuzz(kind, countOf(RUNS[kind] ?? 60), SEED + from));

test.run();
