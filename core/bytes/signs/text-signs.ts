/**
 * Finds texts with characters that were meant for another program: control characters, HTML entities and tags, quoted-printable, `'` before
 * a formula. Also finds letters that became question marks, and marks that mean the text of the row above. Plain text costs one table look-up
 * per byte; only an odd text becomes a string.
 */
// biome-ignore-all lint/style/noNonNullAssertion: every index is inside `[from, to)`

import { toText } from '../text.ts';
import { isNoText, mayBeNoText } from './sku-words.ts';

/** Codes of warnings. */
export const TEXT_DOUBTS = [
  'text_control_signs',
  'text_hidden_signs',
  'text_escaped',
  'text_markup',
  'text_letters_lost',
  'text_ditto',
  'text_no_value',
] as const;
export type TextDoubt = (typeof TEXT_DOUBTS)[number];

const CONTROL = 1;
/** `&`, `=`, `%` and the backslash. */
const ESCAPE = 2;
/** The first byte of U+0080 to U+00BF. */
const C1 = 4;
const QUESTION = 8;
/** `<` */
const TAG_SIGN = 16;
/** The first bytes of U+2000 to U+2FFF, and of U+F000 to U+FFFF. */
const HIDDEN_LEAD = 32;
/** The kernel reads it too. */
export const TEXT_KINDS = new Uint8Array(256);
const KINDS = TEXT_KINDS;
KINDS.fill(CONTROL, 0, 0x20);
KINDS[0x7f] = CONTROL;
// a tab and line ends are white space of a text
KINDS[0x09] = KINDS[0x0a] = KINDS[0x0d] = 0;
KINDS[0x26] = KINDS[0x3d] = KINDS[0x25] = KINDS[0x5c] = ESCAPE;
KINDS[0xc2] = C1;
KINDS[0x3f] = QUESTION;
KINDS[0x3c] = TAG_SIGN;
KINDS[0xe2] = KINDS[0xef] = HIDDEN_LEAD;

/** Only this many bytes of a longer text are examined. */
const BYTES_MAX = 1000;
const C1_SIGN = /[\u0080-\u009f]/;
/**
 * U+FEFF of joined files, U+2028 and U+2029 of other line ends, soft hyphens of web pages, U+200B, U+2060, turned text, marks of objects.
 * Joiners and marks of direction are of use in some scripts, and U+200B between words of South East Asian ones.
 */
const HIDDEN_SIGN =
  /[\u00ad\u2028\u2029\u202a-\u202e\u2060-\u2064\ufeff\ufff9-\ufffc]|(?<![\u0e00-\u109f\u1780-\u17ff])\u200b/;
const LETTER = 'uml|acute|grave|circ|tilde|cedil|caron|ring|slash';
const NAMED =
  'amp|lt|gt|quot|apos|nbsp|copy|reg|trade|euro|pound|yen|cent|sect|para|deg|hellip|ndash|mdash|[lrsb]?[sdl]quo|[lr]aquo|bull|middot|times|divide|plusmn|frac\\d\\d|sup[123]|micro|szlig|(?:ae|oe)lig|eth|thorn|ordm|ordf|shy|zwj|zwnj|rarr|larr';
const ENTITY = new RegExp(`&(?:#\\d{2,7}|#x[\\da-f]{2,6}|${NAMED}|[a-z](?:${LETTER}));`, 'i');
/** UTF-8 as `=C3=BC`, or several bytes of another encoding as in `Gr=F6=DFe`. */
const QUOTED_PRINTABLE = /=[C-F][\dA-F](?:=[89AB][\dA-F])+|=[89A-F][\dA-F].*=[89A-F][\dA-F]/;
/** `Gr\u00f6\u00dfe` of JSON, `a\nb` of SQL, `Caf%C3%A9` and `Oak%20lamp` of addresses. */
const OTHER_ESCAPE = /\\u[\da-f]{4}|[\p{L}.,;:!?]\\(?:r\\)?n(?![\p{L}\d]*\\)|%C[3-9A-F]%[89AB][\dA-F]|[a-z]%20[a-z]/iu;

