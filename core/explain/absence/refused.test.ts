/** The refused rows of a SKU, by the index of rows and without one. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ROWS_MAX } from '../run-files/look-up.ts';
import { Findings } from '../run-files/reading.ts';
import { runFilesOf } from '../testing/files.ts';
import { type RefusedFacts, readRefused } from './refused.ts';

const entry = (vendor_id: string, row_number: number, cells: object, file?: string) => ({
  ...{ error_code: 'x', vendor_id, ...(file === undefined ? {} : { file }), row_number, line: row_number + 1 },
  ...{ problems: [{ error_code: `${vendor_id}${row_number}` }], row_data: cells },
});
const ENTRIES = [
  entry('a', 2, { sku: ' X ' }),
  entry('a', 3, { sku: 'Y' }),
  entry('a', 3, { sku: 'twice' }),
  { error_code: 'parse_failed', vendor_id: 'c', error_message: 'X' },
  entry('b', 2, { sku: 'X', n: '1' }, '2.csv'),
  entry('b', 2, { sku: 'XX' }, '1.csv'),
  entry('b', 4, { note: 'X' }, '1.csv'),
];
const errorsOf = (entries: readonly object[]) => `[\n${entries.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`;
const copy = (id: string, name: string) => ({ name, run_copy_key: `r/tenants/t/inbound/${id}/${name}`, size: 1 });
const MANIFEST = {
  ...{ run_id: 'r', tenant_id: 't' },
  vendors: {
    a: copy('a', 'f.csv'),
    b: { ...copy('b', '2.csv'), files: [copy('b', '1.csv'), copy('b', '2.csv')] },
    c: {},
  },
};

async function refusedOf(
  sku: string,
  refused: Record<string, unknown[]> | null,
  errors: string | null = errorsOf(ENTRIES),
) {
  const findings = new Findings();
  const index = refused && {
    vendors: Object.fromEntries(Object.entries(refused).map(([id, rows]) => [id, { refused: rows }])),
  };
  const files = runFilesOf(errors === null ? {} : { 'reports/errors.json': errors });
  const found = await readRefused({ files, manifest: MANIFEST, index, findings } as unknown as RefusedFacts, sku);
  const rows = found.map(({ vendor_id, file, row_number, line, problems, row_data }) => [
    ...[
      vendor_id,
      file,
      row_number,
      line,
      problems.map(({ error_code }) => error_code).join(),
      Object.values(row_data).join(),
    ],
  ]);
  return [rows, findings.list.map(({ code }) => code)];
}

test('the index says which rows are refused, and errors.json what is wrong with them', async () => {
  const refused = {
    a: [
      ['X', 2, 3, 0],
      ['Y', 3, 4, 0],
    ],
    b: [
      ['Z', 1, 1, 0],
      ['X', 2, 3, 1],
    ],
  };
  assert.equal(await refusedOf('X', refused), [
    [
      ['a', 'inbound/a/f.csv', 2, 3, 'a2', ' X '],
      ['b', 'inbound/b/2.csv', 2, 3, 'b2', 'X,1'],
    ],
    [],
  ]);
  assert.equal(
    await refusedOf('Y', refused),
    [[['a', 'inbound/a/f.csv', 3, 4, 'a3', 'Y']], []],
    'the first of a place counts',
  );
  assert.equal(await refusedOf('none', refused, null), [[], []], 'nothing is read for a SKU without refused rows');
  const bare = [
    ['a', 'inbound/a/f.csv', 2, 3, '', ''],
    ['b', 'inbound/b/2.csv', 2, 3, '', ''],
  ];
  assert.equal(await refusedOf('X', refused, null), [bare, ['missing_artifact']]);
  assert.equal(await refusedOf('X', { a: [['X', 9, 10, 7]] }), [[['a', null, 9, 10, '', '']], ['refused_row_differs']]);
  assert.equal(await refusedOf('X', { b: [['X', 4, 5, 1]] }), [
    [['b', 'inbound/b/2.csv', 4, 5, '', '']],
    ['refused_row_differs'],
  ]);
  const damaged = errorsOf(ENTRIES).replace('"a2"', '"a2');
  assert.equal(await refusedOf('X', refused, damaged), [
    [
      ['a', 'inbound/a/f.csv', 2, 3, '', ''],
      ['b', 'inbound/b/2.csv', 2, 3, 'b2', 'X,1'],
    ],
    ['damaged_artifact', 'refused_row_differs'],
  ]);
});

test('without an index a refused row is of the SKU if one of its cells is', async () => {
  assert.equal(await refusedOf('X', null), [
    [
      ['a', 'inbound/a/f.csv', 2, 3, 'a2', ' X '],
      ['b', 'inbound/b/2.csv', 2, 3, 'b2', 'X,1'],
      ['b', 'inbound/b/1.csv', 4, 5, 'b4', 'X'],
    ],
    [],
  ]);
  assert.equal(await refusedOf('none', null), [[], []]);
  assert.equal(await refusedOf('X', null, null), [[], []]);
  const quoted = [entry('a', 2, { sku: 'a"b' }), entry('b', 2, { sku: 'a"b' }, 'gone.csv')];
  assert.equal(await refusedOf('a"b', null, errorsOf(quoted)), [
    [
      ['a', 'inbound/a/f.csv', 2, 3, 'a2', 'a"b'],
      ['b', null, 2, 3, 'b2', 'a"b'],
    ],
    [],
  ]);
  const many = Array.from({ length: ROWS_MAX + 1 }, (_, i) => entry('a', i, { sku: 'X' }));
  const [rows] = await refusedOf('X', null, errorsOf(many));
  assert.is(rows?.length, ROWS_MAX);
});

test.run();
