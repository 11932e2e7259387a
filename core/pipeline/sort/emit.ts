/**
 * Copies a sorted segment out: its lines to `normalized.csv` (or to scratch, if the feed does not fit in memory), its offer
 * entries to a sorted run.
 *
 * Rows come in SKU order from anywhere in the arena, so this is bound by cache misses. It is fast because line and entry of
 * a row are neighbours, and because `touch` asks for the next rows at once, so that their misses overlap. Copying
 * goes into large buffers that are flushed between rows; an `await` or a write per row would make it slow.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the segment's number of rows bounds every index

import { csvLine, toBytes } from '../../bytes/text.ts';
import { CANONICAL_COLUMNS, type ExtraColumn } from '../../canonical.ts';
import {
  S_ENTRIES_MAX,
  S_ENTRIES_USED,
  S_LINES_MAX,
  S_LINES_USED,
  S_NEXT,
  S_NEXT_SAMPLE,
  S_ORDER,
  S_ROWS,
  S_SOURCES_MAX,
  S_SOURCES_USED,
} from '../../kernel/assembly/places.ts';
import type { EmitArrays, Kernel } from '../../kernel/kernel.ts';
import type { ByteSink } from '../../ports/engine.ts';
import { csvCellAt, type LineSamples, ROW_ENTRY_BYTES, SAMPLE_BYTES } from '../row-index.ts';
import {
  align8,
  SOURCE_BYTES,
  WORD_BYTES,
  WORD_KEY_HIGH,
  WORD_KEY_LOW,
  WORD_LINE_LENGTH,
  WORD_ROW_NUMBER,
  WORD_SKU_LENGTH,
} from './entry.ts';
import type { Segment } from './segment.ts';
import { CHUNK_BYTES, type SortedRun, type SortedRunWriter } from './sorted-run.ts';
import { type SortedRunCursor, SortedRunMerge } from './sorted-run-merge.ts';

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
class SegmentLines {
  /** Keeps the compiler from removing `touch`. */
  touched = 0;
  #bytes: Uint8Array;
  #used: number;
  /** Entries of `rows.bin`. */
  #sources: Uint32Array = new Uint32Array(SOURCES_START);
  #rows = 0;
  #rowsBefore = 0;
  /** Places of lines that are sampled, each with the rows before it in the buffer. */
  #samples: number[] = [];
  #nextSample = 0;

  /** `linesBytes`: an upper bound of all lines together, so that a small feed has a small buffer. */
  constructor(header: Uint8Array, linesBytes = BUFFER_BYTES) {
    this.#bytes = new Uint8Array(Math.min(BUFFER_BYTES, header.length + linesBytes));
    this.#bytes.set(header);
    this.#used = header.length;
  }

  /** Moves the buffers into the kernel's memory; call it before the first line. */
  moveInto({ lines, sources }: EmitArrays): void {
    if (this.#used > lines.length) return;
    lines.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = lines;
    this.#sources = sources;
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

  /** Adds the source of the line that was just added: its row number in `from`, its line and its file at `place` there. */
  addSource(rowNumber: number, from: Uint32Array, place: number): void {
    const at = this.#rows++ * ENTRY_WORDS;
    if (at === this.#sources.length) {
      const larger = new Uint32Array(at * 2);
      larger.set(this.#sources);
      this.#sources = larger;
    }
    this.#sources[at] = rowNumber;
    this.#sources[at + 1] = from[place]!;
    this.#sources[at + 2] = from[place + 1]!;
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

/** A segment, and its rows in the order of their SKUs. */
export interface SortedSegment {
  segment: Segment;
  order: Uint32Array;
  /** The kernel whose memory may hold both. */
  kernel?: Kernel | null;
}

/** The kernel, prepared for the segment's rows; null if it cannot copy them. */
export function kernelFor({ order, kernel = null }: SortedSegment): Kernel | null {
  // rows have their order in the kernel's memory only if they are there themselves
  if (kernel === null || order.buffer !== kernel.bytes.buffer) return null;
  kernel.state[S_ORDER] = order.byteOffset;
  kernel.state[S_ROWS] = order.length;
  return kernel;
}

/** Writes header and lines in order to the sink, and with a writer the offer entries in order as a sorted run. */
export async function emitSegment(
  sorted: SortedSegment,
  lines: LineSink,
  writer: SortedRunWriter | null,
): Promise<void> {
  const { segment, order } = sorted;
  const buffer = new SegmentLines(lines.header, segment.used);
  const kernel = kernelFor(sorted);
  if (kernel !== null) {
    buffer.moveInto(kernel.emit);
    writer?.moveInto(kernel.emit.entries);
  }
  for (let next = 0; next < order.length; ) {
    if (kernel !== null) next = buffer.emitInKernel(kernel, next, writer);
    // rows whose lines are sampled are left to TypeScript
    const to = kernel === null ? order.length : Math.min(next + 1, order.length);
    next = emitSome(sorted, { from: next, to }, buffer, writer);
    if (next === to) continue;
    const bytes = entryBytes(segment, order[next]!);
    if (writer?.hasRoom(bytes) === false) await writer.flush(bytes);
    if (!buffer.hasRoom(segment.lineLength(order[next]!))) await buffer.flush(lines);
  }
  await buffer.flush(lines);
}

/** Copies rows until one of the two buffers is full; returns the next row to copy. */
function emitSome(
  { segment, order }: SortedSegment,
  { from, to }: { from: number; to: number },
  buffer: SegmentLines,
  writer: SortedRunWriter | null,
): number {
  const { arena, words, entryAt } = segment;
  for (let i = from; i < to; i++) {
    if ((i - from) % AHEAD === 0) buffer.touched ^= touch(segment, order, i);
    const at = entryAt[order[i]!]!;
    const word = at >> 2;
    const size = words[word + WORD_BYTES]!;
    const lineLength = words[word + WORD_LINE_LENGTH]!;
    if (writer?.hasRoom(size) === false || !buffer.hasRoom(lineLength)) return i;
    const lineAt = at - align8(lineLength);
    buffer.add(arena, lineAt, lineLength);
    buffer.addSource(words[word + WORD_ROW_NUMBER]!, words, (lineAt - SOURCE_BYTES) >> 2);
    writer?.copyEntry(words, word, size);
  }
  return to;
}

/** Rows that `touch` reads at once. */
const AHEAD = 16;
/** Words in a cache line of 64 bytes. */
const LINE_WORDS = 16;

/**
 * Reads a little of each of the next rows. Each read is a cache miss; made together, the misses overlap. The result is
 * used only so that the compiler keeps the reads.
 */
function touch(segment: Segment, order: Uint32Array, from: number): number {
  const { words, entryAt } = segment;
  const end = Math.min(from + AHEAD, order.length);
  const last = words.length - 1;
  let sum = 0;
  for (let i = from; i < end; i++) {
    const word = entryAt[order[i]!]! >> 2;
    sum ^= words[word]! ^ words[Math.min(last, word + LINE_WORDS)]! ^ words[Math.max(0, word - LINE_WORDS)]!;
  }
  return sum;
}

function entryBytes(segment: Segment, row: number): number {
  return segment.words[(segment.entryAt[row]! >> 2) + WORD_BYTES]!;
}

/** Writes the offer entries in order as one sorted run. */
export async function spillOffers(
  { segment, order }: SortedSegment,
  writer: SortedRunWriter,
  owner: number,
): Promise<SortedRun> {
  for (const row of order) {
    const size = entryBytes(segment, row);
    if (!writer.hasRoom(size)) await writer.flush(size);
    writer.copyEntry(segment.words, segment.entryAt[row]! >> 2, size);
  }
  return writer.finish(owner);
}

// a line entry: the words of every entry, the line's length, its row number, physical line and file, the SKU, the line
const WORD_SPILLED_LINE_LENGTH = 4;
const WORD_SPILLED_ROW = 5;
const WORD_SPILLED_SOURCE = 6;
const LINE_ENTRY_SKU_OFFSET = 32;

/** Writes the lines in order as one sorted run. `skuOffset`: bytes of an offer entry before its SKU. */
export async function spillLines(
  { segment, order }: SortedSegment,
  writer: SortedRunWriter,
  skuOffset: number,
): Promise<SortedRun> {
  const { arena, words, entryAt } = segment;
  for (const row of order) {
    const from = entryAt[row]! >> 2;
    const skuLength = words[from + WORD_SKU_LENGTH]!;
    const lineLength = words[from + WORD_LINE_LENGTH]!;
    const size = align8(LINE_ENTRY_SKU_OFFSET + skuLength + lineLength);
    if (!writer.hasRoom(size)) await writer.flush(size);
    const word = writer.at >> 2;
    writer.words[word + WORD_BYTES] = size;
    writer.words[word + WORD_KEY_HIGH] = words[from + WORD_KEY_HIGH]!;
    writer.words[word + WORD_KEY_LOW] = words[from + WORD_KEY_LOW]!;
    writer.words[word + WORD_SKU_LENGTH] = skuLength;
    writer.words[word + WORD_SPILLED_LINE_LENGTH] = lineLength;
    const skuAt = entryAt[row]! + skuOffset;
    const lineAt = segment.lineAt(row);
    const source = (lineAt - SOURCE_BYTES) >> 2;
    writer.words[word + WORD_SPILLED_ROW] = words[from + WORD_ROW_NUMBER]!;
    writer.words[word + WORD_SPILLED_SOURCE] = words[source]!;
    writer.words[word + WORD_SPILLED_SOURCE + 1] = words[source + 1]!;
    writer.bytes.set(arena.subarray(skuAt, skuAt + skuLength), writer.at + LINE_ENTRY_SKU_OFFSET);
    writer.bytes.set(arena.subarray(lineAt, lineAt + lineLength), writer.at + LINE_ENTRY_SKU_OFFSET + skuLength);
    writer.at += size;
  }
  return writer.finish(0);
}

/** Merges sorted runs of lines, given in row order, and writes header and lines. */
export async function mergeLines(runs: readonly SortedRun[], lines: LineSink, budgetBytes: number): Promise<void> {
  const merge = await SortedRunMerge.open(runs, LINE_ENTRY_SKU_OFFSET, { budgetBytes });
  const buffer = new SegmentLines(lines.header);
  for (;;) {
    const cursor = merge.top;
    if (cursor === undefined) break;
    if (!buffer.hasRoom(lineLengthAt(cursor))) await buffer.flush(lines);
    if (!buffer.hasRoom(lineLengthAt(cursor))) continue;
    const word = cursor.at >> 2;
    const lineAt = cursor.at + LINE_ENTRY_SKU_OFFSET + cursor.words[word + WORD_SKU_LENGTH]!;
    buffer.add(cursor.bytes, lineAt, lineLengthAt(cursor));
    buffer.addSource(cursor.words[word + WORD_SPILLED_ROW]!, cursor.words, word + WORD_SPILLED_SOURCE);
    if (!merge.advance()) await merge.refill();
  }
  await buffer.flush(lines);
}

function lineLengthAt(cursor: SortedRunCursor): number {
  return cursor.words[(cursor.at >> 2) + WORD_SPILLED_LINE_LENGTH]!;
}
