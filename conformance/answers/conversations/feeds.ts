/** What runs published, held and stopped, and how clients get it. */
import type { ApiDeps } from '../../../api/deps.ts';
import type { AskQuestion } from '../../../api/questions/questions.ts';
import { askHere } from '../../../api/testing/ask-here.ts';
import { configOf } from '../../../api/testing/harness.ts';
import { Conversation } from '../conversation.ts';
import { PublishedShop } from '../published-shop.ts';

const SHOP = '/v1/tenants/shop';
const EXPORTS = [
  { use: 'jsonl', name: 'lines' },
  { use: 'csv', name: 'changes', content: 'delta', with: { columns: [{ from: '_change' }, { from: 'sku' }] } },
  { use: 'csv', with: { columns: [{ from: 'sku' }] } },
];

/** Three runs that were published, and one that a guardrail stopped. */
async function publishedShop(changes: Partial<ApiDeps>): Promise<Conversation> {
  const talk = await Conversation.start({}, changes);
  const { api } = talk;
  const output = { columns: ['sku', 'vendor_id', 'quantity_available', 'price'], exports: EXPORTS };
  for (const tenant of ['shop', 'other']) {
    await api.call('POST', '/v1/tenants', { body: { ...configOf(tenant), output, publish: {} } });
    talk.name(tenant, (await api.call('POST', `/v1/tenants/${tenant}/keys`)).json.key);
  }
  const shop = new PublishedShop(api);
  const held = { publish: { holds: { price_rise_pct: '0.5', new_sku: 'hold' } }, guardrails: { min_skus: 2 } };
  await shop.run('r1', { a: 'A 1 10; B,1 2 20; C 3 30', b: 'A 5 9; D 1 40; X bad 1' }, { publish: {} });
  await shop.run('r2', { a: 'A 1 11; C 0 30', b: 'A 5 12; D 1 44' }, { publish: {} });
  await shop.run('r3', { a: 'A 2 30; C 4 31; N 1 1; M 1 2', b: 'D 1 99; E 1 5' }, held);
  await shop.run('r4', { a: 'A 2 30', b: '' }, { ...held, guardrails: { min_skus: 9 } });
  return talk;
}

const asksHere = () => {
  const late: { ask: AskQuestion | null } = { ask: null };
  const ask = ((question, signal) => (late.ask as AskQuestion)(question, signal)) as AskQuestion;
  return { late, ask };
};

async function withRunners(): Promise<Conversation> {
  const { late, ask } = asksHere();
  const talk = await publishedShop({ ask });
  late.ask = askHere(talk.api.artifacts);
  return talk;
}

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

/** Publications, going back, and publishing what a guardrail stopped. */
export async function onPublications(): Promise<string[]> {
  const talk = await withRunners();
  const { api } = talk;
  const list = `${SHOP}/publications`;
  for (const query of [
    '',
    '?limit=1',
    '?limit=2',
    '?limit=3',
    '?limit=2&cursor=1',
    '?cursor=3',
    '?cursor=9',
    '?cursor=0',
    '?cursor=x',
    '?limit=0',
  ])
    await talk.ask('GET', `${list}${query}`, { as: 'shop' });
  await talk.ask('GET', '/v1/tenants/other/publications');
  await talk.ask('GET', '/v1/tenants/nobody/publications');
  const back = (body: object, as = 'shop', tenant = 'shop') =>
    talk.ask('POST', `/v1/tenants/${tenant}/rollback`, { body, as });
  const forth = (runId: string, body: object, as = 'shop') =>
    talk.ask('POST', `/v1/runs/${runId}/publish`, { body, as });
  for (const body of [
    {},
    { run_id: 'r1' },
    { reason: 'x' },
    { run_id: 'r1', reason: '' },
    { run_id: '-', reason: 'x' },
    { run_id: 'r1', reason: 'x', more: 1 },
    { run_id: 'none', reason: 'x' },
    { run_id: 'r4', reason: 'x' },
  ])
    await back(body);
  await back({ run_id: 'r1', reason: 'x' }, 'admin', 'other');
  for (const body of [{}, { reason: '' }, { reason: 'x\n' }, { reason: 'x', run_id: 'r4' }]) await forth('r4', body);
  await forth('r1', { reason: 'x' });
  await forth('none', { reason: 'x' });
  await forth('r4', { reason: 'x' }, 'other');
  api.time.now += 1000;
  await forth('r4', { reason: 'it is right' });
  await forth('r4', { reason: 'again' });
  await talk.ask('GET', list);
  await talk.ask('GET', '/v1/runs/r4/explain/A');
  api.time.now += 1000;
  await back({ run_id: 'r1', reason: 'wrong prices' });
  await back({ run_id: 'r4', reason: 'or not' }, 'admin');
  await back({ run_id: 'r2', reason: 'or so' });
  await forth('r4', { reason: 'moved' });
  await talk.ask('GET', list);
  await talk.askAll('GET', [
    `${list}/5/delta`,
    `${list}/6/delta`,
    `${list}/7/delta`,
    `${SHOP}/feed`,
    `${SHOP}/skus/A/history`,
  ]);
  api.artifacts.objects.delete('r1/tenants/shop/outputs/merged_inventory.csv');
  await back({ run_id: 'r1', reason: 'gone' });
  await talk.ask('GET', `${list}/1/delta`);
  api.artifacts.put('r3/tenants/shop/outputs/merged_inventory.csv', 'sku\nelse\n');
  await back({ run_id: 'r3', reason: 'changed' });
  api.runs.records.delete('r3');
  await back({ run_id: 'r3', reason: 'removed' });
  return talk.lines;
}

