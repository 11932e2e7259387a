/** WooCommerce's product export. */
import { z } from 'zod';
import { defineVendorParser } from '../kit/layout/vendor-parser.ts';

export const woocommerceProducts = defineVendorParser({
  id: 'woocommerce-products',
  version: '1.0.0',
  summary: 'the product export of WooCommerce: simple products and variations, with the sale price if there is one',
  delimiter: ',',
  signs: { headers: ['ID', 'Type', 'SKU', 'Name', 'In stock?', 'Stock', 'Regular price'] },
  encodings: { candidates: ['windows-1252'] },
  get options() {
    return {
      untracked_quantity: z.int().min(0).default(0).describe('Quantity of goods in stock whose stock is not tracked.'),
      backorder_quantity: z
        .int()
        .min(0)
        .default(0)
        .describe('Quantity of goods on backorder whose stock is not tracked.'),
      published_only: z.boolean().default(true).describe('True to leave out private products and drafts.'),
      decimal: z.enum(['.', ',']).default('.').describe('The decimal mark of amounts.'),
    };
  },
  example: { untracked_quantity: 10, decimal: ',' },
  table: ({ untracked_quantity, backorder_quantity, published_only, decimal }) => ({
    unwrap: true,
    // the exporter puts ' before = + - @
    unescape_formulas: true,
    numbers: { decimal, below_zero: 'zero' },
    columns: {
      sku: { from: 'SKU' },
      title: { from: 'Name', optional: true },
      brand: { from: ['Brands', 'Brand'], optional: true },
      quantity_available: {
        first_filled: [
          // a variation may have no stock of its own, but its product's
          { from: 'Stock', words: { parent: null } },
          { from: 'In stock?', words: { '1': untracked_quantity, '0': 0, backorder: backorder_quantity } },
        ],
      },
      price: { first_filled: ['Sale price', 'Regular price'] },
      msrp: { from: 'Regular price' },
      cost: { from: ['Cost of goods', 'Meta: _wc_cog_cost'], optional: true },
    },
    rows: [
      // parents of variations and groups cannot be sold; external products are sold elsewhere
      { column: 'Type', drop: ['variable*', '*, variable*', 'grouped*', 'external*'], if_present: true },
      { column: 'SKU', drop: [''] },
      ...(published_only ? [{ column: 'Published', drop: ['0', '-1'], if_present: true }] : []),
    ],
  }),
});
