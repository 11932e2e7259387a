/** Chooses and prices the winning offer of a SKU with the plugins that the tenant's config names. */
// biome-ignore-all lint/style/noNonNullAssertion: the group's count bounds its columns and the lists of its views
import { type ColumnOrder, columnOrderOf } from '../../column-order.ts';
import type { QuantityRule } from '../../config/quantity.ts';
import type { VendorConfig } from '../../config/schema.ts';
import { assert, pluginFailed, RelayError } from '../../errors.ts';
import { NO_PRICE } from '../../kernel/assembly/settle-places.ts';
import { Money } from '../../money/money.ts';
import type { MergeStrategy, Offer } from '../../plugin.ts';
import { answerName, hookFailure } from '../../plugin-call.ts';
import type { NamedRule, NamedStrategy } from '../bind.ts';
import { type OfferGroup, OfferView, TURNS } from './offer-group.ts';
import { chainPrice, PricingStep } from './price-chain.ts';
import { QuantityRules } from './terms/quantity-rules.ts';
import { type BoundTerms, VendorTerms } from './terms/vendor-terms.ts';
import { WholePrices } from './whole-prices.ts';

/** What several rows of one vendor for one SKU mean. Under `error` the normalizer has rejected the later rows already. */
export type DuplicatePolicy = VendorConfig['duplicate_sku'];

/** Answers of `choose` without a winner: no offer can be priced; the strategy left all offers out. */
export const UNPRICED = -1;
export const NONE_CHOSEN = -2;

/** Up to this many offers, insertion is faster than `Array.sort`. */
const INSERTION_MAX = 32;

/** What the tenant's config says about offers. */
export interface OfferSettings {
  /** By vendor position. */
  policies: readonly DuplicatePolicy[];
  quantityRules: readonly QuantityRule[];
  /** By vendor position; null if no vendor has terms. */
  terms: ReadonlyArray<BoundTerms | null> | null;
}

/** A choice as numbers: see `ColumnOrder.numbers`, `WholePrices.numbers`. */
export interface ChoicePlan {
  order: readonly number[];
  prices: WholePrices;
}

export class Chooser {
  readonly #group: OfferGroup;
  readonly #strategy: MergeStrategy;
  readonly #strategyName: string;
  /** What a plugin says of two offers is asked for the other way round, too. */
  readonly #ordering: (strategy: MergeStrategy, a: Offer, b: Offer) => number;
  readonly #rules: readonly NamedRule[];
  /** By vendor position. */
  readonly #policies: readonly DuplicatePolicy[];
  readonly #allBest: boolean;
  /** Null without rules. */
  readonly #quantities: QuantityRules | null;
  /** Null without terms. */
  readonly #terms: VendorTerms | null;
  /** A step per turn of the group: if a plugin keeps one too long, its offer throws. */
  readonly #steps: readonly PricingStep[];
  /** Null if a rule prices in `Money` only. */
  readonly #whole: WholePrices | null;
  /** The price of the offer priced last, in one of two forms: whole, or as `Money`. */
  #wholePrice = NO_PRICE;
  #price: Money | null = null;
  /** A price that came from elsewhere, in the units that are asked for. */
  #takenUnits: number | bigint | null = null;
  /** Compares offers by their columns; null if views of them must be compared, or rows of a vendor come first. */
  readonly #columnOrder: ColumnOrder | null;
  /** The offers of the last `choose`, best first; null if they were not ranked. */
  #lastRanked: readonly Offer[] | null = [];

  constructor(
    group: OfferGroup,
    strategy: NamedStrategy,
    rules: readonly NamedRule[],
    { policies, quantityRules, terms }: OfferSettings,
  ) {
    this.#group = group;
    this.#strategy = strategy.strategy;
    this.#strategyName = strategy.name;
    this.#ordering = strategy.isBuiltIn ? orderOf : orderBothWays;
    this.#rules = rules;
    this.#policies = policies;
    this.#allBest = policies.every((policy) => policy === 'best' || policy === 'error');
    this.#quantities = quantityRules.length === 0 ? null : new QuantityRules(group, quantityRules);
    this.#terms = terms === null ? null : new VendorTerms(group, terms);
    this.#whole = WholePrices.of(rules);
    this.#columnOrder = this.#allBest ? columnOrderOf(strategy.strategy) : null;
    this.#steps = Array.from({ length: TURNS }, () => new PricingStep(group.view(0), rules));
  }

