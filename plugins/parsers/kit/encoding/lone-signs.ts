/**
 * Files whose only characters outside ASCII are a few signs in no word: too little text to score. In windows-1252 they are
 * signs that Western feeds have, and no other encoding is as common.
 */
import { CR, LF } from '../../../../core/bytes/ascii.ts';

/** Signs whose bytes are hardly ever a whole word, or beside digits, in a file that has no other letter of its language. */
const APART = '€•–£©½µ®™×±°¾§†·Ø';
/** A byte of these is a word of one letter in other code pages (`в`, `á`), but no letter after a digit. */
const AFTER_DIGIT = '²³¢‰¥';
const BEFORE_DIGIT = '¥';
/** To DOS it is `à`, a word of French and the end of Italian ones; neither is the end of a cell after a blank or digit. */
const ELLIPSIS = '…';
const ELLIPSIS_BYTE = 0x85;
/** What follows the last sign of a cell: delimiters, quotes, line ends. */
const CELL_ENDS = [0x2c, 0x3b, 0x09, 0x7c, 0x22, LF, CR];

/** Of those, the ones that hardly any other reading of a file makes a letter of. */
const SURE = /^[\u0000-\u007f€•–£©½µ]*$/;

const LETTER = /[A-Za-z]/;
const DIGIT = /[0-9]/;
const ASCII = /^[\u0000-\u007f]*$/;

/** True if all words of the reading in windows-1252 have such signs alone. `sample` is the file from its first sign on. */
export function areLoneSigns(words: readonly string[], sample: Uint8Array): boolean {
  if (!words.every(isSigns)) return false;
  return !words.some((word) => word.includes(ELLIPSIS)) || endsCells(sample);
}

/** True if lone signs need no word of doubt. */
export function areSureSigns(words: readonly string[]): boolean {
  return words.every((word) => SURE.test(word));
}

function isSigns(word: string): boolean {
  for (let i = 0; i < word.length; i++) {
    const sign = word.charAt(i);
    if (sign <= '\u007f') continue;
    const before = word.charAt(i - 1);
    const after = word.charAt(i + 1);
    // beside a letter, or another sign, it may be a letter of the word
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
function endsCells(sample: Uint8Array): boolean {
  for (let at = sample.indexOf(ELLIPSIS_BYTE); at >= 0; at = sample.indexOf(ELLIPSIS_BYTE, at + 1)) {
    if (at + 1 < sample.length && !CELL_ENDS.includes(sample[at + 1] ?? 0)) return false;
  }
  return true;
}
