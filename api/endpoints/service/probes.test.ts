/** Health, readiness, plugins, metrics, signed objects. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkConfig } from '../../../core/config/check.ts';
import { RelayError } from '../../../core/errors.ts';
import { configOf, startApi } from '../../testing/harness.ts';

test('health needs no key and does not ask the stores', async () => {
  const api = await startApi();
  api.runs.check = () => Promise.reject(new Error('away'));
  assert.equal((await api.call('GET', '/v1/health', { key: null })).json, { status: 'ok', version: '0.0.0-test' });
});

test('ready asks every store and says what is wrong with each', async () => {
  const api = await startApi({ readyTimeoutMs: 20 });
  const good = await api.call('GET', '/v1/ready');
  assert.is(good.status, 200);
  assert.equal(good.json, { status: 'ready', checks: { artifacts: 'ok', tenants: 'ok', runs: 'ok', queue: 'ok' } });
  api.tenants.check = () => {
    throw new RelayError('store_missing', 'the table relay-tenants does not exist');
  };
  api.queue.check = () => Promise.reject('no such queue');
  api.artifacts.check = () => new Promise(() => undefined);
  const bad = await api.call('GET', '/v1/ready');
  assert.is(bad.status, 503);
  assert.is(bad.json.error, 'NOT_READY');
  assert.is(bad.headers.get('Retry-After'), '5');
  assert.equal(
    bad.json.issues.map((one: { path: string; code: string }) => `${one.path} ${one.code}`),
    ['artifacts timeout', 'tenants unavailable', 'queue unavailable'],
  );
  assert.is(bad.json.issues[1].message, 'store_missing: the table relay-tenants does not exist');
});

test('plugins are listed with the schemas of their options and with valid examples', async () => {
  const api = await startApi();
  const { json } = await api.call('GET', '/v1/plugins');
  assert.is(json.plugins.length, api.deps.registry.list().length);
  const csv = json.plugins.find((one: { id: string }) => one.id === 'csv');
  assert.is(csv.kind, 'parser');
  assert.is(csv.options.type, 'object');
  const config = configOf('shop', { parser: { format: 'csv', options: csv.example } });
  assert.is(checkConfig(config, api.deps.registry).ok, true);
});

test('metrics are text for scrapers', async () => {
  const api = await startApi();
  const answer = await api.call('GET', '/metrics');
  assert.is(answer.text, 'runs_total 1\n');
  assert.match(answer.headers.get('Content-Type')!, /^text\/plain/);
});

test('signed addresses need no key, have no rate limit, and keep their query out of the log', async () => {
  const seen: string[] = [];
  const api = await startApi(
    { bodyBytesMax: 10 },
    {
      signedObjects: {
        basePath: '/objects',
        fetch: async (request) => {
          const { pathname, search } = new URL(request.url);
          seen.push(`${request.method} ${pathname}${search} ${(await request.text()).length}`);
          return new Response('bytes', { status: 206, headers: { 'Cache-Control': 'private' } });
        },
      },
    },
  );
  const path = '/objects/tenants/shop/in/a%20b.csv?signature=secret';
  const got = await api.call('GET', path, { key: null });
  assert.equal([got.status, got.text, got.headers.get('Cache-Control')], [206, 'bytes', 'private']);
  assert.is((await api.call('PUT', path, { key: null, body: 'x'.repeat(1000) })).status, 206);
  assert.is((await api.call('HEAD', path, { key: null })).text, '');
  assert.equal(
    seen,
    ['GET 0', 'PUT 1000', 'HEAD 0'].map((one) => one.replace(' ', ` ${path} `)),
  );
  assert.not(JSON.stringify(api.logs).includes('secret'));
  assert.is((await api.call('POST', path)).status, 405);
  assert.is((await (await startApi()).call('GET', path)).status, 404);
});

test.run();
