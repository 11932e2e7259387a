/** What is wrong with a table beyond its schema, by path, and the columns that it names. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { type LayoutTable, layoutShape } from './options.ts';
import { columnReferences, layoutProblems } from './problems.ts';

const schema = z.strictObject(layoutShape);
const tableOf = (options: object): LayoutTable => schema.parse(options);

interface Place {
  mapped?: string[];
  extras?: string[];
  codes?: string[];
}

/** The paths, with the code if it is not `invalid_value`. */
function problemsIn(options: object, { mapped = [], extras = [], codes }: Place = {}): string[] {
  const place = { path: 'v.options', mapped: new Set(mapped), extras, ...(codes === undefined ? {} : { codes }) };
  return layoutProblems(tableOf(options), place).map(({ path, code }) =>
    [path.replace('v.options.', ''), ...(code === 'invalid_value' ? [] : [code])].join(' '),
  );
}

const check = (cases: readonly (readonly [options: object, problems: string[], place?: Place])[]) => {
  for (const [options, problems, place] of cases) {
    assert.equal(problemsIn(options, place), problems, JSON.stringify(options));
  }
};
/** The problems of one column, by their paths below it. */
const checkColumns = (cases: readonly (readonly [column: string, spec: object, problems: string[]])[]) =>
  check(
    cases.map(([column, spec, problems]) => [
      { columns: { [column]: spec } },
      problems.map((one) => (one === '' ? `columns.${column}` : `columns.${column}.${one}`)),
    ]),
  );

test('a column has one source, in the table or in column_map', () => {
  check([
    [{}, []],
    [{ columns: { cost: { from: 'A' } } }, []],
    [{ columns: { cost: { from: 'A', value: '1' } } }, ['columns.cost']],
    [{ columns: { title: { join: { columns: ['A', 'B'] }, first_filled: ['A', 'B'] } } }, ['columns.title']],
    [{ columns: { cost: { from: 'A' } } }, ['columns.cost.from'], { mapped: ['cost'] }],
    [{ columns: { cost: { sum: 'A' } } }, ['columns.cost.sum'], { mapped: ['sku', 'cost'] }],
    [{ columns: { cost: { numbers: { decimal: ',' } } } }, [], { mapped: ['cost'] }],
    [{ columns: { grade: { from: 'A' } } }, [], { extras: ['grade'] }],
    [{ columns: { grade: { from: 'A', sum: 'B' }, cost: {} } }, ['columns.grade unknown_key']],
    [{ columns: { grade: { sum: 'A' } } }, ['columns.grade.sum'], { extras: ['grade'] }],
  ]);
});

test('only numbers are summed and multiplied, only texts joined, only money added to', () => {
  checkColumns([
    ['cost', { sum: 'A' }, []],
    ['quantity_available', { sum: 'A' }, []],
    ['title', { sum: 'A' }, ['sum']],
    ['updated_at', { sum: 'A' }, ['sum']],
    ['title', { join: { columns: ['A', 'B'] } }, []],
    ['cost', { join: { columns: ['A', 'B'] } }, ['join']],
    ['condition', { join: { columns: ['A', 'B'] } }, ['join']],
    ['cost', { from: 'A', multiply_by: 2, divide_by: 3 }, []],
    ['quantity_available', { from: 'A', multiply_by: 2 }, []],
    ['title', { from: 'A', multiply_by: 2, divide_by: 'B' }, ['multiply_by', 'divide_by']],
    ['cost', { from: 'A', numbers: {} }, []],
    ['title', { from: 'A', numbers: {} }, ['numbers']],
    ['cost', { from: 'A', numbers: { divide_by: 100 } }, []],
    ['quantity_available', { from: 'A', numbers: { divide_by: 100 } }, ['numbers.divide_by']],
    ['title', { from: 'A', numbers: { divide_by: 100 } }, ['numbers', 'numbers.divide_by']],
    ['cost', { from: 'A', add: [] }, []],
    ['quantity_available', { from: 'A', add: [] }, ['add']],
    ['title', { from: 'A', add: [{ amount: 1 }] }, ['add']],
  ]);
});

