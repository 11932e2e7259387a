/** The tests that can notice a change of a source file: those that import it, directly or through others, nearest first. */
import { type ImportGraph, isTest } from '../architecture/graph.ts';

/** Tests of the command line and the pages start whole services for what the others notice too. */
const FOLDERS = ['core', 'plugins', 'stores', 'api', 'worker', 'conformance'];
/** They take minutes, and look at time or memory. */
const SLOW = /^conformance\/(faults|growth|robustness|support|architecture|mutants)\//;

/** Groups of test files; a later group need not run if an earlier one fails. */
export function testsOf(source: string, graph: ImportGraph): string[][] {
  const distances = importers(source, graph);
  const [folder, top] = [source.replace(/[^/]*$/, ''), source.split('/')[0]];
  const isNear = (file: string) => FOLDERS.some((name) => file.startsWith(`${name}/`)) && !SLOW.test(file);
  const tests = [...distances.keys()].filter((file) => isTest(file) && file.endsWith('.test.ts') && isNear(file));
  const rank = (file: string) => {
    if (file === source.replace(/\.ts$/, '.test.ts')) return 0;
    if (file.replace(/[^/]*$/, '') === folder) return 1;
    if (file.startsWith(`${top}/`)) return 2;
    // such as conformance/publish/ for core/pipeline/publish/
    return folder.endsWith(`/${file.split('/')[1]}/`) ? 2 : 3;
  };
  const order = (file: string) => rank(file) * 1000 + (distances.get(file) ?? 0);
  tests.sort((a, b) => order(a) - order(b) || (a < b ? -1 : 1));
  const groups: string[][] = [];
  for (const test of tests) {
    const last = groups.at(-1);
    // the nearest test alone, then more and more at a time
    if (last === undefined || last.length >= Math.min(8, 2 ** (groups.length - 1))) groups.push([test]);
    else last.push(test);
  }
  return groups;
}

/** All files that import a file, with the number of steps. */
function importers(source: string, graph: ImportGraph): Map<string, number> {
  const importedBy = new Map<string, string[]>();
  for (const [file, targets] of graph) {
    for (const target of targets) importedBy.set(target, [...(importedBy.get(target) ?? []), file]);
  }
  const found = new Map([[source, 0]]);
  // a map's iteration sees what is added on the way
  for (const [file, steps] of found) {
    for (const next of importedBy.get(file) ?? []) if (!found.has(next)) found.set(next, steps + 1);
  }
  return found;
}
