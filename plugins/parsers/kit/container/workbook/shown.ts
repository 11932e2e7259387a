/**
 * Writes cells as a spreadsheet shows them, for columns of texts such as SKUs. Amounts are read from what is stored
 * (`cell-text.ts`).
 *
 * Three things are not written as shown, since the file does not say how they are shown: separators of thousands (they
 * depend on the reader's language), dates in the system's own form (ISO dates are written), and names of days and
 * months in other languages. Powers of ten (`0.00E+00`) hide digits that the cell has, so all digits are written.
 */
import { withoutEndZeros } from '../../../../../core/money/money.ts';
import {
  DAYS_TO_1904,
  dayOf,
  decimalText,
  isDateKind,
  isNumberText,
  isoText,
  isSerial,
  serialOf,
  shifted,
} from './cell-text.ts';
import type { NumberFormat, Section, Token } from './number-format.ts';

const DAY_MILLISECONDS = 86_400_000;
/** More digits than a number of a spreadsheet has. */
const NUMBER_CHARS_MAX = 400;

const WHOLE = /^\d{1,400}$/;

/** A stored number as its cell shows it. A text that is no number is returned unchanged. */
export function shownNumber(stored: string, format: NumberFormat, date1904: boolean): string {
  const plain = decimalText(stored);
  const value = serialOf(stored);
  if (!isNumberText(plain) || plain.length > NUMBER_CHARS_MAX) return plain;
  const chosen = format.choose(value);
  if (chosen === null) return plain;
  const { section, isSigned } = chosen;
  const { kind } = section;
  if (kind === 'scientific') return plain;
  if (isDateKind(kind)) {
    if (!isSerial(value)) return plain;
    return section.language === 'english' ? shownDate(value, section, date1904) : isoText(value, kind, date1904);
  }
  const isBelow = plain.startsWith('-');
  const size = isBelow ? plain.slice(1) : plain;
  return (isBelow && isSigned ? '-' : '') + shownSize(size, section);
}

/** The digits as shown, if their format marks them as a code such as `00042`; else null. */
export function codeText(plain: string, format: NumberFormat): string | null {
  const chosen = WHOLE.test(plain) ? format.choose(Number(plain)) : null;
  return chosen?.section.isCode === true ? shownSize(plain, chosen.section) : null;
}

/** A text as its cell shows it. */
export function shownText(text: string, { text: section }: NumberFormat): string {
  return section === null ? text : withText(section.tokens, text);
}

/** A number without its sign. */
function shownSize(plain: string, { kind, tokens }: Section): string {
  if (kind === 'number') return shownDecimal(plain, tokens);
  return kind === 'fraction' ? shownFraction(plain, tokens) : withText(tokens, plain);
}

/** The literals, with the text where `@` or `General` is. */
function withText(tokens: readonly Token[], text: string): string {
  return tokens.map((token) => (token.kind === 'text' || token.kind === 'general' ? text : signOf(token))).join('');
}

/** The text of a token that stands for itself. */
function signOf(token: Token): string {
  switch (token.kind) {
    case 'literal':
      return token.text;
    case 'point':
      return '.';
    case 'comma':
      return ',';
    case 'percent':
      return '%';
    case 'slash':
      return '/';
    default:
      return '';
  }
}

type Digits = Extract<Token, { kind: 'digits' }>;

function shownDecimal(plain: string, all: readonly Token[]): string {
  const { tokens, scale } = withoutMarks(all);
  const percents = tokens.filter((token) => token.kind === 'percent').length;
  const point = tokens.findIndex((token) => token.kind === 'point');
  const wholes = point < 0 ? tokens : tokens.slice(0, point);
  const fractions = point < 0 ? [] : tokens.slice(point + 1);
  const places = fractions.reduce((sum, token) => sum + countOf(token), 0);
  const shift = Math.max(-NUMBER_CHARS_MAX, Math.min(NUMBER_CHARS_MAX, 2 * percents - 3 * scale));
  const [whole, fraction] = rounded(shifted(plain, shift), places);
  const right = shownFractionDigits(fraction, fractions);
  // a bare point, as in `5.` for `0.##`, is left out
  const isBare = !/\d/.test(right);
  return shownWhole(whole, wholes) + (isBare ? right : `.${right}`);
}

/** Removes commas between thousands, and those at the end, each of which divides by a thousand. */
function withoutMarks(all: readonly Token[]): { tokens: Token[]; scale: number } {
  const tokens: Token[] = [];
  let scale = 0;
  let commas = 0;
  let isAfterDigit = false;
  const endOfPart = () => {
    scale += commas;
    commas = 0;
  };
  for (const token of all) {
    if (token.kind === 'comma') {
      if (isAfterDigit) commas++;
      else tokens.push({ kind: 'literal', text: ',' });
    } else if (token.kind === 'digits') {
      commas = 0;
      isAfterDigit = true;
      tokens.push(token);
    } else {
      if (token.kind === 'point') endOfPart();
      tokens.push(token);
    }
  }
  endOfPart();
  return { tokens, scale };
}

