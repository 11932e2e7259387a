/** How likely a symbol outside ASCII is in its place, in feeds of any language: logarithms of chances, set by hand. */
// biome-ignore-all lint/style/noNonNullAssertion: places are below the length of the word; an apostrophe has a letter after it

/** The kind of character beside a sign. `none`: a blank, a delimiter or the end of the word. */
type Neighbour = 'none' | 'digit' | 'lower' | 'upper' | 'punctuation' | 'other';

/** For a sign in an unusual place, and for an unusual sign. */
const OUT_OF_PLACE = -10;
const ODD = -11;
/** Added if a letter follows: that is what a letter read in a wrong encoding looks like. */
const BEFORE_LETTER = -4;
/** For characters that only a wrong reading has: controls, box drawing, private use. */
const ABSURD = -14;

interface Sign {
  signs: string;
  chance: number;
  fits(before: Neighbour, after: Neighbour, chars: readonly string[], at: number): boolean;
}

const isWord = (side: Neighbour): boolean => side === 'lower' || side === 'upper' || side === 'other';
const isOpen = (side: Neighbour): boolean => side === 'none' || side === 'punctuation';
const always = (): boolean => true;

/** As in Men’s, don’t, L’Oréal, d’angle, O’Neil. */
function isApostrophe(before: Neighbour, after: Neighbour, chars: readonly string[], at: number): boolean {
  if (!isWord(before) || !isWord(after)) return false;
  if (/^[stST]$/.test(chars[at + 1]!) && !/\p{L}/u.test(chars[at + 2] ?? '')) return true;
  if (after === 'upper' && /^o$/i.test(chars.slice(0, at).join(''))) return true;
  return /^([cdjlmnost]|qu)$/i.test(chars.slice(0, at).join('')) && /[aeiouhyàâéèêîô]/i.test(chars[at + 1]!);
}

/** The first rule that fits applies. */
const SIGNS: readonly Sign[] = [
  { signs: '½¼¾', chance: -2.5, fits: (before, after) => (before === 'digit' || isOpen(before)) && !isWord(after) },
  { signs: '°', chance: -2.5, fits: (before, after) => before === 'digit' && after !== 'digit' },
  { signs: '°', chance: -2.5, fits: (before, after) => before === 'none' && after !== 'lower' },
  { signs: '™®', chance: -2.5, fits: (before, after) => !isOpen(before) && !isWord(after) },
  { signs: '™®', chance: -7, fits: (before, after) => !isOpen(before) && after === 'upper' },
  { signs: '™®©', chance: -3.5, fits: (before, after) => isOpen(before) && isOpen(after) },
  { signs: '©', chance: -4, fits: (before) => isOpen(before) },
  { signs: '’', chance: -2.5, fits: isApostrophe },
  { signs: '’', chance: -4.5, fits: (before, after) => !isWord(after) || before === 'none' },
  { signs: '”', chance: -3, fits: (before, after) => before !== 'none' && before !== 'lower' && !isWord(after) },
  { signs: '”', chance: -5.5, fits: (before, after) => before === 'lower' && !isWord(after) },
  { signs: '“„«', chance: -4, fits: (before, after) => isOpen(before) && after !== 'none' },
  { signs: '»', chance: -4, fits: (before, after) => before !== 'none' && isOpen(after) },
  { signs: '“', chance: -5.5, fits: (before, after) => before !== 'none' && isOpen(after) },
  { signs: '‘', chance: -5, fits: (before, after) => isOpen(before) && after !== 'none' },
  { signs: '«»', chance: -6, fits: (before, after) => before === 'none' && after === 'none' },
  { signs: '–—•·', chance: -3, fits: (before, after) => before === 'none' && after === 'none' },
  { signs: '–—', chance: -4, fits: (before, after) => !(isWord(before) && isWord(after)) },
  { signs: '·', chance: -5.5, fits: always },
  { signs: '•', chance: -5, fits: (before) => before === 'none' },
  { signs: '…', chance: -4, fits: (before, after) => !isWord(before) && after === 'none' },
  { signs: '…', chance: -6, fits: (_, after) => after === 'none' },
  { signs: '×', chance: -3, fits: (before, after) => !isWord(before) && !isWord(after) },
  { signs: '±', chance: -3, fits: (before, after) => isOpen(before) && (after === 'digit' || after === 'none') },
  { signs: '²³', chance: -3, fits: (_, after, chars, at) => 'mMtT'.includes(chars[at - 1] ?? '.') && isOpen(after) },
  { signs: 'µ', chance: -3.5, fits: (before, after) => (before === 'digit' || isOpen(before)) && after !== 'digit' },
  { signs: '€£', chance: -2.5, fits: (before, after) => before === 'digit' || after === 'digit' },
  { signs: '€£', chance: -4, fits: (before, after) => isOpen(before) && isOpen(after) },
  { signs: '¢', chance: -4, fits: (before, after) => before === 'digit' && isOpen(after) },
  { signs: '¥', chance: -5, fits: (before, after) => before === 'digit' || after === 'digit' },
  {
    signs: 'º',
    chance: -4,
    fits: (before, after, chars, at) => (before === 'digit' || 'nN'.includes(chars[at - 1] ?? '.')) && !isWord(after),
  },
  { signs: 'ª', chance: -5, fits: (before, after) => before === 'digit' && !isWord(after) },
  { signs: '№', chance: -3.5, fits: (before) => isOpen(before) },
  { signs: '¿¡', chance: -4, fits: (before, after) => isOpen(before) && isWord(after) },
  { signs: '‰', chance: -5, fits: (before) => before === 'digit' },
  { signs: '≤≥≈', chance: -6, fits: (before, after) => isOpen(before) && !isWord(after) },
  { signs: '\u00a0', chance: -3.5, fits: (before, after) => !(isWord(before) && isWord(after)) },
  { signs: '\u00a0', chance: -7, fits: always },
  { signs: '\u00ad', chance: -7, fits: (before, after) => isWord(before) && isWord(after) },
  { signs: '§†', chance: -6, fits: (before, after) => isOpen(before) || isOpen(after) },
];

