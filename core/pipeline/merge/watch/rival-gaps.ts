/**
 * Finds the vendor to blame where winners cost far less or far more than their rivals. If one vendor's costs are wrong, that vendor
 * is in nearly all of these SKUs, while the others take turns.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the group's count bounds its columns

import { FAR_FACTOR } from '../../../kernel/assembly/settle-places.ts';
import type { OfferGroup } from '../offer-group.ts';
import { type FAR_ABOVE, FAR_BELOW } from './far-rivals.ts';
import { addTo } from './vendor-figures.ts';

/** A vendor on one side of this share of the SKUs is the odd one, if it is alone there and faces several others. */
const ODD_SHARE = 0.8;
/** Fewer SKUs prove nothing. */
const SKUS_MIN = 3;

export interface RivalGapsState {
  cheap: Float64Array;
  dear: Float64Array;
  below: number;
  above: number;
}

export class RivalGaps {
  readonly #group: OfferGroup;
  /** SKUs by vendor position: those in which the vendor is on that side of the gap. */
  readonly #cheap: Float64Array;
  readonly #dear: Float64Array;
  /** SKUs whose winner is far below its rivals, and far above them. */
  #below = 0;
  #above = 0;

  constructor(group: OfferGroup) {
    this.#group = group;
    this.#cheap = new Float64Array(group.vendorIds.length);
    this.#dear = new Float64Array(group.vendorIds.length);
  }

  /** Notes a SKU whose winner is far from its rivals in `column`: `far` is the side on which it is. */
  note(winner: number, column: Float64Array, far: typeof FAR_BELOW | typeof FAR_ABOVE): void {
    const { vendor, count } = this.#group;
    const own = column[winner]!;
    const [ofWinner, ofRivals] = far === FAR_BELOW ? [this.#cheap, this.#dear] : [this.#dear, this.#cheap];
    if (far === FAR_BELOW) this.#below++;
    else this.#above++;
    ofWinner[vendor[winner]!]!++;
    let last = -1;
    for (let i = 0; i < count; i++) {
      const amount = column[i]!;
      const isFar = far === FAR_BELOW ? amount > own * FAR_FACTOR : amount > 0 && amount * FAR_FACTOR < own;
      // the offers of a vendor are together
      if (vendor[i] === last || vendor[i] === vendor[winner] || !isFar) continue;
      last = vendor[i]!;
      ofRivals[last]!++;
    }
  }

  state(): RivalGapsState {
    return { cheap: this.#cheap, dear: this.#dear, below: this.#below, above: this.#above };
  }

  absorb({ cheap, dear, below, above }: RivalGapsState): void {
    addTo(this.#cheap, cheap);
    addTo(this.#dear, dear);
    this.#below += below;
    this.#above += above;
  }

  /**
   * The odd vendor and why; null if there is not exactly one. `suspects` are vendors whose costs are odd in themselves.
   */
  odd(suspects: readonly string[]): { vendorId: string; text: string } | null {
    const skus = this.#below + this.#above;
    if (skus < SKUS_MIN) return null;
    const vendors = this.#group.vendorIds.map((id, i) => ({ id, cheap: this.#cheap[i]!, dear: this.#dear[i]! }));
    const cheap = vendors.filter((one) => one.cheap >= ODD_SHARE * skus);
    const dear = vendors.filter((one) => one.dear >= ODD_SHARE * skus);
    const known = [...cheap, ...dear].filter(({ id }) => suspects.includes(id));
    const alone = [cheap, dear].filter(({ length }) => length === 1);
    const [odd] = known.length > 0 ? known : (alone[0] ?? []);
    if (odd === undefined || known.length > 1 || (known.length === 0 && alone.length > 1)) return null;
    const side = odd.cheap > odd.dear ? 'cheap' : 'dear';
    const codes = [
      ...(this.#below > 0 ? ['price_far_below_rivals'] : []),
      ...(this.#above > 0 ? ['price_far_above_rivals'] : []),
    ];
    const text = `it is the ${side} one in ${odd[side]} of the ${skus} SKUs of ${codes.join(' and ')}`;
    return { vendorId: odd.id, text };
  }
}
