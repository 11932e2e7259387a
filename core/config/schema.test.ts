/** What the schema of a config makes of absent fields, and the limits of the others, at both sides. */
// biome-ignore-all lint/suspicious/noThenProperty: the contract's name; its value is a text, so nothing awaits it
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checked, problemsWith, VENDOR } from './testing/configs.ts';

/** What a config becomes, as JSON. */
function made(changes: Readonly<Record<string, unknown>>) {
  const result = checked(changes);
  assert.ok(result.ok, JSON.stringify(result));
  return JSON.parse(JSON.stringify(result.config));
}

test('what a config leaves out has its default', () => {
  assert.equal(made({}), {
    schema_version: 1,
    tenant_id: 'shop',
    timezone: 'UTC',
    default_currency: 'USD',
    vendors: [
      {
        vendor_id: 'acme',
        required: true,
        inbound: { type: 's3', s3_prefix: null },
        parser: { format: 'csv', delimiter: ',', encoding: 'utf-8', column_map: {} },
        sku_map: null,
        validators: [],
        duplicate_sku: 'best',
      },
    ],
    validators: [],
    pricing: {
      base_margin_pct: '0.2',
      min_price: '0',
      shipping_handling_flat: '0',
      map_policy: { enforce: true, map_floor_behavior: 'max(price, map_price)' },
      rounding: { mode: 'nearest', increment: '0.01' },
    },
    merge: { strategy: 'best_offer' },
    quantity: { rules: [] },
    extra_columns: [],
    output: { format: 'csv', columns: ['sku', 'quantity_available', 'price'], exports: [] },
    error_policy: {
      max_invalid_rows: 0,
      max_invalid_row_pct: '0',
      fail_on_missing_required_columns: true,
      missing_required_vendor_policy: 'fail',
    },
    expect: [],
  });
});

test('what a section leaves out has its default', () => {
  const config = made({
    publish: {},
    guardrails: {},
    expect: [{ name: 'some', rows: { min: 1 } }],
    'quantity.rules': [{}],
    'output.exports': [{ use: 'shop' }],
    'pricing.vendor_terms': { vendors: [{ vendor_id: 'acme' }] },
    'vendors.0.on_trouble': {},
    'vendors.0.error_policy': {},
    'vendors.0.sku_map': { type: 'file', local_path: 'map.csv' },
  });
  assert.equal(config.publish, {
    vanished: { removed: 'zero', rejected: 'keep', unavailable: 'keep', unpriced: 'keep', keep_runs: 3, then: 'zero' },
    holds: { below_cost: false, held_below_cost: 'keep', new_sku: 'publish' },
    require_simulation: false,
  });
  assert.equal(config.guardrails, {});
  assert.equal(config.expect, [{ name: 'some', rows: { min: 1 }, severity: 'error' }]);
  assert.equal(config.quantity.rules, [{ buffer: { units: 0, pct: '0' } }]);
  assert.equal(config.output.exports, [{ use: 'shop', content: 'full' }]);
  assert.equal(config.pricing.vendor_terms, {
    rates: null,
    vendors: [{ vendor_id: 'acme', handling_pct: '0', handling_fixed: '0' }],
  });
  assert.equal(config.vendors[0].on_trouble, { carry_over_max_hours: 72, carry_over_then: 'fail' });
  assert.equal(config.vendors[0].error_policy, {});
  assert.equal(config.vendors[0].sku_map, { type: 'file', s3_key: null, local_path: 'map.csv' });
});

