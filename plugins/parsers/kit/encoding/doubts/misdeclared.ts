/**
 * Doubts the declared encoding of a feed in which one byte is one letter: almost any bytes decode in it, and in the wrong one the text has odd
 * letters, as `È§rovka` for `Žárovka`. A sample of the text is scored in the declared encoding; only if that is poor text, in all others too.
 */
import { concatBytes } from '../../../../../core/bytes/concat.ts';
import type { Reading } from '../choice/detect.ts';
import { surveyBytes } from '../choice/survey.ts';
import { oneChunk, requireEncoding } from '../decode/decode.ts';
import { skipAscii, wordsOf } from '../decode/decode-utf8.ts';

/** Bytes of the sample, and of one line in it. */
const SAMPLE_MAX = 24 * 1024;
const LINE_MAX = 6 * 1024;
/** Lead (natural logarithm) that another encoding needs. Right declarations have none, wrong ones of some words mostly more: `npm run encodings`. */
const LEAD = 15;
/** The average of text that is likely, per character outside ASCII, as of nine in ten texts in the right encoding; and of text that is not quite impossible. */
const GOOD_PER_SIZE = -4.5;
const POOR_PER_SIZE = -5.5;
/** Fewer characters outside ASCII prove nothing. */
const SIGNS_MIN = 6;
/** What vendors' programs write. More of them would take more time, and are seldom declared as something else. */
const COMMON = [
  ...['windows-1252', 'windows-1250', 'windows-1251', 'windows-1253', 'windows-1254', 'windows-1257', 'iso-8859-2'],
  ...[
    'iso-8859-5',
    'iso-8859-7',
    'iso-8859-9',
    'iso-8859-15',
    'koi8-r',
    'cp866',
    'cp850',
    'cp852',
    'cp437',
    'macintosh',
  ],
];
const LINE_FEED = 10;

/** Keeps the first lines with bytes outside ASCII, however the feed is cut into chunks. */
export class MisdeclaredSample {
  readonly #lines: Uint8Array[] = [];
  #bytes = 0;
  /** The first bytes of the line that goes on in the next chunk. */
  readonly #line = new Uint8Array(LINE_MAX);
  #lineBytes = 0;

  /** True if the encoding is one of those that are doubted. */
  static suits(encoding: string): boolean {
    return requireEncoding(encoding).family === 'single-byte';
  }

  write(chunk: Uint8Array): void {
    const words = wordsOf(chunk);
    let from = 0;
    while (from < chunk.length && this.#bytes < SAMPLE_MAX) {
      if (this.#lineBytes === 0) from = lineOf(chunk, skipAscii(chunk, words, from), from);
      const end = chunk.indexOf(LINE_FEED, from) + 1;
      this.#add(chunk.subarray(from, end === 0 ? chunk.length : end));
      if (end === 0) return;
      this.#endLine();
      from = end;
    }
  }

  #add(part: Uint8Array): void {
    const taken = part.subarray(0, LINE_MAX - this.#lineBytes);
    this.#line.set(taken, this.#lineBytes);
    this.#lineBytes += taken.length;
  }

  #endLine(): void {
    const line = this.#line.slice(0, this.#lineBytes);
    this.#lineBytes = 0;
    if (line.every((byte) => byte < 0x80)) return;
    this.#lines.push(line);
    this.#bytes += line.length;
  }

  /** The encoding in which the text is far more likely; null if there is none. */
  async likelier(declared: string): Promise<string | null> {
    this.#endLine();
    if (this.#bytes === 0) return null;
    const bytes = concatBytes(this.#lines);
    const survey = await surveyBytes(oneChunk(bytes));
    const { rankReadings } = await import('../choice/detect.ts');
    const rank = (names: readonly string[]) => rankReadings(() => oneChunk(bytes), survey, names.map(requireEncoding));
    const [own] = await rank([declared]);
    if (own === undefined || signsOf(own) < SIGNS_MIN || (!own.absurd && own.perSize >= GOOD_PER_SIZE)) return null;
    const others = COMMON.filter((name) => name !== declared);
    const readings = await rank([declared, ...others]);
    // biome-ignore lint/style/noNonNullAssertion: the first reading of several is there
    const best = readings[0]!;
    const mine = readings.find(({ name }) => name === declared) ?? own;
    const isLikely = !best.absurd && !best.isLone && best.perSize >= POOR_PER_SIZE;
    return isLikely && best.score - mine.score >= LEAD ? best.name : null;
  }
}

/** The start of the line in which `at` is; `from` is the start of a line before it, or of the same one. */
function lineOf(chunk: Uint8Array, at: number, from: number): number {
  return at === 0 ? 0 : Math.max(from, chunk.lastIndexOf(LINE_FEED, at - 1) + 1);
}

function signsOf({ words }: Reading): number {
  return words.join('').replace(/[\u0000-\u007f]/g, '').length;
}