  /** How the kernel would choose and price; null if it cannot. */
  get plan(): ChoicePlan | null {
    const isPlain = this.#quantities === null && this.#terms === null && this.#strategy.choose === undefined;
    // the kernel reads the time of every offer
    if (!isPlain || !this.#group.layout.updatedAt || this.#columnOrder === null || this.#whole === null) return null;
    return { order: this.#columnOrder.numbers(this.#group.vendorIds), prices: this.#whole };
  }

  /** The winning price after a successful `choose`; null without a winner. */
  get price(): Money | null {
    if (this.#wholePrice >= 0 && this.#whole !== null)
      return Money.ofUnits(BigInt(this.#wholePrice), this.#whole.scale);
    return this.#price;
  }

  /** The winning price in units of `10^-decimals`. */
  unitsOf(decimals: number): number | bigint {
    if (this.#takenUnits !== null) return this.#takenUnits;
    if (this.#wholePrice >= 0 && this.#whole !== null) return this.#whole.toUnits(this.#wholePrice, decimals);
    assert(this.#price !== null, 'a winner has a price');
    return this.#price.toUnits(decimals);
  }

  /** From now on `unitsOf` says this: the SKU was chosen and priced in another thread. */
  takeUnits(units: number | bigint): void {
    this.#takenUnits = units;
  }

  /** The winner's position in the group, with its price in `price`; or `UNPRICED` or `NONE_CHOSEN`. */
  choose(): number {
    const group = this.#group;
    this.#terms?.apply();
    if (this.#quantities !== null) this.#limitQuantities(this.#quantities);
    // a single offer needs no comparison, but a strategy with `choose` may leave it out
    if (group.count === 1 && this.#strategy.choose === undefined) return this.#canPrice(0) ? 0 : UNPRICED;
    if (this.#columnOrder !== null) {
      const best = this.#bestBy(this.#columnOrder);
      this.#lastRanked = null;
      if (this.#canPrice(best)) return best;
    }
    const ranked = this.#rankAll();
    this.#lastRanked = ranked;
    for (const offer of ranked) {
      const { index } = offer as OfferView;
      if (this.#canPrice(index)) return index;
    }
    return ranked.length > 0 ? UNPRICED : NONE_CHOSEN;
  }

  /** The offers of the last `choose` that compared offers, best first; good until the group is cleared. */
  get ranked(): readonly Offer[] {
    this.#lastRanked ??= this.#rankAll();
    return this.#lastRanked;
  }

  /** The best offer's position; of equal ones the first. */
  #bestBy(order: ColumnOrder): number {
    const group = this.#group;
    let best = 0;
    for (let i = 1; i < group.count; i++) if (order.compare(group, i, best) < 0) best = i;
    return best;
  }

  #rankAll(): readonly Offer[] {
    const offers: OfferView[] = [];
    for (let i = 0; i < this.#group.count; i++) offers.push(this.#group.view(i));
    return this.#rank(this.#allBest ? offers : this.#onePerVendor(offers));
  }

  /** True if offers that cannot win can be dropped before all offers are seen. */
  get canPrune(): boolean {
    return this.#strategy.choose === undefined && this.#strategy.compare !== undefined;
  }

  /**
   * Drops offers that cannot win whatever follows. Keeps the best one with a price, and one offer that stands for the
   * last vendor's rows so far, since more may follow.
   */
  prune(): void {
    const group = this.#group;
    this.#terms?.apply();
    if (this.#quantities !== null) this.#limitQuantities(this.#quantities);
    const open = group.vendor[group.count - 1]!;
    const openPolicy = this.#policies[open]!;
    const openRows: OfferView[] = [];
    const settled: OfferView[] = [];
    for (let i = 0; i < group.count; i++) {
      const isOpen = group.vendor[i] === open && openPolicy !== 'best' && openPolicy !== 'error';
      (isOpen ? openRows : settled).push(group.view(i));
    }
    const ranked = this.#rank(this.#onePerVendor(settled)) as readonly OfferView[];
    const best = ranked.find(({ index }) => this.#canPrice(index));
    const kept = best === undefined ? [] : [best.index];
    if (openRows.length > 0) kept.push(this.#representative(openRows, openPolicy).index);
    group.keep(kept);
    this.#terms?.kept();
  }

  /** Limits quantities after they are summed. */
  #limitQuantities(quantities: QuantityRules): void {
    const { count, vendor } = this.#group;
    for (let i = 0; i < count; i++) {
      if (count === 1 || this.#policies[vendor[i]!] !== 'sum_quantity') quantities.apply(i);
    }
  }

  /** The offer that represents its vendor's rows so far. */
  #representative(rows: OfferView[], policy: DuplicatePolicy): OfferView {
    if (policy === 'first') return rows[0]!;
    if (policy === 'last') return rows.at(-1)!;
    const { best, sum } = this.#bestAndSum(rows);
    this.#group.sum[best.index] = sum;
    return best;
  }

  #canPrice(offer: number): boolean {
    const group = this.#group;
    const price = this.#whole === null ? null : this.#whole.priceOf(group, offer);
    this.#wholePrice = price ?? NO_PRICE;
    this.#price = price === null ? chainPrice(group.view(offer), this.#rules, this.#steps[group.turn % TURNS]!) : null;
    return this.#wholePrice >= 0 || this.#price !== null;
  }

  /** Best first; ties keep the order of `offers`, by vendor and row. */
  #rank(offers: OfferView[]): readonly Offer[] {
    try {
      return this.#ranked(offers);
    } catch (error) {
      const hook = this.#strategy.choose === undefined ? 'compare()' : 'choose()';
      const name = { kind: 'merge' as const, id: this.#strategyName };
      throw pluginFailed(hookFailure(hook, name, `SKU "${offers[0]?.sku}"`), error);
    }
  }

  #ranked(offers: OfferView[]): readonly Offer[] {
    const strategy = this.#strategy;
    // a strategy may empty the list that it is given
    if (strategy.choose !== undefined) return this.#chosen(strategy.choose(offers.slice()));
    if (strategy.compare === undefined) return offers;
    const order = this.#ordering;
    if (offers.length > INSERTION_MAX) return offers.sort((a, b) => order(strategy, a, b) || a.index - b.index);
    for (let i = 1; i < offers.length; i++) {
      const offer = offers[i]!;
      let j = i - 1;
      while (j >= 0 && order(strategy, offers[j]!, offer) > 0) {
        offers[j + 1] = offers[j]!;
        j--;
      }
      offers[j + 1] = offer;
    }
    return offers;
  }

  /** Throws if the strategy returned anything but an array of the group's offers. */
  #chosen(answer: unknown): readonly Offer[] {
    const group = this.#group;
    const isOwn = (one: unknown) =>
      one instanceof OfferView && one.index < group.count && group.view(one.index) === one;
    const due = 'it must return an array of the offers that it was given';
    if (!Array.isArray(answer)) throw new Error(`it returned ${answerName(answer)}; ${due}`);
    const odd = answer.findIndex((one) => !isOwn(one));
    if (odd >= 0)
      throw new Error(`element ${odd} of what it returned is none of the offers: ${answerName(answer[odd])}; ${due}`);
    if (new Set(answer).size < answer.length) {
      const twice = answer.findIndex((one, i) => answer.indexOf(one) < i);
      throw new Error(`element ${twice} of what it returned is there before; ${due}, each once at the most`);
    }
    return answer;
  }

  /** Applies `duplicate_sku`: keeps at most one offer per vendor, unless the policy is `best`. */
  #onePerVendor(offers: readonly OfferView[]): OfferView[] {
    const group = this.#group;
    const kept: OfferView[] = [];
    for (let from = 0; from < offers.length; ) {
      const vendor = group.vendor[offers[from]!.index]!;
      let to = from + 1;
      while (to < offers.length && group.vendor[offers[to]!.index] === vendor) to++;
      const rows = offers.slice(from, to);
      const policy = this.#policies[vendor]!;
      if (policy === 'first') kept.push(rows[0]!);
      else if (policy === 'last') kept.push(rows.at(-1)!);
      else if (policy === 'sum_quantity') kept.push(this.#summed(rows));
      else for (const row of rows) kept.push(row);
      from = to;
    }
    return kept;
  }

  #summed(rows: OfferView[]): OfferView {
    const { best, sum } = this.#bestAndSum(rows);
    this.#group.quantity[best.index] = sum;
    this.#group.sum[best.index] = sum;
    this.#quantities?.apply(best.index);
    return best;
  }

  #bestAndSum(rows: OfferView[]): { best: OfferView; sum: number } {
    let sum = 0;
    for (const row of rows) sum += this.#group.sum[row.index]!;
    if (!Number.isSafeInteger(sum)) {
      const { sku, vendorId } = rows[0]!;
      const message = `vendor ${vendorId}: the quantities of SKU "${sku}" add up to more than ${Number.MAX_SAFE_INTEGER}`;
      throw new RelayError('invalid_input', message, { details: { vendor_id: vendorId } });
    }
    // of one row there is nothing to choose
    const best = rows.length === 1 ? rows[0] : (this.#rank(rows)[0] ?? rows[0]);
    return { best: best as OfferView, sum };
  }
}

/** Throws unless the answer of `compare` is a number. NaN alone is not equal to itself. */
function orderOf(strategy: MergeStrategy, a: Offer, b: Offer): number {
  const order: unknown = strategy.compare!(a, b);
  // biome-ignore lint/suspicious/noSelfCompare: the fastest test for NaN
  if (typeof order === 'number' && order === order) return order;
  throw new Error(`it returned ${answerName(order)}, not a number`);
}

/** Throws too if it says another thing of the two the other way round. */
function orderBothWays(strategy: MergeStrategy, a: Offer, b: Offer): number {
  const order = orderOf(strategy, a, b);
  const back = orderOf(strategy, b, a);
  if (Math.sign(order) === -Math.sign(back)) return order;
  const [first, second] = [a, b].map(({ vendorId, rowNumber }) => `${vendorId} row ${rowNumber}`);
  throw new Error(`it returned ${order} for ${first} and ${second}, and ${back} the other way round: it is no order`);
}
