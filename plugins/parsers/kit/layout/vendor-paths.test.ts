/** Problems with a vendor module's options have paths in the tenant's config. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { checkConfig } from '../../../../core/config/check.ts';
import { testRegistry } from '../../../testing/harness.ts';
import { defineVendorParser } from './vendor-parser.ts';

const location = z.strictObject({
  type: z.enum(['s3', 'file']),
  s3_key: z.string().nullable().default(null),
  local_path: z.string().nullable().default(null),
});

const listed = defineVendorParser({
  id: 'listed',
  version: '1.0.0',
  summary: 'price lists of its own',
  delimiter: ';',
  encodings: { candidates: [] },
  options: { prices: location, freight_file: z.string() },
  example: { prices: { type: 'file', local_path: 'prices.csv' }, freight_file: 'freight.csv' },
  table: ({ prices, freight_file }) => ({
    columns: {
      sku: { from: 'sku' },
      quantity_available: { from: 'qty' },
      cost: { side_file: 'prices', from: 'Net' },
      msrp: { side_file: 'freight', from: 'List' },
    },
    rows: [{ column: 'Type', keep: ['A'] }],
    side_files: [
      { name: 'prices', key: 'Part', ...prices },
      { name: 'freight', key: 'Part', type: 's3', s3_key: freight_file },
    ],
  }),
});

function problems(options: object): string[] {
  const config = {
    tenant_id: 't',
    timezone: 'UTC',
    default_currency: 'EUR',
    vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'listed', options } }],
    pricing: { base_margin_pct: 0, min_price: 0, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
    merge: { strategy: 'best_offer' },
    output: { columns: ['sku'] },
  };
  const checked = checkConfig(config, testRegistry([listed]));
  const at = 'vendors[0].parser.options.';
  return checked.ok ? [] : checked.problems.map(({ path, message }) => `${path.replace(at, '')}: ${message}`);
}

const PRICES = { type: 'file', local_path: 'p.csv' };

test('problems with the module’s own side files have paths in the config', () => {
  assert.equal(problems({ prices: { type: 'file', s3_key: 'p.csv' }, freight_file: 'f' }), [
    'prices.local_path: is required when type is "file"',
  ]);
  assert.equal(problems({ prices: PRICES, freight_file: '' }), ['freight_file: is required when type is "s3"']);
});

test('problems with what the tenant adds have paths in the config', () => {
  const side_files = [{ name: 'maps', key: 'Part', type: 'file' }];
  const rows = [{ column: 'Status', keep: ['x'], drop: ['y'] }];
  assert.equal(problems({ prices: PRICES, freight_file: 'f', side_files, rows }), [
    'rows[0]: needs one of keep, drop and refuse',
    'side_files[0].local_path: is required when type is "file"',
  ]);
});

test('so do files that the service refuses', () => {
  const sideFiles = listed.manifest.sideFiles!;
  const options = listed.manifest.options.parse({ prices: PRICES, freight_file: 'f' });
  assert.equal(
    sideFiles(options).map(({ name, path }) => [name, path]),
    [
      ['prices', 'prices'],
      ['freight', 'freight_file'],
    ],
  );
});

test.run();
