/** Stands for `uvu` in a sweep: it collects tests and runs none, so that each can be run again and again. */
type CollectedHandler = (state: object) => unknown;

export interface CollectedTest {
  name: string;
  handler: CollectedHandler;
}

export interface CollectedSuite {
  tests: CollectedTest[];
  before: CollectedHandler[];
  after: CollectedHandler[];
  beforeEach: CollectedHandler[];
  afterEach: CollectedHandler[];
}

/** The suites that have been declared since it was last emptied. */
export const collected: CollectedSuite[] = [];

export function collectedSuite() {
  const all: CollectedSuite = { tests: [], before: [], after: [], beforeEach: [], afterEach: [] };
  const add = (name: string, handler: CollectedHandler) => all.tests.push({ name, handler });
  const hook = (list: 'before' | 'after') =>
    Object.assign((handler: CollectedHandler) => all[list].push(handler), {
      each: (handler: CollectedHandler) => all[`${list}Each`].push(handler),
    });
  const run = () => {
    collected.push({ ...all });
    for (const list of Object.keys(all) as (keyof CollectedSuite)[]) all[list] = [];
  };
  return Object.assign(add, { only: add, skip: () => {}, before: hook('before'), after: hook('after'), run });
}
