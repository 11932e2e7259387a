/**
 * `npm test [-- PART…]`: runs the test files whose path contains one of the parts, several files side by side.
 *
 *   --only NAME     of those files, only the tests of this name
 *   --times         each test prints the CPU seconds that it took
 *   --workers N     processes to run files in; the default is one more than there are cores, as some files wait, and five at most
 *   --ending TEXT   what the names of test files end with; the default is `.test.ts`, and `SCRIPTS` has the others
 *
 * Each file's output is printed whole when the file has ended. A file passes only if uvu's printed totals say so too: uvu exits
 * with 0 if it cannot print what was thrown, such as an error in a hook whose `details` is not a text.
 */
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { compiledLoader, withSharedFolder } from '../../cli/testing/compiled.ts';
import { withMemoryFolder } from '../../cli/testing/memory-folder.ts';
import { findTestFiles, longestFirst, noMatch, selectFiles } from './test-files.ts';
import { type FileResult, TestWorker } from './test-worker.ts';

const WORKERS_MAX = 5;
/** With so many files it is cheaper to compile all sources first. */
const COMPILED_FROM = 20;
/** The npm script that runs the test files of an ending. */
const SCRIPTS: Record<string, string> = {
  '.test.ts': 'test',
  '.package-test.ts': 'run test:package',
  '.long-test.ts': 'run test:long',
};

export interface Counts {
  total: number;
  passed: number;
  skipped: number;
  /** The suites in which not all tests passed. */
  short: string[];
}

/** The counts that uvu closes a file with. */
export function countsOf(output: string): Counts {
  const text = stripVTControlCharacters(output);
  const last = (name: string) => Number([...text.matchAll(new RegExp(`^ *${name}: +(\\d+)`, 'gm'))].at(-1)?.[1] ?? 0);
  const short = text.split('\n').filter((line) => {
    const found = /\((\d+) \/ (\d+)\)\s*$/.exec(line);
    return found !== null && Number(found[1]) < Number(found[2]);
  });
  const [total, passed, skipped] = [last('Total'), last('Passed'), last('Skipped')];
  return { total, passed, skipped, short: short.map((line) => line.trim()) };
}

/** The names of the tests that uvu says failed. */
export function failedTests(output: string): string[] {
  return [...stripVTControlCharacters(output).matchAll(/^ {2,3}FAIL .*?"(.*)"$/gm)].map(([, name = '']) => name);
}

/** The command that runs one test, or one file, alone. */
function commandFor(file: string, ending: string, name?: string): string {
  const quoted = name === undefined ? '' : ` --only='${name.replaceAll("'", "'\\''")}'`;
  return `npm ${SCRIPTS[ending] ?? `test -- --ending ${ending}`} -- ${file}${quoted}`;
}

interface FileTally extends Counts {
  problems: string[];
}

/** Adds a file's result to the tally, and each failure with the command that runs it alone. */
function count(tally: FileTally, result: FileResult, ending: string): void {
  const { total, passed, skipped, short } = countsOf(result.output);
  tally.total += total;
  tally.passed += passed;
  tally.skipped += skipped;
  tally.short.push(...short);
  const ran = total + skipped > 0;
  if (result.code === 0 && passed === total && ran) return;
  const failed = failedTests(result.output);
  if (failed.length < Math.max(1, total - passed)) {
    const why = result.code === null ? 'ended before its tests did' : ran ? 'did not pass' : 'ran no test';
    tally.problems.push(`${result.file} ${why}\n    ${commandFor(result.file, ending)}`);
  }
  for (const name of failed)
    tally.problems.push(`${result.file}: ${name}\n    ${commandFor(result.file, ending, name)}`);
}

/** How long a file took, and how much of it was work. */
function timesOf({ ms, cpu }: FileResult): string {
  return `${(ms / 1000).toFixed(1)} s${cpu === null ? '' : `, CPU ${cpu.toFixed(1)} s`}`;
}

async function main(args: readonly string[], temporary?: string): Promise<number> {
  const started = performance.now();
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      only: { type: 'string' },
      times: { type: 'boolean' },
      workers: { type: 'string' },
      ending: { type: 'string', default: '.test.ts' },
    },
  });
  const { only, times, ending } = values;
  const all = findTestFiles(process.cwd(), ending);
  const files = selectFiles(all, positionals);
  for (const part of positionals.filter((one) => selectFiles(all, [one]).length === 0)) {
    process.stderr.write(`${noMatch(part, all)}\n`);
    return 1;
  }

  const queue = longestFirst(files);
  const tally: FileTally = { total: 0, passed: 0, skipped: 0, short: [], problems: [] };
  const results: FileResult[] = [];
  const wanted =
    values.workers === undefined ? Math.min(os.availableParallelism() + 1, WORKERS_MAX) : Number(values.workers);
  const loader = files.length < COMPILED_FROM ? undefined : compiledLoader();
  const lane = async () => {
    const worker = new TestWorker(process.cwd(), { only, temporary, times, loader });
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const result = await worker.run(file);
      process.stdout.write(result.output.replace(/\n\s*Total:.*?Duration:.*?\n+/s, ` ${timesOf(result)}\n`));
      // with --only, a file may have no test of that name
      if (only === undefined || result.code !== 0 || countsOf(result.output).total > 0) count(tally, result, ending);
      results.push(result);
    }
    const left = await worker.end();
    if (left !== null) tally.problems.push(left);
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(wanted, files.length)) }, lane));

  const work = (result: FileResult) => result.cpu ?? result.ms / 1000;
  const slowest = [...results].sort((a, b) => work(b) - work(a)).slice(0, 5);
  if (results.length > 10) {
    process.stdout.write(`\nSlowest: ${slowest.map((one) => `${one.file} ${timesOf(one)}`).join('; ')}\n`);
  }
  const { total, passed, skipped, short, problems } = tally;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(
    `\n  Total:     ${total}\n  Passed:    ${passed}\n  Skipped:   ${skipped}\n  Duration:  ${seconds} s, ${files.length} files\n\n`,
  );
  if (total > 0 && passed === total && problems.length === 0) return 0;
  const lines = [...short, ...problems].map((line) => `  ${line}\n`).join('');
  process.stderr.write(
    total === 0 ? `no test ran\n${lines}` : `${total - passed} of ${total} tests did not pass\n${lines}`,
  );
  return 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = await withSharedFolder(() =>
    withMemoryFolder((temporary) => main(process.argv.slice(2), temporary)),
  );
