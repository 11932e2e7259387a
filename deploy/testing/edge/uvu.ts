/** Replaces `uvu` inside workerd: collects the tests of the bundled files, which a request then runs. */

interface Case {
  file: string;
  name: string;
  run: () => void | Promise<void>;
}

export interface Result {
  file: string;
  name: string;
  /** What the test threw; null if it passed. */
  error: string | null;
}

const cases: Case[] = [];
let file = '';

/** Assigns the tests registered from now on to this file. */
export function beginFile(name: string): void {
  file = name;
}

export function test(name: string, run: Case['run']): void {
  cases.push({ file, name, run });
}

/** Does nothing: every file calls it last, but a request runs the tests. */
test.run = (): void => {};

export async function runCases(): Promise<Result[]> {
  const results: Result[] = [];
  for (const { run, ...one } of cases) results.push({ ...one, error: await attempt(run) });
  return results;
}

async function attempt(run: Case['run']): Promise<string | null> {
  try {
    await run();
    return null;
  } catch (error) {
    return error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
  }
}
