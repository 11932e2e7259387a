/** Checks a table beyond its schema: contradicting sources, words that are not valid values. */

import { EMPTY, readInteger, readMoneySlowly } from '../../../../core/bytes/numbers.ts';
import { toBytes } from '../../../../core/bytes/text.ts';
import { readDatetime } from '../../../../core/bytes/time/datetime.ts';
import { timeFormProblem } from '../../../../core/bytes/time/datetime-form.ts';
import {
  type CanonicalColumn,
  CONDITIONS,
  columnKind,
  type ExtraColumn,
  FEED_COLUMNS,
  REQUIRED_COLUMNS,
} from '../../../../core/canonical.ts';
import { isCurrencyMark } from '../../../../core/money/currency-signs.ts';
import { Money, ZERO } from '../../../../core/money/money.ts';
import type { ConfigProblem } from '../../../../core/plugin.ts';
import { isGlob } from '../../../../core/text/glob.ts';
import { didYouMean } from '../../../../core/text/suggest.ts';
import { isPosition } from './column-map.ts';
import { isDecimal, listOf } from './compile.ts';
import { Finder } from './finder.ts';
import { footerProblems } from './footer-forms.ts';
import {
  columnIn,
  columnsIn,
  type LayoutTable,
  sourcesOf,
  type TableAdder,
  type TableColumn,
  type TableFactor,
  type TableFilledColumn,
  type TableNumbers,
} from './options.ts';
import { rowProblems } from './row-problems.ts';

/** At most so many columns are compared with a misspelled one, so that long lists cost no more. */
const SUGGESTED_MAX = 100;

/** Where a table is, and what it may refer to. */
export interface TablePlace {
  /** The table's path in the config. */
  path: string;
  /** The columns that have a source besides the table. */
  mapped: ReadonlySet<string>;
  /** The tenant's extra columns. */
  extras: readonly ExtraColumn[];
  /** The issue codes that the parser lists. */
  codes?: readonly string[];
}

export function layoutProblems(table: LayoutTable, { path, mapped, extras, codes = [] }: TablePlace): ConfigProblem[] {
  const found = new Finder();
  const files = table.side_files.map((file) => file.name);
  const known = new Set<string>([...FEED_COLUMNS, ...extras]);
  const suggested = [...known].slice(0, SUGGESTED_MAX);
  for (const [column, spec] of columnsIn(table)) {
    if (!known.has(column)) {
      const message = `is neither a canonical column nor one of extra_columns${didYouMean(column, suggested)}`;
      found.check(`${path}.columns.${column}`, message, 'unknown_key');
      continue;
    }
    const isMapped = mapped.has(column);
    columnProblems(found, { column, spec, path: `${path}.columns.${column}`, files, isMapped });
  }
  numberProblems(found, table.numbers, `${path}.numbers`);
  const counted = table.header && table.row_fields !== undefined;
  found.check(
    `${path}.row_fields`,
    counted ? 'is only for feeds without a header: a header says how many fields a row has' : null,
  );
  for (const [i, form] of table.time_formats.entries())
    found.check(`${path}.time_formats[${i}]`, timeFormProblem(form));
  for (const [i, row] of table.rows.entries()) rowProblems(found, row, `${path}.rows[${i}]`, codes);
  preambleProblems(found, table, path);
  footerProblems(found, table, `${path}.footer`);
  sideFileProblems(found, table, path);
  if (!table.header) positionProblems(found, table, path, mapped);
  return found.problems;
}

interface ColumnInTable {
  column: CanonicalColumn | ExtraColumn;
  spec: TableColumn;
  path: string;
  /** The names of the table's side files. */
  files: readonly string[];
  /** True if the column has a source besides the table. */
  isMapped: boolean;
}

