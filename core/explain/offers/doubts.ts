/** What is odd about a price, as the warnings of the run say it of all prices. */
import type { TenantConfig } from '../../config/schema.ts';
import { Money, ZERO } from '../../money/money.ts';
import type { ExplainedOffer, PriceDoubt } from '../receipt/receipt.ts';

export function priceDoubts(
  { pricing }: TenantConfig,
  price: Money | null,
  offers: readonly ExplainedOffer[],
): PriceDoubt[] {
  const winner = offers.find(({ result }) => result === 'won');
  if (price === null || winner === undefined) return [];
  const doubts: PriceDoubt[] = [];
  const cost = amountOf(winner, 'cost');
  if (cost?.compare(ZERO) === 0)
    doubts.push({ code: 'zero_cost_wins', message: 'the cost is 0: it may be a price on request' });
  if (cost !== null && price.compare(cost) < 0)
    doubts.push({ code: 'price_below_cost', message: `the price is below the cost of ${cost}` });
  const map =
    pricing.map_policy.enforce && !isPositive(amountOf(winner, 'map_price')) ? highestMap(winner, offers) : null;
  if (map !== null && price.compare(map.amount) < 0) {
    const { vendorId, amount } = map;
    const message = `the price is below the MAP of ${amount} that ${vendorId} names, which did not win: only the MAP of the winning offer is enforced, and it names none`;
    doubts.push({ code: 'map_of_losing_vendor', message });
  }
  return doubts;
}

/** Of another vendor than the winner. */
function highestMap(
  winner: ExplainedOffer,
  offers: readonly ExplainedOffer[],
): { vendorId: string; amount: Money } | null {
  let highest: { vendorId: string; amount: Money } | null = null;
  for (const offer of offers) {
    const amount = offer.vendor_id === winner.vendor_id ? null : amountOf(offer, 'map_price');
    if (amount === null || (highest !== null && amount.compare(highest.amount) <= 0)) continue;
    highest = { vendorId: offer.vendor_id, amount };
  }
  return highest;
}

function isPositive(amount: Money | null): boolean {
  return amount !== null && amount.compare(ZERO) > 0;
}

function amountOf({ cells }: ExplainedOffer, name: string): Money | null {
  return Money.parse(cells.find(({ column }) => column === name)?.value ?? '');
}
