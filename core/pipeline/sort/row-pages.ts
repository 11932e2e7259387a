/**
 * `reports/rows.bin`: the record that each valid row came from, for all vendors. Normalizing adds the entries vendor by
 * vendor. The merge passes the rows of all vendors in the order of their SKUs and says where pages begin
 * (`page-starts.ts`). Then the file is written page by page. See `PageIndex` in `row-index.ts`.
 */
import type { ByteSink, RunArtifacts, Scratch } from '../../ports/engine.ts';
import { PATHS, writing } from '../artifacts.ts';
import { ROW_ENTRY_BYTES, type RowIndexBuilder } from '../row-index.ts';
import { PageStarts } from './page-starts.ts';
import { SortedRun, SpillBudget, SpillPool } from './sorted-run.ts';

/** Entries that are kept in memory; those past it go to scratch. */
const MEMORY_BYTES = 1 << 20;
const WRITE_BYTES = 256 * 1024;
const READ_BYTES = 64 * 1024;

export class RowPages {
  readonly #pool: SpillPool;
  /** By vendor position. */
  readonly #vendorIds: readonly string[];
  readonly #entries: Array<EntryFile | null>;
  /** Where the merge says that pages begin. */
  readonly starts: PageStarts;

  constructor(scratch: Scratch, vendorIds: readonly string[]) {
    this.#pool = new SpillPool(scratch, new SpillBudget(MEMORY_BYTES));
    this.#vendorIds = vendorIds;
    this.#entries = vendorIds.map(() => null);
    this.starts = new PageStarts(vendorIds.map(() => 0));
  }

  /**
   * Takes the entries of a vendor, in the order of its `normalized.csv`. Replaces what an earlier sink of the vendor
   * got.
   */
  sink(vendorId: string): ByteSink {
    const position = this.#vendorIds.indexOf(vendorId);
    this.#entries[position]?.drop();
    const entries = new EntryFile(this.#pool);
    this.#entries[position] = entries;
    return { write: (bytes) => entries.write(bytes), close: () => {}, abort: () => entries.drop() };
  }

  /**
   * Writes the file once all rows are merged, and adds its pages to the index. A vendor that is not in the index has no
   * rows.
   */
  async write(artifacts: RunArtifacts, index: RowIndexBuilder): Promise<void> {
    const { starts } = this.starts;
    const rows = this.#vendorIds.map((id, i) => (index.has(id) ? (this.#entries[i]?.bytes ?? 0) / ROW_ENTRY_BYTES : 0));
    const readers = this.#entries.map((entries) => new EntryReader(entries?.asRun() ?? null));
    await writing(artifacts, PATHS.rows, async (sink) => {
      const out = new WriteBuffer(sink);
      for (const [page, [, before]] of starts.entries()) {
        const after = starts[page + 1]?.[1] ?? rows;
        // biome-ignore lint/style/noNonNullAssertion: positions are those of the run's vendors
        for (const [i, reader] of readers.entries()) await reader.copy((after[i]! - before[i]!) * ROW_ENTRY_BYTES, out);
      }
      await out.flush();
    });
    index.setPages({ vendors: [...this.#vendorIds], rows, starts });
  }

  async dispose(): Promise<void> {
    await this.#pool.dispose();
  }
}

/** The entries of one vendor, in memory or in scratch. */
class EntryFile {
  bytes = 0;
  readonly #pool: SpillPool;
  #chunks: Uint8Array[] = [];
  #file: Awaited<ReturnType<SpillPool['createFile']>> | null = null;

  constructor(pool: SpillPool) {
    this.#pool = pool;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.bytes += bytes.length;
    const kept = this.#file === null ? this.#pool.keep(bytes) : null;
    if (kept !== null) this.#chunks.push(kept);
    else await this.#spill(bytes);
  }

  async #spill(bytes: Uint8Array): Promise<void> {
    if (this.#file === null) {
      this.#file = await this.#pool.createFile();
      for (const chunk of this.#chunks) await this.#file.write(chunk);
      this.#forget();
    }
    await this.#file.write(bytes);
  }

  #forget(): void {
    for (const chunk of this.#chunks) this.#pool.give(chunk.length);
    this.#chunks = [];
  }

  /** Forgets the entries. A scratch file is removed later, with all others. */
  drop(): void {
    this.bytes = 0;
    this.#forget();
    this.#file = null;
  }

  asRun(): SortedRun {
    return new SortedRun(0, this.bytes, this.#chunks, this.#file);
  }
}

/** Reads the entries of one vendor from start to end. */
class EntryReader {
  readonly #run: SortedRun | null;
  readonly #bytes: Uint8Array;
  #at = 0;
  #end = 0;

  constructor(run: SortedRun | null) {
    this.#run = run;
    this.#bytes = new Uint8Array(Math.min(READ_BYTES, run?.bytes ?? 0));
  }

  /** Copies the next entries: so many, or as many as are left. */
  async copy(count: number, out: WriteBuffer): Promise<void> {
    for (let left = count; left > 0; ) {
      if (this.#at === this.#end) {
        this.#at = 0;
        this.#end = (await this.#run?.read(this.#bytes)) ?? 0;
        if (this.#end === 0) return;
      }
      const part = Math.min(left, this.#end - this.#at, out.room);
      out.add(this.#bytes, this.#at, part);
      this.#at += part;
      left -= part;
      if (out.room === 0) await out.flush();
    }
  }
}

class WriteBuffer {
  readonly #sink: ByteSink;
  #bytes = new Uint8Array(WRITE_BYTES);
  #used = 0;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  get room(): number {
    return this.#bytes.length - this.#used;
  }

  add(bytes: Uint8Array, at: number, length: number): void {
    this.#bytes.set(bytes.subarray(at, at + length), this.#used);
    this.#used += length;
  }

  async flush(): Promise<void> {
    if (this.#used > 0) await this.#sink.write(this.#bytes.subarray(0, this.#used));
    this.#used = 0;
  }
}