function columnProblems(found: Finder, { column, spec, path, files, isMapped }: ColumnInTable): void {
  const kind = columnKind(column);
  const isNumber = kind === 'integer' || kind === 'money';
  const named = sourcesOf(spec);
  found.check(path, named.length > 1 ? `has more than one source: ${named.join(', ')}` : null);
  if (isMapped && named.length > 0) found.check(`${path}.${named[0]}`, 'parser.column_map names the column too');
  if (spec.side_file !== undefined) {
    const unknown = !files.includes(spec.side_file);
    found.check(`${path}.side_file`, unknown ? `is none of side_files${didYouMean(spec.side_file, files)}` : null);
    const one = spec.from !== undefined && listOf(spec.from).length === 1;
    found.check(`${path}.from`, one ? null : 'must be a single column of the side file');
  }
  if (spec.sum !== undefined && !isNumber) found.check(`${path}.sum`, `${column} is no number`);
  if (spec.join !== undefined && kind !== 'text') found.check(`${path}.join`, `${column} is no text`);
  factorProblems(found, spec, path, isNumber ? null : `${column} is no number`);
  if (spec.numbers !== undefined && !isNumber) found.check(`${path}.numbers`, `${column} is no number`);
  if (spec.add !== undefined && kind !== 'money') found.check(`${path}.add`, `${column} is not an amount of money`);
  if (spec.value !== undefined && !isWord(spec.words, String(spec.value)))
    found.check(`${path}.value`, valueProblem(column, String(spec.value)));
  wordProblems(found, column, spec.words ?? {}, `${path}.words`);
  for (const [i, filled] of (spec.first_filled ?? []).entries()) {
    if (typeof filled !== 'string') wordProblems(found, column, filled.words, `${path}.first_filled[${i}].words`);
  }
  numberProblems(found, spec.numbers, `${path}.numbers`);
  const divides = kind !== 'money' && spec.numbers?.divide_by !== undefined;
  found.check(`${path}.numbers.divide_by`, divides ? `${column} is not an amount of money` : null);
  for (const [i, adder] of (spec.add ?? []).entries()) adderProblems(found, adder, `${path}.add[${i}]`);
}

function wordProblems(
  found: Finder,
  column: CanonicalColumn | ExtraColumn,
  words: NonNullable<TableColumn['words']>,
  path: string,
): void {
  for (const [word, value] of Object.entries(words)) {
    if (value !== null) found.check(`${path}.${word}`, valueProblem(column, String(value)));
  }
  found.check(path, twiceProblem(Object.keys(words)));
}

/** A constant, or the value of a word, must be a valid cell of its column. */
function valueProblem(column: CanonicalColumn | ExtraColumn, value: string): string | null {
  const bytes = toBytes(value);
  switch (columnKind(column)) {
    case 'integer':
      return readInteger(bytes, 0, bytes.length) >= EMPTY ? null : `"${value}" is not a whole number of 0 or more`;
    case 'money':
      return isAmount(value) ? null : `"${value}" is not an amount of 0 or more`;
    case 'condition':
      return value === '' || (CONDITIONS as readonly string[]).includes(value.toLowerCase())
        ? null
        : `"${value}" is none of ${CONDITIONS.join(', ')}`;
    case 'datetime':
      return value === '' || !Number.isNaN(readDatetime(bytes, 0, bytes.length, null))
        ? null
        : `"${value}" is not a timestamp`;
    default:
      return null;
  }
}

function isAmount(value: string): boolean {
  return value === '' || readMoneySlowly(value).micros >= 0;
}

/** True if `words` replace the value; then they are checked instead. */
function isWord(words: TableColumn['words'], value: string): boolean {
  return Object.keys(words ?? {}).some((word) => folded(word) === folded(value));
}

function folded(word: string): string {
  return word.trim().toLowerCase();
}

/** Words that differ only in case are the same. */
function twiceProblem(words: readonly string[]): string | null {
  const seen = new Set<string>();
  // a set that does not grow already has the word
  const twice = words.find((word) => seen.size === seen.add(folded(word)).size);
  return twice === undefined ? null : `"${twice}" is listed twice: case does not matter`;
}

function numberProblems(found: Finder, numbers: TableNumbers | undefined, path: string): void {
  const clash = numbers !== undefined && (numbers.decimal ?? '.') === numbers.thousands;
  found.check(`${path}.thousands`, clash ? 'is the decimal mark already' : null);
  for (const [i, unit] of (numbers?.units ?? []).entries()) {
    found.check(
      `${path}.units[${i}]`,
      isCurrencyMark(unit) ? 'is a currency: numbers.currency reads the tenant’s' : null,
    );
  }
}

const FACTORS = ['multiply_by', 'divide_by'] as const;

