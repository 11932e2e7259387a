/** Scratch files, sinks and rows of segments in memory, for tests of sorting. */
import { toBytes } from '../../../bytes/text.ts';
import type { ByteSink, Scratch } from '../../../ports/engine.ts';
import {
  align8,
  FILE_SHIFT,
  prefix,
  SKU_APART,
  WORD_CONDITION,
  WORD_KEY_HIGH,
  WORD_KEY_LOW,
  WORD_LINE_LENGTH,
  WORD_ROW_NUMBER,
  WORD_SKU_LENGTH,
  WORD_SOURCE_LINE,
  WORD_TEXTS,
} from '../entry.ts';
import type { Segment } from '../segment.ts';

/** Scratch files that answer a read with at most so many bytes. */
export function countingScratch(readMax: number) {
  const scratch = {
    files: 0,
    live: 0,
    create: () => {
      scratch.files++;
      scratch.live++;
      const parts: Uint8Array[] = [];
      let all: Uint8Array | null = null;
      return {
        write: (bytes: Uint8Array) => {
          parts.push(bytes.slice());
          all = null;
        },
        read: (position: number, into: Uint8Array) => {
          all ??= Buffer.concat(parts);
          const part = all.subarray(position, position + Math.min(into.length, readMax));
          into.set(part);
          return part.length;
        },
        remove: () => void scratch.live--,
      };
    },
  };
  return scratch satisfies Scratch;
}

/** A sink that keeps what is written. */
export function keptSink(): ByteSink & { writes: Uint8Array[]; bytes(): Uint8Array } {
  const writes: Uint8Array[] = [];
  return {
    writes,
    bytes: () => Uint8Array.from(Buffer.concat(writes)),
    write: (bytes) => void writes.push(bytes.slice()),
    close: () => {},
    abort: () => {},
  };
}

export interface PlainRow {
  sku: string;
  /** The canonical line, with its line end. */
  line: string;
  rowNumber: number;
  /** The physical line of its record, and the file. */
  source: [line: number, file: number];
  condition?: number;
  /** The texts that its entry carries. */
  texts?: string[];
}

/** Adds a row as the normalizer does, and returns the place of its entry; -1 if the segment has no room for it. */
export function addRow(segment: Segment, row: PlainRow): number {
  const { skuOffset, texts } = segment.layout;
  const [sku, line] = [toBytes(row.sku), toBytes(row.line)];
  const carried = texts.map((_, n) => toBytes(row.texts?.[n] ?? ''));
  // a line that does not begin with the SKU as it is has it before the line
  const isApart = !row.line.startsWith(row.sku);
  const entryAt = segment.used;
  const skuAt = entryAt + skuOffset;
  const lineAt = skuAt + (isApart ? sku.length : 0);
  const end = align8(lineAt + line.length + carried.reduce((sum, { length }) => sum + length, 0));
  if (!segment.hasRoom(Math.max(end, align8(skuAt + sku.length)) - entryAt)) return -1;
  const { arena, words } = segment;
  const word = entryAt >> 2;
  const [source, file] = row.source;
  words[word + WORD_SOURCE_LINE] = source;
  words[word + WORD_KEY_HIGH] = prefix(sku, 0, sku.length);
  words[word + WORD_KEY_LOW] = prefix(sku, 4, sku.length - 4);
  words[word + WORD_SKU_LENGTH] = sku.length;
  words[word + WORD_ROW_NUMBER] = row.rowNumber;
  words[word + WORD_CONDITION] = (row.condition ?? 0) | (isApart ? SKU_APART : 0) | (file << FILE_SHIFT);
  words[word + WORD_LINE_LENGTH] = line.length;
  arena.set(sku, skuAt);
  arena.set(line, lineAt);
  let at = lineAt + line.length;
  for (const [n, text] of carried.entries()) {
    words[word + WORD_TEXTS + n] = text.length;
    arena.set(text, at);
    at += text.length;
  }
  segment.addRow(end);
  return entryAt;
}
