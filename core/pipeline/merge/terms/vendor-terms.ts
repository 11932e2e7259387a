/**
 * Applies the terms of vendors to the offers of a SKU, before offers are compared: converts amounts to the tenant's currency, and
 * makes the landed cost. Only a tenant with terms pays for it: once per offer, in whole numbers unless these grow too large.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the group's count bounds its columns
import { toText } from '../../../bytes/text.ts';
import type { VendorTermsConfig } from '../../../config/vendor-terms.ts';
import { RelayError } from '../../../errors.ts';
import { divideHalfEven, Money } from '../../../money/money.ts';
import type { OfferGroup } from '../offer-group.ts';

/** One vendor's terms, ready to apply. */
export interface BoundTerms {
  /** What one unit of its currency is worth in the tenant's; null if it is the same. */
  rate: Money | null;
  terms: Pick<VendorTermsConfig, 'handling_pct' | 'handling_fixed'>;
}

/** Up to here (some nine billion), a number holds every amount in millionths exactly. */
const MOST_MICROS = Number.MAX_SAFE_INTEGER;
const ONE = Money.of(1);

export class VendorTerms {
  readonly #group: OfferGroup;
  /** By vendor position. */
  readonly #vendors: ReadonlyArray<VendorFactors | null>;
  /** The turn of the group, and how many of its offers are done. */
  #turn = -1;
  #done = 0;

  /** By vendor position; null for a vendor without terms. */
  constructor(group: OfferGroup, vendors: ReadonlyArray<BoundTerms | null>) {
    this.#group = group;
    this.#vendors = vendors.map((one) => (one === null ? null : new VendorFactors(one)));
    group.separateLanded();
  }

  /** Handles each offer once, however often it is called. */
  apply(): void {
    const group = this.#group;
    if (this.#turn !== group.turn) this.#done = 0;
    this.#turn = group.turn;
    for (let i = this.#done; i < group.count; i++) this.#applyTo(i);
    this.#done = group.count;
  }

  /** Tells it that offers were dropped; it has already handled those that are left. */
  kept(): void {
    this.#done = this.#group.count;
  }

  #applyTo(offer: number): void {
    const group = this.#group;
    const factors = this.#vendors[group.vendor[offer]!]!;
    if (factors === null) {
      group.landed[offer] = group.cost[offer]!;
      return;
    }
    const { rate } = factors;
    if (rate !== null) {
      for (const column of [group.cost, group.mapPrice, group.price, group.msrp]) {
        if (column[offer]! >= 0) column[offer] = this.#checked(offer, rate.times(column[offer]!));
      }
    }
    const cost = group.cost[offer]!;
    group.landed[offer] = cost < 0 ? cost : this.#checked(offer, factors.share.times(cost) + factors.fixedMicros);
  }

  #checked(offer: number, micros: number): number {
    if (micros <= MOST_MICROS) return micros;
    const { vendorIds, vendor, sku, skuLength } = this.#group;
    const vendorId = vendorIds[vendor[offer]!]!;
    const message = `vendor ${vendorId}: with its terms, an amount of SKU "${toText(sku, 0, skuLength)}" is above 9,007,199,254`;
    throw new RelayError('invalid_input', message, { details: { vendor_id: vendorId } });
  }
}

class VendorFactors {
  readonly rate: CostFactor | null;
  readonly share: CostFactor;
  readonly fixedMicros: number;

  constructor({ rate, terms }: BoundTerms) {
    this.rate = rate === null ? null : new CostFactor(rate);
    this.share = new CostFactor(ONE.add(terms.handling_pct));
    this.fixedMicros = Number(terms.handling_fixed.toUnits(6));
  }
}

/** Multiplies millionths by a decimal, exactly, and rounds half to even. */
class CostFactor {
  readonly #units: bigint;
  readonly #divisor: bigint;
  readonly #smallUnits: number;
  readonly #smallDivisor: number;
  /** Up to this, a number holds the product. */
  readonly #most: number;

  constructor(decimal: Money) {
    this.#units = decimal.units;
    this.#divisor = 10n ** BigInt(decimal.scale);
    this.#smallUnits = Number(this.#units);
    this.#smallDivisor = Number(this.#divisor);
    const isSmall = this.#units <= BigInt(Number.MAX_SAFE_INTEGER) && this.#divisor <= BigInt(Number.MAX_SAFE_INTEGER);
    this.#most = isSmall && this.#units > 0n ? Math.floor(Number.MAX_SAFE_INTEGER / this.#smallUnits) : 0;
  }

  times(micros: number): number {
    if (micros <= this.#most) return divideHalfEven(micros * this.#smallUnits, this.#smallDivisor);
    const product = BigInt(micros) * this.#units;
    let quotient = product / this.#divisor;
    const rest2 = (product - quotient * this.#divisor) * 2n;
    if (rest2 > this.#divisor || (rest2 === this.#divisor && quotient % 2n === 1n)) quotient++;
    return Number(quotient);
  }
}
