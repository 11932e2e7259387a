/** The row that all rows of a feed share: forms of numbers, values, and extra cells that are too long. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EMPTY, INVALID } from '../../bytes/numbers.ts';
import { toBytes } from '../../bytes/text.ts';
import { CANONICAL_COLUMNS, COLUMN, COLUMN_COUNT } from '../../canonical.ts';
import { CELL_TOO_LONG, CurrentRow, THREE_CLEAR, THREE_DOUBTFUL } from './current-row.ts';

/** The form of a number, worked out with texts: 0 for another one than three decimals or a short one, null for an empty cell. */
function formOf(cell: string): number | null {
  if (cell === '') return null;
  const [before = '', decimals = ''] = cell.split('.');
  if (decimals.length < 3 || cell.length <= 4) return 0;
  return decimals.length === 3 && /^[^0].{0,2}$/.test(before) ? THREE_DOUBTFUL : THREE_CLEAR;
}

test('forms of numbers', () => {
  const cells = ['', '1', '12', '123', '1234', '12345', '1.5', '1.25', '12.25', '123.50', '1234.5', '12345.678'];
  cells.push(
    '1.234',
    '12.345',
    '123.456',
    '1234.567',
    '0.125',
    '.125',
    '1.2345',
    '1234.',
    '0.5000',
    '100.000',
    '-.125',
  );
  for (const cell of cells) {
    const row = new CurrentRow(0, 100);
    const bytes = toBytes(`77777.${cell}99.999`);
    row.noteForm(bytes, 6, 6 + cell.length, COLUMN.cost);
    const form = formOf(cell);
    assert.is(row.forms[COLUMN.cost], form ?? 0, cell);
    assert.is(row.hasForms, (form ?? 0) !== 0, cell);
    assert.is(row.otherForms[COLUMN.cost], form === 0 ? 1 : 0, cell);
    assert.is(row.otherForms[COLUMN.price], 0);
    row.clearForms();
    assert.is(row.forms[COLUMN.cost], 0);
    assert.is(row.hasForms, false);
    assert.is(row.otherForms[COLUMN.cost], form === 0 ? 1 : 0, `${cell} is remembered`);
  }
});

test('amounts, and how many of them were rounded', () => {
  const row = new CurrentRow(0, 100);
  const read = (cell: string) => row.readMoney(toBytes(cell), 0, cell.length, COLUMN.cost);
  assert.equal([read('9.5'), read('0.123456'), read(''), read('x')], [9_500_000, 123_456, EMPTY, INVALID]);
  assert.is(row.rounded, 0);
  assert.equal([read('0.1234567'), read('0.12345670'), read('0.1234560')], [123_457, 123_457, 123_456]);
  assert.is(row.rounded, 2);
});

test('values by their positions', () => {
  const row = new CurrentRow(0, 100);
  const of = () => {
    const { quantity, leadTime, cost, mapPrice, price, msrp, condition, updatedAt } = row;
    return [quantity, leadTime, cost, mapPrice, price, msrp, condition, updatedAt];
  };
  const columns = ['quantity_available', 'lead_time_days', 'cost', 'map_price', 'price', 'msrp'] as const;
  for (const [i, column] of [...columns, 'condition' as const, 'updated_at' as const].entries())
    row.setValue(COLUMN[column], 10 + i);
  assert.equal(of(), [10, 11, 12, 13, 14, 15, 16, 17]);
  assert.is(row.noQuantity, false);
  row.setValue(COLUMN.quantity_available, EMPTY);
  assert.equal([row.quantity, row.noQuantity], [0, true]);
  row.setValue(COLUMN.quantity_available, 0);
  assert.equal([row.quantity, row.noQuantity], [0, false]);
  row.setValue(COLUMN.cost, EMPTY);
  assert.is(row.cost, EMPTY);
  for (const column of ['sku', 'brand', 'title', 'vendor_sku'] as const)
    assert.throws(() => row.setValue(COLUMN[column], 1));
});

test('extra cells that are too long are cut, and only then', () => {
  const row = new CurrentRow(2, 5);
  row.setWindow(toBytes('abcdefghij'));
  const [one, two] = [COLUMN_COUNT, COLUMN_COUNT + 1];
  const set = (position: number, from: number, to: number) => {
    row.start[position] = from;
    row.end[position] = to;
  };
  set(COLUMN.title, 0, 10);
  set(one, 1, 6);
  set(two, 3, 9);
  assert.is(row.extrasFit(), false);
  assert.equal([row.codes[one], row.codes[two], row.codes[COLUMN.title]], [0, CELL_TOO_LONG, 0]);
  assert.equal([row.cellText(one), row.cellText(two), row.cellText(COLUMN.title)], ['bcdef', 'defgh', 'abcdefghij']);
  // the next row has no such cell; other codes stay
  row.codes[one] = CELL_TOO_LONG + 1;
  set(two, 0, 0);
  assert.is(row.extrasFit(), true);
  assert.equal([row.codes[one], row.codes[two]], [CELL_TOO_LONG + 1, 0]);
  assert.is(row.start.length, CANONICAL_COLUMNS.length + 2);
});

test.run();
