/**
 * Runs a pricing chain in whole numbers, if every rule of it can. Called once for each offer that is priced: a loop over the
 * rules' steps, no object.
 */
// biome-ignore-all lint/style/noNonNullAssertion: offers are below the group's count, decimals are 0 to 6
import { divideHalfEven, MICRO_SCALE } from '../../money/money.ts';
import { NO_PRICE, type OfferAmounts, WHOLE_MAX, type WholeStep, wholeOf } from '../../whole-pricing.ts';
import type { NamedRule } from '../bind.ts';

/** With more decimals ordinary prices would not fit. */
const SCALE_MAX = 12;

export class WholePrices {
  /** Decimals of a price. */
  readonly scale: number;
  readonly #steps: readonly WholeStep[];
  readonly #ofMicro: number;
  /** By decimals: what a price is divided by. */
  readonly #divisors: readonly number[];

  private constructor(scale: number, steps: readonly WholeStep[]) {
    this.scale = scale;
    this.#steps = steps;
    this.#ofMicro = 10 ** (scale - MICRO_SCALE);
    this.#divisors = Array.from({ length: MICRO_SCALE + 1 }, (_, decimals) => 10 ** (scale - decimals));
  }

  /** Null if a rule can only price in `Money`. */
  static of(rules: readonly NamedRule[]): WholePrices | null {
    const whole = rules.map(({ rule }) => wholeOf(rule));
    const scale = Math.max(MICRO_SCALE, ...whole.map((one) => one?.decimals ?? Number.POSITIVE_INFINITY));
    if (scale > SCALE_MAX) return null;
    const steps = whole.map((one) => one?.at(scale) ?? null);
    return steps.some((step) => step === null) ? null : new WholePrices(scale, steps as WholeStep[]);
  }

  /** The price of an offer, or `NO_PRICE`; null if it cannot be told exactly. */
  priceOf(offers: OfferAmounts, offer: number): number | null {
    const own = offers.price[offer]!;
    let price = own < 0 ? NO_PRICE : own * this.#ofMicro;
    const steps = this.#steps;
    for (let i = 0; i < steps.length; i++) {
      price = steps[i]!(offers, offer, price);
      // false for NaN too
      if (!(price <= WHOLE_MAX && price >= NO_PRICE)) return null;
    }
    return price <= WHOLE_MAX ? price : null;
  }

  /** A price in units of `10^-decimals`, rounded half to even. */
  toUnits(price: number, decimals: number): number {
    return divideHalfEven(price, this.#divisors[decimals]!);
  }
}
