/** Finds and reads the cells of a record: the forms of `bytes/trim.ts`, `bytes/numbers.ts`, `bytes/condition.ts` and `bytes/datetime.ts`. */
import { utcOf } from './caller.ts';
import { byte, setByte, setWord, word } from './memory.ts';
import { CELL_END, CELL_START, CELL_STYLE, COLUMN_FIELDS, STYLE_PLAIN } from './places.ts';

/** An empty cell. */
export const EMPTY: i64 = -1;
/** A cell that the caller must read. */
export const OTHER: i64 = -2;
/** Instead of seconds: a time that the caller must read. */
export const OTHER_TIME: i64 = i64.MIN_VALUE;

export function cellStart(column: i32): usize {
  return <usize>word(CELL_START, column);
}

export function cellEnd(column: i32): usize {
  return <usize>word(CELL_END, column);
}

export function cellLength(column: i32): i32 {
  return <i32>(cellEnd(column) - cellStart(column));
}

export function cellStyle(column: i32): i32 {
  return byte(CELL_STYLE, <usize>column);
}

/** Where the fields of a record are. */
let fieldStarts: usize = 0;
let fieldEnds: usize = 0;
let fieldStyles: usize = 0;
let window: usize = 0;

export function useFields(starts: usize, ends: usize, styles: usize, at: usize): void {
  fieldStarts = starts;
  fieldEnds = ends;
  fieldStyles = styles;
  window = at;
}

/** Notes the trimmed cell of each column, of a record with `fields` fields from `first` on. */
export function locate(first: i32, fields: i32, columns: i32): void {
  for (let column = 0; column < columns; column++) {
    const field = word(COLUMN_FIELDS, column);
    let from: usize = 0;
    let to: usize = 0;
    let style = STYLE_PLAIN;
    if (field >= 0 && field < fields) {
      from = window + <usize>word(fieldStarts, first + field);
      to = window + <usize>word(fieldEnds, first + field);
      style = load<u8>(fieldStyles + <usize>(first + field));
      from = trimStart(from, to);
      to = trimEnd(from, to);
    }
    setWord(CELL_START, column, <i32>from);
    setWord(CELL_END, column, <i32>to);
    setByte(CELL_STYLE, column, style);
  }
}

function isPlainSign(byte: u32): bool {
  return byte > 32 && byte < 0x80;
}

function trimStart(from: usize, to: usize): usize {
  let at = from;
  while (at < to && !isPlainSign(load<u8>(at))) {
    const width = spaceAt(at, to);
    if (width === 0) break;
    at += width;
  }
  return at;
}

function trimEnd(from: usize, to: usize): usize {
  let end = to;
  while (end > from && !isPlainSign(load<u8>(end - 1))) {
    const width = spaceBefore(from, end);
    if (width === 0) break;
    end -= width;
  }
  return end;
}

function isAsciiSpace(byte: u32): bool {
  return byte === 32 || (byte >= 9 && byte <= 13);
}

/** Bytes of the white-space character that starts at `at`, or 0. */
function spaceAt(at: usize, to: usize): usize {
  const a = <u32>load<u8>(at);
  if (a < 0x80) return isAsciiSpace(a) ? 1 : 0;
  if (at + 1 >= to) return 0;
  const b = <u32>load<u8>(at + 1);
  if (a === 0xc2) return b === 0x85 || b === 0xa0 ? 2 : 0;
  return at + 2 < to && isWideSpace(a, b, load<u8>(at + 2)) ? 3 : 0;
}

/** Bytes of the white-space character that ends before `end`, or 0. */
function spaceBefore(from: usize, end: usize): usize {
  const c = <u32>load<u8>(end - 1);
  if (c < 0x80) return isAsciiSpace(c) ? 1 : 0;
  if (end - from < 2) return 0;
  const b = <u32>load<u8>(end - 2);
  if (b === 0xc2) return c === 0x85 || c === 0xa0 ? 2 : 0;
  return end - from >= 3 && isWideSpace(load<u8>(end - 3), b, c) ? 3 : 0;
}

