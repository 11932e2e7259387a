/** The tests of one column's cells, as `expect` has them: exact, without a string for a number. */
import type { ExpectedCell } from '../../config/expect.ts';
import { isNumberColumn } from '../../config/expect-check.ts';
import { Money } from '../../money/money.ts';
import { printableCell } from '../../text/printable.ts';
import type { WrittenRow } from './written-rows.ts';

const MICROS_SCALE = 6;
/** Values of `in` that words name. */
const VALUES_SHOWN = 5;
const VALUE_CHARS = 60;

export class CellTest {
  readonly column: number;
  readonly #notEmpty: boolean | undefined;
  /** True if a cell with a value must be more than not empty. */
  readonly #hasLimits: boolean;
  readonly #comparesNumbers: boolean;
  readonly #min: Money | undefined;
  readonly #max: Money | undefined;
  readonly #minMicros: number;
  readonly #maxMicros: number;
  readonly #texts: ReadonlySet<string> | null;
  readonly #numbers: readonly Money[] | null;
  readonly #micros: ReadonlySet<number> | null;

  /** `tests.column` is one of `columns`. */
  constructor(
    { column, min, max, in: values, not_empty }: ExpectedCell & { column: string },
    columns: readonly string[],
  ) {
    this.column = columns.indexOf(column);
    this.#notEmpty = not_empty;
    this.#hasLimits = min !== undefined || max !== undefined || values !== undefined;
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
    if (!this.#comparesNumbers) return true;
    const micros = row.micros(column);
    if (micros < 0) return this.#isMetBy(row.money(column));
    return micros >= this.#minMicros && micros <= this.#maxMicros && this.#micros?.has(micros) !== false;
  }

  #isMetBy(money: Money | null): boolean {
    if (money === null) return false;
    if (this.#min !== undefined && money.compare(this.#min) < 0) return false;
    if (this.#max !== undefined && money.compare(this.#max) > 0) return false;
    return this.#numbers === null || this.#numbers.some((one) => one.equals(money));
  }
}

/** Whole micros at or next to an amount. Past 2^53 they are not exact; no cell that is read as micros is so great. */
function microsOf(money: Money, mode: 'up' | 'down'): number {
  const { units, scale } = money;
  if (scale <= MICROS_SCALE) return Number(units * 10n ** BigInt(MICROS_SCALE - scale));
  const divisor = 10n ** BigInt(scale - MICROS_SCALE);
  const quotient = units / divisor;
  if (quotient * divisor === units) return Number(quotient);
  // a quotient of bigints is cut off towards zero
  if (mode === 'up') return Number(units > 0n ? quotient + 1n : quotient);
  return Number(units > 0n ? quotient : quotient - 1n);
}

/** `price at least 1 and at most 5000`. */
export function testWords({ column, min, max, in: values, not_empty }: ExpectedCell & { column: string }): string {
  const words: string[] = [];
  if (not_empty !== undefined) words.push(not_empty ? 'not empty' : 'empty');
  if (min !== undefined) words.push(`at least ${min}`);
  if (max !== undefined) words.push(`at most ${max}`);
  if (values !== undefined) {
    const shown = values.slice(0, VALUES_SHOWN).map((value) => `"${printableCell(value, VALUE_CHARS)}"`);
    const more = values.length > VALUES_SHOWN ? `, … (${values.length} values)` : '';
    words.push(values.length === 1 ? `${shown[0]}` : `one of ${shown.join(', ')}${more}`);
  }
  return `${column} ${words.join(' and ')}`;
}
