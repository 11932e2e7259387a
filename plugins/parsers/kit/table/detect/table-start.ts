/** Finds the start of the table in a sample: how many lines are above it, and how many are its header. */

// biome-ignore-all lint/style/noNonNullAssertion: indexes are below the number of records; rows that are compared have a cell for each column

import { lineEndsIn, type RecordReading, readRecord, type TableDialect } from '../dialect.ts';
import { type ColumnProfile, cellKind, profileColumns, strongKind } from '../shape/column-profile.ts';
import { dialectWith, filledWidth, HARD_DELIMITERS, isProse } from './blocks.ts';
import type { SampleRecord } from './sample.ts';

const PREAMBLE_RECORDS_MAX = 40;
/** The most titles above the table that are padded to its width. */
const TITLES_MAX = 10;
const HEADER_LINES_MAX = 3;
/** The most rows that a header is compared with. */
const ROWS_BELOW_MAX = 400;

/** `best` is the detected dialect. Whatever the hints give is not detected. */
export function findTableStart(
  sample: string,
  best: { dialect: TableDialect; width: number; sampled: readonly SampleRecord[] },
  hints: { skipLines?: number; headerLines?: number },
): { skip: number; headerLines: number; reasons: string[] } {
  const records = best.sampled;
  const reasons: string[] = [];
  let first = 0;
  if (hints.skipLines === undefined) {
    const all = records.slice(0, PREAMBLE_RECORDS_MAX + ROWS_BELOW_MAX).map(({ record }) => record);
    first = countPaddedTitles(all, best.width);
    while (
      first < Math.min(records.length - 1, PREAMBLE_RECORDS_MAX) &&
      isPreamble(all[first]!, best.width, all.slice(first + 1)) &&
      !isHeaderOtherwise(sample, records[first]!, best, all.slice(first + 1))
    )
      first++;
    // empty rows belong to the table if no header follows them
    const isGap = all.slice(0, first).every((record) => countFilled(record) === 0);
    const isBare = first > 0 && countFilled(all[first]!) === 0;
    if (first > 0 && isGap && (isBare || countHeaderLines(all.slice(first), best.width) === 0)) first = 0;
    // a preamble comes right before rows of the table's width
    if (records[first] !== undefined && records[first]!.record.cells.length !== best.width && first > 0) {
      const later = records.findIndex((r) => r.record.cells.length === best.width);
      if (later > first + 2) first = 0;
    }
  }
  const skip = first === 0 ? 0 : lineEndsIn(sample, 0, records[first]!.from);
  if (first > 0) reasons.push(`${first} lines above the table`);
  if (hints.headerLines !== undefined)
    return { skip, headerLines: hints.headerLines, reasons: [...reasons, 'header lines given'] };
  const top = records[first];
  const rest = records.slice(first + 1, first + 1 + ROWS_BELOW_MAX).map(({ record }) => record);
  if (top !== undefined && isHeaderOtherwise(sample, top, best, rest))
    return { skip, headerLines: 1, reasons: [...reasons, 'a header in another delimiter'] };
  const headerLines = countHeaderLines(
    records.slice(first).map((r) => r.record),
    best.width,
  );
  return { skip, headerLines, reasons: [...reasons, `${headerLines} header lines`] };
}

function isPreamble(record: RecordReading, width: number, rest: readonly RecordReading[]): boolean {
  if (width < 2) return false;
  const filled = countFilled(record);
  if (filled === 0) return true;
  if (record.cells.length < width) {
    if (record.cells.length > width / 2 && record.cells.length > 1) return false;
    // several names directly above data are a header, even if the rows are wider
    const names = record.cells.length > 2 && record.cells.every((cell) => cell.trim() !== '' && isName(cell));
    return !names || rest[0] === undefined || rest[0].cells.length < width / 2 || rest[0].cells.every(isName);
  }
  if (isPaddedTitle(record, width, rest)) return true;
  // a title padded with the separators of the rows below, perhaps with an empty row under it
  if (filled > 1 || (width < 4 && countFilled(rest[0]!) > 0)) return false;
  const next = rest.find((one) => countFilled(one) > 0);
  return next !== undefined && countFilled(next) > width / 2;
}

