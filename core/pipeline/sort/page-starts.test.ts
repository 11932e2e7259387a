import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MARKS_MAX } from '../row-index.ts';
import { PageStarts } from './page-starts.ts';

const PAGE_ROWS = 10;

/** Vendors' rows of each SKU, in their order. */
const SKUS = Array.from({ length: 400 }, (_, i): [sku: string, rows: number[]] => [
  `S${String(i).padStart(3, '0')}`,
  [i % 3, i % 50 === 0 ? 35 : 0, 1],
]);
const rowsBefore = (end: number) =>
  [0, 1, 2].map((vendor) => SKUS.slice(0, end).reduce((sum, [, rows]) => sum + rows[vendor]!, 0));

function pass(starts: PageStarts, from: number, to: number): PageStarts {
  for (const [sku, rows] of SKUS.slice(from, to)) {
    if (starts.isDue) starts.begin(sku);
    for (const [vendor, count] of rows.entries()) for (let i = 0; i < count; i++) starts.add(vendor);
  }
  return starts;
}

/** A page begins at the first SKU past each multiple of so many rows. */
function due() {
  let next = 0;
  return SKUS.flatMap(([sku], i) => {
    const before = rowsBefore(i);
    const total = before.reduce((sum, rows) => sum + rows, 0);
    if (total < next) return [];
    next = (Math.floor(total / PAGE_ROWS) + 1) * PAGE_ROWS;
    return [[sku, before]];
  });
}

test('pages begin where they should, and those of parts are those of the whole', () => {
  const whole = pass(new PageStarts([0, 0, 0], PAGE_ROWS), 0, SKUS.length);
  assert.equal(whole.starts, due());
  for (const cuts of [[], [1], [50, 51, 52], [7, 133, 399]]) {
    const sum = new PageStarts([0, 0, 0], PAGE_ROWS);
    for (const [i, from] of [0, ...cuts].entries()) {
      sum.absorb(pass(new PageStarts(rowsBefore(from), PAGE_ROWS), from, cuts[i] ?? SKUS.length).state());
    }
    assert.equal(sum.starts, due(), String(cuts));
  }
  const taken = new PageStarts([0, 0, 0], PAGE_ROWS);
  const later = new PageStarts([0, 0, 0], PAGE_ROWS);
  for (const [from, to] of [
    [0, 100],
    [100, 250],
    [250, 400],
  ] as const)
    later.absorb(pass(taken, from, to).take());
  assert.equal(later.starts, due());
  assert.equal(taken.starts, []);
});

test('of very many pages every second, fourth or eighth one is kept', () => {
  const starts = new PageStarts([0], 1);
  const count = 3 * MARKS_MAX;
  for (let i = 0; i < count; i++) {
    assert.ok(starts.isDue);
    starts.begin(`S${i}`);
    starts.add(0);
  }
  const kept = (every: number) =>
    Array.from({ length: Math.ceil(count / every) }, (_, i) => [`S${i * every}`, [i * every]]);
  assert.equal(starts.starts, kept(4));
  assert.is(starts.state().every, 4);
  const sum = new PageStarts([0], 1);
  const few = new PageStarts([0], 1);
  for (let i = 0; i < 6; i++) {
    few.begin(`S${i}`);
    few.add(0);
  }
  sum.absorb(few.state());
  assert.is(sum.starts.length, 6);
  sum.absorb({ kept: starts.state().kept.slice(2), every: 4 });
  assert.equal(sum.starts, kept(4), 'what was kept before is thinned, too');
});

test('a page with more rows than it should have ends with its SKU', () => {
  const starts = new PageStarts([5, 0], PAGE_ROWS);
  assert.ok(starts.isDue);
  starts.begin('A');
  for (let i = 0; i < 4; i++) starts.add(1);
  assert.not.ok(starts.isDue);
  starts.add(0);
  assert.ok(starts.isDue);
  for (let i = 0; i < 25; i++) starts.add(0);
  starts.begin('B');
  assert.not.ok(starts.isDue);
  assert.equal(starts.starts, [
    ['A', [5, 0]],
    ['B', [31, 4]],
  ]);
});

test.run();
