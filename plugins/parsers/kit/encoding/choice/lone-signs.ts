/**
 * Handles files whose only characters outside ASCII are a few symbols, in no word: too little text to score. In
 * windows-1252 they are symbols common in Western feeds, and no other encoding is as common.
 */
import { CR, LF } from '../../../../../core/bytes/ascii.ts';

/**
 * Symbols whose bytes are hardly ever a whole word, or beside digits, in other encodings of a file without other
 * letters.
 */
const APART = '€•–£©½µ®™×±°¾§†·Ø';
/** In other code pages a byte of these is a word of one letter (`в`, `á`), but not a letter after a digit. */
const AFTER_DIGIT = '²³¢‰¥';
const BEFORE_DIGIT = '¥';
/** In DOS its byte is `à`, a word of French and the end of Italian ones; neither ends a cell after a blank or digit. */
const ELLIPSIS = '…';
const ELLIPSIS_BYTE = 0x85;
/** What follows the last sign of a cell: delimiters, quotes, line ends. */
const CELL_ENDS = [0x2c, 0x3b, 0x09, 0x7c, 0x22, LF, CR];

/** Those that hardly any other encoding reads as letters. */
const SURE = /^[\u0000-\u007f€•–£©½µ]*$/;

const LETTER = /[A-Za-z]/;
const DIGIT = /[0-9]/;
const ASCII = /^[\u0000-\u007f]*$/;

/** True if all words of the reading in windows-1252 have such signs alone. `sample` is the file from its first sign on. */
export function areLoneSigns(words: readonly string[], sample: Uint8Array): boolean {
  if (!words.every(isSigns)) return false;
  return !words.some((word) => word.includes(ELLIPSIS)) || endsCells(sample);
}

/** True if the symbols leave no doubt about the encoding. */
export function areSureSigns(words: readonly string[]): boolean {
  return words.every((word) => SURE.test(word));
}

function isSigns(word: string): boolean {
  for (let i = 0; i < word.length; i++) {
    const sign = word.charAt(i);
    if (sign <= '\u007f') continue;
    const before = word.charAt(i - 1);
    const after = word.charAt(i + 1);
    // beside a letter or another symbol, it may be a letter of a word
    if (!ASCII.test(before + after) || LETTER.test(before) || LETTER.test(after)) return false;
    const fits =
      APART.includes(sign) ||
      (AFTER_DIGIT.includes(sign) && DIGIT.test(before)) ||
      (BEFORE_DIGIT.includes(sign) && DIGIT.test(after)) ||
      (sign === ELLIPSIS && after === '');
    if (!fits) return false;
  }
  return true;
}

/** True if every ellipsis of the sample is at the end of its cell. */
export function endsCells(sample: Uint8Array): boolean {
  for (let at = sample.indexOf(ELLIPSIS_BYTE); at >= 0; at = sample.indexOf(ELLIPSIS_BYTE, at + 1)) {
    if (at + 1 < sample.length && !CELL_ENDS.includes(sample[at + 1] ?? 0)) return false;
  }
  return true;
}
