/**
 * Runner processes, kept warm and used again. There are never more than runs at a time; one that died is replaced at once,
 * one that has grown is replaced after its run.
 */
import path from 'node:path';
import type { RunHost, Runner, RunOrder, RunReport } from '../../worker/runner.ts';
import { RunnerProcess, type RunnerProcessOptions } from './runner-process.ts';

export interface RunnerPoolOptions extends RunnerProcessOptions {
  /** Has a scratch folder for each run at work. */
  scratchRoot: string;
  /** A new name at each call. */
  scratchName(runId: string): string;
}

/** A process that holds more than this share of its limit between two runs is replaced. */
const GROWN_SHARE = 0.5;

export class RunnerPool implements Runner {
  readonly #options: RunnerPoolOptions;
  readonly #idle: RunnerProcess[] = [];
  readonly #all = new Set<RunnerProcess>();
  #isClosed = false;

  constructor(options: RunnerPoolOptions) {
    this.#options = options;
  }

  /** Starts a process before a run needs it. */
  warm(): void {
    if (this.#idle.length > 0 || this.#isClosed) return;
    const runner = this.#start();
    this.#idle.push(runner);
    // the run that needs it starts another one, and reports what fails
    runner.ready.catch(() => undefined);
  }

  async work(order: RunOrder, host: RunHost): Promise<RunReport> {
    const runner = this.#take();
    try {
      await runner.ready;
    } catch (error) {
      return notStarted(order, error);
    }
    const { scratchRoot, scratchName } = this.#options;
    const report = await runner.work(order, host, path.join(scratchRoot, scratchName(order.run.runId)));
    this.#release(runner);
    return report;
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

  #take(): RunnerProcess {
    for (let runner = this.#idle.pop(); runner !== undefined; runner = this.#idle.pop()) {
      if (runner.isAlive) return runner;
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
    const runner = new RunnerProcess(this.#options, () => {
      this.#all.delete(runner);
      const at = this.#idle.indexOf(runner);
      if (at >= 0) this.#idle.splice(at, 1);
    });
    this.#all.add(runner);
    return runner;
  }
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
