/** Uploads, and the files in the folders of vendors. */
import { configOf } from '../../../api/testing/harness.ts';
import { Conversation } from '../conversation.ts';

const SHOP = '/v1/tenants/shop';

export async function onUploads(): Promise<string[]> {
  const talk = await Conversation.start({
    quotas: { storedBytes: 1000, files: 99, waitingUploads: 30, configVersions: 9, keys: 9, feedLinks: 9 },
  });
  const { api } = talk;
  await api.call('POST', '/v1/tenants', { body: configOf('shop') });
  const send = (body: unknown) => talk.ask('POST', `${SHOP}/uploads`, { body });
  for (const filename of [
    'a.csv',
    ' a.csv',
    'a.csv ',
    '.a',
    'a.',
    'a/b.csv',
    'a\\b',
    '',
    ' ',
    'a\u0000b',
    'a\u200bb',
    'a\u2028b',
    'a|b.csv',
    'a?b',
    'con',
    'CON.csv',
    'console.csv',
    'lpt1.txt',
    'lpt0',
    'com\u00b9.csv',
    'xcon',
    'e\u0301.csv',
    '\u00e9.csv',
    `${'x'.repeat(200)}`,
    `${'x'.repeat(201)}`,
    `${'\u00e9'.repeat(100)}`,
    `${'\u00e9'.repeat(101)}`,
    'x'.repeat(1001),
    'readme.md',
    'feed.csv.tmp',
    'feed.csv.sha256',
    '~$a.xlsx',
    'thumbs.db',
  ])
    await send({ vendor_id: 'acme', filename });
  for (const body of [
    {},
    { filename: 'a.csv' },
    { vendor_id: 'acme' },
    { vendor_id: 'acmee', filename: 'a.csv' },
    { vendor_id: '-', filename: 'a.csv' },
    { vendor_id: 'bolt', filename: 'a.csv', purpose: 'feed' },
    { purpose: 'side_file', filename: 'map.csv' },
    { purpose: 'side_file', filename: 'readme.md' },
    { purpose: 'side_file', filename: 'map.csv', vendor_id: 'acme' },
    { purpose: 'side_file' },
    { purpose: 'other', filename: 'a.csv' },
    { vendor_id: 'acme', filename: 'a.csv', run_id: 'r1' },
    { purpose: 'side_file', filename: 'a.csv', run_id: 'r1' },
    { purpose: 'patch' },
    { purpose: 'patch', vendor_id: 'acme' },
    { purpose: 'patch', run_id: 'r1' },
    { purpose: 'patch', vendor_id: 'acme', run_id: 'r1', filename: 'a.csv' },
    { purpose: 'patch', vendor_id: 'zzz', run_id: 'r1' },
    { purpose: 'patch', vendor_id: 'acme', run_id: 'r1' },
    { vendor_id: 'acme', filename: 'a.csv', size: 1 },
    [],
  ])
    await send(body);
  talk.note(
    'waiting',
    (await api.usage.listUploads('shop')).map(({ key, expiresAt, openedAt }) => [key, expiresAt - openedAt]),
  );
  api.artifacts.origin = '';
  await send({ vendor_id: 'acme', filename: 'z.csv' });
  api.usage.bytes.set('shop', 1000);
  await send({ vendor_id: 'acme', filename: 'y.csv' });
  await talk.ask('POST', '/v1/tenants/nobody/uploads', { body: { vendor_id: 'acme', filename: 'y.csv' } });
  return talk.lines;
}

/** Corrected rows, for runs that refused some. */
export async function onPatches(): Promise<string[]> {
  const talk = await Conversation.start();
  const { api } = talk;
  for (const tenant of ['shop', 'other']) {
    await api.call('POST', '/v1/tenants', { body: configOf(tenant) });
    talk.name(tenant, (await api.call('POST', `/v1/tenants/${tenant}/keys`)).json.key);
  }
  const add = async (runId: string, acme: object | null, changes: object = {}) => {
    await api.runs.create({ runId, tenantId: 'shop', configVersion: 1, vendors: [], force: false, now: 1 });
    const artifacts = { reject_rows_acme: `${runId}/rejects` };
    Object.assign(api.runs.records.get(runId) as object, { status: 'SUCCEEDED', artifacts, ...changes });
    const manifest = { vendors: acme === null ? {} : { acme } };
    api.artifacts.put(`${runId}/tenants/shop/reports/input_manifest.json`, JSON.stringify(manifest));
  };
  const send = (run_id: string, more: object = {}, as = 'shop') =>
    talk.ask('POST', `${SHOP}/uploads`, { body: { purpose: 'patch', vendor_id: 'acme', run_id, ...more }, as });
  await add('r1', { sha256: 'aaa' });
  await send('r1');
  await send('r1', { vendor_id: 'bolt' });
  await send('r1', {}, 'admin');
  await send('none');
  await talk.ask('POST', '/v1/tenants/other/uploads', { body: { purpose: 'patch', vendor_id: 'acme', run_id: 'r1' } });
  await add('r2', { sha256: 'aaa' });
  await send('r1');
  const copies = { patched_size: 1, run_copy_key: 'x', patched_copy_key: 'y' };
  await add('r3', { sha256: 'bbb', patches: [{ of_sha256: 'aaa', patched_sha256: 'bbb', ...copies }] });
  await send('r1');
  await add('r4', { sha256: 'ccc', carried_over: { sha256: 'aaa', files: [] } });
  await send('r1');
  await add('r5', null);
  await add('r6', { files: [{ sha256: 'ddd', run_copy_key: 'x' }] });
  await add('r7', { sha256: null });
  await add('r8', { sha256: 'fff' }, { status: 'FAILED' });
  await send('r1');
  await send('r5');
  await send('r6');
  await send('r7');
  await send('r8');
  await add('r9', { sha256: 'eee' });
  await send('r1');
  await send('r9');
  await add('r10', { sha256: 'eee' }, { artifacts: {} });
  await send('r10');
  await send('r9');
  talk.note(
    'waiting',
    (await api.usage.listUploads('shop')).map(({ key }) => key),
  );
  return talk.lines;
}