/** Tags that editors of shops write. */
const TAG =
  /<\/?(?:a|b|i|u|p|br|hr|div|span|strong|em|ul|ol|li|h[1-6]|font|img|table|tbody|tr|t[dh]|su[bp]|small|script|style|iframe|center)(?:[\s/][^<>]{0,200})?\/?>|<!\[CDATA\[/i;

/** Whole texts that mean that of the row above. Quotes may be doubled, as the feed has them. */
const DITTO = /^(?:"{1,2}|''|[”″〃]|-"{1,2}-|dto\.?|ditto|dito|do\.|idem|s\. ?o\.|w\. ?o\.)$/i;
const DITTO_BYTES_MAX = 6;

/** A question mark or two inside a word, and words of nothing else. */
const LOST = /\p{L}\?{1,2}\p{Ll}|(?:^|\s)\?{3,}(?:\s|$)/u;
/** Web addresses have question marks too: they are no lost letters. */
const ADDRESS = /[=/]/;

/** What is odd about a text; null for nothing. */
export function textDoubt(bytes: Uint8Array, from: number, to: number): TextDoubt | null {
  if (to - from <= DITTO_BYTES_MAX && mayBeDitto(bytes, from, to) && DITTO.test(toText(bytes, from, to)))
    return 'text_ditto';
  if (mayBeNoText(bytes, from, to) && isNoText(toText(bytes, from, to))) return 'text_no_value';
  if (isEscapedFormula(bytes, from, to)) return 'text_escaped';
  const end = Math.min(to, from + BYTES_MAX);
  let kinds = 0;
  for (let at = from; at < end; at++) kinds |= KINDS[bytes[at]!]!;
  if (kinds === 0) return null;
  if ((kinds & CONTROL) !== 0) return 'text_control_signs';
  if (kinds === HIDDEN_LEAD && !mayHideSigns(bytes, from, end)) return null;
  const text = toText(bytes, from, end);
  if ((kinds & C1) !== 0 && C1_SIGN.test(text)) return 'text_control_signs';
  if ((kinds & (C1 | HIDDEN_LEAD)) !== 0 && HIDDEN_SIGN.test(text)) return 'text_hidden_signs';
  if ((kinds & ESCAPE) !== 0 && (ENTITY.test(text) || QUOTED_PRINTABLE.test(text) || OTHER_ESCAPE.test(text)))
    return 'text_escaped';
  if ((kinds & TAG_SIGN) !== 0 && TAG.test(text)) return 'text_markup';
  return (kinds & QUESTION) !== 0 && LOST.test(text) && !ADDRESS.test(text) ? 'text_letters_lost' : null;
}

/**
 * True if a byte of the text begins a sign that nobody sees, and not one such as `’`. The kernel has it too: U+200B, U+2028 to U+202E, U+2060 to
 * U+206F, U+FEFF and U+FFF9 to U+FFFC.
 */
function mayHideSigns(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at + 2 < to; at++) {
    const first = bytes[at]!;
    if (first !== 0xe2 && first !== 0xef) continue;
    const [second, third] = [bytes[at + 1]!, bytes[at + 2]!];
    if (first === 0xef) {
      if ((second === 0xbb && third === 0xbf) || (second === 0xbf && third >= 0xb9)) return true;
    } else if (second === 0x80 ? third === 0x8b || (third >= 0xa8 && third <= 0xae) : second === 0x81 && third >= 0xa0)
      return true;
  }
  return false;
}

/** True for `'+Plus`, as exporters write texts that a spreadsheet would take for formulas. The kernel has it too. */
function isEscapedFormula(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < 2 || bytes[from] !== 0x27) return false;
  const next = bytes[from + 1]!;
  return next === 0x3d || next === 0x2b || next === 0x2d || next === 0x40;
}

/** The kernel asks it too. Few short texts pass it. */
function mayBeDitto(bytes: Uint8Array, from: number, to: number): boolean {
  if (from === to) return false;
  const last = bytes[to - 1]!;
  // `"`, `'` and `-"-`; `.`
  if (last === 0x22 || last === 0x27 || last === 0x2d) return bytes[from]! === last;
  if (last === 0x2e) return true;
  if (last >= 0x80) return to - from === 3;
  // `dto`, `ditto`; `idem`
  const first = bytes[from]! | 32;
  return (first === 0x64 && (last | 32) === 0x6f) || (first === 0x69 && (last | 32) === 0x6d);
}
