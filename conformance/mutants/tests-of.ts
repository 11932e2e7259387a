/** The tests that can notice a change of a source file: those that import it, directly or through others, nearest first. */
import { type ImportGraph, isTest } from '../architecture/graph.ts';

/**
 * Tests of the command line and the pages are left out: they start whole services, and notice little that other tests
 * miss. Those of the command line are asked about what no other test reaches.
 */
const FOLDERS = ['core', 'plugins', 'stores', 'api', 'worker', 'conformance'];
/** These tests take minutes, and measure time or memory. */
const SLOW =
  /^conformance\/(faults|growth|robustness|support|architecture|mutants)\/|^conformance\/plugin\/builtins\.long-/;
/** Tests of the AWS stores need servers: `AWS NAME` means a suite of `npm run test:aws`. */
const SERVER_SUITES = [
  ...['AWS RunStore', 'AWS TenantStore', 'AWS UsageStore', 'AWS RetentionStore', 'AWS JobQueue'],
  ...['AWS ArtifactStore', 'AWS publishing', 'AWS simulations'],
];
const COMMAND_TESTS_MAX = 8;
const KERNEL = 'core/kernel/assembly/';

export interface RankedTest {
  test: string;
  /** 0: a test of the file itself; then of its folder, of its top folder, and others. */
  rank: number;
  /** Imports between the two. */
  steps: number;
}

/** The nearest tests of the command line, for what no other test reaches. */
export function commandTestsOf(source: string, graph: ImportGraph): RankedTest[] {
  const tests = [...importers(source, graph)].filter(([file]) => file.startsWith('cli/') && file.endsWith('.test.ts'));
  const nearest = tests.sort(([a, steps], [b, more]) => steps - more || (a < b ? -1 : 1)).slice(0, COMMAND_TESTS_MAX);
  return nearest.map(([test, steps]) => ({ test, rank: 3, steps }));
}

/** The tests of `npm run test:long` that can notice it; each of them needs a process of its own. */
export function longTestsOf(source: string, graph: ImportGraph): RankedTest[] {
  const tests = [...importers(source, graph)].filter(([file]) => file.endsWith('.long-test.ts') && isAsked(file));
  return tests.map(([test, steps]) => ({ test, rank: 3, steps }));
}

function isAsked(file: string): boolean {
  return FOLDERS.some((name) => file.startsWith(`${name}/`)) && !SLOW.test(file);
}

export function testsOf(source: string, graph: ImportGraph): RankedTest[] {
  const distances = importers(source, graph);
  const [folder, top] = [source.replace(/[^/]*$/, ''), source.split('/')[0]];
  const rank = (file: string) => {
    if (file === source.replace(/\.ts$/, '.test.ts')) return 0;
    if (file.replace(/[^/]*$/, '') === folder) return 1;
    if (file.startsWith(`${top}/`)) return 2;
    // such as conformance/publish/ for core/pipeline/publish/
    return folder.endsWith(`/${file.split('/')[1]}/`) ? 2 : 3;
  };
  const tests = [...distances.keys()]
    .filter((file) => isTest(file) && file.endsWith('.test.ts') && isAsked(file))
    .map((test) => ({ test, rank: rank(test), steps: distances.get(test) ?? 0 }));
  const order = ({ rank, steps }: RankedTest) => rank * 1000 + steps;
  tests.sort((a, b) => order(a) - order(b) || (a.test < b.test ? -1 : 1));
  const suites = source.startsWith('stores/aws/') ? SERVER_SUITES.map((test) => ({ test, rank: 4, steps: 1 })) : [];
  return [...tests, ...suites];
}

/** Tests of the file and its folder come first; of the others, the quick and near ones. */
export function quickFirst(tests: readonly RankedTest[], ms: (test: string) => number): string[] {
  const near = tests.filter(({ rank }) => rank <= 1);
  const far = tests.filter(({ rank }) => rank > 1);
  const cost = ({ test, rank, steps }: RankedTest) => rank * steps ** 2 * (ms(test) + 1000);
  return [...near, ...far.sort((a, b) => cost(a) - cost(b))].map(({ test }) => test);
}

/**
 * Whether a source of the kernel is compiled and never loaded as TypeScript: a switch in it would change nothing that
 * runs. Tests compare the compiled bytes with the sources by a digest, and what they do with their twins.
 */
export function isCompiledOnly(file: string, graph: ImportGraph): boolean {
  const isImported = () => [...graph].some(([from, to]) => to.includes(file) && !from.startsWith(KERNEL));
  return file.startsWith(KERNEL) && !isImported();
}

/** All files that import a file, with the number of steps. */
function importers(source: string, graph: ImportGraph): Map<string, number> {
  const importedBy = new Map<string, string[]>();
  for (const [file, targets] of graph) {
    for (const target of targets) importedBy.set(target, [...(importedBy.get(target) ?? []), file]);
  }
  const found = new Map([[source, 0]]);
  // entries added to a map while iterating are visited too
  for (const [file, steps] of found) {
    for (const next of importedBy.get(file) ?? []) if (!found.has(next)) found.set(next, steps + 1);
  }
  return found;
}
