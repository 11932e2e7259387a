/** Converts timestamps of a declared form such as `MM/DD/YYYY hh:mm A` to the contract's form. */

// biome-ignore-all lint/style/noNonNullAssertion: TOKEN matches keys of GROUPS only; a valid form has all parts read here
/** The tokens of a form; any other character matches itself. */
const TOKENS: Readonly<Record<string, string>> = {
  YYYY: '(?<year>\\d{4})',
  MMM: '(?<name>[A-Za-z]{3})',
  MM: '(?<month>\\d{2})',
  M: '(?<month>\\d{1,2})',
  DD: '(?<day>\\d{2})',
  D: '(?<day>\\d{1,2})',
  HH: '(?<hour>\\d{2})',
  H: '(?<hour>\\d{1,2})',
  hh: '(?<half>\\d{2})',
  h: '(?<half>\\d{1,2})',
  mm: '(?<minute>\\d{2})',
  ss: '(?<second>\\d{2})',
  SSS: '(?<fraction>\\d{1,9})',
  A: '(?<noon>[AaPp]\\.?[Mm]\\.?)',
  Z: '(?<offset>[Zz]|UTC|GMT|[+-]\\d{2}(?::?\\d{2})?)',
};
const TOKEN = /YYYY|MMM|MM|M|DD|D|HH|H|hh|h|mm|ss|SSS|A|Z/g;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** Other letters would only match themselves. Such a form is a mistake. */
const KNOWN = /^[\sYMDHhmsSAZT\d./,:_-]*$/;

/** What is wrong with a form, or null. */
export function timeFormProblem(form: string): string | null {
  if (!KNOWN.test(form)) return 'may have YYYY MM M MMM DD D HH H hh h mm ss SSS A Z, T, spaces and . / , : _ -';
  const tokens: string[] = form.match(TOKEN) ?? [];
  const groups = tokens.map((token) => GROUPS[token]!);
  const twice = groups.find((group, i) => groups.indexOf(group) < i);
  if (twice !== undefined)
    return `names the ${NAMES[twice] ?? twice} twice${twice === 'month' ? ': minutes are mm' : ''}`;
  const has = (...parts: string[]) => parts.some((part) => tokens.includes(part));
  if (!has('YYYY') || !has('MM', 'M', 'MMM') || !has('DD', 'D')) return 'must have a year, a month and a day';
  if (has('HH', 'H') && has('hh', 'h')) return 'has two hours';
  if (has('hh', 'h') !== has('A')) return 'needs both hh (or h) and A, or HH';
  if (has('mm') && !has('HH', 'H', 'hh', 'h')) return 'has minutes without an hour';
  if (has('ss') && !has('mm')) return 'has seconds without minutes';
  if (has('SSS') && !has('ss')) return 'has a fraction without seconds';
  if (/S/.test(form.replaceAll('SSS', ''))) return 'has S: a fraction of a second, of any length, is SSS';
  return has('Z') && !has('mm') ? 'has an offset without a time' : null;
}

const GROUPS: Readonly<Record<string, string>> = {
  YYYY: 'year',
  MMM: 'month',
  MM: 'month',
  M: 'month',
  DD: 'day',
  D: 'day',
  HH: 'hour',
  H: 'hour',
  hh: 'half',
  h: 'half',
  mm: 'minute',
  ss: 'second',
  SSS: 'fraction',
  A: 'noon',
  Z: 'offset',
};

const NAMES: Readonly<Record<string, string>> = { half: 'hour', noon: 'half of the day (A)' };

/** Makes a reader for a form without problems. It returns the time in the contract's form, or null for another text. */
export function timeReader(form: string): (text: string) => string | null {
  const pieces = form.split(/(YYYY|MMM|MM|M|DD|D|HH|H|hh|h|mm|ss|SSS|A|Z)/);
  const source = pieces.map((piece) => TOKENS[piece] ?? literal(piece)).join('');
  const pattern = new RegExp(`^${source}$`);
  return (text) => {
    const parts = pattern.exec(text)?.groups;
    return parts === undefined ? null : contractForm(parts);
  };
}

/** RFC 3339 allows a small `t`. */
function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&').replaceAll('T', '[Tt]');
}

function contractForm(parts: Record<string, string | undefined>): string | null {
  const month = parts.name === undefined ? parts.month! : String(MONTHS.indexOf(parts.name.toLowerCase()) + 1);
  const date = `${parts.year}-${month.padStart(2, '0')}-${parts.day!.padStart(2, '0')}`;
  const hour = parts.half === undefined ? parts.hour : hourOf(parts.half, parts.noon!);
  if (hour === null) return null;
  if (hour === undefined) return date;
  return `${date}T${hour.padStart(2, '0')}:${parts.minute ?? '00'}:${parts.second ?? '00'}${offsetOf(parts.offset)}`;
}

function offsetOf(text = ''): string {
  return /^[A-Za-z]/.test(text) ? 'Z' : text;
}

/** 12 am is midnight, 12 pm is noon. */
function hourOf(half: string, noon: string): string | null {
  const hour = Number(half);
  if (hour < 1 || hour > 12) return null;
  return String((hour % 12) + (/^p/i.test(noon) ? 12 : 0));
}