/** True for one of a few narrow records of the table's width that are right above names for most columns. */
function isPaddedTitle(record: RecordReading, width: number, rest: readonly RecordReading[]): boolean {
  // a cell merged over the middle of a sheet becomes one cell with empty ones before it
  const isNarrow = (one: RecordReading): boolean =>
    filledWidth(one) <= Math.max(1, width / 3) || (width > 3 && countFilled(one) === 1);
  if (width < 3 || !isNarrow(record)) return false;
  const head = rest.slice(0, TITLES_MAX).find((one) => !isNarrow(one));
  if (head === undefined || head.cells.length !== width || countFilled(head) <= width / 2) return false;
  const below = rest.slice(rest.indexOf(head) + 1, rest.indexOf(head) + 3);
  return below.length > 0 && head.cells.every(isName) && new Set(head.cells.filter((cell) => cell !== '')).size > 1;
}

/**
 * The titles, names with values and empty rows at the top of a file that are padded to the table's width, as a spreadsheet writes them: two or more,
 * right above names for all columns that are unlike the rows below. A row of words above groups of columns is a row of its own.
 */
function countPaddedTitles(all: readonly RecordReading[], width: number): number {
  if (width < 3) return 0;
  const isTitle = ({ cells }: RecordReading, filled: number): boolean =>
    cells.length === width &&
    cells.at(-1)!.trim() === '' &&
    filled * 2 <= width &&
    (filled === 0 || cells[0]!.trim() !== '');
  const above = all.slice(0, TITLES_MAX).findIndex((one) => !isTitle(one, countFilled(one)));
  const head = all[above];
  if (above < 2 || head === undefined || countFilled(all[0]!) === 0) return 0;
  const isHead = head.cells.length === width && head.cells.every((cell) => cell.trim() !== '' && isName(cell));
  const below = all.slice(above + 1).filter(({ cells }) => cells.length === width);
  if (!isHead || new Set(head.cells).size < width || below.length < 2) return 0;
  const profiles = profileColumns(below, width);
  const { matches, misses } = compare(head, profiles, profiles.map(strongKind));
  return matches === 0 && misses > 0 ? above : 0;
}

/** True if a line that the table's delimiter does not split is its header in another delimiter. */
function isHeaderOtherwise(
  sample: string,
  { record, from }: SampleRecord,
  { dialect, width }: { dialect: TableDialect; width: number },
  rest: readonly RecordReading[],
): boolean {
  if (record.cells.length > 1 || width < 2 || rest[0]?.cells.length !== width) return false;
  const text = sample.slice(from, record.end);
  // a title has spaces too: they separate names only if the next row has none
  const delimiters = width < 3 || rest[0].cells.every(isName) ? HARD_DELIMITERS : [...HARD_DELIMITERS, ' '];
  return delimiters.some((delimiter) => {
    if (delimiter === dialect.delimiter) return false;
    const other = readRecord(text, 0, dialectWith(dialect, delimiter));
    return (
      other.cells.length === width &&
      new Set(other.cells).size === width &&
      !other.cells.includes('') &&
      !(width < 3 && text.includes(' ')) &&
      !isProse([other])
    );
  });
}

function countFilled({ cells }: RecordReading): number {
  return cells.filter((cell) => cell.trim() !== '').length;
}

/** Words for "no value" in columns of numbers, which are no header. */
const PLACEHOLDER = /^(n\/?a|call|null|none|nan|[-=_+|:]+|tbd|unknown|\?|poa)$/i;

/** 0 to 3: the rows at the top that differ from those below in columns that have a kind. Without evidence, 1. */
function countHeaderLines(all: readonly RecordReading[], width: number): number {
  const again = repeatsOfFirst(all);
  if (again > 1) return Math.min(again, HEADER_LINES_MAX);
  const records = untilRepeated(all);
  const rows = records.filter((record) => record.cells.length === width);
  const first = records[0];
  // the header has a separator too many or too few
  const ragged = first !== undefined && first.cells.length !== width && first.cells.length > 1;
  if (ragged && first.cells.every((cell) => ['text', 'empty'].includes(cellKind(cell)))) return 1;
  if (rows.length === 0 || rows.length === 1) return rows.length;
  const below = rows.slice(Math.min(HEADER_LINES_MAX, rows.length - 1), ROWS_BELOW_MAX);
  const profiles = profileColumns(below, width);
  const strong = profiles.map(strongKind);
  const kinds = strong.filter((kind) => kind !== null).length;
  let lines = 0;
  for (const row of rows.slice(0, Math.min(HEADER_LINES_MAX, rows.length - 1))) {
    const { matches, misses } = compare(row, profiles, strong);
    const unlike = matches === 0 && misses > 0;
    if (!unlike || (lines > 0 && (kinds < 2 || misses < Math.min(2, kinds)))) break;
    lines++;
  }
  if (lines > 0) return lines;
  if (areYears(rows[0]!, profiles, strong)) return 1;
  const { matches } = compare(rows[0]!, profiles, strong);
  if (matches > 0 || looksLikeData(rows[0]!.cells, below)) return 0;
  return 1 + countUnits(rows, below);
}

