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
  readonly #plain: string;
  readonly #alone = new Map<string, number | null>();
  readonly #seen: SeenPlaces;

  constructor(language: string, kind: LanguageKind, text: string) {
    this.language = language;
    this.kind = kind;
    const [letters = '', places = '', plain = ''] = text.split('|');
    this.#letters = letters;
    this.#seen = new SeenPlaces(places, kind === 'middle' ? 3 : 2);
    this.#plain = plain;
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
    const seen = this.#seen.chanceAt(this.kind === 'middle' ? before + letter + after : before + letter);
    if (seen !== null) return seen;
    if (this.kind === 'pair') return Math.max(NEVER, alone + UNSEEN_PLACE[1]);
    const sides = Number(this.#seen.hasBefore(before + letter)) + Number(this.#seen.hasAfter(letter + after));
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

/** A small feed asks so few times that to look through the text is faster than to make maps of it. */
const LOOKS_IN_TEXT = 24;

/** The places of letters in a language: `size` letters and a weight each. */
class SeenPlaces {
  readonly #text: string;
  readonly #size: number;
  #looks = 0;
  #maps: { places: Map<string, string>; before: Set<string>; after: Set<string> } | null = null;

  constructor(text: string, size: number) {
    this.#text = text;
    this.#size = size;
  }

  /** Null for letters that were not seen side by side. */
  chanceAt(letters: string): number | null {
    const maps = this.#mapsIfAskedOften();
    if (maps !== null) {
      const weight = maps.places.get(letters);
      return weight === undefined ? null : chance(weight);
    }
    if (letters.length !== this.#size) return null;
    const at = this.#find(letters, 0);
    return at < 0 ? null : chance(this.#text[at + this.#size]!);
  }

  /** True for a letter that was seen after another one. */
  hasBefore(pair: string): boolean {
    return this.#mapsIfAskedOften()?.before.has(pair) ?? (pair.length === 2 && this.#find(pair, 0) >= 0);
  }

  /** True for a letter that was seen before another one. */
  hasAfter(pair: string): boolean {
    return this.#mapsIfAskedOften()?.after.has(pair) ?? (pair.length === 2 && this.#find(pair, 1) >= 0);
  }

  /** The place of letters that begin at `offset` in a group; -1 if there is none. */
  #find(letters: string, offset: number): number {
    const step = this.#size + 1;
    let at = this.#text.indexOf(letters);
    while (at >= 0 && at % step !== offset) at = this.#text.indexOf(letters, at + 1);
    return at;
  }

  #mapsIfAskedOften() {
    if (this.#maps !== null || this.#looks++ < LOOKS_IN_TEXT) return this.#maps;
    this.#maps = { places: new Map(), before: new Set(), after: new Set() };
    for (let i = 0; i < this.#text.length; i += this.#size + 1) {
      this.#maps.places.set(this.#text.slice(i, i + this.#size), this.#text[i + this.#size]!);
      this.#maps.before.add(this.#text.slice(i, i + 2));
      if (this.#size === 3) this.#maps.after.add(this.#text.slice(i + 1, i + 3));
    }
    return this.#maps;
  }
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
