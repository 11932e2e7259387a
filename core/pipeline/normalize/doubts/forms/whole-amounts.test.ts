/** Each limit of the doubts about a column's numbers, on both sides. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CANONICAL_COLUMNS, type CanonicalColumn, COLUMN } from '../../../../canonical.ts';
import { collectedRows } from '../testing/collected-rows.ts';
import { ColumnShapes, type NumberRange } from './column-shapes.ts';
import { noStock, sameStock, wholeAmounts, zeroAmounts } from './whole-amounts.ts';

type Ranges = Partial<Record<CanonicalColumn, Partial<NumberRange>>>;
type Doubt = typeof wholeAmounts;

const FIRST = { file: null, line: 2, cell: '123' };

function said(doubt: Doubt, ranges: Ranges, { currency = 'USD', declared = '' } = {}): string[] {
  const shapes = new ColumnShapes();
  for (const [column, range] of Object.entries(ranges))
    Object.assign(shapes.ranges[COLUMN[column as CanonicalColumn]]!, { first: FIRST }, range);
  const { rows, shown } = collectedRows();
  const isDeclared = (position: number) => CANONICAL_COLUMNS[position] === declared;
  return [...doubt(shapes, { isDeclared, currency, vendorId: 'v', rows }), ...shown];
}

test('amounts of any last digit, whole in all rows and large, are doubted', () => {
  const cents = { count: 20, withMarks: 0, least: 100, most: 1000, unevenEnds: 6 };
  const of = (change: Partial<NumberRange>, more: Ranges = {}) =>
    said(wholeAmounts, { cost: { ...cents, ...change }, ...more });
  const doubted = ['amounts_whole:v:cost:from 100 to 1000', 'amounts_whole 2 cost "123"'];
  assert.equal(of({}), doubted);
  assert.equal(of({ first: { ...FIRST, file: 'a.csv' } })[1], 'amounts_whole a.csv:2 cost "123"');
  const others: Ranges[] = [{ price: { count: 9 } }, { title: { withMarks: 9 } }, { price: cents }];
  for (const more of others) assert.equal(of({}, more), doubted, JSON.stringify(more));
  assert.equal(said(wholeAmounts, { price: cents, cost: { count: 0 } }), [
    'amounts_whole:v:price:from 100 to 1000',
    'amounts_whole 2 price "123"',
  ]);
  const ordinary: Array<Partial<NumberRange>> = [
    ...[{ count: 19 }, { withMarks: 1 }, { least: 99 }, { most: 999 }, { unevenEnds: 5 }, { first: null }],
  ];
  for (const change of ordinary) assert.equal(of(change), [], JSON.stringify(change));
  for (const column of ['msrp', 'price', 'map_price'])
    assert.equal(of({}, { [column]: { count: 1, withMarks: 1 } }), [], column);
  assert.equal(said(wholeAmounts, { price: cents, cost: { withMarks: 1 } })[1], 'amounts_whole 2 price "123"');
  for (const currency of 'USD EUR GBP CHF CAD AUD NZD SGD BGN RON PLN ILS AED MYR'.split(' '))
    assert.equal(said(wholeAmounts, { cost: cents }, { currency }), doubted, currency);
  for (const currency of ['JPY', 'KWD', '']) assert.equal(said(wholeAmounts, { cost: cents }, { currency }), []);
  assert.equal(said(wholeAmounts, { cost: cents }, { declared: 'cost' }), []);
  assert.equal(said(wholeAmounts, { cost: cents }, { declared: 'price' }), doubted);
});

test('quantities that are all 0, or all the same large number, are doubted', () => {
  const of = (doubt: Doubt, change: Partial<NumberRange>, declared = '') => {
    const zero = { count: 20, least: 0, most: 0 };
    return said(doubt, { quantity_available: { ...zero, ...change } }, { declared });
  };
  const empty = ['quantities_all_zero:v', 'quantities_all_zero 2 quantity_available "123"'];
  assert.equal(of(noStock, {}), empty);
  assert.equal(of(noStock, {}, 'cost'), empty);
  assert.equal(of(noStock, {}, 'quantity_available'), []);
  for (const change of [{ count: 19 }, { most: 1 }, { first: null }]) assert.equal(of(noStock, change), []);
  const same = { least: 10, most: 10 };
  assert.equal(of(sameStock, same), ['quantities_all_alike:v:10', 'quantities_all_alike 2 quantity_available "123"']);
  assert.equal(of(sameStock, same, 'cost').length, 2);
  assert.equal(of(sameStock, same, 'quantity_available'), []);
  for (const change of [{ count: 19 }, { least: 9 }, { least: 9, most: 9 }, { first: null }])
    assert.equal(of(sameStock, { ...same, ...change }), [], JSON.stringify(change));
  const first = { ...FIRST, file: 'b.csv' };
  assert.match(of(noStock, { first })[1]!, ' b.csv:2 ');
  assert.match(of(sameStock, { ...same, first })[1]!, ' b.csv:2 ');
});

test('a MAP or a list price that is 0 in every row is doubted, each column for itself', () => {
  const zeros = { count: 20, zeros: 20 };
  assert.equal(said(zeroAmounts, { map_price: zeros, msrp: zeros, price: zeros }), [
    ...['amounts_all_zero:v:map_price', 'amounts_all_zero:v:msrp'],
    ...['amounts_all_zero 2 map_price "123"', 'amounts_all_zero 2 msrp "123"'],
  ]);
  assert.equal(
    said(zeroAmounts, { map_price: zeros, msrp: zeros }, { declared: 'map_price' })[0],
    'amounts_all_zero:v:msrp',
  );
  for (const change of [{ count: 19, zeros: 19 }, { zeros: 19 }, { first: null }])
    assert.equal(said(zeroAmounts, { msrp: { ...zeros, ...change } }), [], JSON.stringify(change));
  const first = { ...FIRST, file: 'b.csv' };
  assert.match(said(zeroAmounts, { msrp: { ...zeros, first } })[1]!, ' b.csv:2 ');
});

test('a feed without such columns has nothing to doubt', () => {
  for (const doubt of [wholeAmounts, noStock, sameStock, zeroAmounts]) assert.equal(said(doubt, {}), []);
});

test.run();