/** How often the first record is repeated at the top: such a record is a header. */
function repeatsOfFirst(records: readonly RecordReading[]): number {
  const [first] = records;
  if (first === undefined || countFilled(first) < 2 || !first.cells.every((cell) => isName(cell))) return 0;
  const next = records.findIndex((record) => !sameRow(record, first));
  return next < 0 ? 0 : next;
}

/** The records before a repetition of the first one, which starts another table. */
function untilRepeated(records: readonly RecordReading[]): readonly RecordReading[] {
  const [first] = records;
  if (first === undefined || countFilled(first) < 2) return records;
  const again = records.findIndex((record, i) => i > 0 && sameRow(record, first));
  return again < 3 ? records : records.slice(0, again);
}

function sameRow(a: RecordReading, b: RecordReading): boolean {
  return a.cells.length === b.cells.length && a.cells.every((cell, i) => cell === b.cells[i]);
}

function isName(cell: string): boolean {
  return ['text', 'code', 'empty'].includes(cellKind(cell)) && !/^\d/.test(cell.trim());
}

/** The number of rows of units, `(kg)` or `[mm]`, under a header. Nothing below them is in brackets. */
function countUnits(rows: readonly RecordReading[], below: readonly RecordReading[]): number {
  const inBrackets = (cell: string): boolean => /^[([<{].*[)\]>}]$/.test(cell.trim());
  if (below.some(({ cells }) => cells.some(inBrackets))) return 0;
  let units = 0;
  for (const { cells } of rows.slice(1, Math.min(HEADER_LINES_MAX, rows.length - 1))) {
    const filled = cells.filter((cell) => cell.trim() !== '');
    if (filled.length < 2 || !filled.every(inBrackets)) break;
    units++;
  }
  return units;
}

function compare(
  row: RecordReading,
  profiles: readonly ColumnProfile[],
  strong: readonly (string | null)[],
): { matches: number; misses: number } {
  let matches = 0;
  let misses = 0;
  strong.forEach((kind, i) => {
    const cell = row.cells[i]!;
    if (kind === null || cell.trim() === '' || PLACEHOLDER.test(cell.trim())) return;
    const same =
      kind === 'code'
        ? isShapeOf(cell, profiles[i]!) || cellKind(cell) === 'number'
        : cellKind(cell) === kind || cellKind(cell) === 'number';
    if (same) matches++;
    else misses++;
  });
  return { matches, misses };
}

/** True if the column has cells of this shape. A word must occur more than once: a single one may be a `Total`. */
function isShapeOf(cell: string, { shapes, count, empties }: ColumnProfile): boolean {
  const shape = cell.replace(/\d/g, '9').replace(/\p{L}+/gu, 'a');
  const filled = count - empties;
  const few = shape.includes('9') || filled < 4 ? 0 : Math.max(1, filled / 10);
  return (shapes.get(shape) ?? 0) > few;
}

/** True for names that are years, over columns of other numbers. */
function areYears(
  { cells }: RecordReading,
  profiles: readonly ColumnProfile[],
  strong: readonly (string | null)[],
): boolean {
  const over = cells.filter((_, i) => strong[i] === 'number');
  const isYear = (cell: string): boolean => /^(19|20)\d\d$/.test(cell.trim());
  const others = profiles.filter(
    ({ numbers }, i) => strong[i] === 'number' && (numbers.min < 1800 || numbers.max > 2200),
  );
  return over.length > 1 && over.every(isYear) && new Set(over).size === over.length && others.length === over.length;
}

/** True if the first row has data, or cells that repeat below it: in a header, names occur once. */
function looksLikeData(cells: readonly string[], below: readonly RecordReading[]): boolean {
  const filled = cells.filter((cell) => cell.trim() !== '');
  if (filled.some((cell) => cellKind(cell) !== 'text' && /^\d/.test(cell))) return true;
  const again = cells.filter((cell, i) => cell !== '' && below.some((row) => row.cells[i] === cell)).length;
  return again > 0 && again >= filled.length / 3;
}
