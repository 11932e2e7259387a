/**
 * Compares a winner with the offers of other vendors for the SKU, those without stock too: is it far below or far above
 * the one in their middle? Of two in the middle, the one nearer to the winner counts.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the group's count bounds its columns
import { FAR_FACTOR, LEAST_COST } from '../../../kernel/assembly/settle-places.ts';
import type { OfferGroup } from '../offer-group.ts';

/** At most this many rivals are compared. */
const RIVALS_MAX = 100;

export const NOT_FAR = 0;
export const FAR_BELOW = 1;
export const FAR_ABOVE = 2;

export class FarRivals {
  /** In millionths; of the last winner that was far away. */
  median = 0;
  /** What was compared: costs, or prices of the feed if the winner has no cost. The same config turns either into a selling price. */
  column: Float64Array;
  readonly #group: OfferGroup;
  readonly #rivals = new Float64Array(RIVALS_MAX);

  constructor(group: OfferGroup) {
    this.#group = group;
    this.column = group.cost;
  }

  look(winner: number): typeof NOT_FAR | typeof FAR_BELOW | typeof FAR_ABOVE {
    const group = this.#group;
    const column = group.cost[winner]! >= 0 ? group.cost : group.price;
    const vendor = group.vendor[winner];
    const own = column[winner]!;
    // an offer without both can still be priced, by a plugin's rule
    if (own < 0) return NOT_FAR;
    this.column = column;
    const far = own * FAR_FACTOR;
    const rivals = this.#rivals;
    let count = 0;
    let above = 0;
    let below = 0;
    for (let i = 0; i < group.count && count < RIVALS_MAX; i++) {
      const amount = column[i]!;
      if (group.vendor[i] === vendor || amount <= 0 || amount === LEAST_COST) continue;
      rivals[count++] = amount;
      if (amount > far) above++;
      else if (amount * FAR_FACTOR < own) below++;
    }
    const half = count >> 1;
    // sorting costs more than all the rest: only where the one in the middle is far away
    if (above > half) return this.#far(FAR_BELOW, count, (count - 1) >> 1);
    return below > half ? this.#far(FAR_ABOVE, count, half) : NOT_FAR;
  }

  /** `place`: that of the median in their order. */
  #far<T extends number>(side: T, count: number, place: number): T {
    this.#rivals.subarray(0, count).sort();
    this.median = this.#rivals[place]!;
    return side;
  }
}
