/** Drops records with nothing but white space from a batch: blank lines, and rows whose cells are all empty. */
// biome-ignore-all lint/style/noNonNullAssertion: the batch bounds its records and fields
import { trimStart } from '../../../bytes/trim.ts';
import { PLAIN, type RecordBatch, WELL_FORMED } from '../../../scan/batch.ts';

/**
 * Removes blank lines and rows of empty cells from the batch, so that later stages see only records. Returns how many
 * had several cells, or a quoted one; the others are blank lines. `note` gets the lines of the former.
 *
 * Called for every batch. A record that starts with a visible ASCII character costs two comparisons.
 */
export function dropBlankRows(
  window: Uint8Array,
  batch: RecordBatch,
  note: ((line: number) => void) | null = null,
): number {
  let emptyRows = 0;
  let to = 0;
  for (let record = 0; record < batch.count; record++) {
    const first = batch.firstField[record]!;
    const start = batch.fieldStart[first]!;
    const sign = start < batch.fieldEnd[first]! ? window[start]! : 0;
    if ((sign <= 32 || sign >= 0x80) && isEmptyRow(window, batch, record)) {
      if (!isBlankRecord(window, batch, record)) {
        emptyRows++;
        note?.(batch.line[record]!);
      }
    } else {
      if (to < record) batch.moveRecord(record, to);
      to++;
    }
  }
  if (to < batch.count) batch.cutTo(to);
  return emptyRows;
}

/** True for a line of white space alone: one field, not quoted. */
export function isBlankRecord(window: Uint8Array, batch: RecordBatch, record: number): boolean {
  const field = batch.firstField[record]!;
  if (batch.firstField[record + 1] !== field + 1) return false;
  return batch.fieldStyle[field] === PLAIN && !hasContent(window, batch, field, field + 1);
}

function isEmptyRow(window: Uint8Array, batch: RecordBatch, record: number): boolean {
  if (batch.fault[record] !== WELL_FORMED) return false;
  return !hasContent(window, batch, batch.firstField[record]!, batch.firstField[record + 1]!);
}

/** True if one of the fields `[from, to)` has more than white space. */
export function hasContent(window: Uint8Array, batch: RecordBatch, from: number, to: number): boolean {
  for (let field = from; field < to; field++) {
    const end = batch.fieldEnd[field]!;
    if (trimStart(window, batch.fieldStart[field]!, end) < end) return true;
  }
  return false;
}
