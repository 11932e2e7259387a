/**
 * Collects, in one pass and in bounded memory, the facts that tell a file's encoding. `auto` pays for this pass on
 * every byte: ASCII is skipped four bytes at a time, and the loops of `SequenceCounter` and `WordSampler` make a few
 * comparisons per other byte. Objects or strings per word of ASCII would make them slow.
 */
// biome-ignore-all lint/style/noNonNullAssertion: chunks and the histogram are indexed below their lengths

import { IllFormed, lineCounter, skipAscii, utf8Checker, wordsOf } from '../decode/decode-utf8.ts';
import { OpinionSample } from './opinion-sample.ts';
import { hasShift } from './shifts.ts';

/** Bytes of distinct words to keep; after that, only words with a byte not seen before. */
const SAMPLE_BYTES_MAX = 12 * 1024;
/** A longer word is left out: it could be cut inside a character. */
const WORD_BYTES_MAX = 4096;
const NEIGHBOURS_MAX = 200;
const NEIGHBOUR_BYTES_MAX = 24;
/** A shorter stretch of ASCII is read byte by byte. */
const NEAR_BYTES = 64;
/** Line feeds are counted up to this offset, except those cut by the end of a chunk. */
const LINE_FEED_BYTES = 1 << 20;

export interface Survey {
  bytes: number;
  validUtf8: boolean;
  /** The first sequence that is not UTF-8: offset from 0, line from 1. */
  firstBad: { offset: number; line: number };
  /** Sequences of two or more bytes that are well-formed UTF-8, and bytes outside them. */
  sequences: { whole: number; broken: number };
  /** How often each byte from 0x80 on occurs. */
  histogram: Float64Array;
  /** NUL bytes by position modulo four. */
  nulsByPosition: [number, number, number, number];
  /** Near the start of the file: 0A bytes, and those of them that are line feeds in UTF-16LE or UTF-16BE. */
  lineFeeds: { all: number; le: number; be: number };
  /** Distinct words between blanks and delimiters that have bytes from 0x80 on. */
  words: Uint8Array[];
  /** Distinct words of ASCII letters directly before or after one of those. */
  neighbours: string[];
  /** True if it has escape sequences of iso-2022-jp, -kr, -cn or HZ. */
  shifts: boolean;
  /** The file around its first byte from 0x80 on, for a second opinion; empty if all of it is ASCII. */
  start: Uint8Array;
}

export async function surveyBytes(chunks: AsyncIterable<Uint8Array>): Promise<Survey> {
  const checker = utf8Checker();
  const lines = lineCounter();
  const sampler = new WordSampler();
  const sequences = new SequenceCounter();
  const start = new OpinionSample();
  const survey: Survey = {
    bytes: 0,
    validUtf8: true,
    firstBad: { offset: 0, line: 1 },
    sequences,
    histogram: sampler.histogram,
    nulsByPosition: [0, 0, 0, 0],
    lineFeeds: { all: 0, le: 0, be: 0 },
    words: [],
    neighbours: [],
    shifts: false,
    start: start.bytes,
  };
  const check = (step: () => Uint8Array): void => {
    if (!survey.validUtf8) return;
    try {
      lines.add(step());
    } catch (error) {
      if (!(error instanceof IllFormed)) throw error;
      lines.add(error.before);
      survey.validUtf8 = false;
      survey.firstBad = { offset: error.offset, line: lines.lines() + 1 };
    }
  };
  for await (const chunk of chunks) {
    check(() => checker.write(chunk));
    for (let at = chunk.indexOf(0); at >= 0; at = chunk.indexOf(0, at + 1))
      survey.nulsByPosition[(survey.bytes + at) & 3]!++;
    if (!survey.shifts) survey.shifts = hasShift(chunk);
    if (survey.bytes < LINE_FEED_BYTES) countLineFeeds(chunk, survey);
    sequences.add(chunk);
    sampler.add(chunk);
    start.add(chunk);
    survey.bytes += chunk.length;
  }
  check(() => checker.end());
  survey.words = sampler.end();
  survey.start = start.bytes;
  survey.neighbours = [...sampler.neighbours];
  return survey;
}

function countLineFeeds(chunk: Uint8Array, { bytes, lineFeeds }: Survey): void {
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) {
    const isEven = ((bytes + at) & 1) === 0;
    if (at + 1 === chunk.length && isEven) continue;
    lineFeeds.all++;
    if (isEven && chunk[at + 1] === 0) lineFeeds.le++;
    else if (!isEven && chunk[at - 1] === 0) lineFeeds.be++;
  }
}

/** Counts UTF-8 sequences, also after the first ill-formed one. */
class SequenceCounter {
  whole = 0;
  broken = 0;
  #missing = 0;
  #taken = 0;

