/**
 * What a run in a runner process asks its worker: whether the claim still holds. A small run is over in less time than the answers
 * would take. A claim that held a moment ago holds: it has a lease of seconds, and what stalls for longer cannot replace what a later
 * attempt wrote (decision 0014).
 */
import type { RunHost } from '../../worker/runner.ts';
import { MOMENT_MS } from './protocol.ts';

export interface WorkerLink {
  /** Throws if the claim does not hold. */
  confirm(): Promise<void>;
  /** Does not wait. If the worker refuses the stage, it says so later. */
  tellStage: (...stage: Parameters<RunHost['enterStage']>) => void;
  /** Aborts when the run must stop. */
  signal: AbortSignal;
  /** Milliseconds. */
  now(): number;
}

export class WorkerCalls implements Pick<RunHost, 'confirm' | 'enterStage'> {
  readonly #link: WorkerLink;
  /** When the last question was asked to which the answer was that the claim holds. */
  #confirmedAt = Number.NEGATIVE_INFINITY;
  #refusal: Error | null = null;

  constructor(link: WorkerLink) {
    this.#link = link;
  }

  readonly confirm = async (): Promise<void> => {
    if (this.#refusal !== null) throw this.#refusal;
    const askedAt = this.#link.now();
    if (askedAt - this.#confirmedAt < MOMENT_MS && !this.#link.signal.aborted) return;
    await this.#link.confirm();
    this.#confirmedAt = askedAt;
  };

  readonly enterStage: RunHost['enterStage'] = async (stage, progress) => {
    this.#link.tellStage(stage, progress);
    await this.confirm();
  };

  /** The worker did not record a stage: the run goes no further. */
  refuse(refusal: Error): void {
    this.#refusal = refusal;
  }
}
