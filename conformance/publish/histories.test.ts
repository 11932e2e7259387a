/** A few random histories. Those of `histories.long-test.ts` have every reason, action and limit. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareHistory } from './histories.ts';

const [FROM, TO] = [299, 305];

test('property: a few histories agree with the oracle', async () => {
  const seen = new Set<string>();
  for (let seed = FROM; seed < TO; seed++) await compareHistory(seed, seen);
  for (const one of ['added', 'changed', 'removed', 'held']) assert.ok(seen.has(one), `no history has ${one}`);
});

test.run();
