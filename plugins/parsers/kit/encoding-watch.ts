/**
 * Decodes a feed and looks, in passing, for what a strict decoder cannot object to: UTF-8 that is declared to be something else,
 * and UTF-8 of a text that had been read wrongly before (`CafÃ©`). Both are said in the run's summary.
 */
import { decodeToUtf8 } from './decode.ts';
import { IllFormed, utf8Checker } from './decode-utf8.ts';
import type { EncodingChoice } from './encoding-choice.ts';

export class EncodingWatch {
  readonly #choice: EncodingChoice;
  readonly #warnings = new Set<string>();

  constructor(choice: EncodingChoice) {
    this.#choice = choice;
  }

  /** Codes for what was seen in the bytes that were read to their end. */
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
      if (!found) found = hasDouble(chunk, 0x82) || hasDouble(chunk, 0x83);
      yield chunk;
    }
    if (found) this.countWarning('text_doubly_encoded');
  }

  countWarning(code: string): void {
    this.#warnings.add(code);
  }
}

/** `Â` or `Ã` (C3 82, C3 83) before a character from U+0080 to U+00BF: what is left of one that was encoded twice. */
function hasDouble(chunk: Uint8Array, second: number): boolean {
  for (let at = chunk.indexOf(second); at >= 0; at = chunk.indexOf(second, at + 1)) {
    if (chunk[at - 1] === 0xc3 && chunk[at + 1] === 0xc2) return true;
  }
  return false;
}
