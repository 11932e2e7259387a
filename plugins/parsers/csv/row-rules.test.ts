/** Row filters: literal texts, canonical values and ranges, and rows that are refused with a code and a reason. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../core/bytes/text.ts';
import { checkConfig } from '../../../core/config/check.ts';
import { runCase, testRegistry } from '../../testing/harness.ts';
import { PLAIN_TENANT } from '../../testing/plain-tenant.ts';

function configFor(options: object, vendor: object = {}) {
  return {
    ...PLAIN_TENANT,
    vendors: [
      { vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv', delimiter: ';', options }, ...vendor },
    ],
  };
}

const FEED = `Part;Stock;Net;Grade;Seen;Note
A;0;10,00;A;2026-10-01;*
B;5+;0,01;B;2026-10-31;**
C;ask;;;;a*c
D;12;1.000,00;A;2026-10-31 12:00:00;abc
E;x;5,00;A;2026-10-01;
F;3;y;Z;yesterday;
`;
const COLUMNS = {
  sku: { from: 'Part' },
  quantity_available: { from: 'Stock', words: { ask: 0 } },
  cost: { from: 'Net' },
  condition: { from: 'Grade', words: { A: 'new', B: 'used' } },
  updated_at: { from: 'Seen' },
  title: { from: 'Note' },
};
const TABLE = { numbers: { decimal: ',', thousands: '.', at_least: true }, columns: COLUMNS };

async function run(rows: object[], { feed = FEED, options = {} as object, vendor = {}, skuMaps = {} } = {}) {
  const files = { v: { name: 'feed.csv', bytes: toBytes(feed) } };
  const config = configFor({ ...TABLE, ...options, rows }, vendor);
  const { normalized, errors, outcome } = await runCase({ config, files, skuMaps });
  const lines = (normalized('v') ?? '').split('\n').slice(1, -1);
  const skipped = outcome.summary.warnings.find((text) => text.startsWith('rows_skipped'));
  return {
    skus: lines.map((line) => line.split(',')[0]).join(' '),
    invalid: errors.map((one) => {
      if (!('line' in one)) return `${one.error_code} ${one.error_message}`;
      return one.problems
        .map(({ error_code, column, value }) => `${one.line} ${error_code} ${column} ${value}`)
        .join(', ');
    }),
    skipped: Number(skipped?.split(':')[2] ?? 0),
    outcome,
    errors,
  };
}

const E_AND_F = [
  '6 invalid_int quantity_available x',
  '7 invalid_decimal cost y, 7 invalid_condition condition Z, 7 invalid_datetime updated_at yesterday',
];

/** A filter, and which of the rows A to D are left. */
const KEPT: Array<[string, object, string]> = [
  ['a pattern', { column: 'Note', drop: ['*'] }, ''],
  ['a literal star', { column: 'Note', drop: ['*'], exactly: true }, 'B C D'],
  ['a literal star in a text', { column: 'Note', keep: ['A*C'], exactly: true }, 'C'],
  ['a star as a pattern', { column: 'Note', keep: ['A*C'] }, 'C D'],
  ['a literal star of a value', { value: 'title', drop: ['**'], exactly: true }, 'A C D'],
  ['a quantity, after words', { value: 'quantity_available', drop: ['0'] }, 'B D'],
  ['the same as 0.0', { value: 'quantity_available', drop: ['0.0'] }, 'B D'],
  ['a range of quantities', { value: 'quantity_available', drop: { below: 5 } }, 'B D'],
  ['up to and with', { value: 'quantity_available', drop: { at_most: 5 } }, 'D'],
  ['two limits', { value: 'quantity_available', keep: { above: 0, below: 12 } }, 'B'],
  ['an amount', { value: 'cost', drop: ['0.010'] }, 'A C D'],
  ['an empty amount', { value: 'cost', drop: [''] }, 'A B D'],
  ['nothing empty is in a range', { value: 'cost', drop: { below: 1 } }, 'A C D'],
  ['nor is it in a range to keep', { value: 'cost', keep: { at_least: '0.01' } }, 'A B D'],
  ['a large amount', { value: 'cost', keep: { at_least: 1000 } }, 'D'],
  ['a condition', { value: 'condition', keep: ['NEW'] }, 'A D'],
  ['no condition', { value: 'condition', keep: [''] }, 'C'],
  ['a moment', { value: 'updated_at', keep: { above: '2026-10-31' } }, 'D'],
  ['a day', { value: 'updated_at', keep: ['2026-10-31'] }, 'B'],
  ['an empty moment', { value: 'updated_at', drop: [''] }, 'A B D'],
  ['under a condition on a value', { column: 'Note', drop: ['*'], where: { value: 'cost', is: { above: 9 } } }, 'B C'],
  ['a value under a cell', { value: 'cost', drop: { below: 20 }, where: { column: 'Grade', is: ['A'] } }, 'B C D'],
  [
    'a literal star under where',
    { value: 'cost', drop: { above: 1 }, where: { column: 'Note', is: ['*'], exactly: true } },
    'B C D',
  ],
];

