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

/** Chances of the letters of one language. */
export class LanguageModel {
  readonly language: string;
  readonly kind: LanguageKind;
  readonly #letters = new Map<string, number>();
  readonly #places = new Map<string, number>();
  readonly #before = new Set<string>();
  readonly #after = new Set<string>();
  readonly #plain = new Map<string, number>();

  constructor(language: string, kind: LanguageKind, text: string) {
    this.language = language;
    this.kind = kind;
    const chars = Array.from(text);
    let i = 0;
    for (; i < chars.length && chars[i] !== '|'; i += 2) this.#letters.set(chars[i]!, chance(chars[i + 1]!));
    const size = kind === 'middle' ? 3 : 2;
    for (i++; i < chars.length && chars[i] !== '|'; i += size + 1) {
      const place = chars.slice(i, i + size);
      this.#places.set(place.join(''), chance(chars[i + size]!));
      this.#before.add(place[0]! + place[1]!);
      if (size === 3) this.#after.add(place[1]! + place[2]!);
    }
    for (i++; i < chars.length; i += 3) this.#plain.set(chars[i]! + chars[i + 1]!, chance(chars[i + 2]!));
  }

  /** Logarithm of the chance of the word's ASCII letters, each given the one before it; for Latin script. */
  plainChance(letters: readonly string[]): number {
    let sum = 0;
    for (let i = 0; i <= letters.length; i++) {
      const before = letters[i - 1] ?? '_';
      const c = letters[i] ?? '_';
      if (before <= '\u007f' && c <= '\u007f') sum += this.#plain.get(before + c) ?? UNSEEN_PAIR;
    }
    return sum;
  }

  /** Logarithm of the chance of `letter` between two others; `_` is none. */
  chanceOf(before: string, letter: string, after: string): number {
    const alone = this.#letters.get(letter);
    if (this.kind === 'single') return alone ?? RARE_SINGLE;
    if (alone === undefined) return NEVER;
    const seen = this.#places.get(this.kind === 'middle' ? before + letter + after : before + letter);
    if (seen !== undefined) return seen;
    if (this.kind === 'pair') return Math.max(NEVER, alone + UNSEEN_PLACE[1]);
    const sides = Number(this.#before.has(before + letter)) + Number(this.#after.has(letter + after));
    return Math.max(NEVER, alone + UNSEEN_PLACE[sides]!);
  }
}

let models: readonly LanguageModel[] | null = null;

/** All models, parsed on first use. */
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
