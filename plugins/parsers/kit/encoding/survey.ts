/**
 * Collects in one pass, in bounded memory, what tells a file's encoding. `auto` pays for this pass on every byte: the loops of
 * `SequenceCounter` and `WordSampler` do a few compares and one count per byte. Objects or strings per word of ASCII would make
 * them slow.
 */
// biome-ignore-all lint/style/noNonNullAssertion: chunks and the histogram are indexed below their lengths

import { IllFormed, lineCounter, utf8Checker } from './decode-utf8.ts';
import { OpinionSample } from './opinion-sample.ts';

/** Bytes of distinct words to keep; after that, only words with a byte not seen before. */
const SAMPLE_BYTES_MAX = 12 * 1024;
/** A longer word is left out: it could be cut inside a character. */
const WORD_BYTES_MAX = 4096;
const NEIGHBOURS_MAX = 200;
const NEIGHBOUR_BYTES_MAX = 24;
/** Line feeds are counted up to this offset, except those cut by the end of a chunk. */
const LINE_FEED_BYTES = 1 << 20;

export interface Survey {
  bytes: number;
  validUtf8: boolean;
  /** The first sequence that is not UTF-8: offset from 0, line from 1. */
  firstBad: { offset: number; line: number };
  /** Sequences of two or more bytes that are well-formed UTF-8, and bytes outside them. */
  sequences: { whole: number; broken: number };
  /** How often each byte occurs. */
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
    start.add(chunk, sampler.histogram);
    survey.bytes += chunk.length;
  }
  check(() => checker.end());
  survey.words = sampler.end();
  survey.start = start.bytes;
  survey.neighbours = [...sampler.neighbours];
  return survey;
}

function hasShift(chunk: Uint8Array): boolean {
  for (let at = chunk.indexOf(27); at >= 0; at = chunk.indexOf(27, at + 1)) {
    const next = chunk[at + 1];
    if (next === 0x24 || (next === 0x28 && (chunk[at + 2] === 0x4a || chunk[at + 2] === 0x49))) return true;
  }
  // HZ: `~{` and `~}` around pairs of printable bytes
  for (let at = chunk.indexOf(0x7e); at >= 0; at = chunk.indexOf(0x7e, at + 1)) {
    if (chunk[at + 1] !== 0x7b) continue;
    let end = at + 2;
    while (end + 1 < chunk.length && chunk[end]! > 0x20 && chunk[end]! < 0x7e) end += 2;
    if (end > at + 2 && chunk[end] === 0x7e && chunk[end + 1] === 0x7d) return true;
  }
  return false;
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
    for (let i = 0; i < chunk.length; i++) {
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
  /** The previous word if it is all ASCII letters; and true if the previous word is not all ASCII. */
  #before = '';
  #afterOne = false;

  add(chunk: Uint8Array): void {
    const { histogram } = this;
    for (let i = 0; i < chunk.length; i++) {
      const c = chunk[i]!;
      if (c >= 0x80) {
        this.#beyondAscii = true;
        if (histogram[c] === 0) this.#isNew = true;
      }
      histogram[c]!++;
      if (c <= 0x20 || c === 0x2c || c === 0x3b || c === 0x22) this.#finish();
      else {
        if (this.#length < WORD_BYTES_MAX) this.#word[this.#length] = c;
        this.#length++;
      }
    }
  }

  /** Remembers an ASCII word until it is clear whether the next word is not ASCII. */
  #meet(): void {
    const isPlain = !this.#beyondAscii && this.#length <= NEIGHBOUR_BYTES_MAX;
    const word = isPlain ? String.fromCharCode(...this.#word.subarray(0, this.#length)) : '';
    const isWord = /^[A-Za-z]{3,}$/.test(word);
    const before = this.#beyondAscii ? this.#before : this.#afterOne && isWord ? word : '';
    if (before !== '' && this.neighbours.size < NEIGHBOURS_MAX) this.neighbours.add(before);
    this.#before = isWord ? word : '';
    this.#afterOne = this.#beyondAscii;
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
