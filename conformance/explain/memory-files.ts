/** The files of a run in memory, for receipts. It counts the reads. */
import { RelayError } from '../../core/errors.ts';
import type { RunFiles } from '../../core/ports/explaining.ts';

export class MemoryRunFiles implements RunFiles {
  /** The path of each read. */
  readonly reads: string[] = [];
  /** How many bytes of each path were read. */
  readonly bytes = new Map<string, number>();
  readonly #files: ReadonlyMap<string, Uint8Array>;
  readonly #chunkBytes: number;

  constructor(files: ReadonlyMap<string, Uint8Array>, chunkBytes = 64 * 1024) {
    this.#files = files;
    this.#chunkBytes = chunkBytes;
  }

  async *open(path: string, range?: { first: number; last: number }): AsyncIterable<Uint8Array> {
    this.reads.push(path);
    const bytes = this.#files.get(path);
    if (bytes === undefined) throw new RelayError('not_found', `no artifact ${path}`);
    const end = Math.min(bytes.length, (range?.last ?? Number.MAX_SAFE_INTEGER) + 1);
    for (let at = range?.first ?? 0; at < end; at += this.#chunkBytes) {
      const chunk = bytes.slice(at, Math.min(at + this.#chunkBytes, end));
      this.bytes.set(path, (this.bytes.get(path) ?? 0) + chunk.length);
      yield chunk;
    }
  }
}
