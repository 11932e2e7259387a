import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { failureDocument } from './failure.ts';

test('a failure in a plugin is addressed to the plugin’s maintainer', () => {
  assert.match(
    failureDocument('internal_error', 'plugin_failed: price() of the pricing "x" failed').hint,
    /maintainer/,
  );
  assert.match(failureDocument('internal_error', 'TypeError').hint, /^Report it/);
});

test.run();
