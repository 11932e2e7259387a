/** Receipts of SKUs, and their history. `docs/EXPLAINING.md` describes both. */

import { z } from 'zod';
import { HISTORY_FIELDS } from '../../core/explain/history.ts';
import { SKU_LISTS, VENDOR_LISTS } from '../../core/explain/lists/listed-sku.ts';
import {
  ABSENCE_REASONS,
  FINDING_CODES,
  OFFER_RESULTS,
  OUTCOMES,
  RECEIPT_VERSION,
} from '../../core/explain/receipt/receipt.ts';
import { PRICE_DOUBTS } from '../../core/pipeline/merge/watch/price-watch.ts';
import { CAUSES } from '../../core/pipeline/publish/diff/causes.ts';
import { generatedId, nextCursor, pageQuery, runId, tenantId } from './common.ts';
import { inputsThatDiffer } from './diff.ts';

const sku = z
  .string()
  .min(1)
  .max(1000)
  .describe('The SKU, after the SKU map; percent-encoded in the address, also a `/` in it.');
export const explainParams = z.object({ run_id: generatedId.describe('Id of the run.'), sku });
export const historyParams = z.object({ tenant_id: tenantId, sku });

const text = z.string();
const orNull = text.nullable();
const count = z.int();

const listNames = Object.keys(SKU_LISTS) as Array<keyof typeof SKU_LISTS>;
const listName = z.enum(listNames).describe(
  `What to list. ${Object.entries(SKU_LISTS)
    .map(([list, meaning]) => `\`${list}\`: ${meaning}.`)
    .join(' ')}`,
);
export const skuListParams = z.object({ run_id: generatedId.describe('Id of the run.') });

export function skuListQuery(settings: Parameters<typeof pageQuery>[0]) {
  return pageQuery(settings)
    .extend({
      list: listName,
      vendor_id: z.string().min(1).max(64).optional().describe('Only what concerns this vendor.'),
    })
    .refine(({ list, vendor_id }) => vendor_id !== undefined || !VENDOR_LISTS.includes(list), {
      path: ['vendor_id'],
      message: `is needed for ${VENDOR_LISTS.join(' and ')}`,
    });
}

const place = {
  vendor_id: text.describe('The vendor.'),
  file: orNull.describe('The run’s copy of the file, below the run’s prefix; null if it is not known.'),
  row_number: count.describe('Number of the record; the header is 1. 0 if it is not known.'),
  line: count.describe('Its physical line, from 1; 0 if it is not known.'),
};

const cell = z.strictObject({
  column: text.describe('The canonical or extra column.'),
  from: z.array(text).describe('Names of the feed’s columns that it was read from.'),
  raw: z.array(text).describe('Their cells, as they came.'),
  value: orNull.describe('The value, exact; null if it is empty.'),
  how: z.array(text).describe('How it was read; empty if the cell was taken unchanged.'),
});

const lostBy = z
  .strictObject({
    criterion: text.describe('The first criterion in which the offer and the winner differ.'),
    own: orNull.describe('What the offer has.'),
    winner: orNull.describe('What the winner has.'),
  })
  .nullable()
  .describe('Why the offer lost; null for the winner, and if nothing was compared.');

export const skuList = z
  .strictObject({
    run_id: runId,
    list: listName,
    vendor_id: orNull.describe('The vendor that was asked for; null for all.'),
    count: count.describe('All that match in the run, on this page or not.'),
    skus: z
      .array(
        z.strictObject({
          sku: text.describe('The SKU; of an unused map entry, the one that it names.'),
          vendor_sku: orNull.describe('Of an unused map entry, the vendor’s SKU; else null.'),
          winner: orNull.describe('The vendor of the winning offer; null for map entries.'),
          price: orNull.describe('As the run’s rules make it, whether it is held or not; null for map entries.'),
          held: z
            .strictObject({
              published_price: orNull.describe('What went out in its place; null for a new SKU that stays out.'),
            })
            .nullable()
            .describe('The price waits; null if it went out.'),
          offers: count.describe('Valid rows that offer it.'),
          loser: orNull.describe('The vendor whose offer lost or is tied; null in other lists.'),
          lost_by: lostBy,
          difference: orNull.describe('What the offer has more than the winner, where both values are numbers.'),
        }),
      )
      .describe('In the order of the SKUs; map entries in that of the vendor’s SKUs.'),
    next_cursor: nextCursor,
  })
  .describe('SKUs of a run that have something in common.');

const offer = z.strictObject({
  ...place,
  result: z.enum(OFFER_RESULTS).describe('What became of the offer.'),
  rank: count.nullable().describe('Its place, from 1, the best; null if it was not ranked.'),
  lost_by: lostBy,
  quantity: z
    .strictObject({
      feed: z.number().describe('Of the row.'),
      offered: z.number().describe('After `duplicate_sku` and the quantity rules.'),
      steps: z
        .array(
          z.strictObject({
            rule: text.describe('`duplicate_sku`, or a part of a quantity rule by its path in the config.'),
            before: z.number().describe('The quantity before it.'),
            after: z.number().describe('The quantity after it.'),
          }),
        )
        .describe('What changed it, in order.'),
    })
    .describe('The quantity of the offer.'),
  landed_cost: z
    .strictObject({
      cost: text.describe('The cost in the tenant’s currency.'),
      handling_pct: text.describe('The share that is added.'),
      handling_fixed: text.describe('The amount that is added.'),
      landed_cost: text.describe('What the offer costs with them: offers are compared and priced by it.'),
    })
    .nullable()
    .describe('What `pricing.vendor_terms` makes of the cost; null for a vendor without terms, and without a cost.'),
  sku_map: z
    .strictObject({ vendor_sku: text.describe('The vendor’s SKU.'), sku: text.describe('The SKU that the map gives.') })
    .nullable()
    .describe('What the SKU map did; null if it does not name the row.'),
  cells: z.array(cell).describe('The cells of the row.'),
});

const problem = z.strictObject({
  error_code: text.describe('The code.'),
  column: orNull.describe('The column; null for the row as a whole.'),
  value: orNull.describe('The cell; null if it is empty.'),
  reason: text.describe('What is wrong.'),
});

const step = z.strictObject({
  rule: text.describe('The pricing rule.'),
  is_floor: z.boolean().describe('True for the floors that follow every chain.'),
  options: z.unknown().describe('The options of the rule.'),
  before: orNull.describe('The price before it, exact; null for none.'),
  after: orNull.describe('The price after it, exact; null for none.'),
  lifted_by: z
    .strictObject({ rule: text.describe('The rule with that floor.'), floor: text.describe('The floor, exact.') })
    .nullable()
    .describe('The floor without which the rule would have given a lower price; null if there is none.'),
});

const price = z.strictObject({
  vendor_id: text.describe('The vendor whose offer is priced.'),
  settings: z
    .strictObject({
      base_margin_pct: text.describe('The margin.'),
      shipping_handling_flat: text.describe('Shipping and handling.'),
      min_price: text.describe('The least price.'),
      map_policy: z
        .strictObject({
          enforce: z.boolean().describe('True if the MAP is enforced.'),
          map_floor_behavior: text.describe('How.'),
        })
        .describe('What the MAP means.'),
      rounding: z
        .strictObject({ mode: text.describe('`nearest`, `up` or `down`.'), increment: text.describe('To what.') })
        .describe('How prices are rounded.'),
    })
    .describe('The settings of the config.'),
  steps: z.array(step).describe('Every step, in order.'),
  exact: orNull.describe('The price before it is written; null for none.'),
  written: orNull.describe('The price with the currency’s decimals; null for none.'),
  doubts: z
    .array(
      z.strictObject({
        code: z.enum(PRICE_DOUBTS).describe('The code of the run’s warning about the same.'),
        message: text.describe('In words.'),
      }),
    )
    .describe('What is odd about the price.'),
});

const publishing = z.strictObject({
  compared: z.boolean().describe('False if the run ended before it was compared with what is published.'),
  baseline: z
    .strictObject({
      run_id: orNull.describe('The run whose feed was published.'),
      published_at: orNull.describe('When.'),
      sha256: orNull.describe('Its hash.'),
    })
    .nullable()
    .describe('What the run was compared with; null if nothing was published.'),
  forced: orNull.describe('Why holds and guardrails were set aside; null if they applied.'),
  change: orNull.describe('As `delta.csv` has it; null if nothing changed.'),
  previous_price: orNull.describe('The published price; null if nothing changed, or there was none.'),
  previous_quantity: orNull.describe('The published quantity, likewise.'),
  decision: z
    .strictObject({
      decision: text.describe('`accept` or `reject`.'),
      price: text.describe('The price that it is about.'),
      reason: orNull.describe('Why; null if no reason was given.'),
      run_id: orNull.describe('The run that held it.'),
    })
    .nullable()
    .describe('The decision on the SKU’s price that the run was given; null if there was none or it had expired.'),
  hold: z
    .strictObject({
      reason: text.describe('Why the price is held.'),
      candidate_price: orNull.describe('The price that waits.'),
      runs: count.describe('Published runs in a row.'),
      below_cost: orNull.describe('The landed cost of the row that goes out, if its published price is below it.'),
    })
    .nullable()
    .describe('Null if the price is not held.'),
  vanished: z
    .strictObject({
      reason: text.describe('Why the SKU is not in this run’s own feed.'),
      action: text.describe('`drop`, `zero` or `keep`.'),
      vendors: z.array(text).describe('Who offered it before.'),
      runs: count.describe('Published runs in a row in which this was done.'),
      keep_runs: count.describe('`publish.vanished.keep_runs`: how many runs in a row `keep` lasts.'),
      afterwards: text.describe('What follows: `publish.vanished.then`.'),
    })
    .nullable()
    .describe('Null if the SKU is in this run’s own feed.'),
});

const absence = z.strictObject({
  reason: z.enum(ABSENCE_REASONS).describe('The first reason that the files prove.'),
  detail: text.describe('In words.'),
  rows: z
    .array(z.strictObject({ ...place, cells: z.array(text).describe('The cells of the row.') }))
    .describe('Rows that name the SKU and were left out.'),
});

const input = z.strictObject({
  vendor_id: text.describe('The vendor.'),
  status: text.describe('`found` or `missing`.'),
  file: orNull.describe('The file’s name; null if there is none.'),
  sha256: orNull.describe('Its hash.'),
  size: count.nullable().describe('Its bytes.'),
  last_modified: orNull.describe('When it was last changed.'),
  carried_over: z.boolean().describe('True if it is a file of an earlier run.'),
  patched: z.boolean().describe('True if corrected rows were read in place of refused ones.'),
  used: z
    .boolean()
    .nullable()
    .describe(
      'False if the vendor has no file or was left out, so that it offers nothing; null if the run failed before it had read all.',
    ),
  side_files: z
    .array(
      z.strictObject({
        name: text.describe('What it is to the vendor, such as `sku_map` or `currency_rates`.'),
        file: text.describe('Its name.'),
        sha256: text.describe('Its hash.'),
      }),
    )
    .describe('What was read beside it.'),
});

export const receipt = z
  .strictObject({
    receipt_version: z.literal(RECEIPT_VERSION).describe('The version of this form.'),
    run_id: runId,
    tenant_id: tenantId,
    sku: text.describe('The SKU.'),
    outcome: z.enum(OUTCOMES).describe('What happened to the SKU; for a failed run, what would have happened.'),
    run_failure: orNull.describe('Why the run failed and published nothing; null if it succeeded.'),
    published_by_hand: z
      .strictObject({
        sequence: count.describe('The number of the publication.'),
        published_at: text.describe('When.'),
        reason: orNull.describe('Why, as the person said.'),
      })
      .nullable()
      .describe(
        'The publication by a person of the feed that a guardrail stopped: what the feed has did go out; null otherwise.',
      ),
    summary: text.describe('The answer in one sentence.'),
    generated_at: orNull.describe('The run’s clock.'),
    config_version: count.nullable().describe('The version of the config.'),
    currency: orNull.describe('The currency of the amounts.'),
    feed: z
      .strictObject({
        path: text.describe('The feed, below the run’s prefix.'),
        row: z.record(text, text).describe('The row, by column.'),
      })
      .nullable()
      .describe('The row that went out; null if none did.'),
    offers: z.array(offer).describe('The valid rows for the SKU, the best first.'),
    refused_rows: z
      .array(
        z.strictObject({
          ...place,
          problems: z.array(problem).describe('What is wrong with the row.'),
          row_data: z.record(text, text).describe('The cells as they came, by header.'),
        }),
      )
      .describe('The refused rows for the SKU.'),
    price: price.nullable().describe('How the price was made; null without an offer.'),
    publishing: publishing.nullable().describe('What publishing did; null if the run was not compared.'),
    absence: absence.nullable().describe('Why the SKU is not offered; null if it is.'),
    near_skus: z
      .array(text)
      .describe(
        'SKUs of the run that look like this one, if it is not in it; else those near it in the feed that look the same.',
      ),
    inputs: z.array(input).describe('The files that the run read.'),
    plugins: z
      .array(
        z.strictObject({
          kind: text.describe('Its kind.'),
          id: text.describe('Its id.'),
          version: text.describe('Its version.'),
        }),
      )
      .describe('The plugins of the run.'),
    findings: z
      .array(
        z.strictObject({
          code: z.enum(FINDING_CODES).describe('What does not fit.'),
          path: orNull.describe('The file in question; null if it is no single one.'),
          message: text.describe('In words.'),
        }),
      )
      .describe('Contradictions between the run’s files; empty if there are none.'),
  })
  .describe('Why a SKU of a run has its price, its stock and its winner.');

const historyEntry = z.strictObject({
  run_id: runId,
  generated_at: text.describe('The run’s clock.'),
  config_version: count.describe('The version of the config.'),
  outcome: z.enum(OUTCOMES).describe('What became of the SKU.'),
  price: orNull.describe('As the feed has it; null if it has no row or no such column.'),
  quantity: orNull.describe('The quantity, likewise.'),
  vendor_id: orNull.describe('The winner, likewise.'),
  baseline_run_id: orNull.describe(
    'The run whose feed was published when this one began: another than the run before after a rollback. Null if nothing was, or nothing was compared.',
  ),
  hold: z
    .strictObject({
      reason: text.describe('Why it is held, as in `holds.csv`; `decision` for a rejected price.'),
      candidate_price: orNull.describe('The price that waits.'),
      runs: count.describe('Published runs in a row that held it.'),
    })
    .nullable()
    .describe('The price that waits for a person, so that the feed does not have it; null if none does.'),
  change: z
    .strictObject({
      fields: z.array(z.enum(HISTORY_FIELDS)).describe('What changed.'),
      causes: z.array(z.enum(CAUSES)).describe('What differs between the two runs themselves.'),
      changed_inputs: inputsThatDiffer,
    })
    .nullable()
    .describe('Against the run before; null if nothing changed, or there is none.'),
});

export const skuHistory = z
  .strictObject({
    sku: text.describe('The SKU.'),
    runs: z.array(historyEntry).describe('Runs that made a feed, newest first.'),
    failed_runs: z
      .array(
        z.strictObject({
          run_id: runId,
          generated_at: text.describe('The run’s clock; when it was requested, if it never began.'),
          error_code: orNull.describe('The code of its failure.'),
          message: text.describe('Why it failed.'),
        }),
      )
      .describe('Runs that failed, and so changed nothing, in the time of the page: the newest hundred.'),
    publications: z
      .array(
        z.strictObject({
          sequence: count.describe('Its number; the highest is what is published now.'),
          run_id: runId.describe('The run whose feed it is.'),
          published_at: text.describe('When.'),
          reason: orNull.describe(
            'Of a person who went back or published a stopped feed; null if the run published it.',
          ),
          key_id: orNull.describe(
            'The key of the person who did it; null for a run, and for what an earlier release published.',
          ),
          price: orNull.describe('The price of the SKU in that feed; null if it has no row, or is gone.'),
          quantity: orNull.describe('The quantity, likewise.'),
        }),
      )
      .describe('What was published, newest first: the last twenty, with rollbacks. Empty on a page after the first.'),
    next_cursor: nextCursor,
  })
  .describe('A SKU over the runs that are kept.');
