/**
 * Records a stage only once it has lasted a moment, since the stages of a small run are over before they could be
 * written. The worker records the last stage together with the end of the run.
 */
import type { RunProgress } from '../../core/ports/service/runs.ts';
import type { Stage } from '../../core/run-codes.ts';
import { MOMENT_MS } from './protocol.ts';

export interface StageRecorderOptions {
  record(stage: Stage, progress: RunProgress): Promise<void>;
  onRefused(error: unknown): void;
}

export class StageRecorder {
  readonly #options: StageRecorderOptions;
  #timer: NodeJS.Timeout | null = null;
  #recording: Promise<void> = Promise.resolve();

  constructor(options: StageRecorderOptions) {
    this.#options = options;
  }

  enter(stage: Stage, progress: RunProgress): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    const { record, onRefused } = this.#options;
    const write = () => {
      this.#recording = this.#recording.then(() => record(stage, progress)).catch(onRefused);
    };
    this.#timer = setTimeout(write, MOMENT_MS);
  }

  /** Stops recording. */
  end(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    return this.#recording;
  }
}