  add(chunk: Uint8Array): void {
    const words = wordsOf(chunk);
    for (let i = 0; i < chunk.length; i++) {
      if (this.#missing === 0) {
        i = skipAscii(chunk, words, i);
        if (i === chunk.length) break;
      }
      const c = chunk[i]!;
      if (c < 0x80) {
        if (this.#missing > 0) this.#break();
      } else if (c < 0xc0) {
        if (this.#missing === 0) this.broken++;
        else if (--this.#missing === 0) this.whole++;
        else this.#taken++;
      } else {
        if (this.#missing > 0) this.#break();
        if (c < 0xc2 || c > 0xf4) this.broken++;
        else {
          this.#missing = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
          this.#taken = 1;
        }
      }
    }
  }

  #break(): void {
    this.broken += this.#taken;
    this.#missing = 0;
  }
}

function isBetweenWords(c: number): boolean {
  return c <= 0x20 || c === 0x2c || c === 0x3b || c === 0x22;
}

/** Where the whole word before the one at `to` begins, if it is after `from`; else `from`. */
function wordsBefore(chunk: Uint8Array, from: number, to: number): number {
  let at = to;
  while (at > from && !isBetweenWords(chunk[at - 1]!)) at--;
  while (at > from && isBetweenWords(chunk[at - 1]!)) at--;
  while (at > from && !isBetweenWords(chunk[at - 1]!)) at--;
  return at;
}

/** Keeps distinct words. Blanks and delimiters are the same bytes in every encoding that includes ASCII. */
class WordSampler {
  readonly histogram = new Float64Array(256);
  readonly #words = new Map<string, Uint8Array>();
  readonly #word = new Uint8Array(WORD_BYTES_MAX);
  readonly neighbours = new Set<string>();
  #length = 0;
  #beyondAscii = false;
  #isNew = false;
  #kept = 0;
  /** The previous word if it is ASCII and short; and true if the previous word is not all ASCII. */
  readonly #before = new Uint8Array(NEIGHBOUR_BYTES_MAX);
  #beforeLength = 0;
  #afterOne = false;

  add(chunk: Uint8Array): void {
    const words = wordsOf(chunk);
    for (let i = 0; i < chunk.length; ) {
      const beyond = skipAscii(chunk, words, i);
      const near = Math.min(beyond, i + NEAR_BYTES);
      // in a long stretch of ASCII, only the words beside other bytes matter
      const from = beyond - near > NEAR_BYTES ? wordsBefore(chunk, near, beyond) : near;
      const to = Math.min(chunk.length, beyond + 1);
      if (from === near || !this.#walk(chunk, i, near)) this.#walk(chunk, from === near ? i : near, to);
      else {
        this.#forget();
        this.#walk(chunk, from, to);
      }
      i = to;
    }
  }

  /** Takes the bytes in order. True if they included two whole words of ASCII. */
  #walk(chunk: Uint8Array, from: number, to: number): boolean {
    const { histogram } = this;
    let finished = 0;
    for (let i = from; i < to; i++) {
      const c = chunk[i]!;
      if (c >= 0x80) {
        this.#beyondAscii = true;
        if (histogram[c] === 0) this.#isNew = true;
        histogram[c]!++;
      }
      if (isBetweenWords(c)) {
        if (this.#length > 0) finished++;
        this.#finish();
      } else {
        if (this.#length < WORD_BYTES_MAX) this.#word[this.#length] = c;
        this.#length++;
      }
    }
    return finished >= 2;
  }

  /** Forgets the last word: it is ASCII, and no other word follows directly. */
  #forget(): void {
    this.#length = 0;
    this.#beforeLength = 0;
    this.#afterOne = false;
  }

  /**
   * Remembers an ASCII word until it is clear whether the next word has other bytes. Makes strings only of those that
   * are kept.
   */
  #meet(): void {
    if (this.neighbours.size >= NEIGHBOURS_MAX) return;
    const isPlain = !this.#beyondAscii && this.#length <= NEIGHBOUR_BYTES_MAX;
    if (this.#beyondAscii) this.#keepNeighbour(this.#before.subarray(0, this.#beforeLength));
    else if (this.#afterOne && isPlain) this.#keepNeighbour(this.#word.subarray(0, this.#length));
    this.#beforeLength = isPlain ? this.#length : 0;
    for (let i = 0; i < this.#beforeLength; i++) this.#before[i] = this.#word[i]!;
    this.#afterOne = this.#beyondAscii;
  }

  #keepNeighbour(bytes: Uint8Array): void {
    const word = String.fromCharCode(...bytes);
    if (/^[A-Za-z]{3,}$/.test(word)) this.neighbours.add(word);
  }

  end(): Uint8Array[] {
    this.#finish();
    return [...this.#words.values()];
  }

  #finish(): void {
    if (this.#length > 0) this.#meet();
    if (this.#beyondAscii && this.#length <= WORD_BYTES_MAX && (this.#kept < SAMPLE_BYTES_MAX || this.#isNew)) {
      const bytes = this.#word.slice(0, this.#length);
      const key = String.fromCharCode(...bytes);
      if (!this.#words.has(key)) {
        this.#words.set(key, bytes);
        this.#kept += bytes.length;
      }
    }
    this.#length = 0;
    this.#beyondAscii = false;
    this.#isNew = false;
  }
}