/** U+1680, U+2000–200A, U+2028, U+2029, U+202F, U+205F, U+3000 and U+FEFF, as their three bytes. */
function isWideSpace(a: u32, b: u32, c: u32): bool {
  if (a === 0xe2) {
    if (b === 0x80) return (c >= 0x80 && c <= 0x8a) || c === 0xa8 || c === 0xa9 || c === 0xaf;
    return b === 0x81 && c === 0x9f;
  }
  if (a === 0xe1) return b === 0x9a && c === 0x80;
  if (a === 0xe3) return b === 0x80 && c === 0x80;
  return a === 0xef && b === 0xbb && c === 0xbf;
}

/** The value of a digit; more than 9 for another sign. */
function digitAt(at: usize): u32 {
  return <u32>load<u8>(at) - 48;
}

/** By column, a bit: the number is written as the canonical line writes it, so that its bytes can be copied. */
let canonical: i32 = 0;

export function clearCanonical(): void {
  canonical = 0;
}

export function isCanonical(column: i32): bool {
  return ((canonical >> column) & 1) !== 0;
}

/** Notes a number whose digits before a point are `[from, to)`. */
function noteCanonical(column: i32, from: usize, to: usize): void {
  if (from + 1 === to || (from < to && load<u8>(from) !== 48)) canonical |= 1 << column;
}

/** `12`, `+3`, `12.0`; `EMPTY`, or `OTHER` for what is invalid. */
export function readInteger(column: i32): i64 {
  const from = cellStart(column);
  const to = cellEnd(column);
  if (from === to) return EMPTY;
  const sign = load<u8>(from);
  const first = sign === 43 || sign === 45 ? from + 1 : from;
  let at = first;
  while (at < to && load<u8>(at) === 48) at++;
  const significant = at;
  let value: i64 = 0;
  while (at < to && digitAt(at) <= 9) value = value * 10 + digitAt(at++);
  if (at === first || at - significant > 15 || (sign === 45 && value !== 0)) return OTHER;
  if (at < to) {
    if (load<u8>(at) !== 46 || at + 1 === to) return OTHER;
    for (at++; at < to; at++) if (load<u8>(at) !== 48) return OTHER;
  } else if (first === from) noteCanonical(column, from, to);
  return value;
}

/** A plain decimal in micros; `EMPTY`, or `OTHER` for what needs the slow reader. `written`: the decimals that the line has. */
export function readMoney(column: i32, written: i32): i64 {
  const from = cellStart(column);
  const to = cellEnd(column);
  if (from === to) return EMPTY;
  let value: i64 = 0;
  let at = from;
  while (at < to && digitAt(at) <= 9) value = value * 10 + digitAt(at++);
  if (at - from > 9) return OTHER;
  if (at === to) return value * 1000000;
  const decimals = to - at - 1;
  if (load<u8>(at) !== 46 || decimals < 1 || decimals > 6) return OTHER;
  for (at++; at < to; at++) {
    if (digitAt(at) > 9) return OTHER;
    value = value * 10 + digitAt(at);
  }
  if (<i32>decimals === written) noteCanonical(column, from, to - decimals - 1);
  for (let i = decimals; i < 6; i++) value *= 10;
  return value;
}

/** The form of a number, as in `CurrentRow.noteForm`: none, other than three decimals, three that are clear, or that are not. */
export const FORM_NONE: i32 = 0;
export const FORM_OTHER: i32 = 1;
export const FORM_CLEAR: i32 = 2;
export const FORM_DOUBTFUL: i32 = 3;

export function formOf(column: i32): i32 {
  const from = cellStart(column);
  const to = cellEnd(column);
  if (from === to) return FORM_NONE;
  if (to - from <= 4 || load<u8>(to - 3) === 46) return FORM_OTHER;
  let point = from;
  while (point < to && load<u8>(point) !== 46) point++;
  const decimals = <i32>(to - point) - 1;
  if (decimals < 3) return FORM_OTHER;
  const whole = point - from;
  return decimals === 3 && whole >= 1 && whole <= 3 && load<u8>(from) !== 48 ? FORM_DOUBTFUL : FORM_CLEAR;
}

/** Four letters as one number, in small letters. */
export function letters(at: usize): u32 {
  return load<u32>(at) | 0x20202020;
}

