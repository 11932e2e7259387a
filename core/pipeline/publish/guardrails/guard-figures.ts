/** The figures that guardrails compare, gathered SKU by SKU while the feeds are joined. */
import type { GuardrailsConfig } from '../../../config/schema.ts';
import type { Scratch } from '../../../ports/engine.ts';
import { RatioMedian } from '../figures/ratio-median.ts';
import { WorstList } from '../figures/worst-list.ts';
import type { SkuState } from '../state/state.ts';

const WORST_MAX = 20;

/** A SKU in `guardrails.json`. */
export type WorstSku = { sku: string } & Record<string, string | number | null>;

export class GuardFigures {
  skus = 0;
  inStock = 0;
  baselineSkus = 0;
  /** Those of them that had vanished before, and are out with quantity 0. */
  goneBefore = 0;
  baselineInStock = 0;
  /** Null if the limit is not set. */
  readonly median: RatioMedian | null;
  /** True if the vendors of each SKU are to be compared. */
  readonly wantsVendors: boolean;
  readonly worstGone = new WorstList<WorstSku>(WORST_MAX);
  readonly worstOutOfStock = new WorstList<WorstSku>(WORST_MAX);
  readonly worstPrices = new WorstList<WorstSku>(WORST_MAX);
  readonly worstHeld = new WorstList<WorstSku>(WORST_MAX);
  readonly worstOfVendor = new Map<string, WorstList<WorstSku>>();
  readonly #amountText: (units: number) => string;

  constructor(guardrails: GuardrailsConfig | undefined, scratch: Scratch, amountText: (units: number) => string) {
    this.median = guardrails?.max_median_price_change_pct === undefined ? null : new RatioMedian(scratch);
    this.wantsVendors = guardrails?.max_vendor_row_drop_pct !== undefined;
    this.#amountText = amountText;
  }

  /** True if `flush` is due before another price. */
  get isFull(): boolean {
    return this.median?.isFull === true;
  }

  async flush(): Promise<void> {
    await this.median?.flush();
  }

  /** Counts SKUs whose rows are the same in both feeds. `columns` says which columns the rows have. */
  same(skus: number, inStock: number, columns: { price: boolean; quantity: boolean }): void {
    this.skus += skus;
    this.inStock += inStock;
    this.baselineSkus += skus;
    if (columns.quantity) this.baselineInStock += inStock;
    if (columns.price) this.median?.addZeros(skus);
  }

  /** Counts a SKU of the candidate. */
  candidate(quantity: number): void {
    this.skus++;
    if (quantity > 0) this.inStock++;
  }

  /** Counts a SKU of the baseline, with its state there. */
  baseline(quantity: number, state: SkuState): void {
    this.baselineSkus++;
    if (state === 'zeroed' || (state === 'kept' && quantity === 0)) this.goneBefore++;
    if (quantity > 0) this.baselineInStock++;
  }

  /** Counts a SKU of the baseline that the candidate lacks. */
  gone(quantity: number, sku: () => string): void {
    if (this.worstGone.takes(quantity))
      this.worstGone.add(quantity, { sku: sku(), published_quantity: known(quantity) });
    this.outOfStock(quantity, sku);
  }

  /** Counts a SKU without stock, with its published quantity. */
  outOfStock(quantity: number, sku: () => string): void {
    if (quantity <= 0 || !this.worstOutOfStock.takes(quantity)) return;
    this.worstOutOfStock.add(quantity, { sku: sku(), published_quantity: quantity });
  }

  /** Compares the prices of a SKU that both feeds have. */
  price(published: number, price: number, sku: () => string): void {
    if (this.median === null) return;
    const move = Math.abs(price - published);
    this.median.add(move, published);
    if (move === 0 || !this.worstPrices.takes(move / published)) return;
    const texts = { published_price: this.#amountText(published), candidate_price: this.#amountText(price) };
    this.worstPrices.add(move / published, { sku: sku(), ...texts });
  }

  /** Counts a SKU that the vendor offered in the baseline's run but does not offer now. */
  vendorLacks(vendor: string, quantity: number, sku: () => string): void {
    const list = this.worstOfVendor.get(vendor) ?? new WorstList<WorstSku>(WORST_MAX);
    this.worstOfVendor.set(vendor, list);
    if (list.takes(quantity)) list.add(quantity, { sku: sku(), published_quantity: known(quantity) });
  }

  async dispose(): Promise<void> {
    await this.median?.dispose();
  }
}

function known(quantity: number): number | null {
  return quantity < 0 ? null : quantity;
}
