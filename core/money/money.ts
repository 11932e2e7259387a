/**
 * Exact money: a decimal number `units / 10^scale`, immutable.
 *
 * `units` is a JavaScript integer while every intermediate result is below 2^53, and a BigInt beyond that: ordinary
 * prices need no BigInt, and huge ones stay exact. A number that may not be exact is NaN or no safe integer, and then
 * BigInts are used: both ways have the same result. Only `roundTo`, `toUnits` and `toCents` round.
 *
 * Plugins use this class. It throws for whatever is not Money or a decimal: failing is better than a wrong price that
 * nobody notices.
 */

// biome-ignore-all lint/style/noNonNullAssertion: past its end POW10 makes NaN, which leads to BigInts
export type RoundingMode = 'nearest' | 'up' | 'down';

const POW10 = Array.from({ length: 16 }, (_, i) => 10 ** i);

/** A limit, because the work of BigInt grows with the square of the digits. Zeros at either end do not count. */
export const MONEY_DIGITS_MAX = 1_000;

/** Decimals of the unit that feeds are read in: 1 micro = 0.000001 of the currency. */
export const MICRO_SCALE = 6;

export class Money {
  /** NaN if they are in `#big`. */
  readonly #units: number;
  readonly #scale: number;
  /** The units if they are no safe integer, else null. */
  readonly #big: bigint | null;

  private constructor(units: number, scale: number, big: bigint | null) {
    this.#units = units;
    this.#scale = scale;
    this.#big = big;
  }

  /** From an integer number of micros, as the engine reads them from a feed. Throws for a fraction. */
  static ofMicros(micros: number): Money {
    if (!Number.isSafeInteger(micros)) throw new TypeError(`not a whole number of micros: ${valueName(micros)}`);
    return new Money(micros, MICRO_SCALE, null);
  }

  /** The value `units / 10^scale`. */
  static ofUnits(units: bigint, scale: number): Money {
    if (typeof units !== 'bigint') throw new TypeError(`units must be a bigint, not ${valueName(units)}`);
    if (!Number.isInteger(scale) || scale < 0)
      throw new TypeError(`a scale is a whole number of 0 or more, not ${valueName(scale)}`);
    const number = asNumber(units);
    return typeof number === 'number' ? new Money(number, scale, null) : new Money(Number.NaN, scale, number);
  }

  /**
   * Reads a plain decimal such as `12`, `-0.5`, `.5`, `7.` or `1e-7`; null for anything else, and for more than
   * `MONEY_DIGITS_MAX` digits without the zeros around them.
   */
  static parse(text: string): Money | null {
    const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
    if (match === null) return null;
    const [, sign, whole = '', fraction = '', exponent = '0'] = match;
    if (whole === '' && fraction === '') return null;
    const all = whole + fraction;
    const from = startZeros(all);
    if (from === all.length) return new Money(0, 0, null);
    const to = withoutEndZeros(all).length;
    if (to - from > MONEY_DIGITS_MAX) return null;
    let units = BigInt(all.slice(from, to));
    let scale = fraction.length - Number(exponent) - (all.length - to);
    if (scale < -MONEY_DIGITS_MAX || scale > MONEY_DIGITS_MAX) return null;
    if (scale < 0) {
      units *= 10n ** BigInt(-scale);
      scale = 0;
    }
    return Money.ofUnits(sign === '-' ? -units : units, scale);
  }

  /** Like `parse`, but throws if the text is not a decimal. */
  static of(text: string | number): Money {
    const isText = typeof text === 'string' || typeof text === 'number';
    const money = isText ? Money.parse(String(text)) : null;
    if (money === null) throw new TypeError(`not a plain decimal such as "12.5": ${valueName(text)}`);
    return money;
  }

  get scale(): number {
    return this.#scale;
  }

  /** The value's numerator over `10^scale`. */
  get units(): bigint {
    return this.#big ?? BigInt(this.#units);
  }

