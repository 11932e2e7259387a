/** Runs a layout's `row(cells)` over the scanned records that its filters keep, for quirks that a table cannot say. */
import { toBytes } from '../bytes/text.ts';
import type { Layout } from '../plugin.ts';
import { LEFT_OUT, PLAIN, RecordBatch, SOUND } from '../scan/batch.ts';
import { recordCells } from '../scan/cells.ts';
import type { RowFilters } from './row-filter.ts';

export class RowHook {
  /** Rows that the filters or the hook left out. */
  skipped = 0;
  readonly #row: NonNullable<Layout['row']>;
  readonly #header: readonly string[];
  readonly #filters: RowFilters | null;
  #batch = new RecordBatch();
  #bytes = new Uint8Array(64 * 1024);
  #used = 0;

  constructor(row: NonNullable<Layout['row']>, header: readonly string[], filters: RowFilters | null) {
    this.#row = row;
    this.#header = header;
    this.#filters = filters;
  }

  /** The records from `from` on as the hook leaves them, with the bytes they lie in. Faulty records stay as they are. */
  apply(window: Uint8Array, batch: RecordBatch, from: number): [Uint8Array, RecordBatch] {
    if (this.#batch.recordsMax < batch.recordsMax) this.#batch = new RecordBatch(batch.recordsMax);
    this.#batch.clear();
    this.#used = 0;
    for (let record = from; record < batch.count; record++) {
      const changed = this.#changed(window, batch, record);
      if (changed === null) {
        this.skipped++;
        this.#batch.addRecord(this.#batch.fields, batch.line[record]!, LEFT_OUT, 0);
      } else this.#add(changed, batch.line[record]!, batch.fault[record]!, batch.faultField[record]!);
    }
    return [this.#bytes, this.#batch];
  }

  #changed(window: Uint8Array, batch: RecordBatch, record: number): readonly string[] | null {
    if (batch.fault[record] !== SOUND) return recordCells(window, batch, record);
    if (this.#filters !== null && !this.#filters.keeps(window, batch, record)) return null;
    return this.#row(recordCells(window, batch, record), this.#header);
  }

  #add(cells: readonly string[], line: number, fault: number, faultField: number): void {
    const firstField = this.#batch.fields;
    for (const cell of cells) {
      const bytes = toBytes(cell);
      if (this.#used + bytes.length > this.#bytes.length) {
        const larger = new Uint8Array((this.#used + bytes.length) * 2);
        larger.set(this.#bytes);
        this.#bytes = larger;
      }
      this.#bytes.set(bytes, this.#used);
      this.#batch.addField(this.#used, this.#used + bytes.length, PLAIN);
      this.#used += bytes.length;
    }
    this.#batch.addRecord(firstField, line, fault, faultField);
  }
}