/** The chance of the sign at `at` among the characters of a word. */
export function signChance(chars: readonly string[], at: number): number {
  const sign = chars[at]!;
  const before = chars[at - 1] ?? '';
  const code = sign.codePointAt(0)!;
  if (isAbsurd(sign)) return ABSURD;
  // East Asian punctuation and full-width forms, marks such as ★ and ※
  if ((code >= 0x3000 && code < 0x3100) || (code >= 0xff00 && code < 0xff61)) return isAsciiLetter(before) ? -7 : -4.5;
  const rules = SIGNS.filter((one) => one.signs.includes(sign));
  const left = sideOf(before);
  const right = sideOf(chars[at + 1] ?? '');
  const fitting = rules.find((one) => one.fits(left, right, chars, at));
  if (fitting !== undefined) return fitting.chance;
  return (rules.length === 0 ? ODD : OUT_OF_PLACE) + (isWord(right) ? BEFORE_LETTER : 0);
}

/** The least chance of a sign that is where such signs are usual: `½` after a digit, `’` between letters. */
const AT_HOME = -5;
/** Signs whose bytes are letters of DOS and Mac OS: alone they prove nothing. */
const LETTERS_ELSEWHERE = '…•«»';

/** True if all signs of the word outside ASCII that are no letters are where such signs are usual. */
export function isSignAtHome(word: string): boolean {
  const chars = Array.from(word);
  return chars.every((sign, at) => {
    if (sign <= '\u007f' || (/\p{L}/u.test(sign) && !'ªºµ'.includes(sign))) return true;
    return !LETTERS_ELSEWHERE.includes(sign) && signChance(chars, at) >= AT_HOME;
  });
}

/** Controls, box drawing, private use: what only a wrong reading has. */
export function isAbsurd(sign: string): boolean {
  const code = sign.codePointAt(0)!;
  return code < 0xa0 || (code >= 0x2500 && code < 0x25a0) || (code >= 0xe000 && code < 0xf900) || code >= 0xf0000;
}

function isAsciiLetter(c: string): boolean {
  return /^[a-z]$/i.test(c);
}

function sideOf(c: string): Neighbour {
  if (c === '') return 'none';
  if (c >= '0' && c <= '9') return 'digit';
  if (/\p{Lu}/u.test(c)) return 'upper';
  if (/\p{L}/u.test(c)) return c <= '\u024f' ? 'lower' : 'other';
  return 'punctuation';
}
