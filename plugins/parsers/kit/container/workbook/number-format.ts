/**
 * Parses a number format of a workbook (`0000-000`, `[<=9999999]###-####;(###) ###-####`, `d-mmm;@`) in one pass over its
 * characters, and chooses the section for a value. `shown.ts` writes values with a section.
 */
import { CURRENCIES } from '../../../../../core/money/currencies.ts';
import { isCurrencyMark } from '../../../../../core/money/currency-signs.ts';

/** `m` is a month, `M` minutes. */
export type DateLetter = 'y' | 'm' | 'd' | 'h' | 'M' | 's';

export type Token =
  | { kind: 'literal'; text: string }
  /** A run of one placeholder. */
  | { kind: 'digits'; sign: '0' | '#' | '?'; count: number }
  | { kind: 'point' | 'comma' | 'percent' | 'slash' | 'exponent' | 'general' | 'text' }
  | { kind: 'date'; letter: DateLetter; count: number }
  /** Hours, minutes or seconds since zero, such as `[h]`. */
  | { kind: 'elapsed'; letter: DateLetter; count: number }
  /** `AM/PM`, or `A/P`. */
  | { kind: 'half'; isShort: boolean };

/** A date in the form of the reader's system, which the file does not say. */
const SYSTEM_DATE = '[$-F800]yyyy/m/d';
const SYSTEM_TIME = '[$-F800]h:mm:ss';
const AMOUNT = '#,##0_);(#,##0)';
const DECIMAL_AMOUNT = '#,##0.00_);(#,##0.00)';

/** The formats that every workbook has, by number. East Asian dates are in the system's form. */
const BUILT_IN = new Map<number, string>([
  [1, '0'],
  [2, '0.00'],
  [3, '#,##0'],
  [4, '#,##0.00'],
  [5, AMOUNT],
  [6, AMOUNT],
  [7, DECIMAL_AMOUNT],
  [8, DECIMAL_AMOUNT],
  [9, '0%'],
  [10, '0.00%'],
  [11, '0.00E+00'],
  [12, '# ?/?'],
  [13, '# ??/??'],
  [14, SYSTEM_DATE],
  [15, 'd-mmm-yy'],
  [16, 'd-mmm'],
  [17, 'mmm-yy'],
  [18, 'h:mm AM/PM'],
  [19, 'h:mm:ss AM/PM'],
  [20, 'h:mm'],
  [21, 'h:mm:ss'],
  [22, `${SYSTEM_DATE} h:mm`],
  ...[27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58].map((id): [number, string] => [id, SYSTEM_DATE]),
  ...[32, 33, 34, 35].map((id): [number, string] => [id, SYSTEM_TIME]),
  [37, AMOUNT],
  [38, AMOUNT],
  [39, DECIMAL_AMOUNT],
  [40, DECIMAL_AMOUNT],
  [41, AMOUNT],
  [42, AMOUNT],
  [43, DECIMAL_AMOUNT],
  [44, DECIMAL_AMOUNT],
  [45, 'mm:ss'],
  [46, '[h]:mm:ss'],
  [47, 'mm:ss.0'],
  [48, '##0.0E+0'],
]);

/** By the format's number, and its code if the workbook defines it. Null shows values as they are. */
export function formatOf(id: number, code: string | undefined): NumberFormat | null {
  const known = code ?? BUILT_IN.get(id) ?? 'General';
  return known === 'General' || known === '@' ? null : new NumberFormat(known);
}

type Operator = '<' | '<=' | '>' | '>=' | '=' | '<>';

export interface Section {
  tokens: readonly Token[];
  kind: 'number' | 'date' | 'time' | 'duration' | 'fraction' | 'scientific' | 'general' | 'text' | 'literal';
  condition: { operator: Operator; bound: number } | null;
  /** The language of the names of days and months: `system` and `other` are not known here. */
  language: 'english' | 'system' | 'other';
  /**
   * True if the format alone shows that the digits are a code, not an amount: by leading zeros (`00000`), characters
   * between digits (`000-00-0000`), or a word before them (`"SKU-"0`).
   */
  isCode: boolean;
}

