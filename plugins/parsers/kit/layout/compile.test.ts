/** The layout that the engine runs, by the options of a table. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import type { Layout } from '../../../../core/plugin.ts';
import { type LayoutSettings, layoutOf } from './compile.ts';
import { layoutShape } from './options.ts';

const schema = z.strictObject(layoutShape);
const SETTINGS: LayoutSettings = {
  ...{ delimiter: ';', columns: {}, extras: [], currency: 'EUR', timeZone: 'Europe/Berlin' },
};
const laidOut = (options: object, settings: Partial<LayoutSettings> = {}): Layout =>
  layoutOf(schema.parse(options), { ...SETTINGS, ...settings });
/** The source of one column. */
const sourceOf = (column: string, spec: object, more: object = {}, settings: Partial<LayoutSettings> = {}) =>
  (laidOut({ columns: { [column]: spec }, ...more }, settings).columns as Record<string, unknown>)[column];

const header = (name: string) => ({ header: name, match: 'loose' });
const from = (name: string, expected = true) => ({
  origin: { kind: 'first_found', fields: [header(name)] },
  expected,
});
const PLAIN = {
  ...{ decimal: '.', thousands: null, currency: null, atLeast: false, zeroBelow: false, impliedDecimals: 0, units: [] },
};

test('an empty table is a plain layout', () => {
  assert.equal(laidOut({}), {
    ...{ delimiter: ';', quote: '"', escape: null, skipLines: 0, skipLastRows: 0, header: true, headerRows: 1 },
    ...{ unwrap: false, unescapeFormulas: false, columns: {}, filters: [], sideFiles: [], sumRows: false },
    timeZone: 'UTC',
  });
  const dialect = {
    ...{ skip_lines: 3, skip_last_rows: 2, header: false, header_rows: 2, row_fields: 'first_row', quote: "'" },
    ...{ escape: '\\', unwrap: true, unescape_formulas: true, sum_rows: true, timezone: 'tenant' },
  };
  assert.equal(laidOut(dialect), {
    ...{ delimiter: ';', quote: "'", escape: '\\', skipLines: 3, skipLastRows: 2, header: false, headerRows: 2 },
    ...{ rowFields: 'first_row', unwrap: true, unescapeFormulas: true, columns: {}, filters: [], sideFiles: [] },
    ...{ sumRows: true, timeZone: 'Europe/Berlin' },
  });
  assert.is(laidOut({ timezone: 'Asia/Tokyo' }).timeZone, 'Asia/Tokyo');
});

test('a column has one of seven origins, and a name may be a position or a pattern', () => {
  const cases: [spec: object, origin: object][] = [
    [{ from: 'A' }, { kind: 'first_found', fields: [header('A')] }],
    [
      { from: ['A', '#3', '#123456', '#1234567', '#x', 'x#3', '#3x'] },
      {
        kind: 'first_found',
        fields: [header('A'), { index: 3 }, { index: 123_456 }, ...['#1234567', '#x', 'x#3', '#3x'].map(header)],
      },
    ],
    [
      { first_filled: ['A', { from: '#1', words: { x: 1, y: null } }] },
      { kind: 'first_filled', fields: [header('A'), { index: 1, words: { x: '1', y: null } }] },
    ],
    [{ sum: ['A', 'B*', '#2'] }, { kind: 'sum', fields: [header('A'), { pattern: 'B*' }, { index: 2 }] }],
    [{ sum: 'A?' }, { kind: 'sum', fields: [{ pattern: 'A?' }] }],
    [
      { join: { columns: ['A', '#1'], with: '-' } },
      { kind: 'join', fields: [header('A'), { index: 1 }], separator: '-' },
    ],
    [{ value: 5 }, { kind: 'constant', text: '5' }],
    [{ preamble: 'p' }, { kind: 'preamble', name: 'p' }],
    [
      { side_file: 'f', from: ['L'] },
      { kind: 'side_file', file: 'f', column: 'L' },
    ],
    [
      { side_file: 'f', from: 'List' },
      { kind: 'side_file', file: 'f', column: 'List' },
    ],
  ];
  for (const [spec, origin] of cases)
    assert.equal(sourceOf('cost', spec), { origin, expected: true }, JSON.stringify(spec));
  assert.equal(sourceOf('cost', { from: 'A', optional: true }), from('A', false));
});

