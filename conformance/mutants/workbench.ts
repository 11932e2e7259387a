/**
 * A copy of the repository, in which mutants can be switched on, with its tests. The switches use two places beside the
 * copy: the file `active` holds the number of the mutant that is on; while none is on, each mutant that is reached
 * leaves its number in `reached/`.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { REPOSITORY } from '../architecture/sources.ts';

const RUN_IN_ORDER = fileURLToPath(new URL('./run-in-order.ts', import.meta.url));
const NOT_COPIED = new Set(['node_modules', '.git', 'dist', 'coverage', '.relay']);
/** A file with a mutant may take ten times as long as without, and at least this long: it may loop for ever. */
const FILE_MS_MIN = 20_000;
const FILE_MS_MAX = 600_000;

export interface TestResult {
  test: string;
  passed: boolean;
  ms: number;
}

/**
 * What the sources with switches call. A child process or a thread need not know anything: all it needs is in the file. What runs without
 * Node, as the bundle for an edge runtime does in its test, has no mutants.
 */
export const switchHead = (folder: string) => {
  const file = JSON.stringify(path.join(folder, 'switch.cjs'));
  return `var relaySwitch;
function relayState() {
  return (relaySwitch ??= globalThis.process?.getBuiltinModule('node:module').createRequire(${file})(${file}) ?? { reach() {} });
}
function stryMutAct_9fa48(id) { return relayState().active === id; }
function stryCov_9fa48(...ids) { if (relayState().active === '') relayState().reach(ids); }`;
};

/**
 * A mutant reached while a module is loaded is static: its test is unknown, because later tests find the module loaded.
 */
const SWITCH = `const fs = require('node:fs');
const folder = __dirname + '/reached/';
let [file, seen] = [null, new Set()];
exports.active = fs.readFileSync(__dirname + '/active', 'utf8');
exports.reach = (ids) => {
  // each test file has a queue of its own: see test-process.ts
  if (globalThis.UVU_QUEUE !== file) [file, seen] = [globalThis.UVU_QUEUE, new Set()];
  if (ids.every((id) => seen.has(id))) return;
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 500;
  const isStatic = /\\bModuleJob(Sync)?\\.run/.test(new Error().stack);
  Error.stackTraceLimit = limit;
  for (const id of ids) {
    seen.add(id);
    fs.writeFileSync(folder + id + (isStatic ? '.static' : ''), '');
  }
};
`;

export class Workbench {
  readonly #folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'relay-mutants-')));
  readonly #copy = path.join(this.#folder, 'copy');

  constructor() {
    process.once('exit', () => fs.rmSync(this.#folder, { recursive: true, force: true }));
    // without it a signal, as `timeout` sends, leaves the processes behind
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
    for (const name of ['copy', 'reached']) fs.mkdirSync(path.join(this.#folder, name));
    fs.writeFileSync(path.join(this.#folder, 'switch.cjs'), SWITCH);
    for (const name of fs.readdirSync(REPOSITORY)) {
      const target = path.join(this.#copy, name);
      if (!NOT_COPIED.has(name)) fs.cpSync(path.join(REPOSITORY, name), target, { recursive: true });
    }
    fs.symlinkSync(path.join(REPOSITORY, 'node_modules'), path.join(this.#copy, 'node_modules'));
    this.activate('');
  }

  get head(): string {
    return switchHead(this.#folder);
  }

  write(file: string, text: string): void {
    fs.writeFileSync(path.join(this.#copy, file), text);
  }

  /** Switches a mutant on in every process that starts from now on; '' switches all off. */
  activate(id: string): void {
    fs.writeFileSync(path.join(this.#folder, 'active'), id);
  }

  /** The numbers of the mutants that were reached since the last call; those of static ones end in `.static`. */
  takeReached(): string[] {
    const folder = path.join(this.#folder, 'reached');
    const found = fs.readdirSync(folder);
    for (const name of found) fs.rmSync(path.join(folder, name));
    return found;
  }

  /**
   * Runs tests one after another in one process, and ends with the first that fails or takes far longer than `usualMs`.
   * Yields each result as it comes; with `goesOn`, it continues after a failed test.
   */
  async *run(
    tests: readonly string[],
    { usualMs, goesOn = false }: { usualMs?: (test: string) => number; goesOn?: boolean },
  ): AsyncGenerator<TestResult> {
    let left = tests;
    while (left.length > 0) {
      let done = 0;
      for await (const result of this.#oneProcess(left, usualMs)) {
        done++;
        yield result;
        if (!result.passed && !goesOn) return;
      }
      left = left.slice(done);
    }
  }

  /** Runs all of the tests, or stops at one that makes the process unusable. */
  async *#oneProcess(tests: readonly string[], usualMs?: (test: string) => number): AsyncGenerator<TestResult> {
    const { child, killAll } = this.start(RUN_IN_ORDER, tests);
    let timer: NodeJS.Timeout | undefined;
    const watch = (test: string | undefined) => {
      clearTimeout(timer);
      const usual = test === undefined ? undefined : usualMs?.(test);
      timer = setTimeout(killAll, usual === undefined ? FILE_MS_MAX : FILE_MS_MIN + 10 * usual);
    };
    watch(tests[0]);
    let done = 0;
    try {
      for await (const line of readline.createInterface({ input: child.stdout })) {
        if (!line.startsWith('{')) continue;
        const result = JSON.parse(line) as TestResult;
        done++;
        yield result;
        watch(tests[done]);
        child.stdin.write('\n');
      }
      // it was killed, or the test made it crash
      if (done < tests.length) yield { test: tests[done] ?? '', passed: false, ms: 0 };
    } finally {
      clearTimeout(timer);
      killAll();
    }
  }

  /** Starts the copy of a program of this folder. `killAll` ends it, and what it has started. */
  start(program: string, args: readonly string[]) {
    const file = path.join(this.#copy, path.relative(REPOSITORY, program));
    // a process group, since tests start processes that a mutant may keep alive
    const child = spawn(process.execPath, ['--import', 'tsx', file, ...args], {
      cwd: this.#copy,
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
    });
    const killAll = () => {
      process.off('exit', killAll);
      try {
        process.kill(-(child.pid as number), 'SIGKILL');
      } catch {
        // all of them have ended
      }
    };
    process.once('exit', killAll);
    // it may be killed before it reads
    child.stdin.on('error', () => {});
    return { child, killAll };
  }
}