test('a value and the values of words are cells of their column', () => {
  const cases: [column: string, good: (string | number)[], bad: (string | number)[]][] = [
    ['quantity_available', [0, 5, '7', '1.0', ''], [-1, 1.5, 'x']],
    ['cost', [0, 5, '7.25', ''], [-1, 'x', '1,5']],
    ['condition', ['new', 'NEW', 'used', ''], ['good', 1]],
    ['updated_at', ['2026-10-30', ''], ['30.10.2026', 'x', 5]],
    ['title', ['', 'x', 5], []],
  ];
  for (const [column, good, bad] of cases) {
    for (const value of good) {
      checkColumns([
        [column, { value }, []],
        [column, { from: 'A', words: { w: value } }, []],
      ]);
    }
    for (const value of bad) {
      checkColumns([
        [column, { value }, ['value']],
        [column, { from: 'A', words: { w: value } }, ['words.w']],
        [column, { value, words: { [String(value)]: null } }, []],
        [column, { first_filled: ['A', { from: 'B', words: { w: value } }] }, ['first_filled[1].words.w']],
      ]);
    }
  }
  checkColumns([
    ['cost', { value: 'CALL', words: { ' call ': 0 } }, []],
    ['cost', { value: 'CALL', words: { other: 0 } }, ['value']],
    ['cost', { from: 'A', words: { a: 1, b: 2 } }, []],
    ['cost', { from: 'A', words: { a: 1, ' A': 2, b: null } }, ['words']],
    ['title', { first_filled: ['A', { from: 'B', words: { x: 'a', X: 'b' } }] }, ['first_filled[1].words']],
  ]);
});

test('a factor is a number above zero, or a column', () => {
  const good = [1, 0.5, '0.000000000001', '9007199254740991', 'Pack', ['2', 'Pack'], { column: 'Pack' }];
  const bad = [0, -1, '0.00', '0.0000000000001', '9007199254740992', '-2'];
  for (const key of ['multiply_by', 'divide_by']) {
    for (const factor of good) checkColumns([['cost', { from: 'A', [key]: factor }, []]]);
    for (const factor of bad) {
      checkColumns([
        ['cost', { from: 'A', [key]: factor }, [key]],
        ['cost', { from: 'A', [key]: [2, factor] }, [`${key}[1]`]],
        ['cost', { from: 'A', [key]: { column: 'P', words: { w: factor } } }, [`${key}.words.w`]],
      ]);
    }
    checkColumns([
      ['cost', { from: 'A', [key]: { column: 'P', words: { w: 2, v: null } } }, []],
      ['cost', { from: 'A', [key]: { column: 'P', words: { w: 'x' } } }, [`${key}.words.w`]],
      ['cost', { from: 'A', [key]: { column: 'P', words: { w: 2, W: 3 } } }, [`${key}.words`]],
    ]);
  }
});

test('an adder is an amount, or amounts by a column', () => {
  const cases: [adder: object, problems: string[]][] = [
    [{ amount: 1 }, []],
    [{ amount: '0.20' }, []],
    [{ amount: 0 }, []],
    [{ amount: '' }, ['.amount']],
    [{ amount: -1 }, ['.amount']],
    [{ amount: 'x' }, ['.amount']],
    [{ by: 'B', amounts: {} }, []],
    [{ by: 'B', amounts: { a: 1, b: '0' }, otherwise: 'error' }, []],
    [{ by: 'B', amounts: { a: 1 }, otherwise: 2 }, []],
    [{ by: 'B', amounts: { a: 'x', b: '' } }, ['.amounts.a', '.amounts.b']],
    [{ by: 'B', amounts: { a: 1 }, otherwise: 'x' }, ['.otherwise']],
    [{ by: 'B', amounts: { a: 1, A: 2 } }, ['.amounts']],
    [{ by: 'B' }, ['.amounts required']],
    [{}, ['']],
    [{ amounts: { a: 1 } }, ['']],
    [{ amount: 1, by: 'B' }, ['']],
    [{ amount: 1, amounts: {} }, ['']],
    [{ amount: 1, otherwise: 2 }, ['']],
  ];
  for (const [adder, problems] of cases) {
    checkColumns([['cost', { from: 'A', add: [{ amount: 1 }, adder] }, problems.map((one) => `add[1]${one}`)]]);
  }
});

