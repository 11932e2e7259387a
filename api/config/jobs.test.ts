/** Small configs are checked in place, large ones by a job in another process. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../core/errors.ts';
import { addTenant, configOf, startApi } from '../testing/harness.ts';
import { type ConfigJob, type ConfigJobs, doConfigJob } from './jobs.ts';

const CHARS = 1000;

/** An API whose large configs go to `configJobs`, which records each request. */
async function startWithJobs(fail?: RelayError) {
  const asked: Array<{ job: ConfigJob; owner: string }> = [];
  let registry: Parameters<typeof doConfigJob>[1] | null = null;
  const configJobs = (async (job: ConfigJob, owner: string) => {
    asked.push({ job, owner });
    if (fail !== undefined) throw fail;
    return doConfigJob(job, registry as NonNullable<typeof registry>);
  }) as ConfigJobs;
  const api = await startApi({ configCharsHere: CHARS }, { configJobs });
  registry = api.deps.registry;
  return { api, asked };
}

/** A config of more than `CHARS` characters. */
function largeConfig(options: object = {}) {
  const words = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`word ${i}`, 'new']));
  const columns = { condition: { from: 'c', words } };
  return configOf('shop', { parser: { format: 'csv', options: { columns, ...options } } });
}

const test = suite('config jobs');

test('small configs are checked in place, large ones by the jobs, for the tenant or the admin key that sent them', async () => {
  const { api, asked } = await startWithJobs();
  const key = await addTenant(api, 'shop');
  assert.equal(asked, []);
  const put = (body: unknown) => api.call('PUT', '/v1/tenants/shop/config', { key, body });
  assert.is((await put(largeConfig())).json.config_version, 2);
  assert.is(asked.length, 1);
  const { job, owner } = asked[0] as (typeof asked)[0];
  assert.is(job.type, 'check');
  assert.equal(job.type === 'check' && [job.rules.tenantId, job.rules.scope], ['shop', 'tenants/shop/']);
  assert.is(job.text, JSON.stringify(largeConfig()));
  await api.call('POST', '/v1/tenants', { body: { ...largeConfig(), tenant_id: 'other' } });
  assert.is(asked.length, 2);
  assert.is.not(asked[1]?.owner, owner);
});

test('the keys of a tenant share one place in the queue', async () => {
  const { api, asked } = await startWithJobs();
  const first = await addTenant(api, 'shop');
  const second = (await api.call('POST', '/v1/tenants/shop/keys', { body: { name: 'second' } })).json.key;
  for (const key of [first, second]) {
    assert.is((await api.call('PUT', '/v1/tenants/shop/config', { key, body: largeConfig() })).status, 200);
    assert.is((await api.call('GET', '/v1/tenants/shop/vendors/acme/files', { key })).status, 200);
  }
  assert.equal([asked.length, new Set(asked.map((one) => one.owner)).size], [4, 1]);
});

test('an invalid large config has the same answer as a small one', async () => {
  const { api } = await startWithJobs();
  const here = await startApi();
  for (const one of [api, here]) await addTenant(one, 'shop');
  const body = { ...largeConfig({ quot: 'x' }), tenant_id: 'bolt', currency: 'USD' };
  const [there, inPlace] = await Promise.all(
    [api, here].map((one) => one.call('PUT', '/v1/tenants/shop/config', { body })),
  );
  assert.is(there?.status, 422);
  assert.equal(there?.json, inPlace?.json);
});

test('a vendor with large settings has its files listed by the jobs', async () => {
  const { api, asked } = await startWithJobs();
  await addTenant(api, 'shop');
  await api.call('PUT', '/v1/tenants/shop/config', { body: largeConfig({ files: { match: '*.csv' } }) });
  api.artifacts.put('tenants/shop/inbound/acme/stock.txt', 'x');
  const { json } = await api.call('GET', '/v1/tenants/shop/vendors/acme/files');
  assert.equal(
    json.files.map(({ reason }: { reason: string }) => reason),
    ['does not match files.match, "*.csv"'],
  );
  assert.is(asked.at(-1)?.job.type, 'match');
});

test('a check that is not possible now answers 503 with Retry-After and changes nothing', async () => {
  const { api } = await startWithJobs(new RelayError('runner_unavailable', 'no', { recovery: 'retry' }));
  await addTenant(api, 'shop');
  const answer = await api.call('PUT', '/v1/tenants/shop/config', { body: largeConfig() });
  assert.equal([answer.status, answer.json.error], [503, 'UNAVAILABLE']);
  assert.ok(answer.headers.has('Retry-After'));
  assert.is((await api.call('GET', '/v1/tenants/shop')).json.config_version, 1);
});

test.run();
