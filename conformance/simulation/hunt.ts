/** Runs histories by seed until one breaks a promise. Loaded from compiled sources: see `compiled-hunt.ts`. */
import { Choices, shrink } from './choices.ts';
import { runHistory } from './history.ts';
import { codeOf, MUTANTS, type SimMutant } from './mutants.ts';
import type { HistoryOptions, HistoryResult } from './options.ts';

export { Choices, MUTANTS, runHistory, shrink };

export interface Found {
  seed: number;
  result: HistoryResult;
}

/** The first seed from `from` on whose history breaks a promise that matches. */
export async function hunt(
  from: number,
  count: number,
  options: HistoryOptions,
  breaks = /./,
): Promise<{ found: Found | null; histories: number }> {
  const { stackTraceLimit } = Error;
  // thousands of histories throw, and nobody reads the stacks; other tests of the process need them
  Error.stackTraceLimit = 0;
  try {
    for (let seed = from; seed < from + count; seed++) {
      const result = await runHistory(new Choices(seed), options);
      if (result.broken.some((text) => breaks.test(text)))
        return { found: { seed, result }, histories: seed - from + 1 };
    }
    return { found: null, histories: count };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** `folder` has the mutant's patched worker, if it has a patch. */
export async function huntMutant(mutant: SimMutant, folder: string | null, from: number, count: number) {
  const code = await codeOf(mutant, folder);
  const { troubles, ambushes, share, publishing, simulating, breaks } = mutant;
  const place = { ...(ambushes && { ambushes }), ...(share && { share }), ...(publishing && { publishing }) };
  const more = { ...place, ...(simulating && { simulating }) };
  return hunt(from, count, { code, troubles, ...more }, breaks);
}

/** The history with the least trouble that still breaks a promise. */
export async function shrunk(found: Found, options: HistoryOptions, triesMax: number): Promise<HistoryResult> {
  const fails = async (choices: readonly number[]) =>
    (await runHistory(new Choices(choices), options)).broken.length > 0;
  return runHistory(new Choices(await shrink(found.result.choices, fails, triesMax)), options);
}
