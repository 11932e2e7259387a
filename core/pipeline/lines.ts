/** Writes a vendor's canonical lines in SKU order: straight from memory, or through spilled runs where they did not fit. */

import { csvLine, toBytes } from '../bytes/text.ts';
import { CANONICAL_COLUMNS } from '../canonical.ts';
import type { ByteSink } from '../ports.ts';
import {
  type Run,
  type RunCursor,
  RunMerge,
  type RunWriter,
  WORD_BYTES,
  WORD_KEY_HIGH,
  WORD_KEY_LOW,
  WORD_SKU_LENGTH,
} from './runs.ts';
import {
  INT_KEY_HIGH,
  INT_KEY_LOW,
  INT_LINE_AT,
  INT_LINE_LENGTH,
  INT_SKU_AT,
  INT_SKU_LENGTH,
  ROW_INTEGERS,
  type Segment,
} from './segment.ts';

const BUFFER_BYTES = 512 * 1024;
export const HEADER = toBytes(csvLine(CANONICAL_COLUMNS));

/** Collects lines in front of a sink. */
class LineBuffer {
  #bytes = new Uint8Array(BUFFER_BYTES);
  #used = 0;

  constructor() {
    this.#bytes.set(HEADER);
    this.#used = HEADER.length;
  }

  /** False when the buffer must be written out first. */
  add(bytes: Uint8Array, at: number, length: number): boolean {
    if (this.#used + length > this.#bytes.length) {
      if (this.#used > 0) return false;
      this.#bytes = new Uint8Array(length);
    }
    this.#bytes.set(bytes.subarray(at, at + length), this.#used);
    this.#used += length;
    return true;
  }

  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#used);
    this.#used = 0;
    return taken;
  }
}

/** Writes the header and the segment's lines in order. */
export async function writeLines(segment: Segment, order: Uint32Array, sink: ByteSink): Promise<void> {
  const buffer = new LineBuffer();
  let next = 0;
  for (;;) {
    next = addLines(segment, order, next, buffer);
    await sink.write(buffer.take());
    if (next === order.length) return;
  }
}

function addLines(segment: Segment, order: Uint32Array, from: number, buffer: LineBuffer): number {
  const { arena, integers } = segment;
  for (let i = from; i < order.length; i++) {
    const base = order[i]! * ROW_INTEGERS;
    if (!buffer.add(arena, integers[base + INT_LINE_AT]!, integers[base + INT_LINE_LENGTH]!)) return i;
  }
  return order.length;
}

// a spilled line: the four words of every record, the line's length and a word of padding, the SKU, the line
const WORD_LINE_LENGTH = 4;
const SKU_OFFSET = 24;

/** Spills the segment's lines, in order, as one run. */
export async function spillLines(segment: Segment, order: Uint32Array, writer: RunWriter): Promise<Run> {
  let next = 0;
  while (next < order.length) {
    next = encodeLines(segment, order, next, writer);
    if (next < order.length) await writer.flush(recordBytes(segment, order[next]!));
  }
  return writer.finish(0);
}

function recordBytes(segment: Segment, row: number): number {
  const base = row * ROW_INTEGERS;
  return (SKU_OFFSET + segment.integers[base + INT_SKU_LENGTH]! + segment.integers[base + INT_LINE_LENGTH]! + 7) & ~7;
}

function encodeLines(segment: Segment, order: Uint32Array, from: number, writer: RunWriter): number {
  const { arena, integers } = segment;
  for (let i = from; i < order.length; i++) {
    const row = order[i]!;
    const size = recordBytes(segment, row);
    if (!writer.hasRoom(size)) return i;
    const { words, bytes, at } = writer;
    const word = at >> 2;
    const base = row * ROW_INTEGERS;
    const skuLength = integers[base + INT_SKU_LENGTH]!;
    const lineLength = integers[base + INT_LINE_LENGTH]!;
    words[word + WORD_BYTES] = size;
    words[word + WORD_KEY_HIGH] = integers[base + INT_KEY_HIGH]!;
    words[word + WORD_KEY_LOW] = integers[base + INT_KEY_LOW]!;
    words[word + WORD_SKU_LENGTH] = skuLength;
    words[word + WORD_LINE_LENGTH] = lineLength;
    const skuAt = integers[base + INT_SKU_AT]!;
    const lineAt = integers[base + INT_LINE_AT]!;
    bytes.set(arena.subarray(skuAt, skuAt + skuLength), at + SKU_OFFSET);
    bytes.set(arena.subarray(lineAt, lineAt + lineLength), at + SKU_OFFSET + skuLength);
    writer.at = at + size;
  }
  return order.length;
}

/** Merges spilled runs, which are in row order, and writes the header and their lines. */
export async function mergeLines(runs: readonly Run[], sink: ByteSink, budgetBytes: number): Promise<void> {
  const merge = await RunMerge.open(runs, SKU_OFFSET, budgetBytes);
  const buffer = new LineBuffer();
  for (;;) {
    const cursor = merge.top;
    if (cursor === undefined) break;
    while (!addCursorLine(buffer, cursor)) await sink.write(buffer.take());
    if (!merge.advance()) await merge.refill();
  }
  await sink.write(buffer.take());
}

function addCursorLine(buffer: LineBuffer, cursor: RunCursor): boolean {
  const word = cursor.at >> 2;
  const lineAt = cursor.at + SKU_OFFSET + cursor.words[word + WORD_SKU_LENGTH]!;
  return buffer.add(cursor.bytes, lineAt, cursor.words[word + WORD_LINE_LENGTH]!);
}