export interface ChosenSection {
  section: Section;
  /** True if a number below zero is written with a minus sign: the section has no sign of its own. */
  isSigned: boolean;
}

export class NumberFormat {
  readonly #numbers: readonly Section[];
  /** The section for texts; null if texts are shown unchanged. */
  readonly text: Section | null;
  /** The currency that numbers are shown with, as the format has it; null for none. */
  readonly currency: string | null;
  readonly isPercent: boolean;
  /** True if some numbers are shown as dates or times. */
  readonly hasDates: boolean;
  /** True if all numbers are shown as dates or times, and none as a duration. */
  readonly hasOnlyDays: boolean;
  /** True if some numbers are shown as codes. */
  readonly hasCodes: boolean;

  constructor(code: string) {
    const sections = parseSections(code).slice(0, 4);
    const last = sections.at(-1);
    const hasText = sections.length === 4 || last?.kind === 'text';
    this.text = hasText ? (last ?? null) : null;
    // a format for texts only shows numbers as texts
    this.#numbers = hasText && sections.length > 1 ? sections.slice(0, -1) : sections;
    const tokens = this.#numbers.flatMap((section) => section.tokens);
    this.hasDates = this.#numbers.some(({ kind }) => ['date', 'time', 'duration'].includes(kind));
    const [first, second] = this.#numbers;
    const isDay = first?.kind === 'date' || first?.kind === 'time';
    this.hasOnlyDays = isDay && first.condition === null && second === undefined;
    this.hasCodes = this.#numbers.some(({ isCode }) => isCode);
    this.isPercent = tokens.some(({ kind }) => kind === 'percent');
    const words = tokens.flatMap((token) => (token.kind === 'literal' ? token.text.trim().split(/\s+/) : []));
    this.currency = words.find((word) => word !== '' && isCurrencyMark(word)) ?? null;
  }

  /** True if texts are shown with added characters, as by `"SKU-"@`. */
  get hasTextMark(): boolean {
    return this.text?.kind === 'text';
  }

  /** The section that shows the number; null if no section does. */
  choose(value: number): ChosenSection | null {
    const sections = this.#numbers;
    const [first, second] = sections;
    if (first === undefined) return null;
    if (sections.length === 1 && first.condition === null) return { section: first, isSigned: true };
    for (const [i, section] of sections.entries()) {
      const condition = section.condition ?? implied(i, sections.length, first, second);
      if (condition !== null && !holds(condition, value)) continue;
      const isBelow = ['<', '<='].includes(condition?.operator ?? '') && (condition?.bound ?? 1) <= 0;
      const isOther = i > 0 && section.condition === null && first.condition === null;
      return { section, isSigned: !isBelow && !isOther };
    }
    return null;
  }
}

/** The implied condition of a section that has none of its own; null if it takes the rest. */
function implied(at: number, count: number, first: Section, second: Section | undefined): Section['condition'] {
  if (at === 0 && count === 2) return { operator: '>=', bound: 0 };
  if (at === 0) return { operator: '>', bound: 0 };
  if (at === 1 && count > 2) return { operator: '<', bound: 0 };
  // two conditions leave the rest to the third section
  return at === 2 && first.condition === null && second?.condition === null ? { operator: '=', bound: 0 } : null;
}

function holds({ operator, bound }: NonNullable<Section['condition']>, value: number): boolean {
  switch (operator) {
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
    case '=':
      return value === bound;
    default:
      return value !== bound;
  }
}

const CONDITION = /^(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?(?:E[+-]?\d+)?)$/i;
const ELAPSED = /^(?:h+|m+|s+)$/i;
/** The Gregorian calendar, and an unnamed one. */
const CALENDARS = [0, 1];
const ENGLISH = 9;

class SectionBuilder {
  readonly tokens: Token[] = [];
  condition: Section['condition'] = null;
  language: Section['language'] = 'english';
  /** True after letters of other calendars: in a date, `e`, `g` and `b` are years and eras. */
  hasEra = false;

  literal(text: string): void {
    const last = this.tokens.at(-1);
    if (text === '') return;
    if (last?.kind === 'literal') this.tokens[this.tokens.length - 1] = { kind: 'literal', text: last.text + text };
    else this.tokens.push({ kind: 'literal', text });
  }