function isRunOf(sign: Digits['sign'], token: Token | undefined): boolean {
  return token?.kind === 'digits' && token.sign === sign;
}

/** Rounds half away from zero, as spreadsheets do. The whole part of zero is empty. */
function rounded(plain: string, places: number): [whole: string, fraction: string] {
  const [whole = '', fraction = ''] = plain.split('.');
  let digits = whole + fraction.slice(0, places);
  if (fraction.charAt(places) >= '5') digits = (BigInt(digits) + 1n).toString().padStart(digits.length, '0');
  const kept = Math.min(places, fraction.length);
  const at = digits.length - kept;
  return [digits.slice(0, at).replace(/^0+/, ''), digits.slice(at)];
}

/** Fills placeholders from the right; the first takes all digits that are left. */
function shownWhole(digits: string, tokens: readonly Token[]): string {
  const first = tokens.findIndex((token) => token.kind === 'digits');
  if (first < 0) return tokens.map(signOf).join('') + digits;
  const zero = tokens.findIndex((token) => isRunOf('0', token));
  const parts: string[] = [];
  let rest = digits;
  for (let i = tokens.length - 1; i >= 0; i--) {
    const token = tokens[i] as Token;
    if (token.kind !== 'digits') {
      parts.push(signOf(token));
      continue;
    }
    const at = i === first ? 0 : Math.max(0, rest.length - token.count);
    // zeros follow wherever a `0` placeholder is further left
    const sign = zero >= 0 && zero < i ? '0' : token.sign;
    parts.push(padded(rest.slice(at), sign, token.count));
    rest = rest.slice(0, at);
  }
  return parts.reverse().join('');
}

function padded(digits: string, sign: Digits['sign'], count: number): string {
  return sign === '#' ? digits : digits.padStart(count, sign === '0' ? '0' : ' ');
}

function shownFractionDigits(digits: string, tokens: readonly Token[]): string {
  const kept = withoutEndZeros(digits);
  const last = tokens.findLastIndex((token) => isRunOf('0', token));
  let at = 0;
  const parts = tokens.map((token, i) => {
    if (token.kind !== 'digits') return signOf(token);
    const part = kept.slice(at, at + token.count);
    at += token.count;
    if (i <= last) return part.padEnd(token.count, '0');
    return token.sign === '?' ? part.padEnd(token.count, ' ') : part;
  });
  return parts.join('');
}

/** `5 1/4`, without the blanks that align fractions in a column. */
function shownFraction(plain: string, tokens: readonly Token[]): string {
  const slash = tokens.findIndex((token) => token.kind === 'slash');
  const first = tokens.findIndex((token) => token.kind === 'digits');
  const isMixed = first < slash - 1;
  const { bound, fixed, end, rest } = denominatorOf(tokens, slash);
  const value = Number(plain);
  let whole = isMixed ? Math.floor(value) : 0;
  let [above, below] =
    fixed === null ? nearestFraction(value - whole, bound) : [Math.round((value - whole) * fixed), fixed];
  if (isMixed && above === below) {
    whole++;
    above = 0;
  }
  const parts: string[] = [];
  const isShort = isRunOf('#', tokens[first]);
  if (isMixed && (whole > 0 || above === 0 || !isShort)) parts.push(String(whole));
  if (!isMixed || above > 0) parts.push(`${above}/${below}`);
  const before = tokens.slice(0, first).map(signOf).join('');
  return before + parts.join(' ') + rest + tokens.slice(end).map(signOf).join('');
}

interface Denominator {
  /** The largest denominator. */
  bound: number;
  /** The denominator that the format fixes. */
  fixed: number | null;
  /** The first token after the fraction. */
  end: number;
  /** What follows the denominator in its own token. */
  rest: string;
}

function denominatorOf(tokens: readonly Token[], slash: number): Denominator {
  const next = tokens[slash + 1];
  if (next?.kind === 'literal') {
    const [given = '1'] = /^[1-9]\d{0,6}/.exec(next.text) ?? [];
    const zeros = tokens[slash + 2];
    const isLonger = given.length === next.text.length && zeros?.kind === 'digits' && zeros.sign === '0';
    const fixed = Number(given) * (isLonger ? 10 ** Math.min(6, zeros.count) : 1);
    return { bound: fixed, fixed, end: slash + (isLonger ? 3 : 2), rest: next.text.slice(given.length) };
  }
  const count = next?.kind === 'digits' ? Math.min(7, next.count) : 1;
  return { bound: 10 ** count - 1, fixed: null, end: slash + 2, rest: '' };
}

