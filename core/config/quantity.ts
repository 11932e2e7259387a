/** `quantity` of a tenant config: how much of a vendor's stock is offered. */
import { z } from 'zod';
import { ZERO } from '../money/money.ts';
import { fractionSchema } from './decimal.ts';
import { late } from './late.ts';

/** Each rule is tried for every offer of its vendors. */
const QUANTITY_RULES_MAX = 100;
const BRANDS_MAX = 1000;

const quantityRule = late(() =>
  z.strictObject({
    vendors: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('Ids of the vendors whose offers it applies to. Absent: all vendors.'),
    brands: z
      .array(z.string().min(1))
      .min(1)
      .max(BRANDS_MAX)
      .optional()
      .describe(
        'Brands that it applies to, compared without case and surrounding spaces. Absent: all offers, also those without a brand.',
      ),
    buffer: z
      .strictObject({
        units: z.int().min(0).default(0).describe('Whole units.'),
        pct: fractionSchema
          .default(ZERO)
          .describe(
            'A share of the quantity, rounded up to whole units. 0.1 = 10 %; 0 by default. 0 to 1; at most 18 decimals.',
          ),
      })
      .prefault({})
      .describe('Is taken off the quantity: the units and the share together. What is left is not below 0.'),
    cap: z.int().min(0).optional().describe('Greatest quantity, after the buffer.'),
    min_to_list: z.int().min(1).optional().describe('Least quantity, after buffer and cap. A lower one becomes 0.'),
  }),
);

export const quantitySchema = z.strictObject({
  rules: z
    .array(quantityRule)
    .max(QUANTITY_RULES_MAX)
    .default([])
    .describe(
      'Every rule that matches an offer is applied, in order, to what the rule before left. With `duplicate_sku: sum_quantity` they are applied to the sum.',
    ),
});

export type QuantityRule = z.output<typeof quantityRule>;
