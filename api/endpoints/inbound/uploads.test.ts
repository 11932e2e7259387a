/** Upload addresses: they reach the vendor's prefix and nothing else. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { keyProblem } from '../../../stores/object-key.ts';
import { filenameProblem } from '../../http/filename.ts';
import { anyText } from '../../testing/any-text.ts';
import { addRun, addTenant, configOf, startApi } from '../../testing/harness.ts';

const UPLOADS = '/v1/tenants/shop/uploads';

test('a feed is stored below the vendor’s prefix: the configured one, else the default', async () => {
  const api = await startApi();
  const key = await addTenant(api, 'shop');
  const usual = await api.call('POST', UPLOADS, { key, body: { vendor_id: 'acme', filename: 'feed.csv' } });
  assert.is(usual.status, 201);
  assert.equal(usual.json, {
    url: 'https://objects.example/objects/tenants/shop/inbound/acme/feed.csv?put=14400',
    method: 'PUT',
    headers: { 'x-signed': 'yes' },
    key: 'tenants/shop/inbound/acme/feed.csv',
    expires_at: '2026-11-01T10:00:00.000Z',
  });
  const own = await api.call('POST', UPLOADS, { body: { vendor_id: 'bolt', filename: 'Mai 2026 50% & 1+2.csv' } });
  assert.is(own.json.key, 'tenants/shop/in/bolt/Mai 2026 50% & 1+2.csv');
});

test('a side file is stored below the tenant’s side file prefix, where its config may name it', async () => {
  const api = await startApi();
  const key = await addTenant(api, 'shop');
  const { status, json } = await api.call('POST', UPLOADS, {
    key,
    body: { purpose: 'side_file', filename: 'skus.csv' },
  });
  assert.is(status, 201);
  assert.is(json.key, 'tenants/shop/side_files/skus.csv');
  const config = configOf('shop', { sku_map: { type: 's3', s3_key: json.key } });
  assert.is((await api.call('PUT', '/v1/tenants/shop/config', { key, body: config })).status, 200);
});

test('a patch gets its own key for the file whose rows a run refused; without refused rows it is not accepted', async () => {
  const api = await startApi();
  const key = await addTenant(api, 'shop');
  const runId = await addRun(api, 'shop');
  const body = { purpose: 'patch', vendor_id: 'acme', run_id: runId };
  assert.is((await api.call('POST', UPLOADS, { key, body })).json.error, 'NOTHING_TO_PATCH');
  const prefix = `${runId}/tenants/shop/`;
  const vendors = { acme: { sha256: 'f'.repeat(64) } };
  api.artifacts.put(`${prefix}reports/input_manifest.json`, JSON.stringify({ run_id: runId, vendors }));
  assert.is((await api.call('POST', UPLOADS, { key, body })).status, 409);
  const rows = `${prefix}reports/rejects/acme.rows.csv`;
  (await api.runs.get(runId))!.artifacts.reject_rows_acme = rows;
  const answers = [1, 2].map(() => api.call('POST', UPLOADS, { key, body }));
  const keys = (await Promise.all(answers)).map(({ json }) => json.key as string);
  for (const one of keys) {
    assert.match(one, new RegExp(`^tenants/shop/patches/acme/f{64}/${runId}/[0-9a-f-]{36}\\.csv$`));
  }
  assert.is(new Set(keys).size, 2);
  const later = async (id: string, status: 'SUCCEEDED' | 'FAILED', vendor: object | null) => {
    await api.runs.create({
      runId: id,
      tenantId: 'shop',
      configVersion: 1,
      vendors: [],
      force: false,
      now: Date.now() + 9e6,
    });
    Object.assign(api.runs.records.get(id)!, { status });
    const manifest = { run_id: id, vendors: vendor === null ? {} : { acme: vendor } };
    api.artifacts.put(`${id}/tenants/shop/reports/input_manifest.json`, JSON.stringify(manifest));
    return (await api.call('POST', UPLOADS, { key, body })).json;
  };
  const [old, newer] = ['f', 'e'].map((sign) => sign.repeat(64));
  Object.assign(api.runs.records.get(runId)!, { status: 'SUCCEEDED' });
  assert.ok((await later('later-1', 'FAILED', { sha256: newer })).url, 'a run that failed took nothing');
  assert.ok((await later('later-2', 'SUCCEEDED', null)).url, 'nor did one over other vendors');
  const copies = { patched_size: 1, run_copy_key: 'x', patched_copy_key: 'y' };
  const patched = { sha256: old, patches: [{ of_sha256: old, patched_sha256: 'd'.repeat(64), ...copies }] };
  assert.ok((await later('later-3', 'SUCCEEDED', patched)).url, 'a second patch replaces the first');
  assert.ok(
    (await later('later-several', 'SUCCEEDED', { sha256: newer, files: [] })).url,
    'several files are not patched',
  );
  assert.ok((await later('later-4', 'SUCCEEDED', { sha256: newer, carried_over: { sha256: old, files: [] } })).url);
  const refused = await later('later-5', 'SUCCEEDED', { sha256: newer });
  assert.is(refused.error, 'PATCH_MISMATCH');
  assert.match(
    refused.message,
    `run later-5 read a newer file of acme, so no run would take rows of the file of run ${runId}`,
  );
  const wrong: [object, string, string][] = [
    [{ run_id: undefined }, 'run_id', 'required'],
    [{ vendor_id: undefined }, 'vendor_id', 'required'],
    [{ filename: 'a.csv' }, 'filename', 'unexpected'],
    [{ purpose: 'feed', filename: 'a.csv' }, 'run_id', 'unexpected'],
    [{ purpose: 'feed', run_id: undefined }, 'filename', 'required'],
  ];
  for (const [changes, path, code] of wrong) {
    const { status, json } = await api.call('POST', UPLOADS, { key, body: { ...body, ...changes } });
    assert.is(status, 422);
    assert.equal([json.issues[0].path, json.issues[0].code], [path, code]);
  }
  const other = await addTenant(api, 'other');
  const stolen = await api.call('POST', '/v1/tenants/other/uploads', { key: other, body });
  assert.is(stolen.status, 404);
});

test('a feed needs a vendor; a side file must not name one', async () => {
  const api = await startApi();
  await addTenant(api, 'shop');
  const cases: [object, string, string][] = [
    [{ filename: 'a.csv' }, 'vendor_id', 'required'],
    [{ vendor_id: 'acme' }, 'filename', 'required'],
    [{ purpose: 'feed', filename: 'a.csv' }, 'vendor_id', 'required'],
    [{ purpose: 'side_file', vendor_id: 'acme', filename: 'a.csv' }, 'vendor_id', 'unexpected'],
    [{ purpose: 'side_file', filename: '../a.csv' }, 'filename', 'invalid_filename'],
    [{ vendor_id: 'acme', filename: 'stock.pdf' }, 'filename', 'invalid_filename'],
    [{ vendor_id: 'acme', filename: 'nul.csv' }, 'filename', 'invalid_filename'],
    [{ vendor_id: 'acme', filename: 'COM1' }, 'filename', 'invalid_filename'],
    [{ purpose: 'map', filename: 'a.csv' }, 'purpose', 'invalid_value'],
  ];
  for (const [body, path, code] of cases) {
    const { status, json } = await api.call('POST', UPLOADS, { body });
    assert.is(status, 422, JSON.stringify(body));
    assert.equal([json.error, json.issues[0].path, json.issues[0].code], ['INVALID_REQUEST', path, code]);
    assert.match(json.message, path);
  }
});

test('addresses start with PUBLIC_URL, else with the origin of the request', async () => {
  for (const [publicUrl, begins] of [
    [null, 'http://relay.test/objects/'],
    ['https://relay.example/base/', 'https://relay.example/base/objects/'],
  ] as const) {
    const api = await startApi({}, { publicUrl });
    api.artifacts.origin = '';
    await addTenant(api, 'shop');
    const { json } = await api.call('POST', UPLOADS, { body: { vendor_id: 'acme', filename: 'a.csv' } });
    assert.ok(json.url.startsWith(begins), json.url);
  }
});

test('malformed names and unknown vendors are 422', async () => {
  const api = await startApi();
  await addTenant(api, 'shop');
  const bad = [
    '',
    ' ',
    '.',
    '..',
    '../a.csv',
    'a/b.csv',
    '/a',
    'a\\b',
    '..\\a',
    '.hidden',
    'a\u0000.csv',
    'a\n',
    'x.',
    'a\u202eb',
  ];
  for (const filename of [
    ...bad.filter((name) => name !== 'a\n'),
    'a\nb',
    'x'.repeat(201),
    ' a.csv',
    'a.csv ',
    'a\u0301.csv',
    'a:b.csv',
    'a?.csv',
    'stock.csv.part',
    'stock.csv~',
    '~$stock.xlsx',
    'Thumbs.db',
    'stock.csv.sha256',
    '\ud800',
    'ü'.repeat(101),
  ]) {
    const refused = await api.call('POST', UPLOADS, { body: { vendor_id: 'acme', filename } });
    assert.is(refused.status, 422, JSON.stringify(filename));
    assert.is(refused.json.error, 'INVALID_REQUEST');
    assert.equal(
      refused.json.issues.map((one: { path: string; code: string }) => [one.path, one.code]),
      [['filename', 'invalid_filename']],
    );
  }
  const unknown = await api.call('POST', UPLOADS, { body: { vendor_id: 'acmee', filename: 'a.csv' } });
  assert.is(unknown.status, 422);
  assert.is(unknown.json.error, 'UNKNOWN_VENDOR');
  assert.equal(unknown.json.issues[0].path, 'vendor_id');
  for (const body of [
    {},
    { vendor_id: 'acme' },
    { filename: 'a' },
    { vendor_id: 1, filename: 'a' },
    { vendor_id: 'acme', filename: 'a', x: 1 },
  ]) {
    assert.is((await api.call('POST', UPLOADS, { body })).json.error, 'INVALID_REQUEST');
  }
});

test('property: an accepted file name can be stored and stays a single name', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), anyText(300)), (given) => {
      if (filenameProblem(given) !== null) return;
      assert.is(keyProblem(`tenants/shop/inbound/acme/${given}`), null);
      assert.not(given.includes('/'));
      assert.is(given, given.trim().normalize('NFC'));
    }),
    { numRuns: 2000 },
  );
});

test.run();
