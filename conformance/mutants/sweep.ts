/**
 * `npm run mutants:of -- FILE [--tests N] [--seconds N]`: all mutants of one source file, for whoever writes its tests.
 * `FILE` may be a part of paths: then `--sample N` takes some of its mutants. `--with PART` takes tests with that in their path.
 * `--long PART` adds tests of `npm run test:long` with that in their path, such as all lines of `conformance/readings/`.
 * One process loads the nearest tests, and switches one mutant on after another while it runs those that reach it: a
 * mutant takes milliseconds, where `npm run mutants` starts a process for each. In return it says nothing of mutants
 * that are reached while a module loads, or in a thread or process that a test starts.
 */
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { importGraph } from '../architecture/sources.ts';
import { describe, type Mutant, sampleMutants, withSwitches } from './sample.ts';
import { longTestsOf, testsOf } from './tests-of.ts';
import { Workbench } from './workbench.ts';

const HEAD = `function stryMutAct_9fa48(id) { return globalThis.relaySweep?.active === id; }
function stryCov_9fa48(...ids) { globalThis.relaySweep?.reach(ids); }`;
const SWEEP_PROCESS = fileURLToPath(new URL('./sweep-process.ts', import.meta.url));
/** Loading the tests and running each of them once. */
const LEARN_MS_MAX = 300_000;

export interface CaseFacts {
  passed: boolean;
  ms: number;
  /** Milliseconds of CPU: on a busy machine it takes longer. */
  cpuMs: number;
  /** The mutants that it reaches. */
  reached: string[];
}

export interface SweepOrder {
  tests: string[];
  ids: string[];
  /** What an earlier process learnt, by the name of the case. */
  known: Record<string, CaseFacts>;
  /** Milliseconds of CPU that the tests take that one mutant meets. */
  budgetMs: number;
}

/** What the process says, a line of JSON each. */
export type SweepLine =
  | { kind: 'learnt'; name: string; facts: CaseFacts }
  | { kind: 'begins'; id: string; ms: number }
  | { kind: 'ends'; id: string; state: MutantState; tests: number; killer?: string }
  | { kind: 'unloaded'; test: string; reason: string };

type MutantState = 'killed' | 'alive' | 'static' | 'unreached';

interface MutantOutcome {
  state: MutantState;
  tests: number;
  killer: string;
}

/** Runs one process until it has met all of the mutants, or one spoils it; adds and shows what became of them. */
async function sweep(
  bench: Workbench,
  order: SweepOrder,
  outcomes: Map<string, MutantOutcome>,
  mutants: ReadonlyMap<string, Mutant>,
): Promise<void> {
  const { child, killAll } = bench.start(SWEEP_PROCESS, []);
  child.stdin.end(JSON.stringify(order));
  const before = outcomes.size;
  let now = '';
  let timer = setTimeout(killAll, LEARN_MS_MAX);
  for await (const text of readline.createInterface({ input: child.stdout })) {
    if (!text.startsWith('{"kind":')) continue;
    const line = JSON.parse(text) as SweepLine;
    if (line.kind === 'learnt') {
      order.known[line.name] = line.facts;
      if (!line.facts.passed) console.log(`fails without a mutant: ${line.name}`);
      continue;
    }
    if (line.kind === 'unloaded') {
      console.log(`cannot be loaded: ${line.test}: ${line.reason}`);
      continue;
    }
    clearTimeout(timer);
    if (line.kind === 'begins') {
      now = line.id;
      timer = setTimeout(killAll, 5_000 + 10 * line.ms);
    } else if (line.kind === 'ends') {
      outcomes.set(line.id, { state: line.state, tests: line.tests, killer: line.killer ?? '' });
      show(mutants.get(line.id), line);
      now = '';
    }
  }
  clearTimeout(timer);
  killAll();
  if (now === '' && outcomes.size === before) throw new Error('The process of the sweep met no mutant.');
  // it looped for ever, or ended the process
  if (now !== '') outcomes.set(now, { state: 'killed', tests: 0, killer: 'the process' });
}

/** At once, since a sweep may be ended before it comes to its own end. */
function show(mutant: Mutant | undefined, { state, tests }: Pick<MutantOutcome, 'state' | 'tests'>): void {
  if (mutant === undefined) return;
  if (state === 'alive') console.log(`alive: ${describe(mutant)} (${tests} tests reach it)`);
  if (state === 'unreached') console.log(`no test reaches: ${describe(mutant)}`);
}

function printCounts(outcomes: Map<string, MutantOutcome>): void {
  const counts: Record<MutantState, number> = { killed: 0, alive: 0, static: 0, unreached: 0 };
  for (const { state } of outcomes.values()) counts[state]++;
  const { killed, alive, unreached } = counts;
  console.log(
    `${killed} killed, ${alive} alive, ${unreached} unreached, ${counts.static} met while loading and not tried`,
  );
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      tests: { type: 'string', default: '12' },
      seconds: { type: 'string', default: '5' },
      sample: { type: 'string' },
      seed: { type: 'string', default: '0' },
      with: { type: 'string', default: '' },
      long: { type: 'string' },
    },
    allowPositionals: true,
  });
  const [file = ''] = positionals;
  const { mutants } = await sampleMutants(Number(values.sample ?? Number.MAX_SAFE_INTEGER), Number(values.seed), file);
  if (mutants.length === 0) throw new Error(`no mutants in '${file}'`);
  mutants.sort((a, b) => a.start.line - b.start.line || a.start.column - b.start.column);
  const [bench, graph] = [new Workbench(), importGraph()];
  const { sources, ids } = await withSwitches(mutants, HEAD);
  for (const [name, text] of sources) bench.write(name, text);
  const ranked = [...sources.keys()].flatMap((name) => testsOf(name, graph));
  ranked.sort((a, b) => a.rank - b.rank || a.steps - b.steps);
  const near = [
    ...new Set(
      ranked.filter(({ test }) => !test.startsWith('AWS ') && test.includes(values.with)).map(({ test }) => test),
    ),
  ];
  const { long: part } = values;
  const more = part === undefined ? [] : [...sources.keys()].flatMap((name) => longTestsOf(name, graph));
  const long = new Set(more.flatMap(({ test }) => (test.includes(part ?? '') ? [test] : [])));
  const tests = [...near.slice(0, Number(values.tests)), ...long];
  console.log(`${mutants.length} mutants meet ${tests.length} of ${near.length} tests: ${tests.join(' ')}`);
  const outcomes = new Map<string, MutantOutcome>();
  const byId = new Map(mutants.map((mutant, i) => [ids[i] ?? '', mutant]));
  const order: SweepOrder = { tests, ids, known: {}, budgetMs: Number(values.seconds) * 1000 };
  while (order.ids.length > 0) {
    await sweep(bench, order, outcomes, byId);
    order.ids = ids.filter((id) => !outcomes.has(id));
    if (order.ids.length > 0) console.log(`${outcomes.size} of ${ids.length} met`);
  }
  printCounts(outcomes);
}

await main();
