/** Explains why a cell does not read, for columns whose form the layout declares. */
import { threeAreAmbiguous } from '../../../bytes/number-form.ts';
import { CANONICAL_COLUMNS, columnKind } from '../../../canonical.ts';
import { ROW_CODES, type RowCode } from '../../../issue.ts';
import type { NumberForm } from '../../../layout.ts';
import { currenciesOf } from '../../../money/currency-signs.ts';
import type { ResolvedColumns } from '../columns/columns.ts';

type Reasons = Partial<Record<RowCode, string>> & { ambiguous?: RegExp; hasCurrency?: boolean };

/** Explains an invalid cell by its position in `CANONICAL_COLUMNS`, code and text. */
export class CellReasons {
  readonly #reasons: ReadonlyMap<number, Reasons>;

  constructor(columns: Pick<ResolvedColumns, 'cells'>) {
    this.#reasons = reasonsOf(columns);
  }

  of(position: number, code: RowCode, value: string | null): string {
    const reasons = this.#reasons.get(position);
    const reason = reasons?.[code] ?? ROW_CODES[code];
    if (value === null || value.length > NUMBER_CHARS_MAX) return reason;
    if (NUMBER_CODES.includes(code) && WRAPPED.test(value))
      return `${reason}; parser.options.unwrap reads cells such as ="007"`;
    if (NUMBER_CODES.includes(code) && ESCAPED.test(value))
      return `${reason}; parser.options.unescape_formulas takes the apostrophe off`;
    if (NUMBER_CODES.includes(code) && isWord(value))
      return `${reason}; parser.options.columns.${CANONICAL_COLUMNS[position]}.words can say what a word means`;
    if (NUMBER_CODES.includes(code) && TRAILING_MINUS.test(value))
      return `${reason}; a minus stands before a number, and is not read behind it`;
    if (code === 'invalid_decimal' && reasons?.hasCurrency !== true && hasCurrency(value))
      return `${reason}; parser.options.numbers.currency reads the sign or code of the vendor’s currency`;
    const time = code === 'invalid_datetime' ? ISO_TIMES.find(([form]) => form.test(value)) : undefined;
    if (time !== undefined) return `${reason}; ${time[1]}`;
    if (code === 'invalid_datetime' && EITHER_ORDER.test(value)) {
      const option = `parser.options.columns.${CANONICAL_COLUMNS[position]}.time_formats`;
      return `${reason}; ${option} can say whether the day or the month comes first`;
    }
    if (code === 'invalid_datetime' && reasons?.[code] === undefined && OTHER_DATES.some((form) => form.test(value))) {
      const option = `parser.options.columns.${CANONICAL_COLUMNS[position]}.time_formats`;
      return `${reason}; ${option} can declare another form, such as YYYYMMDD or YYYY-MM-DDTHH:mm:ss Z`;
    }
    if (!reasons?.ambiguous?.test(value)) return reason;
    return `${reason}; three digits after the decimal mark may be thousands: numbers.decimals says how many there can be`;
  }
}

/** As SAP writes amounts below zero. */
const TRAILING_MINUS = /\d ?[-\u2212]$/;
/** As spreadsheets' exporters write texts that must stay texts. */
const WRAPPED = /^="[^"]*"$/;
const ESCAPED = /^'[=+@-]/;
/** Dates in other forms than the contract's. */
const OTHER_DATES = [
  /^\d{8}(?:[Tt ]?\d{4,6})?(?!\d)/,
  /^\d{4}\/\d/,
  /^\d{4}-\d\d-\d\d[Tt ][\d:.,]{4,20} ?(?:z|UTC|GMT|[+-]\d)/,
  /^\d{1,2}[ .-][A-Za-z]{3}[ .-]\d{4}/,
];
/** ISO 8601 that the contract leaves out: what the vendor may write instead. */
const ISO_TIMES: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /^\d{4}-?W\d\d(?:-?[1-7])?(?!\d)/i,
    'a week date is not read: have the vendor write the day as YYYY-MM-DD, or write it so in a vendor module',
  ],
  [
    /^\d{4}-\d{3}(?!\d)/,
    'the day of a year is not read: have the vendor write the day as YYYY-MM-DD, or write it so in a vendor module',
  ],
  [/[Tt ]24:00/, '24:00 is not read: midnight is 00:00 of the next day'],
  [/[Tt ]\d\d:\d\d:60(?!\d)/, 'a leap second is not read: the second before it is 59'],
];
const EITHER_ORDER = /^\d{1,2}[/.-]\d{1,2}[/.-]\d{4}(?!\d)/;
const NUMBER_CODES: readonly RowCode[] = ['invalid_int', 'invalid_decimal'];

/** True for cells such as `low stock` and `N/A`; with a digit, it is a number with something beside it. */
function isWord(text: string): boolean {
  return !/\d/.test(text) && (text.match(/\p{L}/gu)?.length ?? 0) > 1;
}

/** True for an amount with the sign or code of a currency: `$9.10`, `9,10 EUR`. */
function hasCurrency(text: string): boolean {
  const rest = text.replace(/[\d.,'\s+-]/g, '');
  return /\d/.test(text) && rest !== '' && currenciesOf(rest) !== null;
}

/** A longer cell is no number. */
const NUMBER_CHARS_MAX = 100;
/** By decimal mark: numbers whose decimals may be thousands. */
const AMBIGUOUS = { ',': /(?<![\d.,])[1-9]\d{0,2},\d{3}(?![\d.,])/, '.': /(?<![\d.,])[1-9]\d{0,2}\.\d{3}(?![\d.,])/ };

function reasonsOf({ cells }: Pick<ResolvedColumns, 'cells'>): ReadonlyMap<number, Reasons> {
  const found = new Map<number, Reasons>();
  for (const { column, position, source } of cells) {
    const { numbers, times = [] } = source.form ?? {};
    const kind = columnKind(column);
    if (numbers) {
      const form = `as the parser declares it: ${numberForm(numbers)}`;
      const ambiguous = threeAreAmbiguous(numbers) ? { ambiguous: AMBIGUOUS[numbers.decimal] } : {};
      if (kind === 'money')
        found.set(position, {
          invalid_decimal: `not an amount below 1,000,000,000 ${form}`,
          hasCurrency: numbers.currency !== null,
          ...ambiguous,
        });
      if (kind === 'integer') found.set(position, { invalid_int: `${ROW_CODES.invalid_int} ${form}`, ...ambiguous });
    }
    if (times.length > 0) {
      found.set(position, { invalid_datetime: `not ${times.join(' or ')}, and ${ROW_CODES.invalid_datetime}` });
    }
  }
  return found;
}

function numberForm(form: NumberForm): string {
  const { decimal, thousands, currency, atLeast, decimals, impliedDecimals = 0, units = [] } = form;
  const parts = [`decimal mark "${decimal}"`, thousands === null ? 'no thousands' : `thousands "${thousands}"`];
  if (currency !== null) parts.push(`with or without ${currency}`);
  if (atLeast) parts.push('"50+" and ">50"');
  if (units.length > 0) parts.push(`units ${units.join(', ')}`);
  if (decimals === 0 && impliedDecimals > 0) {
    const by = 10 ** impliedDecimals;
    parts.push(`no decimals, since numbers.divide_by is ${by} (numbers.decimals says how many there can be)`);
  } else if (decimals !== undefined) parts.push(`at most ${decimals} decimals`);
  return parts.join(', ');
}
