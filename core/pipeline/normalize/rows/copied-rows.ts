/** Records that outlive their window: copies with only the bytes of their fields. */
// biome-ignore-all lint/style/noNonNullAssertion: the batch bounds its records and fields
import { RecordBatch } from '../../../scan/batch.ts';

/** The records `[from, to)` of a batch. */
export interface RecordRange {
  window: Uint8Array;
  batch: RecordBatch;
  from: number;
  to: number;
}

/** Rows for the next stage: those of the batch from `first` on. */
export interface PassedRows {
  window: Uint8Array;
  batch: RecordBatch;
  first: number;
}

export function copiedRows(parts: readonly RecordRange[]): { window: Uint8Array; batch: RecordBatch } {
  const window = new Uint8Array(parts.reduce((sum, part) => sum + spanOf(part), 0));
  const records = parts.reduce((sum, { from, to }) => sum + to - from, 0);
  const into = new RecordBatch(Math.max(1, records));
  const target = { window, batch: into, used: 0 };
  for (const { window: source, batch, from, to } of parts) {
    into.quote = batch.quote;
    for (let record = from; record < to; record++) copyRecord(source, batch, record, target);
  }
  return { window, batch: into };
}

/** Bytes of the fields. */
function spanOf({ batch, from, to }: RecordRange): number {
  let bytes = 0;
  for (let field = batch.firstField[from]!; field < batch.firstField[to]!; field++) {
    bytes += batch.fieldEnd[field]! - batch.fieldStart[field]!;
  }
  return bytes;
}

/** Where records are copied to, and how many bytes are used. One object serves all records. */
interface CopyTarget {
  readonly window: Uint8Array;
  readonly batch: RecordBatch;
  used: number;
}

function copyRecord(window: Uint8Array, batch: RecordBatch, record: number, target: CopyTarget): void {
  const into = target.batch;
  const firstField = into.fields;
  let { used } = target;
  for (let field = batch.firstField[record]!; field < batch.firstField[record + 1]!; field++) {
    const cell = window.subarray(batch.fieldStart[field]!, batch.fieldEnd[field]!);
    target.window.set(cell, used);
    into.addField(used, used + cell.length, batch.fieldStyle[field]!);
    used += cell.length;
  }
  into.addRecord(firstField, batch.line[record]!, batch.lineEnd[record]);
  into.setFault(batch.fault[record]!, batch.faultField[record]!);
  target.used = used;
}
