/**
 * Finds a last row that was cut inside its last cell: the file has no line end there, and the cell ends in a decimal mark, as
 * in `119.` of `119.50`. Nothing is said if the row before ends like that too: some writers write whole numbers so. A cut
 * that leaves another whole number, such as `119.5` or `11`, cannot be told from a file without a final line end.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the batch bounds its records and fields
import { toText } from '../../bytes/text.ts';
import { trimEnd, trimStart } from '../../bytes/trim.ts';
import { NO_END, PLAIN, type RecordBatch, WELL_FORMED } from '../../scan/batch.ts';

export interface CutCell {
  line: number;
  cell: string;
  /** Cells of the row. */
  fields: number;
}

/** A longer cell is no amount. */
const AMOUNT_BYTES_MAX = 40;
const BEFORE_MARK = /^[-+]?\d[\d.,' ]*$/;

export class CutEnd {
  /** The last cell of the batches so far, if it looks cut. */
  found: CutCell | null = null;
  #lastHasMark = false;

  /** Looks at the end of a batch only. */
  note(window: Uint8Array, batch: RecordBatch): void {
    if (batch.count === 0) return;
    const last = batch.count - 1;
    const isUsual = last === 0 ? this.#lastHasMark : cellBeforeMark(window, batch, last - 1) !== null;
    const cell = cellBeforeMark(window, batch, last);
    this.#lastHasMark = cell !== null;
    const isCut = cell !== null && !isUsual && batch.lineEnd[last] === NO_END;
    const fields = batch.firstField[last + 1]! - batch.firstField[last]!;
    this.found = isCut ? { line: batch.line[last]!, cell, fields } : null;
  }
}

/** The record's last cell if it is an amount that ends in a decimal mark; else null. */
function cellBeforeMark(window: Uint8Array, batch: RecordBatch, record: number): string | null {
  const field = batch.firstField[record + 1]! - 1;
  if (batch.fault[record] !== WELL_FORMED || batch.fieldStyle[field] !== PLAIN) return null;
  const to = trimEnd(window, batch.fieldStart[field]!, batch.fieldEnd[field]!);
  const from = trimStart(window, batch.fieldStart[field]!, to);
  if (to - from < 2 || to - from > AMOUNT_BYTES_MAX || !isMark(window[to - 1]) || !isDigit(window[to - 2])) return null;
  const text = toText(window, from, to);
  return BEFORE_MARK.test(text) ? text : null;
}

function isMark(byte: number | undefined): boolean {
  return byte === 44 || byte === 46;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}
