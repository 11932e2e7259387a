/**
 * Finds SKUs that a spreadsheet has turned into dates: `1-Mar` and `Mar-01` (English), `02. Mrz` (German) or
 * `2026-03-01` were codes such as `MAR1` or `2-3`.
 *
 * `mayBeDate` is called per row and looks at a few bytes only; the few SKUs that pass it become strings.
 */
// biome-ignore-all lint/style/noNonNullAssertion: every index is inside `[from, to)`
import { isDigit } from '../ascii.ts';

const BYTES_MIN = 4;
const BYTES_MAX = 24;

/** True for a SKU that `skuDate` must look at. */
export function mayBeDate(bytes: Uint8Array, from: number, to: number): boolean {
  const length = to - from;
  if (length < BYTES_MIN || length > BYTES_MAX) return false;
  if (isDigit(bytes[from]!)) return isMark(bytes[from + 1]!) || isMark(bytes[from + 2]!) || isMark(bytes[from + 4]!);
  // spreadsheets write no month in capitals
  if (!isSmall(bytes[from + 1]!) || !isDigit(bytes[to - 1]!) || !isDigit(bytes[to - 2]!)) return false;
  return isMark(bytes[to - 3]!) || isMark(bytes[to - 5]!);
}

/** `-`, `.`, `/` and a space. */
function isMark(byte: number): boolean {
  return byte === 32 || (byte >= 45 && byte <= 47);
}

/** A small letter, or one outside ASCII. */
function isSmall(byte: number): boolean {
  return byte >= 97;
}

export interface SkuDate {
  /** SKUs have one shape if they differ only in their digits and words: `1-Mar` and `2-Red`. */
  shape: string;
  isDate: boolean;
}

const DAY_MONTH = /^(\d{1,2})(?:[-. ]|\. )(\p{L}{3,5})\.?(?:[-. ](?:\d{2}|\d{4}))?$/u;
const MONTH_YEAR = /^(\p{L}{3,5})\.?[- ](?:\d{2}|\d{4})$/u;
const NUMBERS = /^(\d{1,4})([-./])(\d{1,2})\2(\d{1,4})(?:[ T]00:00(?::00)?)?$/;

/** Null for a SKU that does not look like a date. */
export function skuDate(sku: string): SkuDate | null {
  const dayMonth = DAY_MONTH.exec(sku);
  if (dayMonth !== null) {
    const [, day = '', word = ''] = dayMonth;
    return dated('1-', word, Number(day) >= 1 && Number(day) <= 31);
  }
  const monthYear = MONTH_YEAR.exec(sku);
  if (monthYear !== null) return dated('', monthYear[1] ?? '', true);
  const numbers = NUMBERS.exec(sku);
  if (numbers === null) return null;
  const [, first = '', mark = '', second = '', third = ''] = numbers;
  return { shape: `1${mark}1${mark}1`, isDate: isDay(first, second, third) };
}

function dated(before: string, word: string, hasDay: boolean): SkuDate | null {
  const small = word.toLowerCase();
  if (word.slice(1) !== small.slice(1)) return null;
  return { shape: `${before}${word === small ? 'a' : 'Aa'}`, isDate: hasDay && MONTHS.has(small) };
}

/** `2026-03-01`, `1.3.2026`, `3/1/26`. */
function isDay(first: string, second: string, third: string): boolean {
  const isYearFirst = first.length === 4;
  if (isYearFirst ? third.length > 2 : first.length > 2 || (third.length !== 2 && third.length !== 4)) return false;
  const [a, b] = [Number(second), Number(isYearFirst ? third : first)];
  return a >= 1 && b >= 1 && Math.min(a, b) <= 12 && Math.max(a, b) <= 31;
}

/**
 * Names of months as spreadsheets write them in some languages. Without `set` and `out`, which are words in SKUs such
 * as `2-set`.
 */
const MONTHS = new Set(
  [
    'jan feb mar apr may jun jul aug sep oct nov dec sept',
    'mrz mär mai okt dez',
    'janv févr mars avr juin juil août déc',
    'ene abr ago dic',
    'gen mag giu lug ott',
    'mrt mei',
    'fev dez',
    'maj',
    'sty lut kwi cze lip sie wrz paź lis gru',
  ].flatMap((names) => names.split(' ')),
);