function factorProblems(found: Finder, spec: TableColumn, path: string, noNumber: string | null): void {
  for (const key of FACTORS) {
    if (spec[key] === undefined) continue;
    found.check(`${path}.${key}`, noNumber);
    for (const [at, factor] of factorsAt(spec, key)) {
      if (typeof factor === 'object') {
        const words = Object.entries(factor.words ?? {});
        for (const [word, value] of words)
          if (value !== null) found.check(`${path}.${at}.words.${word}`, ratioProblem(String(value)));
        found.check(`${path}.${at}.words`, twiceProblem(words.map(([word]) => word)));
      } else if (isDecimal(String(factor))) found.check(`${path}.${at}`, ratioProblem(String(factor)));
    }
  }
}

/** The factors of a column with their paths below it. */
function factorsAt(spec: TableColumn, key: (typeof FACTORS)[number]): Array<[at: string, factor: TableFactor]> {
  const given = spec[key];
  if (given === undefined) return [];
  return Array.isArray(given) ? given.map((factor, i) => [`${key}[${i}]`, factor]) : [[key, given]];
}

function ratioProblem(text: string): string | null {
  const value = Money.parse(text);
  const isGood =
    value !== null && value.compare(ZERO) > 0 && value.units <= BigInt(Number.MAX_SAFE_INTEGER) && value.scale <= 12;
  return isGood ? null : `"${text}" is not a number above zero with at most 12 decimals`;
}

/** The column that has a factor; undefined for a constant. */
function factorColumn(factor: TableFactor): string | readonly string[] | undefined {
  if (typeof factor === 'object') return factor.column;
  return typeof factor === 'string' && !isDecimal(factor) ? factor : undefined;
}

function adderProblems(found: Finder, { by, amounts, otherwise, amount }: TableAdder, path: string): void {
  const flat = amount !== undefined;
  const wrong = flat ? by !== undefined || amounts !== undefined || otherwise !== undefined : by === undefined;
  found.check(path, wrong ? 'needs either amount, or by with amounts' : null);
  if (by !== undefined && !flat)
    found.check(`${path}.amounts`, amounts === undefined ? 'is required' : null, 'required');
  const named = Object.entries(amounts ?? {}).map(([word, value]) => [`amounts.${word}`, value] as const);
  const rest = otherwise === undefined || otherwise === 'error' ? [] : [['otherwise', otherwise] as const];
  for (const [at, value] of [...named, ...rest, ...(flat ? [['amount', amount] as const] : [])]) {
    const isGood = value !== '' && isAmount(String(value));
    found.check(`${path}.${at}`, isGood ? null : `"${value}" is not an amount of 0 or more`);
  }
  found.check(`${path}.amounts`, twiceProblem(Object.keys(amounts ?? {})));
}

function preambleProblems(found: Finder, table: LayoutTable, path: string): void {
  const names = table.preamble.map(({ name }) => name);
  for (const [i, value] of table.preamble.entries()) {
    const at = `${path}.preamble[${i}]`;
    const { name, line, after, cell, is, currency, whole_line } = value;
    found.check(at, line === undefined && after === undefined ? 'needs line or after' : null);
    const isBelow = line !== undefined && line > table.skip_lines;
    found.check(`${at}.line`, isBelow ? `is not above the header: skip_lines is ${table.skip_lines}` : null);
    found.check(
      at,
      line === undefined && table.skip_lines === 0 ? 'needs lines above the header: skip_lines is 0' : null,
    );
    found.check(`${at}.cell`, cell !== undefined && whole_line ? 'a line that is one cell has no positions' : null);
    found.check(`${at}.is`, is !== undefined && currency ? 'cannot be combined with currency' : null);
    found.check(`${at}.name`, names.indexOf(name) === i ? null : 'is already the name of another value');
  }
  for (const [column, { preamble: name }] of columnsIn(table)) {
    const isUnknown = name !== undefined && !names.includes(name);
    found.check(
      `${path}.columns.${column}.preamble`,
      isUnknown ? `is none of preamble${didYouMean(name, names)}` : null,
    );
  }
}

