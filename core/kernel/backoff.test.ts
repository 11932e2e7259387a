/** How many records pass before the kernel is asked again. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Backoff } from './backoff.ts';

/** Records that are not due until the next one that is. */
function pause(backoff: Backoff): number {
  let records = 0;
  while (!backoff.isDue()) records++;
  return records;
}

test('pauses grow while the kernel takes little, up to a limit, and end once it takes enough', () => {
  const backoff = new Backoff();
  assert.is(pause(backoff), 0);
  const pauses = [0, 1, 0, 1, 0, 1, 0, 1, 0].map((taken) => {
    backoff.took(taken);
    return pause(backoff);
  });
  assert.equal(pauses, [0, 2, 6, 14, 30, 62, 63, 63, 63]);
  // it stays due until the next call
  assert.is(pause(backoff), 0);
  backoff.took(2);
  assert.is(pause(backoff), 0);
  backoff.took(0);
  backoff.took(0);
  assert.is(pause(backoff), 2);
});

test.run();
