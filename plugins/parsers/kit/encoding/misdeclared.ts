/**
 * Doubts the declared encoding of a feed in which one byte is one letter: almost any bytes decode in it, and in the wrong one the text has odd
 * letters, as `È§rovka` for `Žárovka`. A sample of the text is scored in the declared encoding; only if that is poor text, in all others too.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the first reading of several is there
import { concatBytes } from '../../../../core/bytes/concat.ts';
import { requireEncoding } from './decode.ts';
import { skipAscii, wordsOf } from './decode-utf8.ts';
import type { Reading } from './detect.ts';
import { surveyBytes } from './survey.ts';

/** Bytes of the sample, and of its part from one chunk. */
const SAMPLE_MAX = 24 * 1024;
const PART_MAX = 6 * 1024;
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

export class MisdeclaredSample {
  readonly #parts: Uint8Array[] = [];
  #bytes = 0;

  /** True if the encoding is one of those that are doubted. */
  static suits(encoding: string): boolean {
    return requireEncoding(encoding).family === 'single-byte';
  }

  /** Takes whole lines with bytes outside ASCII. */
  write(chunk: Uint8Array): void {
    if (this.#bytes >= SAMPLE_MAX) return;
    const at = skipAscii(chunk, wordsOf(chunk), 0);
    if (at === chunk.length) return;
    const from = chunk.lastIndexOf(LINE_FEED, at) + 1;
    const part = chunk.subarray(from, from + PART_MAX);
    const whole = part.subarray(0, part.lastIndexOf(LINE_FEED) + 1);
    const taken = (whole.length > at - from ? whole : part).slice();
    this.#parts.push(taken);
    this.#bytes += taken.length;
  }

  /** The encoding in which the text is far more likely; null if there is none. */
  async likelier(declared: string): Promise<string | null> {
    if (this.#bytes === 0) return null;
    const bytes = concatBytes(this.#parts);
    const survey = await surveyBytes(oneChunk(bytes));
    const { rankReadings } = await import('./detect.ts');
    const rank = (names: readonly string[]) => rankReadings(() => oneChunk(bytes), survey, names.map(requireEncoding));
    const [own] = await rank([declared]);
    if (own === undefined || signsOf(own) < SIGNS_MIN || (!own.absurd && own.perSize >= GOOD_PER_SIZE)) return null;
    const others = COMMON.filter((name) => name !== declared);
    const readings = await rank([declared, ...others]);
    const best = readings[0]!;
    const mine = readings.find(({ name }) => name === declared) ?? own;
    const isLikely = !best.absurd && !best.isLone && best.perSize >= POOR_PER_SIZE;
    return isLikely && best.score - mine.score >= LEAD ? best.name : null;
  }
}

function signsOf({ words }: Reading): number {
  return words.join('').replace(/[\u0000-\u007f]/g, '').length;
}

async function* oneChunk(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
