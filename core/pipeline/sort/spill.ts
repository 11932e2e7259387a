/**
 * A feed that does not fit in memory: each time the segment is full, its rows go to scratch as two sorted runs, one of lines and one of
 * offer entries, in one pass, since line and entry of a row are neighbours. At the end the runs of lines are merged to
 * `normalized.csv`; those of offers are for the merge of all vendors.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the segment's number of rows bounds every index
import { entryBytes, type SortedSegment } from './emit.ts';
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
import { ReadAhead } from './read-ahead.ts';
import type { Segment } from './segment.ts';
import { type LineSink, SegmentLines } from './segment-lines.ts';
import type { SortedRun, SortedRunWriter } from './sorted-run.ts';
import { type SortedRunCursor, SortedRunMerge } from './sorted-run-merge.ts';

// a line entry: the words of every entry, the line's length, its row number, physical line and file, the SKU, padding, the line
const WORD_SPILLED_LINE_LENGTH = 4;
const WORD_SPILLED_ROW = 5;
const WORD_SPILLED_SOURCE = 6;
const LINE_ENTRY_SKU_OFFSET = 32;

/** Where a line is in a line entry. */
function lineOffset(skuLength: number): number {
  return LINE_ENTRY_SKU_OFFSET + align8(skuLength);
}

/** Where the lines and the offer entries of a segment go. */
export interface SpillWriters {
  lines: SortedRunWriter;
  offers: SortedRunWriter;
}

/**
 * Writes the lines and the offer entries in order, each as one sorted run. `owner` is that of the offers; `skuOffset`: bytes of an
 * offer entry before its SKU.
 */
export async function spillSegment(
  sorted: SortedSegment,
  writers: SpillWriters,
  { owner, skuOffset }: { owner: number; skuOffset: number },
): Promise<{ lines: SortedRun; offers: SortedRun }> {
  const { segment, order } = sorted;
  const { lines, offers } = writers;
  const ahead = new ReadAhead(segment, order);
  for (let next = 0; next < order.length; ) {
    next = spillSome(sorted, { from: next, ahead }, writers, skuOffset);
    if (next === order.length) break;
    const row = order[next]!;
    const sizes = { offer: entryBytes(segment, row), line: lineEntryBytes(segment, row) };
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
  skuOffset: number,
): number {
  const { words, entryAt } = segment;
  for (let i = from; i < order.length; i++) {
    ahead.reach(i);
    const row = order[i]!;
    const word = entryAt[row]! >> 2;
    const size = words[word + WORD_BYTES]!;
    if (!offers.hasRoom(size) || !lines.hasRoom(lineEntryBytes(segment, row))) return i;
    offers.copyEntry(words, word, size);
    addLineEntry(lines, segment, row, skuOffset);
  }
  return order.length;
}

function lineEntryBytes({ words, entryAt }: Segment, row: number): number {
  const word = entryAt[row]! >> 2;
  return lineOffset(words[word + WORD_SKU_LENGTH]!) + align8(words[word + WORD_LINE_LENGTH]!);
}

function addLineEntry(writer: SortedRunWriter, segment: Segment, row: number, skuOffset: number): void {
  const { words, entryAt } = segment;
  const from = entryAt[row]! >> 2;
  const skuLength = words[from + WORD_SKU_LENGTH]!;
  const lineLength = words[from + WORD_LINE_LENGTH]!;
  const line = (entryAt[row]! - align8(lineLength)) >> 2;
  const source = line - SOURCE_BYTES / 4;
  const to = writer.words;
  const word = writer.at >> 2;
  const size = lineOffset(skuLength) + align8(lineLength);
  to[word + WORD_BYTES] = size;
  to[word + WORD_KEY_HIGH] = words[from + WORD_KEY_HIGH]!;
  to[word + WORD_KEY_LOW] = words[from + WORD_KEY_LOW]!;
  to[word + WORD_SKU_LENGTH] = skuLength;
  to[word + WORD_SPILLED_LINE_LENGTH] = lineLength;
  to[word + WORD_SPILLED_ROW] = words[from + WORD_ROW_NUMBER]!;
  to[word + WORD_SPILLED_SOURCE] = words[source]!;
  to[word + WORD_SPILLED_SOURCE + 1] = words[source + 1]!;
  // SKU and line begin at words on both sides; what is copied past their ends is padding
  writer.copyWords(words, from + (skuOffset >> 2), LINE_ENTRY_SKU_OFFSET, skuLength);
  writer.copyWords(words, line, lineOffset(skuLength), lineLength);
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
    const lineAt = cursor.at + lineOffset(cursor.words[word + WORD_SKU_LENGTH]!);
    buffer.add(cursor.bytes, lineAt, lineLengthAt(cursor));
    buffer.addSource(cursor.words[word + WORD_SPILLED_ROW]!, cursor.words, word + WORD_SPILLED_SOURCE);
    if (!merge.advance()) await merge.refill();
  }
  await buffer.flush(lines);
}

function lineLengthAt(cursor: SortedRunCursor): number {
  return cursor.words[(cursor.at >> 2) + WORD_SPILLED_LINE_LENGTH]!;
}
