/** Tenants, configs and keys: what is stored, and the status and code of every refusal. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DEFAULT_API_SETTINGS } from '../../deps.ts';
import { ADMIN, addTenant, configOf, startApi } from '../../testing/harness.ts';

const codes = (issues: Array<{ path: string; code: string }>) => issues.map(({ path, code }) => `${path} ${code}`);

test('a tenant is created from its config, which is returned as written', async () => {
  const api = await startApi();
  const config = configOf('shop');
  const created = await api.call('POST', '/v1/tenants', { body: config });
  assert.is(created.status, 201);
  assert.equal(created.json, { tenant_id: 'shop', config_version: 1 });
  assert.is(created.headers.get('ETag'), '"1"');
  const read = await api.call('GET', '/v1/tenants/shop/config');
  assert.equal(read.json, config);
  assert.is(read.headers.get('ETag'), '"1"');
  assert.is(read.headers.get('Last-Modified'), 'Sun, 01 Nov 2026 06:00:00 GMT');
  const { usage: _usage, ...tenant } = (await api.call('GET', '/v1/tenants/shop')).json;
  assert.equal(tenant, {
    tenant_id: 'shop',
    config_version: 1,
    created_at: '2026-11-01T06:00:00.000Z',
    updated_at: '2026-11-01T06:00:00.000Z',
  });
});

test('each config version names the key that wrote it; putting the newest config again does not change that', async () => {
  const api = await startApi();
  await addTenant(api, 'shop');
  const made = (await api.call('POST', '/v1/tenants/shop/keys', { body: { name: 'Ann' } })).json;
  const next = { ...configOf('shop'), timezone: 'Europe/Berlin' };
  const put = await api.call('PUT', '/v1/tenants/shop/config', { body: next, key: made.key });
  assert.is(put.json.config_version, 2);
  assert.is((await api.call('PUT', '/v1/tenants/shop/config', { body: next })).json.config_version, 2);
  const keyOf = async (version: number) =>
    (await api.call('GET', `/v1/tenants/shop/config?version=${version}`)).headers.get('X-Relay-Key-Id');
  assert.match((await keyOf(1)) ?? '', /^admin_[0-9a-f]{8}$/);
  assert.is(await keyOf(2), made.key_id);
});

test('a second tenant with the same id is 409', async () => {
  const api = await startApi();
  await addTenant(api, 'shop');
  const again = await api.call('POST', '/v1/tenants', { body: configOf('shop') });
  assert.is(again.status, 409);
  assert.is(again.json.error, 'TENANT_EXISTS');
});

test('every problem of a config is listed with its path', async () => {
  const api = await startApi();
  const config = { ...configOf('shop', { parser: { format: 'csw' } }), colour: 1, merge: {} };
  const refused = await api.call('POST', '/v1/tenants', { body: config });
  assert.is(refused.status, 422);
  assert.is(refused.json.error, 'CONFIG_INVALID');
  const found = codes(refused.json.issues);
  for (const one of ['colour unknown_key', 'merge.strategy required', 'vendors[0].parser.format unknown_plugin']) {
    assert.ok(found.includes(one), `${one} in ${found}`);
  }
  for (const body of [null, 7, 'text', [], true]) {
    const answer = await api.call('POST', '/v1/tenants', { body: JSON.stringify(body) });
    assert.is(answer.status, 422);
    assert.is(answer.json.error, 'CONFIG_INVALID');
  }
});

test('local files are refused for everyone', async () => {
  const api = await startApi();
  const body = configOf('shop', { inbound: { type: 'local' }, sku_map: { type: 'file', local_path: '/etc/passwd' } });
  const refused = await api.call('POST', '/v1/tenants', { body });
  assert.is(refused.status, 422);
  assert.equal(codes(refused.json.issues), ['vendors[0].inbound.type not_here', 'vendors[0].sku_map.type not_here']);
});

test('malformed object keys are refused for everyone', async () => {
  const api = await startApi();
  const bad = [
    '',
    '/',
    '/x/',
    'a//b',
    '../x',
    'a/../b/',
    'a/./b',
    'a\\b',
    'a\u0000b',
    'a/..',
    'x'.repeat(701),
    'y'.repeat(256),
  ];
  for (const s3_prefix of bad) {
    const body = configOf('shop', {
      inbound: { type: 's3', s3_prefix },
      sku_map: { type: 's3', s3_key: `${s3_prefix}//` },
    });
    const refused = await api.call('POST', '/v1/tenants', { body });
    assert.is(refused.status, 422, s3_prefix);
    assert.equal(codes(refused.json.issues), [
      'vendors[0].inbound.s3_prefix invalid_key',
      'vendors[0].sku_map.s3_key invalid_key',
    ]);
  }
  const fine = configOf('shop', { inbound: { type: 's3', s3_prefix: 'northwind/inbound/acme/' } });
  assert.is((await api.call('POST', '/v1/tenants', { body: fine })).status, 201);
});

test('side files named in parser options are checked like SKU maps', async () => {
  const api = await startApi();
  const key = await addTenant(api, 'shop');
  const withFiles = (...files: object[]) => {
    const side_files = files.map((file, i) => ({ name: `f${i}`, key: 'Part', ...file }));
    return configOf('shop', { parser: { format: 'csv', options: { side_files } } });
  };
  const put = (body: object) => api.call('PUT', '/v1/tenants/shop/config', { body, key });
  const refused = await put(
    withFiles(
      { type: 'file', local_path: '/etc/passwd' },
      { type: 's3', s3_key: 'tenants/shop2/side_files/prices.csv' },
      { type: 's3', s3_key: 'tenants/shop/../shop2/prices.csv' },
      { type: 's3', s3_key: 'tenants/shop/side_files/prices.csv', local_path: '/etc/passwd' },
    ),
  );
  assert.is(refused.status, 422);
  assert.equal(codes(refused.json.issues), [
    'vendors[0].parser.options.side_files[0].type not_here',
    'vendors[0].parser.options.side_files[1].s3_key outside_tenant',
    'vendors[0].parser.options.side_files[2].s3_key invalid_key',
  ]);
  assert.is((await put(withFiles({ type: 's3', s3_key: 'tenants/shop/side_files/prices.csv' }))).status, 200);
});

test('with a tenant’s API key, a config names only object keys of that tenant', async () => {
  const api = await startApi();
  const key = await addTenant(api, 'shop');
  for (const prefix of [
    'tenants/shop2/inbound/',
    'tenants/shop',
    'other/',
    'tenants/shop/../shop2/',
    'Tenants/shop/',
  ]) {
    const inbound = { type: 's3', s3_prefix: prefix };
    const body = configOf('shop', { inbound, sku_map: { type: 's3', s3_key: `${prefix}m.csv` } });
    const refused = await api.call('PUT', '/v1/tenants/shop/config', { key, body });
    assert.is(refused.status, 422, prefix);
    assert.is(refused.json.error, 'CONFIG_INVALID');
    assert.ok(
      refused.json.issues.some((one: { path: string }) => one.path === 'vendors[0].inbound.s3_prefix'),
      prefix,
    );
  }
  const inbound = { type: 's3', s3_prefix: 'tenants/shop/anything' };
  const body = configOf('shop', { inbound, sku_map: { type: 's3', s3_key: 'tenants/shop/maps/a.csv' } });
  assert.is((await api.call('PUT', '/v1/tenants/shop/config', { key, body })).status, 200);
});

test('PUT creates a new version; If-Match must name the newest', async () => {
  const api = await startApi();
  await addTenant(api, 'shop');
  const path = '/v1/tenants/shop/config';
  let name = 0;
  const put = (match?: string) =>
    api.call('PUT', path, {
      body: configOf('shop', { inbound: { type: 's3', s3_prefix: `in/${name++}` } }),
      ...(match === undefined ? {} : { headers: { 'If-Match': match } }),
    });
  const second = await put('"1"');
  assert.is(second.status, 200);
  assert.equal(second.json, { tenant_id: 'shop', config_version: 2 });
  assert.is(second.headers.get('ETag'), '"2"');
  for (const stale of ['"1"', '1', 'W/"1"', '"3"', 'abc', '""', '"1", "7"', '"0"', '"99999999999999999999"']) {
    const refused = await put(stale);
    assert.is(refused.status, 412, stale);
    assert.is(refused.json.error, 'PRECONDITION_FAILED');
    assert.is(refused.headers.get('ETag'), '"2"');
  }
  for (const [i, good] of ['"2"', '3', 'W/"4"', '*', '"1", "6"'].entries()) {
    assert.equal((await put(good)).json.config_version, 3 + i, good);
  }
  assert.is((await put()).json.config_version, 8);
  assert.is((await api.call('GET', `${path}?version=3`)).headers.get('ETag'), '"3"');
  assert.is((await api.call('GET', `${path}?version=99`)).status, 404);
  for (const version of ['0', '-1', 'x', '1.5', '', '1&version=2']) {
    const refused = await api.call('GET', `${path}?version=${version}`);
    assert.is(refused.status, 422, version);
    assert.is(refused.json.issues[0].path, 'version');
  }
});

test('the same config again makes no new version, in any order of its fields', async () => {
  const api = await startApi();
  const key = await addTenant(api, 'shop');
  const path = '/v1/tenants/shop/config';
  const same = Object.fromEntries(Object.entries(configOf('shop')).reverse());
  api.time.now += 5000;
  for (const match of [undefined, '"1"', '*', '"1", "7"']) {
    const headers: Record<string, string> = match === undefined ? {} : { 'If-Match': match };
    const again = await api.call('PUT', path, { body: same, headers, key });
    assert.equal([again.status, again.json], [200, { tenant_id: 'shop', config_version: 1 }]);
    assert.is(again.headers.get('ETag'), '"1"');
  }
  const stale = await api.call('PUT', path, { body: same, headers: { 'If-Match': '"2"' } });
  assert.is(stale.status, 412);
  const tenant = (await api.call('GET', '/v1/tenants/shop')).json;
  assert.equal([tenant.config_version, tenant.updated_at], [1, tenant.created_at]);
  // putting an older version again makes a new version
  const other = configOf('shop', { inbound: { type: 's3', s3_prefix: 'tenants/shop/x' } });
  assert.is((await api.call('PUT', path, { body: other })).json.config_version, 2);
  assert.is((await api.call('PUT', path, { body: same })).json.config_version, 3);
});

test('a config must name the tenant of the address, and an unknown tenant is 404', async () => {
  const api = await startApi();
  await addTenant(api, 'shop');
  const other = await api.call('PUT', '/v1/tenants/shop/config', { body: configOf('shop2') });
  assert.is(other.status, 422);
  assert.ok(codes(other.json.issues).includes('tenant_id tenant_mismatch'));
  for (const [method, path, body] of [
    ['GET', '/v1/tenants/nobody'],
    ['GET', '/v1/tenants/nobody/config'],
    ['PUT', '/v1/tenants/nobody/config', configOf('nobody')],
    ['GET', '/v1/tenants/nobody/keys'],
    ['POST', '/v1/tenants/nobody/keys', {}],
    ['DELETE', '/v1/tenants/nobody/keys/key_1'],
    ['POST', '/v1/tenants/nobody/uploads', { vendor_id: 'acme', filename: 'a.csv' }],
    ['GET', '/v1/tenants/..%2f..%2fetc'],
    ['GET', '/v1/tenants/%zz'],
  ] as const) {
    const answer = await api.call(method, path, { body });
    assert.is(answer.status, 404, path);
    assert.is(answer.json.error, 'NOT_FOUND');
  }
  const unmatched = await api.call('PUT', '/v1/tenants/nobody/config', {
    body: configOf('nobody'),
    headers: { 'If-Match': '"x"' },
  });
  assert.is(unmatched.status, 404);
});

test('a key is shown once, works, is listed without its text, and is revoked', async () => {
  const api = await startApi();
  await addTenant(api, 'shop');
  const made = await api.call('POST', '/v1/tenants/shop/keys', { body: { name: 'laptop' } });
  assert.is(made.status, 201);
  assert.equal(Object.keys(made.json), ['key_id', 'name', 'created_at', 'key']);
  const { key, key_id } = made.json;
  assert.is((await api.call('GET', '/v1/tenants/shop', { key })).status, 200);
  const bearer = { Authorization: `bearer ${key}` };
  assert.is((await api.call('GET', '/v1/tenants/shop', { key: null, headers: bearer })).status, 200);
  const listed = await api.call('GET', '/v1/tenants/shop/keys', { key });
  assert.is(listed.json.keys.length, 2);
  const hashes = [...api.tenants.keys.keys()];
  for (const secret of [key, ...hashes]) assert.not(listed.text.includes(secret));
  assert.ok(hashes.every((hash) => /^[0-9a-f]{64}$/.test(hash)));
  assert.is((await api.call('DELETE', `/v1/tenants/shop/keys/${key_id}`, { key })).status, 204);
  assert.is((await api.call('GET', '/v1/tenants/shop', { key })).status, 401);
  assert.is((await api.call('DELETE', `/v1/tenants/shop/keys/${key_id}`)).status, 404);
  const revoked = (await api.call('GET', '/v1/tenants/shop/keys')).json.keys[1];
  assert.is(revoked.revoked_at, '2026-11-01T06:00:00.000Z');
});

test('the number of keys per tenant is limited, and names are plain text', async () => {
  const api = await startApi({ quotas: { ...DEFAULT_API_SETTINGS.quotas, keys: 2 } });
  await addTenant(api, 'shop');
  for (const name of ['', 'x'.repeat(101), 'a\nb', '\ud800', 7]) {
    assert.is((await api.call('POST', '/v1/tenants/shop/keys', { body: { name } })).status, 422);
  }
  const second = await api.call('POST', '/v1/tenants/shop/keys', { body: { name: null } });
  assert.is(second.status, 201);
  const third = await api.call('POST', '/v1/tenants/shop/keys');
  assert.is(third.status, 429);
  assert.is(third.json.error, 'QUOTA_KEYS');
  assert.match(third.json.message, /RETENTION_DAYS, unless that is 0; .*QUOTA_KEYS/);
  await api.call('DELETE', `/v1/tenants/shop/keys/${second.json.key_id}`);
  assert.is((await api.call('POST', '/v1/tenants/shop/keys')).status, 201);
});

test('invalid keys are 401', async () => {
  const api = await startApi();
  const hash = api.deps.adminKeyHashes[1]!;
  const wrong = [hash, '', ' ', ADMIN.slice(1), `${ADMIN}x`, ADMIN.toUpperCase(), 'x'.repeat(5000), 'ÿ'];
  for (const key of wrong) {
    const refused = await api.call('GET', '/v1/plugins', { key });
    assert.is(refused.status, 401, key);
    assert.is(refused.json.error, 'UNAUTHORIZED');
    assert.is(refused.headers.get('WWW-Authenticate'), 'Bearer');
  }
  for (const Authorization of ['Bearer', 'Bearer ', `Basic ${ADMIN}`, `Bearer ${ADMIN} x`, ADMIN]) {
    assert.is((await api.call('GET', '/v1/plugins', { key: null, headers: { Authorization } })).status, 401);
  }
});

test('tenants are listed in pages for an admin, and a tenant sees its own', async () => {
  const api = await startApi();
  const key = await addTenant(api, 'shop3');
  for (const id of ['shop1', 'shop2']) await addTenant(api, id);
  const first = (await api.call('GET', '/v1/tenants?limit=2')).json;
  const second = (await api.call('GET', `/v1/tenants?limit=2&cursor=${first.next_cursor}`)).json;
  const ids = [...first.tenants, ...second.tenants].map((one) => one.tenant_id);
  assert.equal([ids, second.next_cursor], [['shop1', 'shop2', 'shop3'], null]);
  const own = (await api.call('GET', '/v1/tenants', { key })).json;
  const { usage: _usage, ...shop3 } = (await api.call('GET', '/v1/tenants/shop3')).json;
  assert.equal(own, { tenants: [shop3], next_cursor: null });
  assert.is((await api.call('GET', '/v1/tenants?cursor=1', { key })).status, 422);
  assert.is((await api.call('GET', '/v1/tenants?limit=0')).status, 422);
});

test.run();
