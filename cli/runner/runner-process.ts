/** One runner process, from the worker's side: starts it, gives it runs, watches it, and explains its death. */
import { type ChildProcess, fork } from 'node:child_process';
import fsp from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { isBulk } from '../../api/questions/questions.ts';
import { RelayError, receivedError, sentError } from '../../core/errors.ts';
import type { Stage } from '../../core/run-codes.ts';
import type { RunHost, RunOrder, RunReport } from '../../worker/runner.ts';
import type { ServiceSettings } from '../service/settings.ts';
import { type Death, failureOfDeath, lastLine } from './death.ts';
import {
  type ChildArguments,
  type FromRunner,
  type RunnerLimits,
  type RunnerSettings,
  type RunnerTask,
  type ToRunner,
  WATCHDOG_FD,
  type WatchdogLine,
} from './protocol.ts';
import { StageRecorder } from './stage-recorder.ts';

export interface RunnerProcessOptions {
  settings: RunnerSettings;
  limits: RunnerLimits;
  /** The environment of the process. */
  env: NodeJS.ProcessEnv;
  /** How long a run that must stop may take; then its process is killed. */
  stopSeconds: number;
  /**
   * How long a question may take. For questions that read whole feeds, the watchdog also ends a process that makes no
   * progress.
   */
  questions: ServiceSettings['questions'];
  /** How long work on a config may take. */
  configs: ServiceSettings['configs'];
  /** How long a process may take to start. */
  startSeconds: number;
  /** Gets what the process prints: output of plugins, and of Node when it dies. */
  onOutput(text: string): void;
  /** The number of the run's processes that have died, including this one. */
  countDeath(runId: string): number;
  /** Removes what a dead process left half-written. */
  removeTraces(pid: number): Promise<void>;
}

/** Beside this file, as source or as build output. */
const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url)).replace(
  /ts$/,
  path.extname(import.meta.url).slice(1),
);
/** As a share of the limit: the rest is memory outside the JavaScript heap. */
const HEAP_SHARE = 0.75;
/** If the watchdog is silent for so many seconds beyond its limit, the process is stopped or frozen. */
const SILENT_LONGER_SECONDS = 5;
/** How long the pipes of an ended process may stay open. */
const PIPES_MS = 1000;
/** How long a process that is no longer needed may take to end. */
const CLOSE_MS = 2000;
const PING_SECONDS = 5;
/** The most characters of standard error that are kept, to explain a death. */
const TAIL_CHARS = 4096;

interface Job {
  host: RunHost;
  stages: StageRecorder;
  stage: Stage;
  runId: string;
  scratch: string;
  /** True once the process has begun the run. */
  isAccepted: boolean;
  waitedSeconds: number;
  /** True if the process was told to stop, and killed because it did not. */
  isKilled: boolean;
  resolve(report: RunReport): void;
  end(): void;
}

interface Task {
  resolve(result: unknown): void;
  reject(error: Error): void;
  /** The folder in which it may leave files; null if it leaves none. */
  scratch: string | null;
  isLate: boolean;
}

export class RunnerProcess {
  /** Rejects if the process ends before it is ready. */
  readonly ready: Promise<void>;
  readonly #options: RunnerProcessOptions;
  readonly #child: ChildProcess;
  readonly #death: Death = { code: null, signal: null, watchdog: null, silent: false, stderr: '', memoryBytes: 0 };
  readonly #onEnd: () => void;
  readonly #late: NodeJS.Timeout;
  #settleReady: { resolve: () => void; reject: (error: Error) => void } | null = null;
  #onPong: (() => void) | null = null;
  #job: Job | null = null;
  #task: Task | null = null;
  /** The hooks of the plugins that it has run, by number. */
  readonly #hooks = new Map<number, string>();
  #silentSeconds = 0;
  #isAlive = true;
  #isReady = false;

