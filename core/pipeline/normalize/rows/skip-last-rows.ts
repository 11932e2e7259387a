/**
 * Leaves out the last rows of a feed, such as a line of totals: it holds rows back, and lets a row pass once enough rows have
 * come after it. Blank lines and rows of empty cells are gone by then: they do not count.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the batch bounds its records and fields
import { RecordBatch } from '../../../scan/batch.ts';

/** Rows that passed: those of the batch from `first` to its count. */
export interface PassedRows {
  window: Uint8Array;
  batch: RecordBatch;
  first: number;
}

export class SkipLastRows {
  readonly #rows: number;
  #window = new Uint8Array(0);
  #batch: RecordBatch;

  constructor(rows: number) {
    this.#rows = rows;
    this.#batch = new RecordBatch(rows);
  }

  /** Rows held back now. */
  get count(): number {
    return this.#batch.count;
  }

  /** Takes the rows of a batch from `first` on; yields those that pass. A yielded batch is valid until the next call. */
  *pass(window: Uint8Array, batch: RecordBatch, first: number): Generator<PassedRows> {
    const total = batch.count;
    const held = this.#batch;
    const heldCount = held.count;
    const passing = Math.max(0, Math.min(heldCount, heldCount + total - first - this.#rows));
    const cut = Math.max(first, total - this.#rows);
    if (passing > 0) {
      held.count = passing;
      yield { window: this.#window, batch: held, first: 0 };
    }
    if (cut > first) {
      batch.count = cut;
      yield { window, batch, first };
    }
    this.#hold([
      { window: this.#window, batch: held, from: passing, to: heldCount },
      { window, batch, from: cut, to: total },
    ]);
  }

  #hold(parts: ReadonlyArray<{ window: Uint8Array; batch: RecordBatch; from: number; to: number }>): void {
    const bytes = parts.reduce((sum, { batch, from, to }) => sum + spanOf(batch, from, to), 0);
    const window = new Uint8Array(bytes);
    const records = parts.reduce((sum, { from, to }) => sum + to - from, 0);
    const into = new RecordBatch(Math.max(1, records));
    let used = 0;
    for (const part of parts) {
      into.quote = part.batch.quote;
      for (let record = part.from; record < part.to; record++) {
        used = copyRecord(part.window, part.batch, record, window, into, used);
      }
    }
    this.#window = window;
    this.#batch = into;
  }
}

/** Bytes of the fields of the records `[from, to)`. */
function spanOf(batch: RecordBatch, from: number, to: number): number {
  let bytes = 0;
  if (from >= to) return 0;
  for (let field = batch.firstField[from]!; field < batch.firstField[to]!; field++) {
    bytes += batch.fieldEnd[field]! - batch.fieldStart[field]!;
  }
  return bytes;
}

function copyRecord(
  window: Uint8Array,
  batch: RecordBatch,
  record: number,
  out: Uint8Array,
  into: RecordBatch,
  from: number,
): number {
  const firstField = into.fields;
  let used = from;
  for (let field = batch.firstField[record]!; field < batch.firstField[record + 1]!; field++) {
    const cell = window.subarray(batch.fieldStart[field]!, batch.fieldEnd[field]!);
    out.set(cell, used);
    into.addField(used, used + cell.length, batch.fieldStyle[field]!);
    used += cell.length;
  }
  into.addRecord(firstField, batch.line[record]!, batch.fault[record]!, batch.faultField[record]!);
  return used;
}
