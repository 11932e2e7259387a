/** The feed as it would be without this stage, kept while the run may still be stopped: in memory, then in scratch. */
import type { ByteSink, Scratch, ScratchFile } from '../../ports/engine.ts';
import { LineBuffer } from './line-buffer.ts';

const MEMORY_BYTES = 512 * 1024;
const COPY_BYTES = 256 * 1024;

export class CandidateCopy {
  readonly #scratch: Scratch;
  readonly #lines = new LineBuffer();
  #file: ScratchFile | null = null;
  #spilled = 0;

  constructor(scratch: Scratch) {
    this.#scratch = scratch;
  }

  get isFull(): boolean {
    return this.#lines.used > MEMORY_BYTES;
  }

  add(bytes: Uint8Array, from: number, to: number): void {
    this.#lines.raw(bytes, from, to);
  }

  async flush(): Promise<void> {
    if (!this.isFull) return;
    this.#file ??= await this.#scratch.create();
    this.#spilled += this.#lines.used;
    await this.#file.write(this.#lines.take());
  }

  async copyTo(sink: ByteSink): Promise<void> {
    const buffer = new Uint8Array(Math.min(COPY_BYTES, this.#spilled));
    for (let at = 0; at < this.#spilled; ) {
      const count = (await this.#file?.read(at, buffer)) ?? 0;
      if (count === 0) throw new Error('assertion failed: the scratch file is shorter than what was written');
      await sink.write(buffer.subarray(0, count));
      at += count;
    }
    await sink.write(this.#lines.take());
  }

  async dispose(): Promise<void> {
    await this.#file?.remove();
    this.#file = null;
  }
}
