/**
 * Explains a SKU that the published feed had and this run does not offer: why, since when, what the shop has in its
 * place, and what brings it back.
 */
import type { ExplainedPublishing, Receipt } from './receipt.ts';

type Vanished = NonNullable<ExplainedPublishing['vanished']>;
type Facts = Pick<Receipt, 'inputs'> & { vanished: Vanished };

/** How the feed of a run went out: by itself, not at all since the run failed, or since a person published its candidate. */
export type SentBy = 'run' | 'nobody' | 'person';

export function sentBy({ run_failure, published_by_hand }: Pick<Receipt, 'run_failure' | 'published_by_hand'>): SentBy {
  if (run_failure === null) return 'run';
  return published_by_hand === null ? 'nobody' : 'person';
}

/** Such as `acme, which offered it before, was read in full and no longer lists it`. */
export function vanishedWhy({ vanished: { reason, vendors }, inputs }: Facts): string {
  const who = vendors.length === 0 ? 'the vendor that offered it before' : idList(vendors);
  const verb = vendors.length > 1 ? ['were', 'list'] : ['was', 'lists'];
  switch (reason) {
    case 'rejected':
      return 'a row for it was refused';
    case 'unpriced':
      return 'it is offered, and no offer has a cost or a price';
    case 'unavailable': {
      const unread = vendors.filter((id) =>
        inputs.some((one) => one.vendor_id === id && (one.file === null || one.used === false)),
      );
      return `${idList(unread.length > 0 ? unread : vendors) || who}, which offered it before, could not be read`;
    }
    default: {
      const gone = vendors.filter((id) => !inputs.some(({ vendor_id }) => vendor_id === id));
      if (gone.length > 0 && gone.length === vendors.length)
        return `the config no longer has ${who}, which offered it before`;
      return `${who}, which offered it before, ${verb[0]} read in full and no longer ${verb[1]} it`;
    }
  }
}

/** Sentences without their full stops. */
export function vanishedTexts(sku: string, step: ExplainedPublishing, facts: Facts & { sent: SentBy }): string[] {
  const { vanished, sent } = facts;
  return [
    `Not in this run (${vanished.reason}): ${vanishedWhy(facts)}`,
    ...lastSeen(sku, step, vanished),
    instead(vanished, sent),
    back(vanished.reason),
  ];
}

/** The files of this run tell only what the published feed had, not whether that feed's run still offered the SKU. */
function lastSeen(
  sku: string,
  { baseline, previous_price, previous_quantity }: ExplainedPublishing,
  { runs }: Vanished,
): string[] {
  const had = previous_price === null ? '' : ` at ${previous_price}, quantity ${previous_quantity ?? 'none'}`;
  const before = baseline?.run_id == null || had === '' ? [] : [`The feed of run ${baseline.run_id} had it${had}`];
  const since = runs > 1 ? `It has been so in ${runs} published runs in a row; ` : '';
  return [
    ...before,
    `${since}relay history ${/^[\w.-]+$/.test(sku) ? sku : JSON.stringify(sku)} shows the run that offered it last`,
  ];
}

function instead({ action, keep_runs, afterwards, runs }: Vanished, sent: SentBy): string {
  if (sent === 'person')
    return 'The feed that a person published does not have it: the delta of that publication sets it to quantity 0';
  const isSent = sent === 'run';
  if (action === 'drop') return isSent ? 'It has no row any more (drop)' : 'It would have had no row any more (drop)';
  const went = isSent ? 'went out' : 'would have gone out';
  if (action === 'zero')
    return `Its published row ${went} with quantity 0 (zero)${isSent ? ', and will until it is offered again' : ''}`;
  return `Its published row ${went} as it was (keep), in run ${runs} of ${keep_runs}; ${afterwards} follows`;
}

function back(reason: string): string {
  switch (reason) {
    case 'rejected':
      return 'It comes back once its row is corrected, in the feed or with a patch';
    case 'unpriced':
      return 'It comes back once an offer has a cost or a price';
    case 'unavailable':
      return 'It comes back once the vendor can be read again and lists it';
    default:
      return 'It comes back once a vendor lists it again';
  }
}

function idList(ids: readonly string[]): string {
  return ids.length < 2 ? ids.join('') : `${ids.slice(0, -1).join(', ')} and ${ids.at(-1)}`;
}
