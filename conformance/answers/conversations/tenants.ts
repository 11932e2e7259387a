/** Tenants, their configs, keys, links and quotas. */
import { configOf } from '../../../api/testing/harness.ts';
import { simulationOf } from '../../../api/testing/simulations.ts';
import { Conversation } from '../conversation.ts';

const TENANTS = '/v1/tenants';
const SHOP = '/v1/tenants/shop';
const DAY_MS = 24 * 3600_000;

export async function onTenants(): Promise<string[]> {
  const talk = await Conversation.start();
  const { api } = talk;
  await talk.askAll('GET', [TENANTS, SHOP, `${SHOP}/config`, `${SHOP}/keys`, `${SHOP}/feed-links`]);
  for (const body of [
    configOf('shop'),
    configOf('shop'),
    configOf('Shop-2_x'),
    { ...configOf('other'), output: { columns: ['sku', 'price'] } },
    configOf('-bad'),
    configOf('x'.repeat(64)),
    configOf('x'.repeat(63)),
    { ...configOf('y'), vendors: [] },
    { ...configOf('y'), vendors: undefined, extra: 1, timezone: 'Nowhere' },
    { ...configOf('y'), publish: { vanished: { removed: 'drop' } }, outptu: {} },
    [],
    'null',
    '1',
    '{"tenant_id":"a"',
  ])
    await talk.ask('POST', TENANTS, { body });
  talk.name('shop', (await talk.ask('POST', `${SHOP}/keys`, { body: { name: 'first key' } })).json.key);
  talk.name('other', (await talk.ask('POST', `${TENANTS}/other/keys`)).json.key);
  await talk.ask('POST', TENANTS, { body: configOf('new'), as: 'shop' });
  await talk.ask('POST', TENANTS, { body: configOf('new'), as: null });
  for (const query of ['', '?limit=1', '?limit=1&cursor=1', '?limit=2&cursor=4', '?cursor=9', '?cursor=x', '?limit=0'])
    await talk.ask('GET', `${TENANTS}${query}`);
  for (const query of [
    '?limit=200',
    '?limit=201',
    '?limit=1.5',
    '?limit=',
    '?limit=01',
    '?cursor=',
    '?page=2',
    '?limit=1&limit=2',
  ])
    await talk.ask('GET', `${TENANTS}${query}`);
  await talk.askAll('GET', [TENANTS, `${TENANTS}?cursor=1`, `${TENANTS}?limit=1`, SHOP, `${TENANTS}/other`], {
    as: 'shop',
  });
  for (const path of [SHOP, `${TENANTS}/nobody`, `${TENANTS}/-x`, `${TENANTS}/${'x'.repeat(64)}`, `${TENANTS}/sh%6Fp`])
    await talk.ask('GET', path);

  api.time.now += 61_000;
  const put = (changes: object, headers: Record<string, string> = {}, as = 'shop') =>
    talk.ask('PUT', `${SHOP}/config`, { body: { ...configOf('shop'), ...changes }, headers, as });
  await put({});
  await put({}, { 'If-Match': '"1"' });
  await put({}, { 'If-Match': '"2"' });
  await put({ timezone: 'Europe/Paris' }, { 'If-Match': '"2"' });
  await put({ timezone: 'Europe/Paris' }, { 'If-Match': 'W/"1"' });
  await put({ timezone: 'Europe/Rome' }, { 'If-Match': '2' });
  for (const match of [
    '*',
    ' * ',
    '"1", "3"',
    '"1", "2"',
    '"7","5"',
    'x',
    '"0"',
    '""',
    '"1',
    '',
    '"1234567890"',
    '"4", "4"',
  ])
    await put({ default_currency: 'EUR', timezone: `Etc/GMT+${(match.length % 12) + 1}` }, { 'If-Match': match });
  await put({ tenant_id: 'other' });
  await put({ tenant_id: 7, vendors: [{ vendor_id: 'a', inbound: { type: 'local' }, parser: { format: 'csv' } }] });
  await put({ default_currency: 'CHF' }, {}, 'other');
  await put({ default_currency: 'CHF' }, {}, 'admin');
  await put({}, { 'If-Match': 'x'.repeat(1001) });
  await talk.ask('PUT', `${TENANTS}/nobody/config`, { body: configOf('nobody') });
  await talk.ask('PUT', `${TENANTS}/nobody/config`, { body: configOf('nobody'), headers: { 'If-Match': '"1","2"' } });
  for (const query of [
    '',
    '?version=1',
    '?version=3',
    '?version=99',
    '?version=0',
    '?version=x',
    '?version=1234567890',
    '?v=1',
  ])
    await talk.ask('GET', `${SHOP}/config${query}`, { as: 'shop' });
  await talk.ask('GET', SHOP, { as: 'shop' });
  await talk.ask('HEAD', SHOP, { as: 'shop' });
  api.tenants.configs
    .get('shop')
    ?.push({ tenantId: 'shop', configVersion: 99, config: configOf('shop'), createdAt: 1, keyId: null });
  await talk.ask('GET', `${SHOP}/config`);
  return talk.lines;
}

