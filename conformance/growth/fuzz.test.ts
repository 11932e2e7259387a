/** The short form of `npm run fuzz`: some inputs of each kind, from one seed. */
import { suite } from 'uvu';
import { FUZZ_KINDS, fuzz } from './fuzz.ts';

const RUNS: Readonly<Record<string, number>> = { suggest: 5, clean: 25 };
const SEED = 11;

const test = suite('fuzz');

for (const kind of FUZZ_KINDS) test(kind, () => fuzz(kind, RUNS[kind] ?? 60, SEED));

test.run();
