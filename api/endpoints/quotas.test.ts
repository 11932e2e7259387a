/** Quotas of a tenant: what the API shows, both sides of each limit, and the codes. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../core/errors.ts';
import { DEFAULT_API_SETTINGS, type TenantQuotas } from '../deps.ts';
import { type Api, addRun, addTenant, configOf, startApi } from '../testing/harness.ts';

const withQuotas = (quotas: Partial<TenantQuotas>) =>
  startApi({ quotas: { ...DEFAULT_API_SETTINGS.quotas, ...quotas }, rateBurst: 1000, ratePerSecond: 1 });

const uploadTo = (api: Api, filename: string, tenantId = 'shop') =>
  api.call('POST', `/v1/tenants/${tenantId}/uploads`, { body: { vendor_id: 'acme', filename } });

const usageOf = async (api: Api) => (await api.call('GET', '/v1/tenants/shop')).json.usage;

test('a tenant sees how much of each quota it uses', async () => {
  const api = await withQuotas({});
  const key = await addTenant(api, 'shop');
  await addTenant(api, 'other');
  await api.call('PUT', '/v1/tenants/shop/config', { body: { ...configOf('shop'), default_currency: 'EUR' } });
  await uploadTo(api, 'a.csv');
  await uploadTo(api, 'x.csv', 'other');
  await addRun(api, 'shop');
  api.usage.bytes.set('shop', 123);
  api.usage.files.set('shop', 7);
  assert.equal((await api.call('GET', '/v1/tenants/shop', { key })).json.usage, {
    stored_bytes: { used: 123, limit: 4 * 2 ** 40 },
    files: { used: 7, limit: 100_000 },
    waiting_uploads: { used: 1, limit: 200 },
    config_versions: { used: 2, limit: 10_000 },
    keys: { used: 1, limit: 50 },
    active_runs: { used: 1, limit: 1 },
    requests: { used: 1, limit: 1000 },
    feed_links: { used: 0, limit: 50 },
  });
  api.time.now += 14_400_000;
  assert.is((await usageOf(api)).waiting_uploads.used, 0, 'the address has expired');
});

test('waiting uploads are limited until one arrives or expires', async () => {
  const api = await withQuotas({ waitingUploads: 2 });
  await addTenant(api, 'shop');
  await addTenant(api, 'other');
  for (const name of ['a.csv', 'b.csv', 'a.csv']) assert.is((await uploadTo(api, name)).status, 201);
  api.time.now += 10_000;
  const refused = await uploadTo(api, 'c.csv');
  assert.equal([refused.status, refused.json.error], [429, 'QUOTA_WAITING_UPLOADS']);
  assert.is(refused.headers.get('Retry-After'), '14390');
  assert.is((await uploadTo(api, 'c.csv', 'other')).status, 201);
  // the files went straight to the object store
  api.artifacts.put('tenants/shop/inbound/acme/a.csv', 'sku\n');
  assert.is((await uploadTo(api, 'c.csv')).status, 429, 'it does not look again at once');
  api.time.now += 5_000;
  assert.is((await uploadTo(api, 'c.csv')).status, 201);
  assert.is((await usageOf(api)).stored_bytes.used, 4);
  assert.is((await uploadTo(api, 'd.csv')).status, 429);
  api.time.now += 14_400_000;
  assert.is((await uploadTo(api, 'd.csv')).status, 201);
});

test('a tenant with as many files as it may have gets addresses for those alone, until one is removed', async () => {
  const api = await withQuotas({ files: 2 });
  await addTenant(api, 'shop');
  api.usage.files.set('shop', 1);
  api.artifacts.put('tenants/shop/inbound/acme/a.csv', 'sku\n');
  assert.is((await uploadTo(api, 'b.csv')).status, 201);
  api.usage.files.set('shop', 2);
  const refused = await uploadTo(api, 'c.csv');
  assert.equal([refused.status, refused.json.error], [413, 'QUOTA_FILES']);
  assert.is((await uploadTo(api, 'a.csv')).status, 201);
  const removed = await api.call('DELETE', '/v1/tenants/shop/vendors/acme/files?name=a.csv');
  assert.is(removed.status, 204);
  assert.is((await usageOf(api)).files.used, 1);
  assert.is((await uploadTo(api, 'c.csv')).status, 201);
});

test('an upload that replaces a file adds only the difference', async () => {
  const api = await withQuotas({ waitingUploads: 1 });
  await addTenant(api, 'shop');
  api.usage.bytes.set('shop', 100);
  api.artifacts.put('tenants/shop/inbound/acme/a.csv', '0123456789');
  await uploadTo(api, 'a.csv');
  api.artifacts.put('tenants/shop/inbound/acme/a.csv', '0123');
  assert.is((await uploadTo(api, 'b.csv')).status, 201);
  assert.is((await usageOf(api)).stored_bytes.used, 94);
});

test('a tenant that has stored too much gets no upload and no run', async () => {
  const api = await withQuotas({ storedBytes: 1000 });
  await addTenant(api, 'shop');
  api.usage.bytes.set('shop', 999);
  assert.is((await uploadTo(api, 'a.csv')).status, 201);
  api.usage.bytes.set('shop', 1000);
  const body = { tenant_id: 'shop', run_type: 'inventory_sync' };
  for (const refused of [await uploadTo(api, 'b.csv'), await api.call('POST', '/v1/runs', { body })]) {
    assert.equal([refused.status, refused.json.error], [413, 'QUOTA_STORED_BYTES']);
    assert.match(refused.json.message, /vendors\/\{vendor_id\}\/files.*RETENTION_DAYS.*QUOTA_STORED_BYTES/);
  }
  assert.is(api.queue.sent.length, 0);
  api.usage.bytes.set('shop', 999);
  const started = await api.call('POST', '/v1/runs', { body, headers: { 'Idempotency-Key': 'k' } });
  assert.is(started.status, 202);
  api.usage.bytes.set('shop', 5000);
  const again = await api.call('POST', '/v1/runs', { body, headers: { 'Idempotency-Key': 'k' } });
  assert.equal([again.status, again.json.run_id], [202, started.json.run_id], 'it is the same request');
});

test('config versions are limited; putting the same config again makes none', async () => {
  const api = await withQuotas({ configVersions: 2 });
  const key = await addTenant(api, 'shop');
  const put = (min_price: number) => {
    const config = configOf('shop');
    const body = { ...config, pricing: { ...config.pricing, min_price } };
    return api.call('PUT', '/v1/tenants/shop/config', { key, body });
  };
  assert.is((await put(1)).status, 200);
  const refused = await put(2);
  assert.equal([refused.status, refused.json.error], [429, 'QUOTA_CONFIG_VERSIONS']);
  assert.match(refused.json.message, /RETENTION_DAYS, unless that is 0; .*QUOTA_CONFIG_VERSIONS/);
  assert.is((await put(1)).status, 200);
  assert.is((await api.call('GET', '/v1/tenants/shop')).json.config_version, 2);
});

test('a nearly full disk refuses uploads and runs, and nothing else', async () => {
  let isFull = true;
  const requireRoom = async () => {
    if (isFull) throw new RelayError('disk_nearly_full', '/secret/path has 1 byte', { recovery: 'retry' });
  };
  const api = await startApi({}, { requireRoom });
  const key = await addTenant(api, 'shop');
  const body = { tenant_id: 'shop', run_type: 'inventory_sync' };
  for (const refused of [await uploadTo(api, 'a.csv'), await api.call('POST', '/v1/runs', { body })]) {
    assert.equal([refused.status, refused.json.error], [503, 'DISK_NEARLY_FULL']);
    assert.is(refused.headers.get('Retry-After'), '60');
    assert.not(refused.text.includes('secret'));
  }
  const ready = await api.call('GET', '/v1/ready');
  assert.is(ready.status, 503);
  assert.equal(
    ready.json.issues.map((one: { path: string; code: string }) => `${one.path} ${one.code}`),
    ['disk unavailable'],
  );
  assert.is((await api.call('GET', '/v1/tenants/shop', { key })).status, 200);
  isFull = false;
  assert.is((await uploadTo(api, 'a.csv')).status, 201);
  assert.is((await api.call('POST', '/v1/runs', { body })).status, 202);
  assert.is((await api.call('GET', '/v1/ready')).status, 200);
});

test.run();
