/**
 * Decodes a feed and looks for faults that decode without an error: UTF-8 declared as another encoding, windows-1252 declared
 * as an ISO 8859 encoding, one code page declared as another, text that was encoded twice (`CafÃ©`), and text that lost letters. They are warnings in the run's summary, with examples.
 */
// biome-ignore-all lint/style/noNonNullAssertion: a byte past the end of a chunk compares false with every number

import type { FeedWarning } from '../../../../../core/plugin.ts';
import { printable } from '../../../../../core/text/printable.ts';
import type { EncodingChoice } from '../choice/choice.ts';
import { decodeToUtf8, oneChunk, type Reopen } from '../decode/decode.ts';
import { IllFormed, utf8Checker } from '../decode/decode-utf8.ts';
import { CellSamples } from './cell-samples.ts';
import { findBeyondAscii, findDoubles, TextSamples } from './doubles.ts';
import { MisdeclaredSample } from './misdeclared.ts';

const END_MARK = 0x1a;

export class EncodingWatch {
  readonly #choice: EncodingChoice;
  readonly #warnings = new Set<string>();
  #detail: string | null = null;
  /** NUL bytes at the end. */
  #padding = 0;
  #doubles = new TextSamples();
  #lost = new TextSamples();
  /** If the encoding is only likely: cells whose letters depend on it. */
  #doubtful = new TextSamples();

  constructor(choice: EncodingChoice) {
    this.#choice = choice;
    if (choice.likely !== undefined) this.countWarning('encoding_likely');
  }

  /** Warning codes. Complete once the feed was read to its end. */
  warnings(): readonly string[] {
    // a feed in another encoding than declared looks as if it was encoded twice, so only the first is reported
    const isOther = this.#warnings.has('encoding_doubtful');
    return [...this.#warnings].filter((code) => !isOther || code !== 'text_doubly_encoded');
  }

  /** The warnings as a prepared feed gives them: with examples where there are some. */
  reports(): FeedWarning[] {
    return this.warnings().map((code) => {
      if (code === 'text_doubly_encoded') return { code, examples: this.#doubles.examples() };
      if (code === 'text_lost_characters') return { code, examples: this.#lost.examples() };
      if (code === 'encoding_likely')
        return { code, detail: this.#choice.likely ?? '', examples: this.#doubtful.examples() };
      if (code === 'end_padded') return { code, detail: String(this.#padding) };
      const detail = code === 'encoding_doubtful' ? this.#detail : null;
      return detail === null ? code : { code, detail };
    });
  }

  /** What the examples show, for the warning `encoding_doubtful`; null if there is none. */
  get detail(): string | null {
    return this.#detail;
  }

  /**
   * `reopen` opens the same bytes again, to find the lines of examples and errors: nobody counts lines while the feed
   * is read.
   */
  decode(chunks: AsyncIterable<Uint8Array>, reopen: Reopen | null = null): AsyncIterable<Uint8Array> {
    const { encoding, reason } = this.#choice;
    const isUnicode = /^utf-|^us-ascii$/.test(encoding);
    const watched = reason === 'declared' && !isUnicode ? this.#lookForOthers(chunks) : chunks;
    const isWide = /^utf-(16|32)/.test(encoding);
    const decoded = decodeToUtf8(isWide ? watched : this.#countPadding(watched), encoding, reopen);
    // in ISO 8859, bytes from 0x80 to 0x9F look like halves of such text
    return /^iso-8859-/.test(encoding) ? decoded : this.#lookForDoubles(decoded, reopen);
  }

  /** After an end mark (0x1A) they are nothing to speak of. */
  async *#countPadding(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    let padding = 0;
    for await (const chunk of chunks) {
      let at = chunk.length;
      while (at > 0 && chunk[at - 1] === 0) at--;
      if (at > 0) padding = chunk[at - 1] === END_MARK ? Number.NEGATIVE_INFINITY : 0;
      padding += chunk.length - at;
      yield chunk;
    }
    this.#padding = Math.max(0, padding);
    if (padding > 0) this.countWarning('end_padded');
  }

  async *#lookForOthers(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
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
    const { encoding } = this.#choice;
    const beyondAscii = new CellSamples(() => true);
    // text has no control characters from U+0080 to U+009F, except U+0085, a line end of mainframes
    const controls = /^iso-8859-/.test(encoding) ? new CellSamples((byte) => byte < 0xa0 && byte !== 0x85) : null;
    const sample = MisdeclaredSample.suits(encoding) ? new MisdeclaredSample() : null;
    for await (const chunk of chunks) {
      check(() => checker.write(chunk));
      if (isUtf8 && isAscii) isAscii = chunk.every((byte) => byte < 0x80);
      beyondAscii.write(chunk);
      controls?.write(chunk);
      sample?.write(chunk);
      yield chunk;
    }
    check(() => checker.end());
    beyondAscii.end();
    controls?.end();
    if (isUtf8 && !isAscii) return this.#doubt(encoding, 'utf-8', beyondAscii);
    const likely = (await sample?.likelier(encoding)) ?? null;
    if (likely !== null) await this.#doubt(encoding, likely, beyondAscii);
    else if (controls !== null && controls.samples.length > 0) await this.#doubt(encoding, 'windows-1252', controls);
  }

  async *#lookForDoubles(decoded: AsyncIterable<Uint8Array>, reopen: Reopen | null): AsyncIterable<Uint8Array> {
    const doubles = new TextSamples();
    const lost = new TextSamples();
    this.#doubles = doubles;
    this.#lost = lost;
    const doubtful = new TextSamples();
    this.#doubtful = doubtful;
    for await (const chunk of decoded) {
      if (this.#choice.likely !== undefined) findBeyondAscii(chunk, doubtful);
      findDoubles(chunk, doubles, lost);
      yield chunk;
    }
    if (doubles.found) this.countWarning('text_doubly_encoded');
    // text that was encoded twice may have lost letters on the way
    else if (lost.found) this.countWarning('text_lost_characters');
    if (reopen === null) return;
    for (const samples of [doubles, lost, doubtful])
      if (samples.found) await samples.findLines(decodeToUtf8(reopen(), this.#choice.encoding));
  }

  async #doubt(declared: string, likely: string, { samples }: CellSamples): Promise<void> {
    this.countWarning('encoding_doubtful');
    const shown: string[] = [];
    for (const { line, bytes } of samples) {
      shown.push(`line ${line} "${await sampleText(bytes, declared)}" is "${await sampleText(bytes, likely)}"`);
    }
    this.#detail = `declared ${declared}, most likely ${likely}: ${shown.join('; ')}`;
  }

  countWarning(code: string): void {
    this.#warnings.add(code);
  }
}

/** The bytes of a cell as text, with control characters spelled out, and without characters that its ends cut. */
async function sampleText(bytes: Uint8Array, encoding: string): Promise<string> {
  const text = encoding === 'utf-8' ? new TextDecoder().decode(bytes) : await decoded(bytes, encoding);
  const whole = text.replaceAll('\ufffd', '').trim();
  return printable(whole);
}

/** A few bytes in a single-byte encoding; as latin-1 if it has no sign for one of them. */
async function decoded(bytes: Uint8Array, encoding: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of decodeToUtf8(oneChunk(bytes), encoding)) text += decoder.decode(chunk, { stream: true });
    return text;
  } catch {
    return String.fromCharCode(...bytes);
  }
}
