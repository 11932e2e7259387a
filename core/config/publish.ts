/** `publish` and `guardrails` of a tenant config: how a run becomes the published feed, and what stops it. */
import { z } from 'zod';
import { decimal } from './decimal.ts';
import { late } from './late.ts';

const SHARE = 'A fraction: 0.1 = 10 %. 0 or more; at most 18 decimals.';
const dropFraction = decimal((value) => (value.isNegative() ? 'must not be below zero' : null));

export const guardrailsSchema = late(() =>
  z.strictObject({
    max_sku_drop_pct: dropFraction
      .optional()
      .describe(`Greatest drop of the number of SKUs, against the published feed. ${SHARE}`),
    max_in_stock_drop_pct: dropFraction
      .optional()
      .describe(`Greatest drop of the number of SKUs with a quantity above 0. ${SHARE}`),
    max_median_price_change_pct: dropFraction
      .optional()
      .describe(
        `Greatest median price change, rise or drop, as a share of the published price, over the SKUs that both feeds have. ${SHARE}`,
      ),
    max_vendor_row_drop_pct: dropFraction
      .optional()
      .describe(`Greatest drop of a vendor’s valid rows, against the run that made the published feed. ${SHARE}`),
    stale_after_hours: z
      .number()
      .positive()
      .optional()
      .describe('Greatest age in hours of the oldest feed used, at the run’s clock. It needs no published feed.'),
    min_skus: z
      .int()
      .min(0)
      .optional()
      .describe('Least number of SKUs that the run must have. It needs no published feed.'),
  }),
);

export const VANISHED_REASONS = ['removed', 'rejected', 'unavailable', 'unpriced'] as const;
export type VanishedReason = (typeof VANISHED_REASONS)[number];
export const VANISHED_ACTIONS = ['drop', 'zero', 'keep'] as const;
export type VanishedAction = (typeof VANISHED_ACTIONS)[number];

function vanishedAction(action: VanishedAction, when: string) {
  return z.enum(VANISHED_ACTIONS).default(action).describe(when);
}

const vanished = late(() =>
  z.strictObject({
    removed: vanishedAction(
      'zero',
      'Every vendor that offered the SKU was read in full, and none lists it. `drop`: no row. `zero`: the published row with quantity 0. `keep`: the published row as it was.',
    ),
    rejected: vanishedAction('keep', 'A row for the SKU was refused in this run.'),
    unavailable: vanishedAction('keep', 'A vendor that offered the SKU is missing, unreadable or left out.'),
    unpriced: vanishedAction('keep', 'The SKU is offered, and cannot be priced.'),
    keep_runs: z.int().min(0).default(3).describe('After so many published runs in a row with `keep`, `then` follows.'),
    // biome-ignore lint/suspicious/noThenProperty: the contract's name; its value is a text, so nothing awaits it
    then: vanishedAction('zero', 'What follows `keep_runs` runs with `keep`.'),
  }),
);

const holds = late(() =>
  z.strictObject({
    price_rise_pct: dropFraction
      .optional()
      .describe(`A price that rises by more than this share of the published price is held. ${SHARE}`),
    price_drop_pct: dropFraction
      .optional()
      .describe(`A price that drops by more than this share of the published price is held. ${SHARE}`),
    below_cost: z
      .boolean()
      .default(false)
      .describe(
        'If true, a price below the winning offer’s cost is held; with `pricing.vendor_terms`, below its landed cost.',
      ),
    held_below_cost: z
      .enum(['keep', 'zero'])
      .default('keep')
      .describe(
        'What happens to a held SKU whose published price is below its cost of today (with `pricing.vendor_terms`, its landed cost). `keep`: it goes out with today’s quantity, and each piece sold loses money. `zero`: it goes out with quantity 0 until the price is decided on or the cost falls. Either way the run warns (`held_below_cost`).',
      ),
    new_sku: z
      .enum(['publish', 'hold'])
      .default('publish')
      .describe('`hold`: a SKU that the published feed lacks stays out until it is accepted.'),
    max_held_pct: dropFraction
      .optional()
      .describe(`Greatest share of the SKUs that may be held. More is \`GUARDRAIL_TRIPPED\`. ${SHARE}`),
  }),
);

export const publishSchema = late(() =>
  z.strictObject({
    vanished: vanished
      .prefault({})
      .describe('What happens to a SKU of the published feed that the run does not have, by reason.'),
    holds: holds
      .prefault({})
      .describe(
        'Which prices wait. A held SKU goes out with its published price and today’s quantity; a new one stays out.',
      ),
    require_simulation: z
      .boolean()
      .default(false)
      .describe(
        'If true, the service takes a new config only with `If-Simulated`: it must have passed a simulation. Also the config that sets this to false again. Runs do not read it.',
      ),
  }),
);
