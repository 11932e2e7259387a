/** Layouts of parsers: each key with values that it takes and refuses. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { layoutProblem } from './layout-problem.ts';

const LAYOUT = { delimiter: ',', quote: '"', skipLines: 0, header: true, columns: {}, timeZone: null };
const SOURCE = { header: 'SKU', match: 'exact', expected: true };

const KEYS: Record<string, { good: unknown[]; bad: unknown[] }> = {
  delimiter: { good: [',', '||', '¦'], bad: ['', 7, null, undefined] },
  quote: { good: ['"', "'", '\0', '\x7f', null], bad: ['', '""', 'é', '\x80', 7, undefined] },
  escape: { good: ['\\', null, undefined], bad: ['', '\\\\', 'é', 7] },
  skipLines: { good: [0, 3], bad: [-1, 0.5, '1', null, undefined] },
  preamble: { good: [[], [{}], undefined], bad: [{}, [7], [null], [[]], [{}, 'a'], null] },
  skipLastRows: { good: [0, 2, undefined], bad: [-1, '1', null] },
  footer: { good: [[], [{ cells: [] }], undefined], bad: [{}, [7], [{}, []], null] },
  header: { good: [true, false], bad: [1, 'true', null, undefined] },
  headerRows: { good: [1, 3, undefined], bad: [0, -1, 1.5, null] },
  rowFields: { good: [0, 5, 'first_row', undefined], bad: ['row', -1, null] },
  columns: { good: [{}], bad: [[], null, 'x', undefined] },
  extras: { good: [{}, undefined], bad: [[], null, 'x'] },
  plainNumbers: { good: [true, false, undefined], bad: [1, null] },
  unwrap: { good: [true, false, undefined], bad: [1, null] },
  unescapeFormulas: { good: [true, false, undefined], bad: [1, null] },
  filters: { good: [[], undefined], bad: [{}, null] },
  sideFiles: { good: [[], undefined], bad: [{}, null] },
  sumRows: { good: [true, false, undefined], bad: [1, null] },
  timeZone: { good: ['UTC', null], bad: [1, undefined] },
  repair: { good: [{ width: 3, mend: () => null }, undefined], bad: [{}, { width: 3 }, { mend: 1 }, () => null, null] },
  row: { good: [() => null, undefined], bad: [{}, null, 'x'] },
};

test('each key of a layout takes values of its form alone', () => {
  for (const [key, { good, bad }] of Object.entries(KEYS)) {
    for (const value of good) assert.is(layoutProblem({ ...LAYOUT, [key]: value }), null, `${key} ${String(value)}`);
    for (const value of bad) {
      const words = value === undefined ? `layout.${key} is missing` : `layout.${key} must be`;
      assert.match(layoutProblem({ ...LAYOUT, [key]: value }) ?? '', words);
    }
  }
  for (const odd of [null, [], 'x', 7, undefined]) assert.match(layoutProblem(odd) ?? '', 'layout must be an object');
  assert.match(layoutProblem({ ...LAYOUT, delimitr: ';' }) ?? '', /layout\.delimitr is not a key.*"delimiter"/);
  assert.match(layoutProblem({ ...LAYOUT, toString: 1 }) ?? '', 'layout.toString is not a key');
});

test('a source is a header, a position or an origin', () => {
  const good = [
    SOURCE,
    { ...SOURCE, match: 'loose' },
    { index: 0 },
    { index: 3 },
    { origin: {}, expected: true },
    undefined,
  ];
  good.push({ origin: {}, expected: false, form: {}, factors: [], add: [] } as never);
  const bad: Array<[unknown, RegExp]> = [
    [null, /must be \{ header/],
    [[], /must be \{ header/],
    ['SKU', /must be \{ header/],
    [{}, /must be \{ header/],
    [{ match: 'exact' }, /must be \{ header/],
    [{ index: -1 }, /needs an index/],
    [{ index: '1' }, /needs an index/],
    [{ index: 1, expected: true }, /has no key "expected"/],
    [{ ...SOURCE, matsch: 'loose' }, /has no key "matsch".*"match"/],
    [{ ...SOURCE, header: 7 }, /needs a header/],
    [{ ...SOURCE, match: 'any' }, /needs match/],
    [{ header: 'SKU', expected: true }, /needs match/],
    [{ origin: 'x', expected: true }, /needs an origin/],
    [{ origin: [], expected: true }, /needs an origin/],
    [{ origin: {}, expected: true, forms: {} }, /has no key "forms".*"form"/],
  ];
  for (const [place, column] of [
    ['columns', 'sku'],
    ['extras', 'gtin'],
  ] as const) {
    for (const source of good) assert.is(layoutProblem({ ...LAYOUT, [place]: { [column]: source } }), null);
    for (const [source, words] of bad) {
      const problem = layoutProblem({ ...LAYOUT, [place]: { [column]: source } }) ?? '';
      assert.match(problem, words);
      assert.match(problem, `layout.${place}.${column} `);
    }
  }
});

test('columns are those of a feed, and extra columns are not', () => {
  assert.match(
    layoutProblem({ ...LAYOUT, columns: { skuu: SOURCE } }) ?? '',
    /layout\.columns\.skuu is not a column of a feed.*"sku"/,
  );
  assert.match(layoutProblem({ ...LAYOUT, columns: { vendor_id: SOURCE } }) ?? '', 'is not a column of a feed');
  for (const name of ['Gtin', '9a', 'a-b', 'sku', 'vendor_id', '']) {
    assert.match(layoutProblem({ ...LAYOUT, extras: { [name]: SOURCE } }) ?? '', 'is not the name of an extra column');
  }
});

test.run();
