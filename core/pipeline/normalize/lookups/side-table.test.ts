import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../bytes/text.ts';
import type { RelayError } from '../../../errors.ts';
import type { Layout } from '../../../layout.ts';
import { Cell } from '../cells/cell.ts';
import { SideTable } from './side-table.ts';

const LAYOUT = {
  columns: {
    cost: { origin: { kind: 'side_file', file: 'prices', column: 'Net' } },
    title: { origin: { kind: 'side_file', file: 'prices', column: 'Name' } },
    brand: { origin: { kind: 'side_file', file: 'other', column: 'Brand' } },
  },
} as unknown as Layout;

function read(rows: string[][], key = 'Item', errors = 0): Promise<SideTable> {
  const file = { name: 'prices', key, header: true } as Parameters<typeof SideTable.read>[1]['file'];
  const parts = (async function* () {
    yield { rows: rows.slice(0, 2), errors };
    yield { rows: rows.slice(2), errors: 0 };
  })();
  return SideTable.read(parts as Parameters<typeof SideTable.read>[0], {
    file,
    layout: LAYOUT,
    vendorId: 'acme',
    seed: 7,
  });
}

function cellOf(text: string): Cell {
  const cell = new Cell();
  const bytes = toBytes(text);
  cell.set(bytes, 0, bytes.length);
  return cell;
}

function valueIn(table: SideTable, key: string, column: string): string | null {
  const row = table.find(cellOf(key));
  if (row < 0) return null;
  const cell = new Cell();
  table.put(row, table.column(column), cell);
  return cell.text();
}

const ROWS = [
  ['Item', 'Name', 'Net'],
  [' A ', 'first', '1.50'],
  ['', 'no key', '9'],
  [' ', 'no key either', '8'],
  ['B', 'second'],
  ['A', 'again', '2.50'],
];

const test = suite('side-table');

test('rows are found by key; the last of two with one key wins, with a warning', async () => {
  const table = await read(ROWS);
  assert.equal([valueIn(table, 'A', 'Net'), valueIn(table, 'A', 'Name')], ['2.50', 'again']);
  assert.equal([valueIn(table, 'B', 'Net'), valueIn(table, 'B', 'Name')], ['', 'second']);
  assert.equal(table.warnings, ['side_file_duplicate_keys:acme:prices:1']);
  assert.equal(table.examples, [{ code: 'side_file_duplicate_keys', row_number: 6, cell: 'A' }]);
  assert.equal((await read(ROWS, 'Item', 3)).warnings[0], 'side_file_errors:acme:prices:3');
});

test('a missing key and an empty key find no row', async () => {
  const table = await read(ROWS);
  for (const key of ['C', 'a', 'AA', '']) assert.is(table.find(cellOf(key)), -1, key);
  assert.is(table.column('Brand'), -1);
});

test('a missing column is named', async () => {
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => null,
      (error: RelayError) => error.code,
    );
  assert.is(await codeOf(read(ROWS, 'SKU')), 'invalid_input');
  assert.is(await codeOf(read([['Item', 'Net']])), 'invalid_input');
  assert.is(await codeOf(read([])), 'invalid_input');
});

test.run();
