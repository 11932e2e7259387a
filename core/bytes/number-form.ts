/**
 * Converts numbers as people write them, in the form that a layout declares, to the contract's form: digits with a
 * point. Bytes in, bytes out: a string is made only for a cell that has no number, to see whether it has a currency.
 */

// biome-ignore-all lint/style/noNonNullAssertion: every index is inside `[from, to)` or below a length
import type { NumberForm } from '../layout.ts';
import { currencyMarks, isCurrencyMark } from '../money/currency-signs.ts';
import { isDigit } from './ascii.ts';
import { toBytes, toText } from './text.ts';
import { trimEnd, trimStart } from './trim.ts';

/** The cell is not a number of the declared form. */
export const NOT_IN_FORM = -1;
/** The amount names a currency other than the tenant's. */
export const OTHER_CURRENCY = -2;

/** A longer cell is not a number. */
const CELL_BYTES_MAX = 100;
/** Room for the zeros and the point that moving the point adds. */
const MOVED_BYTES = 16;

export class NumberReader {
  /** The last number in the contract's form. */
  readonly out = new Uint8Array(CELL_BYTES_MAX + MOVED_BYTES);
  readonly #point: number;
  readonly #groups: ReadonlyArray<Uint8Array>;
  readonly #currency: boolean;
  readonly #marks: ReadonlyArray<Uint8Array>;
  readonly #ownMarks: ReadonlySet<string>;
  readonly #atLeast: boolean;
  readonly #zeroBelow: boolean;
  readonly #implied: number;
  readonly #decimalsMax: number;
  /** True if three digits after the decimal mark may be a group of thousands. */
  readonly #threeAreAmbiguous: boolean;
  readonly #units: ReadonlyArray<Uint8Array>;
  /** Signs of the current number: 0 or 1. */
  #signs = 0;

  constructor(form: NumberForm) {
    this.#point = form.decimal.charCodeAt(0);
    this.#groups = form.thousands === null ? [] : GROUP_MARKS[form.thousands].map(toBytes);
    this.#currency = form.currency !== null;
    const marks = form.currency === null ? [] : currencyMarks(form.currency);
    this.#ownMarks = new Set(marks);
    this.#marks = longestFirst(marks.map(toBytes));
    this.#atLeast = form.atLeast;
    this.#zeroBelow = form.zeroBelow;
    this.#implied = form.impliedDecimals ?? 0;
    this.#decimalsMax = form.decimals ?? CELL_BYTES_MAX;
    this.#threeAreAmbiguous = threeAreAmbiguous(form);
    this.#units = longestFirst((form.units ?? []).map((unit) => toBytes(unit).map(lower)));
  }

  /** The length of the number in `out`, or a code from above. `[from, to)` is trimmed and not empty. */
  read(bytes: Uint8Array, from: number, to: number): number {
    if (to - from > CELL_BYTES_MAX) return NOT_IN_FORM;
    this.#signs = 0;
    // most cells begin and end with a digit: no sign or mark is before or behind them
    const isBare = this.#units.length === 0 && isDigit(bytes[from]!) && isDigit(bytes[to - 1]!);
    const length = isBare ? this.#digits(bytes, from, to) : this.#number(bytes, from, to);
    if (length !== NOT_IN_FORM) {
      if (this.#zeroBelow && this.out[0] === MINUS) return this.#zero();
      return this.#implied === 0 ? length : this.#movePoint(length);
    }
    return this.#currency && this.#isForeign(toText(bytes, from, to)) ? OTHER_CURRENCY : NOT_IN_FORM;
  }

  /** True if the mark of another currency is before or after the digits. */
  #isForeign(text: string): boolean {
    const parts = [/^\D+(?=\d)/, /(?<=\d)\D+$/].map((form) => form.exec(text)?.[0] ?? '');
    const marks = parts.map((part) => part.replace(/^[-+\s]+|[-+\s]+$/g, ''));
    return marks.some((mark) => isCurrencyMark(mark) && !this.#ownMarks.has(mark.toLowerCase()));
  }

  /** Moves the point `#implied` digits to the left; every digit stays. */
  #movePoint(length: number): number {
    const { out } = this;
    const written = out.subarray(this.#signs, length);
    const point = written.indexOf(POINT);
    const digits = written.filter((byte) => byte !== POINT);
    const whole = (point < 0 ? digits.length : point) - this.#implied;
    let at = this.#signs;
    for (let i = Math.min(whole, 0); i < digits.length; i++) {
      if (i === whole) out[at++] = POINT;
      out[at++] = i < 0 ? ZERO : digits[i]!;
    }
    return at;
  }

  #zero(): number {
    this.out[0] = ZERO;
    return 1;
  }

