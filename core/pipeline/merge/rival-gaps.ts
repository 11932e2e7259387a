/**
 * Which vendors are far apart where a winner costs far less than what its rivals ask. If all vendors are right but one, that one
 * is in nearly all of these SKUs: the right ones win or lose by turns.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the group's count bounds its columns
import type { OfferGroup } from './offer-group.ts';

/** A vendor that is on one side in this share of the SKUs is the odd one, if it is alone there against several. */
const ODD_SHARE = 0.8;
/** Of fewer SKUs nothing follows. */
const SKUS_MIN = 3;

export class RivalGaps {
  readonly #group: OfferGroup;
  /** SKUs by vendor position: that it won, and in which it is dearer than the limit. */
  readonly #cheap: Float64Array;
  readonly #dear: Float64Array;
  #skus = 0;

  constructor(group: OfferGroup) {
    this.#group = group;
    this.#cheap = new Float64Array(group.vendorIds.length);
    this.#dear = new Float64Array(group.vendorIds.length);
  }

  /** Notes a SKU whose winner is far below its rivals; those above `limit` in `column` are dear. */
  note(winner: number, column: Float64Array, limit: number): void {
    const { vendor, count } = this.#group;
    this.#skus++;
    this.#cheap[vendor[winner]!]!++;
    let last = -1;
    for (let i = 0; i < count; i++) {
      // the offers of a vendor are together
      if (vendor[i] === last || vendor[i] === vendor[winner] || column[i]! <= limit) continue;
      last = vendor[i]!;
      this.#dear[last]!++;
    }
  }

  /** Who is odd, and why; null if nobody is alone in it. `suspects` are vendors whose costs are odd in themselves. */
  odd(suspects: readonly string[]): { vendorId: string; text: string } | null {
    if (this.#skus < SKUS_MIN) return null;
    const vendors = this.#group.vendorIds.map((id, i) => ({ id, cheap: this.#cheap[i]!, dear: this.#dear[i]! }));
    const [cheap] = vendors.filter((one) => one.cheap >= ODD_SHARE * this.#skus);
    const dear = vendors.filter((one) => one.dear >= ODD_SHARE * this.#skus);
    const known = [...(cheap === undefined ? [] : [cheap]), ...dear].filter(({ id }) => suspects.includes(id));
    let odd: (typeof vendors)[number] | undefined;
    if (known.length > 0) odd = known.length === 1 ? known[0] : undefined;
    else if (cheap !== undefined) odd = dear.length === 1 ? undefined : cheap;
    else if (dear.length === 1) odd = dear[0];
    if (odd === undefined) return null;
    const side = odd.cheap > odd.dear ? 'cheap' : 'dear';
    const text = `it is the ${side} one in ${odd[side]} of the ${this.#skus} SKUs of price_far_below_rivals`;
    return { vendorId: odd.id, text };
  }
}
