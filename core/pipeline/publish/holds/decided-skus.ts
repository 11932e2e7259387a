/**
 * The table of decisions beside the merge. It counts those that do nothing: on SKUs that neither the run nor the published feed has, and on SKUs
 * that are not held.
 */
import { FOUND, MISSING, NEEDS_REFILL, type SortedRows } from '../tables/sorted-rows.ts';

/** SKUs that the warning names. */
const NAMED_MAX = 5;

export interface NamedSkus {
  count: number;
  first: string[];
}

export class DecidedSkus {
  readonly unknown: NamedSkus = { count: 0, first: [] };
  readonly notHeld: NamedSkus = { count: 0, first: [] };
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

  /** The SKU that was just found is not held. */
  noteNotHeld(): void {
    this.#count(this.notHeld);
  }

  #pass(): void {
    if (!this.#isKnown) this.#count(this.unknown);
    this.#isKnown = false;
    this.rows.advance();
  }

  #count(skus: NamedSkus): void {
    if (skus.count++ < NAMED_MAX) skus.first.push(this.rows.text(this.rows.indexOf('sku')).slice(0, 100));
  }
}

/** The count and examples, for a warning. */
export function namedSkus({ count, first }: NamedSkus): string {
  return `${count}:${first.map((sku) => JSON.stringify(sku)).join(', ')}`;
}
