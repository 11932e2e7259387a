/**
 * Takes windows-1252 as the likely encoding of a short text, where the readings are too near each other to be sure: the file is read
 * with a warning that shows its cells. What DOS, Mac OS and other scripts make of their letters in windows-1252 looks otherwise: signs
 * inside of words, capitals after small letters, few Latin letters beside.
 */

import { isSignAtHome } from '../likelihood/symbols.ts';
import type { Reading } from './detect.ts';

/** The lead (natural logarithm) of the best reading. */
const LEAD_OF_LETTERS = 2.2;
const LEAD_OF_SIGNS = 3.5;
/** In DOS the byte of an ellipsis is `à`, which ends Italian words: `città`, `sarà`. */
const ELLIPSIS_AFTER_WORD = /^[^\u0000-\u007f]*[A-Za-z,-]*[A-Za-z]{2}[A-QSU-Za-qsu-z]…$/;
/** Letters of the right half of ISO 8859-1, whose bytes are hardly ever letters in DOS. */
const LETTER_RUNS = /[A-Za-z\u00c0-\u00ff]+/g;
const PLAIN_LETTERS = /[A-Za-z]/g;
const SIGN = /[^\u0000-\u007f\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff]/;

/** True if the best reading is windows-1252 and is likely, by `lead` before the next one. `endsCells`: ellipses end their cells. */
export function isLikelyWestern(best: Reading, lead: number, endsCells: boolean): boolean {
  if (best.name !== 'windows-1252' || best.absurd) return false;
  let least = LEAD_OF_LETTERS;
  for (const word of best.words) {
    if (!hasLatinLetters(word) || DASHES_ELSEWHERE.test(word)) return false;
    if (!SIGN.test(word)) continue;
    if (endsCells && ELLIPSIS_AFTER_WORD.test(word)) continue;
    if (!isSignAtHome(word)) return false;
    least = LEAD_OF_SIGNS;
  }
  return lead >= least;
}

/** Dashes of Mac OS. */
const DASHES_ELSEWHERE = /[ÐÑ](?![a-z])/;

/** True if each run of letters has as many of ASCII as of others. A word of one letter may be of any script. */
function hasLatinLetters(word: string): boolean {
  return (word.match(LETTER_RUNS) ?? []).every((run) => {
    const plain = run.match(PLAIN_LETTERS)?.length ?? 0;
    return 2 * plain >= run.length;
  });
}