const LONG = 'a'.repeat(63);
const IDS = { good: ['a', '0', 'Acme-2_x', LONG], bad: ['', '-a', '_a', 'a b', 'a.', `${LONG}a`, ' a', 7, null] };
const NAMES = { good: ['a', 'a_9', LONG], bad: ['', '9a', '_a', 'A', 'a-b', `${LONG}a`, 'a\n'] };
const ACTIONS = { good: ['fail', 'leave_out', 'carry_over'], bad: ['keep', null] };
const VANISHED = { good: ['drop', 'zero', 'keep'], bad: ['hold', null] };
const SHARES = { good: [0, '0.5', 1], bad: ['1.01', -0.01, 'x', null] };
const DROPS = { good: [0, '2.5'], bad: [-0.01, 'x', null] };
const AMOUNTS = { good: [0, '999999999.99'], bad: [-0.01, 1_000_000_000, 'x', null] };
const COUNTS = { good: [0, 1], bad: [-1, 0.5, '1', null] };
const SWITCHES = { good: [true, false], bad: ['true', 1, null] };
const TEXTS = { good: ['a'], bad: ['', 7, null] };
const many = <T>(count: number, one: (i: number) => T) => Array.from({ length: count }, (_, i) => one(i));
const expectations = (count: number) => many(count, (i) => ({ name: `e${i}`, rows: { min: 1 } }));
const wheres = (count: number) => many(count, () => ({ column: 'sku', not_empty: true }));

