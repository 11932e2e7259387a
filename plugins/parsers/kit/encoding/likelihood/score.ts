/**
 * Scores how much a reading of a feed's bytes looks like text: the logarithm of the chance of its characters outside ASCII,
 * given the characters beside them. Comparing scores tells which of two encodings is more likely.
 */
// biome-ignore-all lint/style/noNonNullAssertion: lists with an entry per model are indexed by model, runs of letters are not empty
import { foldLetter, type LanguageModel, languageModels, plainPairs } from './letters.ts';
import { isAbsurd, signChance } from './symbols.ts';

export interface Score {
  /** Natural logarithm. */
  total: number;
  /** Number of characters outside ASCII. East Asian ones count twice: they say more. */
  size: number;
  /** True if it has characters that nobody writes. */
  absurd: boolean;
}

/** Weight of a language before any of its words was seen, as a number of words. */
const LANGUAGE_PRIOR = 0.05;
/** Weight of a word's ASCII letters for its language. Below 1, since letters are not independent. */
const PLAIN_WEIGHT = 0.6;
/** Weight of an ASCII word beside a word that is not. */
const NEIGHBOUR_WEIGHT = 0.5;
/** For two letters of different scripts side by side, odd capitals, digits beside letters. */
const MIXED_SCRIPTS = -10;
const CAPITAL_INSIDE = -5;
const SMALL_AMONG_CAPITALS = -3;
const BESIDE_DIGIT = -2.5;
/** For an East Asian character alone, and beside small Latin letters. */
const ALONE = -4;
const BESIDE_SMALL = -3;
/** Half-width katakana: rare, and what Latin letters become in Shift_JIS. */
const HALF_WIDTH = -6;

const LETTERS = /[\p{L}\p{M}]+/gu;
const BEYOND_ASCII = /[^\u0000-\u007f]/;
/** Letters in Unicode, used as signs. */
const SIGN_LETTERS = 'ªºµ';

/**
 * Scores distinct words of the feed (text between blanks and delimiters). `neighbours` are ASCII words beside them, which hint
 * at the language.
 */
export function scoreWords(words: readonly string[], neighbours: readonly string[]): Score {
  const languages = new LanguageMix();
  for (const word of neighbours) languages.meet(word);
  const score: Score = { total: 0, size: 0, absurd: false };
  for (const word of words) {
    const bare = [...SIGN_LETTERS].reduce((text, sign) => text.replaceAll(sign, '\u00b7'), word);
    for (const match of bare.matchAll(LETTERS)) {
      const run = match[0];
      if (!BEYOND_ASCII.test(run)) continue;
      score.size += sizeOf(run);
      score.total += shapeOf(run, bare, match.index) + languages.take(run);
    }
    const chars = Array.from(word);
    for (const [i, c] of chars.entries()) {
      if (c <= '\u007f' || (c.search(LETTERS) >= 0 && !SIGN_LETTERS.includes(c))) continue;
      score.size += sizeOf(c);
      score.total += signChance(chars, i);
      score.absurd ||= isAbsurd(c);
    }
  }
  return score;
}

/** How likely each language is so far. A word's chance is the sum over all languages, weighted by that. */
class LanguageMix {
  readonly #models = languageModels();
  readonly #english = this.#models.find((model) => model.language === 'en')!;
  readonly #seen = new Float64Array(this.#models.length).fill(LANGUAGE_PRIOR);

  /** Learns from a word in ASCII. */
  meet(word: string): void {
    const pairs = plainPairs(Array.from(word.toLowerCase()));
    const chances = this.#models.map((model, i) => {
      if (model.kind !== 'middle') return Number.NEGATIVE_INFINITY;
      return Math.log(this.#seen[i]!) + PLAIN_WEIGHT * model.plainChance(pairs);
    });
    const total = logSum(chances);
    for (const [i, one] of chances.entries()) this.#seen[i]! += NEIGHBOUR_WEIGHT * Math.exp(one - total);
  }

  /** Logarithm of the chance of the word's characters outside ASCII, given its ASCII letters and the words before. */
  take(word: string): number {
    const letters = Array.from(foldLetter(word));
    const pairs = plainPairs(letters);
    // Latin words in feeds of other scripts are English
    const english = this.#english.plainChance(pairs);
    const given = this.#models.map((model, i) => {
      const plain = model.kind === 'middle' ? model.plainChance(pairs) : english;
      return Math.log(this.#seen[i]!) + PLAIN_WEIGHT * plain;
    });
    const joint = this.#models.map((model, i) => given[i]! + wordChance(model, letters));
    const total = logSum(joint);
    for (const [i, one] of joint.entries()) this.#seen[i]! += Math.exp(one - total);
    return total - logSum(given);
  }
}