test('a column that the table only describes keeps its source, and is expected if it says how to read it', () => {
  const base = { header: 'Own', match: 'exact', expected: false } as const;
  const own = (expected: boolean) => ({
    origin: { kind: 'first_found', fields: [{ header: 'Own', match: 'exact' }] },
    expected,
  });
  const read = (column: string, spec: object) => sourceOf(column, spec, {}, { columns: { [column]: base } });
  assert.equal(read('msrp', {}), base);
  assert.equal(read('msrp', { optional: false }), base);
  assert.equal(read('msrp', { add: [] }), { ...base, expected: true });
  assert.equal(read('msrp', { optional: true, words: { a: 1 } }), { ...own(false), form: { words: { a: '1' } } });
  assert.equal(read('msrp', { words: { a: 1 } }), { ...own(true), form: { words: { a: '1' } } });
  assert.equal(read('msrp', { numbers: {} }), { ...own(true), form: { numbers: PLAIN } });
  for (const [key, divides] of [
    ['multiply_by', false],
    ['divide_by', true],
  ] as const) {
    assert.equal(read('msrp', { [key]: 2 }), { ...own(true), factors: [{ divides, by: { decimal: '2' } }] });
  }
  assert.equal(read('msrp', { add: [{ amount: 1 }] }), {
    ...own(true),
    add: [{ by: null, amounts: {}, otherwise: '1' }],
  });
  assert.equal(read('msrp', { from: 'A' }), from('A'));
  assert.is(sourceOf('msrp', { numbers: {} }), undefined);
});

test('extra columns that the table names are texts', () => {
  const extras = ['grade', 'bin', 'other'].map((column) => ({
    column,
    source: { header: column, match: 'exact', expected: false } as const,
  }));
  const { columns, extras: found } = laidOut(
    { columns: { grade: { from: 'G' }, bin: { words: { x: null } } }, numbers: { decimal: ',' } },
    { extras },
  );
  const bin = { origin: { kind: 'first_found', fields: [{ header: 'bin', match: 'exact' }] }, expected: true };
  assert.equal([columns, found], [{}, { grade: from('G'), bin: { ...bin, form: { words: { x: null } } } }]);
  assert.is(laidOut({ columns: { cost: { from: 'A' } } }, { extras }).extras, undefined);
});

