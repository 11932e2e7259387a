/**
 * Decodes a feed and looks for two faults that decode without an error: UTF-8 declared as another encoding, and text that was
 * encoded twice (`CafÃ©`). Both are warnings in the run's summary.
 */
// biome-ignore-all lint/style/noNonNullAssertion: a byte past the end of a chunk compares false with every number

import type { EncodingChoice } from './choice.ts';
import { decodeToUtf8 } from './decode.ts';
import { IllFormed, utf8Checker } from './decode-utf8.ts';

export class EncodingWatch {
  readonly #choice: EncodingChoice;
  readonly #warnings = new Set<string>();

  constructor(choice: EncodingChoice) {
    this.#choice = choice;
  }

  /** Warning codes. Complete once the feed was read to its end. */
  warnings(): readonly string[] {
    return [...this.#warnings];
  }

  decode(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    const { encoding, reason } = this.#choice;
    if (encoding === 'utf-8') return this.#lookForDoubles(decodeToUtf8(chunks, encoding));
    if (reason !== 'declared' || /^utf-|^us-ascii$/.test(encoding)) return decodeToUtf8(chunks, encoding);
    return decodeToUtf8(this.#lookForUtf8(chunks), encoding);
  }

  async *#lookForUtf8(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    const checker = utf8Checker();
    let isUtf8 = true;
    let isAscii = true;
    const check = (step: () => unknown): void => {
      try {
        if (isUtf8) step();
      } catch (error) {
        if (!(error instanceof IllFormed)) throw error;
        isUtf8 = false;
      }
    };
    for await (const chunk of chunks) {
      check(() => checker.write(chunk));
      if (isUtf8 && isAscii) isAscii = chunk.every((byte) => byte < 0x80);
      yield chunk;
    }
    check(() => checker.end());
    if (isUtf8 && !isAscii) this.countWarning('encoding_doubtful');
  }

  async *#lookForDoubles(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    let found = false;
    for await (const chunk of chunks) {
      if (!found) found = hasDouble(chunk);
      yield chunk;
    }
    if (found) this.countWarning('text_doubly_encoded');
  }

  countWarning(code: string): void {
    this.#warnings.add(code);
  }
}

/** True if the chunk has traces of text that was encoded twice. The bytes searched for are rare in other text. */
function hasDouble(chunk: Uint8Array): boolean {
  for (let at = chunk.indexOf(0xc2); at >= 0; at = chunk.indexOf(0xc2, at + 1)) {
    if (chunk[at - 2] === 0xc3 && isDouble(chunk[at - 1]!, chunk[at + 1]!)) return true;
  }
  for (let at = chunk.indexOf(0xe2); at >= 0; at = chunk.indexOf(0xe2, at + 1)) {
    if (chunk[at - 2] === 0xc3 && isWindowsSign(chunk[at - 1]!, chunk[at + 1]!, chunk[at + 2]!)) return true;
  }
  return false;
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