test('the mark of thousands is not that of decimals, and a unit is no currency', () => {
  const cases: [numbers: object, problems: string[]][] = [
    [{ decimal: ',', thousands: '.' }, []],
    [{ decimal: ',', thousands: ',' }, ['thousands']],
    [{ thousands: '.' }, ['thousands']],
    [{ thousands: ',' }, []],
    [{ decimal: ',', thousands: null }, []],
    [{ units: ['Stk', 'pcs'] }, []],
    [{ units: ['Stk', 'EUR', 'usd', '€a'] }, ['units[1]', 'units[2]']],
  ];
  for (const [numbers, problems] of cases) {
    const inColumn = problems.map((one) => `columns.cost.numbers.${one}`);
    check([
      [{ numbers }, problems.map((one) => `numbers.${one}`)],
      [{ columns: { cost: { from: 'A', numbers } } }, inColumn],
    ]);
  }
});

test('values of the preamble are above the header and have names of their own', () => {
  const value = { name: 'a', after: 'from' };
  check([
    [{ skip_lines: 2, preamble: [value, { name: 'b', line: 2 }] }, []],
    [{ skip_lines: 2, preamble: [value, { name: 'b', line: 3 }] }, ['preamble[1].line']],
    [{ skip_lines: 1, preamble: [{ name: 'a' }] }, ['preamble[0]']],
    [{ preamble: [value] }, ['preamble[0]']],
    [{ preamble: [{ name: 'a', line: 1 }] }, ['preamble[0].line']],
    [{ skip_lines: 1, preamble: [value, { ...value }] }, ['preamble[1].name']],
    [{ skip_lines: 1, preamble: [{ ...value, cell: '#1' }] }, []],
    [{ skip_lines: 1, preamble: [{ ...value, whole_line: true }] }, []],
    [{ skip_lines: 1, preamble: [{ ...value, cell: '#1', whole_line: true }] }, ['preamble[0].cell']],
    [{ skip_lines: 1, preamble: [{ ...value, is: ['x'] }] }, []],
    [{ skip_lines: 1, preamble: [{ ...value, is: ['x'], currency: true }] }, ['preamble[0].is']],
    [{ skip_lines: 1, preamble: [value], columns: { brand: { preamble: 'a' } } }, []],
    [{ skip_lines: 1, preamble: [value], columns: { brand: { preamble: 'b' } } }, ['columns.brand.preamble']],
  ]);
});

test('side files have names, keys and places', () => {
  const file = { name: 'prices', type: 'file', local_path: 'p.csv', key: 'Part' };
  const cost = { side_file: 'prices', from: 'List' };
  check([
    [{ side_files: [file], columns: { cost } }, []],
    [{ side_files: [file, { ...file, name: 'stock' }] }, []],
    [{ side_files: [file, { ...file, name: 'PRICES' }] }, ['side_files[1].name']],
    [{ side_files: [{ ...file, name: 'SKU_map' }] }, ['side_files[0].name']],
    [{ side_files: [{ ...file, name: 'Currency_Rates' }] }, ['side_files[0].name']],
    [{ side_files: [{ ...file, local_path: null }] }, ['side_files[0].local_path required']],
    [{ side_files: [{ ...file, local_path: '' }] }, ['side_files[0].local_path required']],
    [{ side_files: [{ ...file, type: 's3' }] }, ['side_files[0].s3_key required']],
    [{ side_files: [{ ...file, type: 's3', s3_key: 'k' }] }, []],
    [{ side_files: [{ ...file, header: false }] }, ['side_files[0].key']],
    [{ side_files: [{ ...file, header: false, key: '#0' }] }, []],
    [{ side_files: [file], columns: { sku: cost } }, ['side_files[0].on required']],
    [{ side_files: [{ ...file, on: 'EAN' }], columns: { sku: cost } }, []],
    [{ side_files: [file], columns: { cost: { ...cost, side_file: 'price' } } }, ['columns.cost.side_file']],
    [{ side_files: [file], columns: { cost: { side_file: 'prices' } } }, ['columns.cost.from']],
    [{ side_files: [file], columns: { cost: { ...cost, from: ['A', 'B'] } } }, ['columns.cost.from']],
    [{ side_files: [file], columns: { cost: { ...cost, from: ['A'] } } }, []],
  ]);
});

