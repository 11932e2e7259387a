/**
 * The lines of a `normalized.csv` on their way to its sink, in a large buffer that is written between rows: an `await` or a write per row would
 * be slow. Beside them, the records that they came from (`rows.bin`), and samples of where lines are.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the number of rows bounds every index

import { csvLine, toBytes } from '../../bytes/text.ts';
import { CANONICAL_COLUMNS, type ExtraColumn } from '../../canonical.ts';
import {
  S_ENTRIES_MAX,
  S_ENTRIES_USED,
  S_LINES_MAX,
  S_LINES_USED,
  S_NEXT,
  S_NEXT_SAMPLE,
  S_SOURCES_MAX,
  S_SOURCES_USED,
} from '../../kernel/assembly/places.ts';
import type { EmitArrays, Kernel } from '../../kernel/kernel.ts';
import type { ByteSink } from '../../ports/engine.ts';
import { csvCellAt, type LineSamples, ROW_ENTRY_BYTES, SAMPLE_BYTES } from '../row-index.ts';
import { CHUNK_BYTES, type SortedRunWriter } from './sorted-run.ts';

const BUFFER_BYTES = 512 * 1024;
const ENTRY_WORDS = ROW_ENTRY_BYTES / 4;
/** How much the kernel gathers at once; the shortest lines have some 36 bytes. */
export const EMIT_SIZES = {
  linesBytes: BUFFER_BYTES,
  sourceWords: Math.ceil(BUFFER_BYTES / 36) * ENTRY_WORDS,
  entriesBytes: CHUNK_BYTES,
};
/** The size at the start; lines can have any length. */
const SOURCES_START = 64 * ENTRY_WORDS;

/** The first line of a `normalized.csv`. */
export function headerLine(extras: readonly ExtraColumn[]): Uint8Array {
  return toBytes(csvLine([...CANONICAL_COLUMNS, ...extras]));
}

/** Buffers lines, and the records that they came from, in front of their sinks. Starts with the header. */
export class SegmentLines {
  #bytes: Uint8Array;
  #used: number;
  /** Entries of `rows.bin`. */
  #sources: Uint32Array;
  #rows = 0;
  #rowsBefore = 0;
  /** Places of lines that are sampled, each with the rows before it in the buffer. */
  #samples: number[] = [];
  #nextSample = 0;

  /** `linesBytes`: an upper bound of all lines together, so that a small feed has a small buffer. In the kernel's memory, if it has room. */
  constructor(header: Uint8Array, linesBytes = BUFFER_BYTES, kernel?: EmitArrays) {
    const isInKernel = kernel !== undefined && header.length <= kernel.lines.length;
    this.#bytes = isInKernel ? kernel.lines : new Uint8Array(Math.min(BUFFER_BYTES, header.length + linesBytes));
    this.#sources = isInKernel ? kernel.sources : new Uint32Array(SOURCES_START);
    this.#bytes.set(header);
    this.#used = header.length;
  }

  /**
   * Has the kernel copy rows from `next` on, until the buffer or the writer is full; returns the next row to copy. The first
   * row that does not fit, and every row of a buffer that has outgrown the kernel's, is for the caller.
   */
  emitInKernel({ state, loops, emit }: Kernel, next: number, writer: SortedRunWriter | null): number {
    if (this.#bytes !== emit.lines || this.#sources !== emit.sources) return next;
    if (writer !== null && writer.bytes !== emit.entries) return next;
    state[S_NEXT] = next;
    state[S_LINES_USED] = this.#used;
    state[S_LINES_MAX] = emit.lines.length;
    state[S_SOURCES_USED] = this.#rows;
    state[S_SOURCES_MAX] = emit.sources.length / ENTRY_WORDS;
    state[S_ENTRIES_USED] = writer?.at ?? 0;
    state[S_ENTRIES_MAX] = writer === null ? -1 : emit.entries.length;
    state[S_NEXT_SAMPLE] = this.#nextSample;
    loops.emit();
    this.#used = state[S_LINES_USED]!;
    this.#rows = state[S_SOURCES_USED]!;
    if (writer !== null) writer.at = state[S_ENTRIES_USED]!;
    return state[S_NEXT]!;
  }

  /** True if a line fits; an empty buffer grows for any line. */
  hasRoom(length: number): boolean {
    if (this.#used + length <= this.#bytes.length) return true;
    if (this.#used > 0) return false;
    this.#bytes = new Uint8Array(length);
    return true;
  }

  add(bytes: Uint8Array, at: number, length: number): void {
    if (this.#used >= this.#nextSample) this.#markSample();
    this.#bytes.set(bytes.subarray(at, at + length), this.#used);
    this.#used += length;
  }

  #markSample(): void {
    this.#samples.push(this.#used, this.#rows);
    this.#nextSample = this.#used + SAMPLE_BYTES;
  }

  /** Adds the source of the line that was just added. */
  addSource(rowNumber: number, line: number, fileNumber: number): void {
    const at = this.#rows++ * ENTRY_WORDS;
    if (at === this.#sources.length) {
      const larger = new Uint32Array(at * 2);
      larger.set(this.#sources);
      this.#sources = larger;
    }
    this.#sources[at] = rowNumber;
    this.#sources[at + 1] = line;
    this.#sources[at + 2] = fileNumber;
  }

  /** Writes what it has, and empties it. */
  async flush({ sink, rows, samples }: LineSink): Promise<void> {
    for (let i = 0; i < this.#samples.length; i += 2) {
      const at = this.#samples[i]!;
      samples.add(at, this.#rowsBefore + this.#samples[i + 1]!, () => csvCellAt(this.#bytes, at, 0));
    }
    samples.pass(this.#used);
    this.#samples = [];
    this.#nextSample = 0;
    const { buffer, byteOffset } = this.#sources;
    const sources = new Uint8Array(buffer, byteOffset, this.#rows * ROW_ENTRY_BYTES);
    this.#rowsBefore += this.#rows;
    const lines = this.#bytes.subarray(0, this.#used);
    this.#rows = 0;
    this.#used = 0;
    await sink.write(lines);
    if (sources.length > 0) await rows.write(sources);
  }
}

/** Where lines go, and the line before them. */
export interface LineSink {
  sink: ByteSink;
  /** Takes `rows.bin`: for each line, the record that it came from. */
  rows: ByteSink;
  samples: LineSamples;
  header: Uint8Array;
}