export async function onKeys(): Promise<string[]> {
  const talk = await Conversation.start({
    quotas: { storedBytes: 1000, files: 99, waitingUploads: 2, configVersions: 3, keys: 3, feedLinks: 2 },
  });
  const { api } = talk;
  await talk.ask('POST', TENANTS, { body: configOf('shop') });
  await talk.ask('POST', TENANTS, { body: configOf('other') });
  for (const kind of ['keys', 'feed-links']) {
    const path = `${SHOP}/${kind}`;
    const made: string[] = [];
    for (const body of [
      undefined,
      {},
      { name: 'till' },
      { name: '' },
      { name: 'x'.repeat(100) },
      { name: 'x'.repeat(101) },
      { name: 'a\nb' },
      { name: 'née 🙂' },
      { nam: 'x' },
      [],
      'x',
      '',
    ]) {
      api.time.now += 1000;
      const { json } = await talk.ask('POST', path, { body });
      if (json.key_id !== undefined || json.link_id !== undefined) made.push(json.key_id ?? json.link_id);
      if (json.key !== undefined) talk.name(`key ${made.length}`, json.key);
    }
    await talk.ask('GET', path);
    await talk.askAll('DELETE', [
      `${path}/${made[0]}`,
      `${path}/${made[0]}`,
      `${path}/none`,
      `${TENANTS}/other/${kind}/${made[1]}`,
      `${path}/-`,
    ]);
    await talk.ask('DELETE', `${path}/${made[1]}`, { body: 'x'.repeat(10) });
    await talk.ask('POST', path, { body: { name: 'again' } });
    await talk.ask('GET', path);
    await talk.ask('GET', `${TENANTS}/other/${kind}`);
    await talk.ask('POST', `${TENANTS}/nobody/${kind}`);
  }
  await talk.ask('GET', SHOP, { as: 'key 1' });
  await talk.ask('GET', SHOP, { as: 'key 3' });
  await talk.ask('GET', `${TENANTS}/other/keys`, { as: 'key 3' });
  for (let i = 0; i < 60; i++) {
    const { json } = await api.call('POST', `${SHOP}/keys`);
    if (json.key_id === undefined) {
      talk.note('keys that were made', i);
      break;
    }
    await api.call('DELETE', `${SHOP}/keys/${json.key_id}`);
  }
  await talk.ask('POST', `${SHOP}/keys`);
  for (const timezone of ['UTC', 'Europe/Rome', 'Europe/Paris', 'Asia/Tokyo', 'Europe/Paris'])
    await talk.ask('PUT', `${SHOP}/config`, { body: { ...configOf('shop'), timezone } });
  await talk.ask('GET', SHOP);
  for (const [used, path] of [
    [999, '/v1/runs'],
    [1000, '/v1/runs'],
    [1001, '/v1/runs'],
  ] as const) {
    api.usage.bytes.set('shop', used);
    const asked = await talk.ask('POST', path, { body: { tenant_id: 'shop', run_type: 'inventory_sync' } });
    await talk.ask('GET', SHOP);
    if (asked.json.run_id !== undefined) await talk.ask('POST', `/v1/runs/${asked.json.run_id}/cancel`);
  }
  return talk.lines;
}

