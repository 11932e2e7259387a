/**
 * Numbers that a column's value is multiplied with or divided by, such as a gross price by 1.19, packs by their size,
 * or a price by its number of pieces. Exact: the value becomes a ratio of integers and is rounded once.
 */
import { readMoneySlowly } from '../../../bytes/numbers.ts';
import type { ColumnKind } from '../../../canonical.ts';
import { assert } from '../../../errors.ts';
import type { Factor } from '../../../layout.ts';
import { divideHalfEven, Money } from '../../../money/money.ts';
import type { Cell } from './cell.ts';
import { CellReader, READ } from './cell-reader.ts';

/** A value that a factor made invalid. */
export const BAD_FACTOR = -10;

export interface CompiledFactor {
  divides: boolean;
  /** The feed's field; -1 for a constant. */
  field: number;
  /** The constant as `units / 10^scale`. */
  constant: FactorParts;
  reader: CellReader;
}

interface FactorParts {
  units: number;
  scale: number;
}

export function compileFactor({ divides, by }: Factor, field: number): CompiledFactor {
  const reader = new CellReader('form' in by ? by.form : {}, 'money');
  const constant = 'decimal' in by ? ratioOf(by.decimal) : { units: 0, scale: 0 };
  return { divides, field, constant, reader };
}

function ratioOf(decimal: string): FactorParts {
  const money = Money.of(decimal);
  const units = Number(money.units);
  assert(units > 0 && Number.isSafeInteger(units), `a factor of a layout is not above zero: ${decimal}`);
  return { units, scale: money.scale };
}

/** A factor's cell as a ratio of millionths; null if it is not a number above zero. */
export function readFactor(factor: CompiledFactor, cell: Cell): FactorParts | null {
  if (factor.reader.read(cell) !== READ || cell.isFormula || cell.isEmpty) return null;
  const { micros } = readMoneySlowly(cell.text());
  return micros > 0 ? { units: micros, scale: 6 } : null;
}

/** `value` times or divided by the factor: an amount in micros rounded half to even; a quantity must be whole. */
export function applyFactor(value: number, ratio: FactorParts, divides: boolean, kind: ColumnKind): number {
  const { units, scale } = ratio;
  const power = 10 ** scale;
  const above = divides ? power : units;
  const below = divides ? units : power;
  const product = value * above;
  // a power of ten past 2^53 is more than twice any product that fits a number
  if (!Number.isSafeInteger(product)) return applyExactly(value, ratio, divides, kind);
  if (kind === 'integer') return product % below === 0 ? product / below : BAD_FACTOR;
  return divideHalfEven(product, below);
}

function applyExactly(value: number, { units, scale }: FactorParts, divides: boolean, kind: ColumnKind): number {
  const power = 10n ** BigInt(scale);
  const product = BigInt(value) * (divides ? power : BigInt(units));
  const below = divides ? BigInt(units) : power;
  let quotient = product / below;
  const rest = (product - quotient * below) * 2n;
  if (kind === 'integer' && rest !== 0n) return BAD_FACTOR;
  if (rest > below || (rest === below && quotient % 2n === 1n)) quotient++;
  return Number(quotient);
}