function sideFileProblems(found: Finder, table: LayoutTable, path: string): void {
  const names = table.side_files.map((file) => file.name.toLowerCase());
  for (const [i, file] of table.side_files.entries()) {
    const at = `${path}.side_files[${i}]`;
    const name = file.name.toLowerCase();
    if (name === 'sku_map') found.check(`${at}.name`, 'is the name of the SKU map');
    if (name === 'currency_rates') found.check(`${at}.name`, 'is the name of the file of currency rates');
    if (names.indexOf(name) !== i) found.check(`${at}.name`, 'is already the name of another side file');
    const [field, value] = file.type === 's3' ? ['s3_key', file.s3_key] : ['local_path', file.local_path];
    if (!value) found.check(`${at}.${field}`, `is required when type is "${file.type}"`, 'required');
    if (!file.header && !isPosition(file.key))
      found.check(`${at}.key`, 'needs a position such as "#0": header is false');
    const ofSku = table.columns.sku?.side_file === file.name;
    if (ofSku && file.on === undefined)
      found.check(`${at}.on`, 'is required: the SKU comes out of this file', 'required');
  }
}

/** A place in a table that names a column of the feed, or several of which one must be present. */
export interface ColumnReference {
  /** Its path below the table. */
  at: string;
  names: readonly string[];
}

/** All of them, but for patterns. */
export function columnReferences(table: LayoutTable): ColumnReference[] {
  const found: ColumnReference[] = [];
  const add = (at: string, names: string | readonly string[] | undefined) => {
    const list = listOf(names ?? []).filter((name) => !isGlob(name));
    if (list.length > 0) found.push({ at, names: list });
  };
  const addEach = (at: string, names: readonly string[] | undefined) => {
    for (const name of names ?? []) add(at, name);
  };
  for (const [column, spec] of columnsIn(table)) {
    const at = `columns.${column}`;
    if (spec.side_file === undefined && spec.optional !== true) add(`${at}.from`, spec.from);
    add(`${at}.first_filled`, spec.first_filled?.map(nameOfFilled));
    addEach(`${at}.sum`, spec.sum === undefined ? undefined : listOf(spec.sum));
    addEach(`${at}.join.columns`, spec.join?.columns);
    for (const key of FACTORS)
      for (const [where, factor] of factorsAt(spec, key)) add(`${at}.${where}`, factorColumn(factor));
    for (const [i, adder] of (spec.add ?? []).entries()) add(`${at}.add[${i}].by`, adder.by);
  }
  for (const [i, row] of table.rows.entries()) {
    if (row.if_present) continue;
    add(`rows[${i}].column`, row.column);
    add(`rows[${i}].where.column`, row.where?.column);
  }
  for (const [i, file] of table.side_files.entries()) add(`side_files[${i}].on`, file.on);
  return found;
}

function nameOfFilled(one: TableFilledColumn): string {
  return typeof one === 'string' ? one : one.from;
}

/** Without a header, columns can only be named by position. */
function positionProblems(found: Finder, table: LayoutTable, path: string, mapped: ReadonlySet<string>): void {
  const message = 'needs a position such as "#0": options.header is false';
  const check = (at: string, names: string | readonly string[] | undefined) => {
    const bad = listOf(names ?? []).some((one) => !isPosition(one) || isGlob(one));
    found.check(at, bad ? message : null);
  };
  const inTable = columnsIn(table).map(([column]) => column);
  for (const column of new Set([...REQUIRED_COLUMNS, ...inTable])) {
    const spec = columnIn(table, column) ?? {};
    const at = `${path}.columns.${column}`;
    if (spec.side_file === undefined) check(`${at}.from`, spec.from);
    check(`${at}.first_filled`, spec.first_filled?.map(nameOfFilled));
    check(`${at}.sum`, spec.sum);
    check(`${at}.join.columns`, spec.join?.columns);
    for (const key of FACTORS)
      for (const [where, factor] of factorsAt(spec, key)) check(`${at}.${where}`, factorColumn(factor));
    for (const [i, adder] of (spec.add ?? []).entries()) check(`${at}.add[${i}].by`, adder.by);
    if (sourcesOf(spec).length === 0 && !mapped.has(column)) {
      const where = !inTable.includes(column) ? `${path.replace(/\.options$/, '')}.column_map.${column}` : at;
      found.check(where, message, 'required');
    }
  }
  for (const [i, row] of table.rows.entries()) {
    check(`${path}.rows[${i}].column`, row.column);
    check(`${path}.rows[${i}].where.column`, row.where?.column);
  }
  for (const [i, file] of table.side_files.entries()) check(`${path}.side_files[${i}].on`, file.on);
}