export async function onSimulations(): Promise<string[]> {
  const talk = await Conversation.start();
  const { api } = talk;
  const path = `${SHOP}/simulations`;
  await talk.ask('POST', TENANTS, { body: configOf('shop') });
  const config = { ...configOf('shop'), timezone: 'Europe/Paris' };
  for (const body of [
    { config },
    { config, runs: 0 },
    { config, runs: 11 },
    { config, runs: 1.5 },
    { runs: 1 },
    { config, run: 1 },
    [],
    { config: { ...config, tenant_id: 'x' } },
  ])
    await talk.ask('POST', path, { body });
  await talk.ask('POST', `${TENANTS}/nobody/simulations`, { body: { config: configOf('nobody') } });
  for (const [runId, changes] of Object.entries({
    r1: { status: 'SUCCEEDED' },
    r2: { status: 'SUCCEEDED', vendors: ['acme'] },
    r3: { status: 'FAILED' },
    r4: { status: 'SUCCEEDED' },
  })) {
    await api.runs.create({ runId, tenantId: 'shop', configVersion: 1, vendors: [], force: false, now: api.time.now });
    Object.assign(api.runs.records.get(runId) as object, changes);
  }
  const first = await talk.ask('POST', path, { body: { config, runs: 3 } });
  talk.note('sent', api.queue.sent);
  const id = first.json.simulation_id;
  await talk.ask('POST', path, { body: { config } });
  await talk.askAll('GET', [`${path}/${id}`, `${path}/none`, `${TENANTS}/other/simulations/${id}`, `${path}/active`]);
  await talk.askAll('POST', [`${path}/${id}/cancel`, `${path}/${id}/cancel`, `${path}/none/cancel`]);
  api.queue.failure = new Error('no queue');
  await talk.ask('POST', path, { body: { config } });
  api.queue.failure = null;
  const keep = (simulationId: string, changes: object) =>
    api.artifacts.put(
      `tenants/shop/simulations/${simulationId}.json`,
      JSON.stringify(simulationOf('shop', simulationId, changes)),
    );
  const at = api.time.now;
  const passed = { passed: true, runs: [] };
  keep('sim_running', { status: 'RUNNING', startedAt: at, attempt: 1 });
  keep('sim_failed', {
    status: 'FAILED',
    startedAt: at,
    finishedAt: at + 5,
    errorCode: 'internal_error',
    errorMessage: 'no',
  });
  keep('sim_not', { status: 'DONE', finishedAt: at, report: { passed: false, runs: [] }, config });
  keep('sim_passed', { status: 'DONE', finishedAt: at, report: passed, config });
  keep('sim_other', { status: 'DONE', finishedAt: at, report: passed, config: { ...config, default_currency: 'EUR' } });
  keep('sim_bare', { status: 'DONE', finishedAt: at, config });
  for (const one of ['running', 'failed', 'not', 'passed', 'bare']) await talk.ask('GET', `${path}/sim_${one}`);
  await talk.ask('POST', `${path}/sim_running/cancel`);
  await talk.ask('POST', `${path}/sim_failed/cancel`);
  const put = (body: object, simulated?: string) =>
    talk.ask('PUT', `${SHOP}/config`, { body, headers: simulated === undefined ? {} : { 'If-Simulated': simulated } });
  for (const one of ['none', 'running', 'failed', 'not', 'bare', 'other', 'passed', 'passed', '-'])
    await put(config, one === '-' ? one : `sim_${one}`);
  const asking = { ...config, publish: { require_simulation: true } };
  await put(asking);
  await put({ ...asking, timezone: 'UTC' });
  await put({ ...asking, timezone: 'UTC' }, 'sim_passed');
  await put(config, 'sim_passed');
  await put({ ...config, publish: { require_simulation: false } });
  api.time.now = at + DAY_MS - 1;
  await talk.ask('GET', `${path}/sim_passed`);
  api.time.now = at + DAY_MS;
  await talk.askAll('GET', [`${path}/sim_passed`, `${path}/${id}`]);
  await put({ ...config, timezone: 'Asia/Tokyo' }, 'sim_passed');
  return talk.lines;
}
