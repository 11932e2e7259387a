/**
 * Cuts single records out of a part of a feed, so that a receipt normalizes and merges no others. Records are found by their physical
 * lines. A feed whose lines or quotes are not plain is left as it is; what comes out otherwise than it was is read from larger parts.
 */
// biome-ignore-all lint/style/noNonNullAssertion: indexes are inside the bytes
import { concatBytes } from '../../bytes/concat.ts';
import type { FeedRow, PreparedFeed } from '../../plugin.ts';
import type { FeedSlice } from './slice.ts';

export interface CutFeed {
  feed: PreparedFeed;
  /** The line of the file for a line of what is read. */
  fileLine(line: number): number;
}

interface Piece {
  /** The physical line at its start, in the file and in what is read. */
  line: number;
  cutLine: number;
}

/** `lines`: where the wanted records begin. */
export function cutRecords(feed: PreparedFeed, slice: FeedSlice, lines: readonly number[]): CutFeed {
  const { layout } = feed;
  const fileLine = (line: number) => slice.fileLine(line);
  // a parser's own code may remember the rows before
  if (slice.unit === 'rows' || layout.row !== undefined || layout.escape != null) return { feed, fileLine };
  let cut: { bytes: Uint8Array; pieces: Piece[] } | null = null;
  const read = async () => {
    const bytes = concatBytes(await texts(feed.open()));
    return new RecordCutter(bytes, layout.quote?.charCodeAt(0) ?? -1).cut(slice, lines) ?? { bytes, pieces: [] };
  };
  return {
    feed: {
      ...feed,
      open: async function* () {
        cut ??= await read();
        if (cut.bytes.length > 0) yield cut.bytes.slice();
      },
    },
    fileLine: (line) => {
      const piece = cut?.pieces.findLast(({ cutLine }) => cutLine <= line);
      return piece === undefined ? fileLine(line) : line - piece.cutLine + piece.line;
    },
  };
}

async function texts(items: AsyncIterable<Uint8Array | FeedRow>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const item of items) if (item instanceof Uint8Array) chunks.push(item.slice());
  return chunks;
}

class RecordCutter {
  readonly #bytes: Uint8Array;
  readonly #quote: number;
  readonly #taken: Uint8Array[] = [];
  readonly #pieces: Piece[] = [];
  #cutLine = 1;

  constructor(bytes: Uint8Array, quote: number) {
    this.#bytes = bytes;
    this.#quote = quote;
  }

  /** Null if the records cannot be told by their lines. */
  cut({ parts, head }: FeedSlice, lines: readonly number[]): { bytes: Uint8Array; pieces: Piece[] } | null {
    const wanted = [...lines].sort((a, b) => a - b);
    // of the first block nothing is cut: it has the header
    if (head === null || wanted.length === 0 || wanted[0]! < head.line || hasLoneReturn(this.#bytes)) return null;
    this.#take(0, head.bytes, 1);
    let start = 0;
    let next = 0;
    for (const part of parts) {
      const end = part.end === null ? this.#bytes.length : start + part.end - part.start;
      let at = start;
      let line = part.line;
      const lastLine = part.end === null ? Number.POSITIVE_INFINITY : part.endLine;
      for (; next < wanted.length && wanted[next]! < lastLine; next++) {
        for (; line < wanted[next]!; line++) {
          const found = this.#bytes.indexOf(LF, at);
          if (found < 0 || found >= end) return null;
          at = found + 1;
        }
        const recordEnd = this.#recordEnd(at, end);
        line += this.#take(at, recordEnd, line);
        at = recordEnd;
      }
      start = end;
    }
    return next === wanted.length ? { bytes: concatBytes(this.#taken), pieces: this.#pieces } : null;
  }

  /** How many lines end in it. */
  #take(from: number, to: number, line: number): number {
    this.#taken.push(this.#bytes.subarray(from, to));
    this.#pieces.push({ line, cutLine: this.#cutLine });
    const ends = countOf(this.#bytes, LF, from, to);
    this.#cutLine += ends;
    return ends;
  }

  /** After the first line end that is not in quotes. */
  #recordEnd(from: number, end: number): number {
    let quotes = 0;
    for (let at = from; ; ) {
      const found = this.#bytes.indexOf(LF, at);
      if (found < 0 || found >= end) return end;
      quotes += countOf(this.#bytes, this.#quote, at, found);
      at = found + 1;
      if (quotes % 2 === 0) return at;
    }
  }
}

/** A carriage return that ends a line alone. */
function hasLoneReturn(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(CR); at >= 0; at = bytes.indexOf(CR, at + 1)) if (bytes[at + 1] !== LF) return true;
  return false;
}

function countOf(bytes: Uint8Array, byte: number, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) if (bytes[i] === byte) count++;
  return count;
}

const LF = 0x0a;
const CR = 0x0d;
