/** The table of decisions beside the merge. It counts those on SKUs that neither the run nor the published feed has: they can do nothing. */
import { FOUND, MISSING, NEEDS_REFILL, type SortedRows } from '../tables/sorted-rows.ts';

/** SKUs that the warning names. */
const NAMED_MAX = 5;

export class DecidedSkus {
  readonly unknown = { count: 0, first: [] as string[] };
  readonly rows: SortedRows;
  /** True if the current row's SKU has been asked for. */
  #isKnown = false;

  constructor(rows: SortedRows) {
    this.rows = rows;
  }

  /** True if it is known that there is no decision on the SKU, and none on one before it that was not asked for. */
  isBehind(sku: Uint8Array, length: number): boolean {
    const { rows } = this;
    return rows.load() ? rows.compare(sku, length) > 0 : rows.isEnded;
  }

  /** Moves to the first decision that is not before the SKU: `FOUND` if it is on that SKU. Ask for each SKU, in their order. */
  seek(sku: Uint8Array, length: number): number {
    const { rows } = this;
    for (;;) {
      if (!rows.load()) return rows.isEnded ? MISSING : NEEDS_REFILL;
      const order = rows.compare(sku, length);
      if (order > 0) return MISSING;
      if (order === 0) {
        this.#isKnown = true;
        return FOUND;
      }
      this.#pass();
    }
  }

  /** After the last SKU; false if `refill` is due. */
  end(): boolean {
    while (this.rows.load()) this.#pass();
    return this.rows.isEnded;
  }

  #pass(): void {
    const { unknown } = this;
    if (!this.#isKnown && unknown.count++ < NAMED_MAX) {
      unknown.first.push(this.rows.text(this.rows.indexOf('sku')).slice(0, 100));
    }
    this.#isKnown = false;
    this.rows.advance();
  }
}
