/** Random histories in which everything occurs. `npm run histories` compares any number. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ACTIONS, compareHistory } from './histories.ts';

/** Seeds in which each reason, action and limit occurs. */
const [FROM, TO] = [299, 346];

const EXPECTED = [
  ...['added', 'changed', 'removed', 'zeroed', 'kept', 'held', 'new', 'max_sku_drop_pct', 'max_held_pct'],
  ...['max_median_price_change_pct', 'max_vendor_row_drop_pct', 'min_skus', 'stale_after_hours'],
  ...['error met', 'error not met', 'warn met', 'warn not met', 'decided on a stopped run'],
  ...['rollback changed', 'rollback added', 'rollback zeroed'],
  ...['DECODE_ERROR', 'missing_required_columns', 'ambiguous_column', 'validation_errors', 'REQUIRED_VENDOR_MISSING'],
  ...['missing', 'stale', 'DECODE_ERROR', 'validation_errors'].map((trouble) => `carried over: ${trouble}`),
  ...['vendor_left_out', 'config changed', 'format changed', 'columns changed', 'mapped'],
];

test('property: feeds, deltas, holds, vanished SKUs, trips and rollbacks agree with the oracle', async () => {
  const seen = new Set<string>();
  for (let seed = FROM; seed < TO; seed++) await compareHistory(seed, seen);
  const vanished = ['removed', 'rejected', 'unavailable', 'unpriced'].flatMap((reason) =>
    ACTIONS.map((action) => `${reason} ${action}`),
  );
  assert.equal(
    [...EXPECTED, ...vanished].filter((one) => !seen.has(one)),
    [],
    'no history has these',
  );
});

test.run();
