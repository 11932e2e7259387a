/** The results of a sample so far, in a file, from which the next run continues. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { isTest } from '../architecture/graph.ts';
import { REPOSITORY, SOURCES } from '../architecture/sources.ts';

/** How a test behaved without a mutant. */
export interface TestFacts {
  /** The hash of the file's text. */
  hash: string;
  passed: boolean;
  ms: number;
  /** Places in the sample. */
  reached: number[];
  isStatic: number[];
}

interface State {
  tests: Record<string, TestFacts>;
  /** By place in the sample: the test that noticed the mutant. */
  killers: Record<number, string>;
}

const FILE = path.join(REPOSITORY, '.relay/mutants.json');

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);
const TESTS = new Map(SOURCES.filter(({ file }) => isTest(file)).map(({ file, text }) => [file, hashOf(text)]));

/** The hash of a test's current text. */
export function testHash(test: string): string {
  return TESTS.get(test) ?? '';
}

export class SampleState {
  readonly #all: Record<string, State>;
  readonly #key: string;

  /** `name`: the arguments that chose the sample. Starts again if the product or a helper of tests has changed. */
  constructor(name: string) {
    const sources = SOURCES.filter(({ file, folder }) => !isTest(file) && folder !== 'conformance').map(
      ({ file, text }) => `${file} ${hashOf(text)}`,
    );
    this.#key = `${name} ${hashOf(sources.join('\n'))}`;
    this.#all = fs.existsSync(FILE) ? (JSON.parse(fs.readFileSync(FILE, 'utf8')) as Record<string, State>) : {};
    this.#all[this.#key] ??= { tests: {}, killers: {} };
  }

  get #state(): State {
    return this.#all[this.#key] as State;
  }

  /** Null for a test that has not run, or has changed since it ran. */
  facts(test: string): TestFacts | null {
    const found = this.#state.tests[test];
    return found?.hash === testHash(test) ? found : null;
  }

  addFacts(test: string, facts: TestFacts): void {
    this.#state.tests[test] = facts;
    this.#save();
  }

  killer(place: number): string | null {
    return this.#state.killers[place] ?? null;
  }

  addKiller(place: number, test: string): void {
    this.#state.killers[place] = test;
    this.#save();
  }

  #save(): void {
    fs.mkdirSync(path.dirname(FILE), { recursive: true });
    fs.writeFileSync(FILE, JSON.stringify(this.#all));
  }
}