test('filters compare literal texts and canonical values', async () => {
  for (const [what, filter, skus] of KEPT) {
    const { skus: came, skipped, outcome } = await run([filter], { feed: FEED.split('\n').slice(0, 5).join('\n') });
    assert.is(came, skus, what);
    assert.is(skipped, 4 - skus.split(' ').filter((sku) => sku !== '').length, what);
    assert.is(outcome.summary.total_rows, 4 - skipped, what);
  }
});

test('a row whose tested cell is invalid is reported, not filtered', async () => {
  for (const filter of [
    { value: 'quantity_available', keep: { at_least: 12 } },
    { value: 'quantity_available', drop: { at_most: 11 } },
  ]) {
    const { skus, invalid } = await run([filter]);
    assert.is(skus, 'D');
    // F has 3 in stock, so it is left out whatever its cost is
    assert.equal(invalid, E_AND_F.slice(0, 1));
  }
  const { invalid } = await run([{ value: 'cost', keep: { at_least: 1 } }]);
  assert.equal(invalid, E_AND_F);
});

test('a row with too many cells is reported, not filtered by its values', async () => {
  const { invalid, skus } = await run([{ value: 'quantity_available', drop: ['0'] }], {
    feed: 'Part;Stock;Net;Grade;Seen;Note\nA;0;1;;;;x\nB;0;1;;;\n',
  });
  assert.is(skus, '');
  assert.equal(invalid, ['2 too_many_fields null x']);
});

test('the SKU is compared after the SKU map, even if the row has none', async () => {
  const skuMaps = { v: toBytes('vendor_sku,sku\nA,ONE\nB,TWO\n') };
  const vendor = { sku_map: { type: 'file', local_path: 'map.csv' } };
  const feed = 'Part;Stock;Net;Grade;Seen;Note\nA;1;1;;;\nB;1;1;;;\n;1;1;;;Total\n';
  const { skus, invalid, outcome } = await run([{ value: 'sku', drop: ['ONE', ''] }], { feed, skuMaps, vendor });
  assert.is(skus, 'TWO');
  assert.equal(invalid, []);
  assert.is(outcome.summary.total_rows, 1);
  // where the map applies, an empty vendor SKU becomes the vendor's own SKU
  const options = { columns: { ...COLUMNS, vendor_sku: { from: 'Grade' } } };
  const own = await run([{ value: 'vendor_sku', drop: ['b', ''] }], { feed, skuMaps, vendor, options });
  assert.is(own.skus, 'ONE');
});

test('a refused row has code, column, value and reason, beside its other problems', async () => {
  const { skus, invalid, errors, outcome } = await run([
    { value: 'cost', refuse: { below: '0.05' }, reason: 'a placeholder, not a cost' },
    { column: 'Note', refuse: ['abc'] },
    { value: 'quantity_available', refuse: { at_least: 10 }, where: { value: 'condition', is: ['new'] } },
    { column: 'Part', refuse: ['F'] },
  ]);
  assert.is(skus, 'A C');
  assert.equal(invalid, [
    '3 row_refused cost 0,01',
    '5 row_refused quantity_available 12, 5 row_refused title abc',
    E_AND_F[0],
    `7 row_refused sku F, ${E_AND_F[1]}`,
  ]);
  assert.is('reason' in errors[0]! && errors[0].reason, 'a placeholder, not a cost');
  assert.is(outcome.summary.error_counts.row_refused, 3);
  assert.is(outcome.summary.total_rows, 6);
});

