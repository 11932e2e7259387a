/** Small copies of inputs that a run keeps in memory. */
import { concatBytes } from '../../core/bytes/concat.ts';

/** The most bytes of small copies that a run keeps in memory, all together. */
const COPIES_BYTES_MAX = 256 * 1024;

export class SmallCopies {
  readonly #kept = new Map<string, Uint8Array>();
  #bytesLeft = COPIES_BYTES_MAX;

  /** The copy exists once `keep` is called, unless it is too large. */
  begin(path: string): { add(bytes: Uint8Array): void; keep(): void } {
    let chunks: Uint8Array[] | null = [];
    let length = 0;
    return {
      add: (bytes) => {
        length += bytes.length;
        if (length > this.#bytesLeft) chunks = null;
        // the caller may reuse its buffer
        chunks?.push(bytes.slice());
      },
      keep: () => {
        if (chunks === null || length > this.#bytesLeft) return;
        this.#bytesLeft -= length;
        this.#kept.set(path, concatBytes(chunks));
      },
    };
  }

  get(path: string): Uint8Array | undefined {
    return this.#kept.get(path)?.slice();
  }
}
