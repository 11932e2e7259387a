/** Writes serial numbers as days and times from their digits, with no string: what `numberText` makes of the numbers that most sheets have. */
// biome-ignore-all lint/style/noNonNullAssertion: positions are below the end of the number
import { writeDatetime } from '../../../../../core/bytes/time/datetime.ts';
import { DAYS_TO_1904, SERIAL_MAX } from './cell-text.ts';

/** The longest text of a serial number. */
export const SERIAL_CHARS_MAX = 'YYYY-MM-DD HH:MM:SS'.length;
const DAY_SECONDS = 86_400;
/** From 1899-12-30 to 1970-01-01. */
const DAYS_TO_1970 = 25_569;
/** Excel counts a day before that one which did not exist. */
const FIRST_DAY = 61;
/** Digits of a fraction that count: the others are far below a second. */
const FRACTION_DIGITS = 15;
/** Where a number in binary may be rounded otherwise, in seconds. */
const NEAR_HALF = 0.001;
const [SPACE, POINT, ZERO] = [0x20, 0x2e, 0x30];

/** Seconds since 1899-12-30, rounded; -1 for a number that is left to `numberText`. */
export function serialSeconds(bytes: Uint8Array, from: number, to: number): number {
  let days = 0;
  let p = from;
  for (; p < to && isDigit(bytes[p]!); p++) days = days * 10 + bytes[p]! - ZERO;
  if (p > from + 7 || days < FIRST_DAY || days >= SERIAL_MAX - DAYS_TO_1904 - 1) return -1;
  if (p === to) return days * DAY_SECONDS;
  if (bytes[p] !== POINT) return -1;
  let [digits, scale] = [0, 1];
  for (let i = p + 1; i < to; i++) {
    if (!isDigit(bytes[i]!)) return -1;
    if (i > p + FRACTION_DIGITS) continue;
    digits = digits * 10 + bytes[i]! - ZERO;
    scale *= 10;
  }
  const seconds = (digits / scale) * DAY_SECONDS;
  const whole = Math.round(seconds);
  return Math.abs(seconds - whole) > 0.5 - NEAR_HALF ? -1 : days * DAY_SECONDS + whole;
}

/** Writes `YYYY-MM-DD`, with ` HH:MM:SS` if it is not midnight; returns the position after it. */
export function writeSerial(out: Uint8Array, at: number, seconds: number, date1904: boolean): number {
  const days = date1904 ? DAYS_TO_1904 - DAYS_TO_1970 : -DAYS_TO_1970;
  const end = writeDatetime(out, at, seconds + days * DAY_SECONDS);
  if (seconds % DAY_SECONDS === 0) return at + 'YYYY-MM-DD'.length;
  out[at + 'YYYY-MM-DD'.length] = SPACE;
  // without its zone
  return end - 1;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}