test('a column that no canonical column reads is named by its header', async () => {
  const columns = { ...COLUMNS, title: { value: 'x' } };
  const { invalid } = await run([{ column: 'Note', refuse: ['abc'] }], { options: { columns } });
  assert.is(invalid[0], '5 row_refused Note abc');
});

test('a filter on a value that the feed lacks is refused', async () => {
  const columns = { sku: { from: 'Part' }, quantity_available: { value: 1 } };
  const missing = await run([{ value: 'brand', drop: ['x'] }], { options: { columns } });
  assert.is(missing.outcome.error_code, 'missing_required_columns');
  assert.match(missing.outcome.error_message ?? '', 'a row filter tests brand, which the feed does not have');
  const passed = await run([{ value: 'brand', drop: ['x'], if_present: true }], { options: { columns } });
  assert.is(passed.outcome.status, 'SUCCEEDED');
  assert.ok(passed.outcome.summary.warnings.includes('row_filter_column_missing:v:brand'));
});

const PROBLEMS: Array<[object, string]> = [
  [{ column: 'A' }, 'rows[0]: needs one of keep, drop and refuse'],
  [{ column: 'A', keep: ['x'], refuse: ['y'] }, 'rows[0]: needs one of keep, drop and refuse'],
  [{ drop: ['x'] }, 'rows[0]: needs either column or value'],
  [{ column: 'A', value: 'cost', drop: ['1'] }, 'rows[0]: needs either column or value'],
  [{ column: 'A', drop: ['1'], where: { is: ['x'] } }, 'rows[0].where: needs either column or value'],
  [
    { value: 'costs', drop: ['1'] },
    'rows[0].value: must be one of sku, vendor_sku, quantity_available, lead_time_days, cost, map_price, price, msrp, condition, brand, title, updated_at, not "costs" (did you mean "cost"?)',
  ],
  [{ value: 'cost', drop: ['1,5'] }, 'rows[0].drop[0]: "1,5" is not an amount of 0 or more'],
  [{ value: 'cost', drop: ['1*'] }, 'rows[0].drop[0]: "1*" is a pattern, and cost is not a text: give a range'],
  [{ value: 'condition', drop: ['old'] }, 'rows[0].drop[0]: "old" is none of new, used, refurb'],
  [{ value: 'quantity_available', drop: [''] }, 'rows[0].drop: an empty quantity is 0: list "0"'],
  [
    { value: 'quantity_available', drop: { below: 1.5 } },
    'rows[0].drop.below: "1.5" is not a whole number of 0 or more',
  ],
  [{ value: 'updated_at', keep: { above: '1.1.2026' } }, 'rows[0].keep.above: "1.1.2026" is not a timestamp'],
  [
    { value: 'title', drop: { below: 5 } },
    'rows[0].drop: title has no order: name a column of numbers or timestamps in value',
  ],
  [
    { column: 'A', drop: { below: 5 } },
    'rows[0].drop: a cell of the feed has no order: name a column of numbers or timestamps in value',
  ],
  [{ value: 'cost', drop: {} }, 'rows[0].drop: needs below, above, at_least or at_most'],
  [{ value: 'cost', drop: { below: 1, at_most: 2 } }, 'rows[0].drop: has two upper limits'],
  [{ value: 'cost', drop: { above: 1, at_least: 2 } }, 'rows[0].drop: has two lower limits'],
  [{ value: 'cost', drop: { bellow: 1 } }, 'rows[0].drop.bellow: is not a setting (did you mean "below"?)'],
  [
    { value: 'cost', drop: 5 },
    'rows[0].drop: must be a list of texts, or an object with below, above, at_least or at_most',
  ],
  [{ column: 'A', drop: ['x'], code: 'row_refused' }, 'rows[0].code: is only for refuse'],
  [
    { column: 'A', refuse: ['x'], code: 'row_refusd' },
    'rows[0].code: "row_refusd" is none of the codes that the parser lists (did you mean "row_refused"?): row_refused',
  ],
];

test('impossible filters are refused', () => {
  for (const [filter, problem] of PROBLEMS) {
    const checked = checkConfig(configFor({ rows: [filter] }), testRegistry());
    const found = checked.ok ? [] : checked.problems.map(({ path, message }) => `${path}: ${message}`);
    assert.equal(found, [`vendors[0].parser.options.${problem}`]);
  }
});

test.run();
