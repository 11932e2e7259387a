/** Amazon's listings reports. */
import { z } from 'zod';
import { defineVendorParser } from '../kit/layout/vendor-parser.ts';

const CONDITIONS = {
  // used, collectible, refurbished, new
  ...{ '1': 'used', '2': 'used', '3': 'used', '4': 'used', '5': 'used', '6': 'used', '7': 'used', '8': 'used' },
  ...{ '9': 'refurb', '10': 'refurb', '11': 'new' },
};

export const amazonListings = defineVendorParser({
  id: 'amazon-listings',
  version: '1.0.0',
  summary: 'the active and all listings reports of Amazon Seller Central',
  delimiter: '\t',
  signs: { headers: ['item-name', 'seller-sku', 'price', 'quantity', 'open-date'] },
  encodings: { candidates: ['windows-1252', 'shift_jis'], fallback: 'windows-1252' },
  get options() {
    return {
      fulfilled_quantity: z
        .int()
        .min(0)
        .default(0)
        .describe('Quantity of goods that Amazon holds; their cell is empty.'),
      active_only: z
        .boolean()
        .default(true)
        .describe('True to leave out rows with the status `Inactive` or `Incomplete`.'),
      decimal: z.enum(['.', ',']).default('.').describe('The decimal mark. The other mark may separate thousands.'),
    };
  },
  example: { fulfilled_quantity: 1 },
  table: ({ fulfilled_quantity, active_only, decimal }) => ({
    quote: null,
    numbers: { decimal, thousands: decimal === '.' ? ',' : '.', currency: true },
    columns: {
      sku: { from: ['seller-sku', '出品者SKU'] },
      vendor_sku: { from: ['asin1', 'asin', 'product-id', '商品ID'], optional: true },
      title: { from: ['item-name', '商品名'], optional: true },
      price: { from: ['price', '価格'] },
      quantity_available: { from: ['quantity', '数量'], words: { '': fulfilled_quantity } },
      condition: { from: ['item-condition', 'コンディション'], optional: true, words: CONDITIONS },
    },
    rows: active_only ? [{ column: ['status', 'ステータス'], drop: ['Inactive', 'Incomplete'], if_present: true }] : [],
  }),
});
