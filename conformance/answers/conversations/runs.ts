/** Runs, their artifacts and their errors. */
import { configOf } from '../../../api/testing/harness.ts';
import { Conversation } from '../conversation.ts';

const RUNS = '/v1/runs';

async function twoTenants(settings: Parameters<typeof Conversation.start>[0] = {}): Promise<Conversation> {
  const talk = await Conversation.start(settings);
  for (const tenant of ['shop', 'other']) {
    await talk.api.call('POST', '/v1/tenants', { body: configOf(tenant) });
    talk.name(tenant, (await talk.api.call('POST', `/v1/tenants/${tenant}/keys`)).json.key);
  }
  return talk;
}

export async function onRuns(): Promise<string[]> {
  const talk = await twoTenants();
  const { api } = talk;
  const start = async (changes: object = {}, headers: Record<string, string> = {}, as: string | null = 'shop') => {
    const body = { tenant_id: 'shop', run_type: 'inventory_sync', ...changes };
    return (await talk.ask('POST', RUNS, { body, headers, as })).json;
  };
  const end = (runId: string, changes: object = {}) =>
    Object.assign(api.runs.records.get(runId) as object, { status: 'SUCCEEDED', finishedAt: api.time.now, ...changes });
  for (const changes of [
    { tenant_id: 'other' },
    { tenant_id: 'nobody' },
    { tenant_id: '-' },
    { run_type: 'full' },
    { vendors: ['nobody'] },
    { vendors: ['acme', 'acmee', 'zzz'] },
    { vendors: Array.from({ length: 12 }, (_, i) => `acme${i}`) },
    { vendors: 'acme' },
    { vendors: [''] },
    { vendors: Array(101).fill('acme') },
    { force: true },
    { force: true, reason: '' },
    { force: true, reason: 'x'.repeat(501) },
    { reason: 'no force' },
    { force: false, reason: 'no force' },
    { force: 'yes' },
    { extra: 1 },
  ])
    await start(changes);
  for (const key of ['a b', '', 'x'.repeat(256), 'é']) await start({}, { 'Idempotency-Key': key });
  await start({}, {}, null);
  await start({ tenant_id: 'nobody' }, {}, 'admin');
  const first = await start({ vendors: ['bolt', 'acme', 'bolt'] }, { 'Idempotency-Key': 'k1' });
  talk.note('sent', api.queue.sent);
  await start({ vendors: ['acme', 'bolt'] }, { 'Idempotency-Key': 'k1' });
  await start({ vendors: ['acme'] }, { 'Idempotency-Key': 'k1' });
  await start({ force: true, reason: 'season' }, { 'Idempotency-Key': 'k1' });
  await start({}, { 'Idempotency-Key': 'k2' });
  await start();
  await talk.ask('GET', `${RUNS}/${first.run_id}`, { as: 'shop' });
  await talk.ask('GET', `${RUNS}/${first.run_id}`, { as: 'other' });
  end(first.run_id);
  api.time.now += 24 * 3600_000 - 1;
  await start({ vendors: ['acme', 'bolt'] }, { 'Idempotency-Key': 'k1' });
  api.time.now += 1;
  api.queue.failure = new Error('no queue');
  const second = await start({ vendors: ['acme', 'bolt'] }, { 'Idempotency-Key': 'k1' });
  api.queue.failure = null;
  talk.note('sent', api.queue.sent.length);
  end(second.run_id, {
    status: 'FAILED',
    errorCode: 'invalid_input',
    errorMessage: 'no feed',
    failedStage: 'NORMALIZE',
    stage: null,
  });
  const third = await start({ force: true, reason: 'season' }, {}, 'admin');
  Object.assign(api.runs.records.get(third.run_id) as object, {
    status: 'RUNNING',
    stage: 'MERGE',
    attempt: 2,
    startedAt: api.time.now,
    leaseUntil: api.time.now + 1000,
    workerId: 'w',
    progress: { vendors: 2, vendorsRead: 1, rows: 500, invalid: 3, merged: 40 },
  });
  await talk.ask('GET', `${RUNS}/${third.run_id}`);
  await talk.ask('HEAD', `${RUNS}/${third.run_id}`);
  await talk.ask('GET', '/v1/tenants/shop');
  await talk.ask('POST', `${RUNS}/${third.run_id}/cancel`, { as: 'other' });
  await talk.ask('POST', `${RUNS}/${third.run_id}/cancel`, { as: 'shop' });
  await talk.ask('POST', `${RUNS}/${third.run_id}/cancel`, { as: 'shop' });
  end(third.run_id, {
    counts: { rows: 10, valid: 7, invalid: 3, merged: 6, priced: 5, unpriced: 1 },
    warnings: ['empty_quantities:acme:4', 'all_quantities_zero:bolt'],
    artifacts: { errors: 'k/errors.json' },
    progress: null,
  });
  await talk.ask('GET', `${RUNS}/${third.run_id}`);
  await talk.ask('POST', `${RUNS}/${third.run_id}/cancel`);
  const other = await start({ tenant_id: 'other' }, {}, 'other');
  for (const query of [
    '',
    '?limit=1',
    '?limit=2&cursor=1',
    '?tenant_id=shop',
    '?tenant_id=shop&status=FAILED',
    '?status=QUEUED',
    '?status=DONE',
    '?tenant_id=nobody',
    '?tenant_id=-',
    '?cursor=x',
    '?limit=0',
    '?limit=200',
    '?limit=201',
    '?order=asc',
  ])
    await talk.ask('GET', `${RUNS}${query}`);
  for (const query of ['', '?tenant_id=shop', '?tenant_id=other', '?status=RUNNING', '?status=SUCCEEDED&limit=1'])
    await talk.ask('GET', `${RUNS}${query}`, { as: 'shop' });
  await talk.askAll('POST', [`${RUNS}/${other.run_id}/cancel`, `${RUNS}/none/cancel`, `${RUNS}/-/cancel`]);
  await talk.askAll('GET', [`${RUNS}/none`, `${RUNS}/-`, `${RUNS}/${'x'.repeat(128)}`, `${RUNS}/${'x'.repeat(129)}`]);
  return talk.lines;
}

