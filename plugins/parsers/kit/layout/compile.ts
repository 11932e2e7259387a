/** Turns a table (`options.ts`) into the layout that the engine runs. */
import {
  type CanonicalColumn,
  COLUMN_KINDS,
  columnKind,
  type ExtraColumn,
  FEED_COLUMNS,
} from '../../../../core/canonical.ts';
import { ROW_CODES } from '../../../../core/issue.ts';
import { asCellSource } from '../../../../core/layout.ts';
import { moneyDecimals } from '../../../../core/money/currencies.ts';
import { currencyMarks } from '../../../../core/money/currency-signs.ts';
import { Money } from '../../../../core/money/money.ts';
import type {
  Adder,
  CellForm,
  CellOrigin,
  ColumnSource,
  Factor,
  FieldPattern,
  FieldRef,
  Layout,
  NumberForm,
  PreambleValue,
  RowFilter,
  RowTest,
  SideFile,
} from '../../../../core/plugin.ts';
import { isGlob } from '../../../../core/text/glob.ts';
import type { TablePreambleValue } from './edge-options.ts';
import { type FooterSettings, footerOf } from './footer-forms.ts';
import {
  columnIn,
  type LayoutTable,
  type TableAdder,
  type TableColumn,
  type TableFactor,
  type TableFilledColumn,
  type TableNumbers,
  type TableSideFile,
} from './options.ts';
import type { TableRowFilter, TableRowTest } from './row-options.ts';

export interface LayoutSettings {
  delimiter: string;
  /** The declared delimiter, if the feed is read with another one, as a sheet is. */
  declaredDelimiter?: string;
  /** The columns before the table adds to them. */
  columns: Layout['columns'];
  /** The tenant's extra columns, with their sources before the table adds to them. */
  extras: ReadonlyArray<{ column: ExtraColumn; source: ColumnSource }>;
  /** The tenant's currency, for amounts that show one. */
  currency: string;
  /** The tenant's zone, for `timezone: tenant`. */
  timeZone: string;
  /** The issue codes of the parser's manifest, with their meanings. */
  codes?: Readonly<Record<string, string>>;
}

/** The table must have no problems (`problems.ts`). */
export function layoutOf(table: LayoutTable, settings: LayoutSettings): Layout {
  return {
    delimiter: settings.delimiter,
    quote: table.quote,
    escape: table.escape,
    skipLines: table.skip_lines,
    ...(table.preamble.length === 0
      ? {}
      : { preamble: table.preamble.map((value) => preambleOf(value, settings.currency)) }),
    skipLastRows: table.skip_last_rows,
    ...(table.footer === undefined ? {} : { footer: footerOf(table.footer, footerSettings(table, settings)) }),
    header: table.header,
    headerRows: table.header_rows,
    ...(table.row_fields === undefined ? {} : { rowFields: table.row_fields }),
    unwrap: table.unwrap,
    unescapeFormulas: table.unescape_formulas,
    columns: columnsOfTable(table, settings),
    ...extrasOfTable(table, settings),
    filters: table.rows.map((row) => filterOf(row, settings.codes ?? {})),
    sideFiles: table.side_files.map(sideFileOf),
    sumRows: table.sum_rows,
    timeZone: table.timezone === 'tenant' ? settings.timeZone : table.timezone,
  };
}

/** `"#3"` is the column at position 3, any other text the one with that header. */
export function refOf(name: string): FieldRef {
  const index = /^#(\d{1,6})$/.exec(name);
  return index === null ? { header: name, match: 'loose' } : { index: Number(index[1]) };
}

/** One name, or several, as a list. */
export function listOf(names: string | readonly string[]): readonly string[] {
  return typeof names === 'string' ? [names] : names;
}

function refsOf(names: string | readonly string[]): FieldRef[] {
  return listOf(names).map(refOf);
}

function preambleOf(
  { whole_line, is, currency, cell, name, line, after, before, optional }: TablePreambleValue,
  code: string,
): PreambleValue {
  const allowed = currency ? currencyMarks(code) : is;
  return {
    name,
    ...(line === undefined ? {} : { line }),
    ...(after === undefined ? {} : { after }),
    ...(before === undefined ? {} : { before }),
    ...(cell === undefined ? {} : { cell: Number(cell.slice(1)) }),
    ...(whole_line ? { wholeLine: true } : {}),
    ...(allowed === undefined ? {} : { is: allowed }),
    optional,
  };
}

