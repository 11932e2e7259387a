/** Reads rows in another delimiter or quote than the rest of their table. */

// biome-ignore-all lint/style/noNonNullAssertion: rows that are compared have a cell for each column, and `ways` has a list for each number of spare pieces

import { type RecordReading, readRecord, type TableDialect, unquote } from '../dialect.ts';
import { cellFit } from '../shape/column-profile.ts';
import { LEAD, onlyReading, type RowReading, type TableShape, WORST } from '../shape/shape.ts';
import { readingsOf } from './quote-readings.ts';

/** Delimiters that a single row may have instead of its table's. */
export const ROW_DELIMITERS = [',', ';', '\t', '|', '~', '^', ':', ' '];
/** The most pieces of a row that are joined to cells, and the most ways to join them that are tried. */
const PIECES_MAX = 80;
const ALIGNMENTS_MAX = 60_000;

/** The row in another delimiter, quote or both, if that gives the table's width and cells that fit the columns. */
export function rowDialect(text: string, found: number, dialect: TableDialect, shape: TableShape): string[] | null {
  const readings: RowReading[] = [];
  const quotes = dialect.quote === null ? [null] : [...new Set([dialect.quote, '"', "'"])];
  for (const delimiter of [dialect.delimiter, ...ROW_DELIMITERS.filter((d) => d !== dialect.delimiter)]) {
    if (!text.includes(delimiter)) continue;
    for (const quote of quotes) {
      if (delimiter === dialect.delimiter && quote === dialect.quote) continue;
      // another delimiter is likely only if the table's own hardly splits the row
      const beside = quote !== null && (text.includes(delimiter + quote) || text.includes(quote + delimiter));
      if (delimiter !== dialect.delimiter && !beside && found > Math.max(1, shape.width / 2)) continue;
      const row = { ...dialect, delimiter, quote };
      if (quote !== dialect.quote && quote !== null && !text.startsWith(quote) && !text.includes(delimiter + quote))
        continue;
      const record = readRecord(text, 0, row);
      if (!record.sound) readings.push(...readingsOf(text, row, shape.width).slice(0, 1));
      else if (record.end !== text.length) continue;
      else if (record.cells.length === shape.width) readings.push({ cells: record.cells });
      else if (delimiter !== dialect.delimiter) readings.push(...alignments(record, delimiter, shape));
    }
  }
  if (SPACED_QUOTE.test(text) && dialect.quote !== null) {
    const tight = text.replaceAll(`${dialect.delimiter} ${dialect.quote}`, dialect.delimiter + dialect.quote);
    const record = readRecord(tight, 0, dialect);
    if (record.sound && record.cells.length === shape.width) readings.push({ cells: record.cells });
  }
  return onlyReading(
    readings.map(({ cells }) => ({ cells })),
    shape,
  );
}

/** The cells of a row of the right width without quotes that are not its table's; null if it has none. */
export function unwrapOtherQuotes(
  { cells, quoted }: RecordReading,
  dialect: TableDialect,
  shape: TableShape,
): string[] | null {
  const hasOwnQuotes = quoted.some(Boolean);
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
    const isMeant =
      (count >= 2 && count === filled) ||
      (inColumnsOfQuotes && shape.profiles.every((p) => p.count >= 2)) ||
      // a row with the table's own quotes is in the table's dialect
      (!hasOwnQuotes && cells.some((cell, i) => wrapped[i] && isDoubledInside(cell, quote)));
    if (isMeant) {
      const row = { ...dialect, quote };
      return cells.map((cell, i) => (wrapped[i] ? unquote(cell.slice(1, -1), row).value : cell));
    }
  }
  return null;
}

/**
 * `'Men''s jacket'`: if all inner quotes are in pairs, the cell was quoted. Two quotes at an end may be an empty text.
 */
function isDoubledInside(cell: string, quote: string): boolean {
  const inner = cell.slice(1, -1);
  const rest = inner.replaceAll(quote + quote, '');
  return rest.length < inner.length && rest !== '' && !rest.includes(quote);
}

/** A row as it was split. `quoted` may be empty: then no piece counts as quoted. */
export interface Pieces {
  cells: readonly string[];
  quoted: readonly boolean[];
}

/** A way to join the first pieces to cells. */
interface PartialRow {
  fit: number;
  cells: string[];
}

/**
 * The best way to join the pieces of a row that was split too often (at every space) to one cell per column; none if
 * the second best is about as good. A quoted piece is a cell of its own.
 */
export function alignments({ cells: pieces, quoted }: Pieces, joiner: string, shape: TableShape): RowReading[] {
  const { width, profiles } = shape;
  const spare = pieces.length - width;
  if (spare < 1 || pieces.length > PIECES_MAX || spare * spare * width > ALIGNMENTS_MAX) return [];
  if (profiles.some(({ count }) => count === 0)) return [];
  // `ways[k]`: the best two ways to join the first `column + k` pieces to `column` cells
  let ways: PartialRow[][] = [[{ fit: 0, cells: [] }]];
  for (let column = 0; column < width; column++) {
    const next: PartialRow[][] = Array.from({ length: spare + 1 }, () => []);
    for (const [k, partials] of ways.entries()) {
      if (partials.length === 0) continue;
      for (let more = 0; k + more <= spare; more++) {
        const from = column + k;
        const to = from + more + 1;
        if (more > 0 && quoted.slice(from, to).some(Boolean)) break;
        const cell = pieces.slice(from, to).join(joiner);
        const fit = cellFit(cell, profiles[column]!);
        if (fit < WORST) continue;
        for (const partial of partials)
          next[k + more]!.push({ fit: partial.fit + fit, cells: [...partial.cells, cell] });
      }
    }
    ways = next.map((partials) => partials.sort((a, b) => b.fit - a.fit).slice(0, 2));
  }
  const [best, second] = ways[spare]!;
  if (best === undefined || (second !== undefined && best.fit - second.fit < LEAD)) return [];
  return [{ cells: best.cells }];
}

/**
 * Spaces before a quote, but not a single space between two quotes. Written so that each run of spaces is read once.
 */
const SPACED_QUOTE = /(?:^|[^"' ]) +["']|["'] {2,}["']/;
