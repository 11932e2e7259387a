/** Scratch files, sinks and rows of segments in memory, for tests of sorting. */
import { toBytes } from '../../../bytes/text.ts';
import type { ByteSink, Scratch } from '../../../ports/engine.ts';
import {
  align8,
  type EntryLayout,
  prefix,
  SOURCE_BYTES,
  WORD_BYTES,
  WORD_KEY_HIGH,
  WORD_KEY_LOW,
  WORD_LINE_LENGTH,
  WORD_ROW_NUMBER,
  WORD_SKU_LENGTH,
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
}

/** Adds a row as the normalizer does, and returns the place of its entry; -1 if the segment has no room for it. */
export function addRow(segment: Segment, { skuOffset }: EntryLayout, row: PlainRow): number {
  const [sku, line] = [toBytes(row.sku), toBytes(row.line)];
  const lineAt = segment.used + SOURCE_BYTES;
  const entryAt = lineAt + align8(line.length);
  const size = align8(skuOffset + sku.length);
  if (!segment.hasRoom(entryAt + size - segment.used)) return -1;
  const { arena, words } = segment;
  words.set(row.source, (lineAt - SOURCE_BYTES) >> 2);
  arena.set(line, lineAt);
  const word = entryAt >> 2;
  words[word + WORD_BYTES] = size;
  words[word + WORD_KEY_HIGH] = prefix(sku, 0, sku.length);
  words[word + WORD_KEY_LOW] = prefix(sku, 4, sku.length - 4);
  words[word + WORD_SKU_LENGTH] = sku.length;
  words[word + WORD_ROW_NUMBER] = row.rowNumber;
  words[word + WORD_LINE_LENGTH] = line.length;
  arena.set(sku, entryAt + skuOffset);
  segment.addRow(entryAt, entryAt + skuOffset, entryAt + size);
  return entryAt;
}
