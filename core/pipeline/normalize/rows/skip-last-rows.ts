/**
 * Leaves out the last rows of a feed, such as a line of totals: it holds rows back and passes one on when enough rows
 * have come after it. Blank rows were removed before and do not count.
 */
import { RecordBatch } from '../../../scan/batch.ts';
import { copiedRows, type PassedRows } from './copied-rows.ts';

export class SkipLastRows {
  readonly #rows: number;
  #window: Uint8Array = new Uint8Array(0);
  #batch: RecordBatch;

  constructor(rows: number) {
    this.#rows = rows;
    this.#batch = new RecordBatch(rows);
  }

  /** Rows held back now. */
  get count(): number {
    return this.#batch.count;
  }

  /** The rows held back now, valid until the next call of `pass`. */
  get held(): { window: Uint8Array; batch: RecordBatch } {
    return { window: this.#window, batch: this.#batch };
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
    const kept = copiedRows([
      { window: this.#window, batch: held, from: passing, to: heldCount },
      { window, batch, from: cut, to: total },
    ]);
    this.#window = kept.window;
    this.#batch = kept.batch;
  }
}
