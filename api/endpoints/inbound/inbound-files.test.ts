/** The list of a vendor's files: which one a run would read, and why not the others. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addTenant, configOf, startApi } from '../../testing/harness.ts';

const PREFIX = 'tenants/shop/inbound/acme/';
const PATH = '/v1/tenants/shop/vendors/acme/files';

interface Listed {
  name: string;
  is_feed: boolean;
  reason: string | null;
}

async function withFiles(names: readonly string[], vendor: Record<string, unknown> = {}) {
  const api = await startApi();
  const key = await addTenant(api, 'shop');
  await api.call('PUT', '/v1/tenants/shop/config', { body: configOf('shop', vendor) });
  for (const name of names) api.artifacts.put(`${PREFIX}${name}`, 'sku\n1\n');
  return { api, key };
}

test('files are listed with size, time, and why some are not feeds', async () => {
  const { api, key } = await withFiles([
    'a.csv',
    'a.csv.part',
    'sub/b.csv',
    'old/',
    '__MACOSX/a.csv',
    'a\\b.csv',
    'x.md5',
  ]);
  api.artifacts.put('tenants/shop/inbound/acme2/a.csv', 'x');
  const { json, status } = await api.call('GET', PATH, { key });
  assert.is(status, 200);
  assert.is(json.next_cursor, null);
  const reasons = Object.fromEntries(json.files.map(({ name, reason }: Listed) => [name, reason]));
  assert.equal(reasons, {
    '__MACOSX/a.csv': 'in a system folder',
    'a.csv': null,
    'a.csv.part': 'still in transfer',
    'a\\b.csv': 'a key that cannot be read: upload it again without backslashes, double slashes or dot folders',
    'old/': 'a folder',
    'sub/b.csv': null,
    'x.md5': 'a digest or signature',
  });
  assert.ok(json.files.every(({ is_feed, reason }: Listed) => is_feed === (reason === null)));
  assert.equal(json.files[1], {
    name: 'a.csv',
    key: `${PREFIX}a.csv`,
    size: 6,
    modified_at: '1970-01-01T00:00:00.000Z',
    is_feed: true,
    reason: null,
  });
});

test('with `files.match` only matching files are feeds', async () => {
  const parser = { format: 'csv', options: { files: { match: 'stock*.bak' } } };
  const { api } = await withFiles(['stock1.bak', 'stock.csv', 'sub/stock2.bak'], { parser });
  const { files } = (await api.call('GET', PATH)).json;
  assert.equal(
    files.map(({ name, reason }: Listed) => [name, reason]),
    [
      ['stock.csv', 'does not match files.match, "stock*.bak"'],
      ['stock1.bak', null],
      ['sub/stock2.bak', 'in a folder: files.match names files directly in the vendor’s folder'],
    ],
  );
});

test('the options of a parser are read by a process of its own if they are long', async () => {
  const parser = { format: 'csv', options: { files: { match: 'stock*.bak' } } };
  const { api } = await withFiles(['stock1.bak', 'stock.csv'], { parser });
  const asked: string[] = [];
  const configJobs = async ({ type, text }: { type: string; text: string }) => {
    asked.push(type, text);
    return 'stock1*.bak';
  };
  Object.assign(api.deps, { configJobs });
  const { config } = (await api.tenants.getConfig('shop'))!;
  const text = JSON.stringify((config as { vendors: unknown[] }).vendors[0]);
  for (const [chars, expected] of [
    [text.length, []],
    [text.length - 1, ['match', text]],
  ] as const) {
    Object.assign(api.deps.settings, { configCharsHere: chars });
    const { files } = (await api.call('GET', PATH)).json;
    assert.equal(
      files.map((one: Listed) => one.reason),
      [`does not match files.match, "${chars < text.length ? 'stock1*.bak' : 'stock*.bak'}"`, null],
    );
    assert.equal(asked, expected);
  }
});

test('the folder of the config is listed, in pages', async () => {
  const { api } = await withFiles([]);
  for (let i = 0; i < 7; i++) api.artifacts.put(`tenants/shop/in/bolt/${i}.csv`, 'x');
  const names: string[] = [];
  let cursor = '';
  do {
    const { json } = await api.call('GET', `/v1/tenants/shop/vendors/bolt/files?limit=3${cursor}`);
    names.push(...json.files.map(({ name }: Listed) => name));
    assert.ok(json.files.length <= 3);
    cursor = json.next_cursor === null ? '' : `&cursor=${json.next_cursor}`;
  } while (cursor !== '');
  assert.equal(names, ['0.csv', '1.csv', '2.csv', '3.csv', '4.csv', '5.csv', '6.csv']);
  assert.is((await api.call('GET', `${PATH}?cursor=nonsense`)).status, 422);
});

test('a file is removed by name, once, and frees its bytes; nothing else of the tenant can be removed', async () => {
  const { api, key } = await withFiles(['a.csv', 'sub/b.csv'], { inbound: { type: 's3', s3_prefix: 'tenants/shop/' } });
  api.artifacts.put('tenants/shop/current.json', '{}');
  api.artifacts.put('tenants/shop/publications/1.json', '{}');
  api.artifacts.put('tenants/shop/decisions.csv', 'sku');
  await api.usage.addStored('shop', 100);
  const remove = async (name: string, vendor = 'acme') => {
    const path = `/v1/tenants/shop/vendors/${vendor}/files?name=${encodeURIComponent(name)}`;
    return (await api.call('DELETE', path, { key })).status;
  };
  assert.is(await remove('inbound/acme/sub/b.csv'), 204);
  assert.is((await api.usage.storedBytes('shop')).bytes, 94);
  assert.is(await remove('inbound/acme/sub/b.csv'), 404);
  for (const name of ['current.json', 'publications/1.json', 'decisions.csv', '../other/a.csv', 'nothing.csv'])
    assert.is(await remove(name), 404, name);
  assert.is(await remove('a.csv', 'nobody'), 404);
  assert.is(await remove(''), 422);
  assert.is((await api.usage.storedBytes('shop')).bytes, 94);
  assert.ok(api.artifacts.objects.has('tenants/shop/current.json'));
  assert.ok(api.artifacts.objects.has(`${PREFIX}a.csv`));
});

test('a file outside the tenant’s own prefix is not removed', async () => {
  const { api } = await withFiles([], { inbound: { type: 's3', s3_prefix: 'legacy/feeds/' } });
  api.artifacts.put('legacy/feeds/a.csv', 'x');
  assert.is((await api.call('DELETE', `${PATH}?name=a.csv`)).status, 404);
  assert.ok(api.artifacts.objects.has('legacy/feeds/a.csv'));
});

test('an unknown vendor is 404', async () => {
  const { api } = await withFiles([]);
  for (const vendor of ['nobody', '%00', '..%2f', 'constructor']) {
    assert.is((await api.call('GET', `/v1/tenants/shop/vendors/${vendor}/files`)).status, 404, vendor);
  }
});

test('one list of a tenant is made after the other, and few wait', async () => {
  const api = await startApi(
    { questionsWaiting: 2 },
    { ask: async () => Promise.reject(new Error('nothing is asked')) },
  );
  const keys = [await addTenant(api, 'shop'), await addTenant(api, 'other')];
  const { artifacts } = api;
  const list = artifacts.list.bind(artifacts);
  let go = () => {};
  // until one is refused
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  let [most, now] = [0, 0];
  artifacts.list = async (prefix, cursor, limit) => {
    if (prefix === PREFIX) most = Math.max(most, ++now);
    await gate;
    const page = await list(prefix, cursor, limit);
    if (prefix === PREFIX) now--;
    return page;
  };
  const asked = [0, 0, 0, 0, 1].map(async (i) => {
    const path = `/v1/tenants/${i === 0 ? 'shop' : 'other'}/vendors/acme/files`;
    const { status, json } = await api.call('GET', path, { key: keys[i]! });
    if (status === 429) go();
    return json.error ?? status;
  });
  // keys are looked up side by side: any of the four may come last
  const [other, ...own] = (await Promise.all(asked)).reverse();
  assert.equal([own.sort(), other, most], [[200, 200, 200, 'TOO_MANY_QUESTIONS'], 200, 1]);
});

test.run();
