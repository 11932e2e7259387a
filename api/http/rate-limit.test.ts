/** Token buckets: bursts, refilling, and a bounded number of them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ADMIN, addTenant, startApi } from '../testing/harness.ts';
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

test('the keys of a tenant share one bucket, which no other tenant or admin shares', async () => {
  const api = await startApi({ rateBurst: 6, ratePerSecond: 1 });
  const [one, two] = [await addTenant(api, 'one'), await addTenant(api, 'two')];
  const second = (await api.call('POST', '/v1/tenants/one/keys', { key: one })).json.key;
  const statusOf = async (key: string) => (await api.call('GET', '/v1/plugins', { key })).status;
  const statuses: number[] = [];
  for (const key of [one, second, one, second, one, second, one]) statuses.push(await statusOf(key));
  assert.equal(statuses, [200, 200, 200, 200, 200, 429, 429]);
  assert.is(await statusOf(two), 200);
  assert.is(await statusOf(ADMIN), 200);
});

test('a flood of wrong keys ends in 429 before the store is asked, and does not affect known clients', async () => {
  const api = await startApi({ rateBurst: 8, ratePerSecond: 1 });
  const [known, fresh] = [await addTenant(api, 'one'), await addTenant(api, 'two')];
  assert.is((await api.call('GET', '/v1/tenants', { key: known })).status, 200);
  let asked = 0;
  const { findKey } = api.tenants;
  api.tenants.findKey = (...args) => {
    asked++;
    return findKey.apply(api.tenants, args);
  };
  const statuses: number[] = [];
  for (let i = 0; i < 12; i++) statuses.push((await api.call('GET', '/v1/runs', { key: `wrong-key-${i}` })).status);
  assert.equal(statuses, [...new Array(8).fill(401), ...new Array(4).fill(429)]);
  assert.is(asked, 8);
  const refused = await api.call('GET', '/v1/runs', { key: null });
  assert.equal([refused.status, refused.json.error], [429, 'RATE_LIMITED']);
  assert.ok(Number(refused.headers.get('Retry-After')) >= 1);
  assert.is((await api.call('GET', '/v1/tenants', { key: known })).status, 200);
  assert.is((await api.call('GET', '/v1/tenants')).status, 200, 'an admin');
  assert.is((await api.call('GET', '/v1/health', { key: null })).status, 200);
  assert.is((await api.call('GET', '/v1/tenants', { key: fresh })).status, 429);
  api.time.now += 2000;
  assert.is((await api.call('GET', '/v1/tenants', { key: fresh })).status, 200);
});

test('behind a trusted proxy, a flood from one client does not affect others', async () => {
  const api = await startApi({ rateBurst: 4, ratePerSecond: 1, proxyHops: 1 });
  const fresh = await addTenant(api, 'two');
  const call = (key: string, from: string) =>
    api.call('GET', '/v1/runs', { key, headers: { 'X-Forwarded-For': `198.51.100.1, ${from}` } });
  const statuses: number[] = [];
  for (let i = 0; i < 6; i++) statuses.push((await call(`wrong-key-${i}`, '203.0.113.7')).status);
  assert.equal(statuses, [401, 401, 401, 401, 429, 429]);
  assert.is((await call(fresh, '203.0.113.8')).status, 200);
});

test('each tenant has a bucket of its own', async () => {
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