test('without a header, columns are named by position', () => {
  const columns = { sku: { from: '#0' }, quantity_available: { from: '#1' }, cost: { from: '#2' } };
  const file = { name: 'p', type: 'file', local_path: 'p.csv', key: 'Part' };
  const all = { header: false, columns };
  const more = (column: string, spec: object) => ({ ...all, columns: { ...columns, [column]: spec } });
  check([
    [all, []],
    [{ ...all, row_fields: 3 }, []],
    [{ row_fields: 3 }, ['row_fields']],
    [more('title', { from: 'Name' }), ['columns.title.from']],
    [more('title', { from: ['#3', 'Name'] }), ['columns.title.from']],
    [more('title', { first_filled: ['#3', 'Name'] }), ['columns.title.first_filled']],
    [more('title', { first_filled: ['#3', { from: '#4', words: { a: 'b' } }] }), []],
    [more('msrp', { sum: ['#3', '#4'] }), []],
    [more('msrp', { sum: '*' }), ['columns.msrp.sum']],
    [more('msrp', { sum: ['#3', 'Fee'] }), ['columns.msrp.sum']],
    [more('title', { join: { columns: ['#3', 'Name'] } }), ['columns.title.join.columns']],
    [more('msrp', { from: '#3', multiply_by: ['#4', 2] }), []],
    [more('msrp', { from: '#3', multiply_by: ['#4', 'Pack'] }), ['columns.msrp.multiply_by[1]']],
    [more('msrp', { from: '#3', divide_by: { column: 'Pack' } }), ['columns.msrp.divide_by']],
    [more('msrp', { from: '#3', add: [{ amount: 1 }, { by: 'B', amounts: {} }] }), ['columns.msrp.add[1].by']],
    [more('title', { numbers: {} }), ['columns.title.numbers', 'columns.title required']],
    [more('title', { value: 'x' }), []],
    [{ ...more('title', { side_file: 'p', from: 'Name' }), side_files: [file] }, []],
    [{ ...all, side_files: [{ ...file, on: 'EAN' }] }, ['side_files[0].on']],
    [{ ...all, side_files: [{ ...file, on: '#3' }] }, []],
    [{ ...all, rows: [{ column: '#3', keep: ['a'] }] }, []],
    [{ ...all, rows: [{ column: 'State', keep: ['a'] }] }, ['rows[0].column']],
    [{ ...all, rows: [{ column: '#3', keep: ['a'], where: { column: 'Site', is: ['b'] } }] }, ['rows[0].where.column']],
    [{ header: false, columns: { sku: { from: '#0' } } }, ['v.column_map.quantity_available required']],
    [{ header: false, columns: { sku: { from: '#0' } } }, [], { mapped: ['quantity_available'] }],
    [{ header: false, columns: {} }, ['v.column_map.sku required', 'v.column_map.quantity_available required']],
    [
      { header: false, columns: { sku: {}, quantity_available: {} } },
      ['columns.sku required', 'columns.quantity_available required'],
    ],
  ]);
});

