/**
 * Where a simulated run writes: its feed and copies of inputs into scratch files, a few reports into memory, the rest
 * nowhere. Copies that the past run made are read in place.
 */
import { toText } from '../../bytes/text.ts';
import type { ByteSink, ByteSource, RunArtifacts, Scratch, ScratchFile } from '../../ports/engine.ts';
import { PATHS } from '../artifacts.ts';

const COPY_BYTES = 256 * 1024;
/** Files that are read back. */
const COPIES =
  /^(inbound\/|carried_over\/|side_files\/|outputs\/merged_inventory\.|reports\/(holds\.csv|errors\.json)$)/;
/** Small: each has a limited number of entries, with a limited number of SKUs each. */
const REPORTS: ReadonlySet<string> = new Set([PATHS.guardrails, PATHS.expectations]);

export class SimulationArtifacts implements RunArtifacts {
  readonly #scratch: Scratch;
  readonly #pinned = new Map<string, ByteSource>();
  readonly #copies = new Map<string, ScratchFile>();
  readonly #sizes = new Map<string, number>();
  readonly #reports = new Map<string, Uint8Array[]>();

  constructor(scratch: Scratch) {
    this.#scratch = scratch;
  }

  /** Uses a file that already exists as the artifact. */
  pin(path: string, source: ByteSource): void {
    this.#pinned.set(path, source);
  }

  async create(path: string): Promise<ByteSink> {
    if (REPORTS.has(path)) return this.#report(path);
    if (!COPIES.test(path)) return { write: () => {}, close: () => {}, abort: () => {} };
    await this.#copies.get(path)?.remove();
    const file = await this.#scratch.create();
    this.#copies.set(path, file);
    this.#sizes.set(path, 0);
    return {
      write: (bytes) => {
        this.#sizes.set(path, (this.#sizes.get(path) ?? 0) + bytes.length);
        return file.write(bytes);
      },
      close: () => {},
      // a feed that the run refuses is compared too, so it is kept
      abort: () => {},
    };
  }

  has(path: string): boolean {
    return this.#copies.has(path);
  }

  source(path: string): ByteSource {
    const file = this.#copies.get(path);
    const pinned = this.#pinned.get(path);
    if (file === undefined) {
      if (pinned === undefined) throw new Error(`assertion failed: a simulation reads back ${path}`);
      return pinned;
    }
    const size = this.#sizes.get(path) ?? 0;
    return {
      name: path.slice(path.lastIndexOf('/') + 1),
      size,
      open: async function* () {
        for (let at = 0; at < size; ) {
          const buffer = new Uint8Array(Math.min(COPY_BYTES, size - at));
          const count = await file.read(at, buffer);
          if (count === 0) throw new Error('assertion failed: the scratch file is shorter than what was written');
          at += count;
          yield buffer.subarray(0, count);
        }
      },
    };
  }

  /** The text of a report; null if the run wrote none. */
  report(path: string): string | null {
    const chunks = this.#reports.get(path);
    return chunks === undefined ? null : chunks.map((chunk) => toText(chunk)).join('');
  }

  async dispose(): Promise<void> {
    for (const file of this.#copies.values()) await file.remove();
    this.#copies.clear();
  }

  #report(path: string): ByteSink {
    const chunks: Uint8Array[] = [];
    this.#reports.set(path, chunks);
    return {
      write: (chunk) => void chunks.push(chunk.slice()),
      close: () => {},
      abort: () => {},
    };
  }
}
