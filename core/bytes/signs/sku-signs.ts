/**
 * Looks for odd characters in a SKU: those that make it invalid, and those that a reader cannot see or mistakes for
 * others.
 *
 * Called per row. Plain ASCII, the common case, costs one table look-up per byte; only an odd SKU becomes a string.
 */

// biome-ignore-all lint/style/noNonNullAssertion: every index is inside `[from, to)`
import { once } from '../../once.ts';
import { toText } from '../text.ts';

/** Per byte: not plain (a control character, or not ASCII), or part of a number with a point or an exponent. */
const ODD = 1;
const NUMBER_SIGN = 2;
/** The kind of each byte. The kernel reads this table too. */
export const SKU_KINDS = new Uint8Array(256);
const KINDS = SKU_KINDS;
KINDS.fill(ODD, 0, 0x20);
KINDS.fill(ODD, 0x7f);
for (const sign of 'Ee.,') KINDS[sign.charCodeAt(0)] = NUMBER_SIGN;
/** Starts an escape such as `&amp;`, `%20` and `\u002D`. */
const ESCAPE_SIGN = 4;
KINDS[0x25] = KINDS[0x26] = KINDS[0x5c] = ESCAPE_SIGN;
/** A space: two of them in a row are odd. */
const SPACE = 16;
KINDS[0x20] = SPACE;
/** A small letter of ASCII: nothing odd. */
const SMALL = 8;
for (let byte = 0x61; byte <= 0x7a; byte++) KINDS[byte]! |= SMALL;
/** In `skuKinds`: the SKU may differ from another one only in case. SKUs in capitals alone cannot. */
export const HAS_SMALL = SMALL | ODD;
/** In `skuKinds`: `skuDoubt` must look at the SKU. */
export const IS_ODD = ODD | NUMBER_SIGN | ESCAPE_SIGN;

/** Codes of warnings. */
export const SKU_DOUBTS = [
  'sku_hidden_signs',
  'sku_not_normalized',
  'sku_look_alikes',
  'sku_looks_like_number',
  'sku_double_spaces',
] as const;
export type SkuDoubt = (typeof SKU_DOUBTS)[number];

/** Bits: see `HAS_SMALL` and `IS_ODD`. */
export function skuKinds(bytes: Uint8Array, from: number, to: number): number {
  let kinds = 0;
  for (let at = from; at < to; at++) kinds |= KINDS[bytes[at]!]!;
  if ((kinds & SPACE) !== 0) kinds = hasDoubleSpace(bytes, from, to) ? kinds | ODD : kinds & ~SPACE;
  // a number begins with a digit or its sign
  return (kinds & IS_ODD) === NUMBER_SIGN && bytes[from]! > 0x39 ? kinds & SMALL : kinds;
}

function hasDoubleSpace(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from + 1; at < to; at++) if (bytes[at] === 0x20 && bytes[at - 1] === 0x20) return true;
  return false;
}

/** True for a NUL or another control character: C0, DEL, C1. */
export function hasControl(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    if (byte < 0x20 || byte === 0x7f) return true;
    if (byte === 0xc2 && at + 1 < to && bytes[at + 1]! < 0xa0) return true;
  }
  return false;
}

// expressions that need tables of Unicode are made when they are first used: V8 makes the tables with them, and few SKUs need any
const hidden = once(() => /[\p{Cf}\p{Default_Ignorable_Code_Point}]|(?! )\p{White_Space}/u);
/** Dashes other than `-`, the minus sign, and full-width forms of ASCII. */
const otherDash = once(() => /(?!-)\p{Dash}|[\uff01-\uff5e]/u);
const latin = once(() => /\p{Script=Latin}/u);
const otherScript = once(() => /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u);
/** What a spreadsheet makes of a long number: `5.01E+12`, `1,23E+11`, `5.0123E12`; below, `4711.0` and `4,711`. */
const NUMBER = /^[+-]?\d+(?:(?:[.,]\d+)?E[+-]\d+|[.,]\d+E\d+)$/i;
const FLOAT = /^\d{4,}\.0$/;
const THOUSANDS = /^\d{1,3}(?:,\d{3})+$/;
/** Longer SKUs are not looked at. */
const BYTES_MAX = 1000;

