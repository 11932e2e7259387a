/**
 * Runner processes, kept warm and reused. Their number is limited: as many as runs at a time, one for large configs,
 * two for questions and two for questions that read whole feeds. A process that died is replaced at once, one that has
 * grown after its run.
 */
import path from 'node:path';
import type { ConfigJob, ConfigJobResults, ConfigJobs } from '../../api/config/jobs.ts';
import { tooManyAtOnce } from '../../api/http/errors.ts';
import { FairQueue } from '../../api/http/fair-queue.ts';
import type { Answers, AskQuestion, Question } from '../../api/questions/questions.ts';
import { RelayError } from '../../core/errors.ts';
import type { RunHost, Runner, RunOrder, RunReport } from '../../worker/runner.ts';
import type { RunnerTask } from './protocol.ts';
import { RunnerProcess, type RunnerProcessOptions } from './runner-process.ts';

export interface RunnerPoolOptions extends Omit<RunnerProcessOptions, 'countDeath'> {
  /** Has a scratch folder for each run at work. */
  scratchRoot: string;
  /** A new name at each call. */
  scratchName(runId: string): string;
  questionScratchName(): string;
}

/** A process that holds more than this share of its limit between two runs is replaced. */
const GROWN_SHARE = 0.5;
/** Runs whose processes died are remembered up to this number. */
const DEATHS_KEPT = 1000;

export class RunnerPool implements Runner {
  readonly #options: RunnerPoolOptions;
  readonly #idle: RunnerProcess[] = [];
  readonly #all = new Set<RunnerProcess>();
  /** Processes that died in the middle of a run, by run. */
  readonly #deaths = new Map<string, number>();
  readonly #configs: FairQueue;
  #isClosed = false;

  constructor(options: RunnerPoolOptions) {
    this.#options = options;
    const { waiting } = options.configs;
    this.#configs = new FairQueue({ atOnce: 1, ownMax: waiting, allMax: waiting * 20 });
  }

  /** Starts a process before a run needs it. If that fails, the next run tries again and reports it. */
  warm(): void {
    if (this.#idle.length > 0 || this.#isClosed) return;
    try {
      this.#idle.push(this.#start());
    } catch {
      // `fork` throws for some of the reasons why a process cannot be started
    }
  }

  async work(order: RunOrder, host: RunHost): Promise<RunReport> {
    let runner: RunnerProcess | null = null;
    try {
      runner = await this.#take();
      await Promise.race([runner.ready, aborted(host.signal)]);
    } catch (error) {
      // a runner that became ready after its run was stopped serves the next one
      if (runner?.isAlive) this.#idle.push(runner);
      return notStarted(order, error);
    }
    const { scratchRoot, scratchName } = this.#options;
    const { runId } = order.run;
    const report = await runner.work(order, host, path.join(scratchRoot, scratchName(runId)));
    if (report.failure?.retry == null) this.#deaths.delete(runId);
    this.#release(runner);
    return report;
  }

  /** Works on large configs, one at a time. Throws `runner_unavailable`, which a retry may cure, and `RATE_LIMITED` if too many of one key wait. */
  readonly configJobs: ConfigJobs = <Job extends ConfigJob>(job: Job, owner: string) => {
    const done = this.#configs.run(owner, () => this.#doTask({ kind: 'config', job }));
    if (done !== null) return done as Promise<ConfigJobResults[Job['type']]>;
    throw tooManyAtOnce('requests that take long');
  };

  /** Answers questions; the caller limits how many are asked at a time. */
  readonly ask: AskQuestion = <One extends Question>(question: One, signal?: AbortSignal) => {
    const { scratchRoot, questionScratchName } = this.#options;
    const scratch = path.join(scratchRoot, questionScratchName());
    return this.#doTask({ kind: 'question', question, scratch }, signal) as Promise<Answers[One['type']]>;
  };

  async #doTask(task: RunnerTask, signal?: AbortSignal): Promise<unknown> {
    const runner = await this.#takeReady();
    try {
      return await runner.doTask(task, signal);
    } finally {
      this.#release(runner);
    }
  }

  async #takeReady(): Promise<RunnerProcess> {
    try {
      const runner = await this.#take();
      await runner.ready;
      return runner;
    } catch (error) {
      throw unavailable(`no process could be started: ${(error as Error).message}`);
    }
  }

  /** The processes, in no order. */
  get pids(): number[] {
    return [...this.#all].flatMap(({ pid }) => pid ?? []);
  }

  /** Ends all processes. */
  close(): void {
    this.#isClosed = true;
    for (const runner of this.#all) runner.close();
  }

  /** An idle process that answers, or a new one. */
  async #take(): Promise<RunnerProcess> {
    for (let runner = this.#idle.pop(); runner !== undefined; runner = this.#idle.pop()) {
      if (!runner.isAlive) continue;
      if (!runner.isReady || (await runner.answers())) return runner;
      runner.kill();
    }
    return this.#start();
  }

  #release(runner: RunnerProcess): void {
    const isGrown = runner.memoryBytes > this.#options.limits.memoryBytes * GROWN_SHARE;
    if (runner.isAlive && !isGrown) {
      this.#idle.push(runner);
      return;
    }
    runner.close();
    this.warm();
  }

  #start(): RunnerProcess {
    const options = { ...this.#options, countDeath: (runId: string) => this.#countDeath(runId) };
    const runner: RunnerProcess = new RunnerProcess(options, () => this.#forget(runner));
    this.#all.add(runner);
    // whoever waits for the process gets the error
    runner.ready.catch(() => undefined);
    return runner;
  }

  #forget(runner: RunnerProcess): void {
    this.#all.delete(runner);
    const at = this.#idle.indexOf(runner);
    if (at >= 0) this.#idle.splice(at, 1);
  }

  #countDeath(runId: string): number {
    const deaths = (this.#deaths.get(runId) ?? 0) + 1;
    if (this.#deaths.size >= DEATHS_KEPT) this.#deaths.clear();
    this.#deaths.set(runId, deaths);
    return deaths;
  }
}

function unavailable(message: string): RelayError {
  return new RelayError('runner_unavailable', message, { recovery: 'retry' });
}

/** Rejects when the signal aborts: a run that must stop does not wait for a process. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(new Error('the run was told to stop before its process was ready'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

function notStarted({ run }: RunOrder, error: unknown): RunReport {
  const message = `no process could be started for the run: ${error instanceof Error ? error.message : String(error)}`;
  const retry = { code: 'runner_unavailable', message };
  return {
    failure: { code: 'internal_error', message, retry, stack: null },
    work: null,
    stage: run.stage ?? 'FETCH_INPUTS',
  };
}
