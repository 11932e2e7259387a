/** The values of a row as numbers, for rules and sums. */
import { EMPTY } from '../../../bytes/numbers.ts';
import { type CanonicalColumn, COLUMN } from '../../../canonical.ts';
import { assert } from '../../../errors.ts';
import type { CurrentRow } from '../current-row.ts';

/** A value that cannot be read. */
export const UNREADABLE = Number.NEGATIVE_INFINITY;

/** A whole number, micros, a position in `CONDITIONS` from 1, or seconds; NaN if empty, `UNREADABLE` if invalid. */
export function numberOf(row: CurrentRow, column: CanonicalColumn): number {
  if (row.codes[COLUMN[column]] !== 0) return UNREADABLE;
  switch (column) {
    case 'quantity_available':
      return known(row.quantity);
    case 'lead_time_days':
      return known(row.leadTime);
    case 'cost':
      return known(row.cost);
    case 'map_price':
      return known(row.mapPrice);
    case 'price':
      return known(row.price);
    case 'msrp':
      return known(row.msrp);
    case 'condition':
      return row.condition < 0 ? UNREADABLE : row.condition === 0 ? Number.NaN : row.condition;
    default:
      assert(column === 'updated_at', `${column} is no number`);
      return row.badTime ? UNREADABLE : row.updatedAt;
  }
}

function known(value: number): number {
  if (value === EMPTY) return Number.NaN;
  return value < 0 ? UNREADABLE : value;
}

/** Below this, a double holds the sum of two numbers exactly. */
const LOW_MAX = 2 ** 52;

/** Exact sums of columns over the rows of a feed. */
export class ValueSums {
  readonly #columns: readonly CanonicalColumn[];
  readonly #low: number[];
  readonly #high: bigint[];
  readonly #unread: number[];

  constructor(columns: readonly CanonicalColumn[]) {
    this.#columns = columns;
    this.#low = columns.map(() => 0);
    this.#high = columns.map(() => 0n);
    this.#unread = columns.map(() => 0);
  }

  add(row: CurrentRow): void {
    for (const [i, column] of this.#columns.entries()) {
      const value = numberOf(row, column);
      if (value === UNREADABLE) this.#skip(i);
      else if (!Number.isNaN(value)) this.#addValue(i, value);
    }
  }

  /** Counts a row whose cells cannot be trusted. */
  skip(): void {
    for (const i of this.#columns.keys()) this.#skip(i);
  }

  /** The sum (micros for money), and the number of rows that it lacks. */
  of(column: CanonicalColumn): { sum: bigint; unread: number } {
    const i = this.#columns.indexOf(column);
    return { sum: (this.#high[i] ?? 0n) + BigInt(this.#low[i] ?? 0), unread: this.#unread[i] ?? 0 };
  }

  #skip(i: number): void {
    this.#unread[i] = (this.#unread[i] ?? 0) + 1;
  }

  #addValue(i: number, value: number): void {
    const low = (this.#low[i] ?? 0) + value;
    this.#low[i] = low;
    if (low < LOW_MAX) return;
    this.#high[i] = (this.#high[i] ?? 0n) + BigInt(low);
    this.#low[i] = 0;
  }
}
