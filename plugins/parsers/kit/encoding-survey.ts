/** What one pass over a file's bytes tells about its encoding, in bounded memory. */

import { IllFormed, lineCounter, utf8Checker } from './decode-utf8.ts';

/** Bytes of lines that hold something else than ASCII: all that tells one such encoding from another. */
const SAMPLE_BYTES_MAX = 96 * 1024;
const LINE_BYTES_MAX = 4096;
/** How far line feeds are counted. Those cut in two by the end of a chunk are not. */
const LINE_FEED_BYTES = 1 << 20;

export interface Survey {
  bytes: number;
  validUtf8: boolean;
  /** Of the first sequence that is not UTF-8: offset from 0, line from 1. */
  firstBad: { offset: number; line: number };
  /** How often each byte occurs; exact from the chunk with the first byte that is not UTF-8 on, NUL always. */
  histogram: Float64Array;
  /** NUL bytes by position modulo four. */
  nulsByPosition: [number, number, number, number];
  /** Near the start of the file: bytes 0A, and those that are a line feed of UTF-16LE or UTF-16BE. */
  lineFeeds: { all: number; le: number; be: number };
  /** Whole lines that hold bytes from 0x80 on, from the start of the file. */
  sample: Uint8Array;
  /** Whether it has escape sequences that switch character sets (iso-2022-jp, -kr, -cn). */
  iso2022: boolean;
}

export async function surveyBytes(chunks: AsyncIterable<Uint8Array>): Promise<Survey> {
  const checker = utf8Checker();
  const lines = lineCounter();
  const sampler = lineSampler();
  const survey: Survey = {
    bytes: 0,
    validUtf8: true,
    firstBad: { offset: 0, line: 1 },
    histogram: new Float64Array(256),
    nulsByPosition: [0, 0, 0, 0],
    lineFeeds: { all: 0, le: 0, be: 0 },
    sample: new Uint8Array(0),
    iso2022: false,
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
    for (let at = chunk.indexOf(27); at >= 0; at = chunk.indexOf(27, at + 1)) {
      const next = chunk[at + 1];
      if (next === 0x24 || (next === 0x28 && (chunk[at + 2] === 0x4a || chunk[at + 2] === 0x49))) survey.iso2022 = true;
    }
    if (survey.bytes < LINE_FEED_BYTES) countLineFeeds(chunk, survey);
    const { histogram } = survey;
    for (let i = 0; i < chunk.length; i++) histogram[chunk[i]!]!++;
    sampler.add(chunk);
    survey.bytes += chunk.length;
  }
  check(() => checker.end());
  survey.sample = sampler.end();
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

/** Keeps the lines with bytes from 0x80 on until there are enough. Very long lines are cut. */
function lineSampler(): { add(chunk: Uint8Array): void; end(): Uint8Array } {
  const kept: number[] = [];
  let line: number[] = [];
  let beyondAscii = false;
  const finish = (): void => {
    if (beyondAscii) for (const byte of line) kept.push(byte);
    line = [];
    beyondAscii = false;
  };
  return {
    add(chunk) {
      for (let i = 0; i < chunk.length && kept.length < SAMPLE_BYTES_MAX; i++) {
        const c = chunk[i]!;
        if (c >= 0x80) beyondAscii = true;
        line.push(c);
        if (c === 10 || c === 13 || (line.length >= LINE_BYTES_MAX && c < 0x30)) finish();
      }
    },
    end() {
      finish();
      return Uint8Array.from(kept);
    },
  };
}
