/**
 * The row filters of a suggested entry: they leave out a footer and repeated headers, by the words in these rows. A
 * fixed number of rows at the end is never proposed: it would lose real rows of a file that ends differently.
 */
import { globMatcher } from '../../../core/text/glob.ts';
import type { SampleTable } from '../../../plugins/parsers/kit/suggest/sample-table.ts';
import type { ColumnChoice } from '../../../plugins/parsers/kit/suggest/score-columns.ts';
import { saysFooter } from '../../../plugins/parsers/kit/table/shape/footer.ts';

export interface ProposedFilter {
  column: string;
  drop: string[];
  where?: { column: string; is: string[] };
}

export interface ProposedFilters {
  filters: ProposedFilter[];
  /** Footer rows that no filter can distinguish from rows of the table. */
  untold: string[][];
}

/** A word such as "Summe" or "Total:". Part numbers have digits; `*` and `?` are special in patterns. */
const LABEL = /^\p{L}[^\d*?]{1,60}$/u;
const NUMBERS = /\d+(?:[.,:/-]*\d+)*/g;
const PATTERN_CHARS_MAX = 200;

/** A column's header; its position if the header is empty, repeated or looks like a position. */
export function sourceName(header: readonly string[] | null, index: number): string {
  const name = header?.[index];
  const isClear =
    name !== undefined &&
    name.trim() !== '' &&
    name.length <= 200 &&
    !/^#\d{1,6}$/.test(name) &&
    header?.indexOf(name) === header?.lastIndexOf(name);
  return isClear ? name : `#${index}`;
}

export function filtersOf(table: SampleTable, choices: readonly ColumnChoice[]): ProposedFilters {
  const sku = choices.find(({ column }) => column === 'sku')?.chosen?.index;
  const filters: ProposedFilter[] = [];
  const again = cellsOf([...table.headersAgain, ...table.underlines], sku ?? 0);
  if (again.length > 0) filters.push({ column: sourceName(table.header, sku ?? 0), drop: again });
  const untold: string[][] = [];
  for (const cells of table.footerCells) {
    const filter = sku === undefined ? null : footerFilter(cells, sku, table);
    if (filter === null) untold.push(cells);
    else addFilter(filters, filter);
  }
  return { filters, untold };
}

/**
 * The value of the option `footer`, if the table ends in one line with a word and a single number that is `rows`; else
 * null. In files that were joined, the number counts only a part.
 */
export function countedFooter(
  { footerCells, headersAgain, otherTables, dialect }: SampleTable,
  rows: number,
): string | null {
  const [cells, ...more] = footerCells;
  if (cells === undefined || more.length + headersAgain.length + otherTables.length > 0) return null;
  const end = cells.findLastIndex((cell) => cell.trim() !== '');
  const text = cells
    .slice(0, end + 1)
    .map((cell) => cell.trim())
    .join(dialect.delimiter);
  const numbers = text.match(NUMBERS) ?? [];
  if (numbers.length !== 1 || numbers[0] !== String(rows) || !/\p{L}{3}/u.test(text) || /[{}"]/.test(text)) return null;
  return text.replace(NUMBERS, '{rows}');
}

/** The column's cells in repeated headers and lines below them. */
function cellsOf(rows: readonly (readonly string[])[], index: number): string[] {
  const names = rows.map((cells) => (cells[index] ?? '').trim()).filter((name) => name !== '');
  return [...new Set(names)].map((name) => name.replaceAll('*', '?'));
}

function addFilter(filters: ProposedFilter[], { column, drop, where }: ProposedFilter): void {
  const same = filters.find((one) => one.column === column && JSON.stringify(one.where) === JSON.stringify(where));
  if (same === undefined) filters.push({ column, drop, ...(where === undefined ? {} : { where }) });
  else same.drop = [...new Set([...same.drop, ...drop])];
}

/**
 * Matches a footer row by a known word alone in the SKU cell (`Summe`); by words in another cell if the SKU is empty;
 * by any other text (`Total: 20`), whatever its numbers, if a column is empty that all rows fill. Null if nothing
 * distinguishes the row.
 */
function footerFilter(cells: readonly string[], sku: number, { header, rows }: SampleTable): ProposedFilter | null {
  const at = (row: readonly string[], index: number): string => (row[index] ?? '').trim();
  const code = at(cells, sku);
  const filled = (row: readonly string[]): number => row.filter((cell) => cell.trim() !== '').length;
  // only fuller rows are data: other rows as short may be the footers of other joined files
  const fuller = rows.filter((row) => filled(row) > filled(cells));
  const isFree = (index: number, pattern: string): boolean => {
    const matches = globMatcher(pattern);
    return !fuller.some((row) => matches(at(row, index)) && (index === sku || at(row, sku) === ''));
  };
  const filter = (index: number, pattern: string, empty: number | null): ProposedFilter => ({
    column: sourceName(header, index),
    drop: [pattern],
    ...(empty === null ? {} : { where: { column: sourceName(header, empty), is: [''] } }),
  });
  if (code !== '') {
    const isLabel = LABEL.test(code);
    if (isLabel && saysFooter(code)) return isFree(sku, code) ? filter(sku, code, null) : null;
    // a SKU may be a word too, so an empty column must tell the footer apart
    const pattern = isLabel ? code : patternOf(code);
    const empty = fuller[0]?.findIndex((_, i) => at(cells, i) === '' && fuller.every((row) => at(row, i) !== '')) ?? -1;
    return pattern !== null && empty >= 0 && isFree(sku, pattern) ? filter(sku, pattern, empty) : null;
  }
  for (const index of cells.keys()) {
    const pattern = LABEL.test(at(cells, index)) ? at(cells, index) : patternOf(at(cells, index));
    if (pattern !== null && isFree(index, pattern)) return filter(index, pattern, sku);
  }
  return null;
}

/** A footer's text with `*` for its numbers; null if it has no word beside them. */
function patternOf(text: string): string | null {
  const pattern = text.replace(/[*?]/g, '?').replace(NUMBERS, '*');
  return /\p{L}{3}/u.test(pattern) && pattern.length <= PATTERN_CHARS_MAX ? pattern : null;
}