function footerSettings(table: LayoutTable, settings: LayoutSettings): FooterSettings {
  return {
    delimiter: settings.declaredDelimiter ?? settings.delimiter,
    numbersOf: (column) => {
      const own = column === null ? undefined : columnIn(table, column)?.numbers;
      const numbers = { ...table.numbers, ...own };
      const kind = column !== null && COLUMN_KINDS[column] === 'money' ? 'money' : 'integer';
      return Object.keys(numbers).length === 0 ? null : numberForm(numbers, kind, settings.currency);
    },
  };
}

/** Which key of the filter says what happens to the rows. */
export function actionOf({ keep, drop }: TableRowFilter): RowFilter['action'] {
  if (keep !== undefined) return 'keep';
  return drop === undefined ? 'refuse' : 'drop';
}

function filterOf(row: TableRowFilter, codes: Readonly<Record<string, string>>): RowFilter {
  const action = actionOf(row);
  const { code = 'row_refused', where, if_present: optional } = row;
  const reason = row.reason ?? codes[code] ?? ROW_CODES.row_refused;
  return {
    ...testOf(row, row[action] ?? []),
    action,
    where: where === undefined ? null : testOf(where, where.is),
    optional,
    ...(action === 'refuse' ? { refusal: { code, reason } } : {}),
  };
}

function testOf(
  { column, value, exactly }: Pick<TableRowFilter, 'column' | 'value' | 'exactly'>,
  tested: TableRowTest,
): RowTest {
  const isList = Array.isArray(tested);
  return {
    fields: column === undefined ? [] : refsOf(column),
    ...(value === undefined ? {} : { value }),
    values: isList ? tested : [],
    ...(exactly ? { exactly } : {}),
    ...(isList ? {} : { range: mapValues(tested, String) }),
  };
}

function mapValues(range: object, change: (value: unknown) => string): Record<string, string> {
  const given = Object.entries(range).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([key, value]) => [key, change(value)]));
}

function columnsOfTable(table: LayoutTable, settings: LayoutSettings): Layout['columns'] {
  const columns: Layout['columns'] = {};
  for (const column of FEED_COLUMNS) {
    const source = columnOfTable(table, column, settings.columns[column], settings);
    if (source !== undefined) columns[column] = source;
  }
  return columns;
}

/** The extra columns that the table mentions; the engine finds the others. */
function extrasOfTable(table: LayoutTable, settings: LayoutSettings): Pick<Layout, 'extras'> {
  const extras: Record<ExtraColumn, ColumnSource> = {};
  for (const { column, source: base } of settings.extras) {
    if (columnIn(table, column) === undefined) continue;
    const source = columnOfTable(table, column, base, settings);
    if (source !== undefined) extras[column] = source;
  }
  return Object.keys(extras).length === 0 ? {} : { extras };
}

function columnOfTable(
  table: LayoutTable,
  column: CanonicalColumn | ExtraColumn,
  base: ColumnSource | undefined,
  { currency }: LayoutSettings,
): ColumnSource | undefined {
  const spec = columnIn(table, column) ?? {};
  const source = sourceOf(spec, base);
  if (source === undefined) return undefined;
  const form = formOf(column, spec, table, currency);
  const more = {
    ...(form === null ? {} : { form }),
    ...(spec.multiply_by === undefined && spec.divide_by === undefined ? {} : { factors: factorsOf(spec, table) }),
    ...(spec.add === undefined || spec.add.length === 0 ? {} : { add: spec.add.map(adderOf) }),
  };
  return Object.keys(more).length === 0 ? source : { ...asCellSource(source), ...more };
}

function factorsOf({ multiply_by, divide_by }: TableColumn, table: LayoutTable): Factor[] {
  const factors: Factor[] = [];
  for (const factor of [multiply_by ?? []].flat()) factors.push({ divides: false, by: factorBy(factor, table) });
  for (const factor of [divide_by ?? []].flat()) factors.push({ divides: true, by: factorBy(factor, table) });
  return factors;
}

/** A text that is not a number names a column. */
function factorBy(factor: TableFactor, { numbers }: LayoutTable): Factor['by'] {
  if (typeof factor === 'number' || (typeof factor === 'string' && isDecimal(factor)))
    return { decimal: String(factor) };
  const { column, words } = typeof factor === 'string' ? { column: factor, words: undefined } : factor;
  const form: Partial<CellForm> = {
    ...(words === undefined ? {} : { words: wordsOf(words) }),
    ...(numbers === undefined ? {} : { numbers: { ...numberForm(numbers, 'integer', ''), zeroBelow: false } }),
  };
  return { fields: refsOf(column), form };
}

export function isDecimal(text: string): boolean {
  return Money.parse(text) !== null;
}

