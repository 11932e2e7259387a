/** The tests of a column's cells that `expect` declares. Exact, and without a string for a number. */
import type { ExpectedCell } from '../../../config/expect.ts';
import { isNumberColumn } from '../../../config/expect-check.ts';
import { Money } from '../../../money/money.ts';
import { printableCell } from '../../../text/printable.ts';
import type { WrittenRow } from './written-rows.ts';

const MICROS_SCALE = 6;
/** The most values of `in` that a message lists. */
const VALUES_SHOWN = 5;
const VALUE_CHARS = 60;

export class CellTest {
  readonly column: number;
  readonly #notEmpty: boolean | undefined;
  /** True if it is not enough that the cell is not empty. */
  readonly #hasLimits: boolean;
  readonly #comparesNumbers: boolean;
  readonly #min: Money | undefined;
  readonly #max: Money | undefined;
  readonly #minMicros: number;
  readonly #maxMicros: number;
  readonly #texts: ReadonlySet<string> | null;
  readonly #numbers: readonly Money[] | null;
  readonly #micros: ReadonlySet<number> | null;
  /** Positions of the columns that the cell is compared with; below zero for none. */
  readonly #minColumn: number;
  readonly #maxColumn: number;

  /** `tests.column` must be one of `columns`. */
  constructor(
    { column, min, max, min_column, max_column, in: values, not_empty }: ExpectedCell & { column: string },
    columns: readonly string[],
  ) {
    this.#minColumn = min_column === undefined ? -1 : columns.indexOf(min_column);
    this.#maxColumn = max_column === undefined ? -1 : columns.indexOf(max_column);
    const comparesColumns = this.#minColumn >= 0 || this.#maxColumn >= 0;
    this.column = columns.indexOf(column);
    this.#notEmpty = not_empty;
    this.#hasLimits = min !== undefined || max !== undefined || values !== undefined || comparesColumns;
    const isNumber = isNumberColumn(column);
    this.#comparesNumbers = min !== undefined || max !== undefined || (isNumber && values !== undefined);
    this.#min = min;
    this.#max = max;
    this.#minMicros = min === undefined ? Number.NEGATIVE_INFINITY : microsOf(min, 'up');
    this.#maxMicros = max === undefined ? Number.POSITIVE_INFINITY : microsOf(max, 'down');
    this.#texts = values === undefined || isNumber ? null : new Set(values);
    this.#numbers = values === undefined || !isNumber ? null : values.map(Money.of);
    this.#micros =
      this.#numbers === null
        ? null
        : new Set(this.#numbers.filter((one) => one.scale <= MICROS_SCALE).map((one) => microsOf(one, 'up')));
  }

  /** `emptyPasses`: whether an empty cell meets `min`, `max` and `in`. */
  isMet(row: WrittenRow, emptyPasses: boolean): boolean {
    const { column } = this;
    if (row.isEmpty(column)) return this.#notEmpty !== true && (emptyPasses || !this.#hasLimits);
    if (this.#notEmpty === false) return false;
    if (this.#texts !== null && !this.#texts.has(row.text(column))) return false;
    if (this.#minColumn >= 0 && order(row, column, this.#minColumn) < 0) return false;
    if (this.#maxColumn >= 0 && order(row, this.#maxColumn, column) < 0) return false;
    if (!this.#comparesNumbers) return true;
    const micros = row.micros(column);
    if (micros < 0) return this.#isMetBy(row.money(column));
    return micros >= this.#minMicros && micros <= this.#maxMicros && this.#micros?.has(micros) !== false;
  }

  /** The other cells of the row with which this one is compared, such as `cost 12.00`; null if there are none. */
  compared(row: WrittenRow): string | null {
    const others = [this.#minColumn, this.#maxColumn].filter((one) => one >= 0 && !row.isEmpty(one));
    return others.length === 0 ? null : others.map((one) => `${row.columns[one]} ${row.text(one)}`).join(', ');
  }

  #isMetBy(money: Money | null): boolean {
    if (money === null) return false;
    if (this.#min !== undefined && money.compare(this.#min) < 0) return false;
    if (this.#max !== undefined && money.compare(this.#max) > 0) return false;
    return this.#numbers === null || this.#numbers.some((one) => one.equals(money));
  }
}

/**
 * Compares the numbers in two columns of a row: negative, zero or positive. Unreadable numbers count as less; empty
 * cells as equal.
 */
function order(row: WrittenRow, a: number, b: number): number {
  if (row.isEmpty(a) || row.isEmpty(b)) return 0;
  const [left, right] = [row.micros(a), row.micros(b)];
  if (left >= 0 && right >= 0) return left - right;
  const [exact, other] = [row.money(a), row.money(b)];
  return exact === null || other === null ? -1 : exact.compare(other);
}

/** An amount as whole micros, or the next whole one. Inexact past 2^53, where no readable cell is. */
function microsOf(money: Money, mode: 'up' | 'down'): number {
  const { units, scale } = money;
  if (scale <= MICROS_SCALE) return Number(units * 10n ** BigInt(MICROS_SCALE - scale));
  const divisor = 10n ** BigInt(scale - MICROS_SCALE);
  const quotient = units / divisor;
  if (quotient * divisor === units) return Number(quotient);
  // BigInt division rounds towards zero
  if (mode === 'up') return Number(units > 0n ? quotient + 1n : quotient);
  return Number(units > 0n ? quotient : quotient - 1n);
}

/** `price at least 1 and at most 5000`. */
export function testWords(test: ExpectedCell & { column: string }): string {
  const { column, min, max, min_column, max_column, in: values, not_empty } = test;
  const words: string[] = [];
  if (not_empty !== undefined) words.push(not_empty ? 'not empty' : 'empty');
  if (min !== undefined) words.push(`at least ${min}`);
  if (max !== undefined) words.push(`at most ${max}`);
  if (min_column !== undefined) words.push(`at least ${min_column}`);
  if (max_column !== undefined) words.push(`at most ${max_column}`);
  if (values !== undefined) {
    const shown = values.slice(0, VALUES_SHOWN).map((value) => `"${printableCell(value, VALUE_CHARS)}"`);
    const more = values.length > VALUES_SHOWN ? `, … (${values.length} values)` : '';
    words.push(values.length === 1 ? `${shown[0]}` : `one of ${shown.join(', ')}${more}`);
  }
  return `${column} ${words.join(' and ')}`;
}
