/**
 * A feed that does not fit in memory: each time the segment is full, its rows go to scratch as two sorted runs, one of lines and one of
 * offer entries, in one pass, since line and entry of a row are neighbours. At the end the runs of lines are merged to
 * `normalized.csv`; those of offers are for the merge of all vendors.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the segment's number of rows bounds every index
import type { SortedSegment } from './emit.ts';
import {
  align8,
  FILE_SHIFT,
  SKU_APART,
  WORD_BYTES,
  WORD_CONDITION,
  WORD_KEY_HIGH,
  WORD_KEY_LOW,
  WORD_LINE_LENGTH,
  WORD_ROW_NUMBER,
  WORD_SKU_LENGTH,
  WORD_SOURCE_LINE,
} from './entry.ts';
import { ReadAhead } from './read-ahead.ts';
import type { Segment } from './segment.ts';
import { type LineSink, SegmentLines } from './segment-lines.ts';
import type { SortedRun, SortedRunWriter } from './sorted-run.ts';
import { type SortedRunCursor, SortedRunMerge } from './sorted-run-merge.ts';

// A line entry: the words of every entry, the line's length, its row number, physical line, and the word of the segment's entry that has the
// file. Then the SKU and the line, as in the segment, and padding.
const WORD_SPILLED_LINE_LENGTH = 4;
const WORD_SPILLED_ROW = 5;
const WORD_SPILLED_SOURCE = 6;
const WORD_SPILLED_FLAGS = 7;
const LINE_ENTRY_SKU_OFFSET = 32;

/** Where the lines and the offer entries of a segment go. */
export interface SpillWriters {
  lines: SortedRunWriter;
  offers: SortedRunWriter;
}

/** Writes the lines and the offer entries in order, each as one sorted run. `owner` is that of the offers. */
export async function spillSegment(
  sorted: SortedSegment,
  writers: SpillWriters,
  owner: number,
): Promise<{ lines: SortedRun; offers: SortedRun }> {
  const { segment, order } = sorted;
  const { lines, offers } = writers;
  const ahead = new ReadAhead(segment, order);
  for (let next = 0; next < order.length; ) {
    next = spillSome(sorted, { from: next, ahead }, writers);
    if (next === order.length) break;
    const at = order[next]!;
    const sizes = { offer: segment.entryBytes(at), line: lineEntryBytes(segment, at) };
    if (!offers.hasRoom(sizes.offer)) await offers.flush(sizes.offer);
    if (!lines.hasRoom(sizes.line)) await lines.flush(sizes.line);
  }
  return { lines: await lines.finish(0), offers: await offers.finish(owner) };
}

/** Copies rows until one of the two chunks is full; returns the next row to copy. */
function spillSome(
  { segment, order }: SortedSegment,
  { from, ahead }: { from: number; ahead: ReadAhead },
  { lines, offers }: SpillWriters,
): number {
  for (let i = from; i < order.length; i++) {
    ahead.reach(i);
    const at = order[i]!;
    const size = segment.entryBytes(at);
    if (!offers.hasRoom(size) || !lines.hasRoom(lineEntryBytes(segment, at))) return i;
    offers.addRow(segment, at, size);
    addLineEntry(lines, segment, at);
  }
  return order.length;
}

/** The bytes of SKU and line, from where the SKU begins. */
function textBytes(segment: Segment, at: number): number {
  return segment.lineAt(at) - at - segment.layout.skuOffset + segment.lineLength(at);
}

function lineEntryBytes(segment: Segment, at: number): number {
  return LINE_ENTRY_SKU_OFFSET + align8(textBytes(segment, at));
}

function addLineEntry(writer: SortedRunWriter, segment: Segment, at: number): void {
  const { words } = segment;
  const from = at >> 2;
  const to = writer.words;
  const word = writer.at >> 2;
  const bytes = textBytes(segment, at);
  const size = LINE_ENTRY_SKU_OFFSET + align8(bytes);
  to[word + WORD_BYTES] = size;
  to[word + WORD_KEY_HIGH] = words[from + WORD_KEY_HIGH]!;
  to[word + WORD_KEY_LOW] = words[from + WORD_KEY_LOW]!;
  to[word + WORD_SKU_LENGTH] = words[from + WORD_SKU_LENGTH]!;
  to[word + WORD_SPILLED_LINE_LENGTH] = words[from + WORD_LINE_LENGTH]!;
  to[word + WORD_SPILLED_ROW] = words[from + WORD_ROW_NUMBER]!;
  to[word + WORD_SPILLED_SOURCE] = words[from + WORD_SOURCE_LINE]!;
  to[word + WORD_SPILLED_FLAGS] = words[from + WORD_CONDITION]!;
  // it begins at a word on both sides; what is copied past its end is padding
  writer.copyWords(words, from + (segment.layout.skuOffset >> 2), LINE_ENTRY_SKU_OFFSET, bytes);
  writer.at += size;
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
    const { words } = cursor;
    const flags = words[word + WORD_SPILLED_FLAGS]!;
    const lineAt = cursor.at + LINE_ENTRY_SKU_OFFSET + (flags & SKU_APART ? words[word + WORD_SKU_LENGTH]! : 0);
    buffer.add(cursor.bytes, lineAt, lineLengthAt(cursor));
    buffer.addSource(words[word + WORD_SPILLED_ROW]!, words[word + WORD_SPILLED_SOURCE]!, flags >>> FILE_SHIFT);
    if (!merge.advance()) await merge.refill();
  }
  await buffer.flush(lines);
}

function lineLengthAt(cursor: SortedRunCursor): number {
  return cursor.words[(cursor.at >> 2) + WORD_SPILLED_LINE_LENGTH]!;
}