/** Upload addresses that wait, and those that were used. */
export async function onWaitingUploads(): Promise<string[]> {
  const talk = await Conversation.start({
    quotas: { storedBytes: 1e6, files: 99, waitingUploads: 2, configVersions: 9, keys: 9, feedLinks: 9 },
    uploadSeconds: 100,
  });
  const { api } = talk;
  await api.call('POST', '/v1/tenants', { body: configOf('shop') });
  const send = async (filename: string) =>
    (await talk.ask('POST', `${SHOP}/uploads`, { body: { vendor_id: 'acme', filename } })).json.key;
  const arrive = (key: string, text: string) => api.artifacts.put(key, text);
  const first = await send('1.csv');
  api.time.now += 10_000;
  const second = await send('2.csv');
  await send('3.csv');
  api.time.now += 1500;
  arrive(first, 'x'.repeat(10));
  await send('3.csv');
  api.time.now += 3499;
  await send('3.csv');
  api.time.now += 1;
  await send('3.csv');
  talk.note('stored', (await api.usage.storedBytes('shop')).bytes);
  await talk.ask('GET', SHOP);
  await send('3.csv');
  api.time.now += 5000;
  arrive(`${second}x`, 'another');
  await send('4.csv');
  api.time.now += 81_000;
  await send('4.csv');
  arrive(second, 'late');
  api.time.now += 20_000;
  await send('5.csv');
  await talk.ask('GET', SHOP);
  arrive('tenants/shop/inbound/acme/7.csv', 'here before');
  api.time.now += 200_000;
  const again = await send('7.csv');
  await send('8.csv');
  arrive(again, 'here before and longer');
  await send('9.csv');
  talk.note('stored', (await api.usage.storedBytes('shop')).bytes);
  // one address has expired, and two wait
  api.time.now += 300_000;
  await send('10.csv');
  api.time.now += 60_000;
  await send('11.csv');
  api.time.now += 50_000;
  await send('12.csv');
  await send('13.csv');
  // more than are looked up together
  api.deps.settings.quotas.waitingUploads = 19;
  const keys: string[] = [];
  for (let i = 14; i < 31; i++) keys.push(await send(`${i}.csv`));
  await send('31.csv');
  for (const i of [0, 1, 16]) arrive(keys[i] as string, String(i));
  api.time.now += 5000;
  await send('31.csv');
  talk.note('left', (await api.usage.listUploads('shop')).length);
  return talk.lines;
}

export async function onInboundFiles(): Promise<string[]> {
  const talk = await Conversation.start();
  const { api } = talk;
  const config = configOf('shop', { parser: { format: 'csv', options: { files: { match: 'stock-*.csv' } } } });
  await api.call('POST', '/v1/tenants', { body: config });
  await api.call('POST', '/v1/tenants', { body: configOf('other') });
  talk.name('shop', (await api.call('POST', `${SHOP}/keys`)).json.key);
  const names = [
    'stock-1.csv',
    'stock-2.csv',
    'Stock-3.csv',
    'other.csv',
    'sub/stock-4.csv',
    '.hidden',
    'stock-5.csv.tmp',
    'readme.txt',
    'stock-6.csv/',
  ];
  for (const name of names) api.artifacts.put(`tenants/shop/inbound/acme/${name}`, 'x'.repeat(name.length));
  for (const name of ['a.csv', 'b/c.csv', '_SUCCESS']) api.artifacts.put(`tenants/shop/in/bolt/${name}`, 'sku\n');
  for (const name of ['a.csv', 'b/c.csv', 'feed.xlsx', 'feed.md5'])
    api.artifacts.put(`tenants/other/inbound/acme/${name}`, 'sku\n');
  const files = (vendor: string, tenant = 'shop') => `/v1/tenants/${tenant}/vendors/${vendor}/files`;
  for (const path of [
    files('acme'),
    `${files('acme')}?limit=2`,
    `${files('acme')}?limit=2&cursor=2`,
    `${files('acme')}?limit=20&cursor=8`,
    `${files('acme')}?cursor=x`,
    `${files('acme')}?limit=0`,
    files('bolt'),
    files('zzz'),
    files('-'),
    files('acme', 'nobody'),
    `${files('acme', 'other')}?limit=9`,
  ])
    await talk.ask('GET', path);
  await talk.ask('GET', files('acme', 'other'), { as: 'shop' });
  for (const [path, name] of [
    [files('acme'), 'stock-1.csv'],
    [files('acme'), 'stock-1.csv'],
    [files('acme'), 'sub/stock-4.csv'],
    [files('acme'), '../acme/stock-2.csv'],
    [files('acme'), ''],
    [files('bolt'), 'a.csv'],
    [files('zzz'), 'a.csv'],
    [files('acme', 'nobody'), 'a.csv'],
    [files('acme'), 'x'.repeat(1100)],
  ] as const)
    await talk.ask('DELETE', `${path}?name=${encodeURIComponent(name)}`);
  await talk.ask('DELETE', files('acme'));
  await talk.ask('DELETE', `${files('acme')}?name=stock-2.csv&all=1`);
  talk.note(
    'left',
    [...api.artifacts.objects.keys()].filter((key) => key.includes('/in')),
  );
  talk.note('stored', (await api.usage.storedBytes('shop')).bytes);
  return talk.lines;
}
