/**
 * The readings of a record that is not as its table's others are, and the choice among them. A reading is taken only
 * where the other rows leave one; the cost of a reading counts what it supposes to be wrong.
 */

import { type ColumnProfile, cellFit } from './column-profile.ts';
import { type RecordReading, readRecord, type TableDialect, unquote } from './table-dialect.ts';

export interface Reading {
  cells: string[];
  quoted: boolean[];
  cost: number;
}

export type RepairKind = 'quotes' | 'row dialect' | 'separator too many' | 'separator missing';

export interface Repaired {
  cells: string[];
  kind: RepairKind;
}

/** What the rest of the table is like. */
export interface TableShape {
  width: number;
  profiles: readonly ColumnProfile[];
  /** Characters that may still be looked at in search of readings: hostile files must end too. */
  effort: { left: number };
}

interface Candidate {
  cells: string[];
  /** Cells at its start that are as the file has them. */
  untouched: number;
}

const STEPS_MAX = 4000;
const READINGS_MAX = 64;
const RECORD_CHARS_MAX = 3000;
/** Characters of a record that has readings at all, and of looking at it again and again. */
const READINGS_CHARS_MAX = 16_000;
const WORK_MAX = 400_000;
/** A repaired row must beat the next reading by this much, and have no cell that fits worse than `WORST`. */
const LEAD = 1;
const WORST = -4;
const ROW_DELIMITERS = [',', ';', '\t', '|', '~', '^', ':', ' '];

/** Every reading of `text` (one record, no line end) with the wanted number of fields, cheapest first. */
export function readingsOf(text: string, dialect: TableDialect, width: number | null): Reading[] {
  const { delimiter, quote } = dialect;
  const out: Reading[] = [];
  if (text.length > READINGS_CHARS_MAX) return out;
  let steps = 0;
  let work = 0;
  const walk = (at: number, cells: readonly string[], quoted: readonly boolean[], cost: number): void => {
    if (
      ++steps > STEPS_MAX ||
      work > WORK_MAX ||
      out.length >= READINGS_MAX ||
      (width !== null && cells.length >= width)
    )
      return;
    const take = (end: number, cell: string, inQuotes: boolean, more: number): void => {
      const nextCells = [...cells, cell];
      const nextQuoted = [...quoted, inQuotes];
      if (end < text.length) walk(end + delimiter.length, nextCells, nextQuoted, cost + more);
      else if (width === null || nextCells.length === width)
        out.push({ cells: nextCells, quoted: nextQuoted, cost: cost + more });
    };
    if (quote !== null && text[at] === quote) {
      let tried = 0;
      for (let q = text.indexOf(quote, at + 1); q >= 0 && tried < 12; q = text.indexOf(quote, q + 1)) {
        const end = q + 1;
        work += q - at;
        if (work > WORK_MAX) return;
        if (end < text.length && !text.startsWith(delimiter, end)) {
          // A separator that is missing after the closing quote.
          const { value, strays } = unquote(text.slice(at + 1, q), dialect);
          if (
            width !== null &&
            strays === 0 &&
            /[\p{L}\d]/u.test(text[end]!) &&
            cells.length + 1 < width &&
            isEven(text, end, quote)
          ) {
            walk(end, [...cells, value], [...quoted, true], cost + 5);
          }
          continue;
        }
        const { value, strays } = unquote(text.slice(at + 1, q), dialect);
        // Stray quotes come in pairs; a doubled quote that would have to be taken apart is dearer than a stray one.
        const run = runBefore(text, q, quote, at + 1);
        take(end, value, true, strays * 2 + (strays % 2) + (run % 2 === 1 ? 1 : 0));
        tried++;
        if (steps > STEPS_MAX) return;
      }
    }
    work += 20;
    const plain = readRecord(text, at, { ...dialect, quote: null });
    const end = plainEnd(text, at, dialect);
    take(end, plain.cells[0]!, false, looseCost(plain.cells[0]!, text[at] === quote, quote));
  };
  walk(0, [], [], 0);
  return out.sort((a, b) => a.cost - b.cost);
}

/** The likeliest reading of a record whose quoting does not hold, within its own line, whatever number of fields it gives. */
export function readLoosely(
  text: string,
  from: number,
  line: { end: number; next: number },
  dialect: TableDialect,
  width: number | null = null,
): RecordReading {
  const raw = text.slice(from, line.end);
  const wanted = width === null ? [] : readingsOf(raw, dialect, width);
  const best = wanted[0] ??
    readingsOf(raw, dialect, null)[0] ?? { ...readRecord(raw, 0, { ...dialect, quote: null }), cost: 9 };
  return { cells: best.cells, quoted: best.quoted, end: line.end, next: line.next, sound: false, multiline: false };
}

