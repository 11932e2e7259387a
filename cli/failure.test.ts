import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { failureDocument } from './failure.ts';

test('a run that a plugin fails is a matter for its maintainer', () => {
  assert.match(
    failureDocument('internal_error', 'plugin_failed: price() of the pricing "x" failed').hint,
    /maintainer/,
  );
  assert.match(failureDocument('internal_error', 'TypeError').hint, /^Report it/);
});

test.run();
