/** Runs: one active run per tenant, idempotency, lists, cancelling, artifacts. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../../core/errors.ts';
import { type Api, addRun, addTenant, configOf, type RequestOptions, START, startApi } from '../../testing/harness.ts';

const RUN = { tenant_id: 'shop', run_type: 'inventory_sync' };
const post = (api: Api, body: unknown, options: RequestOptions = {}) =>
  api.call('POST', '/v1/runs', { body, ...options });

test('a run is accepted with the newest config, stored, and sent to the workers', async () => {
  const api = await startApi();
  await addTenant(api, 'shop');
  await api.call('PUT', '/v1/tenants/shop/config', { body: configOf('shop', { required: true }) });
  const accepted = await post(api, { ...RUN, vendors: ['bolt', 'acme', 'bolt'], force: true, reason: 'checked' });
  assert.is(accepted.status, 202);
  const { run_id } = accepted.json;
  assert.is(accepted.headers.get('Location'), `/v1/runs/${run_id}`);
  assert.equal(accepted.json, {
    run_id,
    tenant_id: 'shop',
    config_version: 2,
    status: 'QUEUED',
    stage: null,
    attempt: 0,
    cancel_requested: false,
    progress: null,
    requested_at: '2026-11-01T06:00:00.000Z',
    started_at: null,
    finished_at: null,
    failed_stage: null,
    error_code: null,
    error_message: null,
    errors_artifact_key: null,
    error_report_key: null,
    artifacts: {},
    counts: null,
    warnings: [],
    notices: [],
  });
  assert.equal(api.queue.sent, [{ run_id, tenant_id: 'shop', vendors: ['acme', 'bolt'], config_version: 2 }]);
  const { force, forceReason } = api.runs.records.get(run_id)!;
  assert.equal([force, forceReason], [true, 'checked']);
  assert.equal((await api.call('GET', `/v1/runs/${run_id}`)).json, accepted.json);
});

test('the answer of a record that cannot change is made once; one that can is looked at each time', async () => {
  const api = await startApi();
  await addTenant(api, 'shop');
  const id = await addRun(api, 'shop');
  const record = api.runs.records.get(id)!;
  const path = `/v1/runs/${id}`;
  api.runs.get = async () => record;
  const attemptOf = async () => (await api.call('GET', path)).json.attempt;
  assert.is(await attemptOf(), 0);
  record.attempt = 1;
  assert.is(await attemptOf(), 1);
  Object.freeze(record);
  const [one, two] = [await api.call('GET', path), await api.call('GET', path)];
  assert.is(one.json.attempt, 1);
  assert.equal(two.json, one.json);
  assert.is(one.headers.get('Content-Type'), 'application/json');
  const next = Object.freeze({ ...record, attempt: 2 });
  api.runs.get = async () => next;
  assert.is(await attemptOf(), 2);
});

test('a run shows its progress while it works, and its counts and warnings once it has ended', async () => {
  const api = await startApi();
  await addTenant(api, 'shop');
  const path = `/v1/runs/${await addRun(api, 'shop')}`;
  const run = api.runs.records.get(path.slice('/v1/runs/'.length))!;
  const counts = { rows: 120, invalid: 3, merged: 40 };
  const progress = { ...counts, vendors: 2, vendorsRead: 1 };
  Object.assign(run, { status: 'RUNNING', attempt: 2, leaseUntil: START + 60_000, progress });
  assert.is((await api.call('POST', `${path}/cancel`)).json.cancel_requested, true);
  const running = (await api.call('GET', path)).json;
  assert.equal(running.progress, { vendors: 2, vendors_read: 1, ...counts });
  assert.equal([running.attempt, running.cancel_requested, running.counts, running.warnings], [2, true, null, []]);
  Object.assign(run, { status: 'SUCCEEDED', progress: null, counts, warnings: ['zero_costs:acme:1'] });
  const ended = (await api.call('GET', '/v1/runs')).json.runs[0];
  assert.equal([ended.progress, ended.counts, ended.warnings], [null, counts, ['zero_costs:acme:1']]);
  const [notice, ...others] = ended.notices;
  assert.equal([notice.code, notice.vendor_id, notice.count, others], ['zero_costs', 'acme', 1, []]);
});

test('a run names its artifacts by object key', async () => {
  const api = await startApi();
  await addTenant(api, 'shop');
  const runId = await addRun(api, 'shop');
  const errors = `${runId}/tenants/shop/reports/errors.json`;
  Object.assign(api.runs.records.get(runId)!, {
    status: 'FAILED',
    stage: 'NORMALIZE',
    startedAt: START + 1000,
    finishedAt: START + 2500,
    failedStage: 'NORMALIZE',
    errorCode: 'validation_errors',
    errorMessage: '3 rows are invalid',
    artifacts: { errors },
  });
  const { json } = await api.call('GET', `/v1/runs/${runId}`);
  assert.is(json.finished_at, '2026-11-01T06:00:02.500Z');
  assert.is(json.failed_stage, 'NORMALIZE');
  assert.is(json.errors_artifact_key, errors);
  assert.is(json.error_report_key, errors);
});

test('a hundred requests at once: one run, ninety-nine times 409 with its id', async () => {
  const api = await startApi();
  await addTenant(api, 'shop');
  const answers = await Promise.all(Array.from({ length: 100 }, () => post(api, RUN)));
  const won = answers.filter((one) => one.status === 202);
  const lost = answers.filter((one) => one.status === 409);
  assert.is(won.length, 1);
  assert.is(lost.length, 99);
  for (const { json } of lost) {
    assert.is(json.error, 'TENANT_ALREADY_RUNNING');
    assert.is(json.active_run_id, won[0]!.json.run_id);
  }
  assert.is(api.queue.sent.length, 1);
});

test('an idempotency key gives the same run for a day, and refuses another body', async () => {
  const api = await startApi();
  const key = await addTenant(api, 'shop');
  await addTenant(api, 'shop2');
  const headers = { 'Idempotency-Key': 'one' };
  const first = await post(api, { ...RUN, vendors: [] }, { headers });
  const again = await post(api, { run_type: 'inventory_sync', tenant_id: 'shop' }, { headers, key });
  assert.is(again.status, 202);
  assert.equal(again.json, first.json);
  assert.is(api.queue.sent.length, 1);
  for (const change of [{ vendors: ['acme'] }, { force: true, reason: 'checked' }]) {
    const other = await post(api, { ...RUN, ...change }, { headers });
    assert.is(other.status, 422);
    assert.is(other.json.error, 'IDEMPOTENCY_KEY_REUSED');
  }
  const elsewhere = await post(api, { ...RUN, tenant_id: 'shop2' }, { headers });
  assert.is(elsewhere.json.tenant_id, 'shop2');
  assert.is((await post(api, RUN, { headers: { 'Idempotency-Key': 'two' } })).status, 409);
  await api.call('POST', `/v1/runs/${first.json.run_id}/cancel`);
  assert.is((await post(api, RUN, { headers })).json.status, 'FAILED');
  api.time.now += 24 * 3600 * 1000;
  assert.is.not((await post(api, RUN, { headers })).json.run_id, first.json.run_id);
  for (const bad of ['', 'x'.repeat(256), 'a b', 'ÿ']) {
    assert.is((await post(api, RUN, { headers: { 'Idempotency-Key': bad } })).status, 422, bad);
  }
});

test('a repeated request gives the same run, even after the config has changed', async () => {
  const api = await startApi();
  const key = await addTenant(api, 'shop');
  const headers = { 'Idempotency-Key': 'one' };
  const body = { ...RUN, vendors: ['bolt'] };
  const first = await post(api, body, { key, headers });
  assert.is(first.status, 202);
  const config = { ...configOf('shop'), vendors: configOf('shop').vendors.slice(0, 1) };
  assert.is((await api.call('PUT', '/v1/tenants/shop/config', { key, body: config })).status, 200);
  const again = await post(api, body, { key, headers });
  assert.equal([again.status, again.json.run_id], [202, first.json.run_id]);
  assert.is((await post(api, { ...RUN, vendors: ['acme'] }, { key, headers })).json.error, 'IDEMPOTENCY_KEY_REUSED');
  assert.is((await post(api, body, { key, headers: { 'Idempotency-Key': 'two' } })).json.error, 'UNKNOWN_VENDOR');
});

test('a run whose message cannot be sent is still accepted, and the log says so', async () => {
  const api = await startApi();
  await addTenant(api, 'shop');
  api.queue.failure = new Error('the queue is away');
  const accepted = await post(api, RUN);
  assert.is(accepted.status, 202);
  const line = api.logs.find((one) => one.event === 'job_not_sent')!;
  assert.is(line.level, 'error');
  assert.is(line.fields.run_id, accepted.json.run_id);
});

test('requests that cannot start a run are refused with their codes', async () => {
  const api = await startApi();
  const key = await addTenant(api, 'shop');
  const unknown = await post(api, { ...RUN, vendors: ['acme', 'bolb', 'x'] });
  assert.is(unknown.status, 422);
  assert.is(unknown.json.error, 'UNKNOWN_VENDOR');
  assert.equal(
    unknown.json.issues.map((one: { path: string }) => one.path),
    ['vendors[1]', 'vendors[2]'],
  );
  for (const options of [{}, { key }]) {
    const nobody = await post(api, { ...RUN, tenant_id: 'nobody' }, options);
    assert.is(nobody.status, 404);
    assert.is(nobody.json.error, 'NOT_FOUND');
  }
  const bodies = [{}, [], null, 'x', { ...RUN, run_type: 'x' }, { ...RUN, vendors: 'acme' }, { ...RUN, vendor: [] }];
  for (const body of [
    ...bodies,
    { ...RUN, vendors: [''] },
    { ...RUN, tenant_id: '../x' },
    { ...RUN, force: 1 },
    { ...RUN, force: true },
    { ...RUN, reason: 'x' },
  ]) {
    const refused = await api.call('POST', '/v1/runs', { body: JSON.stringify(body) });
    assert.is(refused.status, 422);
    assert.is(refused.json.error, 'INVALID_REQUEST');
    assert.ok(refused.json.issues.length > 0);
  }
  const { json } = await api.call('POST', '/v1/runs', { body: JSON.stringify({ ...RUN, force: true }) });
  assert.is(json.issues[0].path, 'reason');
  assert.is(api.queue.sent.length, 0);
});

test('lists have pages and filters, and a tenant’s key sees only its own runs', async () => {
  const api = await startApi();
  const key = await addTenant(api, 'shop');
  await addTenant(api, 'shop2');
  const mine: string[] = [];
  for (let i = 0; i < 5; i++) {
    mine.unshift(await addRun(api, 'shop'));
    if (i < 4) await api.call('POST', `/v1/runs/${mine[0]}/cancel`);
  }
  await addRun(api, 'shop2');
  const seen: string[] = [];
  let path = '/v1/runs?limit=2';
  for (let pages = 0; ; pages++) {
    const { json } = await api.call('GET', path, { key });
    seen.push(...json.runs.map((run: { run_id: string }) => run.run_id));
    if (json.next_cursor === null) break;
    assert.ok(pages < 5);
    path = `/v1/runs?limit=2&cursor=${encodeURIComponent(json.next_cursor)}`;
  }
  assert.equal(seen, mine);
  const count = async (query: string) => (await api.call('GET', `/v1/runs${query}`)).json.runs.length;
  assert.is(await count(''), 6);
  assert.is(await count('?tenant_id=shop'), 5);
  assert.is(await count('?tenant_id=shop&status=QUEUED'), 1);
  assert.is(await count('?status=FAILED'), 4);
  assert.is((await api.call('GET', '/v1/runs?tenant_id=shop2', { key })).status, 404);
  assert.is((await api.call('GET', '/v1/runs?tenant_id=nobody')).status, 404);
  for (const query of [
    'status=DONE',
    'status=',
    'limit=0',
    'limit=201',
    'limit=x',
    'cursor=',
    'cursor=zzz',
    'cursor=%00',
  ]) {
    const refused = await api.call('GET', `/v1/runs?${query}`);
    assert.is(refused.status, 422, query);
    assert.is(refused.json.error, 'INVALID_REQUEST');
    assert.is(refused.json.issues[0].path, query.split('=')[0]);
  }
});

test('cancel takes effect at once if no worker has the run, by request if one does, and is 409 after the end', async () => {
  const api = await startApi();
  await addTenant(api, 'shop');
  const queued = await addRun(api, 'shop');
  const done = await api.call('POST', `/v1/runs/${queued}/cancel`);
  assert.is(done.status, 200);
  assert.is(done.json.status, 'FAILED');
  assert.is(done.json.error_code, 'CANCELLED');
  const running = await addRun(api, 'shop');
  Object.assign(api.runs.records.get(running)!, { status: 'RUNNING', attempt: 1, leaseUntil: api.time.now + 1 });
  // the worker lists what it wrote: the API must not read the store here, which may fail
  api.artifacts.list = () => Promise.reject(new RelayError('store_unavailable', 'not now', { recovery: 'retry' }));
  const asked = await api.call('POST', `/v1/runs/${running}/cancel`);
  assert.is(asked.status, 202);
  assert.is(asked.json.status, 'RUNNING');
  assert.is(api.runs.records.get(running)!.cancelRequested, true);
  Object.assign(api.runs.records.get(running)!, { status: 'SUCCEEDED', finishedAt: api.time.now });
  for (const ended of [queued, running]) {
    const refused = await api.call('POST', `/v1/runs/${ended}/cancel`);
    assert.is(refused.status, 409);
    assert.is(refused.json.error, 'RUN_ENDED');
  }
});

test('cancels of one run at once are one change, and a run whose worker was asked is not written again', async () => {
  const api = await startApi({}, { ask: (async () => null) as never });
  await addTenant(api, 'shop');
  let changes = 0;
  let [looked, allLooked] = [0, () => {}];
  const { get } = api.runs;
  api.runs.get = async (runId) => {
    if (++looked === 20) allLooked();
    return get.call(api.runs, runId);
  };
  for (const change of ['failUnclaimed', 'requestCancel'] as const) {
    const made = api.runs[change].bind(api.runs) as (...values: unknown[]) => Promise<boolean>;
    api.runs[change] = async (...values: unknown[]) => {
      changes++;
      if (looked < 20) await new Promise<void>((resolve) => (allLooked = resolve));
      return made(...values);
    };
  }
  const cancelled = async (runId: string) => {
    looked = 0;
    const asked = Array.from({ length: 20 }, () => api.call('POST', `/v1/runs/${runId}/cancel`));
    return [...new Set((await Promise.all(asked)).map(({ status, json }) => `${status} ${json.error ?? json.status}`))];
  };
  const queued = await addRun(api, 'shop');
  assert.equal([await cancelled(queued), changes], [['200 FAILED'], 1]);
  assert.equal([await cancelled(queued), changes], [['409 RUN_ENDED'], 1]);
  const running = await addRun(api, 'shop');
  Object.assign(api.runs.records.get(running)!, { status: 'RUNNING', attempt: 1, leaseUntil: api.time.now + 1 });
  assert.equal([await cancelled(running), changes], [['202 RUNNING'], 2]);
  assert.equal([await cancelled(running), changes], [['202 RUNNING'], 2]);
  // its worker did not come back
  api.time.now++;
  assert.equal([await cancelled(running), changes], [['200 FAILED'], 3]);
});

test('a run that is cancelled between attempts keeps what the attempts wrote', async () => {
  const api = await startApi();
  await addTenant(api, 'shop');
  for (const [state, message] of [
    [{ status: 'QUEUED', attempt: 1 }, 'the run was cancelled while no worker had it'],
    [{ status: 'RUNNING', attempt: 2, leaseUntil: api.time.now }, 'the run was cancelled while no worker had it'],
    [{ status: 'QUEUED', attempt: 0 }, 'the run was cancelled before it started'],
  ] as const) {
    const runId = await addRun(api, 'shop');
    Object.assign(api.runs.records.get(runId)!, state);
    const base = `${runId}/tenants/shop`;
    const artifacts =
      state.attempt === 0
        ? {}
        : { inbound_acme: `${base}/inbound/acme/a.csv`, input_manifest: `${base}/reports/input_manifest.json` };
    for (const key of Object.values(artifacts)) api.artifacts.put(key, 'x');
    const { status, json } = await api.call('POST', `/v1/runs/${runId}/cancel`);
    assert.equal([status, json.error_code, json.error_message], [200, 'CANCELLED', message]);
    assert.equal(json.artifacts, artifacts);
  }
});

test('the addresses of artifacts download under the names of the artifacts', async () => {
  const api = await startApi();
  await addTenant(api, 'shop');
  const runId = await addRun(api, 'shop');
  assert.equal((await api.call('GET', `/v1/runs/${runId}/artifacts`)).json, {});
  const base = `${runId}/tenants/shop`;
  api.runs.records.get(runId)!.artifacts = {
    normalized_acme: `${base}/normalized/acme/normalized.csv`,
    inbound_acme: `${base}/inbound/acme/feed.CSV.html`,
    run_summary: `${base}/reports/run_summary.json`,
  };
  const { json } = await api.call('GET', `/v1/runs/${runId}/artifacts`);
  const queryOf = (name: string) => Object.fromEntries(new URL(json[name]).searchParams);
  assert.equal(queryOf('normalized_acme'), {
    filename: 'normalized_acme.csv',
    type: 'text/csv; charset=utf-8',
    for: '900',
  });
  assert.equal(queryOf('inbound_acme'), { filename: 'feed.CSV.html', type: '', for: '900' });
  assert.equal(queryOf('run_summary'), { filename: 'run_summary.json', type: 'application/json', for: '900' });
  api.artifacts.origin = '';
  const own = (await api.call('GET', `/v1/runs/${runId}/artifacts`)).json.run_summary;
  assert.ok(own.startsWith(`http://relay.test/objects/${runId}/`));
});

test('unknown runs are 404 on every route', async () => {
  const api = await startApi();
  for (const id of ['run_1', 'x'.repeat(200), '..', '%00', 'a%2fb', '-']) {
    for (const [method, rest] of [
      ['GET', ''],
      ['GET', '/artifacts'],
      ['GET', '/errors'],
      ['POST', '/cancel'],
    ] as const) {
      const answer = await api.call(method, `/v1/runs/${id}${rest}`);
      assert.ok(answer.status === 404 || answer.status === 405, `${method} ${id}${rest} ${answer.status}`);
    }
  }
});

test('`run_type` is inventory_sync unless given, also for an idempotency key', async () => {
  const api = await startApi();
  await addTenant(api, 'shop');
  const headers = { 'Idempotency-Key': 'k' };
  const made = await api.call('POST', '/v1/runs', { headers, body: { tenant_id: 'shop' } });
  assert.is(made.status, 202, made.text);
  const body = { tenant_id: 'shop', run_type: 'inventory_sync' };
  assert.is((await api.call('POST', '/v1/runs', { headers, body })).json.run_id, made.json.run_id);
  assert.is((await api.call('POST', '/v1/runs', { body: { ...body, run_type: 'other' } })).status, 422);
});

test.run();
