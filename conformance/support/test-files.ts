/** Finds the test files, selects those that a run asks for, and orders them. */
import fs from 'node:fs';
import path from 'node:path';
import { nearest } from '../../core/text/suggest.ts';

const IGNORED = new Set(['node_modules', 'dist', 'coverage']);

/**
 * The files that take longest, longest first, so that none of them starts last. It needs no upkeep: unknown names do no
 * harm, and files not listed start after these, larger ones first.
 */
const LONG = [
  'conformance/readings/runs.long-test.ts',
  'conformance/readings/readings.long-test.ts',
  'conformance/differential.long-test.ts',
  'conformance/plugin/doubles.long-test.ts',
  'conformance/plugin/builtins.long-test.ts',
  'conformance/same-bytes/kernel.long-test.ts',
  'conformance/same-bytes/kernel-merge.long-test.ts',
  'conformance/growth/growth.long-test.ts',
  'conformance/golden/golden.long-test.ts',
  'conformance/properties.long-test.ts',
  'conformance/same-bytes/threads.long-test.ts',
  'conformance/faults/kill.test.ts',
  'cli/runner/pool.test.ts',
  'conformance/growth/growth.test.ts',
  'conformance/plugin/doubles.test.ts',
  'conformance/plugin/builtins.test.ts',
  'worker/stale.test.ts',
  'conformance/faults/faults.test.ts',
  'conformance/readers/readers.test.ts',
  'conformance/same-bytes/threads.test.ts',
  'worker/publish.test.ts',
  'conformance/golden/golden.test.ts',
  'worker/execute/decisions.test.ts',
  'cli/commands/run/unfinished.test.ts',
  'conformance/differential.test.ts',
  'conformance/properties.test.ts',
  'docs/examples.test.ts',
  'worker/retry.test.ts',
  'conformance/simulation/simulation.test.ts',
  'api/isolation.test.ts',
  'conformance/same-bytes/kernel.test.ts',
  'conformance/publish/histories.test.ts',
  'conformance/robustness/robustness.test.ts',
  'docs/operations.test.ts',
  'cli/commands/clean/clean.test.ts',
  'api/fuzz.test.ts',
  'conformance/support/run-tests.test.ts',
  'conformance/plugin/vendor-open.test.ts',
  'cli/commands/suggest/suggest.test.ts',
  'conformance/growth/fuzz.test.ts',
  'conformance/contracts/doubles.test.ts',
  'conformance/contracts/durability.test.ts',
  'docs/onboarding.test.ts',
  'docs/manual.test.ts',
  'conformance/oracle/generate/generate.test.ts',
  'conformance/contracts/contracts.test.ts',
];

export interface TestFile {
  /** From the folder of the run, with slashes. */
  name: string;
  bytes: number;
}

/** All test files below a folder, by name. */
export function findTestFiles(root: string, ending: string): TestFile[] {
  const found: TestFile[] = [];
  const visit = (folder: string) => {
    for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
      if (entry.name.startsWith('.') || IGNORED.has(entry.name)) continue;
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) visit(name);
      else if (name.endsWith(ending)) found.push({ name, bytes: fs.statSync(path.join(root, name)).size });
    }
  };
  visit('');
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The files whose path contains one of the parts; all of them when there is no part. */
export function selectFiles(files: readonly TestFile[], parts: readonly string[]): TestFile[] {
  const wanted = parts.map((part) => part.replaceAll('\\', '/').replace(/^\.\//, '').toLowerCase());
  return files.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.toLowerCase().includes(part)));
}

/** The message if no test file's path contains a part. */
export function noMatch(part: string, files: readonly TestFile[]): string {
  const names = new Set<string>();
  for (const { name } of files) {
    const steps = name.split('/');
    for (let i = 0; i < steps.length; i++) {
      names.add(steps.slice(0, i + 1).join('/'));
      names.add((steps[i] ?? '').replace(/\..*$/, ''));
    }
  }
  // a file that is not a test selects the tests of its folder
  const asked = part.replaceAll('\\', '/').replace(/^\.\//, '');
  const near: string[] = [];
  for (
    let folder = path.posix.dirname(asked);
    folder !== '.' && near.length === 0;
    folder = path.posix.dirname(folder)
  ) {
    if (names.has(folder)) near.push(folder);
  }
  const last = asked.split('/').at(-1)?.replace(/\..*$/, '') ?? asked;
  for (const name of [nearest(asked, names), nearest(last, names)]) if (name !== null) near.push(name);
  const hint = near.length === 0 ? '' : ` Near it: ${[...new Set(near)].join(', ')}.`;
  return `No test file has "${part}" in its path.${hint}`;
}

/** Names of files in the order in which to start them. */
export function longestFirst(files: readonly TestFile[]): string[] {
  const rank = ({ name }: TestFile) => (LONG.includes(name) ? LONG.indexOf(name) : LONG.length);
  return [...files].sort((a, b) => rank(a) - rank(b) || b.bytes - a.bytes).map(({ name }) => name);
}