  digit(sign: '0' | '#' | '?'): void {
    const last = this.tokens.at(-1);
    if (last?.kind === 'digits' && last.sign === sign) last.count++;
    else this.tokens.push({ kind: 'digits', sign, count: 1 });
  }

  date(letter: DateLetter): void {
    const last = this.tokens.at(-1);
    if (last?.kind === 'date' && last.letter === letter) last.count++;
    else this.tokens.push({ kind: 'date', letter, count: 1 });
  }

  bracket(content: string): void {
    if (ELAPSED.test(content)) {
      const letter = content.charAt(0).toLowerCase() as DateLetter;
      this.tokens.push({ kind: 'elapsed', letter, count: content.length });
    } else if (content.startsWith('$')) {
      const dash = content.indexOf('-');
      this.literal(content.slice(1, dash < 0 ? undefined : dash));
      if (dash >= 0) this.language = languageOf(content.slice(dash + 1));
    } else {
      const [, operator, bound] = CONDITION.exec(content.trim()) ?? [];
      if (operator !== undefined) this.condition = { operator: operator as Operator, bound: Number(bound) };
      // the rest are colours and shapes of digits
    }
  }

  build(): Section {
    const { condition } = this;
    const kind = kindOf(this.tokens);
    const tokens = ['date', 'time', 'duration'].includes(kind) ? withMinutes(this.tokens) : this.tokens;
    const language = this.hasEra && kind === 'date' ? 'other' : this.language;
    return { tokens, kind, condition, language, isCode: kind === 'number' && isCode(tokens) };
  }
}

/** By the code after `$-`: a number of Windows, in hexadecimal, or a tag such as `en-US`. */
function languageOf(code: string): Section['language'] {
  if (/^F[48]00$/i.test(code)) return 'system';
  if (!/^[0-9A-F]{1,8}$/i.test(code)) return /^en\b/i.test(code) ? 'english' : 'other';
  const number = Number.parseInt(code, 16);
  const isEnglish = number === 0 || (number & 0x3ff) === ENGLISH;
  return isEnglish && CALENDARS.includes((number >>> 16) & 0xff) ? 'english' : 'other';
}

function kindOf(tokens: readonly Token[]): Section['kind'] {
  const has = (kind: Token['kind']) => tokens.some((token) => token.kind === kind);
  if (has('text')) return 'text';
  const isDay = tokens.some((token) => token.kind === 'date' && (token.letter === 'y' || token.letter === 'd'));
  if (isDay || hasMonth(tokens)) return 'date';
  if (has('elapsed')) return 'duration';
  if (has('date') || has('half')) return 'time';
  if (has('general')) return 'general';
  if (has('exponent')) return 'scientific';
  if (!has('digits')) return 'literal';
  return has('slash') && isFraction(tokens) ? 'fraction' : 'number';
}