/** A run whose candidate cannot be published. */
export async function onStopped(): Promise<string[]> {
  const talk = await withRunners();
  const { artifacts, runs, time } = talk.api;
  const forth = (runId = 'r4') => talk.ask('POST', `/v1/runs/${runId}/publish`, { body: { reason: 'x' }, as: 'shop' });
  const prefix = 'r4/tenants/shop/';
  const removed = (path: string) => {
    const bytes = artifacts.objects.get(prefix + path) as Uint8Array;
    artifacts.objects.delete(prefix + path);
    return () => artifacts.objects.set(prefix + path, bytes);
  };
  const back = removed('reports/input_manifest.json');
  await forth();
  back();
  removed('reports/diff.json');
  const candidate = removed('outputs/candidate_inventory.csv');
  await forth();
  candidate();
  const record = runs.records.get('r4') as { errorCode: string; artifacts: object };
  Object.assign(record, { errorCode: 'EXPECTATION_FAILED' });
  await forth();
  Object.assign(record, { errorCode: 'GUARDRAIL_TRIPPED' });
  const { artifacts: all } = record;
  Object.assign(record, { artifacts: {} });
  await forth();
  Object.assign(record, { artifacts: all });
  time.now += 1000;
  await forth();
  return talk.lines;
}

export async function onDecisions(): Promise<string[]> {
  const talk = await withRunners();
  const { api } = talk;
  const path = `${SHOP}/decisions`;
  const decide = (body: object, as = 'shop') =>
    talk.ask('POST', path, { body: { run_id: 'r3', decision: 'accept', reason: 'checked', skus: ['A'], ...body }, as });
  for (const query of [
    '',
    '?limit=1',
    '?run_id=r3',
    '?run_id=r4',
    '?run_id=r1',
    '?run_id=none',
    '?run_id=-',
    '?cursor=x',
    '?limit=0',
    '?sku=A',
  ])
    await talk.ask('GET', `${SHOP}/holds${query}`, { as: 'shop' });
  let next = (await talk.ask('GET', `${SHOP}/holds?limit=1`)).json.next_cursor;
  while (next !== null) next = (await talk.ask('GET', `${SHOP}/holds?limit=1&cursor=${next}`)).json.next_cursor;
  await talk.ask('GET', path);
  for (const body of [
    { skus: [] },
    { skus: [''] },
    { skus: 'none' },
    { skus: ['A', 'nothing', 'a', 'AA'] },
    { decision: 'keep' },
    { reason: undefined },
    { expires_at: '2026-11-01T05:00:00Z' },
    { expires_at: '2026-13-01T05:00:00Z' },
    { expires_at: '2026-11-01' },
    { run_id: 'none' },
    { run_id: 'r1' },
    { price: '1' },
  ])
    await decide(body);
  await decide({}, 'other');
  await decide({ decision: 'reject', skus: ['A', 'N', 'A'] });
  await decide({ skus: ['M'], expires_at: '2026-11-01T07:00:00Z' });
  await decide({ skus: 'all', run_id: 'r4' });
  await decide({ skus: 'all' });
  await decide({ skus: ['N'], expires_at: '2026-11-01T07:00:00Z' });
  let cursor = (await talk.ask('GET', `${path}?limit=1`, { as: 'shop' })).json.next_cursor;
  for (let page = 0; page < 5 && cursor !== null; page++)
    cursor = (await talk.ask('GET', `${path}?limit=1&cursor=${cursor}`, { as: 'shop' })).json.next_cursor;
  const first = (await talk.ask('GET', `${path}?limit=2`)).json.next_cursor;
  api.time.now += 1000;
  await decide({ skus: ['A'], decision: 'accept' });
  await talk.ask('GET', `${path}?limit=2&cursor=${first}`);
  for (const seconds of [3599, 3600]) {
    api.time.now = Date.parse('2026-11-01T06:00:00Z') + seconds * 1000;
    await talk.ask('GET', path);
  }
  await talk.ask('GET', '/v1/tenants/other/decisions');
  await talk.ask('GET', '/v1/tenants/nobody/decisions');
  talk.note('table', new TextDecoder().decode(api.artifacts.objects.get('tenants/shop/decisions.csv')).split('\n'));
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
