/**
 * Finds texts with characters that were meant for another program: control characters, HTML entities, quoted-printable.
 * Also finds letters that became question marks. Plain text costs one table look-up per byte; only an odd text becomes
 * a string.
 */
// biome-ignore-all lint/style/noNonNullAssertion: every index is inside `[from, to)`
import { toText } from './text.ts';

/** Codes of warnings. */
export const TEXT_DOUBTS = ['text_control_signs', 'text_escaped', 'text_letters_lost'] as const;
export type TextDoubt = (typeof TEXT_DOUBTS)[number];

const CONTROL = 1;
/** `&` and `=`. */
const ESCAPE = 2;
/** The first byte of U+0080 to U+00BF. */
const C1 = 4;
const QUESTION = 8;
/** The kernel reads it too. */
export const TEXT_KINDS = new Uint8Array(256);
const KINDS = TEXT_KINDS;
KINDS.fill(CONTROL, 0, 0x20);
KINDS[0x7f] = CONTROL;
// a tab and line ends are white space of a text
KINDS[0x09] = KINDS[0x0a] = KINDS[0x0d] = 0;
KINDS[0x26] = KINDS[0x3d] = ESCAPE;
KINDS[0xc2] = C1;
KINDS[0x3f] = QUESTION;

/** Only this many bytes of a longer text are examined. */
const BYTES_MAX = 1000;
const C1_SIGN = /[\u0080-\u009f]/;
const LETTER = 'uml|acute|grave|circ|tilde|cedil|caron|ring|slash';
const NAMED =
  'amp|lt|gt|quot|apos|nbsp|copy|reg|trade|euro|pound|yen|cent|sect|para|deg|hellip|ndash|mdash|[lrsb]?[sdl]quo|[lr]aquo|bull|middot|times|divide|plusmn|frac\\d\\d|sup[123]|micro|szlig|(?:ae|oe)lig|eth|thorn|ordm|ordf|shy|zwj|zwnj|rarr|larr';
const ENTITY = new RegExp(`&(?:#\\d{2,7}|#x[\\da-f]{2,6}|${NAMED}|[a-z](?:${LETTER}));`, 'i');
/** UTF-8 as `=C3=BC`, or several bytes of another encoding as in `Gr=F6=DFe`. */
const QUOTED_PRINTABLE = /=[C-F][\dA-F](?:=[89AB][\dA-F])+|=[89A-F][\dA-F].*=[89A-F][\dA-F]/;

/** A question mark or two inside a word. */
const LOST = /\p{L}\?{1,2}\p{Ll}/u;
/** Web addresses have question marks too: they are no lost letters. */
const ADDRESS = /[=/]/;

/** What is odd about a text; null for nothing. */
export function textDoubt(bytes: Uint8Array, from: number, to: number): TextDoubt | null {
  const end = Math.min(to, from + BYTES_MAX);
  let kinds = 0;
  for (let at = from; at < end; at++) kinds |= KINDS[bytes[at]!]!;
  if (kinds === 0) return null;
  if ((kinds & CONTROL) !== 0) return 'text_control_signs';
  const text = toText(bytes, from, end);
  if ((kinds & C1) !== 0 && C1_SIGN.test(text)) return 'text_control_signs';
  if ((kinds & ESCAPE) !== 0 && (ENTITY.test(text) || QUOTED_PRINTABLE.test(text))) return 'text_escaped';
  return (kinds & QUESTION) !== 0 && LOST.test(text) && !ADDRESS.test(text) ? 'text_letters_lost' : null;
}
