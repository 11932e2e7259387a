/**
 * Finds held SKUs that are sold below cost: the published price is below today's cost of the row that goes out, so each
 * sale loses money while the price waits. Counts them, whether the hold is reported or was rejected, and keeps the
 * first as examples.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the winner is one of the group's offers
import { shownSku } from '../../../bytes/signs/sku-signs.ts';
import { toText } from '../../../bytes/text.ts';
import type { MoneyDecimals } from '../../../money/currencies.ts';
import { EXAMPLES_MAX } from '../../../notices/notices.ts';
import type { OfferGroup } from '../../merge/offer-group.ts';
import { unitsText } from '../../merge/output.ts';
import { amountText, type PriceExample } from '../../merge/watch/price-watch.ts';
import { isBelowCost } from '../tables/cells.ts';

/** The most SKUs that the warning names. */
const NAMED_MAX = 5;

export class HeldBelowCost {
  count = 0;
  readonly examples: PriceExample[] = [];
  readonly #named: string[] = [];
  readonly #group: OfferGroup;
  readonly #decimals: MoneyDecimals;

  constructor(group: OfferGroup, decimals: MoneyDecimals) {
    this.#group = group;
    this.#decimals = decimals;
  }

  /** True if the group's SKU would be sold below cost at its published price (in units as written). */
  look(winner: number, published: number): boolean {
    const group = this.#group;
    const cost = group.landed[winner]!;
    if (!isBelowCost(published, cost, this.#decimals)) return false;
    // of goods that are out of stock nothing is sold
    if (group.quantity[winner]! <= 0) return true;
    this.count++;
    if (this.#named.length < NAMED_MAX) this.#name(winner, published, cost);
    return true;
  }

  #name(winner: number, published: number, cost: number): void {
    const group = this.#group;
    const sku = shownSku(toText(group.sku, 0, group.skuLength));
    const vendorId = group.vendorIds[group.vendor[winner]!]!;
    const amounts = `at ${unitsText(published, this.#decimals)}, ${cost === group.cost[winner]! ? 'cost' : 'landed cost'} ${amountText(cost)}`;
    this.#named.push(`${sku} ${amounts} from ${vendorId}`);
    if (this.examples.length === EXAMPLES_MAX) return;
    const rowNumber = group.rowNumber[winner]!;
    this.examples.push({ code: 'held_below_cost', warnedVendor: null, vendorId, rowNumber, sku, note: amounts });
  }

  /** The count and examples, for the warning. */
  get detail(): string {
    return `${this.count}:${this.#named.join('; ')}`;
  }
}
