/** Lists the possible readings of a record with bad quotes. A reading costs more the more errors it assumes. */

// biome-ignore-all lint/style/noNonNullAssertion: positions are inside the text, and quotes are searched only where the dialect has one

import {
  isEscapable,
  lineAt,
  type PhysicalLine,
  type RecordReading,
  readRecord,
  type TableDialect,
  unescapeCell,
  unquote,
} from '../dialect.ts';
import { softFit, type TableShape } from '../shape/shape.ts';

export interface QuoteReading {
  cells: string[];
  quoted: boolean[];
  cost: number;
}

const STEPS_MAX = 4000;
const READINGS_MAX = 64;
/** The longest record that is read in this way, in characters, and the most characters read for it. */
const READINGS_CHARS_MAX = 16_000;
const WORK_MAX = 400_000;
/** The most lines that a quote at the end of a line may have swallowed. */
const SWALLOWED_LINES_MAX = 30;

/**
 * All ways to read `text` (one record without its line end) as `width` fields, cheapest first. With `mending`, also
 * ways that assume a missing separator beside a quote.
 */
export function readingsOf(text: string, dialect: TableDialect, width: number | null, mending = false): QuoteReading[] {
  const { delimiter, quote } = dialect;
  const out: QuoteReading[] = [];
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
          // assume a missing separator after the closing quote
          const { value, strays } = unquote(text.slice(at + 1, q), dialect);
          if (
            mending &&
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
        // stray quotes come in pairs; splitting a doubled quote costs more than a stray one
        const run = runBefore(text, q, quote, at + 1);
        take(end, value, true, strays * 2 + (strays % 2) + (run % 2 === 1 ? 1 : 0));
        tried++;
      }
    }
    work += 20;
    const end = plainEnd(text, at, dialect);
    if (end >= 0) {
      const plain = unescapeCell(text.slice(at, end), dialect);
      take(end, plain, false, looseCost(plain, text[at] === quote, quote));
    }
    // assume a missing separator before the opening quote
    const opening = quote === null || !mending ? -1 : text.indexOf(quote, at + 1);
    const isInside = end >= 0 ? opening < end : !/[\r\n]/.test(text.slice(at, opening));
    if (opening > at && isInside && isEven(text, opening, quote!) && /[\p{L}\d]/u.test(text[opening - 1]!))
      walk(opening, [...cells, text.slice(at, opening)], [...quoted, false], cost + 4.5);
  };
  walk(0, [], [], 0);
  return out.sort((a, b) => a.cost - b.cost);
}

/**
 * The record of a line that ends in a stray quote (`…,"`): the quote opens no cell over several lines, because the
 * lines that such a cell would take in are rows of their own. Null for any other line.
 */
export function loneFinalQuote(
  text: string,
  line: PhysicalLine,
  record: RecordReading,
  dialect: TableDialect,
): RecordReading | null {
  const { delimiter, quote } = dialect;
  const at = line.end - 1;
  if (text[at] !== quote || !text.startsWith(delimiter, at - delimiter.length)) return null;
  if (record.sound && !record.multiline) return null;
  const own = rowBefore(text, line.from, at, dialect);
  if (own === null) return null;
  const width = own.cells.length;
  // the last line of such a cell; if its quotes are bad too, the next line is proof enough
  const last = record.sound ? record.end : line.next;
  let next = line.next;
  for (let n = 0; next < text.length && next <= last; n++) {
    const below = lineAt(text, next);
    const isLone = text[below.end - 1] === quote && text.startsWith(delimiter, below.end - 1 - delimiter.length);
    const row = rowBefore(text, below.from, isLone ? below.end - 1 : below.end, dialect);
    if (n === SWALLOWED_LINES_MAX || row?.cells.length !== width) return null;
    // a sound cell over several lines is given up only if its lines are rows that look alike
    if (record.sound && !areAlike(own.cells, row.cells)) return null;
    next = below.next;
  }
  return {
    cells: [...own.cells.slice(0, -1), quote],
    quoted: [...own.quoted.slice(0, -1), false],
    end: line.end,
    next: line.next,
    sound: false,
    multiline: false,
  };
}

/** True if the cells of two rows are filled and empty in the same columns, and start with values of one form. */
function areAlike(a: readonly string[], b: readonly string[]): boolean {
  const form = (cell: string): string => cell.replace(/\d+/g, '9').replace(/\p{L}+/gu, 'a');
  const filled = a.filter((cell) => cell !== '').length;
  return filled >= 3 && a.every((cell, i) => (cell === '') === (b[i] === '')) && form(a[0]!) === form(b[0]!);
}

/** The row on a single line between `from` and `to`, if all its quotes are in place; else null. */
function rowBefore(text: string, from: number, to: number, dialect: TableDialect): RecordReading | null {
  const row = readRecord(text, from, dialect, to);
  const isLoose = row.cells.some((cell, i) => !row.quoted[i] && cell.includes(dialect.quote!));
  return row.sound && row.cells.length > 1 && !isLoose ? row : null;
}

/** The likeliest reading of a record with bad quotes within its own line. If none has `width` fields, any number will do. */
export function readLoosely(
  text: string,
  line: PhysicalLine,
  dialect: TableDialect,
  width: number | null = null,
): RecordReading {
  const raw = text.slice(line.from, line.end);
  const wanted = width === null ? [] : readingsOf(raw, dialect, width);
  const best = wanted[0] ??
    readingsOf(raw, dialect, null)[0] ?? { ...readRecord(raw, 0, { ...dialect, quote: null }), cost: 9 };
  return { cells: best.cells, quoted: best.quoted, end: line.end, next: line.next, sound: false, multiline: false };
}

/** The cheapest reading with the table's width; of about equally cheap ones, the one that fits the columns best. */
export function chooseQuotes(text: string, dialect: TableDialect, shape: TableShape): QuoteReading | null {
  if (shape.effort.left <= 0) return null;
  shape.effort.left -= 100 + text.length * 10;
  const readings = readingsOf(text, dialect, shape.width, true);
  const cheapest = readings[0]?.cost ?? 0;
  const near = readings.filter((reading) => reading.cost <= cheapest + 3);
  const fits = near.map((reading) => ({ reading, fit: softFit(reading.cells, shape) - (reading.cost - cheapest) }));
  return fits.sort((a, b) => b.fit - a.fit)[0]?.reading ?? null;
}

/** The cost of quotes in an unquoted cell: little in the middle, more at an end. */
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

/** The end of the unquoted cell at `at`; -1 if a line end comes first. */
function plainEnd(text: string, at: number, dialect: TableDialect): number {
  const { delimiter, escape: escaping } = dialect;
  const first = delimiter[0]!;
  for (let i = at; i < text.length; i++) {
    const c = text[i]!;
    if (c === first && text.startsWith(delimiter, i)) return i;
    if (c === '\n' || c === '\r') return -1;
    if (c === escaping && i + 1 < text.length && isEscapable(text[i + 1]!, dialect)) i++;
  }
  return text.length;
}
