/**
 * Copies a sorted segment out: its lines to `normalized.csv`, its offer entries to a sorted run. `spill.ts` does it for a feed that does
 * not fit in memory.
 *
 * Rows come in SKU order from anywhere in the arena, so this is bound by cache misses. It is fast because line and entry of
 * a row are neighbours, and because the next rows are read at once, so that their misses overlap. Copying
 * goes into large buffers that are flushed between rows; an `await` or a write per row would make it slow.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the segment's number of rows bounds every index

import { S_ORDER, S_ROWS, S_SKU_OFFSET, S_TEXTS } from '../../kernel/assembly/places.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { WORD_ROW_NUMBER, WORD_SOURCE_LINE } from './entry.ts';
import { ReadAhead } from './read-ahead.ts';
import type { Segment } from './segment.ts';
import { type LineSink, SegmentLines } from './segment-lines.ts';
import type { SortedRunWriter } from './sorted-run.ts';

/** A segment, and the places of its rows' entries in the order of their SKUs. */
export interface SortedSegment {
  segment: Segment;
  order: Uint32Array;
  /** The kernel whose memory may hold both. */
  kernel?: Kernel | null;
}

/** The kernel, prepared for the segment's rows; null if it cannot copy them. */
export function kernelFor({ segment, order, kernel = null }: SortedSegment): Kernel | null {
  // an arena that has grown for a large row is not there, though the order is
  if (kernel === null || segment.arena !== kernel.segment.arena || order.buffer !== kernel.bytes.buffer) return null;
  kernel.state[S_SKU_OFFSET] = segment.layout.skuOffset;
  kernel.state[S_TEXTS] = segment.layout.texts.length;
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
  const kernel = kernelFor(sorted);
  const buffer = new SegmentLines(lines.header, segment.used, kernel?.emit);
  const ahead = new ReadAhead(segment, order);
  if (kernel !== null) writer?.moveInto(kernel.emit.entries);
  for (let next = 0; next < order.length; ) {
    if (kernel !== null) next = buffer.emitInKernel(kernel, next, writer);
    // rows whose lines are sampled are left to TypeScript
    const to = kernel === null ? order.length : Math.min(next + 1, order.length);
    next = emitSome(sorted, { from: next, to, ahead }, buffer, writer);
    if (next === to) continue;
    const at = order[next]!;
    const bytes = segment.entryBytes(at);
    if (writer?.hasRoom(bytes) === false) await writer.flush(bytes);
    if (!buffer.hasRoom(segment.lineLength(at))) await buffer.flush(lines);
  }
  await buffer.flush(lines);
}

/** Copies rows until one of the two buffers is full; returns the next row to copy. */
function emitSome(
  { segment, order }: SortedSegment,
  { from, to, ahead }: { from: number; to: number; ahead: ReadAhead },
  buffer: SegmentLines,
  writer: SortedRunWriter | null,
): number {
  const { arena, words } = segment;
  for (let i = from; i < to; i++) {
    ahead.reach(i);
    const at = order[i]!;
    const size = segment.entryBytes(at);
    const lineLength = segment.lineLength(at);
    if (writer?.hasRoom(size) === false || !buffer.hasRoom(lineLength)) return i;
    buffer.add(arena, segment.lineAt(at), lineLength);
    const word = at >> 2;
    buffer.addSource(words[word + WORD_ROW_NUMBER]!, words[word + WORD_SOURCE_LINE]!, segment.fileNumber(at));
    writer?.addRow(segment, at, size);
  }
  return to;
}
