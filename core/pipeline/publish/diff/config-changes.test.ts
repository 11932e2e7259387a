/** The changes between two configs. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONFIG_CHANGES_MAX, configChanges } from './config-changes.ts';

test('changes are named by their paths, vendors by their ids', () => {
  const before = {
    pricing: { min_price: '1.00', rounding: {} },
    vendors: [{ vendor_id: 'a', parser: { format: 'csv', delimiter: ';' } }, { vendor_id: 'b' }],
    output: { columns: ['sku', 'price'] },
    rules: [{ use: 'margin' }, { use: 'round' }],
  };
  const after = {
    vendors: [{ vendor_id: 'c' }, { parser: { delimiter: ',', format: 'csv' }, vendor_id: 'a' }],
    pricing: { rounding: {}, min_price: '2.00', base_margin_pct: '0.2' },
    output: { columns: ['sku', 'price', 'cost'] },
    rules: [{ use: 'margin' }],
  };
  assert.equal(
    configChanges(before, after).map(({ path, before: a, after: b }) => [path, a, b]),
    [
      ['pricing.min_price', '"1.00"', '"2.00"'],
      ['pricing.base_margin_pct', null, '"0.2"'],
      ['vendors[a].parser.delimiter', '";"', '","'],
      ['vendors[b]', '{"vendor_id":"b"}', null],
      ['vendors[c]', null, '{"vendor_id":"c"}'],
      ['output.columns', '["sku","price"]', '["sku","price","cost"]'],
      ['rules[1]', '{"use":"round"}', null],
    ],
  );
  assert.equal(configChanges(before, structuredClone(before)), []);
});

test('long values and long lists of changes are cut', () => {
  const [change] = configChanges({ a: 'x' }, { a: 'y'.repeat(1000) });
  assert.is(change?.after?.length, 201);
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`f${i}`, i]));
  assert.is(configChanges({}, many).length, CONFIG_CHANGES_MAX);
});

test.run();
