/** Simulations of a config on past runs. */
import { z } from 'zod';
import { tenantSchema } from '../../core/config/schema.ts';
import { PAST_DECISIONS } from '../../core/pipeline/simulate/past-run.ts';
import { SIMULATION_STATUSES } from '../../core/pipeline/simulate/records.ts';
import type { ApiSettings } from '../deps.ts';
import { generatedId, runId, tenantId, time } from './common.ts';
import { feedChanges } from './diff.ts';

export const SIMULATED_RUNS_MAX = 10;

export const simulationId = generatedId.describe('Id of the simulation. Ids sort by time.');
export const simulationParams = z.object({ tenant_id: tenantId, simulation_id: simulationId });

const runs = z
  .int()
  .min(1)
  .max(SIMULATED_RUNS_MAX)
  .default(1)
  .describe('How many past runs over all vendors that succeeded, the newest first.');

/** `ConfigChecks` checks the config, to report all problems at once. */
export const simulationRequest = z.strictObject({ config: z.unknown(), runs });

/** The same schema for documents. */
export function simulationBody(settings: ApiSettings) {
  return z
    .strictObject({ config: tenantSchema(settings).describe('The config to try.'), runs })
    .describe('A config to try on past runs.');
}

const count = z.int();
const pair = (what: string) =>
  z
    .strictObject({
      before: count.describe('In the past run.'),
      after: count.describe('With the config that is tried.'),
    })
    .describe(what);
const ofFeeds = {
  before: count
    .nullable()
    .describe(
      'In the feed of the past run; null if the feed lacks a column that this needs, and the run cannot be repeated to get it.',
    ),
  after: count.describe('With the config that is tried.'),
};
const feedPair = (what: string) => z.strictObject(ofFeeds).describe(what);

const diff = z
  .strictObject({
    rows: pair('Rows of the two feeds.'),
    changes: z
      .record(z.string(), count)
      .describe('Rows by what changed: `added`, `changed`, `removed`, `unchanged`, …'),
    ...feedChanges,
  })
  .describe('The feed of the past run, the older one, against the one that would go out.');

const margin = z
  .strictObject({
    skus: count.describe('SKUs that have a cost and a price above 0 in both feeds.'),
    before: z.string().describe('The sum of the margins of one unit of each, in the past run’s feed.'),
    after: z.string().describe('The same in the simulated feed.'),
    change: z.string().describe('The difference.'),
    before_pct: z.string().describe('As a fraction of the summed prices, in the past run’s feed.'),
    after_pct: z.string().describe('The same in the simulated feed.'),
  })
  .describe('What the config does to the margin.');

const simulatedRun = z
  .strictObject({
    run_id: runId.describe('The past run.'),
    clock: z.string().describe('Its clock.'),
    passed: z.boolean().describe('True if the run would succeed with this config.'),
    error_code: z.string().nullable().describe('How it would fail; null if it would not.'),
    error_message: z.string().nullable().describe('Why; null if it would succeed.'),
    vendors_left_out: z.array(z.string()).describe('Vendors of the config that the past run did not have.'),
    invalid_rows: pair('Invalid rows.'),
    unpriced_skus: pair('SKUs without a price.'),
    diff: diff.nullable().describe('The feeds compared; null if there would be none.'),
    map_hits: z
      .strictObject({
        ...ofFeeds,
        first: z.array(z.string()).describe('The first fifty with the config that is tried.'),
      })
      .describe('SKUs whose price is their MAP, or what rounding and endings make of it.'),
    below_cost: z
      .strictObject({
        ...ofFeeds,
        first: z
          .array(
            z.strictObject({
              sku: z.string().describe('The SKU.'),
              price: z.string().describe('Its price in the feed that would go out.'),
              cost: z.string().describe('Its landed cost there.'),
            }),
          )
          .describe('The first fifty with the config that is tried.'),
      })
      .describe('SKUs whose price is below their landed cost: the cost, unless `pricing.vendor_terms` add to it.'),
    in_stock: feedPair('SKUs with a quantity above 0.'),
    sold_out: z
      .strictObject({
        count: count.describe('How many.'),
        first: z.array(z.string()).describe('The first fifty.'),
      })
      .describe('SKUs in stock in the past run’s feed that would have the quantity 0, or no row.'),
    margin: margin
      .nullable()
      .describe('What the config does to the margin; null if the costs of the past run are not known.'),
    decisions: z
      .enum(PAST_DECISIONS)
      .describe(
        'The decisions on held prices that the past run was given: `applied`, as the run applied them; there were `none`; or a run of an earlier release has `not_kept` them. What was decided since does not count.',
      ),
    held: z
      .strictObject({
        count: count.describe('SKUs that would be held.'),
        first: z
          .array(
            z.strictObject({
              sku: z.string().describe('The SKU.'),
              reason: z.string().describe('Why.'),
              published_price: z.string().describe('In the past run’s feed; empty for a new SKU.'),
              candidate_price: z.string().describe('The price that would wait.'),
            }),
          )
          .describe('The first fifty.'),
      })
      .describe('What `publish.holds` would hold, against the past run’s feed.'),
    guardrails: z
      .array(z.looseObject({ guard: z.string().describe('The limit.') }))
      .describe('The guardrails that would trip, as `guardrails.json` has them.'),
    expectations: z
      .array(z.looseObject({ name: z.string().describe('The expectation.') }))
      .describe('The expectations that would not be met, as `expectations.json` has them, with five SKUs.'),
    new_warnings: z.array(z.string()).describe('Warnings that the past run did not have, or about fewer rows.'),
  })
  .describe('A past run with the config that is tried.');

export const simulation = z
  .strictObject({
    simulation_id: simulationId,
    tenant_id: tenantId,
    status: z
      .enum(SIMULATION_STATUSES)
      .describe('`DONE` has a result, whether it passed or not. `FAILED`: it could not be worked to its end.'),
    run_ids: z.array(runId).describe('The past runs, newest first.'),
    requested_at: time.describe('When it was asked for.'),
    started_at: time.nullable().describe('When a worker first began it; null before.'),
    finished_at: time.nullable().describe('When it ended; null before.'),
    expires_at: time.describe('When it is removed: a day after it was asked for.'),
    cancel_requested: z.boolean().describe('True once somebody cancelled it.'),
    passed: z.boolean().nullable().describe('True if each run would succeed; null without a result.'),
    error_code: z.string().nullable().describe('Why it has failed; null if it has not.'),
    error_message: z.string().nullable().describe('The same in words.'),
    runs: z.array(simulatedRun).nullable().describe('The result, for each past run; null before it is done.'),
  })
  .describe('A simulation of a config on past runs.');
