/**
 * Looks for text that was decoded wrongly and encoded again (`CafÃ©` for `Café`), or that lost letters before (`Caf\ufffd`), in UTF-8 as
 * it passes, and keeps two cells that show it. A cell that a chunk's end cuts may be missed.
 *
 * A feed without such text costs a few searches for a byte per chunk. Lines are counted only if there is something to show.
 */
// biome-ignore-all lint/style/noNonNullAssertion: a byte past the end of a chunk compares false with every number

import type { FeedExample } from '../../../../core/plugin.ts';
import { cellAround, SAMPLES_MAX } from './cell-samples.ts';

interface Found {
  /** Bytes before it. */
  at: number;
  cell: string;
  /** 0 until it is known. */
  line: number;
}

/** The position of what is looked for, from a byte on; -1 for nowhere. */
type Finder = (chunk: Uint8Array, from: number) => number;

export class TextSamples {
  readonly #find: Finder;
  readonly #found: Found[] = [];
  #bytes = 0;

  constructor(find: Finder) {
    this.#find = find;
  }

  get found(): boolean {
    return this.#found.length > 0;
  }

  write(chunk: Uint8Array): void {
    for (let from = 0; this.#found.length < SAMPLES_MAX; ) {
      const at = this.#find(chunk, from);
      if (at < 0) break;
      const { bytes, end } = cellAround(chunk, at);
      const cell = cellText(bytes);
      this.#found.push({ at: this.#bytes + at, cell, line: 0 });
      from = end;
    }
    this.#bytes += chunk.length;
  }

  /** Reads the same text again, as far as the last cell. A line ends with LF, CR LF or CR. */
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

/** The characters that the ends of the sample cut go. */
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

/** Where U+FFFD is, which decoders write for what they cannot read. */
export function lostAt(chunk: Uint8Array, from: number): number {
  let at = chunk.indexOf(0xef, from);
  while (at >= 0 && !(chunk[at + 1] === 0xbf && chunk[at + 2] === 0xbd)) at = chunk.indexOf(0xef, at + 1);
  return at;
}

/** Where text was encoded twice, from a byte on; -1 for nowhere. The bytes searched for are rare in other text. */
export function doubleAt(chunk: Uint8Array, from: number): number {
  let latin = chunk.indexOf(0xc2, from);
  while (latin >= 0 && !(chunk[latin - 2] === 0xc3 && isDouble(chunk[latin - 1]!, chunk[latin + 1]!)))
    latin = chunk.indexOf(0xc2, latin + 1);
  let sign = chunk.indexOf(0xe2, from);
  while (
    sign >= 0 &&
    !(chunk[sign - 2] === 0xc3 && isWindowsSign(chunk[sign - 1]!, chunk[sign + 1]!, chunk[sign + 2]!))
  )
    sign = chunk.indexOf(0xe2, sign + 1);
  return latin < 0 || sign < 0 ? Math.max(latin, sign) : Math.min(latin, sign);
}

/** `Ã©`, `Â°`, Cyrillic `Ð¾`, Greek `Î±`: a lead byte read as a letter from U+00C0 on, then a sign up to U+00BF. */
function isDouble(lead: number, sign: number): boolean {
  // no text has control characters from U+0080 to U+009F
  if (lead === 0x82 || lead === 0x83 || sign < 0xa0) return true;
  return (lead === 0x90 || lead === 0x8e) && sign > 0xb0 && sign !== 0xbb;
}

/** `â€™`, `Ã‰`, `Ð†`: signs of windows-1252 that do not normally follow a letter, unlike dots, dashes and closing quotes. */
function isWindowsSign(lead: number, second: number, third: number): boolean {
  if (second === 0x82 && third === 0xac) return lead === 0xa2 || lead === 0x83 || lead === 0x90;
  const isSign = second === 0x80 && [0x9a, 0x9e, 0xa0, 0xa1, 0xb0, 0xb9].includes(third);
  return isSign && (lead === 0x83 || lead === 0x90 || lead === 0x8e);
}
