/** The outcome of a receipt in one sentence. */
import type { Receipt } from './receipt.ts';
import { sentBy, vanishedWhy } from './vanished.ts';

export function summaryOf(receipt: Omit<Receipt, 'summary'>): string {
  return `${failureText(receipt)}${outcomeText(receipt)}`;
}

function failureText({ run_failure, published_by_hand: byHand }: ReceiptParts): string {
  if (run_failure === null) return '';
  if (byHand === null) return `Nothing went out, since the run failed: ${run_failure}. `;
  const why = byHand.reason === null ? '' : ` (${byHand.reason})`;
  return `The run failed: ${run_failure}; a person published its feed all the same, as publication ${byHand.sequence}${why}. `;
}

function outcomeText(receipt: Omit<Receipt, 'summary'>): string {
  const { sku, outcome, feed, offers, price, absence, publishing } = receipt;
  const winner = offers.find(({ result }) => result === 'won');
  const by = winner === undefined ? '' : `, from vendor ${winner.vendor_id}`;
  const sent = sentBy(receipt);
  const failed = sent === 'nobody';
  const went = failed ? 'would have gone out' : 'went out';
  const wouldBe = failed && feed === null && price?.written != null ? ` at ${price.written}` : '';
  const amount = feed?.row.price ? ` at ${feed.row.price}` : outcome === 'published' ? wouldBe : '';
  const quantity = feed?.row.quantity_available;
  const stock = quantity === undefined ? '' : `, quantity ${quantity}`;
  switch (outcome) {
    case 'published':
      return `${sku} ${went}${amount}${stock}${by}.`;
    case 'held': {
      const { hold } = publishing ?? {};
      const wanted = hold?.candidate_price ?? price?.written ?? '';
      if (sent === 'person')
        return `${sku} ${went} at ${wanted}${stock}${by}, although the rules hold this price (${hold?.reason}).`;
      if (feed === null && !failed) return `${sku} is new and waits: its price ${wanted} is held (${hold?.reason}).`;
      const loss = hold?.below_cost == null ? '' : `, below its cost of ${hold.below_cost}`;
      if (failed)
        return `${sku} would have kept its published price: the new price ${wanted} is held (${hold?.reason}).`;
      return `${sku} went out with its published price${amount}${loss}${stock}: the new price ${wanted} is held (${hold?.reason}).`;
    }
    case 'kept':
      if (sent === 'person') return `${sku} is not in this run (${why(receipt)}), and so not in that feed.`;
      return `${sku} is not in this run (${why(receipt)}); its published row ${went} again${amount}${stock}.`;
    case 'zeroed':
      if (sent === 'person') return `${sku} is not in this run (${why(receipt)}), and so not in that feed.`;
      return `${sku} is not in this run (${why(receipt)}); it ${went}${amount} with quantity 0.`;
    case 'unpriced':
      return `${sku} is offered, and has no price: ${absence?.detail}.`;
    case 'rejected':
      return `${sku} did not go out: ${absence?.detail}.`;
    default:
      return `${sku} did not go out: ${absence?.detail ?? 'no vendor lists it'}${dropped(receipt)}.`;
  }
}

type ReceiptParts = Omit<Receipt, 'summary'>;

function why({ publishing, inputs }: ReceiptParts): string {
  const vanished = publishing?.vanished ?? null;
  return vanished === null ? '' : `${vanished.reason}: ${vanishedWhy({ vanished, inputs })}`;
}

/** Where a row was dropped: what the feed before had. */
function dropped({ publishing }: ReceiptParts): string {
  if (publishing?.vanished?.action !== 'drop' || publishing.previous_price === null) return '';
  return `; the feed before had it at ${publishing.previous_price}, quantity ${publishing.previous_quantity ?? 'none'}`;
}
