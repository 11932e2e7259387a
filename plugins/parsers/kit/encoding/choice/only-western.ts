/**
 * Takes windows-1252 for a text of one to three words outside ASCII that make sense only there, though they score no better than others: `naïve`,
 * `Maß`, `à la carte`, an `é` on its own. The scores know letters and their neighbours; they do not know that nobody writes a single
 * Cyrillic letter, or a baht sign after a word, into a file of ASCII. The file is read with a warning that shows its cells.
 */
import type { Reading } from './detect.ts';

const WORDS_MAX = 3;

/** Words, and how far (natural logarithm) their reading may be behind the best one. */
const WORDS: ReadonlyArray<readonly [RegExp, number]> = [
  // its byte is a sign in other encodings of Latin letters: `Fuß`, `Maßband`
  [/^[A-Za-zäöü]+ß[a-z]*$/, 0],
  // after another vowel it is no Czech or Latvian letter: `naïve`, `Loïc`
  [/^[A-Z]?[a-z]*[AOUaou]ï[a-z]+$/, 2.5],
  [/^[éüöå]$/, 0],
  [/^[ßÜ‘]$/, Number.POSITIVE_INFINITY],
  [/^à$/, 0],
];
const LETTER_A = 0xe0;
/** Bytes of letters and signs that may be units of another script beside a number. */
const ALONE = [0xdf, 0xe0, 0xe4, 0xe5, 0xe9, 0xf6, 0xfc, 0xdc, 0x91];

/** `start` is the file around its first sign outside ASCII. */
export function isOnlyWestern(western: Reading, best: Reading, start: Uint8Array): boolean {
  if (western.absurd || western.words.length > WORDS_MAX) return false;
  const behind = best.score - western.score;
  const areMeant = western.words.every((word) => WORDS.some(([form, most]) => form.test(word) && behind <= most));
  return areMeant && arePlacesMeant(start);
}

/** False if a letter on its own is beside a number, or an `à` is not before a word. */
function arePlacesMeant(start: Uint8Array): boolean {
  for (let at = 0; at < start.length; at++) {
    const byte = start[at] ?? 0;
    if (!ALONE.includes(byte) || isLetter(start[at - 1]) || isLetter(start[at + 1])) continue;
    if (isDigit(nextTo(start, at, -1)) || isDigit(nextTo(start, at, 1))) return false;
    if (byte === LETTER_A && !(start[at + 1] === 0x20 && isSmall(start[at + 2]) && isSmall(start[at + 3])))
      return false;
  }
  return true;
}

/** The byte beside the one at `at`, or beyond a blank there. */
function nextTo(bytes: Uint8Array, at: number, step: 1 | -1): number | undefined {
  const beside = bytes[at + step];
  return beside === 0x20 ? bytes[at + 2 * step] : beside;
}

const isSmall = (byte = 0): boolean => byte >= 0x61 && byte <= 0x7a;
const isDigit = (byte = 0): boolean => byte >= 0x30 && byte <= 0x39;
const isLetter = (byte = 0): boolean => isSmall(byte | 0x20);
