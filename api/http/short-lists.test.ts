/** Where long lists of a request are cut. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withShortLists } from './short-lists.ts';

const lengthOf = (skus: unknown[]) => (withShortLists({ skus }) as { skus: unknown[] }).skus.length;

test('a list of more than a thousand ends with its hundredth wrong element', () => {
  assert.is(lengthOf(Array(1000).fill(1)), 1000);
  assert.is(lengthOf(Array(1001).fill(1)), 100);
  for (const wrong of [1, null, '', 'x'.repeat(2001), {}, []]) {
    const list = Array.from({ length: 5000 }, (_, i) => (i % 2 ? wrong : 'ok'));
    assert.is(lengthOf(list), 200, String(wrong));
    assert.is(lengthOf([...Array(2000).fill('ok'), ...Array(99).fill(wrong)]), 2099);
  }
});

test('what is right, short or no object stays the same', () => {
  for (const body of [
    null,
    7,
    'x',
    Array(5000).fill(1),
    { a: Array(5000).fill('𝟘'.repeat(1000)) },
    { a: { b: Array(5000).fill(1) } },
  ])
    assert.is(withShortLists(body), body);
  const body = { reason: 'x', skus: Array(2000).fill(0), vendors: ['a'] };
  assert.equal(withShortLists(body), { reason: 'x', skus: Array(100).fill(0), vendors: ['a'] });
  assert.is(body.skus.length, 2000);
});

test.run();
