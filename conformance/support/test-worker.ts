/** A process that runs test files one after another, and collects their output. */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cpuSeconds } from './cpu.ts';

const CHILD = fileURLToPath(new URL('test-process.ts', import.meta.url));
/** How long a process may take to end after its last file. */
const END_MS = 180_000;

export interface FileResult {
  file: string;
  output: string;
  /** 0 when uvu saw every test pass; null when the process ended first. */
  code: number | null;
  ms: number;
  /** Seconds of CPU, including child processes; null if unknown. */
  cpu: number | null;
}

export interface TestOptions {
  only?: string | undefined;
  temporary?: string | undefined;
  times?: boolean | undefined;
  /** The address of a module that loads the sources; tsx if none is given. */
  loader?: string | undefined;
}

export class TestWorker {
  readonly #root: string;
  readonly #only: string | undefined;
  readonly #times: boolean;
  readonly #loader: string;
  readonly #temporary: string | undefined;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  /** A file for standard output and error. Unlike a pipe it is written synchronously, so nothing is cut off or out of order. */
  #log = -1;
  #logged = 0;
  #last = '';

  /** Tests put their temporary files into `temporary`, or into the machine's usual place. With `times`, they say what they cost. */
  constructor(root: string, { only, temporary, times = false, loader = import.meta.resolve('tsx') }: TestOptions = {}) {
    this.#root = root;
    this.#only = only;
    this.#times = times;
    this.#loader = loader;
    this.#temporary = temporary;
  }

  /** Runs one file, in a new process if the last file ended the old one. */
  async run(file: string): Promise<FileResult> {
    const child = this.#child ?? this.#start();
    this.#last = file;
    const pid = child.pid ?? 0;
    const started = performance.now();
    const cpuBefore = cpuSeconds(pid);
    const code = await new Promise<number | null>((resolve) => {
      const ended = () => resolve(null);
      child.once('exit', ended);
      child.once('message', (message) => {
        child.off('exit', ended);
        resolve(Number(message));
      });
      child.send(file, (error) => {
        if (error !== null) ended();
      });
    });
    const ms = performance.now() - started;
    const cpuAfter = code === null ? null : cpuSeconds(pid);
    const cpu = cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore;
    const output = this.#readLog();
    if (code === null) {
      await this.#ended;
      this.#child = undefined;
    }
    return { file, output, code, ms, cpu };
  }

  /** Lets the process end by itself. Returns a problem if something keeps it alive. */
  async end(): Promise<string | null> {
    const child = this.#child;
    if (child === undefined) return null;
    child.disconnect();
    const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
    await this.#ended;
    clearTimeout(timer);
    if (child.signalCode === null) return null;
    return `something that a test opened kept its process alive for ${END_MS / 1000} s; the last file was ${this.#last}`;
  }

  #start(): ChildProcess {
    const file = path.join(os.tmpdir(), `relay-tests-${process.pid}-${Math.random().toString(36).slice(2)}.log`);
    // `a`: the processes that a test starts write to the same file
    const log = fs.openSync(file, 'a+');
    fs.rmSync(file);
    const args = [
      '--import',
      this.#loader,
      CHILD,
      process.stdout.isTTY ? 'colours' : 'plain',
      this.#temporary ?? '',
      this.#times ? 'times' : '',
    ];
    if (this.#only !== undefined) args.push(this.#only);
    const child = spawn(process.execPath, args, { cwd: this.#root, stdio: ['ignore', log, log, 'ipc'] });
    this.#ended = new Promise((resolve) => {
      child.once('exit', () => resolve());
    });
    this.#child = child;
    this.#log = log;
    this.#logged = 0;
    return child;
  }

  #readLog(): string {
    const bytes = Buffer.alloc(fs.fstatSync(this.#log).size - this.#logged);
    fs.readSync(this.#log, bytes, 0, bytes.length, this.#logged);
    this.#logged += bytes.length;
    return bytes.toString('utf8');
  }
}