/** The best fraction whose denominator is within the bound, by continued fractions. */
function nearestFraction(value: number, bound: number): [number, number] {
  let [above, below, aboveBefore, belowBefore] = [Math.floor(value), 1, 1, 0];
  let rest = value - Math.floor(value);
  while (rest > 1e-10) {
    const next = Math.floor(1 / rest);
    const belowNext = next * below + belowBefore;
    if (belowNext > bound) {
      const most = Math.floor((bound - belowBefore) / below);
      const near: [number, number] = [most * above + aboveBefore, most * below + belowBefore];
      const isNearer = near[1] > 0 && Math.abs(near[0] / near[1] - value) < Math.abs(above / below - value);
      return isNearer ? near : [above, below];
    }
    [above, below, aboveBefore, belowBefore] = [next * above + aboveBefore, belowNext, above, below];
    rest = 1 / rest - next;
  }
  return [above, below];
}

const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September'],
  ...['October', 'November', 'December'],
];
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

interface Moment {
  year: number;
  /** From 0. */
  month: number;
  day: number;
  /** From 0, a Sunday. */
  weekday: number;
  /** Since the start of the day. */
  milliseconds: number;
  /** Since the start of the calendar, for durations. */
  total: number;
}

function shownDate(value: number, { tokens }: Section, date1904: boolean): string {
  const places = secondPlaces(tokens);
  const moment = momentOf(value, 10 ** (3 - Math.min(3, places)), date1904);
  const isHalf = tokens.some((token) => token.kind === 'half');
  return tokens
    .map((token, i) => {
      if (token.kind === 'date') return datePart(token.letter, token.count, moment, isHalf);
      if (token.kind === 'elapsed') return elapsedPart(token.letter, token.count, moment);
      if (token.kind === 'half') return halfOf(moment, token.isShort);
      if (isSecondPlaces(tokens, i)) {
        return String(moment.milliseconds % 1000)
          .padStart(3, '0')
          .slice(0, countOf(token));
      }
      return signOf(token);
    })
    .join('');
}

/** Digits of a second that are shown. */
function secondPlaces(tokens: readonly Token[]): number {
  return countOf(tokens.find((_, i) => isSecondPlaces(tokens, i)));
}

/** True for the digits after a point, which may also divide the parts of a date. */
function isSecondPlaces(tokens: readonly Token[], at: number): boolean {
  return tokens[at]?.kind === 'digits' && tokens[at - 1]?.kind === 'point';
}

function countOf(token: Token | undefined): number {
  return token?.kind === 'digits' ? token.count : 0;
}

/** Rounded to the last digit that is shown. */
function momentOf(value: number, step: number, date1904: boolean): Moment {
  const total = Math.round((value * DAY_MILLISECONDS) / step) * step;
  const days = Math.floor(total / DAY_MILLISECONDS) + (date1904 ? DAYS_TO_1904 : 0);
  const day = dayOf(days);
  // spreadsheets show a day of 1900 that did not exist
  const isLeapOf1900 = days === 60;
  return {
    year: isLeapOf1900 || days === 0 ? 1900 : day.getUTCFullYear(),
    month: isLeapOf1900 ? 1 : days === 0 ? 0 : day.getUTCMonth(),
    day: isLeapOf1900 ? 29 : days === 0 ? 0 : day.getUTCDate(),
    weekday: (days + 6) % 7,
    milliseconds: total % DAY_MILLISECONDS,
    total,
  };
}

function datePart(letter: string, count: number, moment: Moment, isHalf: boolean): string {
  const { year, month, day, weekday, milliseconds } = moment;
  const two = (n: number) => String(n).padStart(Math.min(2, count), '0');
  const hour = Math.floor(milliseconds / 3_600_000);
  switch (letter) {
    case 'y':
      return count <= 2 ? String(year % 100).padStart(2, '0') : String(year);
    case 'm':
      return count < 3 ? two(month + 1) : dateName(MONTHS[month] ?? '', count);
    case 'd':
      return count < 3 ? two(day) : dateName(WEEKDAYS[weekday] ?? '', Math.min(4, count));
    case 'h':
      return two(isHalf ? hour % 12 || 12 : hour);
    case 'M':
      return two(Math.floor(milliseconds / 60_000) % 60);
    default:
      return two(Math.floor(milliseconds / 1000) % 60);
  }
}

/** The first three letters, the whole name, or the first letter. */
function dateName(name: string, count: number): string {
  return count === 3 ? name.slice(0, 3) : count === 5 ? name.slice(0, 1) : name;
}

function elapsedPart(letter: string, count: number, { total }: Moment): string {
  const unit = letter === 'h' ? 3_600_000 : letter === 's' ? 1000 : 60_000;
  return String(Math.floor(total / unit)).padStart(count, '0');
}

function halfOf({ milliseconds }: Moment, isShort: boolean): string {
  const half = milliseconds < DAY_MILLISECONDS / 2 ? 'AM' : 'PM';
  return isShort ? half.slice(0, 1) : half;
}
