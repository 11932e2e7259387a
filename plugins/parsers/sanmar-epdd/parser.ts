/** SanMar's extended product data file with inventory. */
import { z } from 'zod';
import { defineVendorParser } from '../kit/layout/vendor-parser.ts';

const COSTS = { piece: 'PIECE_PRICE', case: 'CASE_PRICE' };

export const sanmarEpdd = defineVendorParser({
  id: 'sanmar-epdd',
  version: '1.0.0',
  summary: 'the product data file of SanMar with inventory (SanMar_EPDD.csv)',
  delimiter: ',',
  signs: { headers: ['UNIQUE_KEY', 'STYLE#', 'QTY', 'PIECE_PRICE', 'PRODUCT_STATUS'] },
  encodings: { candidates: ['windows-1252'], fallback: 'windows-1252' },
  get options() {
    return {
      cost: z.enum(['piece', 'case']).default('piece').describe('Which price is the cost: per piece or per case.'),
    };
  },
  example: { cost: 'case' },
  table: ({ cost }) => ({
    numbers: { thousands: ',', currency: true },
    columns: {
      sku: { from: 'UNIQUE_KEY' },
      vendor_sku: { from: 'STYLE#', optional: true },
      title: { from: 'PRODUCT_TITLE' },
      brand: { from: 'MILL' },
      quantity_available: { from: 'QTY' },
      cost: { from: COSTS[cost] },
      map_price: { from: 'MAP_PRICING', optional: true, words: { 'N/A': null, NA: null, no: null, '0': null } },
      msrp: { first_filled: ['MSRP', 'SUGGESTED_PRICE'], optional: true },
    },
    // discontinued goods are sold off while they last
    rows: [{ column: 'QTY', drop: ['0', ''], where: { column: 'PRODUCT_STATUS', is: ['Discontinued'] } }],
  }),
});
