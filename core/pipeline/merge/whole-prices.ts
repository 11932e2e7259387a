/**
 * Runs a pricing chain in whole numbers, if every rule of it can. Called once for each offer that is priced: a loop over the
 * numbers of the rules' steps, no object. `kernel/assembly/price.ts` is its twin for offers in the kernel's memory.
 */
// biome-ignore-all lint/style/noNonNullAssertion: offers are below the group's count, decimals are 0 to 6, a step has its numbers
import {
  NO_PRICE,
  ROUND_NEAREST,
  ROUND_UP,
  STEP_LANDED,
  STEP_LANDED_LEAST,
  STEP_LEAST,
  STEP_MAP_LEAST,
  STEP_MSRP_MOST,
  STEP_ROUND,
  WHOLE_MAX,
} from '../../kernel/assembly/settle-places.ts';
import { divideHalfEven, MICRO_SCALE } from '../../money/money.ts';
import { type OfferAmounts, wholeOf } from '../../whole-pricing.ts';
import type { NamedRule } from '../bind.ts';

/** With more decimals ordinary prices would not fit. */
const SCALE_MAX = 12;

export class WholePrices {
  /** Decimals of a price. */
  readonly scale: number;
  /** The steps of the chain, one behind the other. */
  readonly numbers: Float64Array;
  readonly #ofMicro: number;
  /** By decimals: what a price is divided by. */
  readonly #divisors: readonly number[];
  /** The next number of the chain. */
  #at = 0;

  private constructor(scale: number, numbers: Float64Array) {
    this.scale = scale;
    this.numbers = numbers;
    this.#ofMicro = 10 ** (scale - MICRO_SCALE);
    this.#divisors = Array.from({ length: MICRO_SCALE + 1 }, (_, decimals) => 10 ** (scale - decimals));
  }

  /** Null if a rule can only price in `Money`. */
  static of(rules: readonly NamedRule[]): WholePrices | null {
    const whole = rules.map(({ rule }) => wholeOf(rule));
    const scale = Math.max(MICRO_SCALE, ...whole.map((one) => one?.decimals ?? Number.POSITIVE_INFINITY));
    if (scale > SCALE_MAX) return null;
    const steps = whole.map((one) => one?.at(scale) ?? null);
    return steps.includes(null) ? null : new WholePrices(scale, Float64Array.from(steps.flatMap((step) => step ?? [])));
  }

  /** The price of an offer, or `NO_PRICE`; null if it cannot be told exactly. */
  priceOf(offers: OfferAmounts, offer: number): number | null {
    const own = offers.price[offer]!;
    const end = this.numbers.length;
    let price = own < 0 ? NO_PRICE : own * this.#ofMicro;
    this.#at = 0;
    while (this.#at < end) {
      price = this.#afterStep(offers, offer, price);
      // false for NaN too
      if (!(price <= WHOLE_MAX && price >= NO_PRICE)) return null;
    }
    return price <= WHOLE_MAX ? price : null;
  }

  /** What a price of one unit of `10^-decimals` is. */
  divisorOf(decimals: number): number {
    return this.#divisors[decimals]!;
  }

  /** A price in units of `10^-decimals`, rounded half to even. */
  toUnits(price: number, decimals: number): number {
    return divideHalfEven(price, this.#divisors[decimals]!);
  }

  #next(): number {
    return this.numbers[this.#at++]!;
  }

  #afterStep(offers: OfferAmounts, offer: number, price: number): number {
    switch (this.#next()) {
      case STEP_LANDED:
        return this.#landed(offers, offer, price);
      case STEP_LEAST: {
        const least = this.#next();
        return price >= 0 && price < least ? least : price;
      }
      case STEP_LANDED_LEAST:
        return this.#landedLeast(offers, offer, price);
      case STEP_MAP_LEAST:
        return this.#mapLeast(offers.mapPrice[offer]!, price);
      case STEP_MSRP_MOST:
        return this.#msrpMost(offers.msrp[offer]!, price);
      case STEP_ROUND:
        return this.#rounded(price);
      default:
        return Number.NaN;
    }
  }

  #landed({ cost: costs, landed }: OfferAmounts, offer: number, price: number): number {
    const micros = this.#next();
    const shipping = this.#next();
    const bands = this.#next();
    const highest = this.#at;
    this.#at += 2 * bands;
    const cost = costs[offer]!;
    if (cost < 0) return price;
    let band = 0;
    while (cost > this.numbers[highest + band]!) band++;
    return (landed[offer]! * micros + shipping) * this.numbers[highest + bands + band]!;
  }

  #landedLeast({ cost, landed }: OfferAmounts, offer: number, price: number): number {
    const micros = this.#next();
    const shipping = this.#next();
    const factor = this.#next();
    const unit = this.#next();
    if (price < 0 || cost[offer]! < 0) return price;
    return Math.max(price, multipleAbove((landed[offer]! * micros + shipping) * factor, unit));
  }

  #mapLeast(map: number, price: number): number {
    const micros = this.#next();
    const unit = this.#next();
    return price < 0 || map < 0 ? price : Math.max(price, multipleAbove(map, unit) * micros);
  }

  #msrpMost(msrp: number, price: number): number {
    const factor = this.#next();
    const unit = this.#next();
    return price < 0 || msrp <= 0 ? price : Math.min(price, multipleBelow(msrp * factor, unit));
  }

  #rounded(price: number): number {
    const step = this.#next();
    const offset = this.#next();
    const mode = this.#next();
    if (price < 0) return price;
    const below = multipleBelow(price - offset, step);
    const rest = price - offset - below;
    const isUp = mode === ROUND_UP ? rest > 0 : mode === ROUND_NEAREST && rest * 2 >= step;
    const rounded = below + (isUp ? step : 0) + offset;
    return rounded < 0 ? rounded + step : rounded;
  }
}

/** The least multiple of `step` that is not below a value of 0 or more. */
function multipleAbove(value: number, step: number): number {
  const below = multipleBelow(value, step);
  return below < value ? below + step : below;
}

function multipleBelow(value: number, step: number): number {
  return Math.floor(value / step) * step;
}
