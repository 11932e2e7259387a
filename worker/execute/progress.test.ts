/** What run records keep of a run's events: its progress and a bounded number of warnings. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { boundedWarnings, ProgressCounter, runCounts } from './progress.ts';

test('progress adds up from events', () => {
  const counter = new ProgressCounter(3);
  assert.equal(counter.progress, { vendors: 3, vendorsRead: 0, rows: 0, invalid: 0, merged: 0 });
  counter.add({ type: 'stage', stage: 'NORMALIZE' });
  counter.add({ type: 'fetched', vendor_id: 'a', bytes: 99 });
  for (const rows of [1000, 2000]) counter.add({ type: 'rows', vendor_id: 'a', rows });
  assert.is(counter.progress.rows, 2000);
  counter.add({ type: 'normalized', vendor_id: 'a', rows: 2100, invalid: 3 });
  counter.add({ type: 'normalized', vendor_id: 'b', rows: 5, invalid: 1 });
  for (const rows of [10, 20]) counter.add({ type: 'merged', rows });
  counter.add({ type: 'normalized', vendor_id: 'c', rows: 0, invalid: 0 });
  assert.equal(counter.progress, { vendors: 3, vendorsRead: 3, rows: 2105, invalid: 4, merged: 20 });
  const summary = { total_rows: 7, invalid_rows: 2, record_count: 4 } as Parameters<typeof runCounts>[0];
  assert.equal(runCounts(summary), { rows: 7, invalid: 2, merged: 4 });
});

test('at most 50 warnings are kept, each cut at 500 characters', () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => `zero_costs:v${i}`);
  assert.equal(boundedWarnings([]), []);
  assert.equal(boundedWarnings(many(50)), many(50));
  assert.equal(boundedWarnings(many(51)), [...many(49), 'more_warnings:2']);
  assert.equal(boundedWarnings(['x'.repeat(500), `${'x'.repeat(499)}😀`]), ['x'.repeat(500), `${'x'.repeat(499)}…`]);
});

test.run();
