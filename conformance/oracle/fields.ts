/** One cell to one value (contract 3): trimming, integers, money, conditions, timestamps. */

import { D, type Money } from './types.ts';

/** A value, or the code of what is wrong with the cell. */
export type Read<T> = { value: T } | { code: string };

const WHITE = /^\p{White_Space}$/u;

export function isWhite(text: string): boolean {
  return trim(text) === '';
}

/** The text without Unicode White_Space at both ends. All these characters are in the BMP. */
export function trim(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && WHITE.test(text.charAt(from))) from++;
  while (to > from && WHITE.test(text.charAt(to - 1))) to--;
  return text.slice(from, to);
}

/** A trimmed SKU: format characters at its ends are removed too. */
export function trimSku(text: string): string {
  const signs = [...text];
  while (signs.length > 0 && /[\p{White_Space}\p{Cf}]/u.test(signs[0]!)) signs.shift();
  while (signs.length > 0 && /[\p{White_Space}\p{Cf}]/u.test(signs.at(-1)!)) signs.pop();
  return signs.join('');
}

/** `12`, `+3`, `12.0`; the cell is trimmed and not empty. */
export function readInt(cell: string): Read<bigint> {
  const match = /^([+-]?)([0-9]+)(\.0+)?$/.exec(cell);
  if (!match) return { code: 'invalid_int' };
  const [, sign, digits = ''] = match;
  const size = BigInt(digits);
  if (sign === '-' && size > 0n) return { code: 'negative_value' };
  return String(size).length > 15 ? { code: 'invalid_int' } : { value: size };
}

export interface ReadMoney {
  amount: Money;
  rounded: boolean;
}

const MONEY_LIMIT = new D('1000000000');

export function readMoney(cell: string): Read<ReadMoney> {
  const match = /^([+-]?)([0-9]+\.?[0-9]*|\.[0-9]+)$/.exec(cell);
  if (!match) return { code: 'invalid_decimal' };
  const [, sign, digits = ''] = match;
  const size = new D(`${digits.startsWith('.') ? '0' : ''}${digits.replace(/\.$/, '')}`);
  if (sign === '-' && !size.isZero()) return { code: 'negative_value' };
  if (size.gte(MONEY_LIMIT)) return { code: 'invalid_decimal' };
  const amount = size.toDecimalPlaces(6, D.ROUND_HALF_EVEN);
  return { value: { amount, rounded: !amount.eq(size) } };
}

export function readCondition(cell: string): Read<string> {
  const lower = cell.toLowerCase();
  return ['new', 'used', 'refurb'].includes(lower) ? { value: lower } : { code: 'invalid_condition' };
}

const DATE_TIME =
  /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;
const BAD_TIME = { code: 'invalid_datetime' };

/** Seconds since 1970 in UTC; a naive timestamp is UTC. */
export function readTimestamp(cell: string): Read<number> {
  const match = DATE_TIME.exec(cell);
  if (!match) return BAD_TIME;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const [hour, minute, second] = [Number(match[4] ?? 0), Number(match[5] ?? 0), Number(match[6] ?? 0)];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return BAD_TIME;
  if (hour > 23 || minute > 59 || second > 59) return BAD_TIME;
  let offset = 0;
  const zone = match[7];
  if (zone !== undefined && zone !== 'Z') {
    const hours = Number(zone.slice(1, 3));
    const minutes = zone.length === 3 ? 0 : Number(zone.slice(-2));
    if (hours > 23 || minutes > 59) return BAD_TIME;
    offset = (zone[0] === '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
  }
  const seconds = daysSinceEpoch(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset;
  const first = daysSinceEpoch(0, 1, 1) * 86400;
  const past = daysSinceEpoch(10000, 1, 1) * 86400;
  return seconds < first || seconds >= past ? BAD_TIME : { value: seconds };
}

/** `YYYY-MM-DDTHH:MM:SSZ`. */
export function writeTimestamp(seconds: number): string {
  const pad = (n: number, width: number) => String(n).padStart(width, '0');
  let days = Math.floor(seconds / 86400);
  const rest = seconds - days * 86400;
  let year = 0;
  days -= daysSinceEpoch(0, 1, 1);
  // Any 400 years of the calendar have 146,097 days.
  year += 400 * Math.floor(days / 146097);
  days %= 146097;
  while (days >= (isLeap(year) ? 366 : 365)) days -= isLeap(year++) ? 366 : 365;
  let month = 1;
  while (days >= daysInMonth(year, month)) days -= daysInMonth(year, month++);
  const date = `${pad(year, 4)}-${pad(month, 2)}-${pad(days + 1, 2)}`;
  const time = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60].map((n) => pad(n, 2)).join(':');
  return `${date}T${time}Z`;
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Days from 1970-01-01, by counting leap years, because Date reads years below 100 differently. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const leapsBefore = (y: number) => Math.floor((y - 1) / 4) - Math.floor((y - 1) / 100) + Math.floor((y - 1) / 400);
  let days = (year - 1970) * 365 + leapsBefore(year) - leapsBefore(1970) + day - 1;
  for (let m = 1; m < month; m++) days += daysInMonth(year, m);
  return days;
}
