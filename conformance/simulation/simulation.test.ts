/** Simulated histories of workers in trouble: all promises are kept, and removing any condition is noticed. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isAsWritten, loadHunt, patchedWorker } from './compiled-hunt.ts';

const { hunt, huntMutant, MUTANTS, runHistory, Choices, shrink } = await loadHunt();

test('a seed determines a history, and so does its list of choices', async () => {
  for (const seed of [3, 7]) {
    const first = await runHistory(new Choices(seed));
    assert.ok(first.trace.length > 3);
    assert.equal((await runHistory(new Choices(seed))).trace, first.trace);
    assert.equal((await runHistory(new Choices(first.choices))).trace, first.trace);
  }
});

// these are few: `npm run test:faults` tries thousands
test('property: no history breaks a promise', async () => {
  for (const publishing of [false, true]) {
    const { found } = await hunt(1, publishing ? 4 : 8, { publishing });
    assert.is(found, null, JSON.stringify(found));
  }
});

test('property: no history with simulations breaks a promise', async () => {
  // with seeds 13 and 520 the store is away for an hour during the simulation; with 797 the clock is set back
  for (const [from, count] of [
    [1, 3],
    [13, 1],
    [520, 1],
    [797, 1],
  ] as const) {
    const { found } = await hunt(from, count, { simulating: true });
    assert.is(found, null, JSON.stringify(found));
  }
});

test('a failing history is shrunk', async () => {
  const fails = async (choices: readonly number[]) => (choices[3] ?? 0) > 100 && (choices[7] ?? 0) > 100;
  const choices = Array.from({ length: 40 }, (_, i) => 1000 + i);
  assert.equal(await shrink(choices, fails, 200), [0, 0, 0, 1003, 0, 0, 0, 1007]);
});

/** How many seeds are tried to find a mutant, from the one that is known to. */
const SEEDS_MAX = 600;

for (const mutant of MUTANTS) {
  if (mutant.patch !== undefined && !isAsWritten(mutant.patch.file)) continue;
  test(`a history notices that ${mutant.name}`, async () => {
    const folder = mutant.patch === undefined ? null : patchedWorker(mutant.patch);
    const { found } = await huntMutant(mutant, folder, mutant.seed, SEEDS_MAX);
    assert.ok(found !== null, 'no history breaks a promise');
    // the code has changed: put this seed into `mutants.ts` to spare the search
    if (found.seed !== mutant.seed) console.log(`found by seed ${found.seed}, not ${mutant.seed}: ${mutant.name}`);
    assert.ok(
      found.result.broken.some((text) => mutant.breaks.test(text)),
      found.result.broken.join(),
    );
  });
}

test.run();