/** Runs that no worker holds, which are cancelled at once. */
export async function onCancels(): Promise<string[]> {
  const talk = await twoTenants();
  const { api } = talk;
  const lease = api.time.now + 1000;
  for (const [name, changes, files] of [
    ['queued', { status: 'QUEUED' }, []],
    [
      'handed_back',
      { status: 'QUEUED', attempt: 1 },
      ['reports/errors.json', 'normalized/acme/normalized.csv', 'x/unknown.txt'],
    ],
    ['held', { status: 'RUNNING', attempt: 1, leaseUntil: lease }, ['reports/errors.json']],
    ['left', { status: 'RUNNING', attempt: 1, leaseUntil: lease - 1000 }, ['reports/errors.json']],
    ['never_held', { status: 'RUNNING', attempt: 1, leaseUntil: null }, []],
    ['finished', { status: 'RUNNING', attempt: 1, leaseUntil: null }, ['reports/run_summary.json']],
    ['over', { status: 'SUCCEEDED' }, []],
    ['failed', { status: 'FAILED' }, []],
  ] as const) {
    const runId = `run_${name}`;
    await api.runs.create({ runId, tenantId: 'shop', configVersion: 1, vendors: [], force: false, now: api.time.now });
    Object.assign(api.runs.records.get(runId) as object, changes);
    for (const file of files) api.artifacts.put(`${runId}/tenants/shop/${file}`, '[]');
    await talk.ask('POST', `${RUNS}/${runId}/cancel`, { as: 'shop' });
    Object.assign(api.runs.records.get(runId) as object, { status: 'FAILED' });
  }
  return talk.lines;
}

const entry = (vendor_id: string, error_code: string, more: object = {}) =>
  JSON.stringify({ vendor_id, error_code, ...more });