/** What is odd about a SKU whose `skuKinds` are `IS_ODD`; null for nothing. */
export function skuDoubt(bytes: Uint8Array, from: number, to: number): SkuDoubt | null {
  if (to - from > BYTES_MAX) return null;
  const sku = toText(bytes, from, to);
  if (NUMBER.test(sku) || FLOAT.test(sku) || THOUSANDS.test(sku)) return 'sku_looks_like_number';
  if (hidden().test(sku)) return 'sku_hidden_signs';
  if (sku !== sku.normalize('NFC')) return 'sku_not_normalized';
  if (otherDash().test(sku) || (latin().test(sku) && otherScript().test(sku))) return 'sku_look_alikes';
  return sku.includes('  ') ? 'sku_double_spaces' : null;
}

/** Letters that look like capital or small Latin ones. */
const LOOKS_LATIN = /^[АВЕКМНОРСТУХЅІЈаеорсухѕіјΑΒΕΖΗΙΚΜΝΟΡΤΥΧο]+$/;

/**
 * For a SKU without doubts: `disguised` if all its Cyrillic or Greek letters look like Latin ones, else `other`; null
 * without such letters.
 */
export function scriptOf(sku: string): 'disguised' | 'other' | null {
  const letters = sku.match(/\p{L}/gu) ?? [];
  if (!letters.some((letter) => otherScript().test(letter))) return null;
  return LOOKS_LATIN.test(letters.join('')) ? 'disguised' : 'other';
}

const SHOWN_CHARS = 60;
const PLAIN = /^[ -~]*$/;
const spelled = once(
  () => /(?! )[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{White_Space}\p{Mn}]|(?!-)\p{Dash}|[\uff01-\uff5e]/gu,
);
const otherLetter = once(() => /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/gu);

/**
 * The SKU for a report: doubtful characters as `\u{200B}`, cut to `SHOWN_CHARS`. `isDisguised`: its letters of other
 * scripts, too.
 */
export function shownSku(sku: string, isDisguised = false): string {
  const spell = (sign: string) => `\\u{${sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}}`;
  const short = sku.slice(0, SHOWN_CHARS).replace(/[\uD800-\uDBFF]$/, '');
  const rest = short.length < sku.length ? '…' : '';
  if (PLAIN.test(short)) return short + rest;
  const isMixed = isDisguised || (latin().test(short) && otherLetter().test(short));
  otherLetter().lastIndex = 0;
  const signs = short.replace(spelled(), spell);
  return `${isMixed ? signs.replace(otherLetter(), spell) : signs}${rest}`;
}

/** The first byte that is not part of a format character or white space; see `trimSkuEnd`. */
export function trimSkuStart(bytes: Uint8Array, from: number, to: number): number {
  const sku = toText(bytes, from, to);
  return to - lengthOf(sku.replace(/^[\p{Cf}\p{White_Space}]+/u, ''));
}

/** Format characters are those of Unicode's category Cf: U+00AD, U+200B to U+200F, U+FEFF and their like. */
export function trimSkuEnd(bytes: Uint8Array, from: number, to: number): number {
  let end = to;
  while (end > from) {
    let start = end - 1;
    while (start > from && (bytes[start]! & 0xc0) === 0x80) start--;
    if (!/[\p{Cf}\p{White_Space}]/u.test(toText(bytes, start, end))) break;
    end = start;
  }
  return end;
}

/** Trims a SKU that is a string. Called for each row of a SKU map, where nearly all need no trimming. */
export function trimSkuText(text: string): string {
  if (isPlainSign(text.charCodeAt(0)) && isPlainSign(text.charCodeAt(text.length - 1))) return text;
  const bytes = encoder.encode(text);
  const start = trimSkuStart(bytes, 0, bytes.length);
  return toText(bytes, start, trimSkuEnd(bytes, start, bytes.length));
}

/** Also false past the end of the text, where the code is NaN. */
function isPlainSign(code: number): boolean {
  return code > 0x20 && code < 0x7f;
}

const encoder = new TextEncoder();

function lengthOf(text: string): number {
  return encoder.encode(text).length;
}