/** The sum over the row's cells of how they fit the columns; -Infinity where one does not, but for one of the first so many. */
export function rowFit(cells: readonly string[], shape: TableShape, lenient = 0): number {
  let sum = 0;
  let odd = 0;
  for (let i = 0; i < cells.length; i++) {
    const fit = cellFit(cells[i]!, shape.profiles[i]!);
    if (fit < WORST && (i >= lenient || ++odd > 1)) return Number.NEGATIVE_INFINITY;
    sum += fit;
  }
  return sum;
}

/** The cheapest reading of the right width; of equally cheap ones, the one that fits the columns best. */
export function chooseQuotes(text: string, dialect: TableDialect, shape: TableShape): Reading | null {
  if (shape.effort.left <= 0) return null;
  shape.effort.left -= text.length * 10;
  const readings = readingsOf(text, dialect, shape.width);
  const cheapest = readings[0]?.cost ?? 0;
  const near = readings.filter((reading) => reading.cost <= cheapest + 3);
  const fits = near.map((reading) => ({ reading, fit: softFit(reading.cells, shape) - (reading.cost - cheapest) }));
  return fits.sort((a, b) => b.fit - a.fit)[0]?.reading ?? null;
}

/** Reads a row of the wrong width (or the right one, but in another dialect) as the other rows' shapes demand; or null. */
export function repairRow(
  text: string,
  cells: readonly string[],
  dialect: TableDialect,
  shape: TableShape,
): Repaired | null {
  const { width } = shape;
  if (width < 2 || text.length > RECORD_CHARS_MAX || shape.effort.left <= 0) return null;
  shape.effort.left -= text.length * 20 + (cells.length === width - 1 ? text.length ** 2 : 0);
  const other = rowDialect(text, cells.length, dialect, shape);
  if (other !== null) return { cells: other, kind: 'row dialect' };
  if (cells.length > width && cells.length <= width + 2) {
    const merged = onlyReading(mergedReadings(cells, dialect.delimiter, width), shape);
    if (merged !== null) return { cells: merged, kind: 'separator too many' };
  }
  if (cells.length === width - 1) {
    const split = onlyReading(splitReadings(text, cells, dialect, shape), shape);
    if (split !== null) return { cells: split, kind: 'separator missing' };
  }
  return null;
}

/** Whether a row of the right width stands in other quotes than its table: then its cells without them. */
export function unwrapOtherQuotes(
  { cells, quoted }: RecordReading,
  dialect: TableDialect,
  shape: TableShape,
): string[] | null {
  for (const quote of ["'", '"']) {
    if (quote === dialect.quote) continue;
    const wrapped = cells.map(
      (cell, i) => !quoted[i] && cell.length >= 2 && cell.startsWith(quote) && cell.endsWith(quote),
    );
    const filled = cells.filter((cell) => cell !== '').length;
    const count = wrapped.filter(Boolean).length;
    if (count === 0) continue;
    const inColumnsOfQuotes = wrapped.every(
      (is, i) => !is || shape.profiles[i]!.quoted >= shape.profiles[i]!.count * 0.9,
    );
    if ((count >= 2 && count === filled) || (inColumnsOfQuotes && shape.profiles.every((p) => p.count >= 2))) {
      const row = { ...dialect, quote };
      return cells.map((cell, i) => (wrapped[i] ? unquote(cell.slice(1, -1), row).value : cell));
    }
  }
  return null;
}

/** The row in another delimiter, quote or both, where that gives the table's width and cells that fit its columns. */
function rowDialect(text: string, found: number, dialect: TableDialect, shape: TableShape): string[] | null {
  const readings: string[][] = [];
  const quotes = dialect.quote === null ? [null] : [...new Set([dialect.quote, '"', "'"])];
  for (const delimiter of [dialect.delimiter, ...ROW_DELIMITERS.filter((d) => d !== dialect.delimiter)]) {
    if (!text.includes(delimiter)) continue;
    for (const quote of quotes) {
      if (delimiter === dialect.delimiter && quote === dialect.quote) continue;
      // Another delimiter explains a row that the table's own hardly splits.
      if (delimiter !== dialect.delimiter && found > Math.max(1, shape.width / 2)) continue;
      const row = { ...dialect, delimiter, quote };
      if (quote !== dialect.quote && quote !== null && !text.startsWith(quote) && !text.includes(delimiter + quote))
        continue;
      const record = readRecord(text, 0, row);
      if (record.sound && record.end === text.length && record.cells.length === shape.width)
        readings.push(record.cells);
      else if (!record.sound) {
        const loose = readingsOf(text, row, shape.width)[0];
        if (loose !== undefined) readings.push(loose.cells);
      }
    }
  }
  if (/^ +["']|[^"'] +["']/.test(text) && dialect.quote !== null) {
    const tight = text.replaceAll(`${dialect.delimiter} ${dialect.quote}`, dialect.delimiter + dialect.quote);
    const record = readRecord(tight, 0, dialect);
    if (record.sound && record.cells.length === shape.width) readings.push(record.cells);
  }
  return onlyReading(
    readings.map((reading) => ({ cells: reading, untouched: 0 })),
    shape,
  );
}