/** The column's source from the table, or else its earlier source. */
function sourceOf(spec: TableColumn, base: ColumnSource | undefined): ColumnSource | undefined {
  const origin = originOf(spec);
  if (origin !== null) return { origin, expected: spec.optional !== true };
  return base !== undefined && saysHowToRead(spec) ? { ...base, expected: true } : base;
}

/** True if the table says how the column is read, so that the feed should have it. */
function saysHowToRead({ optional, multiply_by, divide_by, add, words, numbers }: TableColumn): boolean {
  return optional !== true && [multiply_by, divide_by, add, words, numbers].some((given) => given !== undefined);
}

function originOf({ from, first_filled, sum, join, value, preamble, side_file }: TableColumn): CellOrigin | null {
  if (preamble !== undefined) return { kind: 'preamble', name: preamble };
  // biome-ignore lint/style/noNonNullAssertion: `layoutProblems` asks for one column of the side file
  if (side_file !== undefined) return { kind: 'side_file', file: side_file, column: listOf(from!)[0]! };
  if (from !== undefined) return { kind: 'first_found', fields: refsOf(from) };
  if (first_filled !== undefined) return { kind: 'first_filled', fields: first_filled.map(filledOf) };
  if (sum !== undefined) return { kind: 'sum', fields: listOf(sum).map(fieldOrPattern) };
  if (join !== undefined) return { kind: 'join', fields: join.columns.map(refOf), separator: join.with };
  return value === undefined ? null : { kind: 'constant', text: String(value) };
}

function filledOf(column: TableFilledColumn): FieldRef & { words?: CellForm['words'] } {
  return typeof column === 'string' ? refOf(column) : { ...refOf(column.from), words: wordsOf(column.words) };
}

function fieldOrPattern(name: string): FieldRef | FieldPattern {
  return isGlob(name) ? { pattern: name } : refOf(name);
}

/** Null if the column's cells are written in the contract's form. */
function formOf(
  column: CanonicalColumn | ExtraColumn,
  spec: TableColumn,
  table: LayoutTable,
  currency: string,
): Partial<CellForm> | null {
  const kind = columnKind(column);
  const form: { -readonly [K in keyof CellForm]?: CellForm[K] } = {};
  if (spec.words !== undefined) form.words = wordsOf(spec.words);
  const isNumber = kind === 'integer' || kind === 'money';
  const declared = spec.numbers ?? table.numbers;
  if (isNumber && declared !== undefined && spec.value === undefined) {
    form.numbers = numberForm({ ...table.numbers, ...spec.numbers }, kind, currency);
  }
  if (kind === 'datetime' && table.time_formats.length > 0) form.times = table.time_formats;
  return Object.keys(form).length === 0 ? null : form;
}

function numberForm(numbers: TableNumbers, kind: 'integer' | 'money', currency: string): NumberForm {
  return {
    decimal: numbers.decimal ?? '.',
    thousands: numbers.thousands ?? null,
    currency: kind === 'money' && numbers.currency === true ? currency : null,
    atLeast: kind === 'integer' && numbers.at_least === true,
    zeroBelow: kind === 'integer' && numbers.below_zero === 'zero',
    impliedDecimals: kind === 'money' ? Math.round(Math.log10(numbers.divide_by ?? 1)) : 0,
    // a currency with three decimals has amounts such as 1,500
    ...decimalsOf(numbers, kind, currency),
    units: numbers.units ?? [],
  };
}

function decimalsOf(numbers: TableNumbers, kind: 'integer' | 'money', currency: string): { decimals?: number } {
  const { decimals, divide_by } = numbers;
  if (decimals !== undefined) return { decimals };
  // 12.50 is no amount in cents; a price for a thousand pieces often has decimals
  if (kind === 'money' && divide_by === 100) return { decimals: 0 };
  // without a separator of thousands there is no doubt
  const isOpen = (numbers.thousands ?? null) !== null;
  return kind === 'money' && isOpen && moneyDecimals(currency) === 3 ? { decimals: 6 } : {};
}

function wordsOf(words: NonNullable<TableColumn['words']>): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(words).map(([word, value]) => [word, value === null ? null : String(value)]),
  );
}

function adderOf({ by, amounts, otherwise, amount }: TableAdder): Adder {
  if (by === undefined) return { by: null, amounts: {}, otherwise: String(amount) };
  const named = Object.entries(amounts ?? {}).map(([word, value]) => [word, String(value)]);
  const rest = otherwise === 'error' ? null : String(otherwise ?? 0);
  return { by: refsOf(by), amounts: Object.fromEntries(named), otherwise: rest };
}

function sideFileOf({ name, key, on, header, delimiter, encoding, missing }: TableSideFile): SideFile {
  return { name, delimiter, encoding, header, key, on: on === undefined ? null : refsOf(on), missing };
}