export async function onErrors(): Promise<string[]> {
  const talk = await twoTenants({ errorsPageBytes: 240, errorsScanBytes: 300, pageDefault: 4, pageMax: 6 });
  const { api } = talk;
  const add = async (runId: string, artifacts: Record<string, string>) => {
    await api.runs.create({ runId, tenantId: 'shop', configVersion: 1, vendors: [], force: false, now: api.time.now });
    Object.assign(api.runs.records.get(runId) as object, { status: 'FAILED', artifacts });
  };
  const entries = [
    ...[1, 2, 3].map((n) => entry('acme', 'invalid_int', { row_number: n })),
    entry('bolt', 'required_fields'),
    entry('bolt', 'invalid_int', { row_number: 9 }),
    entry('acme', 'DECODE_ERROR'),
    JSON.stringify({ error_code: 'ERRORS_TRUNCATED', count: 12 }),
  ];
  api.artifacts.put('e/errors.json', `[\n${entries.join(',\n')}\n]\n`);
  api.artifacts.put('e/none.json', '[]\n');
  api.artifacts.put('e/empty.json', '');
  await add('run_e', { errors: 'e/errors.json' });
  await add('run_none', { errors: 'e/none.json' });
  await add('run_empty', { errors: 'e/empty.json' });
  await add('run_gone', { errors: 'e/gone.json' });
  await add('run_bare', {});
  const first = (query: string, runId = 'run_e') => talk.ask('GET', `${RUNS}/${runId}/errors${query}`, { as: 'shop' });
  for (const filter of [
    '',
    '?limit=2',
    '?vendor_id=acme',
    '?vendor_id=bolt&limit=1',
    '?error_code=invalid_int',
    '?vendor_id=acme&error_code=DECODE_ERROR',
    '?vendor_id=zzz',
    '?error_code=invalid_date',
  ]) {
    let next = (await first(filter)).json.next_cursor;
    for (let page = 0; page < 6 && next !== null; page++) {
      next = (await first(`${filter === '' ? '?' : `${filter}&`}cursor=${next}`)).json.next_cursor;
    }
  }
  for (const query of [
    '?limit=7',
    '?limit=6',
    '?cursor=1',
    '?cursor=2',
    '?cursor=3',
    '?cursor=0',
    '?cursor=x',
    '?cursor=99999',
    '?cursor=1234567890123456',
    '?error_code=invalid_intt',
    '?error_code=',
    '?vendor_id=',
  ])
    await first(query);
  for (const runId of ['run_none', 'run_empty', 'run_gone', 'run_bare', 'none'])
    for (const query of ['', '?cursor=2', '?error_code=bogus', '?error_code=invalid_int', '?vendor_id=acme'])
      await first(query, runId);
  await talk.ask('GET', `${RUNS}/run_e/errors`, { as: 'other' });
  return talk.lines;
}

export async function onArtifacts(): Promise<string[]> {
  const talk = await twoTenants();
  const { api } = talk;
  await api.runs.create({ runId: 'run_a', tenantId: 'shop', configVersion: 1, vendors: [], force: false, now: 1 });
  const prefix = 'run_a/tenants/shop';
  Object.assign(api.runs.records.get('run_a') as object, {
    artifacts: {
      merged_inventory: `${prefix}/outputs/merged_inventory.csv`,
      errors: `${prefix}/reports/errors.json`,
      inbound_acme: `${prefix}/inbound/acme/Preise 1.XLSX`,
      export_lines: `${prefix}/outputs/exports/lines/lines.jsonl`,
      odd: `${prefix}/odd.zzz`,
      bare: `${prefix}/bare`,
    },
  });
  const ask = (path = 'run_a', asking = {}) => talk.ask('GET', `${RUNS}/${path}/artifacts`, { as: 'shop', ...asking });
  await ask();
  await ask('run_a', { as: 'other' });
  await ask('none');
  api.artifacts.origin = '';
  await ask();
  for (const headers of [
    { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'relay.example' },
    { 'X-Forwarded-Proto': 'https' },
    { Forwarded: 'proto=https;host=relay.example' },
    { Host: 'relay.other:8080' },
  ])
    await ask('run_a', { headers });
  api.deps.publicUrl = 'https://public.example/base';
  await ask();
  return talk.lines;
}
