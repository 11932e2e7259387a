/**
 * Notes the SHA-256 of each file that a run writes, for `artifact_hashes` in its summary: with the summary one can tell
 * later whether a file was changed. Leaves out copies of inputs, whose hashes are in the manifest, and the index, which
 * is no result.
 */
import type { Hasher, RunArtifacts } from '../ports/engine.ts';
import { PATHS } from './artifacts.ts';

const COPIES = /^(inbound|carried_over|side_files|patched|patches)\//;
const INDEX: ReadonlySet<string> = new Set([PATHS.rows, PATHS.rowIndex]);

export class HashedArtifacts implements RunArtifacts {
  readonly #inner: RunArtifacts;
  readonly #createHasher: () => Hasher;
  readonly #hashes = new Map<string, string>();

  constructor(inner: RunArtifacts, createHasher: () => Hasher) {
    this.#inner = inner;
    this.#createHasher = createHasher;
  }

  async create(path: string) {
    const sink = await this.#inner.create(path);
    if (COPIES.test(path) || INDEX.has(path)) return sink;
    const hasher = this.#createHasher();
    return {
      write: (bytes: Uint8Array) => {
        // hashed while the sink writes
        const written = sink.write(bytes);
        hasher.update(bytes);
        return written;
      },
      close: async () => {
        await sink.close();
        this.#hashes.set(path, hasher.digest());
      },
      abort: () => sink.abort(),
    };
  }

  source(path: string) {
    return this.#inner.source(path);
  }

  async settle(): Promise<void> {
    await this.#inner.settle?.();
  }

  /** The hashes of the files written so far, by path in code point order. */
  hashes(): Record<string, string> {
    return Object.fromEntries([...this.#hashes].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