  add(other: Money): Money {
    if (!isMoney(other)) throw notMoney('add', other);
    const scale = Math.max(this.#scale, other.#scale);
    const sum = this.#at(scale) + other.#at(scale);
    if (Number.isSafeInteger(sum)) return new Money(sum, scale, null);
    return Money.ofUnits(this.#bigAt(scale) + other.#bigAt(scale), scale);
  }

  sub(other: Money): Money {
    if (!isMoney(other)) throw notMoney('sub', other);
    const scale = Math.max(this.#scale, other.#scale);
    const difference = this.#at(scale) - other.#at(scale);
    if (Number.isSafeInteger(difference)) return new Money(difference, scale, null);
    return Money.ofUnits(this.#bigAt(scale) - other.#bigAt(scale), scale);
  }

  mul(other: Money): Money {
    if (!isMoney(other)) throw notMoney('mul', other);
    const scale = this.#scale + other.#scale;
    const product = this.#units * other.#units;
    if (Number.isSafeInteger(product)) return new Money(product, scale, null);
    return Money.ofUnits(this.units * other.units, scale);
  }

  /** So many percent of this amount: `price.percent(Money.of('12.5'))` is an eighth of the price. */
  percent(percent: Money): Money {
    if (!isMoney(percent)) throw notMoney('percent', percent);
    return this.mul(percent).mul(HUNDREDTH);
  }

  /** Negative, zero or positive if this is less than, equal to or greater than `other`. */
  compare(other: Money): number {
    if (!isMoney(other)) throw notMoney('compare', other);
    const scale = Math.max(this.#scale, other.#scale);
    const a = this.#at(scale);
    const b = other.#at(scale);
    if (!Number.isNaN(a - b)) return a < b ? -1 : a > b ? 1 : 0;
    const x = this.#bigAt(scale);
    const y = other.#bigAt(scale);
    return x < y ? -1 : x > y ? 1 : 0;
  }

  equals(other: Money): boolean {
    return this.compare(other) === 0;
  }

  /** The greater of the two; this one if they are equal. */
  max(other: Money): Money {
    return this.compare(other) >= 0 ? this : other;
  }

  /** The lesser of the two; this one if they are equal. */
  min(other: Money): Money {
    return this.compare(other) <= 0 ? this : other;
  }

  isNegative(): boolean {
    return (this.#big ?? this.#units) < 0;
  }

  /**
   * Rounds to a multiple of `increment` (> 0), plus `offset`: with 1 and -0.01 to an amount that ends in .99. `nearest`
   * rounds halves up; `up` never lowers the amount, and `down` never raises it.
   */
  roundTo(increment: Money, mode: RoundingMode, offset: Money | null = null): Money {
    if (!isMoney(increment)) throw notMoney('roundTo', increment);
    if (mode !== 'nearest' && mode !== 'up' && mode !== 'down')
      throw new TypeError(`roundTo() takes "nearest", "up" or "down", not ${valueName(mode)}`);
    if (offset !== null) return this.sub(offset).roundTo(increment, mode).add(offset);
    const scale = Math.max(this.#scale, increment.#scale);
    const value = this.#at(scale);
    const step = increment.#at(scale);
    if (value >= 0 && step > 0) {
      let count = Math.floor(value / step);
      const rest = value - count * step;
      if (mode === 'up' ? rest > 0 : mode === 'nearest' && rest * 2 >= step) count++;
      const units = count * increment.#units;
      if (Number.isSafeInteger(units)) return new Money(units, increment.#scale, null);
    }
    return this.#roundBig(increment, mode, scale);
  }

  #roundBig(increment: Money, mode: RoundingMode, scale: number): Money {
    const step = increment.#bigAt(scale);
    if (step <= 0n) throw new RangeError(`roundTo() takes an increment above 0, not ${increment}`);
    let [count, rest] = floorDivide(this.#bigAt(scale), step);
    if (mode === 'up' ? rest > 0n : mode === 'nearest' && rest * 2n >= step) count++;
    return Money.ofUnits(count * increment.units, increment.#scale);
  }

  /**
   * The amount in units of `10^-decimals`, rounded half to even: cents for 2 decimals, as output is written. A BigInt if it
   * is no safe integer. `decimals`: 0 to 6.
   */
  toUnits(decimals: number): number | bigint {
    if (this.#units >= 0) {
      const units =
        this.#scale <= decimals ? this.#at(decimals) : divideHalfEven(this.#units, POW10[this.#scale - decimals]!);
      if (Number.isSafeInteger(units)) return units;
    }
    return bigUnits(this.units, this.#scale, decimals);
  }

  /** Hundredths of the currency, rounded half to even. */
  toCents(): number | bigint {
    return this.toUnits(2);
  }

  /** The exact value without trailing zeros and without an exponent, such as `12.5`. */
  toString(): string {
    const sign = this.isNegative() ? '-' : '';
    const digits = this.units
      .toString()
      .slice(sign.length)
      .padStart(this.#scale + 1, '0');
    const whole = digits.slice(0, digits.length - this.#scale);
    const fraction = withoutEndZeros(digits.slice(digits.length - this.#scale));
    return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
  }

  toJSON(): string {
    return this.toString();
  }

  /**
   * Throws, because operators would compare and add the texts: 9 would be more than 10. `${money}` and `String(money)`
   * work.
   */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'string') return this.toString();
    throw new TypeError(
      'Money has no operators: use compare() or equals() for <, > and ==, add(), sub() and mul() for +, - and *, toString() for a text',
    );
  }

  /** The units at this scale or a larger one, as a number; NaN if that may not be exact. */
  #at(scale: number): number {
    const units = this.#units * POW10[scale - this.#scale]!;
    return Number.isSafeInteger(units) ? units : Number.NaN;
  }

  #bigAt(scale: number): bigint {
    return this.units * 10n ** BigInt(scale - this.#scale);
  }
}

export const ZERO = Money.ofMicros(0);

const HUNDREDTH = Money.ofUnits(1n, 2);

/** Also false for Money of another copy of this package. */
function isMoney(value: unknown): value is Money {
  return value instanceof Money;
}

function notMoney(method: string, value: unknown): TypeError {
  const isOther = (value as object | null | undefined)?.constructor?.name === 'Money';
  const given = isOther ? 'Money of another copy of relay-inventory' : valueName(value);
  return new TypeError(`${method}() takes Money, not ${given}; Money.of("1.50") makes it of a text or a number`);
}

/** A value in a message: short, on one line. */
function valueName(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (value === null || typeof value !== 'object') return typeof value === 'function' ? 'a function' : String(value);
  return Array.isArray(value) ? 'a list' : 'an object';
}

/** The number of zeros at the start. */
function startZeros(digits: string): number {
  let at = 0;
  while (digits.charCodeAt(at) === ZERO_UNIT) at++;
  return at;
}

/** Written as a loop: the pattern `/0+$/` would start again at every zero. */
export function withoutEndZeros(digits: string): string {
  let end = digits.length;
  while (digits.charCodeAt(end - 1) === ZERO_UNIT) end--;
  return digits.slice(0, end);
}

const ZERO_UNIT = 48;

/** `value / divisor` for safe integers >= 0, rounded half to even. */
export function divideHalfEven(value: number, divisor: number): number {
  const quotient = Math.floor(value / divisor);
  const rest2 = (value - quotient * divisor) * 2;
  return rest2 > divisor || (rest2 === divisor && quotient % 2 === 1) ? quotient + 1 : quotient;
}

function bigUnits(units: bigint, scale: number, decimals: number): number | bigint {
  const divisor = 10n ** BigInt(scale);
  const [quotient, rest] = floorDivide(units * 10n ** BigInt(decimals), divisor);
  const isUp = rest * 2n > divisor || (rest * 2n === divisor && quotient % 2n !== 0n);
  return asNumber(isUp ? quotient + 1n : quotient);
}

/** The quotient, rounded down, and the rest, which is never below 0. */
function floorDivide(value: bigint, divisor: bigint): [quotient: bigint, rest: bigint] {
  const [quotient, rest] = [value / divisor, value % divisor];
  return rest < 0n ? [quotient - 1n, rest + divisor] : [quotient, rest];
}

/** As a number if that is a safe integer. */
function asNumber(units: bigint): number | bigint {
  const number = Number(units);
  return Number.isSafeInteger(number) ? number : units;
}