  constructor(options: RunnerProcessOptions, onEnd: () => void) {
    this.#options = options;
    this.#onEnd = onEnd;
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject };
    });
    const child = startChild(options.limits, options.env);
    this.#child = child;
    // for a process that cannot be started, this is the only event; after a message that cannot be sent, the process
    // ends
    child.on('error', (error) => {
      if (child.pid !== undefined) return;
      this.#death.stderr = error.message;
      this.#end();
    });
    child.on('message', (message: FromRunner) => this.#receive(message));
    child.on('exit', (code, signal) => {
      Object.assign(this.#death, { code, signal });
      // its own child processes may keep the pipes open
      setTimeout(() => this.#end(), PIPES_MS).unref();
    });
    child.on('close', () => this.#end());
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', options.onOutput);
    child.stderr?.on('data', (text: string) => this.#keepTail(text));
    this.#readWatchdog(child.stdio?.[WATCHDOG_FD]);
    this.#late = setTimeout(() => this.kill(), options.startSeconds * 1000);
    this.#late.unref();
    this.#send({ type: 'start', settings: options.settings });
    this.#letGo();
  }

  get isAlive(): boolean {
    return this.#isAlive && this.#child.connected;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Bytes that the process had resident when its watchdog last looked. */
  get memoryBytes(): number {
    return this.#death.memoryBytes;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** False if the process is dead, or busy with something that an earlier run left behind. */
  answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (answer: boolean) => {
        clearTimeout(timer);
        this.#onPong = null;
        resolve(answer);
      };
      const timer = setTimeout(() => done(false), PING_SECONDS * 1000);
      this.#onPong = () => done(true);
      this.#send({ type: 'ping' });
    });
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
      const { runId, stage } = order.run;
      const state = { isAccepted: false, waitedSeconds: 0, isKilled: false };
      const stages = new StageRecorder({
        record: (stage, progress) => host.enterStage(stage, progress),
        onRefused: (error) => this.#send({ type: 'refused', error: sentError(error) }),
      });
      this.#job = { host, stages, runId, stage: stage ?? 'FETCH_INPUTS', scratch, ...state, resolve, end };
      this.#silentSeconds = 0;
      // output of an earlier run does not belong to this one
      Object.assign(this.#death, { stderr: '', watchdog: null });
      // it died between two runs
      if (!this.#isAlive) return void this.#endJob();
      this.#send({ type: 'work', order, scratch });
      if (host.signal.aborted) onAbort();
    });
  }

  /**
   * The process must be ready and have no run. Rejects with a `RelayError` if the process ends or takes too long. In
   * the latter case it is killed, and also if it does not stop in time after the signal.
   */
  async doTask(task: RunnerTask, signal?: AbortSignal): Promise<unknown> {
    const timer = setTimeout(() => {
      if (this.#task !== null) this.#task.isLate = true;
      this.kill();
    }, secondsOf(task, this.#options) * 1000);
    const onAbort = () => this.#stopTask();
    signal?.addEventListener('abort', onAbort);
    this.#child.ref();
    this.#child.channel?.ref();
    try {
      return await new Promise((resolve, reject) => {
        this.#task = { resolve, reject, scratch: task.kind === 'question' ? task.scratch : null, isLate: false };
        if (!this.#isAlive) void this.#endTask();
        this.#send({ type: 'task', task });
        if (signal?.aborted === true) onAbort();
      });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      this.#task = null;
      this.#letGo();
    }
  }

  #stopTask(): void {
    const task = this.#task;
    this.#send({ type: 'stop' });
    const timer = setTimeout(() => {
      if (task !== null && this.#task === task) this.kill();
    }, this.#options.stopSeconds * 1000);
    timer.unref();
  }

  async #endTask(): Promise<void> {
    const task = this.#task;
    if (task === null) return;
    const why = task.isLate ? ': it took too long' : lastLine(this.#death.stderr);
    await this.#removeTraces(task.scratch);
    const message = `the process that worked on a config or a question ended${why}`;
    task.reject(new RelayError('runner_unavailable', message, { recovery: 'retry' }));
  }

  async #removeTraces(scratch: string | null): Promise<void> {
    if (scratch !== null) await fsp.rm(scratch, { recursive: true, force: true }).catch(() => undefined);
    if (this.#child.pid !== undefined) await this.#options.removeTraces(this.#child.pid).catch(() => undefined);
  }

  /** Ends the process, by force if it does not listen. Its run, if any, is lost. */
  close(): void {
    if (this.#child.connected) this.#child.disconnect();
    setTimeout(() => this.kill(), CLOSE_MS).unref();
  }

  kill(): void {
    if (this.#isAlive) this.#child.kill('SIGKILL');
  }

  /** Lets the worker end while an idle runner lives: the runner then ends too. */
  #letGo(): void {
    this.#child.unref();
    this.#child.channel?.unref();
    // a process that could not be started has no pipes
    for (const stream of this.#child.stdio ?? []) (stream as unknown as { unref?(): void } | null)?.unref?.();
  }

  #end(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    clearTimeout(this.#late);
    for (const stream of this.#child.stdio ?? []) stream?.destroy();
    this.#settleReady?.reject(new Error(`it ended before it was ready${lastLine(this.#death.stderr)}`));
    this.#onEnd();
    void this.#endTask();
    void this.#endJob();
  }

  #send(message: ToRunner): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #receive(message: FromRunner): void {
    if (message.type === 'ready') {
      clearTimeout(this.#late);
      this.#isReady = true;
      this.#settleReady?.resolve();
    }
    if (message.type === 'pong') this.#onPong?.();
    if (message.type === 'hook') this.#hooks.set(message.number, message.hook);
    if (message.type === 'taskDone') {
      if (message.error !== null) this.#task?.reject(receivedError(message.error));
      else this.#task?.resolve(message.result);
    }
    const job = this.#job;
    if (job === null) return;
    if (message.type === 'accepted') job.isAccepted = true;
    else if (message.type === 'progress') job.host.onProgress(message.progress);
    else if (message.type === 'call') void this.#answer(job, message.call);
    else if (message.type === 'stage') {
      job.stage = message.stage;
      job.stages.enter(message.stage, message.progress);
    } else if (message.type === 'report') {
      job.end();
      void job.stages.end().then(() => job.resolve(message.report));
    }
  }

  async #answer(job: Job, call: number): Promise<void> {
    let error = null;
    try {
      await job.host.confirm();
    } catch (problem) {
      error = sentError(problem);
    }
    this.#send({ type: 'answer', call, error });
  }

  #stopJob(): void {
    const job = this.#job;
    if (job === null) return;
    this.#send({ type: 'stop', reason: job.host.signal.reason });
    const timer = setTimeout(() => {
      if (this.#job !== job) return;
      job.isKilled = true;
      this.kill();
    }, this.#options.stopSeconds * 1000);
    timer.unref();
  }

  /** Watches for a stopped process, whose watchdog is silent, and for a busy one, which does not begin the run. */
  #watch(): void {
    const { stuckSeconds } = this.#options.limits;
    const job = this.#job;
    this.#silentSeconds++;
    if (job !== null && !job.isAccepted) job.waitedSeconds++;
    const isSilent = this.#silentSeconds > stuckSeconds + SILENT_LONGER_SECONDS;
    if (!isSilent && (job === null || job.waitedSeconds <= stuckSeconds)) return;
    this.#death.silent = true;
    this.kill();
  }

  async #endJob(): Promise<void> {
    const job = this.#job;
    if (job === null) return;
    job.end();
    await job.stages.end();
    const { limits, countDeath } = this.#options;
    await this.#removeTraces(job.scratch);
    const died = { deaths: () => countDeath(job.runId), isStopped: job.isKilled, hooks: this.#hooks };
    job.resolve({ failure: failureOfDeath(this.#death, died, limits), work: null, stage: job.stage });
  }

  #readWatchdog(pipe: unknown): void {
    let rest = '';
    (pipe as Readable | null | undefined)?.setEncoding('utf8').on('data', (text: string) => {
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

function secondsOf(task: RunnerTask, { questions, configs }: RunnerProcessOptions): number {
  if (task.kind === 'config') return configs.seconds;
  return isBulk(task.question) ? questions.bulkSeconds : questions.seconds;
}

function startChild(limits: RunnerLimits, env: NodeJS.ProcessEnv): ChildProcess {
  const argument: ChildArguments = { ...limits, parent: process.pid };
  return fork(CHILD, [JSON.stringify(argument)], {
    env,
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
    execArgv: [...inheritedArguments(), `--max-old-space-size=${heapMegabytes(limits)}`],
  });
}

/** A runner loads modules in the same way as this process, but is not debugged or profiled with it. */
function inheritedArguments(): string[] {
  return process.execArgv.filter(
    (argument) => !/^--(inspect|prof|cpu-prof|heap-prof|max-old-space-size)/.test(argument),
  );
}

function heapMegabytes({ memoryBytes }: RunnerLimits): number {
  return Math.max(64, Math.floor((memoryBytes * HEAP_SHARE) / (1 << 20)));
}
