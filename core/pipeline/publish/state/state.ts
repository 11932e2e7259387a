/**
 * `outputs/publish_state.csv`: what the next run must know about this one beyond the feed. It has one row for each SKU
 * that was offered or published, sorted by SKU: the vendors that offered it when it last had a winner, and whether it
 * is held, new and held, kept or zeroed.
 */
// biome-ignore-all lint/style/noNonNullAssertion: fields are those of the current row
import type { MoneyDecimals } from '../../../money/currencies.ts';
import { NONE, unitsOfText } from '../tables/cells.ts';
import type { LineBuffer } from '../tables/line-buffer.ts';
import type { SortedRows } from '../tables/sorted-rows.ts';

export const STATE_COLUMNS = ['sku', 'vendors', 'state', 'runs', 'candidate_price', 'earlier_decision'] as const;

/**
 * `held`: goes out with its published price. `new`: held, and does not go out. `kept`, `zeroed`: goes out though the
 * run lacks it.
 */
export const SKU_STATES = ['held', 'new', 'kept', 'zeroed'] as const;
export type SkuState = '' | (typeof SKU_STATES)[number];

export interface StateRow {
  state: SkuState;
  /** Published runs in a row in this state. */
  runs: number;
  /** For a held SKU, the price that it would have had; else `NONE`. */
  candidatePrice: number;
  /**
   * For a held SKU, the `id` of a decision that was there before the price began to wait; else empty. That decision is about an
   * earlier hold.
   */
  earlierDecision: string;
}

export const NO_STATE: StateRow = { state: '', runs: 0, candidatePrice: NONE, earlierDecision: '' };

/** Reads the state of the rows' current SKU. */
export class StateReader {
  readonly #rows: SortedRows;
  readonly #decimals: MoneyDecimals;
  readonly #at: Readonly<Record<(typeof STATE_COLUMNS)[number], number>>;

  constructor(rows: SortedRows, decimals: MoneyDecimals) {
    this.#rows = rows;
    this.#decimals = decimals;
    this.#at = Object.fromEntries(STATE_COLUMNS.map((column) => [column, rows.indexOf(column)])) as never;
  }

  row(): StateRow {
    const { state, runs, candidate_price, earlier_decision } = this.#at;
    const rows = this.#rows;
    const { fieldStart, fieldEnd } = rows.batch;
    const field = rows.first + state;
    if (state < 0 || fieldStart[field] === fieldEnd[field]) return NO_STATE;
    return {
      state: rows.text(state) as SkuState,
      runs: Number(rows.text(runs)) || 0,
      candidatePrice: unitsOfText(rows.text(candidate_price), this.#decimals),
      earlierDecision: rows.text(earlier_decision),
    };
  }

  /** True if the vendors are exactly these bytes. */
  vendorsAre(bytes: Uint8Array, length: number): boolean {
    const field = this.#rows.first + this.#at.vendors;
    const { window, batch } = this.#rows;
    const start = batch.fieldStart[field]!;
    if (batch.fieldEnd[field]! - start !== length) return false;
    for (let i = 0; i < length; i++) if (window[start + i] !== bytes[i]) return false;
    return true;
  }

  /** True if the table has the columns that `publish_state.csv` has today, and no others. */
  get isOrdinary(): boolean {
    const { columns } = this.#rows;
    return columns.length === STATE_COLUMNS.length && STATE_COLUMNS.every((column, i) => column === columns[i]);
  }

  vendors(): string[] {
    const text = this.#rows.text(this.#at.vendors);
    return text === '' ? [] : text.split(' ');
  }

  writeVendors(out: LineBuffer): void {
    if (this.#at.vendors >= 0) this.#rows.writeCell(out, this.#at.vendors);
  }
}