  #number(bytes: Uint8Array, start: number, end: number): number {
    let from = start;
    let to = this.#units.length === 0 ? end : skipBack(bytes, from, end, this.#units);
    if (this.#atLeast) {
      from = trimStart(bytes, skipAtLeast(bytes, from, to), to);
      if (from === start && to - from > 1 && bytes[to - 1] === PLUS && isDigit(bytes[to - 2]!)) to--;
    }
    from = this.#takeSign(bytes, from, to);
    if (this.#currency) {
      from = this.#skipMark(bytes, from, to);
      to = skipBack(bytes, from, to, this.#marks);
      // the sign may be before the currency or after it
      if (this.#signs === 0) from = this.#takeSign(bytes, from, to);
    }
    return this.#digits(bytes, from, to);
  }

  /** Copies the sign at `from`, if any; returns the position after it. */
  #takeSign(bytes: Uint8Array, from: number, to: number): number {
    const sign = bytes[from];
    this.#signs = from < to && (sign === PLUS || sign === MINUS) ? 1 : 0;
    if (this.#signs === 1) this.out[0] = sign!;
    return from + this.#signs;
  }

  #digits(bytes: Uint8Array, from: number, to: number): number {
    const { out } = this;
    let length = this.#signs;
    let digits = 0;
    let sinceGroup = -1;
    let i = from;
    while (i < to) {
      const byte = bytes[i]!;
      if (isDigit(byte)) {
        out[length++] = byte;
        digits++;
        if (sinceGroup >= 0) sinceGroup++;
        i++;
        continue;
      }
      if (byte === this.#point) break;
      const width = markAt(bytes, i, to, this.#groups);
      if (width === 0 || digits === 0) return NOT_IN_FORM;
      if (sinceGroup >= 0 ? sinceGroup !== 3 : digits > 3) return NOT_IN_FORM;
      sinceGroup = 0;
      i += width;
    }
    if (sinceGroup >= 0 && sinceGroup !== 3) return NOT_IN_FORM;
    if (i === to) return digits === 0 ? NOT_IN_FORM : length;
    out[length++] = POINT;
    const whole = digits;
    for (i++; i < to; i++) {
      if (!isDigit(bytes[i]!)) return NOT_IN_FORM;
      out[length++] = bytes[i]!;
      digits++;
    }
    const decimals = digits - whole;
    if (digits === 0 || decimals > this.#decimalsMax) return NOT_IN_FORM;
    // readers who group with a comma take 16,500 for 16500; 0,500 and 1.016,500 can only be decimals
    const isGroup = decimals === 3 && sinceGroup < 0 && whole >= 1 && whole <= 3 && out[this.#signs] !== ZERO;
    return isGroup && this.#threeAreAmbiguous ? NOT_IN_FORM : length;
  }

  #skipMark(bytes: Uint8Array, from: number, to: number): number {
    const width = markAt(bytes, from, to, this.#marks);
    return width === 0 ? from : trimStart(bytes, from + width, to);
  }
}

/** True if the form reads `16,500` as a decimal although others read it as thousands. */
export function threeAreAmbiguous({ decimal, thousands, decimals }: NumberForm): boolean {
  return thousands === (decimal === ',' ? '.' : ',') && (decimals ?? 0) < 3;
}

const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;

const GROUP_MARKS: Record<NonNullable<NumberForm['thousands']>, string[]> = {
  ',': [','],
  '.': ['.'],
  ' ': [' ', '\u00a0', '\u202f', '\u2009'],
  "'": ["'", '’'],
};

function longestFirst(marks: Uint8Array[]): Uint8Array[] {
  return marks.sort((a, b) => b.length - a.length);
}

/** The end of the bytes before a mark at the end; `to` if there is none. */
function skipBack(bytes: Uint8Array, from: number, to: number, marks: ReadonlyArray<Uint8Array>): number {
  for (const mark of marks) {
    const at = to - mark.length;
    if (at >= from && markAt(bytes, at, to, [mark]) > 0) return trimEnd(bytes, from, at);
  }
  return to;
}

/** The length of the mark at `at`, ASCII letters in any case; 0 for none. */
function markAt(bytes: Uint8Array, at: number, to: number, marks: ReadonlyArray<Uint8Array>): number {
  for (let m = 0; m < marks.length; m++) {
    const mark = marks[m]!;
    if (at + mark.length > to) continue;
    let k = 0;
    while (k < mark.length && lower(bytes[at + k]!) === mark[k]) k++;
    if (k === mark.length) return k;
  }
  return 0;
}

function lower(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte | 32 : byte;
}

/** The position after `>`, `>=` or `≥`. */
function skipAtLeast(bytes: Uint8Array, from: number, to: number): number {
  if (bytes[from] === 62) return from + (bytes[from + 1] === 61 ? 2 : 1);
  const sign = to - from > 3 && bytes[from] === 0xe2 && bytes[from + 1] === 0x89 && bytes[from + 2] === 0xa5;
  return sign ? from + 3 : from;
}
