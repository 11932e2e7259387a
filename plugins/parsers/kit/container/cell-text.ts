/** Turns a workbook's stored numbers and dates into text: exact decimals, ISO dates. */
// biome-ignore-all lint/style/noNonNullAssertion: `shifted` gets numbers only

/** Significant digits that Excel shows. Further digits of a fraction are noise of its binary form. */
const DIGITS = 15;
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;
const PLAIN = /^-?\d+(\.\d+)?$/;
/** Without a plus, zeros or a point at the end. Leading zeros stay: some writers store article numbers so. */
const SHORTEST = /^-?\d+(\.\d*[1-9])?$/;
const DAY_SECONDS = 86_400;
/** 9999-12-31. */
const SERIAL_MAX = 2_958_465;
/** From 1899-12-30 to 1904-01-01. */
const DAYS_TO_1904 = 1_462;
const UNIX_DAYS_OF_1899_12_30 = -25_569;

/** What a cell's number is, by its number format. */
export type NumberMeaning = { kind: 'number'; zeros: number } | { kind: 'date' | 'time' | 'duration' };

export const PLAIN_NUMBER: NumberMeaning = { kind: 'number', zeros: 0 };

/** Ids of the built-in formats for dates (also East Asian ones), times of day and durations. */
const DATES = [14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58];
const TIMES = [18, 19, 20, 21, 32, 33, 34, 35, 45, 47];
const DURATION = 46;

/** By the format's id, and its code if the workbook defines it. */
export function meaningOf(id: number, code: string | undefined): NumberMeaning {
  if (code !== undefined) return meaningOfCode(code);
  if (DATES.includes(id)) return { kind: 'date' };
  if (id === DURATION) return { kind: 'duration' };
  return TIMES.includes(id) ? { kind: 'time' } : PLAIN_NUMBER;
}

/** A code of zeros only shows leading zeros, as in article numbers. */
function meaningOfCode(code: string): NumberMeaning {
  const [positive = ''] = code.replace(/"[^"]*"|\\.|_.|\*./g, '').split(';');
  const first = positive.replace(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '');
  if (/^0+$/.test(first)) return { kind: 'number', zeros: first.length };
  if (/general/i.test(first)) return PLAIN_NUMBER;
  if (/[yd]/i.test(first) || /(^|[^a-z])m+([^a-z]|$)/i.test(first.replace(/\[?h+\]?:?m+|m+:s+|\[m+\]/gi, '')))
    return { kind: 'date' };
  if (/\[/.test(first)) return { kind: 'duration' };
  return /[hs]/i.test(first) ? { kind: 'time' } : PLAIN_NUMBER;
}

/** True if a text of `numberText` is a plain number, not a date or time. */
export function isNumberText(text: string): boolean {
  return PLAIN.test(text);
}

/** The text of a stored number. Anything else is returned unchanged. */
export function numberText(stored: string, meaning: NumberMeaning, date1904: boolean): string {
  if (meaning.kind === 'number') return padded(decimalText(stored), meaning.zeros);
  const value = stored.trim() === '' ? Number.NaN : Number(stored);
  if (!(value >= 0 && value < SERIAL_MAX - DAYS_TO_1904)) return decimalText(stored);
  // a number below one is a time of day in any date format
  if (meaning.kind === 'duration' || value < 1) return clock(Math.round(value * DAY_SECONDS));
  return dateText(value + (date1904 ? DAYS_TO_1904 : 0));
}

/**
 * Plain decimals without an exponent; fractions have at most 15 significant digits: 19.989999999999998 is 19.99. Whole
 * numbers keep all digits that are stored.
 */
export function decimalText(stored: string): string {
  const text = stored.trim();
  const match = NUMBER.exec(text);
  if (match === null || !/\d/.test(text)) return stored;
  if (text.length <= DIGITS && SHORTEST.test(text)) return text;
  const plain = shifted(text);
  if (!plain.includes('.') || significant(plain) <= DIGITS) return plain;
  return shifted(Number(text).toPrecision(DIGITS));
}

function significant(plain: string): number {
  return plain.replace(/[-.]/g, '').replace(/^0+/, '').length;
}

/** The number without exponent, plus sign and superfluous zeros. */
function shifted(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text)!;
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  const padded = '0'.repeat(Math.max(0, -point)) + digits.padEnd(Math.max(0, point), '0');
  const at = Math.max(0, point);
  const left = padded.slice(0, at).replace(/^0+(?=\d)/, '') || '0';
  const right = padded.slice(at).replace(/0+$/, '');
  return (sign === '-' ? '-' : '') + left + (right === '' ? '' : `.${right}`);
}

function padded(text: string, zeros: number): string {
  return /^\d+$/.test(text) ? text.padStart(zeros, '0') : text;
}

function dateText(serial: number): string {
  let days = Math.floor(serial);
  let seconds = Math.round((serial - days) * DAY_SECONDS);
  if (seconds === DAY_SECONDS) {
    days++;
    seconds = 0;
  }
  // Excel counts a 29 February 1900 (day 60) that did not exist, so earlier days are off by one
  const real = days < 60 ? days + 1 : days;
  const iso = new Date((real + UNIX_DAYS_OF_1899_12_30) * DAY_SECONDS * 1000).toISOString().slice(0, 10);
  return seconds === 0 ? iso : `${iso} ${clock(seconds)}`;
}

/** Hours may exceed 24. */
function clock(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