/** 1 for new, 2 for used, 3 for refurb, 0 for an empty cell, -1 for another word. */
export function readCondition(column: i32): i32 {
  const from = cellStart(column);
  const length = cellLength(column);
  if (length === 0) return 0;
  const start = letters(from);
  if (length === 3) return (start & 0xffffff) === 0x77656e ? 1 : -1;
  if (length === 4) return start === 0x64657375 ? 2 : -1;
  const isRefurb = length === 6 && start === 0x75666572 && letters(from + 2) === 0x62727566;
  return isRefurb ? 3 : -1;
}

/** Two digits; more than 99 if they are not digits. */
function twoDigits(at: usize): u32 {
  const tens = digitAt(at);
  const ones = digitAt(at + 1);
  return tens <= 9 && ones <= 9 ? tens * 10 + ones : 1000;
}

function daysIn(year: u32, month: u32): u32 {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

function daysFromCivil(year: i32, month: i32, day: i32): i64 {
  const y = month <= 2 ? year - 1 : year;
  const era = y / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return <i64>(era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468);
}

/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z. */
const SECONDS_MIN: i64 = -62135596800;
const SECONDS_MAX: i64 = 253402300799;

/** A time of the contract's forms, that is not empty, as seconds since 1970. `hasZone`: a time that names no zone is not in UTC. */
export function readTime(column: i32, hasZone: bool): i64 {
  const from = cellStart(column);
  const to = cellEnd(column);
  const length = <i32>(to - from);
  if (length < 10 || load<u8>(from + 4) !== 45 || load<u8>(from + 7) !== 45) return OTHER_TIME;
  const year = twoDigits(from) * 100 + twoDigits(from + 2);
  const month = twoDigits(from + 5);
  const day = twoDigits(from + 8);
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return OTHER_TIME;
  hasOffset = false;
  let seconds = daysFromCivil(year, month, day) * 86400;
  if (length > 10) {
    const clock = readClock(from, to);
    if (clock === OTHER_TIME) return OTHER_TIME;
    seconds += clock;
  }
  if (hasZone && !hasOffset) seconds = <i64>utcOf(<f64>seconds);
  return seconds >= SECONDS_MIN && seconds <= SECONDS_MAX ? seconds : OTHER_TIME;
}

/** True if the time that `readClock` read says its zone. */
let hasOffset: bool = false;

/** Seconds of the clock after the date at `from`, less the offset of its zone. */
function readClock(from: usize, to: usize): i64 {
  const length = to - from;
  const separator = load<u8>(from + 10);
  if (length < 16 || (separator !== 84 && separator !== 32) || load<u8>(from + 13) !== 58) return OTHER_TIME;
  const hour = twoDigits(from + 11);
  const minute = twoDigits(from + 14);
  const hasSeconds = length >= 19 && load<u8>(from + 16) === 58;
  const second = hasSeconds ? twoDigits(from + 17) : 0;
  if (hour > 23 || minute > 59 || second > 59) return OTHER_TIME;
  const clock = <i64>(hour * 3600 + minute * 60 + second);
  const at = hasSeconds ? afterFraction(from + 19, to) : from + 16;
  hasOffset = at < to;
  if (!hasOffset) return clock;
  const offset = readOffset(at, to);
  return offset === OTHER_TIME ? OTHER_TIME : clock - offset;
}

function afterFraction(at: usize, to: usize): usize {
  if (at + 1 >= to || (load<u8>(at) !== 46 && load<u8>(at) !== 44)) return at;
  let past = at + 1;
  while (past < to && digitAt(past) <= 9) past++;
  return past === at + 1 ? at : past;
}

/** Seconds east of UTC of `Z`, `±HH:MM`, `±HHMM` or `±HH`. */
function readOffset(from: usize, to: usize): i64 {
  const sign = load<u8>(from);
  const length = to - from;
  if (sign === 90) return length === 1 ? 0 : OTHER_TIME;
  if (sign !== 43 && sign !== 45) return OTHER_TIME;
  if (length !== 3 && length !== 5 && !(length === 6 && load<u8>(from + 3) === 58)) return OTHER_TIME;
  const hours = twoDigits(from + 1);
  const minutes = length === 3 ? 0 : twoDigits(to - 2);
  if (hours > 23 || minutes > 59) return OTHER_TIME;
  const seconds = <i64>(hours * 3600 + minutes * 60);
  return sign === 45 ? -seconds : seconds;
}
