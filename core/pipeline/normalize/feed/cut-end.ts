/**
 * Finds a last row that was cut off inside its last cell. Such a file has no final line end, and its last cell either
 * ends in a decimal mark (`119.` of `119.50`), or lacks what all other cells of the column have: decimals (`119` or
 * `119.5` among amounts with two decimals) or the end of a date, or it alone is empty. Without such a sign it reports
 * nothing: many sound files have no final line end.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the batch bounds its records and fields
import { toText } from '../../../bytes/text.ts';
import { trimEnd, trimStart } from '../../../bytes/trim.ts';
import { NO_END, PLAIN, type RecordBatch, WELL_FORMED } from '../../../scan/batch.ts';

export interface CutCell {
  line: number;
  cell: string;
  /** Cells of the row. */
  fields: number;
  /** True if the cell ends in a decimal mark; false if it is shorter than the others. */
  endsInMark: boolean;
}

/** A longer cell is no amount and no date. */
const CELL_BYTES_MAX = 40;
/** Rows at the start and at the end of the file that the last cell is compared with. */
const ROWS_COMPARED = 50;
/** At least so many cells must agree. */
const ALIKE_MIN = 3;
/** So many cells must be filled for an empty one to be odd. */
const FILLED_MIN = 10;
const BEFORE_MARK = /^[-+]?\d[\d.,' ]*$/;

export class CutEnd {
  /** The last cell read so far, if it looks cut off. */
  found: CutCell | null = null;
  #lastHasMark = false;
  /** The last cells of the first rows. */
  #first: string[] | null = null;

  /** Looks at the end of a batch, and at the start of the first one. */
  note(window: Uint8Array, batch: RecordBatch): void {
    if (batch.count === 0) return;
    const last = batch.count - 1;
    const isUsual = last === 0 ? this.#lastHasMark : endsInMark(lastCell(window, batch, last - 1));
    const cell = lastCell(window, batch, last);
    this.#lastHasMark = endsInMark(cell);
    const others = this.#first ?? [];
    this.#first ??= lastCells(window, batch, 0, Math.min(last, ROWS_COMPARED));
    this.found = null;
    if (cell === null || batch.lineEnd[last] !== NO_END) return;
    const place = { line: batch.line[last]!, cell, fields: batch.firstField[last + 1]! - batch.firstField[last]! };
    if (this.#lastHasMark) {
      if (!isUsual) this.found = { ...place, endsInMark: true };
      return;
    }
    const near = lastCells(window, batch, Math.max(0, last - ROWS_COMPARED), last);
    if (cell === '' ? isOnlyEmpty([...others, ...near]) : isShorter(cell, [...others, ...near]))
      this.found = { ...place, endsInMark: false };
  }
}

/** The last cells of the records in `[from, to)`; null for cells in quotes and for long ones. */
function lastCells(window: Uint8Array, batch: RecordBatch, from: number, to: number): string[] {
  const cells: string[] = [];
  for (let record = from; record < to; record++) cells.push(lastCell(window, batch, record) ?? '"');
  return cells;
}

/** The record's last cell, trimmed; null if it is in quotes, or too long. */
function lastCell(window: Uint8Array, batch: RecordBatch, record: number): string | null {
  const field = batch.firstField[record + 1]! - 1;
  if (batch.fault[record] !== WELL_FORMED || batch.fieldStyle[field] !== PLAIN) return null;
  const to = trimEnd(window, batch.fieldStart[field]!, batch.fieldEnd[field]!);
  const from = trimStart(window, batch.fieldStart[field]!, to);
  return to - from > CELL_BYTES_MAX ? null : toText(window, from, to);
}

/** The header is one of the others. */
function isOnlyEmpty(others: readonly string[]): boolean {
  return others.length > FILLED_MIN && !others.includes('');
}

function endsInMark(cell: string | null): boolean {
  return cell !== null && /\d[.,]$/.test(cell) && BEFORE_MARK.test(cell);
}

/** True if the cell is only the beginning of a cell like the others that have digits. */
function isShorter(cell: string, others: readonly string[]): boolean {
  // cells of titles and headers have no digits
  const numbered = others.filter((other) => /^[^\p{L}]*\d/u.test(other));
  const isQuoted = others.includes('"');
  if (isQuoted || numbered.length < ALIKE_MIN || !/^\D?\d/.test(cell)) return false;
  return lacksDecimals(cell, numbered) || lacksEndOfDate(cell, numbered);
}

function lacksDecimals(cell: string, others: readonly string[]): boolean {
  const tails = new Set(others.map(tailOf));
  const [tail = ''] = tails;
  const own = tailOf(cell);
  if (tails.size !== 1 || tail === null || tail === '' || own === null) return false;
  // three digits may be thousands; a smaller number has no mark
  const isCut = own !== tail && tail.startsWith(own);
  return isCut && (own !== '' || !/^[.,]999(?!9)/.test(tail));
}

const AMOUNT = /^\D{0,5}\d[\d.,' \u00a0\u202f]*\D{0,5}$/;
const TAIL = /(?:[.,]\d+)?\D{0,5}$/;

/**
 * The last decimal mark with its digits written as nines, and the text after them; empty for a whole number, null if it
 * is no amount.
 */
function tailOf(cell: string): string | null {
  return AMOUNT.test(cell) ? (TAIL.exec(cell)?.[0] ?? '').replace(/\d/g, '9') : null;
}

const DATE = /^(?:\d{4}-\d\d-\d\d|\d\d[./]\d\d[./]\d{4})(?:[T ][\d:.,]+(?:Z|[+-]\d\d(?::?\d\d)?)?)?$/;

function lacksEndOfDate(cell: string, others: readonly string[]): boolean {
  const shapes = new Set(others.map((other) => (DATE.test(other) ? other.replace(/\d/g, '9') : '')));
  const [shape = ''] = shapes;
  const own = cell.replace(/\d/g, '9');
  return shapes.size === 1 && shape !== '' && own !== shape && shape.startsWith(own);
}
