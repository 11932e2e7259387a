/** Writes a workbook's stored numbers and dates as exact decimals and ISO dates, regardless of their number format. */
import { withoutEndZeros } from '../../../../../core/money/money.ts';
import type { NumberFormat, Section } from './number-format.ts';

/** Significant digits that Excel shows. Further digits of a fraction are noise of its binary form. */
const DIGITS = 15;
const NUMBER = /^([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;
const PLAIN = /^-?\d+(\.\d+)?$/;
/**
 * A number without plus sign, closing zeros or a bare point. Leading zeros are allowed: some writers store article
 * numbers so.
 */
const SHORTEST = /^-?\d+(\.\d*[1-9])?$/;
const DAY_SECONDS = 86_400;
/** 9999-12-31. */
export const SERIAL_MAX = 2_958_465;
/** From 1899-12-30 to 1904-01-01. */
export const DAYS_TO_1904 = 1_462;
const UNIX_DAYS_OF_1899_12_30 = -25_569;

/** True if a text of `numberText` is a plain number, not a date or time. */
export function isNumberText(text: string): boolean {
  return PLAIN.test(text);
}

/** The number, or a date or time if its format shows one. A text that is no number is returned unchanged. */
export function numberText(stored: string, format: NumberFormat | null, date1904: boolean): string {
  if (format === null) return decimalText(stored);
  const value = serialOf(stored);
  const kind = format.choose(value)?.section.kind;
  return isDateKind(kind) && isSerial(value) ? isoText(value, kind, date1904) : decimalText(stored);
}

export function isDateKind(kind: Section['kind'] | undefined): kind is 'date' | 'time' | 'duration' {
  return kind === 'date' || kind === 'time' || kind === 'duration';
}

/** NaN for a text that is no number. */
export function serialOf(stored: string): number {
  return stored.trim() === '' ? Number.NaN : Number(stored);
}

/** True if the number can be a date or time. */
export function isSerial(value: number): boolean {
  return value >= 0 && value < SERIAL_MAX - DAYS_TO_1904;
}

/** `YYYY-MM-DD`, with ` HH:MM:SS` if it has a time; below one, a time alone. */
export function isoText(value: number, kind: 'date' | 'time' | 'duration', date1904: boolean): string {
  // a number below one is a time of day in any date format
  if (kind === 'duration' || value < 1) return clock(Math.round(value * DAY_SECONDS));
  const serial = value + (date1904 ? DAYS_TO_1904 : 0);
  let days = Math.floor(serial);
  let seconds = Math.round((serial - days) * DAY_SECONDS);
  if (seconds === DAY_SECONDS) {
    days++;
    seconds = 0;
  }
  const iso = isoDay(days);
  return seconds === 0 ? iso : `${iso} ${clock(seconds)}`;
}

/** Dates of a column are mostly of a few months. */
const DAYS_KEPT = 4_096;
const isoDays = new Map<number, string>();

function isoDay(days: number): string {
  const known = isoDays.get(days);
  if (known !== undefined) return known;
  const iso = dayOf(days).toISOString().slice(0, 10);
  if (isoDays.size === DAYS_KEPT) isoDays.clear();
  isoDays.set(days, iso);
  return iso;
}

/** The day of a serial number of the system of 1900. */
export function dayOf(days: number): Date {
  // Excel counts a 29 February 1900 (day 60), which did not exist, so days before it are off by one
  const real = days < 60 ? days + 1 : days;
  return new Date((real + UNIX_DAYS_OF_1899_12_30) * DAY_SECONDS * 1000);
}

/**
 * Plain decimals without an exponent; fractions have at most 15 significant digits: 19.989999999999998 is 19.99. Whole
 * numbers keep all digits that are stored.
 */
export function decimalText(stored: string): string {
  if (stored.length <= DIGITS && SHORTEST.test(stored)) return stored;
  const text = stored.trim();
  if (!NUMBER.test(text)) return stored;
  const plain = shifted(text, 0);
  if (!plain.includes('.') || !Number.isFinite(Number(text))) return plain;
  return shifted(Number(text).toPrecision(DIGITS), 0);
}

/** The number times ten to the power of `by`, without exponent, plus sign and needless zeros. */
export function shifted(text: string, by: number): string {
  // biome-ignore lint/style/noNonNullAssertion: `shifted` gets numbers only
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text)!;
  const point = whole.length + Number(exponent) + by;
  const digits = whole + fraction;
  const padded = '0'.repeat(Math.max(0, -point)) + digits.padEnd(Math.max(0, point), '0');
  const at = Math.max(0, point);
  const left = padded.slice(0, at).replace(/^0+(?=\d)/, '') || '0';
  const right = withoutEndZeros(padded.slice(at));
  return (sign === '-' ? '-' : '') + left + (right === '' ? '' : `.${right}`);
}

/** Hours may exceed 24. */
function clock(seconds: number): string {
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

function two(n: number): string {
  return n < 10 ? `0${n}` : String(n);
}
