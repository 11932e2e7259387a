/**
 * Finds the options for reading a table's cells: number styles, words for quantities and conditions, forms of
 * timestamps. What could be read in two ways is reported, not decided.
 */
import { COLUMN_KINDS, CONDITIONS, FEED_COLUMNS, REQUIRED_COLUMNS } from '../../../../core/canonical.ts';
import { saysCents } from '../../../../core/money/price-basis.ts';
import { unwrapped } from './cell-evidence.ts';
import { conditionWord, daysIn, isNoAmount, quantityWord, unitOf, withoutUnit } from './cell-words.ts';
import { type FeedColumn, headerCurrency } from './header-words.ts';
import { findStyle, markedCurrency, type NumberStyle, readerOf, type StyleFinding } from './number-style.ts';
import { isTime, timeForms } from './time-forms.ts';

/** Something that the owner of a file should know. */
export interface Finding {
  code: string;
  message: string;
  column: FeedColumn | null;
  count: number | null;
}

/** A part of `parser.options`. */
export interface CellOptions {
  unwrap?: true;
  numbers?: ColumnNumbers;
  time_formats?: string[];
  columns?: Partial<Record<FeedColumn, { words?: Record<string, number | string | null>; numbers?: ColumnNumbers }>>;
}

interface ColumnNumbers {
  decimal?: ',' | '.';
  thousands?: NumberStyle['thousands'];
  currency?: true;
  at_least?: true;
  units?: string[];
  divide_by?: 100;
}

export interface CellForms {
  options: CellOptions;
  /** The currency of the signs beside amounts; null if there are none. */
  currency: string | null;
  findings: Finding[];
  /** Columns that are left out, each with the reason: most of their cells would be refused or have two readings. */
  withheld: Map<FeedColumn, string>;
}

