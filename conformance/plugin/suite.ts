/** `pluginConformance`: the checks for one plugin and its fixtures as cases for a test runner. */
import type { AnyPlugin } from '../../core/registry.ts';
import { CHECKS, type Check, type CheckId, type CheckSubject } from './checks.ts';
import { type ConformanceBudgets, DEFAULT_BUDGETS, fixturesWithout, type PluginFixture } from './fixture.ts';
import { NEVER_SETTLES, type Observation, observe } from './observe.ts';

export interface ConformanceCase {
  check: CheckId;
  /** For a test runner, such as `acme: the same bytes give the same output`. */
  name: string;
  /**
   * Throws `ConformanceFailure`. Given the context of a test of `node:test` or Vitest, it skips a case that was not checked
   * because another one fails.
   */
  run(context?: unknown): Promise<void>;
}

export interface ConformanceOptions {
  /** A runner's own function, such as `test` of `node:test`, uvu or Vitest; each case is registered with it. */
  test?: (name: string, run: (context?: unknown) => Promise<void>) => unknown;
  budgets?: Partial<ConformanceBudgets>;
  /** Milliseconds, for the budget of time; CPU time of this process unless given. */
  clock?: () => number;
}

/** A check that the plugin fails. */
export class ConformanceFailure extends Error {
  /** The id of the check that failed; for a case that depends on another check, the id of that one. */
  readonly check: CheckId;
  readonly problems: readonly string[];

  constructor(check: CheckId, title: string, problems: readonly string[]) {
    super(`${title}:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConformanceFailure';
    // runners print the stack, but its lines in this suite say nothing about the plugin
    this.stack = `${this.name}: ${this.message}`;
    this.check = check;
    this.problems = problems;
  }
}

/** The cases; with `test` they are registered as well. */
export function pluginConformance(
  plugin: AnyPlugin,
  fixtures: readonly PluginFixture[],
  { test, budgets = {}, clock = cpuMilliseconds }: ConformanceOptions = {},
): ConformanceCase[] {
  const limits = { ...DEFAULT_BUDGETS, ...budgets };
  const observed = observer(plugin, limits.seconds * 1000);
  const reference = memoized((fixture) => observed(fixture));
  const runner = new CheckRunner({ plugin, fixtures, budgets: limits, clock, observe: observed, reference });
  const { kind, id } = plugin?.manifest ?? {};
  const applying = CHECKS.filter((check) => check.kinds === undefined || check.kinds.includes(kind));
  const cases = applying.map((check): ConformanceCase => {
    return { check: check.id, name: `${id}: ${check.title}`, run: (context) => runner.report(check.id, context) };
  });
  for (const one of cases) test?.(one.name, one.run);
  return cases;
}

/** Unlike wall time, it does not pass while other processes keep the machine busy. */
function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const NOT_CHECKED = 'not checked, because another check failed';

/** Runs each check once, after the checks that it depends on. */
class CheckRunner {
  readonly #subject: CheckSubject;
  readonly #results = new Map<CheckId, Promise<void>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(subject: CheckSubject) {
    this.#subject = subject;
  }

  async report(id: CheckId, context: unknown): Promise<void> {
    try {
      await this.require(id);
    } catch (error) {
      const { skip } = (context ?? {}) as { skip?: unknown };
      const { check, problems } = error as ConformanceFailure;
      // the check that failed first has a case of its own, which tells the whole
      if (check === id || typeof skip !== 'function') throw error;
      skip.call(context, problems[0]);
    }
  }

  require(id: CheckId): Promise<void> {
    const known = this.#results.get(id);
    if (known !== undefined) return known;
    const result = this.#runCheck(CHECKS.find((check) => check.id === id)!);
    this.#results.set(id, result);
    // the caller of `require` handles the failure
    result.catch(() => {});
    return result;
  }

  /**
   * The fixtures that a prerequisite found nothing wrong with, so that one bad fixture is reported once. If it fails as a
   * whole, the check reports only that.
   */
  async #goodFixtures(
    check: Check,
    id: CheckId,
    fixtures: readonly PluginFixture[],
  ): Promise<readonly PluginFixture[]> {
    try {
      await this.require(id);
      return fixtures;
    } catch (error) {
      const { check: failed, problems } = error as ConformanceFailure;
      const good = failed === id ? fixturesWithout(problems, this.#subject.fixtures) : null;
      const rest = fixtures.filter((fixture) => good?.includes(fixture));
      if (rest.length > 0) return rest;
      const [first = ''] = problems;
      const { title } = CHECKS.find((one) => one.id === failed)!;
      // each case gives the reason: a runner may show the check that failed first far above
      const why = first.startsWith(NOT_CHECKED) ? first : `${NOT_CHECKED}: ${title}: ${first}`;
      throw new ConformanceFailure(failed, check.title, [why]);
    }
  }

  async #runCheck(check: Check): Promise<void> {
    let { fixtures } = this.#subject;
    for (const id of check.after) fixtures = await this.#goodFixtures(check, id, fixtures);
    // one at a time, as globals are watched and time is measured
    const turn = this.#last.then(() => check.problems({ ...this.#subject, fixtures }));
    this.#last = turn.catch(() => {});
    let problems: string[];
    try {
      problems = await turn;
    } catch (error) {
      problems = [(error as Error).message];
    }
    if (problems.length > 0) throw new ConformanceFailure(check.id, check.title, problems);
  }
}

/** Once a promise has not settled, later runs do not wait for it again. */
function observer(plugin: AnyPlugin, waitMs: number): CheckSubject['observe'] {
  let limit = waitMs;
  return async (fixture, variant) => {
    const seen = await observe(plugin, fixture, { ...variant, waitMs: limit });
    if (seen.watch.offences.some(({ text }) => text === NEVER_SETTLES)) limit = Math.min(waitMs, 100);
    return seen;
  };
}

function memoized(
  run: (fixture: PluginFixture) => Promise<Observation>,
): (fixture: PluginFixture) => Promise<Observation> {
  const known = new Map<PluginFixture, Promise<Observation>>();
  return (fixture) => {
    const seen = known.get(fixture) ?? run(fixture);
    known.set(fixture, seen);
    return seen;
  };
}
