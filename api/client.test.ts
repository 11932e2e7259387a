/** The typed client against the app: requests, answers, errors, and the types themselves. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createClient, type Model, RelayApiError } from './client.ts';
import { ADMIN, type Api, configOf, startApi } from './testing/harness.ts';

const clientOf = (api: Api, key = ADMIN) => createClient({ url: 'http://relay.test/', key, fetch: api.fetch });

async function errorOf(call: Promise<unknown>): Promise<RelayApiError> {
  const error = await call.then(
    () => null,
    (thrown) => thrown,
  );
  assert.instance(error, RelayApiError);
  return error;
}

test('a request has the parameters, the query and the headers that are given, and no others', async () => {
  let sent: Request | null = null;
  const fetch = async (request: Request) => {
    sent = request;
    return Response.json({});
  };
  const call = createClient({ url: 'http://relay.test/', key: 'k', fetch: fetch as Api['fetch'] });
  await call('GET /v1/runs', { query: { status: 'QUEUED', limit: 5, cursor: undefined } });
  const { method, url, headers } = sent as unknown as Request;
  assert.equal([method, url], ['GET', 'http://relay.test/v1/runs?status=QUEUED&limit=5']);
  assert.equal([...headers], [['x-api-key', 'k']]);
  const body = configOf('a') as Model<'TenantConfig'>;
  await call('PUT /v1/tenants/:tenant_id/config', {
    params: { tenant_id: 'a/b' },
    headers: { 'if-match': '"1"' },
    body,
  });
  const put = sent as unknown as Request;
  assert.is(put.url, 'http://relay.test/v1/tenants/a%2Fb/config');
  assert.equal([put.headers.get('if-match'), put.headers.get('content-type')], ['"1"', 'application/json']);
});

test('the client creates a tenant and a key, starts a run and reads the lists', async () => {
  const api = await startApi();
  const admin = clientOf(api);
  const config = configOf('shop') as Model<'TenantConfig'>;
  const version: number = (await admin('POST /v1/tenants', { body: config })).config_version;
  assert.is(version, 1);
  const { key, key_id } = await admin('POST /v1/tenants/:tenant_id/keys', { params: { tenant_id: 'shop' } });
  const shop = clientOf(api, key);
  const { tenants, next_cursor } = await shop('GET /v1/tenants');
  assert.equal([tenants.map((one) => one.tenant_id), next_cursor], [['shop'], null]);
  const headers = { 'if-match': '"1"' };
  const stored: Model<'TenantVersion'> = await shop('PUT /v1/tenants/:tenant_id/config', {
    params: { tenant_id: 'shop' },
    headers,
    body: config,
  });
  assert.is(stored.config_version, 1);
  const run = await shop('POST /v1/runs', { body: { tenant_id: 'shop' } });
  const status: 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' = run.status;
  assert.is(status, 'QUEUED');
  const { runs } = await shop('GET /v1/runs', { query: { status: 'QUEUED', limit: 5, cursor: undefined } });
  assert.is(runs[0]?.run_id, run.run_id);
  const { errors } = await shop('GET /v1/runs/:run_id/errors', {
    params: { run_id: run.run_id },
    query: { vendor_id: 'acme' },
  });
  assert.equal(errors, []);
  const { files } = await shop('GET /v1/tenants/:tenant_id/vendors/:vendor_id/files', {
    params: { tenant_id: 'shop', vendor_id: 'acme' },
  });
  assert.equal(files, []);
  const gone: null = await admin('DELETE /v1/tenants/:tenant_id/keys/:key_id', {
    params: { tenant_id: 'shop', key_id },
  });
  assert.is(gone, null);
  const metrics: string = await admin('GET /metrics');
  assert.match(metrics, 'runs_total');
});

test('an error carries its code, problems and ids', async () => {
  const api = await startApi();
  const admin = clientOf(api);
  const refused = await errorOf(admin('POST /v1/tenants', { body: {} as Model<'TenantConfig'> }));
  assert.equal([refused.status, refused.code], [422, 'CONFIG_INVALID']);
  assert.ok(refused.issues.some(({ path }) => path === 'tenant_id'));
  assert.match(refused.requestId ?? '', /^req_/);
  await admin('POST /v1/tenants', { body: configOf('shop') as Model<'TenantConfig'> });
  const { run_id } = await admin('POST /v1/runs', { body: { tenant_id: 'shop' } });
  const busy = await errorOf(admin('POST /v1/runs', { body: { tenant_id: 'shop' } }));
  assert.equal([busy.code, busy.activeRunId], ['TENANT_ALREADY_RUNNING', run_id]);
  const odd = await errorOf(admin('GET /v1/runs/:run_id', { params: { run_id: '../tenants?x#y' } }));
  assert.is(odd.status, 404);
});

test('an answer that does not come from Relay is an error', async () => {
  for (const text of ['<html>', '', '[]', 'null', '"x"', '{"error":1}']) {
    const proxy = createClient({ url: 'http://x', key: 'k', fetch: async () => new Response(text, { status: 502 }) });
    const error = await errorOf(proxy('GET /v1/health'));
    assert.equal([error.status, error.code, error.message], [502, null, 'HTTP 502']);
  }
});

test('each answer is read for what it is', async () => {
  const answered = async (body: string | null, status: number, headers: Record<string, string> = {}) => {
    const fetch = async () => new Response(body, { status, headers });
    const call = createClient({ url: 'http://x', key: 'k', fetch })('GET /v1/health') as Promise<unknown>;
    return call.catch((error: RelayApiError) => {
      const { code, message, issues, activeRunId, requestId, retryAfterSeconds, name } = error;
      return { name, status: error.status, code, message, issues, activeRunId, requestId, retryAfterSeconds };
    });
  };
  const json = { 'Content-Type': 'application/json; charset=utf-8' };
  assert.equal(await answered('{"a":1}', 200, json), { a: 1 });
  assert.equal(await answered('{"a":1}', 200, { 'Content-Type': 'text/csv' }), '{"a":1}');
  assert.equal(await answered('{"a":1}', 200, { 'Content-Type': 'x/application/json' }), '{"a":1}');
  assert.equal([await answered('', 200, { 'Content-Type': 'text/csv' }), await answered(null, 204)], [null, null]);
  const failed = {
    name: 'RelayApiError',
    code: null,
    issues: [],
    activeRunId: null,
    requestId: null,
    retryAfterSeconds: null,
  };
  const issues = [{ path: 'a', code: 'b', message: 'c' }];
  const full = { error: 'NOT_READY', message: 'no', issues, active_run_id: 'r' };
  assert.equal(await answered(JSON.stringify(full), 503, { 'Retry-After': '7', 'X-Request-Id': 'req' }), {
    ...{ ...failed, status: 503, code: 'NOT_READY', message: 'no', issues },
    ...{ activeRunId: 'r', requestId: 'req', retryAfterSeconds: 7 },
  });
  assert.equal(await answered('{"error":"NOT_FOUND","message":""}', 404), {
    ...failed,
    status: 404,
    code: 'NOT_FOUND',
    message: '',
  });
  for (const text of [
    '{"error":"X"}',
    '{"message":"x"}',
    '{"error":"X","message":1}',
    '{"error":1,"message":"x"}',
    '{',
    '7',
  ])
    assert.equal(await answered(text, 500), { ...failed, status: 500, message: 'HTTP 500' }, text);
});

test('addresses of the service with and without a slash at the end', async () => {
  const sent: string[] = [];
  for (const url of ['http://x', 'http://x/', 'http://x/base', 'http://x/base/']) {
    const fetch = async (request: Request) => {
      sent.push(`${request.url} ${await request.text()}`);
      return Response.json({});
    };
    const call = createClient({ url, key: 'k', fetch });
    await call('POST /v1/tenants/:tenant_id/keys', { params: { tenant_id: 't' }, body: { name: 'n' } });
    await call('DELETE /v1/tenants/:tenant_id/keys/:key_id', { params: { tenant_id: 't', key_id: 'k' } });
  }
  const at = (base: string) => [`${base}/v1/tenants/t/keys {"name":"n"}`, `${base}/v1/tenants/t/keys/k `];
  assert.equal(sent, ['http://x', 'http://x', 'http://x/base', 'http://x/base'].flatMap(at));
});

test('a request that is aborted is not sent', async () => {
  const call = createClient({
    url: 'http://x',
    key: 'k',
    fetch: async ({ signal }) => Response.json({ aborted: signal.aborted }),
  });
  assert.equal(await call('GET /v1/health', { signal: AbortSignal.abort() }), { aborted: true });
});

test('the types refuse what the API would refuse', async () => {
  const api = await startApi();
  const admin = clientOf(api);
  const mistakes = [
    // @ts-expect-error there is no such endpoint
    () => admin('GET /v1/nothing'),
    // @ts-expect-error the id is missing
    () => admin('GET /v1/runs/:run_id'),
    // @ts-expect-error the field is misspelled
    () => admin('POST /v1/runs', { body: { tenant: 'shop' } }),
    // @ts-expect-error there is no such status
    () => admin('GET /v1/runs', { query: { status: 'DONE' } }),
    // @ts-expect-error it takes no body
    () => admin('GET /v1/health', { body: {} }),
  ];
  assert.is(mistakes.length, 5);
});

test.run();
