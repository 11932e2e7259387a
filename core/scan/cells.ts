/** Scanned cells as strings, for headers, reports and row hooks. The fast path never makes one. */

// biome-ignore-all lint/style/noNonNullAssertion: records and fields are below the batch's counts
import { toText, undoubled } from '../bytes/text.ts';
import { CR_END, CRLF_END, type RecordBatch } from './batch.ts';

/** One field, with doubled quotes read as one. */
export function cellText(window: Uint8Array, batch: RecordBatch, field: number): string {
  return undoubled(toText(window, batch.fieldStart[field]!, batch.fieldEnd[field]!), batch.doubledIn(field));
}

/** All fields of a record. */
export function recordCells(window: Uint8Array, batch: RecordBatch, record: number): string[] {
  const cells: string[] = [];
  for (let field = batch.firstField[record]!; field < batch.firstField[record + 1]!; field++) {
    cells.push(cellText(window, batch, field));
  }
  return cells;
}

/** A kind of line end as it is written. */
export function lineEndText(lineEnd: number): string {
  if (lineEnd === CRLF_END) return '\r\n';
  return lineEnd === CR_END ? '\r' : '\n';
}
