/** Google Merchant Center's product and local inventory feeds. */
import { z } from 'zod';
import { defineVendorParser } from '../kit/layout/vendor-parser.ts';

export const googleMerchant = defineVendorParser({
  id: 'google-merchant',
  version: '1.0.0',
  summary: 'the product feed of Google Merchant Center, or its local inventory with a row for each store',
  delimiter: '\t',
  signs: { headers: ['id', 'title', 'availability', 'price', 'condition'] },
  encodings: { candidates: ['windows-1252'] },
  get options() {
    return {
      in_stock_quantity: z.int().min(0).default(1).describe('Quantity for `in_stock`, if there is no `quantity`.'),
      preorder_quantity: z.int().min(0).default(0).describe('Quantity for `preorder`.'),
      backorder_quantity: z.int().min(0).default(0).describe('Quantity for `backorder`.'),
      stores: z
        .array(z.string().min(1))
        .min(1)
        .max(1000)
        .optional()
        .describe('For local inventory: keeps only the rows of these `store_code`s.'),
    };
  },
  example: { in_stock_quantity: 5 },
  table: ({ in_stock_quantity, preorder_quantity, backorder_quantity, stores }) => ({
    sum_rows: true,
    numbers: { currency: true },
    columns: {
      sku: { from: 'id' },
      vendor_sku: { from: 'mpn', optional: true },
      title: { from: 'title', optional: true },
      brand: { from: 'brand', optional: true },
      quantity_available: {
        first_filled: [
          'quantity',
          {
            from: 'availability',
            words: {
              ...{ in_stock: in_stock_quantity, 'in stock': in_stock_quantity, out_of_stock: 0, 'out of stock': 0 },
              ...{ limited_availability: Math.min(1, in_stock_quantity), on_display_to_order: 0 },
              ...{ preorder: preorder_quantity, backorder: backorder_quantity },
            },
          },
        ],
      },
      price: { first_filled: ['sale_price', 'price'] },
      cost: { from: 'cost_of_goods_sold', optional: true },
      condition: { from: 'condition', optional: true, words: { refurbished: 'refurb' } },
    },
    rows: stores === undefined ? [] : [{ column: 'store_code', keep: stores }],
  }),
});
