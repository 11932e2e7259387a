/** Token buckets: bursts, refilling, and a bounded number of them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addTenant, startApi } from '../testing/harness.ts';
import { RateLimiter } from './rate-limit.ts';

test('a bucket refills up to its size', () => {
  const limiter = new RateLimiter({ burst: 3, perSecond: 2, keysMax: 10 });
  const taken = (now: number) => limiter.take('a', now);
  assert.equal([0, 0, 0, 0].map(taken), [0, 0, 0, 1]);
  assert.is(taken(499), 1);
  assert.is(taken(500), 0);
  assert.is(taken(500), 1);
  assert.equal([9000, 9000, 9000, 9000].map(taken), [0, 0, 0, 1]);
  assert.is(taken(0), 1, 'a clock that goes back pours nothing');
});

test('a slow bucket says how long to wait', () => {
  const limiter = new RateLimiter({ burst: 1, perSecond: 0.1, keysMax: 10 });
  assert.is(limiter.take('a', 0), 0);
  assert.is(limiter.take('a', 0), 10);
  assert.is(limiter.take('a', 4000), 6);
});

test('the least recently used bucket is dropped first', () => {
  const limiter = new RateLimiter({ burst: 1, perSecond: 0.001, keysMax: 2 });
  for (const key of ['a', 'b']) assert.is(limiter.take(key, 0), 0);
  assert.ok(limiter.take('a', 0) > 0);
  assert.is(limiter.take('c', 0), 0);
  assert.is(limiter.size, 2);
  assert.ok(limiter.take('a', 0) > 0);
  assert.is(limiter.take('b', 0), 0);
  for (let i = 0; i < 1000; i++) limiter.take(`key ${i}`, 0);
  assert.is(limiter.size, 2);
});

test('each key has a bucket of its own', async () => {
  // the admin key has used its four requests to create them
  const api = await startApi({ rateBurst: 4, ratePerSecond: 1 });
  const [one, two] = [await addTenant(api, 'one'), await addTenant(api, 'two')];
  const statusOf = async (key: string) => (await api.call('GET', '/v1/plugins', { key })).status;
  const statuses: number[] = [];
  while (statuses.length < 5) statuses.push(await statusOf(one));
  assert.equal(statuses, [200, 200, 200, 200, 429]);
  assert.is(await statusOf(two), 200);
});

test.run();
