/** Scanned cells as strings, for headers, reports and the slow lane. */
import { toText, undoubled } from '../bytes/text.ts';
import type { RecordBatch } from './batch.ts';

/** One field, its doubled quotes undone. */
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
