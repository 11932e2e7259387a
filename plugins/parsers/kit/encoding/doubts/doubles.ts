/**
 * Finds text that was decoded wrongly and encoded again (`CafÃ©` for `Café`), or that lost letters before
 * (`Caf\ufffd`), in UTF-8 as it passes. Keeps two cells as examples. It may miss a cell that is split between chunks.
 *
 * One pass over a chunk finds both, and stops only at bytes outside ASCII. Lines are counted only if there is something
 * to show.
 */
// biome-ignore-all lint/style/noNonNullAssertion: a byte past the end of a chunk compares false with every number

import type { FeedExample } from '../../../../../core/plugin.ts';
import { skipAscii, wordsOf } from '../decode/decode-utf8.ts';
import { cellAround, SAMPLES_MAX } from './cell-samples.ts';

interface FoundCell {
  /** Bytes before it. */
  at: number;
  cell: string;
  /** 0 until it is known. */
  line: number;
}

/** The cells found of one kind. */
export class TextSamples {
  readonly #found: FoundCell[] = [];
  #bytes = 0;
  /** In the chunk: the end of the last cell that was taken. */
  #from = 0;

  get found(): boolean {
    return this.#found.length > 0;
  }

  get isFull(): boolean {
    return this.#found.length >= SAMPLES_MAX;
  }

  /** Takes the cell around a byte, once. */
  add(chunk: Uint8Array, at: number): void {
    if (this.isFull || at < this.#from) return;
    const { bytes, end } = cellAround(chunk, at);
    this.#found.push({ at: this.#bytes + at, cell: cellText(bytes), line: 0 });
    this.#from = end;
  }

  /** Call it at the end of a chunk. */
  pass(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    this.#from = 0;
  }

  /** Reads the same text again up to the last example, to find its line. A line ends with LF, CR LF or CR. */
  async findLines(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const last = this.#found.at(-1);
    let before = 0;
    let line = 1;
    let previous = 0;
    for await (const chunk of chunks) {
      for (let i = 0; i < chunk.length; i++) {
        const byte = chunk[i]!;
        if (byte === 13 || (byte === 10 && previous !== 13)) line++;
        previous = byte;
        for (const one of this.#found) if (one.at === before + i) one.line = line;
        if (last === undefined || last.line > 0) return;
      }
      before += chunk.length;
    }
  }

  examples(): FeedExample[] {
    return this.#found.flatMap(({ cell, line }) => (line === 0 ? [] : [{ line, cell }]));
  }
}

/** The text of a sample, without characters that its ends cut. */
function cellText(bytes: Uint8Array): string {
  let [from, to] = [0, bytes.length];
  while (from < to && (bytes[from]! & 0xc0) === 0x80) from++;
  for (let back = 1; back <= 3 && back <= to - from; back++) {
    const byte = bytes[to - back]!;
    const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    if (size > back) to -= back;
    if (size > 1) break;
  }
  return new TextDecoder().decode(bytes.subarray(from, to)).trim();
}

/** Searches a chunk for text that was encoded twice, and for U+FFFD, which decoders write for what they cannot read. */
export function findDoubles(chunk: Uint8Array, doubles: TextSamples, lost: TextSamples): void {
  if (!doubles.isFull || !lost.isFull) {
    const words = wordsOf(chunk);
    const n = chunk.length;
    for (let at = skipAscii(chunk, words, 0); at < n; at = skipAscii(chunk, words, at)) {
      for (let byte = chunk[at]!; byte >= 0x80; byte = chunk[++at]!) {
        if (byte === 0xef) {
          if (chunk[at + 1] === 0xbf && chunk[at + 2] === 0xbd) lost.add(chunk, at);
        } else if (isSecond(byte) && chunk[at - 2] === 0xc3 && isDoubleAt(chunk, at)) {
          doubles.add(chunk, at);
        }
      }
    }
  }
  doubles.pass(chunk);
  lost.pass(chunk);
}

/** Takes the first cells of a chunk that have a character outside ASCII. */
export function findBeyondAscii(chunk: Uint8Array, samples: TextSamples): void {
  const words = wordsOf(chunk);
  for (let at = 0; !samples.isFull; at++) {
    at = skipAscii(chunk, words, at);
    if (at >= chunk.length) break;
    samples.add(chunk, at);
  }
  samples.pass(chunk);
}

/** What a letter's second byte can begin with, once it was read as a character of its own. */
function isSecond(byte: number): boolean {
  return byte === 0xc2 || byte === 0xe2 || byte === 0xc5 || byte === 0xc6 || byte === 0xcb;
}

/** True if the letter and the symbol that start at a byte were one character before. */
function isDoubleAt(chunk: Uint8Array, at: number): boolean {
  const byte = chunk[at]!;
  if (byte === 0xc2) return isDouble(chunk[at - 1]!, chunk[at + 1]!);
  if (byte !== 0xe2) return chunk[at - 1] === 0x83 && isWindowsLetter(byte, chunk[at + 1]!);
  return isWindowsSign(chunk[at - 1]!, chunk[at + 1]!, chunk[at + 2]!);
}

/** `Ã©`, `Â°`, Cyrillic `Ð¾`, Greek `Î±`: a lead byte read as a letter from U+00C0 on, then a sign up to U+00BF. */
function isDouble(lead: number, sign: number): boolean {
  // no text has control characters from U+0080 to U+009F
  if (lead === 0x82 || lead === 0x83 || sign < 0xa0) return true;
  return (lead === 0x90 || lead === 0x8e) && sign > 0xb0 && sign !== 0xbb;
}

/** `ÃŸ` for ß, `Ãœ` for Ü: a letter of windows-1252 that follows Ã in no language. */
function isWindowsLetter(first: number, second: number): boolean {
  if (first === 0xc6) return second === 0x92;
  if (first === 0xcb) return second === 0x86 || second === 0x9c;
  return [0x92, 0x93, 0xa0, 0xa1, 0xb8, 0xbd, 0xbe].includes(second);
}

/** `â€™`, `Ã‰`, `Ð†`: signs of windows-1252 that do not normally follow a letter, unlike dots, dashes and closing quotes. */
function isWindowsSign(lead: number, second: number, third: number): boolean {
  if (second === 0x82 && third === 0xac) return lead === 0xa2 || lead === 0x83 || lead === 0x90;
  const isSign = second === 0x80 && [0x9a, 0x9e, 0xa0, 0xa1, 0xb0, 0xb9].includes(third);
  return isSign && (lead === 0x83 || lead === 0x90 || lead === 0x8e);
}
