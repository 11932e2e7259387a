/**
 * Reads integers and money from trimmed UTF-8 bytes, and writes them.
 *
 * A reader returns the value, which is never negative, or one of the negative codes below. It is fast because it makes
 * no string and no object, and computes with small integers; unusual cells go to `readMoneySlowly`, which is exact at
 * any length.
 */

// biome-ignore-all lint/style/noNonNullAssertion: every index is inside `[from, to)`
import type { MoneyDecimals } from '../money/currencies.ts';
import { MICRO_SCALE, withoutEndZeros } from '../money/money.ts';

/** The cell is empty. */
export const EMPTY = -1;
/** The cell is not a number of this kind. */
export const INVALID = -2;
/** The cell is a number below zero. */
export const NEGATIVE = -3;
/** The cell needs the slow reader. */
export const SLOW = -4;

/** An integer with more digits (without leading zeros) is invalid: a double cannot hold it exactly. */
const INTEGER_DIGITS_MAX = 15;

/** `12`, `+3`, `12.0` in `[from, to)`; at most 15 digits. */
export function readInteger(bytes: Uint8Array, from: number, to: number): number {
  if (from >= to) return EMPTY;
  let i = from;
  const sign = bytes[i]!;
  if (sign === 43 || sign === 45) i++;
  const first = i;
  while (i < to && bytes[i] === 48) i++;
  const significant = i;
  let value = 0;
  for (; i < to; i++) {
    const digit = bytes[i]! - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  if (i === first) return INVALID;
  const digits = i - significant;
  if (i < to) {
    if (bytes[i] !== 46 || i + 1 === to) return INVALID;
    for (i++; i < to; i++) if (bytes[i] !== 48) return INVALID;
  }
  if (sign === 45 && value > 0) return NEGATIVE;
  return digits > INTEGER_DIGITS_MAX ? INVALID : value;
}

/** A plain decimal as micros (1e-6): up to 9 digits before the point and 6 after it, otherwise `SLOW`. */
export function readMoney(bytes: Uint8Array, from: number, to: number): number {
  if (from >= to) return EMPTY;
  let value = 0;
  let i = from;
  for (; i < to; i++) {
    const digit = bytes[i]! - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  if (i - from > 9) return SLOW;
  if (i === to) return value * 1000000;
  if (bytes[i] !== 46) return SLOW;
  const point = i;
  for (i++; i < to; i++) {
    const digit = bytes[i]! - 48;
    if (digit < 0 || digit > 9) return SLOW;
    value = value * 10 + digit;
  }
  switch (to - point - 1) {
    case 1:
      return value * 100000;
    case 2:
      return value * 10000;
    case 3:
      return value * 1000;
    case 4:
      return value * 100;
    case 5:
      return value * 10;
    case 6:
      return value;
    default:
      return SLOW;
  }
}

const MONEY_FORM = /^([+-]?)(\d*)(?:\.(\d*))?$/;

/**
 * Any cell as money: `micros` is the value or a code; `rounded` is true if digits after the sixth decimal were lost.
 */
export function readMoneySlowly(text: string): { micros: number; rounded: boolean } {
  const match = MONEY_FORM.exec(text);
  if (match === null || (match[2] === '' && (match[3] ?? '') === '')) return { micros: INVALID, rounded: false };
  const whole = withoutStartZeros(match[2] ?? '');
  const fraction = match[3] ?? '';
  if (match[1] === '-' && (whole !== '' || /[1-9]/.test(fraction))) return { micros: NEGATIVE, rounded: false };
  if (whole.length > WHOLE_DIGITS_MAX) return { micros: INVALID, rounded: false };
  const lost = withoutEndZeros(fraction.slice(MICRO_SCALE));
  let micros = Number(whole + fraction.slice(0, MICRO_SCALE).padEnd(MICRO_SCALE, '0'));
  const isHalf = lost === '5';
  if (isHalf ? micros % 2 === 1 : lost.charCodeAt(0) >= FIVE) micros++;
  return { micros, rounded: lost !== '' };
}

/** Money is below 1,000,000,000. */
const WHOLE_DIGITS_MAX = 9;
const FIVE = 53;

function withoutStartZeros(digits: string): string {
  let at = 0;
  while (digits.charCodeAt(at) === 48) at++;
  return digits.slice(at);
}

/** Writes a non-negative safe integer; returns the position after it. */
export function writeInteger(out: Uint8Array, at: number, value: number): number {
  if (value > 0x7fffffff) return writeLarge(out, at, value);
  let rest = value | 0;
  let end = at + digitCount(rest);
  const after = end;
  do {
    const tenth = (rest / 10) | 0;
    out[--end] = 48 + rest - tenth * 10;
    rest = tenth;
  } while (rest > 0);
  return after;
}

function digitCount(value: number): number {
  if (value < 10000) return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4;
  if (value < 1000000) return value < 100000 ? 5 : 6;
  if (value < 100000000) return value < 10000000 ? 7 : 8;
  return value < 1000000000 ? 9 : 10;
}

function writeLarge(out: Uint8Array, at: number, value: number): number {
  const high = Math.floor(value / 1000000000);
  const after = writeInteger(out, at, high);
  let low = value - high * 1000000000;
  for (let i = after + 8; i >= after; i--) {
    const tenth = Math.floor(low / 10);
    out[i] = 48 + low - tenth * 10;
    low = tenth;
  }
  return after + 9;
}

/** Writes micros (1e-6) as money with two or three decimals, half to even; returns the position after it. */
export function writeMicros(out: Uint8Array, at: number, micros: number, decimals: MoneyDecimals): number {
  const divisor = decimals === 2 ? 10000 : 1000;
  let units = Math.floor(micros / divisor);
  const rest = (micros - units * divisor) * 2;
  if (rest > divisor || (rest === divisor && units % 2 === 1)) units++;
  return decimals === 2 ? writeCents(out, at, units) : writeMills(out, at, units);
}

/** Writes non-negative thousandths as `12.345`; returns the position after it. */
export function writeMills(out: Uint8Array, at: number, mills: number): number {
  const tenths = Math.floor(mills / 10);
  const end = writeCents(out, at, tenths);
  out[end] = 48 + (mills - tenths * 10);
  return end + 1;
}

/** Writes non-negative hundredths as `12.34`; returns the position after it. */
export function writeCents(out: Uint8Array, at: number, cents: number): number {
  const whole = Math.floor(cents / 100);
  const rest = (cents - whole * 100) | 0;
  const point = writeInteger(out, at, whole);
  const tens = (rest / 10) | 0;
  out[point] = 46;
  out[point + 1] = 48 + tens;
  out[point + 2] = 48 + rest - tens * 10;
  return point + 3;
}
