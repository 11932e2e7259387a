/** Configs sent as YAML. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import type { ConfigJobs } from '../../config/jobs.ts';
import { doConfigJob } from '../../config/jobs.ts';
import { configOf, startApi } from '../../testing/harness.ts';

const test = suite('api: YAML configs');
const headers = { 'Content-Type': 'application/yaml; charset=utf-8' };

test('a config may be sent as YAML and comes back as JSON', async () => {
  const api = await startApi();
  const created = await api.call('POST', '/v1/tenants', { headers, body: `# ours\n${stringify(configOf('shop'))}` });
  assert.is(created.status, 201);
  assert.equal((await api.call('GET', '/v1/tenants/shop/config')).json, configOf('shop'));
  const next = { ...configOf('shop'), timezone: 'Europe/Berlin' };
  const put = await api.call('PUT', '/v1/tenants/shop/config', { headers, body: stringify(next) });
  assert.is(put.json.config_version, 2);
  const bad = await api.call('PUT', '/v1/tenants/shop/config', { headers, body: 'tenant_id: shop\nvendrs: []\n' });
  assert.equal([bad.status, bad.json.error], [422, 'CONFIG_INVALID']);
});

test('aliases, two documents, bad syntax, deep nesting and bytes that are not text are refused with their place', async () => {
  const api = await startApi();
  for (const [body, why] of [
    ['a: &x 1\nb: *x\n', /aliases.*line 2/],
    ['a: 1\n---\nb: 1\n', /more than one document/],
    ['a: [1\n', /line 2/],
    [`${'['.repeat(70)}${']'.repeat(70)}`, /deeper than 64/],
    ['a: 1\na: 2\n', /unique/],
    [new Uint8Array([0x61, 0xff]), /UTF-8/],
  ] as const) {
    const { status, json } = await api.call('POST', '/v1/tenants', { headers, body });
    assert.equal([status, json.error], [400, 'MALFORMED_JSON']);
    assert.match(json.message, why);
  }
  assert.is((await api.call('POST', '/v1/tenants', { headers, body: '' })).status, 422);
  const large = await api.call('POST', '/v1/tenants', { headers, body: `# ${'x'.repeat(300_000)}` });
  assert.is(large.status, 413);
});

test('a large YAML config is read in another process, in the turn of its sender', async () => {
  const done: string[] = [];
  const configJobs = (async (job, owner) => {
    done.push(`${job.type} ${owner}`);
    return doConfigJob(job, api.deps.registry);
  }) as ConfigJobs;
  const api = await startApi({ configCharsHere: 100 }, { configJobs });
  const created = await api.call('POST', '/v1/tenants', { headers, body: stringify(configOf('shop')) });
  assert.is(created.status, 201);
  assert.equal(
    done.map((one) => one.split(' ')[0]),
    ['yaml', 'check'],
  );
  assert.is(new Set(done.map((one) => one.split(' ')[1])).size, 1);
  assert.is((await api.call('POST', '/v1/tenants', { headers, body: `a: [${'1, '.repeat(99)}` })).status, 400);
});

test.run();
