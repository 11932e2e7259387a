/**
 * The candidate: the feed as it would be without this stage. It is kept while the run may still be stopped, in memory
 * and then in scratch.
 *
 * Nearly all of it equals what goes out, so it is copied from the output in large pieces: before each row that differs,
 * and whenever the output is emptied.
 */
import type { ByteSink, Scratch, ScratchFile } from '../../ports/engine.ts';
import type { OutputBuffer } from '../merge/output.ts';
import { LineBuffer } from './tables/line-buffer.ts';

const MEMORY_BYTES = 512 * 1024;
const COPY_BYTES = 256 * 1024;

export class CandidateCopy {
  readonly #scratch: Scratch;
  readonly #lines = new LineBuffer();
  #file: ScratchFile | null = null;
  #spilled = 0;
  /** Bytes of the output that were copied or skipped. */
  #seen = 0;

  constructor(scratch: Scratch) {
    this.#scratch = scratch;
  }

  get isFull(): boolean {
    return this.#lines.used > MEMORY_BYTES;
  }

  /** Copies what the output gained: rows of the candidate. */
  take({ bytes, used }: OutputBuffer): void {
    this.#lines.raw(bytes, this.#seen, used);
    this.#seen = used;
  }

  /** Skips what was written to the output, or removed from it, since `take`. */
  skip({ used }: OutputBuffer): void {
    this.#seen = used;
  }

  /** Copies the rest before the output is emptied. */
  takeLast(output: OutputBuffer): void {
    this.take(output);
    this.#seen = 0;
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
