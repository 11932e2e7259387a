/** How clients get what runs published. */
import type { Conversation } from '../conversation.ts';
import { publishedShop, SHOP, withRunners } from '../shop-talks.ts';

const CONDITIONS: Array<Record<string, string>> = [
  {},
  { 'If-None-Match': '*' },
  { 'If-None-Match': '"other"' },
  { Range: 'bytes=0-9' },
  { Range: 'bytes=-4' },
  { Range: 'bytes=5-' },
  { Range: 'bytes=0-99999' },
  { Range: 'bytes=99999-' },
  { Range: 'bytes=-0' },
  { Range: 'bytes=4-2' },
  { Range: 'rows=1-2' },
  { Range: 'bytes=0-3', 'If-Range': '"other"' },
  { Range: 'bytes=0-3', 'If-None-Match': '*' },
  { Range: 'bytes=0-3', 'Accept-Encoding': 'gzip' },
];

async function readAll(talk: Conversation): Promise<void> {
  const files = [
    `${SHOP}/feed`,
    `${SHOP}/feed?export=lines`,
    `${SHOP}/feed?export=changes`,
    `${SHOP}/publications/2/delta`,
  ];
  for (const path of files) {
    for (const headers of CONDITIONS) await talk.ask('GET', path, { as: 'shop', headers });
    const etag = (await talk.ask('HEAD', path, { as: 'shop' })).headers.get('ETag') ?? '';
    for (const headers of [
      { 'If-None-Match': etag },
      { 'If-None-Match': `W/${etag}` },
      { 'If-None-Match': etag.replace(/"$/, '-gzip"') },
      { Range: 'bytes=0-3', 'If-Range': etag },
    ])
      await talk.ask('GET', path, { as: 'shop', headers });
  }
  for (const path of [
    `${SHOP}/feed?export=csv`,
    `${SHOP}/feed?export=line`,
    `${SHOP}/feed?export=`,
    `${SHOP}/feed?export=..`,
    `${SHOP}/feed?exports=lines`,
    '/v1/tenants/other/feed',
    '/v1/tenants/other/feed?export=lines',
    '/v1/tenants/nobody/feed',
    `${SHOP}/publications/1/delta`,
    `${SHOP}/publications/3/delta`,
    `${SHOP}/publications/4/delta`,
    `${SHOP}/publications/0/delta`,
    `${SHOP}/publications/x/delta`,
  ])
    await talk.ask('GET', path);
  await talk.ask('GET', `${SHOP}/feed`, { as: 'other' });
}

/** With runners, which make the files that no run has written. */
export async function onFeeds(): Promise<string[]> {
  const talk = await withRunners();
  await readAll(talk);
  talk.note(
    'made',
    [...talk.api.artifacts.objects.keys()].filter((key) => key.includes('/made/')),
  );
  talk.note('stored', (await talk.api.usage.storedBytes('shop')).bytes);
  return talk.lines;
}

/** Without runners, as on an edge runtime. */
export async function onEdgeFeeds(): Promise<string[]> {
  const talk = await publishedShop({ createHasher: null });
  await readAll(talk);
  for (const path of [
    '/v1/runs/r1/explain/A',
    '/v1/runs/r1/explain?list=tied',
    `${SHOP}/skus/A/history`,
    '/v1/runs/r1/diff/r2',
    '/v1/runs/r1/diff/r2?attribute=true',
    `${SHOP}/holds`,
    '/v1/runs/r1/errors?vendor_id=b',
  ])
    await talk.ask('GET', path, { as: 'shop' });
  // a config that this release does not take any more
  const [stored] = talk.api.tenants.configs.get('shop') ?? [];
  Object.assign(stored?.config as object, { timezone: 'Nowhere/At All' });
  await talk.ask('GET', `${SHOP}/feed?export=changes`, { as: 'shop' });
  await talk.ask('GET', `${SHOP}/publications/2/delta`, { as: 'shop' });
  return talk.lines;
}

export async function onQuestions(): Promise<string[]> {
  const talk = await withRunners();
  const runs = (path: string, as = 'shop') => talk.ask('GET', `/v1/runs/${path}`, { as });
  for (const sku of ['A', 'B%2C1', 'D', 'X', 'N', 'none', '%00', `${'x'.repeat(999)}`]) {
    for (const id of ['r1', 'r3', 'r4']) await runs(`${id}/explain/${sku}`);
    await talk.ask('GET', `${SHOP}/skus/${sku}/history`, { as: 'shop' });
  }
  for (const query of ['?limit=1', '?limit=2', '?limit=0', '?cursor=1', '?cursor=1&limit=1', '?cursor=x', '?sku=A'])
    await talk.ask('GET', `${SHOP}/skus/A/history${query}`, { as: 'shop' });
  for (const query of [
    '',
    '?list=tied',
    '?list=lost',
    '?list=lost&vendor_id=a',
    '?list=lost&vendor_id=zz',
    '?list=single_vendor&limit=1',
    '?list=single_vendor&limit=1&cursor=B%2C1',
    '?list=single_vendor&cursor=%25',
    '?list=at_floor',
    '?list=nothing',
    '?list=unused_map_entries&vendor_id=a',
  ])
    await runs(`r1/explain${query}`);
  for (const path of [
    'r1/diff/r2',
    'r2/diff/r1',
    'r1/diff/r1',
    'r2/diff/r3',
    'r3/diff/r4',
    'r1/diff/none',
    'none/diff/r1',
    '-/diff/r1',
  ])
    await runs(path);
  for (const query of [
    'attribute=true',
    'attribute=false',
    'attribute=yes',
    'cause=feed',
    'cause=feed,config',
    'cause=nothing',
    'attribute=true&limit=1',
    'attribute=true&limit=0',
    'limit=5',
  ])
    await runs(`r1/diff/r2?${query}`);
  for (const path of ['r1', 'r3', 'r4', 'r1/artifacts', 'r4/artifacts', 'r1/errors', 'r1/errors?vendor_id=b'])
    await runs(path);
  for (const path of ['r1/explain/A', 'r1/explain?list=tied', 'r1/diff/r2']) await runs(path, 'other');
  const { artifacts, runs: records } = talk.api;
  const gone = 'r2/tenants/shop/outputs/merged_inventory.csv';
  artifacts.objects.delete(gone);
  artifacts.objects.delete('r1/tenants/shop/reports/input_manifest.json');
  for (const path of ['r1/diff/r2', 'r2/diff/r3', 'r1/explain/A', 'r1/explain?list=tied', 'r1/diff/r3?attribute=true'])
    await runs(path);
  await records.create({ runId: 'bare', tenantId: 'shop', configVersion: 1, vendors: [], force: false, now: 1 });
  await runs('bare/diff/r3');
  await runs('r3/diff/bare');
  Object.assign(records.records.get('bare') as object, {
    status: 'FAILED',
    tenantId: 'other',
    artifacts: { merged_inventory: 'r3/tenants/shop/outputs/merged_inventory.csv' },
  });
  for (const query of ['', '?attribute=true']) await talk.ask('GET', `/v1/runs/bare/diff/r3${query}`);
  for (const query of ['', '?attribute=true']) await talk.ask('GET', `/v1/runs/r3/diff/bare${query}`);
  return talk.lines;
}

/** A feed that is there under another ETag, with the same bytes or with others, or not at all. */
export async function onRestoredFeeds(): Promise<string[]> {
  const talk = await withRunners();
  const { artifacts } = talk.api;
  const paths = [
    `${SHOP}/feed`,
    `${SHOP}/feed?export=lines`,
    `${SHOP}/publications/3/delta`,
    `${SHOP}/publications/1/delta`,
  ];
  for (const runId of ['r3', 'r2']) {
    const key = `${runId}/tenants/shop/outputs/merged_inventory.csv`;
    const bytes = artifacts.objects.get(key) as Uint8Array;
    artifacts.objects.set(key, bytes.slice());
    await talk.askAll('GET', paths, { as: 'shop' });
    artifacts.objects.set(key, Uint8Array.of(...bytes, 10));
    await talk.askAll('GET', paths, { as: 'shop' });
    for (const made of [...artifacts.objects.keys()]) if (made.includes('/made/')) artifacts.objects.delete(made);
    await talk.askAll('GET', paths, { as: 'shop' });
    artifacts.objects.delete(key);
    await talk.askAll('GET', paths, { as: 'shop' });
    artifacts.objects.set(key, bytes);
  }
  // the run's own files and its record are gone, then the config of what is published
  const exports = [`${SHOP}/feed?export=lines`, `${SHOP}/feed?export=changes`, `${SHOP}/publications/3/delta`];
  artifacts.objects.delete('r3/tenants/shop/reports/input_manifest.json');
  await talk.askAll('GET', exports, { as: 'shop' });
  for (const path of exports) await talk.ask('GET', path, { as: 'shop', headers: { 'If-None-Match': '*' } });
  talk.api.runs.records.delete('r3');
  await talk.askAll('GET', exports, { as: 'shop' });
  talk.api.tenants.configs.set('shop', [{ ...talk.api.tenants.configs.get('shop')![0]!, config: null }]);
  await talk.askAll('GET', exports, { as: 'shop' });
  talk.api.tenants.configs.set('shop', []);
  await talk.askAll('GET', exports, { as: 'shop' });
  return talk.lines;
}

export async function onLinks(): Promise<string[]> {
  const talk = await withRunners();
  const { api } = talk;
  const made = (await api.call('POST', `${SHOP}/feed-links`, { body: { name: 'till' } })).json;
  const path = new URL(made.url).pathname;
  for (const [method, query, headers] of [
    ['GET', '', {}],
    ['HEAD', '', {}],
    ['GET', '?export=lines', {}],
    ['GET', '?export=zzz', {}],
    ['GET', '?export=-', {}],
    ['GET', '', { Range: 'bytes=0-2' }],
    ['POST', '', {}],
  ] as const)
    await talk.ask(method, `${path}${query}`, { as: null, headers });
  await talk.ask('GET', '/v1/feeds/wrong', { as: null });
  await talk.ask('GET', `/v1/feeds/${'x'.repeat(513)}`, { as: null });
  await talk.ask('GET', `${path}x`, { as: null });
  api.artifacts.objects.delete('r3/tenants/shop/outputs/merged_inventory.csv');
  await talk.ask('GET', path, { as: null });
  await talk.ask('DELETE', `${SHOP}/feed-links/${made.link_id}`);
  await talk.ask('GET', path, { as: null });
  await talk.ask('GET', `${SHOP}/feed-links`);
  return talk.lines;
}
