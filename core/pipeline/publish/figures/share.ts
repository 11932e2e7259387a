/** Exact comparisons of whole numbers with a share such as 0.2: no floating point decides whether a limit is exceeded. */
import type { Money } from '../../../money/money.ts';

export class Share {
  readonly #value: Money;
  /** NaN if the share has more digits than a number keeps. */
  readonly #units: number;
  readonly #one: number;

  constructor(value: Money) {
    this.#value = value;
    this.#units = value.units <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value.units) : Number.NaN;
    this.#one = value.scale <= 15 ? 10 ** value.scale : Number.NaN;
  }

  /** True if `part / whole` is more than the share; if `whole` is 0, any part is. Safe integers, 0 or more. */
  isExceeded(part: number, whole: number): boolean {
    const left = part * this.#one;
    const right = whole * this.#units;
    if (left <= Number.MAX_SAFE_INTEGER && right <= Number.MAX_SAFE_INTEGER) return left > right;
    return BigInt(part) * 10n ** BigInt(this.#value.scale) > BigInt(whole) * this.#value.units;
  }

  toString(): string {
    return this.#value.toString();
  }
}

/** A quotient of whole numbers. A denominator of 0 is more than any number. */
export interface Ratio {
  numerator: bigint;
  denominator: bigint;
}

export function compareRatios(a: Ratio, b: Ratio): number {
  if (a.denominator === 0n || b.denominator === 0n) return Number(a.denominator === 0n) - Number(b.denominator === 0n);
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** With at most four decimals, rounded half up, for people. */
export function ratioText({ numerator, denominator }: Ratio): string {
  if (denominator === 0n) return 'infinite';
  const units = (numerator * 20_000n + denominator) / (2n * denominator);
  const digits = units.toString().padStart(5, '0');
  return `${digits.slice(0, -4)}.${digits.slice(-4)}`.replace(/\.?0+$/, '');
}

export function shareText(part: number, whole: number): string {
  return ratioText({ numerator: BigInt(part), denominator: BigInt(whole) });
}
