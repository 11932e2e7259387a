/** Values of rows as numbers, and their exact sums. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EMPTY, INVALID, NEGATIVE } from '../../../bytes/numbers.ts';
import { COLUMN } from '../../../canonical.ts';
import { CurrentRow } from '../current-row.ts';
import { numberOf, UNREADABLE, ValueSums } from './values.ts';

const NUMBERS = ['quantity_available', 'lead_time_days', 'cost', 'map_price', 'price', 'msrp'] as const;

test('each column has its own value, nothing if it is empty, and none that cannot be read', () => {
  for (const column of NUMBERS) {
    const row = new CurrentRow(0, 100);
    for (const other of NUMBERS) row.setValue(COLUMN[other], 7);
    row.setValue(COLUMN[column], 5);
    assert.is(numberOf(row, column), 5, column);
    row.setValue(COLUMN[column], 0);
    assert.is(numberOf(row, column), 0, column);
    for (const code of [INVALID, NEGATIVE]) {
      row.setValue(COLUMN[column], code);
      assert.is(numberOf(row, column), UNREADABLE, column);
    }
    row.setValue(COLUMN[column], EMPTY);
    // an empty quantity is 0
    assert.equal(numberOf(row, column), column === 'quantity_available' ? 0 : Number.NaN, column);
    row.codes[COLUMN[column]] = 1;
    assert.is(numberOf(row, column), UNREADABLE, column);
  }
  const row = new CurrentRow(0, 100);
  for (const [condition, number] of [
    [-1, UNREADABLE],
    [0, Number.NaN],
    [1, 1],
    [3, 3],
  ] as const) {
    row.condition = condition;
    assert.equal(numberOf(row, 'condition'), number);
  }
  row.updatedAt = 1_700_000_000;
  assert.is(numberOf(row, 'updated_at'), 1_700_000_000);
  row.badTime = true;
  assert.is(numberOf(row, 'updated_at'), UNREADABLE);
  assert.throws(() => numberOf(row, 'title'));
});

test('sums are exact beyond what a double holds', () => {
  const sums = new ValueSums(['cost', 'quantity_available']);
  const row = new CurrentRow(0, 100);
  const most = 999_999_999_999_999;
  let expected = 0n;
  for (let i = 0; i < 40; i++) {
    row.cost = most - i;
    row.quantity = i % 3;
    expected += BigInt(most - i);
    sums.add(row);
    assert.equal(sums.of('cost'), { sum: expected, unread: 0 });
  }
  assert.equal(sums.of('quantity_available'), { sum: 39n, unread: 0 });
  assert.equal(sums.of('price'), { sum: 0n, unread: 0 });
});

test('rows without a value add nothing, and those that cannot be read are counted', () => {
  const sums = new ValueSums(['cost', 'price']);
  const row = new CurrentRow(0, 100);
  for (const [cost, price] of [
    [5, 6],
    [EMPTY, INVALID],
    [INVALID, 1],
    [2, EMPTY],
  ] as const) {
    row.cost = cost;
    row.price = price;
    sums.add(row);
  }
  assert.equal(
    [sums.of('cost'), sums.of('price')],
    [
      { sum: 7n, unread: 1 },
      { sum: 7n, unread: 1 },
    ],
  );
  sums.skip();
  assert.equal([sums.of('cost').unread, sums.of('price').unread], [2, 2]);
});

test.run();
