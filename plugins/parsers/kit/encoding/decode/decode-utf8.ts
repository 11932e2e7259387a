/**
 * Checks UTF-8 and counts lines in a stream of chunks, nearly as fast as memory allows: an aligned Int32Array over the
 * chunk tests four bytes of ASCII at a time, and sixteen in `skipAscii`. Only other bytes are examined one by one. What
 * would make it slow: a copy of a chunk, a closure call per byte, or a DataView in place of the aligned view.
 */
// biome-ignore-all lint/style/noNonNullAssertion: indexes are below the lengths of chunks and views

/** What a decoder throws; `decode.ts` turns it into a `DecodeError`. */
export class IllFormed extends Error {
  /** Bytes from the start of the decoder's input to the first byte of the ill-formed sequence. */
  readonly offset: number;
  /** The part of the current chunk decoded before it. */
  readonly before: Uint8Array;

  constructor(offset: number, before: Uint8Array) {
    super(`ill-formed sequence at ${offset}`);
    this.offset = offset;
    this.before = before;
  }
}

/** A streaming decoder to UTF-8. `write` and `end` throw `IllFormed`. */
export interface Transcoder {
  write(chunk: Uint8Array): Uint8Array;
  end(): Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** Returns each chunk unchanged if it is well-formed: no overlong forms, no surrogates, nothing above U+10FFFF. */
export function utf8Checker(): Transcoder {
  let base = 0;
  let sequenceStart = 0;
  let missing = 0;
  let low = 0x80;
  let high = 0xbf;

  return {
    write(chunk) {
      const words = wordsOf(chunk);
      const n = chunk.length;
      let i = 0;
      while (i < n) {
        if (missing === 0) {
          i = skipAscii(chunk, words, i);
          if (i === n) break;
          const lead = chunk[i]!;
          sequenceStart = base + i;
          low = 0x80;
          high = 0xbf;
          if (lead < 0xc2 || lead > 0xf4) throw new IllFormed(sequenceStart, chunk.subarray(0, i));
          if (lead < 0xe0) missing = 1;
          else if (lead < 0xf0) {
            missing = 2;
            if (lead === 0xe0) low = 0xa0;
            else if (lead === 0xed) high = 0x9f;
          } else {
            missing = 3;
            if (lead === 0xf0) low = 0x90;
            else if (lead === 0xf4) high = 0x8f;
          }
          i++;
        } else {
          const next = chunk[i]!;
          if (next < low || next > high) {
            throw new IllFormed(sequenceStart, chunk.subarray(0, Math.max(0, sequenceStart - base)));
          }
          low = 0x80;
          high = 0xbf;
          missing--;
          i++;
        }
      }
      base += n;
      return chunk;
    },
    end() {
      if (missing > 0) throw new IllFormed(sequenceStart, NOTHING);
      return NOTHING;
    },
  };
}

/** Counts physical line ends (LF, CR, CRLF) in chunks of UTF-8. */
export function lineCounter(): { add(bytes: Uint8Array): void; lines(): number } {
  let ends = 0;
  let afterCr = false;
  return {
    add(bytes) {
      const words = wordsOf(bytes);
      const n = bytes.length;
      let i = 0;
      while (i < n) {
        const next = skipPrintable(bytes, words, i);
        if (next > i) afterCr = false;
        i = next;
        // a word with a possible line end, or the rest of a word
        const stop = Math.min(n, i < words.first ? words.first : i + 4 - ((i - words.first) & 3));
        for (; i < stop; i++) {
          const c = bytes[i]!;
          if (c === 10) {
            if (!afterCr) ends++;
            afterCr = false;
          } else {
            afterCr = c === 13;
            if (afterCr) ends++;
          }
        }
      }
    },
    lines: () => ends,
  };
}

/** An aligned view of the chunk's whole words, with the index of the first one's first byte. */
export function wordsOf(chunk: Uint8Array): { view: Int32Array; first: number } {
  const first = (4 - (chunk.byteOffset & 3)) & 3;
  if (chunk.length < first + 16) return { view: new Int32Array(0), first: chunk.length };
  return { view: new Int32Array(chunk.buffer, chunk.byteOffset + first, (chunk.length - first) >> 2), first };
}

/** The index of the first byte at or after `from` that is not ASCII, or the length. */
export function skipAscii(chunk: Uint8Array, words: { view: Int32Array; first: number }, from: number): number {
  const { view, first } = words;
  const n = chunk.length;
  let i = from;
  while (i < n && (i < first || ((i - first) & 3) !== 0)) {
    if (chunk[i]! >= 0x80) return i;
    i++;
  }
  if (i < n) {
    let w = (i - first) >> 2;
    const end = view.length;
    while (w + 4 <= end && ((view[w]! | view[w + 1]! | view[w + 2]! | view[w + 3]!) & 0x80808080) === 0) w += 4;
    while (w < end && (view[w]! & 0x80808080) === 0) w++;
    i = first + (w << 2);
  }
  while (i < n && chunk[i]! < 0x80) i++;
  return i;
}

/**
 * The index of the first word at or after `from` that may have a byte below 0x10, or `from` if it is not on a word
 * boundary. It may also report a word with bytes from 0x80 on: that costs time, but misses no line.
 */
function skipPrintable(chunk: Uint8Array, words: { view: Int32Array; first: number }, from: number): number {
  const { view, first } = words;
  if (from < first || ((from - first) & 3) !== 0) return from;
  const end = view.length;
  let w = (from - first) >> 2;
  while (w < end && (((view[w]! & 0x70707070) + 0x70707070) & 0x80808080) === -2139062144) w++;
  return Math.min(chunk.length, first + (w << 2));
}