/** An amount without decimals and marks between thousands, as cents are written; and one with decimals. */
const WHOLE = /^\D{0,5}\d+\D{0,5}$/;
const FRACTION = /[.,]\d(?:\d?|\d{3,})\D{0,5}$/;
/** Whole amounts of this size may be cents. */
const LARGE_AMOUNT = 500;
/** Currencies that ISO 4217 gives no decimals: whole amounts are normal. */
const NO_DECIMALS = new Set('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' '));
/** In a column of cents, at most this share of the amounts has decimals. */
const FRACTIONS_MAX = 0.1;
const WORDS_MAX = 50;
const EXAMPLES_MAX = 5;

/** `cells` has the sample's cells of each mapped column. `currency` is the tenant's, if known. */
export function findForms(
  cells: ReadonlyMap<FeedColumn, readonly string[]>,
  currency: string | null,
  headers: ReadonlyMap<FeedColumn, string> = new Map(),
): CellForms {
  return new FormFinder(cells, currency).find(headers);
}

class FormFinder {
  readonly #cells = new Map<FeedColumn, string[]>();
  readonly #forms: CellForms;
  readonly #wanted: string | null;
  readonly #styles = new Map<FeedColumn, StyleFinding>();

  constructor(cells: ReadonlyMap<FeedColumn, readonly string[]>, currency: string | null) {
    this.#wanted = currency;
    this.#forms = { options: {}, currency: null, findings: [], withheld: new Map() };
    for (const column of FEED_COLUMNS) {
      const own = (cells.get(column) ?? []).map((cell) => cell.trim()).filter((cell) => cell !== '');
      const plain = own.map(unwrapped);
      const wrapped = own.filter((cell, i) => cell !== plain[i]).length;
      if (wrapped > 0) {
        this.#forms.options.unwrap = true;
        this.#report(
          'wrapped_cells',
          `${wrapped} cells such as ="007": read as the text in the quotes`,
          column,
          wrapped,
        );
      }
      if (own.length > 0) this.#cells.set(column, plain);
    }
  }

  find(headers: ReadonlyMap<FeedColumn, string>): CellForms {
    this.#findNumberStyles();
    if (this.#forms.currency === null) this.#findNamedCurrency(headers);
    for (const [column, cells] of this.#cells)
      if (COLUMN_KINDS[column] === 'money') this.#findCents(column, cells, headers.get(column) ?? '');
    for (const [column, cells] of this.#cells) {
      const kind = COLUMN_KINDS[column];
      if (kind === 'integer' || kind === 'money') this.#numberWords(column, cells, kind);
      else if (kind === 'condition') this.#conditions(column, cells);
      else if (kind === 'datetime') this.#times(column, cells);
    }
    return this.#forms;
  }

  #report(code: string, message: string, column: FeedColumn | null, count: number | null = null): void {
    this.#forms.findings.push({ code, message, column, count });
  }

  /** One style for all columns if they agree, else one for each. */
  #findNumberStyles(): void {
    const marks = new Map<string, number>();
    for (const [column, cells] of this.#cells) {
      const kind = COLUMN_KINDS[column];
      if (kind !== 'integer' && kind !== 'money') continue;
      const style = findStyle(cells.map(withoutUnit), kind === 'integer');
      this.#styles.set(column, style);
      if (kind === 'money') for (const [mark, n] of style.marks) marks.set(mark, (marks.get(mark) ?? 0) + n);
    }
    const { options } = this.#forms;
    const proven = [...this.#styles.values()].flatMap(({ proven }) => (proven === null ? [] : [proven]));
    const common = commonStyle(proven);
    if (common !== null) {
      const style = written(common);
      if (style !== null) options.numbers = style;
    } else {
      for (const [column, { proven: own }] of this.#styles) {
        const style = own === null ? null : written(own);
        if (style !== null) this.#column(column).numbers = style;
      }
    }
    const found = markedCurrency(marks, this.#wanted);
    const signs = [...marks.keys()].sort().join(' ');
    const count = [...marks.values()].reduce((a, b) => a + b, 0);
    if (this.#wanted !== null && found !== null && found !== this.#wanted && count * 2 < this.#amounts()) {
      // a few amounts in another currency do not decide the tenant's
      const message = `a few amounts carry ${signs}, not ${this.#wanted}: a run refuses them, because amounts are not converted`;
      this.#report('other_currency', message, null, count);
    } else this.#forms.currency = found;
    if (this.#forms.currency !== null) {
      options.numbers = { ...options.numbers, currency: true };
      const message = `amounts carry ${signs}, read as ${this.#forms.currency}: default_currency must be that, or pricing.vendor_terms converts the amounts`;
      this.#report('currency_signs', message, null, count);
    }
    this.#reportStyles(common);
  }

  /** How many cells with an amount there are. */
  #amounts(): number {
    const money = [...this.#cells].filter(([column]) => COLUMN_KINDS[column] === 'money');
    return money.reduce((sum, [, { length }]) => sum + length, 0);
  }

  #findNamedCurrency(headers: ReadonlyMap<FeedColumn, string>): void {
    const money = [...headers].filter(([column]) => COLUMN_KINDS[column] === 'money');
    const named = [...new Set(money.flatMap(([, header]) => headerCurrency(header) ?? []))].sort();
    if (named.length === 0 || (named.length === 1 && named[0] === this.#wanted)) return;
    const [only, ...others] = named;
    if (only !== undefined && others.length === 0) this.#forms.currency = only;
    const message = `headers name ${named.join(' and ')}: default_currency must be that, or pricing.vendor_terms converts the amounts`;
    this.#report('currency_named', message, null);
  }

  /**
   * Reports amounts in cents, if the header names them. Large whole amounts may be cents too: only the vendor knows.
   */
  #findCents(column: FeedColumn, cells: readonly string[], header: string): void {
    const whole = cells.filter((cell) => WHOLE.test(cell));
    const fractions = cells.filter((cell) => FRACTION.test(cell));
    const [example = ''] = whole;
    if (saysCents(header)) {
      if (fractions.length > 0) {
        const message = `the header ${JSON.stringify(header)} says cents, cells such as ${JSON.stringify(fractions[0])} have decimals: are they cents? Then declare columns: { ${column}: { numbers: { divide_by: 100 } } }`;
        this.#report('cents_with_decimals', message, column, fractions.length);
      } else if (whole.length > 0) {
        this.#column(column).numbers = { ...this.#column(column).numbers, divide_by: 100 };
        const message = `the header ${JSON.stringify(header)} says cents: ${JSON.stringify(example)} is divided by 100`;
        this.#report('amounts_in_cents', message, column, whole.length);
      }
      return;
    }
    const amounts = whole.map((cell) => Number(cell.replace(/\D/g, ''))).sort((a, b) => a - b);
    const middle = amounts[amounts.length >> 1] ?? 0;
    if (NO_DECIMALS.has(this.#forms.currency ?? this.#wanted ?? '')) return;
    // a few amounts with decimals may be mistakes of the vendor's
    const isMostlyWhole = fractions.length <= cells.length * FRACTIONS_MAX;
    if (!isMostlyWhole || whole.length * 2 < cells.length || middle < LARGE_AMOUNT) return;
    const found =
      fractions.length === 0
        ? `all amounts are whole, such as ${JSON.stringify(example)}`
        : `${whole.length} amounts are whole, such as ${JSON.stringify(example)}, but not all: ${JSON.stringify(fractions[0])} has decimals`;
    const message = `${found}: are they cents? Then declare columns: { ${column}: { numbers: { divide_by: 100 } } }`;
    this.#report('whole_amounts', message, column, whole.length);
  }

  #reportStyles(common: NumberStyle | null): void {
    for (const [column, { proven, ambiguous, ambiguousCount, mixed }] of this.#styles) {
      const shown = ambiguous.map((cell) => JSON.stringify(cell)).join(', ');
      if (mixed) this.#report('mixed_numbers', 'some cells have a decimal point, others a decimal comma', column);
      else if (proven?.decimal === ',') this.#report('decimal_comma', 'numbers have a decimal comma', column);
      if (proven !== null || ambiguousCount === 0) continue;
      const reading =
        common === null
          ? 'declare numbers: { thousands: "," } or { decimal: ",", thousands: "." }'
          : 'read as in the other columns';
      this.#report('ambiguous_numbers', `${shown} may be two numbers: ${reading}`, column, ambiguousCount);
    }
  }

  #column(column: FeedColumn): { words?: Record<string, number | string | null>; numbers?: ColumnNumbers } {
    this.#forms.options.columns ??= {};
    this.#forms.options.columns[column] ??= {};
    return this.#forms.options.columns[column];
  }

  #numberWords(column: FeedColumn, cells: readonly string[], kind: 'integer' | 'money'): void {
    const { numbers, columns } = this.#forms.options;
    const declared = { decimal: '.' as const, thousands: null, ...numbers, ...columns?.[column]?.numbers };
    const currency = kind === 'money' ? this.#forms.currency : null;
    const units = column === 'quantity_available' ? this.#units(column, cells) : [];
    const form = { decimal: declared.decimal, thousands: declared.thousands ?? null, currency, units };
    const read = readerOf(form, kind === 'integer');
    const more = readerOf({ ...form, atLeast: true }, true);
    const words = new Map<string, number | null>();
    /** Words that say that there is some. */
    const open = new Set<string>();
    let atLeast = 0;
    let refused = 0;
    for (const cell of cells) {
      if (read(cell) !== null) continue;
      if (kind === 'integer' && more(cell) !== null) atLeast++;
      else {
        const value = wordValue(column, kind, cell);
        if (value !== undefined && (words.size < WORDS_MAX || words.has(cell.toLowerCase())))
          words.set(cell.toLowerCase(), value);
        else {
          refused++;
          const saysSome = column === 'quantity_available' && quantityWord(cell) === 'some';
          if (saysSome && open.size < WORDS_MAX) open.add(cell);
        }
      }
    }
    if (atLeast > 0) {
      this.#column(column).numbers = { ...this.#column(column).numbers, at_least: true };
      this.#report('at_least', 'cells such as 50+ or >100: read as that number', column, atLeast);
    }
    this.#takeWords(column, words, cells);
    if (open.size > 0) {
      const shown = [...open].map((word) => JSON.stringify(word)).join(', ');
      const how = `say how many it is: columns: { ${column}: { words: { … } } }`;
      this.#report('quantity_unknown', `${shown} says that there is some, not how many; ${how}`, column);
    }
    this.#withholdIfRefused(column, refused, cells.length);
  }

  /** The units after quantities, each in its first spelling. */
  #units(column: FeedColumn, cells: readonly string[]): string[] {
    const found = cells.flatMap((cell) => unitOf(cell) ?? []);
    const spelled = new Map([...found].reverse().map((unit) => [unit.toLowerCase(), unit]));
    const units = [...spelled.values()].sort();
    if (units.length === 0) return [];
    this.#column(column).numbers = { ...this.#column(column).numbers, units };
    this.#report('units', `numbers are followed by ${units.join(', ')}: read as the number`, column, found.length);
    return units;
  }

  #takeWords(column: FeedColumn, words: ReadonlyMap<string, number | string | null>, cells: readonly string[]): void {
    if (words.size === 0) return;
    // keeps the feed's spelling
    const spelled = new Map([...cells].reverse().map((cell) => [cell.toLowerCase(), cell]));
    const entries = [...words].map(([word, value]) => [spelled.get(word) ?? word, value] as const);
    this.#column(column).words = Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
    const shown = entries
      .slice(0, EXAMPLES_MAX)
      .map(([word, value]) => `${JSON.stringify(word)} as ${value ?? 'empty'}`);
    const count = cells.filter((cell) => words.has(cell.toLowerCase())).length;
    this.#report(
      'words',
      `words are read: ${shown.join(', ')}${entries.length > EXAMPLES_MAX ? ', …' : ''}`,
      column,
      count,
    );
  }

  #conditions(column: FeedColumn, cells: readonly string[]): void {
    const words = new Map<string, string>();
    let refused = 0;
    for (const cell of cells) {
      if ((CONDITIONS as readonly string[]).includes(cell.toLowerCase())) continue;
      const meant = conditionWord(cell);
      if (meant === null) refused++;
      else words.set(cell.toLowerCase(), meant);
    }
    this.#takeWords(column, words, cells);
    this.#withholdIfRefused(column, refused, cells.length);
  }

  #times(column: FeedColumn, cells: readonly string[]): void {
    const rest = cells.filter((cell) => !isTime(cell));
    if (rest.length === 0) return;
    const forms = timeForms(rest);
    if (forms.length === 1) {
      this.#forms.options.time_formats = forms;
      this.#report(
        'time_format',
        `timestamps are ${forms[0]}, such as ${JSON.stringify(rest[0])}`,
        column,
        rest.length,
      );
    } else if (forms.length > 1) {
      const message = `timestamps such as ${JSON.stringify(rest[0])} could be ${forms.join(' or ')}: declare one in time_formats`;
      this.#report('ambiguous_times', message, column, rest.length);
      this.#forms.withheld.set(column, message);
    } else this.#withholdIfRefused(column, rest.length, cells.length);
  }

  /** Leaves out a column if most of its cells would be refused, unless it is required. */
  #withholdIfRefused(column: FeedColumn, refused: number, all: number): void {
    if (refused <= all / 2 || REQUIRED_COLUMNS.includes(column)) return;
    this.#forms.withheld.set(column, `${refused} of ${all} cells would be refused`);
  }
}

/** The value that a word means; undefined for an unknown word. */
function wordValue(column: FeedColumn, kind: 'integer' | 'money', cell: string): number | null | undefined {
  if (kind === 'money') return isNoAmount(cell) ? null : undefined;
  if (column === 'lead_time_days') return daysIn(cell) ?? (isNoAmount(cell) ? null : undefined);
  return quantityWord(cell) === 'nothing' ? 0 : undefined;
}

/** The style that all columns agree on; null if there is none. Some may have no separator of thousands. */
function commonStyle(styles: readonly NumberStyle[]): NumberStyle | null {
  const decimals = new Set(styles.map(({ decimal }) => decimal));
  const thousands = new Set(styles.flatMap((style) => (style.thousands === null ? [] : [style.thousands])));
  const [decimal] = decimals;
  if (decimal === undefined || decimals.size > 1 || thousands.size > 1) return null;
  const [group = null] = thousands;
  return { decimal, thousands: group };
}

/** The options for a style; null for the plain one. */
function written({ decimal, thousands }: NumberStyle): ColumnNumbers | null {
  if (decimal === '.' && thousands === null) return null;
  return { ...(decimal === '.' ? {} : { decimal }), ...(thousands === null ? {} : { thousands }) };
}