/** `# ##0` and `#'##0` have thousands, `"EUR"0` and `"Rs."0` amounts. */
const THOUSANDS = /^[\s'’]*$/;
const WORD_BEFORE = /\p{L}[^\p{Sc}]*[\p{L}\p{N}_#/-]$/u;

function isCode(tokens: readonly Token[]): boolean {
  if (tokens.some(({ kind }) => kind !== 'literal' && kind !== 'digits')) return false;
  const first = tokens.findIndex(({ kind }) => kind === 'digits');
  const last = tokens.findLastIndex(({ kind }) => kind === 'digits');
  const between = tokens.slice(first, last).filter((token) => token.kind === 'literal');
  if (between.length > 0) return between.some(({ text }) => !THOUSANDS.test(text));
  const zeros = tokens.reduce(
    (sum, token) => sum + (token.kind === 'digits' && token.sign === '0' ? token.count : 0),
    0,
  );
  const before = tokens[first - 1];
  return zeros > 1 || (before?.kind === 'literal' && isWord(before.text));
}

function isWord(text: string): boolean {
  const end = text.slice(-20);
  return /^\p{L}$/u.test(end) || (WORD_BEFORE.test(end) && !CURRENCIES.has(end.trim().toUpperCase()));
}

function hasMonth(tokens: readonly Token[]): boolean {
  return tokens.some((token, i) => token.kind === 'date' && token.letter === 'm' && !isMinute(tokens, i));
}

/** An `m` after hours or before seconds is minutes. */
function isMinute(tokens: readonly Token[], at: number): boolean {
  const isTime = (token: Token | undefined, letter: DateLetter) =>
    (token?.kind === 'date' || token?.kind === 'elapsed') && token.letter === letter;
  const token = tokens[at];
  if (token?.kind === 'date' && token.count > 2) return false;
  return isTime(timeBeside(tokens, at, -1), 'h') || isTime(timeBeside(tokens, at, 1), 's');
}

/** The next token of a date or time, skipping the literal between them. */
function timeBeside(tokens: readonly Token[], at: number, step: 1 | -1): Token | undefined {
  const next = tokens[at + step];
  return next?.kind === 'literal' ? tokens[at + 2 * step] : next;
}

function withMinutes(tokens: readonly Token[]): Token[] {
  return tokens.map((token, i) =>
    token.kind === 'date' && token.letter === 'm' && isMinute(tokens, i) ? { ...token, letter: 'M' } : token,
  );
}

function isFraction(tokens: readonly Token[]): boolean {
  const at = tokens.findIndex((token) => token.kind === 'slash');
  const next = tokens[at + 1];
  const isBelow = next?.kind === 'digits' || (next?.kind === 'literal' && /^[1-9]/.test(next.text));
  return isBelow && tokens[at - 1]?.kind === 'digits';
}

/** Reads a code once, from its start to its end. */
function parseSections(code: string): Section[] {
  const sections: Section[] = [];
  let section = new SectionBuilder();
  // after the last `]`, a `[` has no special meaning
  const lastBracket = code.lastIndexOf(']');
  const lastQuote = code.lastIndexOf('"');
  for (let at = 0; at < code.length; at++) {
    const sign = code.charAt(at);
    const next = code.charAt(at + 1);
    if (sign === ';') {
      sections.push(section.build());
      section = new SectionBuilder();
    } else if (sign === '"' && at < lastQuote) {
      const end = code.indexOf('"', at + 1);
      section.literal(code.slice(at + 1, end));
      at = end;
    } else if (sign === '[' && at < lastBracket) {
      const end = code.indexOf(']', at + 1);
      section.bracket(code.slice(at + 1, end));
      at = end;
    } else if (sign === '\\' || sign === '_' || sign === '*') {
      // `_)` is a blank as wide as a bracket, `*x` fills the cell
      if (sign !== '*') section.literal(sign === '\\' ? next : ' ');
      at++;
    } else at = takeSign(section, code, at);
  }
  sections.push(section.build());
  return sections;
}

const SIGNS: Readonly<Record<string, Token['kind']>> = {
  '.': 'point',
  ',': 'comma',
  '%': 'percent',
  '/': 'slash',
  '@': 'text',
};
const GENERAL = 'general';

/** Takes the sign at `at`, or a word that starts there; returns where it ends. */
function takeSign(section: SectionBuilder, code: string, at: number): number {
  const sign = code.charAt(at);
  const kind = Object.hasOwn(SIGNS, sign) ? SIGNS[sign] : undefined;
  if (kind !== undefined) section.tokens.push({ kind } as Token);
  else if (sign === '0' || sign === '#' || sign === '?') section.digit(sign);
  else {
    const word = code.slice(at, at + GENERAL.length).toLowerCase();
    const { tokens } = section;
    if (word === GENERAL) tokens.push({ kind: 'general' });
    else if (word.startsWith('am/pm') || word.startsWith('a/p')) {
      const isShort = word.startsWith('a/p');
      tokens.push({ kind: 'half', isShort });
      return at + (isShort ? 2 : 4);
    } else if (word.startsWith('e+') || word.startsWith('e-')) tokens.push({ kind: 'exponent' });
    else {
      if (/[ymdhs]/.test(word.charAt(0))) section.date(word.charAt(0) as DateLetter);
      else {
        if (/[egb]/.test(word.charAt(0))) section.hasEra = true;
        section.literal(sign);
      }
      return at;
    }
    return at + (word === GENERAL ? GENERAL.length : 2) - 1;
  }
  return at;
}
