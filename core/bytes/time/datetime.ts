/**
 * Reads the contract's timestamp forms from bytes as seconds since 1970 (UTC), and writes them. Makes no string or
 * `Date`.
 */

// biome-ignore-all lint/style/noNonNullAssertion: the length is checked before bytes are read, and a month is 1 to 12
/** The cell is not a timestamp of the contract's forms. */
export const BAD_TIME = Number.NaN;

/** Converts the wall-clock time of a timestamp without a zone to UTC: seconds as if UTC → seconds UTC. */
export type NaiveClock = (secondsAsIfUtc: number) => number;

/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z: the range of years with four digits. */
const SECONDS_MIN = -62135596800;
const SECONDS_MAX = 253402300799;

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * `YYYY-MM-DD`, or that with `T` or a space and `HH:MM` or `HH:MM:SS`, the latter with or without a fraction (`.` or
 * `,` and digits, which are dropped), then nothing, `Z`, `±HH:MM`, `±HHMM` or `±HH`, in the trimmed bytes `[from, to)`.
 * `BAD_TIME` for anything else, and for dates and times that do not exist.
 */
export function readDatetime(bytes: Uint8Array, from: number, to: number, naive: NaiveClock | null): number {
  const length = to - from;
  if (length < 10 || bytes[from + 4] !== 45 || bytes[from + 7] !== 45) return BAD_TIME;
  const year = twoDigits(bytes, from) * 100 + twoDigits(bytes, from + 2);
  const month = twoDigits(bytes, from + 5);
  const day = twoDigits(bytes, from + 8);
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return BAD_TIME;
  let seconds = daysFromCivil(year, month, day) * 86400;
  let offset = Number.NaN;
  if (length > 10) {
    if (length < 16) return BAD_TIME;
    const separator = bytes[from + 10];
    if ((separator !== 84 && separator !== 32) || bytes[from + 13] !== 58) return BAD_TIME;
    const hour = twoDigits(bytes, from + 11);
    const minute = twoDigits(bytes, from + 14);
    const hasSeconds = length >= 19 && bytes[from + 16] === 58;
    const second = hasSeconds ? twoDigits(bytes, from + 17) : 0;
    if (!(hour <= 23 && minute <= 59 && second <= 59)) return BAD_TIME;
    seconds += hour * 3600 + minute * 60 + second;
    const at = hasSeconds ? afterFraction(bytes, from + 19, to) : from + 16;
    if (at < to) {
      offset = readOffset(bytes, at, to);
      if (Number.isNaN(offset)) return BAD_TIME;
    }
  }
  if (!Number.isNaN(offset)) seconds -= offset;
  else if (naive !== null) seconds = naive(seconds);
  return seconds >= SECONDS_MIN && seconds <= SECONDS_MAX ? seconds : BAD_TIME;
}

/** Writes `YYYY-MM-DDTHH:MM:SSZ` (20 bytes); returns the position after it. */
export function writeDatetime(out: Uint8Array, at: number, seconds: number): number {
  const days = Math.floor(seconds / 86400);
  const rest = seconds - days * 86400;
  // days → civil date in the proleptic Gregorian calendar, by eras of 400 years = 146,097 days
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra =
    ((dayOfEra - ((dayOfEra / 1460) | 0) + ((dayOfEra / 36524) | 0) - ((dayOfEra / 146096) | 0)) / 365) | 0;
  const dayOfYear = dayOfEra - (365 * yearOfEra + ((yearOfEra / 4) | 0) - ((yearOfEra / 100) | 0));
  const monthShifted = ((5 * dayOfYear + 2) / 153) | 0;
  const day = dayOfYear - (((153 * monthShifted + 2) / 5) | 0) + 1;
  const month = monthShifted < 10 ? monthShifted + 3 : monthShifted - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const century = (year / 100) | 0;
  writeTwo(out, at, century);
  writeTwo(out, at + 2, year - century * 100);
  out[at + 4] = 45;
  writeTwo(out, at + 5, month);
  out[at + 7] = 45;
  writeTwo(out, at + 8, day);
  out[at + 10] = 84;
  const hour = (rest / 3600) | 0;
  const minute = ((rest - hour * 3600) / 60) | 0;
  writeTwo(out, at + 11, hour);
  out[at + 13] = 58;
  writeTwo(out, at + 14, minute);
  out[at + 16] = 58;
  writeTwo(out, at + 17, rest - hour * 3600 - minute * 60);
  out[at + 19] = 90;
  return at + 20;
}

function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - 48;
  const ones = bytes[at + 1]! - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function writeTwo(out: Uint8Array, at: number, value: number): void {
  const tens = (value / 10) | 0;
  out[at] = 48 + tens;
  out[at + 1] = 48 + value - tens * 10;
}

function daysIn(year: number, month: number): number {
  if (month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)) return 29;
  return MONTH_DAYS[month - 1]!;
}

function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) | 0) + day - 1;
  return era * 146097 + yearOfEra * 365 + ((yearOfEra / 4) | 0) - ((yearOfEra / 100) | 0) + dayOfYear - 719468;
}

/** The position after the fraction of a second at `at`, or `at` if there is none. */
function afterFraction(bytes: Uint8Array, at: number, to: number): number {
  if (at + 1 >= to || (bytes[at] !== 46 && bytes[at] !== 44)) return at;
  let past = at + 1;
  while (past < to && bytes[past]! >= 48 && bytes[past]! <= 57) past++;
  return past === at + 1 ? at : past;
}

/** Seconds east of UTC of `Z`, `±HH:MM`, `±HHMM` or `±HH`; NaN for anything else. */
function readOffset(bytes: Uint8Array, from: number, to: number): number {
  const sign = bytes[from];
  const length = to - from;
  if (sign === 90) return length === 1 ? 0 : Number.NaN;
  if (sign !== 43 && sign !== 45) return Number.NaN;
  if (length !== 3 && length !== 5 && !(length === 6 && bytes[from + 3] === 58)) return Number.NaN;
  const hours = twoDigits(bytes, from + 1);
  const minutes = length === 3 ? 0 : twoDigits(bytes, to - 2);
  if (!(hours <= 23 && minutes <= 59)) return Number.NaN;
  const seconds = hours * 3600 + minutes * 60;
  return sign === 45 ? -seconds : seconds;
}
