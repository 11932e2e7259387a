/** A vendor module that uses everything a table can have, with a tenant's additions, passes the plugin suite. */
import { suite } from 'uvu';
import { z } from 'zod';
import { defineVendorParser } from '../../plugins/parsers/kit/layout/vendor-parser.ts';
import { pluginConformance } from '../index.ts';

const wheels = defineVendorParser({
  id: 'wheels',
  version: '1.0.0',
  summary: 'positions, a price list of its own, freight by class',
  delimiter: '~',
  encodings: { candidates: ['windows-1252'] },
  options: { prices: z.string().min(1).default('prices.csv'), sum: z.boolean().default(false) },
  example: { prices: 'list.csv' },
  table: ({ prices, sum }) => ({
    header: false,
    quote: null,
    sum_rows: sum,
    columns: {
      sku: { from: '#1' },
      quantity_available: { from: '#2', words: { CALL: 0 }, numbers: { at_least: true } },
      cost: { from: '#3', add: [{ by: '#4', amounts: { steel: '17.50', alloy: '12.50' }, otherwise: 'error' }] },
      msrp: { side_file: 'prices', from: 'List', numbers: { thousands: ',' } },
      title: { from: '#5' },
    },
    rows: [{ column: '#0', keep: ['DTL'] }],
    side_files: [{ name: 'prices', type: 'file', local_path: prices, key: 'Part' }],
  }),
});

const FEED =
  'HDR~2026~~~~\nDTL~A-1~12+~ 9.99~steel~B\xfcgel\nDTL~A-2~CALL~10.50~alloy~Rad\nDTL~A-3~5~1~wood~Nabe\nTRL~3~~~~\n';
const LIST = 'Part,List\nA-1,20.00\nA-2,"1,030.00"\nA-3,5\n';
const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

const test = suite('a vendor module');

pluginConformance(
  wheels,
  [
    {
      name: 'records of other kinds, a class that is not known',
      feeds: { acme: latin1(FEED) },
      sideFiles: { 'prices.csv': LIST },
      rows: 5,
      expect: {
        rows: [
          { sku: 'A-1', quantity_available: '12', cost: '27.49', msrp: '20.00', title: 'Bügel' },
          { sku: 'A-2', quantity_available: '0', cost: '23.00', msrp: '1030.00', title: 'Rad' },
        ],
        rejected: [{ row: 4, column: 'cost', code: 'unknown_adder' }],
        skipped: 2,
      },
    },
    {
      name: 'a price list elsewhere, and one of the tenant’s own',
      feeds: { acme: latin1(FEED) },
      sideFiles: { 'other.csv': LIST, 'maps.csv': 'Part;MAP\nA-1;15\nA-2;\nA-3;\n' },
      options: {
        prices: 'other.csv',
        columns: { map_price: { side_file: 'maps', from: 'MAP' }, cost: { from: '#3', add: [] } },
        side_files: [{ name: 'maps', type: 'file', local_path: 'maps.csv', key: 'Part', delimiter: ';' }],
      },
      rows: 5,
      expect: {
        rows: [
          { sku: 'A-1', msrp: '20.00', map_price: '15.00', cost: '9.99' },
          { sku: 'A-2', msrp: '1030.00', map_price: '', cost: '10.50' },
          { sku: 'A-3', msrp: '5.00', map_price: '', cost: '1.00' },
        ],
        skipped: 2,
      },
    },
  ],
  { test },
);

test.run();
