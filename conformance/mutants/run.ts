/**
 * `npm run mutants -- [--sample N] [--seed N] [--skip N] [--take N] [--list] [PART]`: changes one place of a source
 * file at a time, in a copy of the repository, and runs the tests that reach it. A mutant that no test notices is
 * alive. Exits with 1 if more than 5 % are.
 *
 * First each test runs once without a mutant, which shows which mutants it reaches and how long it takes. Results are
 * kept in `.relay/mutants.json`: the same command continues where an earlier one ended, and runs new tests on mutants
 * that are still alive.
 */
import os from 'node:os';
import { parseArgs } from 'node:util';
import { importGraph } from '../architecture/sources.ts';
import { describe, type Mutant, sampleMutants, withSwitches } from './sample.ts';
import { SampleState, type TestFacts, testHash } from './state.ts';
import { commandTestsOf, quickFirst, type RankedTest, testsOf } from './tests-of.ts';
import { Workbench } from './workbench.ts';

const ALIVE_SHARE_MAX = 0.05;

interface SampledMutant {
  mutant: Mutant;
  /** Its number in the sample. */
  place: number;
  id: string;
  tests: RankedTest[];
}

/** Runs the tests that have no result without a mutant yet. */
async function learn(bench: Workbench, candidates: readonly SampledMutant[], state: SampleState): Promise<void> {
  const tests = [...new Set(candidates.flatMap((one) => one.tests.map(({ test }) => test)))];
  const unknown = tests.filter((test) => state.facts(test) === null);
  if (unknown.length > 0) console.log(`${unknown.length} of ${tests.length} tests run once without a mutant`);
  bench.activate('');
  bench.takeReached();
  for await (const { test, passed, ms } of bench.run(unknown, { goesOn: true })) {
    const reached = new Set(bench.takeReached());
    const places = (ending: string) =>
      candidates.filter(({ id }) => reached.has(id + ending)).map(({ place }) => place);
    if (!passed) console.log(`fails without a mutant: ${test}`);
    state.addFacts(test, { hash: testHash(test), passed, ms, reached: places(''), isStatic: places('.static') });
  }
}

/**
 * The tests of a mutant: those that pass without it and either reach it or are in its folder, quick and near ones
 * first.
 */
function reaching({ place, tests }: SampledMutant, state: SampleState): string[] {
  const facts = new Map(tests.map(({ test }) => [test, state.facts(test)]));
  const isStatic = [...facts.values()].some((one) => one?.isStatic.includes(place));
  const doesReach = (one: TestFacts | null | undefined) => isStatic || one?.reached.includes(place);
  const isNear = ({ rank }: RankedTest) => rank <= 1;
  const good = tests.filter((one) => facts.get(one.test)?.passed && (isNear(one) || doesReach(facts.get(one.test))));
  return quickFirst(good, (test) => facts.get(test)?.ms ?? 0);
}

/** The test that notices it; null if none does. */
async function killerOf(candidate: SampledMutant, bench: Workbench, state: SampleState): Promise<string | null> {
  bench.activate(candidate.id);
  const usualMs = (test: string) => state.facts(test)?.ms ?? 0;
  for await (const { test, passed } of bench.run(reaching(candidate, state), { usualMs })) if (!passed) return test;
  return null;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      sample: { type: 'string', default: '60' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      skip: { type: 'string', default: '0' },
      take: { type: 'string' },
      list: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const [part = ''] = positionals;
  const skip = Number(values.skip);
  const { mutants: all, leftOut } = await sampleMutants(Number(values.sample), Number(values.seed), part);
  for (const mutant of leftOut) console.log(`left out, as it is only compiled to WebAssembly: ${describe(mutant)}`);
  if (values.list) return console.log(all.map((mutant, i) => `${i} ${describe(mutant)}`).join('\n'));
  os.setPriority(10);
  const [bench, graph] = [new Workbench(), importGraph()];
  const { sources, ids } = await withSwitches(all, bench.head);
  for (const [file, text] of sources) bench.write(file, text);
  const state = new SampleState(`seed ${values.seed} sample ${values.sample} ${part}`);
  const candidates = all.map((mutant, place) => {
    return { mutant, place, id: ids[place] ?? '', tests: testsOf(mutant.file, graph) };
  });
  await learn(bench, candidates, state);
  const unreached = candidates.filter((one) => reaching(one, state).length === 0);
  for (const one of unreached) one.tests = commandTestsOf(one.mutant.file, graph);
  await learn(bench, unreached, state);

  const taken = candidates.slice(skip, values.take === undefined ? undefined : skip + Number(values.take));
  const alive: string[] = [];
  for (const candidate of taken) {
    const { mutant, place } = candidate;
    const start = performance.now();
    const killer = state.killer(place) ?? (await killerOf(candidate, bench, state));
    if (killer === null) alive.push(`${place} ${describe(mutant)}`);
    else state.addKiller(place, killer);
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    const why = killer ?? `${reaching(candidate, state).length} tests reach it`;
    console.log(`${killer === null ? 'ALIVE ' : 'killed'} ${place} ${describe(mutant)} (${seconds} s, ${why})`);
  }
  console.log(`seed ${values.seed}: ${taken.length - alive.length} of ${taken.length} mutants killed`);
  for (const line of alive) console.log(`alive: ${line}`);
  if (alive.length > taken.length * ALIVE_SHARE_MAX) process.exitCode = 1;
}

await main();
