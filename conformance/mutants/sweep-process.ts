/**
 * The process of a sweep: loads the tests, learns which mutants each of them reaches, and runs for each mutant those
 * that reach it, quick ones first, until one fails. It ends early when a mutant has spoilt what later ones need.
 */
import module from 'node:module';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import type { CollectedSuite, CollectedTest } from './collected-uvu.ts';
import type { CaseFacts, SweepLine, SweepOrder } from './sweep.ts';

interface Case {
  name: string;
  suite: CollectedSuite;
  test: CollectedTest;
  ms: number;
  cpuMs: number;
  reached: Set<string>;
}

const standIn = new URL('./collected-uvu.ts', import.meta.url).href;
const asUvu = `import { collectedSuite } from ${JSON.stringify(standIn)};
export const suite = collectedSuite;
export const test = collectedSuite();`;
const toUrl = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
const hooks = `export function resolve(name, context, next) {
  return name === 'uvu' ? { url: ${JSON.stringify(toUrl(asUvu))}, shortCircuit: true } : next(name, context);
}`;
module.register(toUrl(hooks));

const print = process.stdout.write.bind(process.stdout);
const say = (line: SweepLine) => print(`${JSON.stringify(line)}\n`);
process.stdout.write = () => true;
const state = {
  active: '',
  reached: new Set<string>(),
  reach(ids: string[]) {
    if (this.active === '') for (const id of ids) this.reached.add(id);
  },
};
Object.assign(globalThis, { relaySweep: state });
let trouble: unknown = null;
for (const kind of ['uncaughtException', 'unhandledRejection']) {
  process.on(kind, (error: unknown) => {
    trouble = error ?? new Error(kind);
  });
}

/** Whether it passes. */
async function passes({ suite, test }: Case): Promise<boolean> {
  trouble = null;
  const context = { __test__: test.name, __suite__: '' };
  try {
    for (const hook of [...suite.before, ...suite.beforeEach]) await hook(context);
    await test.handler(context);
  } catch (error) {
    trouble ??= error ?? new Error('nothing was thrown');
  }
  try {
    for (const hook of [...suite.afterEach, ...suite.after]) await hook(context);
  } catch (error) {
    trouble ??= error;
  }
  return trouble === null;
}

async function load(tests: readonly string[]): Promise<Case[]> {
  const { collected } = (await import(standIn)) as typeof import('./collected-uvu.ts');
  const cases: Case[] = [];
  for (const file of tests) {
    try {
      await import(pathToFileURL(path.resolve(file)).href);
    } catch (error) {
      say({ kind: 'unloaded', test: file, reason: String(error) });
      collected.length = 0;
      continue;
    }
    for (const suite of collected.splice(0)) {
      for (const test of suite.tests) {
        cases.push({ name: `${file}: ${test.name}`, suite, test, ms: 0, cpuMs: 0, reached: new Set() });
      }
    }
  }
  return cases;
}

/** Those that pass without a mutant, quick ones first. */
async function learn(cases: readonly Case[], known: SweepOrder['known']): Promise<Case[]> {
  const good: Case[] = [];
  for (const one of cases) {
    const facts = known[one.name] ?? (await factsOf(one));
    one.ms = facts.ms;
    one.cpuMs = facts.cpuMs;
    for (const id of facts.reached) one.reached.add(id);
    if (facts.passed) good.push(one);
  }
  return good.sort((a, b) => a.cpuMs - b.cpuMs);
}

async function factsOf(one: Case): Promise<CaseFacts> {
  state.reached = new Set();
  const start = performance.now();
  const used = process.cpuUsage();
  const passed = await passes(one);
  const { user, system } = process.cpuUsage(used);
  const facts = { passed, ms: performance.now() - start, cpuMs: (user + system) / 1000, reached: [...state.reached] };
  say({ kind: 'learnt', name: one.name, facts });
  return facts;
}

const order = JSON.parse(await text(process.stdin)) as SweepOrder;
const cases = await load(order.tests);
const loaded = state.reached;
const good = await learn(cases, order.known);
state.reached = new Set();
for (const id of order.ids) {
  const reaching = good.filter(({ reached }) => reached.has(id));
  const within: Case[] = [];
  let [ms, cpuMs] = [0, 0];
  for (const one of reaching) {
    if (cpuMs > order.budgetMs) break;
    within.push(one);
    ms += one.ms;
    cpuMs += one.cpuMs;
  }
  if (within.length === 0) {
    say({ kind: 'ends', id, state: loaded.has(id) ? 'static' : 'unreached', tests: 0 });
    continue;
  }
  say({ kind: 'begins', id, ms });
  state.active = id;
  let killer: Case | undefined;
  for (const one of within) {
    if (await passes(one)) continue;
    killer = one;
    break;
  }
  state.active = '';
  if (killer === undefined) {
    say({ kind: 'ends', id, state: 'alive', tests: within.length });
    continue;
  }
  say({ kind: 'ends', id, state: 'killed', tests: within.length, killer: killer.name });
  // a mutant may spoil what later ones need
  if (!(await passes(killer))) break;
}
process.exit();
