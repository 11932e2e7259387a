/** Large bodies that arrive together are parsed one by one, so that other requests have their turn in between. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addTenant, startApi } from '../testing/harness.ts';

test('each large config is parsed in a turn of the event loop of its own', async () => {
  const api = await startApi();
  await addTenant(api, 'shop');
  let turn = 0;
  let next = setImmediate(function count() {
    turn++;
    next = setImmediate(count);
  });
  const parsedIn: number[] = [];
  const { parse } = JSON;
  JSON.parse = (text: string, ...more: []) => {
    if (text.length > 100_000) parsedIn.push(turn);
    return parse(text, ...more);
  };
  try {
    const body = `{"a": "${'x'.repeat(200_000)}`;
    const answers = await Promise.all([1, 2, 3, 4].map(() => api.call('PUT', '/v1/tenants/shop/config', { body })));
    assert.equal(
      answers.map(({ json }) => json.error),
      Array(4).fill('MALFORMED_JSON'),
    );
  } finally {
    JSON.parse = parse;
    clearImmediate(next);
  }
  assert.is(new Set(parsedIn).size, 4, parsedIn.join());
});

test.run();
