/**
 * Joins a row that a line end inside an unquoted cell broke: it is of another kind than the header's, and the short
 * rows around it, joined, have exactly the table's width. Runs read such rows in the same way
 * (`core/pipeline/normalize/rows/broken-rows.ts`).
 */

import { type RecordReading, readRecord, type TableDialect } from '../dialect.ts';
import type { TableShape } from '../shape/shape.ts';
import type { OneRow } from './read-row.ts';

/** The most parts of a broken row. */
const PARTS_MAX = 256;

/** The line end before a position. */
export function lineEndBefore(text: string, at: number): string {
  return text.slice(at - 2, at) === '\r\n' ? '\r\n' : text.slice(at - 1, at);
}

/** The row at `from` with a space in place of each line end inside a cell; null if it is not broken. */
export function joinBrokenRow(
  text: string,
  from: number,
  { dialect, shape, lineEnd }: { dialect: TableDialect; shape: TableShape; lineEnd: string },
): OneRow | null {
  const goesOn = ({ sound, cells, next }: RecordReading): boolean =>
    sound && cells.length < shape.width && next < text.length && lineEndBefore(text, next) !== lineEnd;
  let part = readRecord(text, from, dialect);
  const cells = [...part.cells];
  for (let parts = 1; parts < PARTS_MAX && goesOn(part) && shape.effort.left > 0; parts++) {
    part = readRecord(text, part.next, dialect);
    shape.effort.left -= part.next - from;
    const [first = '', ...more] = part.cells;
    if (!part.sound || part.cells.length >= shape.width || cells.length + more.length > shape.width) return null;
    const open = cells.pop() ?? '';
    cells.push([open.trim(), first.trim()].filter((half) => half !== '').join(' '), ...more);
    if (cells.length === shape.width) return { cells, next: part.next, repaired: 'line end inside' };
  }
  return null;
}