const LIMITS: Record<string, { good: unknown[]; bad: unknown[] }> = {
  schema_version: { good: [1], bad: [0, 2, '1'] },
  tenant_id: IDS,
  timezone: { good: ['UTC', 'Europe/Berlin'], bad: ['', 'Europe/Atlantis', 1] },
  default_currency: { good: ['USD', 'JPY'], bad: ['usd', '', 'XXQ', 1] },
  vendors: { good: [[VENDOR]], bad: [[], {}, [7]] },
  'vendors.0.vendor_id': IDS,
  'vendors.0.required': SWITCHES,
  'vendors.0.inbound.type': { good: ['s3', 'local'], bad: ['ftp', undefined] },
  'vendors.0.inbound.s3_prefix': { good: [null, 'in/acme', ''], bad: [7] },
  'vendors.0.parser.format': { good: ['csv'], bad: ['', undefined] },
  'vendors.0.parser.delimiter': TEXTS,
  'vendors.0.parser.encoding': TEXTS,
  'vendors.0.parser.column_map': { good: [{ sku: 'SKU' }], bad: [{ sku: '' }, { sku: 7 }, 'sku', []] },
  'vendors.0.sku_map': {
    good: [
      null,
      { type: 's3', s3_key: 'a' },
      { type: 'file', local_path: 'a' },
      { type: 's3', s3_key: 'a', local_path: null },
    ],
    bad: [
      { type: 's3' },
      { type: 's3', s3_key: '' },
      { type: 's3', local_path: 'a' },
      { type: 'file', s3_key: 'a' },
      { type: 'file', local_path: '' },
      { type: 'http', s3_key: 'a' },
      { s3_key: 'a' },
      'a',
    ],
  },
  'vendors.0.validators': {
    good: [[], [{ use: 'present' }]],
    bad: [[{}], [{ use: '' }], [{ use: 'present', x: 1 }], {}],
  },
  'vendors.0.duplicate_sku': { good: ['best', 'first', 'last', 'sum_quantity', 'error'], bad: ['worst', null] },
  'vendors.0.on_trouble.missing': ACTIONS,
  'vendors.0.on_trouble.unreadable': ACTIONS,
  'vendors.0.on_trouble.too_many_invalid': ACTIONS,
  'vendors.0.on_trouble.carry_over_max_hours': { good: [0.5, 72], bad: [0, -1, '1'] },
  'vendors.0.on_trouble.carry_over_then': { good: ['fail', 'leave_out'], bad: ['carry_over'] },
  'vendors.0.error_policy.max_invalid_rows': COUNTS,
  'vendors.0.error_policy.max_invalid_row_pct': SHARES,
  validators: { good: [[], [{ use: 'present', with: { limit: 1 } }]], bad: [[{}], [{ use: '' }], {}] },
  'pricing.base_margin_pct': { good: [-1, 0, '1000'], bad: [-1.01, '1000.01', undefined] },
  'pricing.min_price': { good: AMOUNTS.good, bad: [...AMOUNTS.bad, undefined] },
  'pricing.shipping_handling_flat': { good: AMOUNTS.good, bad: [...AMOUNTS.bad, undefined] },
  'pricing.map_policy.enforce': SWITCHES,
  'pricing.map_policy.map_floor_behavior': { good: ['max(price, map_price)'], bad: ['min', null] },
  'pricing.rounding.mode': { good: ['nearest', 'up', 'down'], bad: ['even', null] },
  'pricing.rounding.increment': { good: ['0.01', 5, '999999999.99'], bad: [0, -1, 1_000_000_000] },
  'pricing.rules': { good: [[], [{ use: 'margin' }]], bad: [[{}], [{ use: '' }], [{ use: 'margin', x: 1 }], {}] },
  'pricing.vendor_terms.vendors': {
    good: [
      [],
      [{ vendor_id: 'acme', currency: 'USD', handling_pct: '-0.99' }],
      [{ vendor_id: 'acme', handling_pct: 1000 }],
    ],
    bad: [
      [{}],
      [{ vendor_id: 'acme', currency: 'usd' }],
      [{ vendor_id: 'acme', handling_pct: -1 }],
      [{ vendor_id: 'acme', handling_pct: '1000.01' }],
      [{ vendor_id: 'acme', handling_fixed: -1 }],
    ],
  },
  'pricing.vendor_terms.rates': { good: [null, { type: 's3', s3_key: 'a' }], bad: [{ type: 's3' }, 'a'] },
  'merge.strategy': { good: ['best_offer', 'lowest'], bad: ['', undefined, 7] },
  'quantity.rules': { good: [[], many(100, () => ({}))], bad: [many(101, () => ({})), {}] },
  'quantity.rules.0.vendors': { good: [['acme']], bad: [[], [7], 'acme'] },
  'quantity.rules.0.brands': {
    good: [['a'], many(1000, (i) => `b${i}`)],
    bad: [[], [''], many(1001, (i) => `b${i}`), 'a'],
  },
  'quantity.rules.0.buffer.units': COUNTS,
  'quantity.rules.0.buffer.pct': SHARES,
  'quantity.rules.0.cap': COUNTS,
  'quantity.rules.0.min_to_list': { good: [1, 2], bad: [0, 1.5, '1'] },
  extra_columns: { good: [[], ['gtin']], bad: [['Gtin'], [7], 'gtin'] },
  'output.format': { good: ['csv', 'jsonl'], bad: ['xml', null] },
  'output.escape_formulas': SWITCHES,
  'output.columns': { good: [['sku'], ['price', 'sku']], bad: [[], ['skuu'], [7], undefined] },
  'output.exports': {
    good: [[], [{ use: 'shop', name: 'a-1_b' }], many(20, (i) => ({ use: 'shop', name: `n${i}` }))],
    bad: [
      [{}],
      [{ use: '' }],
      [{ use: 'shop', name: '1a' }],
      [{ use: 'shop', name: `a${LONG}` }],
      [{ use: 'shop', content: 'half' }],
      many(21, (i) => ({ use: 'shop', name: `n${i}` })),
    ],
  },
  'error_policy.max_invalid_rows': COUNTS,
  'error_policy.max_invalid_row_pct': SHARES,
  'error_policy.fail_on_missing_required_columns': SWITCHES,
  'error_policy.missing_required_vendor_policy': { good: ['fail', 'warn_only'], bad: ['warn', null] },
  'guardrails.max_sku_drop_pct': DROPS,
  'guardrails.max_in_stock_drop_pct': DROPS,
  'guardrails.max_median_price_change_pct': DROPS,
  'guardrails.max_vendor_row_drop_pct': DROPS,
  'guardrails.stale_after_hours': { good: [0.5, 24], bad: [0, -1, '1'] },
  'guardrails.min_skus': COUNTS,
  'publish.vanished.removed': VANISHED,
  'publish.vanished.rejected': VANISHED,
  'publish.vanished.unavailable': VANISHED,
  'publish.vanished.unpriced': VANISHED,
  'publish.vanished.keep_runs': COUNTS,
  'publish.vanished.then': VANISHED,
  'publish.holds.price_rise_pct': DROPS,
  'publish.holds.price_drop_pct': DROPS,
  'publish.holds.below_cost': SWITCHES,
  'publish.holds.held_below_cost': { good: ['keep', 'zero'], bad: ['drop'] },
  'publish.holds.new_sku': { good: ['publish', 'hold'], bad: ['keep'] },
  'publish.holds.max_held_pct': DROPS,
  'publish.require_simulation': SWITCHES,
  expect: { good: [[], expectations(100)], bad: [expectations(101), {}] },
  'expect.0': {
    good: [
      { name: 'a'.repeat(100), rows: { max: 0 } },
      { name: 'a', rows: { min: 0 }, where: wheres(10), severity: 'warn' },
      { name: 'a', column: 'sku', in: many(1000, String) },
      { name: 'a', column: 'price', min: '-0.5', max: 9, in: [1, '2'], not_empty: false, min_column: 'price' },
    ],
    bad: [
      { rows: { min: 1 } },
      { name: '', rows: { min: 1 } },
      { name: 'a'.repeat(101), rows: { min: 1 } },
      { name: 'a', rows: { min: -1 } },
      { name: 'a', rows: { max: -1 } },
      { name: 'a', rows: { min: 0.5 } },
      { name: 'a', rows: { min: 1 }, where: [] },
      { name: 'a', rows: { min: 1 }, where: wheres(11) },
      { name: 'a', rows: { min: 1 }, where: [{ column: '', not_empty: true }] },
      { name: 'a', rows: { min: 1 }, severity: 'fatal' },
      { name: 'a', column: '', not_empty: true },
      { name: 'a', column: 'sku', not_empty: 'yes' },
      { name: 'a', column: 'sku', in: [] },
      { name: 'a', column: 'sku', in: [null] },
      { name: 'a', column: 'sku', in: many(1001, String) },
      { name: 'a', column: 'price', min: 'x' },
      { name: 'a', column: 'price', max: null },
      { name: 'a', column: 'price', min_column: '' },
      { name: 'a', column: 'price', max_column: '' },
    ],
  },
};

