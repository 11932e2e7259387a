/** Tells records and cells with nothing but white space. */
// biome-ignore-all lint/style/noNonNullAssertion: the batch bounds its records and fields
import { trimStart } from '../../../bytes/trim.ts';
import { PLAIN, type RecordBatch } from '../../../scan/batch.ts';

/** True for a blank line. It does not count as a record. */
export function isBlank(window: Uint8Array, batch: RecordBatch, record: number): boolean {
  const field = batch.firstField[record]!;
  if (batch.firstField[record + 1] !== field + 1) return false;
  return batch.fieldStyle[field] === PLAIN && !hasContent(window, batch, field, field + 1);
}

/** True if one of the fields `[from, to)` has more than white space. */
export function hasContent(window: Uint8Array, batch: RecordBatch, from: number, to: number): boolean {
  for (let field = from; field < to; field++) {
    const end = batch.fieldEnd[field]!;
    if (trimStart(window, batch.fieldStart[field]!, end) < end) return true;
  }
  return false;
}