test('numbers are read by the table’s form and the column’s, money and quantities by their parts of it', () => {
  type Settings = Partial<LayoutSettings>;
  const money = (numbers: object, settings: Settings = {}) => sourceOf('cost', { from: 'A' }, { numbers }, settings);
  const cases: [numbers: object, form: object, settings?: Settings][] = [
    [{}, {}],
    [{ decimal: ',' }, { decimal: ',' }],
    [{ thousands: ',' }, { thousands: ',' }],
    [{ thousands: null }, {}],
    [{ currency: true }, { currency: 'EUR' }],
    [{ currency: false }, {}],
    [{ at_least: true, below_zero: 'zero' }, {}],
    [{ divide_by: 1 }, {}],
    [{ divide_by: 100 }, { impliedDecimals: 2, decimals: 0 }],
    [
      { divide_by: 100, decimals: 2 },
      { impliedDecimals: 2, decimals: 2 },
    ],
    [{ divide_by: 1_000_000 }, { impliedDecimals: 6 }],
    [{ decimals: 0 }, { decimals: 0 }],
    [{ units: ['x'] }, { units: ['x'] }],
    [{ thousands: ',' }, { thousands: ',', decimals: 6 }, { currency: 'KWD' }],
    [{ thousands: null }, {}, { currency: 'KWD' }],
    [{}, {}, { currency: 'KWD' }],
  ];
  for (const [numbers, form, settings] of cases) {
    const expected = { ...from('A'), form: { numbers: { ...PLAIN, ...form } } };
    assert.equal(money(numbers, settings), expected, JSON.stringify(numbers));
    assert.equal(sourceOf('cost', { from: 'A', numbers }, {}, settings), expected, JSON.stringify(numbers));
  }
  const both = sourceOf('cost', { from: 'A', numbers: { decimal: ',' } }, { numbers: { decimal: '.', units: ['x'] } });
  assert.equal(both, { ...from('A'), form: { numbers: { ...PLAIN, decimal: ',', units: ['x'] } } });
  const all = { currency: true, at_least: true, below_zero: 'zero', divide_by: 100, thousands: ',' };
  const quantity = sourceOf('quantity_available', { from: 'A' }, { numbers: all }, { currency: 'KWD' });
  assert.equal(quantity, {
    ...from('A'),
    form: { numbers: { ...PLAIN, thousands: ',', atLeast: true, zeroBelow: true } },
  });
  const named = sourceOf('quantity_available', { from: 'A' }, { numbers: { at_least: false, below_zero: 'error' } });
  assert.equal(named, { ...from('A'), form: { numbers: PLAIN } });
  assert.equal(sourceOf('title', { from: 'A' }, { numbers: all, time_formats: ['DD.MM.YYYY'] }), from('A'));
  assert.equal(sourceOf('updated_at', { from: 'A' }, { numbers: all, time_formats: ['DD.MM.YYYY'] }), {
    ...from('A'),
    form: { times: ['DD.MM.YYYY'] },
  });
  assert.equal(sourceOf('updated_at', { from: 'A' }), from('A'));
  // a value is written as the contract writes it
  assert.equal(sourceOf('cost', { value: 5 }, { numbers: all }), {
    origin: { kind: 'constant', text: '5' },
    expected: true,
  });
});

test('factors apply in order, those that multiply first, and amounts are added by words', () => {
  const spec = {
    from: 'A',
    divide_by: 3,
    multiply_by: [2, 'P', '0.5', { column: ['Q', '#1'], words: { a: 1, b: null } }],
    add: [
      { amount: 1 },
      { by: 'B', amounts: { a: 2 } },
      { by: ['B', '#2'], amounts: { a: '2.5' }, otherwise: 'error' },
      { by: 'B', amounts: {}, otherwise: 3 },
    ],
  };
  const expected = (form: object) => [
    { divides: false, by: { decimal: '2' } },
    { divides: false, by: { fields: [header('P')], form } },
    { divides: false, by: { decimal: '0.5' } },
    { divides: false, by: { fields: [header('Q'), { index: 1 }], form: { words: { a: '1', b: null }, ...form } } },
    { divides: true, by: { decimal: '3' } },
  ];
  const plain = sourceOf('cost', spec) as { factors: unknown; add: unknown };
  assert.equal(plain.factors, expected({}));
  assert.equal(plain.add, [
    { by: null, amounts: {}, otherwise: '1' },
    { by: [header('B')], amounts: { a: '2' }, otherwise: '0' },
    { by: [header('B'), { index: 2 }], amounts: { a: '2.5' }, otherwise: null },
    { by: [header('B')], amounts: {}, otherwise: '3' },
  ]);
  const declared = sourceOf('cost', spec, { numbers: { decimal: ',', at_least: true, below_zero: 'zero' } });
  const numbers = { ...PLAIN, decimal: ',', atLeast: true };
  assert.equal((declared as { factors: unknown }).factors, expected({ numbers }));
});

