/** What the check of a config finds across its fields, and in the options of plugins. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ACCEPTED_BEFORE, checkConfig } from './check.ts';
import { EXPECTATIONS_MAX } from './expect.ts';
import { EXPORTS_MAX } from './exports.ts';
import { checked, configWith, problemsWith, REGISTRY, SMALL, VENDOR } from './testing/configs.ts';

type Changes = Readonly<Record<string, unknown>>;

function assertProblems(cases: ReadonlyArray<[Changes, string[]]>) {
  for (const [changes, expected] of cases) assert.equal(problemsWith(changes), expected, JSON.stringify(changes));
}

test('what is no object is one problem of the whole', () => {
  for (const raw of [null, undefined, 7, 'text', [], [SMALL]]) {
    const result = checkConfig(raw, REGISTRY);
    assert.ok(!result.ok);
    assert.equal(
      [result.count, result.problems.map(({ path, code }) => [path, code])],
      [1, [['(root)', 'invalid_type']]],
    );
    assert.is(result.problems[0]?.message.includes('is empty'), raw === null || raw === undefined, String(raw));
  }
});

test('a config of any shape is refused and never throws', () => {
  for (const value of [null, 7, 'text', [], [[]], [null], {}, { a: null }, [{ vendor_id: 7 }]]) {
    for (const key of [
      ...Object.keys(SMALL),
      'extra_columns',
      'expect',
      'quantity',
      'publish',
      'guardrails',
      'validators',
    ]) {
      const result = checkConfig({ ...SMALL, [key]: value }, REGISTRY);
      if (result.ok) continue;
      assert.ok(
        result.problems.every(({ path }) => path.startsWith(key) || path.startsWith('output.columns')),
        key,
      );
    }
  }
});

test('a value of the wrong type is one problem, at its place', () => {
  const expect = (one: unknown) => ({ expect: [one], 'output.columns': ['sku', 'brand', 'price'] });
  const named = (one: object) => expect({ name: 'a', ...one });
  const where = (one: unknown) => named({ rows: { min: 1 }, where: [one] });
  const single: Record<string, Changes[]> = {
    'expect[0]: invalid_type': [expect(7), expect(null), expect([]), expect('x')],
    'expect[0].rows: invalid_type': [named({ rows: 7 }), named({ rows: null })],
    'expect[0].rows.min: invalid_type': [named({ rows: { min: 'x', max: 1 } }), named({ rows: { min: null } })],
    'expect[0].rows.max: invalid_type': [named({ rows: { min: 5, max: '1' } }), named({ rows: { max: null } })],
    'expect[0].where[0]: invalid_type': [where(7), where(null), where('x')],
    'expect[0].column: invalid_type': [7, null].map((column) => named({ column, not_empty: true })),
    'expect[0].column: invalid_value': [named({ column: '', not_empty: true })],
    'expect[0].min: invalid_type': [
      named({ column: 'price', min: true }),
      named({ column: 'price', min: {}, max: 1 }),
      named({ column: 'price', min: { toString: 7 } }),
    ],
    'expect[0].in[0]: invalid_type': [
      named({ column: 'price', in: [true] }),
      named({ column: 'price', in: [null, 7] }),
    ],
    'expect[0].min_column: invalid_value': [named({ column: 'price', min_column: '' })],
    'expect[0].max_column: invalid_type': [7, null].map((column) => named({ column: 'price', max_column: column })),
    'extra_columns[0]: invalid_type': [{ extra_columns: [7] }, { extra_columns: [null, 'a'] }],
    'merge: invalid_type': [{ merge: null }, { merge: 7 }, { merge: 'x' }],
    'merge.strategy: invalid_type': [7, null, { toString: 7 }].map((strategy) => ({ 'merge.strategy': strategy })),
    'merge.strategy: invalid_value': [{ 'merge.strategy': '' }],
    'validators[0].use: invalid_value': [{ validators: [{ use: '' }] }],
    'validators[0].use: invalid_type': [{ validators: [{ use: 7 }] }],
    'default_currency: invalid_type': [{ default_currency: 7, 'pricing.rounding.increment': '0.005' }],
    'pricing.rounding.increment: invalid_type': [{ 'pricing.rounding.increment': null }],
    'pricing.rounding.increment: invalid_value': [{ 'pricing.rounding.increment': 0 }],
    'output.format: invalid_value': [{ 'output.format': 7 }],
    'vendors[0].parser.column_map: invalid_type': [null, 7].map((map) => ({ 'vendors.0.parser.column_map': map })),
    'output.columns: invalid_type': [{ 'output.columns': null }, { 'output.columns': 7 }],
  };
  for (const [problem, changes] of Object.entries(single)) assertProblems(changes.map((one) => [one, [problem]]));
  // two of the same wrong value are no duplicates
  const twice = <T>(value: T) => [value, value];
  const both = (path: string) => [0, 1].map((i) => `${path.replace('*', String(i))}: invalid_type`);
  assertProblems([
    [{ expect: twice({ name: 7, rows: { min: 1 } }) }, both('expect[*].name')],
    [{ extra_columns: [7, 7] }, both('extra_columns[*]')],
    [{ vendors: twice({ ...VENDOR, vendor_id: 7 }) }, both('vendors[*].vendor_id')],
    [{ 'output.exports': twice({ use: 'shop', name: 7 }) }, both('output.exports[*].name')],
    [{ 'quantity.rules': [{ vendors: [7, null] }] }, both('quantity.rules[0].vendors[*]')],
    [
      { 'pricing.vendor_terms': { vendors: twice({ vendor_id: 7 }) } },
      both('pricing.vendor_terms.vendors[*].vendor_id'),
    ],
    // a column that is badly named is none, and cannot be mapped
    [
      { extra_columns: ['A b'], 'vendors.0.parser.column_map': { 'A b': 'x' } },
      ['extra_columns[0]: invalid_value', 'vendors[0].parser.column_map.A b: unknown_column'],
    ],
  ]);
});

test('plugins that a config names must exist, each where it is named', () => {
  assertProblems([
    [{ 'vendors.0.parser.format': 'cvs' }, ['vendors[0].parser.format: unknown_plugin']],
    [
      { 'vendors.0.validators': [{ use: 'present' }, { use: 'odd' }] },
      ['vendors[0].validators[1].use: unknown_plugin'],
    ],
    [{ validators: [{ use: 'margin' }] }, ['validators[0].use: unknown_plugin']],
    [{ 'pricing.rules': [{ use: 'odd' }] }, ['pricing.rules[0].use: unknown_plugin']],
    [{ 'output.exports': [{ use: 'odd' }] }, ['output.exports[0].use: unknown_plugin']],
    [{ 'merge.strategy': 'odd' }, ['merge.strategy: unknown_plugin']],
    [{ 'merge.odd': {} }, ['merge.odd: unknown_plugin']],
    [{ 'merge.lowest': {} }, []],
    [
      { 'vendors.1': { ...VENDOR, vendor_id: 'b', parser: { format: 'x' } } },
      ['vendors[1].parser.format: unknown_plugin'],
    ],
  ]);
  const result = checked({ 'vendors.0.parser.format': 'cvs' });
  assert.ok(!result.ok && result.problems[0]?.message.includes('did you mean "csv"?'));
});

test('options of plugins are read by their schemas, each at its place', () => {
  assertProblems([
    [{ 'vendors.0.parser.options': { limit: 'x' } }, ['vendors[0].parser.options.limit: invalid_type']],
    [
      { 'vendors.0.validators': [{ use: 'present', with: { limit: 1.5 } }] },
      ['vendors[0].validators[0].with.limit: invalid_type'],
    ],
    [{ validators: [{ use: 'present', with: { mode: 'odd' } }] }, ['validators[0].with.mode: invalid_value']],
    [{ 'pricing.rules': [{ use: 'margin', with: { odd: 1 } }] }, ['pricing.rules[0].with.odd: unknown_key']],
    [{ 'output.exports': [{ use: 'shop', with: 7 }] }, ['output.exports[0].with: invalid_type']],
    [{ 'merge.best_offer': { limit: 'x' } }, ['merge.best_offer.limit: invalid_type']],
    [{ 'merge.lowest': { limit: 'x' } }, ['merge.lowest.limit: invalid_type']],
    [{ 'merge.best_offer': { limit: 1 } }, []],
    // options that are absent or null are as empty ones
    [{ validators: [{ use: 'present', with: null }] }, []],
    [{ validators: [{ use: 'limited' }] }, ['validators[0].with.limit: required']],
  ]);
});

test('a check of a plugin also runs without misspelled keys, and not on what they alone cause', () => {
  assertProblems([
    [{ validators: [{ use: 'limited', with: { limit: 5 } }] }, []],
    [{ validators: [{ use: 'limited', with: { limit: 6 } }] }, ['validators[0].with.limit: invalid_value']],
    [
      { validators: [{ use: 'limited', with: { limit: 6, odd: 1 } }] },
      ['validators[0].with.odd: unknown_key', 'validators[0].with.limit: invalid_value'],
    ],
    [
      { validators: [{ use: 'limited', with: { limit: 'x', odd: 1 } }] },
      ['validators[0].with.limit: invalid_type', 'validators[0].with.odd: unknown_key'],
    ],
    // the key may have been meant as what is missing
    [{ validators: [{ use: 'paired', with: { limti: 1 } }] }, ['validators[0].with.limti: unknown_key']],
    [{ validators: [{ use: 'paired', with: {} }] }, ['validators[0].with: required']],
    [{ validators: [{ use: 'broken' }] }, ['validators[0].with: plugin_failed']],
    [{ validators: [{ use: 'loose', with: { limit: 1, lmit: 2 } }] }, ['validators[0].with.lmit: unknown_key']],
    [{ validators: [{ use: 'open', with: { limit: 1, lmit: 2 } }] }, []],
  ]);
});

test('ids, names and columns occur once', () => {
  assertProblems([
    [{ vendors: [VENDOR, { ...VENDOR, vendor_id: 'b' }, VENDOR] }, ['vendors[2].vendor_id: duplicate_vendor_id']],
    [
      { vendors: [VENDOR, VENDOR, VENDOR] },
      ['vendors[1].vendor_id: duplicate_vendor_id', 'vendors[2].vendor_id: duplicate_vendor_id'],
    ],
    [{ extra_columns: ['gtin', 'mpn', 'gtin'] }, ['extra_columns[2]: duplicate_column']],
    [{ extra_columns: ['sku', 'mpn'] }, ['extra_columns[0]: duplicate_column']],
    [
      { 'output.columns': ['sku', 'price', 'sku', 'price'] },
      ['output.columns[2]: duplicate_column', 'output.columns[3]: duplicate_column'],
    ],
    [{ 'output.columns': [7, 7] }, ['output.columns[0]: invalid_value', 'output.columns[1]: invalid_value']],
    [{ 'output.exports': [{ use: 'shop' }, { use: 'shop' }] }, ['output.exports[1].name: duplicate_export']],
    [
      { 'output.exports': [{ use: 'shop' }, { use: 'shop', name: 'b' }, { use: 'shop', name: 'b' }] },
      ['output.exports[2].name: duplicate_export'],
    ],
    [{ 'output.exports': [{ use: 'shop', name: 'b' }, { use: 'shop' }] }, []],
  ]);
});

test('a column map names canonical and extra columns', () => {
  const map = (columns: Record<string, string>) => ({
    extra_columns: ['gtin'],
    'vendors.0.parser.column_map': columns,
  });
  assertProblems([
    [map({ sku: 'A', gtin: 'B', price: '#0' }), []],
    [map({ skuu: 'A', price: 'B' }), ['vendors[0].parser.column_map.skuu: unknown_column']],
    [map({ vendor_id: 'A' }), ['vendors[0].parser.column_map.vendor_id: unknown_column']],
    [map({ mpn: 'A' }), ['vendors[0].parser.column_map.mpn: unknown_column']],
  ]);
  const result = checked(map({ gtn: 'A', skuu: 'B' }));
  assert.ok(!result.ok);
  for (const [i, word] of ['"gtin"', '"sku"'].entries()) assert.ok(result.problems[i]?.message.includes(word), word);
});

test('vendors that rules and terms name must exist', () => {
  const terms = (vendors: unknown[], rates: unknown = null) => ({ 'pricing.vendor_terms': { vendors, rates } });
  const rates = { type: 's3', s3_key: 'rates.csv' };
  assertProblems([
    [{ 'quantity.rules': [{ vendors: ['acme'] }] }, []],
    [{ 'quantity.rules': [{}, { vendors: ['acme', 'acne'] }] }, ['quantity.rules[1].vendors[1]: unknown_vendor']],
    [terms([{ vendor_id: 'acme' }]), []],
    [terms([{ vendor_id: 'acne' }]), ['pricing.vendor_terms.vendors[0].vendor_id: unknown_vendor']],
    [
      terms([{ vendor_id: 'acme' }, { vendor_id: 'acme' }]),
      ['pricing.vendor_terms.vendors[1].vendor_id: duplicate_vendor_id'],
    ],
    [
      terms([{ vendor_id: 'acne' }, { vendor_id: 'acne' }]),
      [0, 1].map((i) => `pricing.vendor_terms.vendors[${i}].vendor_id: unknown_vendor`),
    ],
    [terms([{ vendor_id: 'acme', currency: 'USD' }]), []],
    [terms([{ vendor_id: 'acme', currency: 'EUR' }]), ['pricing.vendor_terms.vendors[0].currency: rates_missing']],
    [terms([{ vendor_id: 'acme', currency: 'EUR' }], rates), []],
  ]);
  for (const changes of [{ 'quantity.rules': [{ vendors: ['acne'] }] }, terms([{ vendor_id: 'acne' }])]) {
    const result = checked(changes);
    assert.ok(!result.ok && result.problems[0]?.message.includes('did you mean "acme"?'));
  }
});

test('a rounding step is a multiple of what the currency writes', () => {
  const step = (default_currency: string, increment: unknown) => ({
    default_currency,
    'pricing.rounding.increment': increment,
  });
  const tooFine = ['pricing.rounding.increment: increment_too_fine'];
  assertProblems([
    [step('USD', '0.01'), []],
    [step('USD', 0.05), []],
    [step('USD', '0.005'), tooFine],
    [step('USD', 0.015), tooFine],
    [step('KWD', '0.005'), []],
    [step('KWD', '0.0005'), tooFine],
    [step('USD', true), ['pricing.rounding.increment: invalid_type']],
    [step('USD', 'x'), ['pricing.rounding.increment: invalid_value']],
    [step('USD', '-0.005'), ['pricing.rounding.increment: invalid_value']],
  ]);
});

test('a comparison with the published feed needs its columns', () => {
  const lacks = (...columns: unknown[]) => columns.map(() => 'output.columns: compared_column_missing');
  const compared = (changes: Changes, ...columns: string[]) => ({ ...changes, 'output.columns': columns });
  assertProblems([
    [compared({ publish: {} }, 'brand'), lacks('sku', 'quantity_available', 'price')],
    [compared({ publish: {} }, 'sku', 'price'), lacks('quantity_available')],
    [compared({ publish: {} }, 'sku', 'price', 'quantity_available'), []],
    [compared({ guardrails: { max_sku_drop_pct: 0 } }, 'price'), lacks('sku')],
    [compared({ guardrails: { max_in_stock_drop_pct: 0 } }, 'price'), lacks('sku', 'quantity_available')],
    [compared({ guardrails: { max_median_price_change_pct: 0 } }, 'brand'), lacks('sku', 'price')],
    [compared({ guardrails: { max_vendor_row_drop_pct: 0 } }, 'price'), lacks('sku')],
    [compared({ guardrails: { min_skus: 1, stale_after_hours: 1 } }, 'price'), []],
    [compared({ publish: {}, guardrails: { max_sku_drop_pct: 0 } }, 'price', 'quantity_available'), lacks('sku')],
  ]);
  const result = checked(compared({ guardrails: { max_median_price_change_pct: 0 } }, 'brand'));
  assert.ok(!result.ok);
  assert.equal(
    result.problems.map(({ message }) => /"(.*?)": (\S+)/.exec(message)?.slice(1)),
    [
      ['sku', 'guardrails.max_median_price_change_pct'],
      ['price', 'guardrails.max_median_price_change_pct'],
    ],
  );
});

test('escaped formulas, deltas, formats and stale feeds need what goes with them', () => {
  const escaped = ['output.escape_formulas: invalid_value'];
  assertProblems([
    [{ 'output.escape_formulas': true }, []],
    [{ 'output.escape_formulas': true, publish: {} }, escaped],
    [{ 'output.escape_formulas': true, guardrails: {} }, escaped],
    [{ 'output.escape_formulas': true, 'output.exports': [{ use: 'shop' }] }, escaped],
    [{ 'output.escape_formulas': true, publish: {}, 'output.exports': [{ use: 'shop' }] }, escaped],
    [{ 'output.escape_formulas': false, publish: {}, 'output.exports': [{ use: 'shop' }] }, []],
    [{ 'output.exports': [{ use: 'shop', content: 'delta' }] }, ['output.exports[0].content: delta_without_publish']],
    [{ 'output.exports': [{ use: 'shop', content: 'delta' }], publish: {} }, []],
    [{ 'output.exports': [{ use: 'shop', content: 'delta' }], guardrails: {} }, []],
    [{ 'output.format': 'shop' }, ['output.format: invalid_value', 'output.format: invalid_value']],
    [{ 'output.format': 'odd' }, ['output.format: invalid_value']],
    [{ 'output.format': 'csv' }, []],
    [{ 'vendors.0.on_trouble': { stale: 'fail' } }, ['vendors[0].on_trouble.stale: stale_without_limit']],
    [
      { 'vendors.0.on_trouble': { stale: 'fail' }, guardrails: {} },
      ['vendors[0].on_trouble.stale: stale_without_limit'],
    ],
    [{ 'vendors.0.on_trouble': { stale: 'fail' }, guardrails: { stale_after_hours: 1 } }, []],
    [{ 'vendors.0.on_trouble': { missing: 'fail' } }, []],
  ]);
});

test('an expectation counts rows or tests cells of columns that are written', () => {
  const expect = (one: object) => ({ expect: [{ name: 'a', ...one }] });
  const columns = ['sku', 'brand', 'title', 'price', 'cost', 'quantity_available', 'gtin'];
  const cases: Array<[object, string[]]> = [
    [{ rows: { min: 1 } }, []],
    [{ rows: { max: 1 } }, []],
    [{ rows: { min: 2, max: 2 } }, []],
    [{ rows: { min: 3, max: 2 } }, ['expect[0].rows: invalid_value']],
    [{ rows: {} }, ['expect[0].rows: required']],
    [{}, ['expect[0]: required']],
    [{ rows: { min: 1 }, column: 'sku' }, ['expect[0]: invalid_value']],
    [{ rows: { min: 1 }, min: 3 }, ['expect[0].min: invalid_value']],
    [{ rows: { min: 1 }, not_empty: true }, ['expect[0].not_empty: invalid_value']],
    [{ column: 'sku' }, ['expect[0]: required']],
    [{ column: 'sku', not_empty: true }, []],
    [{ column: 'msrp', not_empty: true }, ['expect[0].column: column_not_written']],
    [{ column: 'price', min: 1, max: 1 }, []],
    [{ column: 'price', max: 1 }, []],
    [{ column: 'price', min: 1 }, []],
    [{ column: 'price', min: '1.01', max: 1 }, ['expect[0]: invalid_value']],
    [{ column: 'gtin', min: 2, max: 1 }, ['expect[0]: invalid_value']],
    [{ column: 'gtin', min: 1, in: ['x'] }, []],
    [{ column: 'brand', in: ['x', 7] }, []],
    [{ column: 'brand', min: 1 }, ['expect[0].min: invalid_value']],
    [{ column: 'brand', max: 1 }, ['expect[0].max: invalid_value']],
    [{ column: 'brand', min_column: 'price' }, ['expect[0].min_column: invalid_value']],
    [{ column: 'price', min_column: 'cost' }, []],
    [{ column: 'price', max_column: 'gtin' }, []],
    [{ column: 'price', max_column: 'brand' }, ['expect[0].max_column: invalid_value']],
    [{ column: 'price', min_column: 'msrp' }, ['expect[0].min_column: column_not_written']],
    [{ column: 'price', in: [1, '2', '3.5'] }, []],
    [
      { column: 'quantity_available', in: ['1', 'x', ''] },
      ['expect[0].in[1]: invalid_value', 'expect[0].in[2]: invalid_value'],
    ],
    [{ rows: { min: 1 }, where: [{ column: 'brand', not_empty: true }] }, []],
    [
      { rows: { min: 1 }, where: [{ column: 'brand', in: ['a'] }, { column: 'brand' }] },
      ['expect[0].where[1]: required'],
    ],
    [{ rows: { min: 1 }, where: [{ column: 'msrp', min: 1 }] }, ['expect[0].where[0].column: column_not_written']],
    [{ column: 'sku', in: ['a'], where: [{ column: 'title', max: 1 }] }, ['expect[0].where[0].max: invalid_value']],
  ];
  for (const [one, expected] of cases) {
    const found = problemsWith({ ...expect(one), 'output.columns': columns, extra_columns: ['gtin'] });
    assert.equal(found, expected, JSON.stringify(one));
  }
  assertProblems([
    [{ expect: ['a', 'b', 'a'].map((name) => ({ name, rows: { min: 1 } })) }, ['expect[2].name: duplicate_name']],
    [
      { expect: [{ rows: { min: 1 } }, { rows: { min: 1 } }] },
      ['expect[0].name: required', 'expect[1].name: required'],
    ],
  ]);
  const near = checked({ expect: [{ name: 'a', column: 'skuu', not_empty: true }] });
  assert.ok(!near.ok && near.problems[0]?.message.includes('did you mean "sku"?'));
});

test('of lists that are too long, no more entries are checked than the list may have', () => {
  const same = <T>(count: number, value: T) => Array.from({ length: count }, () => value);
  const counts = (changes: Changes) => {
    const result = checked(changes, { problemsMax: 100_000 });
    return result.ok ? 0 : result.count;
  };
  // every entry after the first is a duplicate; the list itself is one problem more
  const rows = { name: 'a', rows: { min: 1 } };
  assert.is(counts({ expect: same(EXPECTATIONS_MAX, rows) }), EXPECTATIONS_MAX - 1);
  assert.is(counts({ expect: same(EXPECTATIONS_MAX + 50, rows) }), EXPECTATIONS_MAX);
  assert.is(counts({ 'output.exports': same(EXPORTS_MAX + 50, { use: 'shop' }) }), EXPORTS_MAX);
  const columns = counts({ 'output.columns': same(1_000, 'sku') });
  assert.ok(columns > 5 && columns < 50, String(columns));
  assert.is(counts({ 'output.columns': same(1_000, 'sku'), extra_columns: ['gtin'] }), columns + 1);
});

test('vendors and extra columns have limits, which configs of past runs do not', () => {
  const vendors = ['a', 'b', 'c'].map((vendor_id) => ({ ...VENDOR, vendor_id }));
  assert.equal(problemsWith({ vendors }, { vendorsMax: 3 }), []);
  assert.equal(problemsWith({ vendors }, { vendorsMax: 2 }), ['vendors: invalid_value']);
  const extra_columns = ['a', 'b', 'c'];
  assert.equal(problemsWith({ extra_columns, 'output.columns': extra_columns }, { extraColumnsMax: 3 }), []);
  assert.equal(problemsWith({ extra_columns }, { extraColumnsMax: 2 }), ['extra_columns: invalid_value']);
  const hundreds = Array.from({ length: 101 }, (_, i) => ({ ...VENDOR, vendor_id: `v${i}` }));
  const columns = Array.from({ length: 21 }, (_, i) => `c${i}`);
  assert.equal(problemsWith({ vendors: hundreds, extra_columns: columns }), [
    'vendors: invalid_value',
    'extra_columns: invalid_value',
  ]);
  assert.equal(problemsWith({ vendors: hundreds, extra_columns: columns }, ACCEPTED_BEFORE), []);
  assert.equal(problemsWith({ vendors: hundreds.slice(1), extra_columns: columns.slice(1) }), []);
});

test('an answer lists so many problems, and counts the rest', () => {
  const rules = Array.from({ length: 5 }, () => ({ use: 'odd' }));
  const all = checked({ 'pricing.rules': rules }, { problemsMax: 5 });
  assert.ok(!all.ok);
  assert.equal([all.count, all.problems.length], [5, 5]);
  const some = checked({ 'pricing.rules': rules }, { problemsMax: 4 });
  assert.ok(!some.ok);
  assert.equal([some.count, some.problems.length], [5, 5]);
  assert.equal(some.problems.at(-1), { path: '(root)', code: 'more_problems', message: 'and 1 more problem' });
});

test('configs with other extra columns do not share a schema', () => {
  const names = Array.from({ length: 30 }, (_, i) => `column_${i}`);
  for (const name of [...names, ...names]) {
    assert.equal(problemsWith({ extra_columns: [name], 'output.columns': ['sku', name] }), []);
    assert.equal(problemsWith({ 'output.columns': ['sku', name] }), ['output.columns[1]: invalid_value']);
  }
  assert.ok(checkConfig(configWith({}), REGISTRY).ok);
});

test.run();
