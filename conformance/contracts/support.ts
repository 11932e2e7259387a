/** What the contract suites of the ports share: named cases, run for real or to see which of them a double fails. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../core/errors.ts';

/** What a case works on: a fresh store, and what else the suite needs. */
export interface Subject {
  close(): Promise<void> | void;
}

export interface ContractCase<S extends Subject> {
  name: string;
  run(subject: S): Promise<void>;
}

export type Maker<S extends Subject> = () => Promise<S> | S;

/**
 * Registers the cases as tests. A case that an implementation cannot pass is listed with the reason, which appears in
 * the test's name.
 */
export function registerContract<S extends Subject>(
  name: string,
  cases: ReadonlyArray<ContractCase<S>>,
  make: Maker<S>,
  deviations: Readonly<Record<string, string>> = {},
): void {
  const test = suite(name);
  for (const unknown of Object.keys(deviations).filter((key) => !cases.some((one) => one.name === key))) {
    throw new Error(`${name} deviates from a case that does not exist: ${unknown}`);
  }
  for (const one of cases) {
    const reason = deviations[one.name];
    if (reason === undefined) test(one.name, () => runCase(one, make));
    else test(`${one.name} (deviates: ${reason})`, () => assert.ok(reason));
  }
  test.run();
}

/** How long a case may take: minutes, as the machine may be busy. A case that waits forever has failed. */
const CASE_MS_MAX = 240_000;

/** Names of the cases that fail. */
export async function failingCases<S extends Subject>(
  cases: ReadonlyArray<ContractCase<S>>,
  make: Maker<S>,
): Promise<string[]> {
  const failed: string[] = [];
  for (const one of cases) {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('takes too long')), CASE_MS_MAX);
    });
    await Promise.race([runCase(one, make), late]).catch(() => failed.push(one.name));
    clearTimeout(timer);
  }
  return failed;
}

async function runCase<S extends Subject>(one: ContractCase<S>, make: Maker<S>): Promise<void> {
  const subject = await make();
  try {
    await one.run(subject);
  } finally {
    await subject.close();
  }
}

/** Asserts that a call is refused with a code of `RelayError`. */
export async function refused(code: string, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    assert.instance(error, RelayError, String(error));
    assert.is((error as RelayError).code, code);
    return;
  }
  assert.unreachable(`${code} was expected`);
}

/** All pages of a list. */
export async function allPages<T>(
  page: (cursor: string | null) => Promise<{ items: T[]; next: string | null }>,
): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  do {
    const { items, next } = await page(cursor);
    assert.ok(next === null || next !== cursor, 'a page leads to itself');
    all.push(...items);
    cursor = next;
  } while (cursor !== null);
  return all;
}
