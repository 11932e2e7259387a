/** The causes of a change, with the inputs that differ. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { causesText } from './causes-text.ts';

const feed = (vendor_id: string) => ({ vendor_id, side_file: null });

test('inputs are behind feed, three of them by name', () => {
  assert.is(causesText([], []), '');
  assert.is(causesText(['config', 'decision'], []), 'config, decision');
  const rates = { vendor_id: 'bolt', side_file: 'currency_rates' };
  assert.is(causesText(['feed', 'config'], [feed('acme'), rates]), 'feed (acme, currency_rates of bolt), config');
  assert.is(causesText(['feed'], ['a', 'b', 'c'].map(feed)), 'feed (a, b, c)');
  assert.is(causesText(['feed'], ['a', 'b', 'c', 'd', 'e'].map(feed)), 'feed (a, b, c, and 2 more)');
});

test.run();
