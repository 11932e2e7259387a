/** Prices that runs hold, and decisions on them. */
import { z } from 'zod';
import type { ApiSettings } from '../deps.ts';
import { nextCursor, pageQuery, reason, runId, time } from './common.ts';

const decision = z.enum(['accept', 'reject']).describe('What was decided.');
const sku = z.string().regex(/^\P{Cs}{1,1000}$/u, 'must be 1 to 1,000 characters');
/** More than fit into a body; the limit bounds what is checked. */
const SKUS_MAX = 100_000;

export function holdsQuery(settings: ApiSettings) {
  return pageQuery(settings).extend({
    run_id: runId.optional().describe('The run whose holds are listed; that of the published feed unless given.'),
  });
}

export const decisionBody = z
  .strictObject({
    run_id: runId.describe('The run that holds the prices. The decision is on the prices that it wanted.'),
    skus: z
      .union([z.literal('all'), z.array(sku).min(1).max(SKUS_MAX)])
      .describe('The SKUs; `all` means all that the run holds.'),
    decision: decision.describe('What is decided.'),
    reason,
    expires_at: z.iso.datetime().optional().describe('When the decision ends, in UTC; absent if it does not.'),
  })
  .describe('A decision on held prices.');

const decidedFields = {
  decision,
  run_id: runId.describe('The run that held the price.'),
  reason: z.string().describe('Why.'),
  expires_at: z.string().nullable().describe('When the decision ends; null if it does not.'),
  decided_at: time.describe('When it was decided.'),
};
export const decisionAnswer = z
  .strictObject({ ...decidedFields, count: z.int().describe('How many prices it is on.') })
  .describe('A decision that was taken.');

const listedDecision = z.strictObject({
  sku: z.string().describe('The SKU.'),
  price: z.string().describe('The price that was decided on.'),
  ...decidedFields,
});
export const decisionList = z
  .strictObject({ decisions: z.array(listedDecision).describe('Decisions, by SKU.'), next_cursor: nextCursor })
  .describe('A page of decisions.');

const hold = z.strictObject({
  sku: z.string().describe('The SKU.'),
  reason: z.string().describe('The first rule of `publish.holds` that holds it, such as `price_rise`.'),
  published_price: z.string().nullable().describe('The price that is published; null for a new SKU.'),
  candidate_price: z.string().describe('The price that the run wanted.'),
  cost: z.string().nullable().describe('Cost of the winning offer; null if it has none.'),
  vendor_id: z.string().describe('Vendor of the winning offer.'),
  held_runs: z.int().describe('Published runs in a row that held it, this one included.'),
});
export const holdList = z
  .strictObject({
    run_id: runId.nullable().describe('The run that holds them; null if none that is published was compared.'),
    holds: z.array(hold).describe('Held prices, by SKU.'),
    next_cursor: nextCursor,
  })
  .describe('A page of held prices.');
