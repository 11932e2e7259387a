import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkConfig } from '../../core/config/check.ts';
import { runCase, testRegistry } from '../testing/harness.ts';
import { PLAIN_TENANT } from '../testing/plain-tenant.ts';
import { problemOf } from './gtin-check.ts';

function configOf(column: string, extra_columns = ['image_url', 'gtin']) {
  return {
    ...PLAIN_TENANT,
    default_currency: 'USD',
    vendors: [
      { vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv', column_map: { gtin: 'EAN' } } },
      {
        ...{ vendor_id: 'w', inbound: { type: 'local' } },
        parser: { format: 'csv', options: { columns: { gtin: { first_filled: ['EAN', 'UPC'] } } } },
      },
    ],
    validators: [{ use: 'gtin_check', with: { column } }],
    extra_columns,
    output: { columns: ['sku', 'price', 'gtin'] },
  };
}

const file = (text: string) => ({ name: 'feed.csv', bytes: new TextEncoder().encode(text) });

test('any single wrong digit is noticed, in each length', () => {
  for (const gtin of ['96385074', '036000291452', '4006381333931', '10012345678902', '00000000']) {
    assert.is(problemOf(gtin), null, gtin);
    for (let at = 0; at < gtin.length; at++) {
      const other = `${gtin.slice(0, at)}${(Number(gtin[at]) + 1) % 10}${gtin.slice(at + 1)}`;
      assert.is.not(problemOf(other), null, other);
    }
  }
  for (const gtin of ['0', '9638507', '36000291452', '010012345678902', '4006381-33393', '４００６３８１３３３９３１'])
    assert.is.not(problemOf(gtin), null, gtin);
});

test('a refused row names the column, mapped or composed, with the kernel and without', async () => {
  const files = {
    v: file('sku,quantity_available,cost,EAN\nA,1,1,4006381333931\nB,1,1," 4006381333932 "\nC,1,1,\n'),
    w: file('sku,quantity_available,cost,EAN,UPC\nD,1,1,,036000291452\nE,1,1,,036000291453\n'),
  };
  for (const kernelFromBytes of [0, Number.MAX_SAFE_INTEGER]) {
    const result = await runCase({ config: configOf('gtin'), files, limits: { kernelFromBytes } });
    assert.is(result.merged, 'sku,price,gtin\nA,1.00,4006381333931\nC,1.00,\nD,1.00,036000291452\n');
    assert.equal(
      result.errors.flatMap((entry) =>
        'problems' in entry
          ? entry.problems.map(({ error_code, column, value }) => [entry.line, error_code, column, value])
          : [],
      ),
      [
        [3, 'invalid_gtin', 'gtin', '4006381333932'],
        [3, 'invalid_gtin', 'gtin', '036000291453'],
      ],
    );
  }
});

test('a column that extra_columns lacks is a config problem', () => {
  for (const [column, extras] of [
    ['gtni', undefined],
    ['sku', undefined],
    ['gtin', []],
  ] as const) {
    const { vendors, ...rest } = configOf(column, extras === undefined ? undefined : [...extras]);
    const config = { ...rest, vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv' } }] };
    const checked = checkConfig({ ...config, output: { columns: ['sku'] } }, testRegistry());
    assert.equal(checked.ok ? [] : checked.problems.map(({ path, code }) => `${path} ${code}`), [
      'validators[0].with.column unknown_column',
    ]);
  }
});

test.run();
