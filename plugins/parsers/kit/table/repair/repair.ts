/** Repairs a row with the wrong number of fields, if the table's other rows leave only one way to read it. */

// biome-ignore-all lint/style/noNonNullAssertion: indexes are below the length of the row; quotes are searched only where the dialect has one

import { readRecord, type TableDialect } from '../dialect.ts';
import { onlyReading, type RowReading, type TableShape } from '../shape/shape.ts';
import { alignments, type Pieces, rowDialect } from './row-dialect.ts';

export type RepairKind = 'quotes' | 'row dialect' | 'separator too many' | 'separator missing' | 'line end inside';

export interface Repaired {
  cells: string[];
  kind: RepairKind;
}

const RECORD_CHARS_MAX = 3000;
/** The effort of one repair, added to the length of its text (see `TableShape.effort`). */
const ATTEMPT_EFFORT = 300;
/** Surplus separators that may be anywhere in a row. With more of them, some reading fits by chance. */
const SURPLUS_MAX = 2;

/**
 * Reads a row of the wrong width, or in another dialect, so that it fits the shapes of the other rows; null unless
 * there is exactly one good reading.
 */
export function repairRow(text: string, record: Pieces, dialect: TableDialect, shape: TableShape): Repaired | null {
  const { width } = shape;
  const { cells } = record;
  if (width < 2 || text.length > RECORD_CHARS_MAX || shape.effort.left <= 0) return null;
  shape.effort.left -= ATTEMPT_EFFORT + text.length * 20 + (cells.length === width - 1 ? text.length ** 2 : 0);
  const other = rowDialect(text, cells.length, dialect, shape);
  if (other !== null) return { cells: other, kind: 'row dialect' };
  if (cells.length > width && cells.length <= width + SURPLUS_MAX) {
    const merged = onlyReading(mergedReadings(record, dialect.delimiter, width), shape);
    if (merged !== null) return { cells: merged, kind: 'separator too many' };
  }
  if (cells.length > width + SURPLUS_MAX) {
    const aligned = alignments(record, dialect.delimiter, shape)[0];
    if (aligned !== undefined) return { cells: aligned.cells, kind: 'separator too many' };
  }
  if (cells.length === width - 1 && shape.mostlyShort !== true) {
    const split = onlyReading(splitReadings(text, cells, dialect, width), shape);
    if (split !== null) return { cells: split, kind: 'separator missing' };
  }
  return null;
}

/** The readings that join neighbouring cells. A cell in quotes is whole: only an empty cell beside it can be the extra one. */
function mergedReadings({ cells, quoted }: Pieces, delimiter: string, width: number): RowReading[] {
  type Merged = { cells: string[]; quoted: boolean[]; untouched: number };
  const whole = cells.map((_, i) => quoted[i] ?? false);
  let readings: Merged[] = [{ cells: [...cells], quoted: whole, untouched: cells.length }];
  for (let surplus = cells.length - width; surplus > 0; surplus--) {
    readings = readings.flatMap(({ cells: row, quoted: inQuotes, untouched }) => {
      const out: Merged[] = [];
      for (let i = 0; i + 1 < row.length; i++) {
        const [a, b] = [row[i]!, row[i + 1]!];
        const isQuoted = inQuotes[i]! || inQuotes[i + 1]!;
        if (isQuoted && !(a === '' && !inQuotes[i]) && !(b === '' && !inQuotes[i + 1])) continue;
        for (const cell of joinings(a, b, delimiter))
          out.push({
            cells: [...row.slice(0, i), cell, ...row.slice(i + 2)],
            quoted: [...inQuotes.slice(0, i), isQuoted, ...inQuotes.slice(i + 2)],
            untouched: Math.min(untouched, i),
          });
      }
      return out;
    });
    if (readings.length > 400) return [];
  }
  return readings;
}

/** Two cells as one. The separator is dropped beside an empty cell; otherwise it may separate thousands. */
function joinings(a: string, b: string, delimiter: string): string[] {
  if (a === '' || b === '') return [a + b];
  const isGrouped = /^[-+]?\d{1,3}(,\d{3})*$/.test(a) && /^\d{3}(\.\d+)?$/.test(b);
  return isGrouped ? [a + delimiter + b, a + b] : [a + delimiter + b];
}

/** The readings that add a separator: inside a cell, beside a quote, or beside an empty cell. */
function splitReadings(text: string, cells: readonly string[], dialect: TableDialect, width: number): RowReading[] {
  const readings: RowReading[] = [];
  for (let gap = 0; gap <= cells.length; gap++)
    readings.push({ cells: [...cells.slice(0, gap), '', ...cells.slice(gap)], gap });
  for (const [i, cell] of cells.entries()) {
    for (let at = 1; at < cell.length; at++) {
      const [a, b] = [cell.slice(0, at), cell.slice(at)];
      readings.push({ cells: [...cells.slice(0, i), a, b, ...cells.slice(i + 1)], cost: seamCost(a, b) });
    }
  }
  const { quote } = dialect;
  for (let at = quote === null ? -1 : text.indexOf(quote); at >= 0; at = text.indexOf(quote!, at + 1)) {
    for (const cut of [at, at + 1]) {
      const record = readRecord(text.slice(0, cut) + dialect.delimiter + text.slice(cut), 0, dialect);
      if (record.sound && record.cells.length === width && cut > 0) readings.push({ cells: record.cells });
    }
  }
  return readings;
}

/** How unlikely a border between two cells is here. Inside a word or a number it is unlikely. */
function seamCost(a: string, b: string): number {
  const [last, first] = [a.at(-1) ?? '', b[0] ?? ''];
  if (/["']/.test(last + first)) return 1.5;
  if (/\s/.test(last + first)) return 1.5;
  if (/\d/.test(last)) return /\d/.test(first) ? 2.5 : 0;
  if (/\p{L}/u.test(last) && /\p{L}/u.test(first)) return /\p{Ll}/u.test(last) && /\p{Lu}/u.test(first) ? 0 : 2.5;
  return /[-_/'’&@]/.test(last) ? 1.5 : 0;
}