test('filters have a test, an action, and a refusal if they refuse', () => {
  const rows = [
    { column: 'S', keep: ['a'] },
    { value: 'cost', drop: { above: 1, at_most: '2.5' }, if_present: true },
    { column: ['S', '#1'], exactly: true, refuse: ['x'], code: 'gone', where: { value: 'title', is: ['t'] } },
    { column: 'S', refuse: ['x'], code: 'gone', reason: 'why' },
    { column: 'S', refuse: ['x'], where: { column: 'T', is: { below: 3, above: undefined } } },
  ];
  const [first, second, third, fourth, fifth] = laidOut({ rows }, { codes: { gone: 'is gone' } }).filters ?? [];
  const plain = { fields: [header('S')], where: null, optional: false };
  assert.equal(first, { ...plain, values: ['a'], action: 'keep' });
  const range = { above: '1', at_most: '2.5' };
  assert.equal(second, { fields: [], value: 'cost', values: [], range, action: 'drop', where: null, optional: true });
  const refused = { values: ['x'], action: 'refuse' };
  assert.equal(third, {
    ...{ ...plain, ...refused, fields: [header('S'), { index: 1 }], exactly: true },
    ...{ where: { fields: [], value: 'title', values: ['t'] }, refusal: { code: 'gone', reason: 'is gone' } },
  });
  assert.equal(fourth, { ...plain, ...refused, refusal: { code: 'gone', reason: 'why' } });
  const { refusal, ...others } = fifth ?? {};
  assert.equal(others, { ...plain, ...refused, where: { fields: [header('T')], values: [], range: { below: '3' } } });
  assert.is((refusal as { code: string }).code, 'row_refused');
});

test('what is beside the rows: preamble, footer and side files', () => {
  const preamble = [
    { name: 'a', after: 'x' },
    { name: 'b', line: 2, before: 'y', cell: '#3', whole_line: true, is: ['q'], optional: true },
    { name: 'c', line: 1, currency: true },
  ];
  assert.equal(laidOut({ preamble }).preamble, [
    { name: 'a', after: 'x', optional: false },
    { name: 'b', line: 2, before: 'y', cell: 3, wholeLine: true, is: ['q'], optional: true },
    { name: 'c', line: 1, is: ['eur', '€'], optional: false },
  ]);
  const rows = (form: unknown) => [{ cells: [[{ kind: 'text', text: 'T' }], [{ kind: 'rows', form }]] }];
  const numbers = { thousands: '.', decimal: ',' };
  const footer = laidOut({ footer: 'T;{rows}', numbers }, { declaredDelimiter: ';', delimiter: ',' }).footer;
  assert.equal(footer, rows({ ...PLAIN, ...numbers }));
  assert.equal(laidOut({ footer: 'T;{rows}' }).footer, rows(null));
  const declared = laidOut({ footer: 'T;{rows}', numbers: { currency: true, at_least: true, divide_by: 10 } }).footer;
  assert.equal(declared, rows({ ...PLAIN, atLeast: true }));
  const columns = { cost: { from: 'A', numbers: { currency: true, divide_by: 100 } } };
  const sums = laidOut({ footer: [['{sum:cost}', '{sum:quantity_available}{any}'], 'x {kept_rows}'], columns }).footer;
  const cents = { ...PLAIN, currency: 'EUR', impliedDecimals: 2, decimals: 0 };
  assert.equal(sums, [
    {
      cells: [
        [{ kind: 'sum', column: 'cost', form: cents }],
        [{ kind: 'sum', column: 'quantity_available', form: null }, { kind: 'any' }],
      ],
    },
    {
      cells: [
        [
          { kind: 'text', text: 'x ' },
          { kind: 'kept_rows', form: null },
        ],
      ],
    },
  ]);
  const files = [
    { name: 'a', type: 'file', local_path: 'a', key: 'K' },
    {
      ...{ name: 'b', type: 's3', s3_key: 'b', key: '#1', on: ['X', '#2'], header: false, delimiter: '\t' },
      ...{ encoding: 'auto', missing: 'empty' },
    },
  ];
  assert.equal(laidOut({ side_files: files }).sideFiles, [
    { name: 'a', delimiter: ',', encoding: 'utf-8', header: true, key: 'K', on: null, missing: 'error' },
    {
      ...{ name: 'b', delimiter: '\t', encoding: 'auto', header: false, key: '#1', missing: 'empty' },
      on: [header('X'), { index: 2 }],
    },
  ]);
});

test.run();