function mergedReadings(cells: readonly string[], delimiter: string, width: number): Candidate[] {
  let readings: Candidate[] = [{ cells: [...cells], untouched: cells.length }];
  for (let surplus = cells.length - width; surplus > 0; surplus--) {
    readings = readings.flatMap(({ cells: row, untouched }) => {
      const out: Candidate[] = [];
      for (let i = 0; i + 1 < row.length; i++) {
        for (const cell of joinings(row[i]!, row[i + 1]!, delimiter))
          out.push({ cells: [...row.slice(0, i), cell, ...row.slice(i + 2)], untouched: Math.min(untouched, i) });
      }
      return out;
    });
    if (readings.length > 400) return [];
  }
  return readings;
}

/** What two cells are as one: the separator between them is none of the value's beside nothing, and may be in a number. */
function joinings(a: string, b: string, delimiter: string): string[] {
  if (a === '' || b === '') return [a + b];
  return /^[-+\d.,]*\d$/.test(a) && /^\d[\d.,]*$/.test(b) ? [a + delimiter + b, a + b] : [a + delimiter + b];
}

function splitReadings(text: string, cells: readonly string[], dialect: TableDialect, shape: TableShape): Candidate[] {
  // A field that is missing altogether explains the row as well where the cells fit around a gap.
  for (let gap = 0; gap <= cells.length; gap++) {
    const rest = { ...shape, profiles: shape.profiles.filter((_, i) => i !== gap) };
    if (rowFit(cells, rest) > Number.NEGATIVE_INFINITY) return [];
  }
  const readings: Candidate[] = [];
  for (let at = 0; at <= text.length; at++) {
    const record = readRecord(text.slice(0, at) + dialect.delimiter + text.slice(at), 0, dialect);
    if (record.sound && record.cells.length === shape.width) readings.push({ cells: record.cells, untouched: 0 });
  }
  return readings;
}

/**
 * The one reading whose cells fit the columns; null where none does or several do about equally. One odd cell among the
 * untouched ones is a value of its own kind, and no evidence.
 */
function onlyReading(readings: readonly Candidate[], shape: TableShape): string[] | null {
  const distinct = new Map(readings.map((reading) => [JSON.stringify(reading.cells), reading]));
  const fits = [...distinct.values()]
    .map(({ cells, untouched }) => ({ cells, fit: rowFit(cells, shape, untouched) }))
    .filter((one) => one.fit > Number.NEGATIVE_INFINITY)
    .sort((a, b) => b.fit - a.fit);
  const best = fits[0];
  if (best === undefined || (fits[1] !== undefined && best.fit - fits[1].fit < LEAD)) return null;
  return best.cells;
}

function softFit(cells: readonly string[], shape: TableShape): number {
  return cells.reduce((sum, cell, i) => sum + cellFit(cell, shape.profiles[i]!), 0);
}

/** What an unquoted cell with quotes in it costs: little in the middle, more at an end. */
function looseCost(cell: string, opens: boolean, quote: string | null): number {
  if (quote === null || !cell.includes(quote)) return 0;
  return (opens ? 6 : 0) + (cell.endsWith(quote) ? 2 : 0.1);
}

function isEven(text: string, from: number, quote: string): boolean {
  let even = true;
  for (let i = text.indexOf(quote, from); i >= 0; i = text.indexOf(quote, i + 1)) even = !even;
  return even;
}

function runBefore(text: string, at: number, quote: string, from: number): number {
  let n = 0;
  while (at - 1 - n >= from && text[at - 1 - n] === quote) n++;
  return n;
}

function plainEnd(text: string, at: number, dialect: TableDialect): number {
  const { delimiter, escape: escaping } = dialect;
  for (let i = at; i < text.length; i++) {
    if (text.startsWith(delimiter, i)) return i;
    const next = text[i + 1];
    if (
      text[i] === escaping &&
      next !== undefined &&
      (next === dialect.quote || next === escaping || next === delimiter[0])
    )
      i++;
  }
  return text.length;
}
