/** Every vendor module has a page, golden cases of a clean and a dirty feed, and a valid table. */
import fs from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkConfig } from '../core/config/check.ts';
import { Registry } from '../core/registry.ts';
import { BUILTIN_PLUGINS } from '../plugins/index.ts';

const test = suite('vendor parsers');
const ROOT = new URL('../', import.meta.url);
const REGISTRY = new Registry(BUILTIN_PLUGINS);
const VENDORS = REGISTRY.list('parser').filter(({ id }) => id !== 'csv');

function problems(parser: object): string[] {
  const checked = checkConfig(
    {
      tenant_id: 't',
      timezone: 'UTC',
      default_currency: 'USD',
      vendors: [{ vendor_id: 'v', inbound: { type: 's3' }, parser }],
      pricing: { base_margin_pct: 0, min_price: 0, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
      merge: { strategy: 'best_offer' },
      output: { columns: ['sku'] },
    },
    REGISTRY,
  );
  return checked.ok
    ? []
    : checked.problems.map(({ path, code }) => `${path.replace('vendors[0].parser.', '')} ${code}`);
}

test('each vendor module has its page and golden cases', () => {
  assert.is(VENDORS.length, 7);
  for (const { id } of VENDORS) {
    const files = [`plugins/parsers/${id}/README.md`, `fixtures/cases/${id}-clean/case.json`];
    for (const file of [...files, `fixtures/cases/${id}-dirty/case.json`]) {
      assert.ok(fs.existsSync(new URL(file, ROOT)), file);
    }
  }
});

test('each table is valid with default options and with the example', () => {
  for (const { id, example } of VENDORS) {
    assert.equal(problems({ format: id }), [], id);
    assert.equal(problems({ format: id, options: example }), [], id);
  }
});

test('a tenant may rename columns, add row rules and side files, and declare an encoding', () => {
  const good = {
    format: 'shopify-inventory',
    encoding: 'windows-1252',
    column_map: { sku: 'Variant SKU' },
    options: {
      columns: { cost: { side_file: 'costs', from: 'Cost' }, quantity_available: { words: { lots: 9 } } },
      rows: [{ column: 'Handle', drop: ['test*'] }],
      side_files: [{ name: 'costs', type: 's3', s3_key: 'tenants/t/costs.csv', key: 'SKU' }],
    },
  };
  assert.equal(problems(good), []);
});

test('options that do not fit a format are config problems', () => {
  assert.equal(problems({ format: 'td-synnex', delimiter: ',', encoding: 'utf-9', column_map: { brand: 'Maker' } }), [
    'delimiter invalid_value',
    'encoding unknown_encoding',
    'column_map.brand invalid_value',
  ]);
  const options = { colums: {}, columns: { cost: { from: 'Cost' } }, cost: 'both' };
  assert.equal(problems({ format: 'td-synnex', options }), [
    'options.cost invalid_value',
    'options.colums unknown_key',
  ]);
  assert.equal(problems({ format: 'td-synnex', options: { columns: { cost: { from: 'Cost' } } } }), [
    'options.columns.cost.from invalid_value',
  ]);
  const twice = { column_map: { cost: '#3' }, options: { columns: { cost: { from: '#4' } } } };
  assert.equal(problems({ format: 'td-synnex', ...twice }), ['options.columns.cost.from invalid_value']);
});

test.run();
