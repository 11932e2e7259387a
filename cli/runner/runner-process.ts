/** One runner process, as the worker sees it: starts it, gives it runs, watches it, and tells how it died. */
import { type ChildProcess, fork } from 'node:child_process';
import fsp from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Stage } from '../../core/run-codes.ts';
import type { RunHost, RunOrder, RunReport } from '../../worker/runner.ts';
import { type Death, failureOfDeath } from './death.ts';
import {
  type FromRunner,
  type HostRequest,
  type RunnerLimits,
  type RunnerSettings,
  sentError,
  type ToRunner,
  WATCHDOG_FD,
  type WatchdogLine,
} from './protocol.ts';

export interface RunnerProcessOptions {
  settings: RunnerSettings;
  limits: RunnerLimits;
  /** How long a run that must stop may take to do so. Then its process is killed. */
  stopSeconds: number;
  /** Gets what the process prints: text of plugins, and of Node when it dies. */
  onOutput(text: string): void;
}

/** Beside this file, as source or as build output. */
const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url)).replace(
  /ts$/,
  path.extname(import.meta.url).slice(1),
);
/** A share of the limit: the rest of the memory is outside the JavaScript heap. */
const HEAP_SHARE = 0.75;
const START_SECONDS = 120;
/** Seconds beyond the limit after which a process whose watchdog says nothing is stopped or frozen. */
const SILENT_LONGER_SECONDS = 5;
/** Characters of standard error that are kept to tell why a process died. */
const TAIL_CHARS = 4096;

interface Job {
  host: RunHost;
  stage: Stage;
  attempt: number;
  scratch: string;
  /** True once the process was told to stop, and killed because it did not. */
  killed: boolean;
  resolve(report: RunReport): void;
  end(): void;
}

export class RunnerProcess {
  /** Rejects if the process ends before it is ready. */
  readonly ready: Promise<void>;
  readonly #options: RunnerProcessOptions;
  readonly #child: ChildProcess;
  readonly #death: Death = { code: null, signal: null, watchdog: null, silent: false, stderr: '', memoryBytes: 0 };
  #job: Job | null = null;
  #silentSeconds = 0;
  #isAlive = true;

