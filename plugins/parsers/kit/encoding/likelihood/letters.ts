/**
 * How likely a letter is beside its neighbours, in each language. The weights come from `model.ts`: minus the natural logarithm
 * of the chance, in halves, written as a letter from `a` on.
 */
// biome-ignore-all lint/style/noNonNullAssertion: `model.ts` is generated in this form
import type { LanguageKind } from './language-kind.ts';
import { LANGUAGE_MODELS } from './model.ts';

/** For a letter that the language's texts never had. */
const NEVER = -12;
/** For a letter in a place where it was not seen, by how many of its neighbours were seen next to it. */
const UNSEEN_PLACE = [-6, -3.5, -1.5] as const;
/** For two ASCII letters that the language's texts never had side by side. */
const UNSEEN_PAIR = -8;
/** For a character of the script that the language's texts did not have. */
const RARE_SINGLE = -12;

/** The ASCII letters of the pairs in a model, of which it has a weight for each two, in this order; a space where it never had the pair. */
export const PLAIN_LETTERS = 'abcdefghijklmnopqrstuvwxyz_';
export const NEVER_A_PAIR = ' ';

/** The pairs of ASCII letters in a word, as places in a model; -1 for a pair that no model has. */
export function plainPairs(letters: readonly string[]): number[] {
  const pairs: number[] = [];
  for (let i = 0; i <= letters.length; i++) {
    const before = letters[i - 1] ?? '_';
    const c = letters[i] ?? '_';
    if (before > '\u007f' || c > '\u007f') continue;
    const [row, column] = [PLAIN_LETTERS.indexOf(before), PLAIN_LETTERS.indexOf(c)];
    pairs.push(row < 0 || column < 0 ? -1 : row * PLAIN_LETTERS.length + column);
  }
  return pairs;
}

/** Chances of the letters of one language. A run looks at few letters, so nothing is made of them before. */
export class LanguageModel {
  readonly language: string;
  readonly kind: LanguageKind;
  /** Each letter with its weight. */
  readonly #letters: string;
  readonly #places: string;
  readonly #plain: string;
  readonly #alone = new Map<string, number | null>();
  #seen: SeenPlaces | null = null;

  constructor(language: string, kind: LanguageKind, text: string) {
    this.language = language;
    this.kind = kind;
    [this.#letters = '', this.#places = '', this.#plain = ''] = text.split('|');
  }

  /** Logarithm of the chance of the word's ASCII letters (`plainPairs`), each given the one before it; for Latin script. */
  plainChance(pairs: readonly number[]): number {
    let sum = 0;
    for (const pair of pairs) {
      const weight = this.#plain[pair] ?? NEVER_A_PAIR;
      sum += weight === NEVER_A_PAIR ? UNSEEN_PAIR : chance(weight);
    }
    return sum;
  }

  /** Logarithm of the chance of `letter` between two others; `_` means that there is no letter. */
  chanceOf(before: string, letter: string, after: string): number {
    const alone = this.#chanceAlone(letter);
    if (this.kind === 'single') return alone ?? RARE_SINGLE;
    if (alone === null) return NEVER;
    this.#seen ??= seenPlaces(this.#places, this.kind === 'middle' ? 3 : 2);
    const seen = this.#seen.places.get(this.kind === 'middle' ? before + letter + after : before + letter);
    if (seen !== undefined) return seen;
    if (this.kind === 'pair') return Math.max(NEVER, alone + UNSEEN_PLACE[1]);
    const sides = Number(this.#seen.before.has(before + letter)) + Number(this.#seen.after.has(letter + after));
    return Math.max(NEVER, alone + UNSEEN_PLACE[sides]!);
  }

  /** Null if the language does not have the letter, which is not in ASCII. Weights are. */
  #chanceAlone(letter: string): number | null {
    let alone = this.#alone.get(letter);
    if (alone === undefined) {
      const at = this.#letters.indexOf(letter);
      alone = at < 0 ? null : chance(this.#letters[at + letter.length]!);
      this.#alone.set(letter, alone);
    }
    return alone;
  }
}

interface SeenPlaces {
  places: Map<string, number>;
  /** Letters with the one before, and with the one after. */
  before: Set<string>;
  after: Set<string>;
}

/** `size` letters and a weight each. */
function seenPlaces(text: string, size: number): SeenPlaces {
  const seen: SeenPlaces = { places: new Map(), before: new Set(), after: new Set() };
  for (let i = 0; i < text.length; i += size + 1) {
    seen.places.set(text.slice(i, i + size), chance(text[i + size]!));
    seen.before.add(text.slice(i, i + 2));
    if (size === 3) seen.after.add(text.slice(i + 1, i + 3));
  }
  return seen;
}

let models: readonly LanguageModel[] | null = null;

/** All models, made on first use. */
export function languageModels(): readonly LanguageModel[] {
  models ??= LANGUAGE_MODELS.map(([language, kind, text]) => new LanguageModel(language, kind, text));
  return models;
}

/**
 * Lower case, with letters in the form that code pages have: Romanian with cedillas, Vietnamese with separate tone marks. The
 * Russian ё becomes е, since many texts do not use it.
 */
export function foldLetter(text: string, language = ''): string {
  let folded = text.replaceAll('İ', 'i').toLowerCase().replaceAll('ș', 'ş').replaceAll('ț', 'ţ').replaceAll('ё', 'е');
  if (language === 'vi') {
    folded = folded.replace(/[^\u0000-\u007f]/g, (letter) => {
      const [base = '', ...marks] = letter.normalize('NFD');
      const tones = marks.filter((mark) => TONES.includes(mark));
      return (base + marks.filter((mark) => !TONES.includes(mark)).join('')).normalize('NFC') + tones.join('');
    });
  }
  return folded;
}

const TONES = '\u0300\u0301\u0303\u0309\u0323';

function chance(weight: string): number {
  return -(weight.charCodeAt(0) - 97) / 2;
}
