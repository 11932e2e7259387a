/** Headers: which column a reference means, names in reports, and headers of several records. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RelayError } from '../../../errors.ts';
import type { FieldRef } from '../../../layout.ts';
import { FeedHeader, fieldNames, foldHeader, joinHeaders, shownHeader } from './header.ts';

const loose = (header: string): FieldRef => ({ header, match: 'loose' });
const exact = (header: string): FieldRef => ({ header, match: 'exact' });

test('the first exact name, before loose ones', () => {
  const header = new FeedHeader(['SKU', ' sku', 'Qty', 'cost'], 4, 'v');
  const found = (...refs: FieldRef[]) => {
    const { index, exact: isExact, isNamed } = header.find(refs, 'sku');
    return [index, isExact, isNamed];
  };
  assert.equal(found(exact('cost')), [3, true, true]);
  assert.equal(found(exact('qty')), [-1, true, false]);
  assert.equal(found(loose('qty')), [2, false, true]);
  assert.equal(found(loose(' QTY ')), [2, false, true]);
  assert.equal(found(loose('qty'), exact('cost')), [3, true, true]);
  assert.equal(found(loose('none'), loose('COST'), loose('qty')), [3, false, true]);
  assert.equal(found({ index: 3 }, exact('SKU')), [3, true, false]);
  assert.equal(found({ index: 4 }, exact('SKU')), [0, true, true]);
  assert.equal(found({ index: 4 }), [-1, true, false]);
  assert.equal(found(), [-1, true, false]);
  assert.equal(found(exact('SKU')), [0, true, true]);
  // two that look alike
  try {
    found(loose('Sku'));
    assert.unreachable();
  } catch (error) {
    assert.is((error as RelayError).code, 'ambiguous_column');
    assert.equal((error as RelayError).details, { vendor_id: 'v', column: 'sku' });
    assert.match((error as RelayError).message, '(#0 and #1); map the right one by position, e.g. "#0"');
  }
});

test('patterns and twins', () => {
  const header = new FeedHeader(
    ['Stock A', ' stock b ', 'Stock', 'cost', 'COST\u200b', 'co\u00a0 st', 'co st', '', ' '],
    9,
    'v',
  );
  assert.equal(header.matching({ pattern: 'stock*' }), [0, 1, 2]);
  assert.equal(header.matching({ pattern: 'stock ?' }), [0, 1]);
  assert.equal(header.matching({ pattern: 'x*' }), []);
  assert.equal(
    [3, 4, 5, 6, 0, 7, 20].map((index) => header.twins(index)),
    [[4], [3], [6], [5], [], [], []],
  );
});

test('what is said of a column that is missing', () => {
  const of = (names: string[] | null, refs: FieldRef[], fields = names?.length ?? 3) =>
    new FeedHeader(names, fields, 'v').missing(refs, 'cost');
  assert.is(
    of(null, [{ index: 5 }, { index: 7 }]),
    'no column #5 or #7 for cost: the first row has 3, counted from #0',
  );
  assert.is(
    of(['sku', ' Costs '], [exact('cost'), exact('price')]),
    'no header "cost" or "price" for cost (nearest: "Costs")',
  );
  assert.is(
    of(['a', '', 'b'], [exact('quantity'), { index: 9 }]),
    'no header "quantity" or "#9" for cost (the header has a, b)',
  );
  assert.is(of(['', ' '], [exact('quantity')]), 'no header "quantity" for cost (the header has no names)');
  const many = Array.from({ length: 25 }, (_, i) => `x${i}`);
  assert.match(of(many, [exact('quantity')]), /x18, x19\)$/);
  const long = Array.from({ length: 20 }, (_, i) => `${i}`.repeat(40));
  assert.match(of(long, [exact('quantity')]), /^.{30,40}the header has .{285}…\)$/);
});

test('headers in quotes, with what nobody sees spelled out', () => {
  for (const [name, shown] of [
    ['a b', 'a b'],
    [' a', '\\u0020a'],
    ['a ', 'a\\u0020'],
    ['a\u200bb', 'a\\u200Bb'],
    ['a\u00a0b', 'a\\u00A0b'],
    ['a\tb', 'a\\u0009b'],
    ['a\u2028b', 'a\\u2028b'],
    ['é', 'é'],
  ] as const)
    assert.is(shownHeader(name).toLowerCase(), `"${shown}"`.toLowerCase(), JSON.stringify(name));
  assert.is(shownHeader('x'.repeat(201)), `"${'x'.repeat(200)}"`);
  // a pair of surrogates is not cut in two
  assert.is(shownHeader(`${'x'.repeat(199)}🙂`), `"${'x'.repeat(199)}"`);
  assert.is(shownHeader('🙂x'), '"🙂x"');
  assert.is(foldHeader(' ÄB\u00a0'), 'äb');
});

test('headers of several records are joined, and one is left as it is', () => {
  assert.equal(joinHeaders([[' a ', '', 'b']]), [' a ', '', 'b']);
  assert.equal(
    joinHeaders([
      ['a', ' ', 'c '],
      ['x', 'y'],
    ]),
    ['a x', 'y', 'c'],
  );
  assert.equal(joinHeaders([['a'], ['x', 'y', '']]), ['a x', 'y', '']);
  assert.equal(joinHeaders([]), []);
});

test('names in reports are there once', () => {
  assert.equal(fieldNames([' a ', 'b', 'a', '', ' ', '#1', '#x', 'x#1', '#12x']), [
    'a',
    'b',
    '#2',
    '#3',
    '#4',
    '#5',
    '#x',
    'x#1',
    '#12x',
  ]);
  assert.equal(fieldNames(['y'.repeat(300), 'y'.repeat(250)]), ['y'.repeat(200), '#1']);
});

test.run();