test('a filter of rows has one action, and values that its column can have', () => {
  const cases: [row: object, problems: string[], codes?: string[]][] = [
    [{ column: 'S', keep: ['a', '*b', ''] }, []],
    [{ value: 'title', keep: ['a*'] }, []],
    [{ column: 'S' }, ['']],
    [{ column: 'S', keep: ['a'], drop: ['b'] }, ['']],
    [{ keep: ['a'] }, ['']],
    [{ column: 'S', value: 'title', keep: ['a'] }, ['']],
    [{ column: 'S', keep: ['a'], where: { column: 'T', is: ['b'] } }, []],
    [{ column: 'S', keep: ['a'], where: { is: ['b'] } }, ['.where']],
    [{ column: 'S', keep: { above: 1 } }, ['.keep']],
    [{ value: 'title', keep: { above: 1 } }, ['.keep']],
    [{ value: 'condition', keep: { above: 1 } }, ['.keep']],
    [{ value: 'cost', keep: { above: 1, below: '2.5' } }, []],
    [{ value: 'cost', keep: {} }, ['.keep']],
    [{ value: 'cost', keep: { above: 1, at_least: undefined } }, []],
    [{ value: 'cost', keep: ['0', ''] }, []],
    [{ value: 'cost', keep: { above: 1, at_least: 2 } }, ['.keep']],
    [{ value: 'cost', keep: { below: 1, at_most: 2 } }, ['.keep']],
    [{ value: 'cost', drop: { at_least: 1, at_most: 2 } }, []],
    [{ value: 'cost', drop: { at_least: -1, at_most: 'x' } }, ['.drop.at_least', '.drop.at_most']],
    [{ value: 'quantity_available', drop: { below: 0 } }, []],
    [{ value: 'quantity_available', drop: { below: 1.5 } }, ['.drop.below']],
    [{ value: 'updated_at', keep: { above: '2026-10-30' } }, []],
    [{ value: 'updated_at', keep: { above: 'x' } }, ['.keep.above']],
    [{ value: 'quantity_available', keep: ['0', ' 5 ', '-1', 'x', '1.5'] }, ['.keep[2]', '.keep[3]', '.keep[4]']],
    [{ value: 'quantity_available', keep: ['1', ''] }, ['.keep']],
    [{ value: 'lead_time_days', keep: ['1', ''] }, []],
    [{ value: 'cost', keep: ['1', '2.50', '', ' ', 'x', '-1'] }, ['.keep[3]', '.keep[4]', '.keep[5]']],
    [{ value: 'condition', keep: ['new', ' NEW ', 'old', 'n*'] }, ['.keep[2]', '.keep[3]']],
    [{ value: 'cost', keep: ['1*'] }, ['.keep[0]']],
    [{ value: 'cost', exactly: true, keep: ['1*'] }, ['.keep[0]']],
    [{ value: 'updated_at', keep: ['2026-10-30', 'x'] }, ['.keep[1]']],
    [{ column: 'S', refuse: ['a'] }, []],
    [{ column: 'S', refuse: ['a'], code: 'row_refused', reason: 'why' }, []],
    [{ column: 'S', refuse: ['a'], code: 'gone' }, ['.code']],
    [{ column: 'S', refuse: ['a'], code: 'gone' }, [], ['gone']],
    [{ column: 'S', drop: ['a'], code: 'gone' }, ['.code'], ['gone']],
    [{ column: 'S', keep: ['a'], reason: 'why' }, ['.reason']],
  ];
  for (const [row, problems, codes] of cases) {
    check([[{ rows: [row] }, problems.map((one) => `rows[0]${one}`), codes === undefined ? {} : { codes }]]);
  }
  check([[{ time_formats: ['YYYY', 'DD.MM.YYYY', 'x'] }, ['time_formats[0]', 'time_formats[2]']]]);
});

test('the columns that a table names are listed, but for patterns and optional ones', () => {
  const table = tableOf({
    columns: {
      sku: { from: ['A', 'B'] },
      title: { join: { columns: ['C', 'D'] } },
      brand: { first_filled: ['E', { from: 'F', words: {} }] },
      cost: {
        sum: ['G', 'H*'],
        multiply_by: ['I', 2, '3'],
        divide_by: { column: ['J', 'K'] },
        add: [{ amount: 1 }, { by: 'L', amounts: {} }],
      },
      msrp: { side_file: 'p', from: 'M' },
      price: { from: 'N', optional: true },
      map_price: { sum: 'O' },
      condition: { value: 'new' },
    },
    rows: [
      { column: 'P', keep: ['a'], where: { column: 'Q', is: ['b'] } },
      { column: 'R', keep: ['a'], if_present: true },
      { value: 'cost', keep: ['1'] },
    ],
    side_files: [
      { name: 'p', type: 'file', local_path: 'p', key: 'k' },
      { name: 'q', type: 'file', local_path: 'q', key: 'k', on: 'S' },
    ],
  });
  const listed = columnReferences(table).map(({ at, names }) => `${at} ${names.join('|')}`);
  assert.equal(listed.sort(), [
    'columns.brand.first_filled E|F',
    'columns.cost.add[1].by L',
    'columns.cost.divide_by J|K',
    'columns.cost.multiply_by[0] I',
    'columns.cost.sum G',
    'columns.map_price.sum O',
    'columns.sku.from A|B',
    'columns.title.join.columns C',
    'columns.title.join.columns D',
    'rows[0].column P',
    'rows[0].where.column Q',
    'side_files[1].on S',
  ]);
});

test.run();
