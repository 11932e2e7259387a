/**
 * Rows of a layout with composed columns, for the kernel: their values are read here ahead of it, and the kernel does the rest. A record
 * with a value that is invalid, or that must be reported or looked at in any way, ends what is prepared: the normalizer reads it.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the batch bounds its records
import { COLUMN, COLUMN_COUNT } from '../../canonical.ts';
import { VALUES_PER_RECORD } from '../../kernel/assembly/places.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { FILTERED_OUT, type RecordBatch, WELL_FORMED } from '../../scan/batch.ts';
import type { ComposedCells } from './cells/composed-cells.ts';
import { type CurrentRow, THREE_CLEAR, THREE_DOUBTFUL } from './current-row.ts';
import type { NormalizeOptions } from './normalize-options.ts';

export class PreparedRows {
  readonly #options: NormalizeOptions;
  readonly #composed: ComposedCells;
  readonly #values: Float64Array;
  readonly #window: Uint8Array;
  readonly #joinsBySku: boolean;
  #to = 0;

  constructor(kernel: Kernel, options: NormalizeOptions, composed: ComposedCells) {
    this.#options = options;
    this.#composed = composed;
    this.#values = kernel.values;
    this.#window = kernel.window;
    this.#joinsBySku = composed.joinsBySku;
  }

  /** A bit for each column whose values are prepared. */
  get columns(): number {
    return this.#options.columns.cells.reduce((bits, { position }) => bits | (1 << position), 0);
  }

  /** Call it for a batch before its records. */
  begin(): void {
    this.#to = 0;
  }

  /** The first record from `from` on that is not prepared. */
  endFrom(batch: RecordBatch, from: number): number {
    if (from < this.#to) return this.#to;
    let record = from;
    while (record < batch.count && this.#prepare(batch, record)) record++;
    this.#to = record;
    return record;
  }

  /** Shows the record in the row as the normalizer does: cells of all columns, and composed values. */
  show(batch: RecordBatch, record: number): void {
    const { row, columns } = this.#options;
    row.line = batch.line[record]!;
    row.locate(batch, record, columns.index);
    this.#composed.locate(row, batch, record);
    this.#composed.values(row);
  }

  #prepare(batch: RecordBatch, record: number): boolean {
    const { row, filters, columns } = this.#options;
    if (batch.fault[record] === FILTERED_OUT) return true;
    if (batch.fault[record] !== WELL_FORMED) return false;
    // the kernel asks again, and leaves it out
    if (filters !== null && !filters.keeps(this.#window, batch, record)) return true;
    row.rounded = 0;
    row.clearForms();
    if (this.#joinsBySku) row.locate(batch, record, columns.index);
    const offset = record * VALUES_PER_RECORD - COLUMN.quantity_available;
    if (!this.#composed.locate(row, batch, record)) return false;
    if (!this.#composed.valuesInto(row, this.#values, offset)) return false;
    const clear = row.hasForms ? clearBits(row) : 0;
    this.#values[offset + COLUMN.brand] = clear;
    return clear >= 0 && row.rounded === 0 && !row.otherTime;
  }
}

/** A bit for each column whose number has three decimals that cannot be thousands; -1 if some may be. */
function clearBits({ forms }: CurrentRow): number {
  let bits = 0;
  for (let position = 0; position < COLUMN_COUNT; position++) {
    if (forms[position] === THREE_DOUBTFUL) return -1;
    if (forms[position] === THREE_CLEAR) bits |= 1 << position;
  }
  return bits;
}
