/** Shopify's inventory export. */
import { z } from 'zod';
import { defineVendorParser } from '../kit/layout/vendor-parser.ts';

/** Newer exports first; the older ones have no `(not editable)` and no `(current)`. An import file has `(new)` alone. */
const QUANTITIES = {
  available: ['Available (not editable)', 'Available'],
  on_hand: ['On hand (current)', 'On hand', 'On hand (new)'],
};

export const shopifyInventory = defineVendorParser({
  id: 'shopify-inventory',
  version: '1.0.0',
  summary: 'the inventory export of Shopify: a row for each SKU and location, or a column a location',
  delimiter: ',',
  signs: { headers: ['Handle', 'Title', 'Option1 Name', 'Option1 Value', 'SKU'] },
  encodings: { candidates: ['windows-1252'] },
  get options() {
    return {
      quantity: z.enum(['available', 'on_hand']).default('available').describe('Which quantity to read.'),
      locations: z
        .array(z.string().min(1))
        .min(1)
        .max(100)
        .optional()
        .describe('Keeps only the rows of these locations.'),
      location_columns: z
        .array(z.string().min(1))
        .min(1)
        .max(100)
        .optional()
        .describe('For exports with one column per location: the columns to sum. `*` matches any characters.'),
    };
  },
  example: { quantity: 'available', locations: ['Main warehouse'] },
  table: ({ quantity, locations, location_columns }) => ({
    unwrap: true,
    sum_rows: true,
    numbers: { below_zero: 'zero' },
    columns: {
      sku: { from: 'SKU' },
      title: { from: 'Title', optional: true },
      quantity_available:
        location_columns === undefined
          ? { from: QUANTITIES[quantity] }
          : { sum: location_columns, words: { 'not stocked': 0 } },
    },
    rows: [
      { column: 'SKU', drop: [''] },
      ...(location_columns === undefined ? [{ column: QUANTITIES[quantity], drop: ['not stocked'] }] : []),
      ...(locations === undefined ? [] : [{ column: 'Location', keep: locations }]),
    ],
  }),
});
