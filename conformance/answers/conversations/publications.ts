/** What runs published, held and stopped, and what people decide on it. */
import { SHOP, withRunners } from '../shop-talks.ts';

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
    { skus: Array.from({ length: 150 }, (_, i) => `none ${i}`) },
  ])
    await decide(body);
  const record = api.runs.records.get('r3') as { artifacts: Record<string, string> };
  const { artifacts: all } = record;
  for (const name of ['holds', 'input_manifest']) {
    record.artifacts = { [name]: all[name] as string };
    await decide({});
    await talk.ask('GET', `${SHOP}/holds`);
  }
  record.artifacts = { ...all, input_manifest: 'gone' };
  await decide({});
  record.artifacts = { ...all, holds: 'gone' };
  await decide({});
  record.artifacts = all;
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
