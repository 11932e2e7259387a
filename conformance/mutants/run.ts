/**
 * `npm run mutants -- [--sample N] [--seed N] [--list] [PART]`: changes one place of a source file at a time, in a copy of the
 * repository, and runs the tests that can notice it. A mutant that no test notices is alive. Exits with 1 if more than 5 % are.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { importGraph, REPOSITORY } from '../architecture/sources.ts';
import { describe, type Mutant, sampleMutants } from './sample.ts';
import { testsOf } from './tests-of.ts';

/** A mutant may loop for ever. */
const GROUP_MS_MAX = 300_000;
const ALIVE_SHARE_MAX = 0.05;
const NOT_COPIED = new Set(['node_modules', '.git', 'dist', 'coverage', '.relay']);

function copyRepository(): string {
  const copy = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'relay-mutants-')));
  for (const name of fs.readdirSync(REPOSITORY)) {
    if (!NOT_COPIED.has(name)) fs.cpSync(path.join(REPOSITORY, name), path.join(copy, name), { recursive: true });
  }
  fs.symlinkSync(path.join(REPOSITORY, 'node_modules'), path.join(copy, 'node_modules'));
  process.once('exit', () => fs.rmSync(copy, { recursive: true, force: true }));
  return copy;
}

/** False if a test fails, or does not end. */
function passes(copy: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', ...args], { cwd: copy, stdio: 'ignore', detached: true });
    // its tests have processes of their own
    const timer = setTimeout(() => process.kill(-(child.pid as number), 'SIGKILL'), GROUP_MS_MAX);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve(code === 0);
    });
  });
}

const AWS = 'conformance/aws/run.ts';

/** The first tests that fail; null if none does. */
async function killerOf({ file, text }: Mutant, copy: string, groups: readonly string[][]): Promise<string | null> {
  const target = path.join(copy, file);
  const original = fs.readFileSync(target);
  const commands = groups.map(commandOf);
  // the stores on AWS have their tests on servers
  if (file.startsWith('stores/aws/')) commands.push([AWS]);
  for (const command of commands) {
    const good = await withMutant(command);
    if (good !== null) return good.slice(-8).join(' ');
  }
  return null;

  /** The tests that notice it, without those that fail anyway; null if none does. */
  async function withMutant(command: readonly string[]): Promise<readonly string[] | null> {
    fs.writeFileSync(target, text);
    const isAlive = await passes(copy, command);
    fs.writeFileSync(target, original);
    if (isAlive) return null;
    if (await passesUnchanged(copy, command)) return command;
    // one test that fails anyway must not hide what the others notice
    const tests = command.slice(RUN_TESTS.length);
    const good: string[] = [];
    for (const test of tests) if (tests.length > 1 && (await passesUnchanged(copy, commandOf([test])))) good.push(test);
    // each passes alone, and all together take too long
    const groups = good.length === tests.length ? good.map((test) => [test]) : [good];
    for (const group of groups) {
      const found = group.length === 0 ? null : await withMutant(commandOf(group));
      if (found !== null) return found;
    }
    return null;
  }
}

const RUN_TESTS = ['conformance/support/run-tests.ts', '--workers', '1'];

function commandOf(tests: readonly string[]): string[] {
  return [...RUN_TESTS, ...tests];
}

const passed = new Map<string, boolean>();

/** Tests that fail without a mutant, or do not end in time, kill none. */
async function passesUnchanged(copy: string, command: readonly string[]): Promise<boolean> {
  const key = command.join(' ');
  const isGood = passed.get(key) ?? (await passes(copy, command));
  if (!isGood && !passed.has(key)) console.log(`fails without a mutant, or takes too long: ${key}`);
  passed.set(key, isGood);
  return isGood;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      sample: { type: 'string', default: '60' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      list: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const mutants = await sampleMutants(Number(values.sample), Number(values.seed), positionals[0] ?? '');
  if (values.list) return console.log(mutants.map(describe).join('\n'));
  os.setPriority(10);
  const [copy, graph] = [copyRepository(), importGraph()];
  const alive: string[] = [];
  for (const mutant of mutants) {
    const start = performance.now();
    const killer = await killerOf(mutant, copy, testsOf(mutant.file, graph));
    if (killer === null) alive.push(describe(mutant));
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    console.log(
      `${killer === null ? 'ALIVE ' : 'killed'} ${describe(mutant)} (${seconds} s${killer === null ? '' : `, ${killer}`})`,
    );
  }
  console.log(`seed ${values.seed}: ${mutants.length - alive.length} of ${mutants.length} mutants killed`);
  for (const line of alive) console.log(`alive: ${line}`);
  if (alive.length > mutants.length * ALIVE_SHARE_MAX) process.exitCode = 1;
}

await main();
