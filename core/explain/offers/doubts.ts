/** What is odd about a price, as the warnings of the run say it of all prices: see `PriceWatch`. */
// biome-ignore-all lint/style/noNonNullAssertion: the group's count bounds its columns

import { CONDITIONS } from '../../canonical.ts';
import type { TenantConfig } from '../../config/schema.ts';
import { FAR_FACTOR } from '../../kernel/assembly/settle-places.ts';
import { Money } from '../../money/money.ts';
import type { OfferGroup } from '../../pipeline/merge/offer-group.ts';
import { FAR_BELOW, FarRivals, NOT_FAR } from '../../pipeline/merge/watch/far-rivals.ts';
import type { PriceDoubt } from '../receipt/receipt.ts';
import type { SettledSku } from './replay.ts';

const NEW = 1 + CONDITIONS.indexOf('new');

export function priceDoubts(
  { group, winner, price }: SettledSku,
  { pricing }: Pick<TenantConfig, 'pricing'>,
): PriceDoubt[] {
  if (price === null || winner < 0) return [];
  const isBelow = (micros: number) => price.compare(amountOf(micros)) < 0;
  const doubts: PriceDoubt[] = [];
  const add = (code: PriceDoubt['code'], message: string) => doubts.push({ code, message });
  const [cost, landed] = [group.cost[winner]!, group.landed[winner]!];
  if (cost === 0) add('zero_cost_wins', 'the cost is 0: it may be a price on request');
  else if (price.compare(amountOf(0)) === 0)
    add('zero_price_wins', 'the price is 0: it may be a price on request, or was rounded to 0');
  if (landed >= 0 && isBelow(landed)) {
    const what = landed === cost ? 'cost' : 'landed cost';
    add('price_below_cost', `the price is below the ${what} of ${amountOf(landed)}`);
  }
  const msrp = group.layout.msrp ? group.msrp[winner]! : 0;
  if (msrp > 0 && price.mul(FACTOR).compare(amountOf(msrp)) < 0) {
    const message = `the price is below a fifth of the MSRP of ${amountOf(msrp)}: the cost may be in another unit, or for one piece of a pack`;
    add('price_far_below_msrp', message);
  }
  const rivals = group.count === 1 ? null : farRivals(group, winner);
  if (rivals !== null) doubts.push(rivals);
  const rival = group.condition[winner]! > NEW ? newRival(group) : null;
  if (rival !== null)
    add(
      'used_beats_new',
      `${CONDITIONS[group.condition[winner]! - 1]} goods win over the new ones that ${rival} offers`,
    );
  const map = pricing.map_policy.enforce && group.mapPrice[winner]! <= 0 ? highestMap(group, winner) : null;
  if (map !== null && isBelow(map.micros)) {
    const message = `the price is below the MAP of ${amountOf(map.micros)} that ${map.vendorId} names, which did not win: only the MAP of the winning offer is enforced, and it names none`;
    add('map_of_losing_vendor', message);
  }
  return doubts;
}

const FACTOR = Money.of(FAR_FACTOR);

function farRivals(group: OfferGroup, winner: number): PriceDoubt | null {
  const rivals = new FarRivals(group);
  const far = rivals.look(winner);
  if (far === NOT_FAR) return null;
  const what = group.cost[winner]! >= 0 ? 'the cost' : 'the price in the feed';
  const than = far === FAR_BELOW ? 'less than a fifth of' : 'more than five times';
  const message = `${what} of ${amountOf(rivals.column[winner]!)} is ${than} the median of the other vendors’ offers, ${amountOf(rivals.median)}: one of them may be in another unit, such as cents, or of another pack size`;
  return { code: far === FAR_BELOW ? 'price_far_below_rivals' : 'price_far_above_rivals', message };
}

/** The vendor of the first new offer that can be priced. */
function newRival({ count, condition, cost, price, vendor, vendorIds }: OfferGroup): string | null {
  for (let i = 0; i < count; i++)
    if (condition[i] === NEW && (cost[i]! >= 0 || price[i]! >= 0)) return vendorIds[vendor[i]!]!;
  return null;
}

/** The highest MAP of another vendor than the winner. */
function highestMap(group: OfferGroup, winner: number): { vendorId: string; micros: number } | null {
  let highest = winner;
  for (let i = 0; i < group.count; i++)
    if (group.vendor[i] !== group.vendor[winner] && group.mapPrice[i]! > group.mapPrice[highest]!) highest = i;
  if (highest === winner) return null;
  return { vendorId: group.vendorIds[group.vendor[highest]!]!, micros: group.mapPrice[highest]! };
}

function amountOf(micros: number): Money {
  return Money.ofUnits(BigInt(micros), 6);
}
