/**
 * `npm run mutants -- [--sample N] [--seed N] [--skip N] [--take N] [--list] [PART]`: changes one place of a source
 * file at a time, in a copy of the repository, and runs the tests that reach it; what is alive after those of
 * `npm test` meets those of `npm run test:long`. A mutant that no test notices is alive. Exits with 1 if more than 5 % are.
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
import { commandTestsOf, longTestsOf, quickFirst, type RankedTest, testsOf } from './tests-of.ts';
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
  // a long test takes the rest of a test's cases, and would leave its process so
  const isLong = (test: string) => test.endsWith('.long-test.ts');
  const groups = [unknown.filter((test) => !isLong(test)), ...unknown.filter(isLong).map((test) => [test])];
  for (const group of groups) await learnInOneProcess(bench, candidates, state, group);
}

async function learnInOneProcess(
  bench: Workbench,
  candidates: readonly SampledMutant[],
  state: SampleState,
  tests: readonly string[],
): Promise<void> {
  for await (const { test, passed, ms } of bench.run(tests, { goesOn: true })) {
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

/** The test that notices it; null if none does. With `apart`, each test has a process of its own. */
async function killerOf(
  candidate: SampledMutant,
  bench: Workbench,
  state: SampleState,
  apart = false,
): Promise<string | null> {
  bench.activate(candidate.id);
  const usualMs = (test: string) => state.facts(test)?.ms ?? 0;
  const tests = reaching(candidate, state);
  for (const group of apart ? tests.map((test) => [test]) : [tests]) {
    for await (const { test, passed } of bench.run(group, { usualMs })) if (!passed) return test;
  }
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
  const left = await meet(taken, bench, state);
  for (const one of left) one.tests = longTestsOf(one.mutant.file, graph);
  if (left.length > 0) console.log(`${left.length} meet the long tests that reach them`);
  await learn(bench, left, state);
  const alive = await meet(left, bench, state, true);
  console.log(`seed ${values.seed}: ${taken.length - alive.length} of ${taken.length} mutants killed`);
  for (const { mutant, place } of alive) console.log(`alive: ${place} ${describe(mutant)}`);
  if (alive.length > taken.length * ALIVE_SHARE_MAX) process.exitCode = 1;
}

/** Runs the tests of each mutant, says what became of it, and returns those that are alive. */
async function meet(
  candidates: readonly SampledMutant[],
  bench: Workbench,
  state: SampleState,
  apart = false,
): Promise<SampledMutant[]> {
  const alive: SampledMutant[] = [];
  for (const candidate of candidates) {
    const { mutant, place } = candidate;
    const start = performance.now();
    const killer = state.killer(place) ?? (await killerOf(candidate, bench, state, apart));
    if (killer === null) alive.push(candidate);
    else state.addKiller(place, killer);
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    const why = killer ?? `${reaching(candidate, state).length} tests reach it`;
    console.log(`${killer === null ? 'ALIVE ' : 'killed'} ${place} ${describe(mutant)} (${seconds} s, ${why})`);
  }
  return alive;
}

await main();
