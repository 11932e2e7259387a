/** TD SYNNEX's price and availability file. */
import { z } from 'zod';
import { defineVendorParser } from '../kit/layout/vendor-parser.ts';

/** `contract` is the price after promotions and rebates, `unit` the cost before them. */
const COSTS = { contract: '#12', unit: '#20' };

export const tdSynnex = defineVendorParser({
  id: 'td-synnex',
  version: '1.0.0',
  summary: 'the price and availability file (.ap) of TD SYNNEX',
  delimiter: '~',
  signs: { cells: { '#1': ['DTL'] } },
  encodings: { candidates: ['windows-1252'], fallback: 'windows-1252' },
  get options() {
    return {
      cost: z
        .enum(['contract', 'unit'])
        .default('contract')
        .describe('Which price is the cost: `contract` includes promotions and rebates, `unit` does not.'),
      warehouses: z
        .array(z.int().min(0).max(200))
        .min(1)
        .max(50)
        .optional()
        .describe('Positions, from 0, of the warehouse columns to sum. By default the column with the total of all.'),
    };
  },
  example: { cost: 'unit', warehouses: [14, 15] },
  table: ({ cost, warehouses }) => ({
    header: false,
    row_fields: 'first_row',
    quote: null,
    columns: {
      sku: { from: '#4' },
      vendor_sku: { from: '#2' },
      title: { from: '#6' },
      brand: { from: '#7' },
      quantity_available: warehouses === undefined ? { from: '#9' } : { sum: warehouses.map((index) => `#${index}`) },
      cost: { from: COSTS[cost] },
      msrp: { from: '#13' },
    },
    rows: [{ column: '#1', keep: ['DTL'] }],
  }),
});