/** Adds numbers given as logarithms; returns the logarithm of the sum. */
function logSum(logarithms: readonly number[]): number {
  const most = Math.max(...logarithms);
  return most + Math.log(logarithms.reduce((sum, one) => sum + Math.exp(one - most), 0));
}

function wordChance(model: LanguageModel, letters: readonly string[]): number {
  let sum = 0;
  for (let i = 0; i < letters.length; i++) {
    const c = letters[i]!;
    if (c <= '\u007f') continue;
    sum += isHalfWidth(c) ? HALF_WIDTH : model.chanceOf(letters[i - 1] ?? '_', c, letters[i + 1] ?? '_');
  }
  return sum;
}

/** Penalties for the shape of a run of letters, at `at` in its word. */
function shapeOf(run: string, word: string, at: number): number {
  let penalty = 0;
  const chars = Array.from(run);
  const capitals = chars.filter((c) => /\p{Lu}/u.test(c)).length;
  for (const [i, c] of chars.entries()) {
    const before = chars[i - 1];
    const after = chars[i + 1];
    if (before !== undefined && scriptOf(before) !== scriptOf(c) && !isLatinMark(c) && !isLatinMark(before)) {
      // people write LED灯 and Tシャツ, hardly lamp灯
      if (!isEastAsian(before) && !isEastAsian(c)) penalty += MIXED_SCRIPTS;
      else if (/[a-z]/.test(before) || /[a-z]/.test(c)) penalty += BESIDE_SMALL;
    }
    if (c <= '\u007f') continue;
    if (isEastAsian(c) && !isEastAsian(before ?? '') && !isEastAsian(after ?? '')) penalty += ALONE;
    if (/\p{Lu}/u.test(c) && before !== undefined && /\p{Ll}/u.test(before)) penalty += CAPITAL_INSIDE;
    if (/\p{Ll}/u.test(c) && capitals > 1 && capitals >= chars.length - 2 && c !== 'ß') penalty += SMALL_AMONG_CAPITALS;
  }
  const first = chars[0]!;
  const last = chars.at(-1)!;
  if (first > '\u007f' && !isEastAsian(first) && /\d/.test(word[at - 1] ?? '')) penalty += BESIDE_DIGIT;
  if (last > '\u007f' && !isEastAsian(last) && /\d/.test(word[at + run.length] ?? '')) penalty += BESIDE_DIGIT;
  return penalty;
}

function scriptOf(c: string): number {
  const code = c.codePointAt(0)!;
  if (code < 0x250 || (code >= 0x1e00 && code < 0x1f00)) return 0;
  if (code < 0x400) return 1;
  if (code < 0x530) return 2;
  if (isEastAsian(c)) return 3;
  return 4 + (code >> 8);
}

/** Combining tones and accents, as Vietnamese has them in windows-1258. */
function isLatinMark(c: string): boolean {
  return c >= '\u0300' && c <= '\u036f';
}

function isHalfWidth(c: string): boolean {
  return c >= '\uff61' && c <= '\uff9f';
}

function isEastAsian(c: string): boolean {
  const code = c.codePointAt(0) ?? 0;
  return (
    (code >= 0x3000 && code < 0xa000) ||
    (code >= 0xac00 && code < 0xd7a4) ||
    (code >= 0xf900 && code < 0xfb00) ||
    (code >= 0xff00 && code < 0xfff0) ||
    (code >= 0x20000 && code < 0x30000)
  );
}

function sizeOf(text: string): number {
  let size = 0;
  for (const c of text) if (c > '\u007f') size += isEastAsian(c) ? 2 : 1;
  return size;
}
