/**
 * A part of a feed that is read again: its header, and the blocks that hold some rows. The run noted the blocks in
 * `row_index.json`; each begins and ends at the end of a record.
 */
import { concatBytes } from '../../bytes/concat.ts';
import { toBytes } from '../../bytes/text.ts';
import type { FileIndex } from '../../pipeline/row-index.ts';
import type { FeedRow, PreparedFeed } from '../../plugin.ts';
import type { ByteSource } from '../../ports/engine.ts';
import type { RunFiles } from '../../ports/explaining.ts';
import { readBytes } from '../run-files/reading.ts';

interface FeedPart {
  /** Where it starts, in the unit of the file. */
  start: number;
  /** Null for the end of the file. */
  end: number | null;
  /** The physical line at its start, in the file and in the slice. */
  line: number;
  sliceLine: number;
  /** The physical line after it; that of its start for the end of the file. */
  endLine: number;
}

/** A slice above this size is not kept in memory: the file is read as a whole. */
const SLICE_BYTES_MAX = 64 << 20;

export class FeedSlice {
  readonly unit: FileIndex['unit'];
  readonly parts: FeedPart[] = [];
  /** The block with the header; null if the slice is of rows. */
  readonly head: { bytes: number; line: number } | null;

  /** Null if the file had better be read as a whole: its blocks are not known, or most of it is wanted. */
  static of(index: FileIndex, lines: readonly number[]): FeedSlice | null {
    if (index.blocks.length < 2 || index.length === 0) return null;
    const slice = new FeedSlice(index, lines);
    if (slice.unit === 'bytes' && slice.#length(index.length) > SLICE_BYTES_MAX) return null;
    return slice;
  }

  private constructor({ unit, blocks }: FileIndex, lines: readonly number[]) {
    this.unit = unit;
    const [first, second] = blocks[1] ?? [0, 0];
    this.head = unit === 'rows' ? null : { bytes: first, line: second };
    const wanted = new Set([0, ...lines.map((line) => blockOf(blocks, line))]);
    let sliceLine = 1;
    for (const [i, [start, line]] of blocks.entries()) {
      if (!wanted.has(i)) continue;
      const next = blocks[i + 1];
      const last = this.parts.at(-1);
      const endLine = next?.[1] ?? line;
      if (last !== undefined && last.end === start) Object.assign(last, { end: next?.[0] ?? null, endLine });
      else this.parts.push({ start, end: next?.[0] ?? null, line, sliceLine, endLine });
      sliceLine += endLine - line;
    }
  }

  /** The line of the file for a line of the slice. */
  fileLine(sliceLine: number): number {
    if (this.unit === 'rows') return sliceLine;
    const part = this.parts.findLast((one) => one.sliceLine <= sliceLine);
    return part === undefined ? sliceLine : sliceLine - part.sliceLine + part.line;
  }

  #length(all: number): number {
    return this.parts.reduce((sum, { start, end }) => sum + (end ?? all) - start, 0);
  }
}

/** The block with the record on a line. */
function blockOf(blocks: FileIndex['blocks'], line: number): number {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((blocks[middle]?.[1] ?? 0) <= line) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export interface SlicedFile {
  files: RunFiles;
  path: string;
  slice: FeedSlice;
  /** Bytes of the byte order mark. */
  mark: number;
  /** What the file begins with after the mark, as the index has it; null to read it from the file. */
  head: string | null;
}

/** The slice as a file of its own, if the text of the file is its bytes. It is read once. */
export function slicedSource({ files, path, slice, mark, head }: SlicedFile): ByteSource {
  let read: Promise<Uint8Array> | null = null;
  const known = head === null ? null : toBytes(head);
  const readPart = async ({ start, end }: FeedPart): Promise<Uint8Array> => {
    if (start === 0 && end === known?.length) return concatBytes([BYTE_ORDER_MARK.subarray(0, mark), known]);
    const first = start === 0 ? 0 : start + mark;
    const last = end === null ? Number.MAX_SAFE_INTEGER : end + mark - 1;
    return last < first ? NOTHING : ((await readBytes(files, path, { first, last })) ?? NOTHING);
  };
  const readParts = async (): Promise<Uint8Array> => {
    const parts: Uint8Array[] = [];
    for (const part of slice.parts) parts.push(await readPart(part));
    return concatBytes(parts);
  };
  return {
    name: path.slice(path.lastIndexOf('/') + 1),
    size: null,
    async *open() {
      read ??= readParts();
      const bytes = await read;
      if (bytes.length > 0) yield bytes.slice();
    },
  };
}

const NOTHING = new Uint8Array(0);
/** The byte order mark of UTF-8. */
const BYTE_ORDER_MARK = Uint8Array.of(0xef, 0xbb, 0xbf);

/** The feed with the records of the slice alone. What it reads is kept, so that it can be opened again. */
export function slicedFeed(feed: PreparedFeed, slice: FeedSlice): PreparedFeed {
  let kept: Array<Uint8Array | FeedRow> | null = null;
  return {
    ...feed,
    open: async function* () {
      if (kept !== null) {
        yield* kept;
        return;
      }
      const items: Array<Uint8Array | FeedRow> = [];
      for await (const item of onlyParts(feed.open(), slice.parts)) {
        items.push(item);
        yield item;
      }
      kept = items;
    },
  };
}

async function* onlyParts(
  items: AsyncIterable<Uint8Array | FeedRow>,
  parts: readonly FeedPart[],
): AsyncGenerator<Uint8Array | FeedRow> {
  let at = 0;
  let next = 0;
  for await (const item of items) {
    const length = item instanceof Uint8Array ? item.length : 1;
    for (; next < parts.length; next++) {
      const part = parts[next];
      const end = part?.end ?? Number.POSITIVE_INFINITY;
      const from = Math.max(part?.start ?? 0, at);
      const to = Math.min(end, at + length);
      if (from < to)
        yield item instanceof Uint8Array ? item.slice(from - at, to - at) : { ...item, line: item.line ?? at + 1 };
      if (end > at + length) break;
    }
    at += length;
    if (next === parts.length) return;
  }
}

/** The feed without what its layout says about the end of the file: that does not hold for a part of it. */
export function asPart(feed: PreparedFeed): PreparedFeed {
  const { footer: _footer, skipLastRows: _last, ...layout } = feed.layout;
  return { ...feed, layout };
}
