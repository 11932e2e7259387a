/** Ingram Micro's price file. */
import { z } from 'zod';
import { defineVendorParser } from '../kit/layout/vendor-parser.ts';

export const ingramPrice = defineVendorParser({
  id: 'ingram-price',
  version: '1.0.0',
  summary: 'the price file (PRICE.TXT) of Ingram Micro, which says of a quantity only whether there is one',
  delimiter: ',',
  signs: { cells: { '#16': ['Y', 'N'], '#0': ['', 'A', 'C', 'D'] } },
  encodings: { candidates: ['windows-1252'], fallback: 'windows-1252' },
  get options() {
    return { available_quantity: z.int().min(0).default(1).describe('Quantity for the availability flag `Y`.') };
  },
  example: { available_quantity: 5 },
  table: ({ available_quantity }) => ({
    header: false,
    row_fields: 'first_row',
    columns: {
      sku: { from: '#1' },
      vendor_sku: { from: '#7' },
      brand: { from: '#3' },
      title: { from: '#4' },
      quantity_available: { from: '#16', words: { Y: available_quantity, N: 0 } },
      cost: { from: '#14' },
      msrp: { from: '#6' },
    },
    // discontinued
    rows: [{ column: '#0', drop: ['D'] }],
  }),
});
