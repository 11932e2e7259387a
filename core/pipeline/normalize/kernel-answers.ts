/** Answers what the kernel asks in the middle of a row: the SKU map, filters, the zone, and validators, which see the row as always. */
// biome-ignore-all lint/style/noNonNullAssertion: words of state have fixed places, and cells are those of the columns
import { IS_ODD } from '../../bytes/signs/sku-signs.ts';
import { COLUMN } from '../../canonical.ts';
import {
  CELL_END,
  CELL_START,
  CELL_STYLE,
  LONG_SKU,
  MAPPED_SKU,
  MAPPED_SKU_MAX,
  N_COST,
  N_LEAD_TIME,
  N_MAP_PRICE,
  N_MSRP,
  N_PRICE,
  N_QUANTITY,
  N_UPDATED_AT,
  NOT_MAPPED,
  S_ROW_CONDITION,
  S_ROW_IS_MAPPED,
  S_ROW_LINE,
  S_ROW_NUMBER,
  S_ROW_SKU_END,
  S_ROW_SKU_KINDS,
  S_ROW_SKU_START,
} from '../../kernel/assembly/places.ts';
import type { Kernel, KernelCaller } from '../../kernel/kernel.ts';
import { QUOTED_DOUBLED, type RecordBatch } from '../../scan/batch.ts';
import type { NormalizeOptions } from './normalize-options.ts';

export class KernelAnswers implements KernelCaller {
  /** The batch whose records the kernel takes. */
  batch: RecordBatch | null = null;
  readonly #kernel: Kernel;
  readonly #options: NormalizeOptions;
  /** By column: addresses of the cell, and its style. */
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #styles: Uint8Array;

  /** From now on this object answers the kernel. */
  constructor(kernel: Kernel, options: NormalizeOptions) {
    const { buffer } = kernel.bytes;
    const columns = options.columns.index.length;
    this.#kernel = kernel;
    this.#options = options;
    this.#starts = new Uint32Array(buffer, CELL_START, columns);
    this.#ends = new Uint32Array(buffer, CELL_END, columns);
    this.#styles = new Uint8Array(buffer, CELL_STYLE, columns);
    kernel.caller = this;
  }

  utcOf(wall: number): number {
    return this.#options.naive === null ? wall : this.#options.naive(wall);
  }

  mapSku(from: number, to: number): number {
    const map = this.#options.skuMap;
    if (map === null) return NOT_MAPPED;
    const { bytes } = this.#kernel;
    const entry = map.find(bytes, from, to);
    if (entry < 0) return NOT_MAPPED;
    const start = map.valueStart(entry);
    const length = map.valueEnd(entry) - start;
    if (length > MAPPED_SKU_MAX) return LONG_SKU;
    const value = map.bytes;
    for (let i = 0; i < length; i++) bytes[MAPPED_SKU + i] = value[start + i]!;
    return length;
  }

  keepsRow(record: number): boolean {
    const { filters } = this.#options;
    return filters === null || this.batch === null || filters.keeps(this.#kernel.window, this.batch, record);
  }

  acceptRow(record: number): boolean {
    const { accept } = this.#options.checker;
    if (accept === null || this.batch === null) return true;
    this.#showCells(this.batch.quote);
    this.#showValues();
    return accept(this.batch, record);
  }

  /** Shows the row's cells as the normalizer does. */
  #showCells(quote: number): void {
    const { row } = this.#options;
    const { byteOffset } = this.#kernel.window;
    for (let column = 0; column < this.#starts.length; column++) {
      const from = this.#starts[column]!;
      row.start[column] = from === 0 ? 0 : from - byteOffset;
      row.end[column] = from === 0 ? 0 : this.#ends[column]! - byteOffset;
      row.doubled[column] = this.#styles[column] === QUOTED_DOUBLED ? quote : 0;
    }
  }

  #showValues(): void {
    const { row } = this.#options;
    const { state, numbers, bytes } = this.#kernel;
    row.rowNumber = state[S_ROW_NUMBER]!;
    row.line = state[S_ROW_LINE]!;
    row.sku = bytes;
    row.skuStart = state[S_ROW_SKU_START]!;
    row.skuEnd = state[S_ROW_SKU_END]!;
    row.mapped = state[S_ROW_IS_MAPPED] === 1;
    row.badSku = false;
    row.skuKinds = state[S_ROW_SKU_KINDS]! & IS_ODD;
    row.quantity = numbers[N_QUANTITY]!;
    row.noQuantity = row.start[COLUMN.quantity_available] === row.end[COLUMN.quantity_available];
    row.leadTime = numbers[N_LEAD_TIME]!;
    row.cost = numbers[N_COST]!;
    row.mapPrice = numbers[N_MAP_PRICE]!;
    row.price = numbers[N_PRICE]!;
    row.msrp = numbers[N_MSRP]!;
    row.condition = state[S_ROW_CONDITION]!;
    row.updatedAt = numbers[N_UPDATED_AT]!;
    row.badTime = false;
    row.rounded = 0;
    row.clearForms();
  }
}