  constructor(options: RunnerProcessOptions, onEnd: () => void) {
    this.#options = options;
    this.#child = fork(CHILD, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
      execArgv: [...inheritedArguments(), `--max-old-space-size=${heapMegabytes(options.limits)}`],
    });
    const child = this.#child;
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', options.onOutput);
    child.stderr?.on('data', (text: string) => this.#keepTail(text));
    this.#readWatchdog(child.stdio[WATCHDOG_FD] as Readable);
    child.on('message', (message: FromRunner) => this.#receive(message));
    // a message that cannot be sent: the process has ended, and `close` says so
    child.on('error', () => {});
    child.on('close', (code, signal) => {
      Object.assign(this.#death, { code, signal });
      this.#isAlive = false;
      onEnd();
      void this.#endJob();
    });
    this.ready = this.#started();
    this.#send({ type: 'start', settings: options.settings, limits: options.limits });
    this.#letGo();
  }

  get isAlive(): boolean {
    return this.#isAlive && this.#child.connected;
  }

  /** Bytes that the process had resident when its watchdog last looked. */
  get memoryBytes(): number {
    return this.#death.memoryBytes;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Never throws. The process must be ready, and have no run. */
  work(order: RunOrder, host: RunHost, scratch: string): Promise<RunReport> {
    return new Promise((resolve) => {
      const onAbort = () => this.#stopJob();
      host.signal.addEventListener('abort', onAbort);
      const watch = setInterval(() => this.#watch(), 1000);
      const end = () => {
        clearInterval(watch);
        host.signal.removeEventListener('abort', onAbort);
        this.#job = null;
        this.#letGo();
      };
      this.#child.ref();
      this.#child.channel?.ref();
      const { attempt, stage } = order.run;
      this.#job = { host, stage: stage ?? 'FETCH_INPUTS', attempt, scratch, killed: false, resolve, end };
      this.#silentSeconds = 0;
      // it died between two runs
      if (!this.#isAlive) return void this.#endJob();
      this.#send({ type: 'work', order, scratch });
      if (host.signal.aborted) onAbort();
    });
  }

  /** Ends the process. A run that it has is lost. */
  close(): void {
    if (this.#child.connected) this.#child.disconnect();
    else this.kill();
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** The worker may end while an idle runner lives: the runner then ends too. */
  #letGo(): void {
    this.#child.unref();
    this.#child.channel?.unref();
    for (const stream of this.#child.stdio) (stream as unknown as { unref?(): void } | null)?.unref?.();
  }

  #started(): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => this.kill(), START_SECONDS * 1000);
      late.unref();
      this.#child.once('message', () => {
        clearTimeout(late);
        resolve();
      });
      this.#child.once('close', () => {
        clearTimeout(late);
        reject(new Error(this.#death.stderr.trim() || 'it ended before it was ready'));
      });
    });
  }

  #send(message: ToRunner): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #receive(message: FromRunner): void {
    const job = this.#job;
    if (job === null) return;
    if (message.type === 'progress') job.host.onProgress(message.progress);
    else if (message.type === 'call') void this.#answer(job, message.call, message.request);
    else if (message.type === 'report') {
      job.end();
      job.resolve(message.report);
    }
  }

  async #answer(job: Job, call: number, request: HostRequest): Promise<void> {
    let error = null;
    try {
      if (request.method === 'confirm') await job.host.confirm();
      else {
        job.stage = request.stage;
        await job.host.enterStage(request.stage, request.progress);
      }
    } catch (problem) {
      error = sentError(problem);
    }
    this.#send({ type: 'answer', call, error });
  }

  #stopJob(): void {
    const job = this.#job;
    if (job === null) return;
    this.#send({ type: 'stop' });
    const timer = setTimeout(() => {
      if (this.#job !== job) return;
      job.killed = true;
      this.kill();
    }, this.#options.stopSeconds * 1000);
    timer.unref();
  }

  /** A process that was stopped or frozen has a watchdog that says nothing. */
  #watch(): void {
    this.#silentSeconds++;
    if (this.#silentSeconds <= this.#options.limits.stuckSeconds + SILENT_LONGER_SECONDS) return;
    this.#death.silent = true;
    this.kill();
  }

  async #endJob(): Promise<void> {
    const job = this.#job;
    if (job === null) return;
    job.end();
    await fsp.rm(job.scratch, { recursive: true, force: true }).catch(() => undefined);
    const failure = failureOfDeath(this.#death, { attempt: job.attempt, isStopped: job.killed }, this.#options.limits);
    job.resolve({ failure, work: null, stage: job.stage });
  }

  #readWatchdog(pipe: Readable): void {
    let rest = '';
    pipe.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#hear(JSON.parse(line) as WatchdogLine);
    });
  }

  #hear(line: WatchdogLine): void {
    this.#silentSeconds = 0;
    if ('memoryBytes' in line) this.#death.memoryBytes = line.memoryBytes;
    if ('ended' in line) this.#death.watchdog = line;
  }

  #keepTail(text: string): void {
    this.#death.stderr = (this.#death.stderr + text).slice(-TAIL_CHARS);
  }
}

/** A runner loads modules as this process does, and is not debugged or profiled with it. */
function inheritedArguments(): string[] {
  return process.execArgv.filter(
    (argument) => !/^--(inspect|prof|cpu-prof|heap-prof|max-old-space-size)/.test(argument),
  );
}

function heapMegabytes({ memoryBytes }: RunnerLimits): number {
  return Math.max(64, Math.floor((memoryBytes * HEAP_SHARE) / (1 << 20)));
}