test('each field takes its values up to its limits, and refuses others at its path', () => {
  for (const [path, { good, bad }] of Object.entries(LIMITS)) {
    const field = path.replace(/\.(\d+)/g, '[$1]');
    for (const value of good) assert.equal(problemsWith({ [path]: value }), [], `${path} ${JSON.stringify(value)}`);
    for (const value of bad) {
      const found = problemsWith({ [path]: value });
      const name = `${path} ${JSON.stringify(value)?.slice(0, 80)}: ${found}`;
      assert.ok(found.length > 0 && found.every((one) => one.startsWith(field)), name);
    }
  }
});

test('a key that a section does not have is refused there', () => {
  for (const section of [
    ...[
      '',
      'vendors.0.',
      'vendors.0.inbound.',
      'vendors.0.parser.',
      'vendors.0.on_trouble.',
      'vendors.0.error_policy.',
    ],
    ...[
      'pricing.',
      'pricing.map_policy.',
      'pricing.rounding.',
      'pricing.vendor_terms.',
      'quantity.',
      'quantity.rules.0.',
    ],
    ...['quantity.rules.0.buffer.', 'output.', 'error_policy.', 'guardrails.', 'publish.', 'publish.vanished.'],
    'publish.holds.',
  ]) {
    const field = `${section}odd`.replace(/\.(\d+)/g, '[$1]');
    assert.equal(problemsWith({ [`${section}odd`]: 1 }), [`${field}: unknown_key`]);
  }
});

test('extra columns are named like columns, and may be written and mapped', () => {
  for (const name of NAMES.good) {
    assert.equal(problemsWith({ extra_columns: [name], 'output.columns': [name, 'sku'] }), [], name);
    assert.equal(problemsWith({ extra_columns: [name], 'vendors.0.parser.column_map': { [name]: 'X' } }), [], name);
  }
  for (const name of NAMES.bad) {
    assert.equal(problemsWith({ extra_columns: [name] }), ['extra_columns[0]: invalid_value'], name);
  }
});

test('a section keeps what it is given', () => {
  const given = {
    vanished: { removed: 'keep', rejected: 'drop', unavailable: 'zero', unpriced: 'drop', keep_runs: 0, then: 'drop' },
    holds: { below_cost: true, held_below_cost: 'zero', new_sku: 'hold', price_rise_pct: '0.5', max_held_pct: '0.25' },
    require_simulation: true,
  };
  assert.equal(made({ publish: given }).publish, given);
  assert.equal(made({ expect: [{ name: 'a', column: 'price', in: [1, '2'] }] }).expect[0].in, ['1', '2']);
});

test.run();
