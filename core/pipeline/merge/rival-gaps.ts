/**
 * Finds the vendor to blame where winners cost far less than their rivals. If one vendor's costs are wrong, that vendor
 * is in nearly all of these SKUs, while the others take turns.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the group's count bounds its columns
import type { OfferGroup } from './offer-group.ts';
import { addTo } from './vendor-figures.ts';

/** A vendor on one side of this share of the SKUs is the odd one, if it is alone there and faces several others. */
const ODD_SHARE = 0.8;
/** Fewer SKUs prove nothing. */
const SKUS_MIN = 3;

export interface RivalGapsState {
  cheap: Float64Array;
  dear: Float64Array;
  skus: number;
}

export class RivalGaps {
  readonly #group: OfferGroup;
  /** SKUs by vendor position: those that the vendor won, and those in which it is above the limit. */
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

  state(): RivalGapsState {
    return { cheap: this.#cheap, dear: this.#dear, skus: this.#skus };
  }

  absorb({ cheap, dear, skus }: RivalGapsState): void {
    addTo(this.#cheap, cheap);
    addTo(this.#dear, dear);
    this.#skus += skus;
  }

  /**
   * The odd vendor and why; null if there is not exactly one. `suspects` are vendors whose costs are odd in themselves.
   */
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
