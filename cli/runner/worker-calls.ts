/**
 * How a run in a runner process asks its worker if the claim still holds. A small run is over sooner than an answer
 * comes, so a claim that held a moment ago counts as valid: its lease lasts for seconds, and a process that stalls
 * longer cannot replace what a later attempt wrote (decision 0014).
 */
import type { RunHost } from '../../worker/runner.ts';
import { MOMENT_MS } from './protocol.ts';

export interface WorkerLink {
  /** Throws if the claim does not hold. */
  confirm(): Promise<void>;
  /** Does not wait. A refusal of the worker arrives later. */
  tellStage: (...stage: Parameters<RunHost['enterStage']>) => void;
  /** Aborts when the run must stop. */
  signal: AbortSignal;
  /** Milliseconds. */
  now(): number;
}

export class WorkerCalls implements Pick<RunHost, 'confirm' | 'enterStage'> {
  readonly #link: WorkerLink;
  /** The time of the last question whose answer was that the claim holds. */
  #confirmedAt = Number.NEGATIVE_INFINITY;
  #refusal: Error | null = null;
  #asking: Promise<void> | null = null;

  constructor(link: WorkerLink) {
    this.#link = link;
  }

  readonly confirm = async (): Promise<void> => {
    if (this.#refusal !== null) throw this.#refusal;
    if (this.#link.now() - this.#confirmedAt < MOMENT_MS && !this.#link.signal.aborted) return;
    // artifacts that are written together ask once
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
    });
    await this.#asking;
  };

  async #ask(): Promise<void> {
    const askedAt = this.#link.now();
    await this.#link.confirm();
    this.#confirmedAt = askedAt;
  }

  readonly enterStage: RunHost['enterStage'] = async (stage, progress) => {
    this.#link.tellStage(stage, progress);
    await this.confirm();
  };

  /** Called if the worker did not record a stage: the run must stop. */
  refuse(refusal: Error): void {
    this.#refusal = refusal;
  }
}
