/** What all requests share: ids, logs, limits and one form of error. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../core/errors.ts';
import { createProbeApp } from './app.ts';
import { ADMIN, addTenant, configOf, requestFor, startApi } from './testing/harness.ts';

test('a safe request id is kept, any other is replaced', async () => {
  const api = await startApi();
  const idOf = async (id: string) =>
    (await api.call('GET', '/v1/health', { headers: { 'X-Request-Id': id } })).headers.get('X-Request-Id')!;
  assert.is(await idOf('abc-1.2_3'), 'abc-1.2_3');
  // two of these are keys: one as Relay makes them, one as an operator chose it
  for (const bad of [`relay_${'k'.repeat(40)}`, ADMIN, '', 'a b', 'x'.repeat(129), '"quoted"', '-dash'])
    assert.match(await idOf(bad), /^req_[0-9a-z]{35}$/);
});

test('the log has one line per request, without keys, queries or bodies', async () => {
  const api = await startApi();
  const key = await addTenant(api, 'shop');
  const { key_id } = (await api.call('GET', '/v1/tenants/shop/keys')).json.keys[0];
  api.logs.length = 0;
  api.deps.now = () => api.time.now++;
  await api.call('GET', '/v1/runs?cursor=secret-of-the-query', { key });
  assert.is(api.logs.length, 1);
  const { event, level, fields } = api.logs[0]!;
  assert.is(level, 'info');
  assert.is(event, 'request');
  const { request_id, duration_ms, ...rest } = fields;
  assert.match(String(request_id), /^req_/);
  assert.ok(Number(duration_ms) >= 0);
  const status = { method: 'GET', route: '/v1/runs', path: '/v1/runs', status: 422, error: 'INVALID_REQUEST' };
  assert.equal(rest, { ...status, key_id, tenant_id: 'shop' });
  await api.call('GET', `/v1/${key}`, { key });
  await api.call('GET', `/v1/tenants/${ADMIN}/keys/${encodeURIComponent(ADMIN).replace('-', '%2D')}`);
  await api.call('POST', '/v1/tenants', { body: { ...configOf('x'), timezone: 'secret-of-the-body' } });
  await api.call('GET', '/v1/plugins', { key: 'secret-of-the-header' });
  const text = JSON.stringify(api.logs);
  for (const secret of [key, ADMIN, 'secret-of', ...api.tenants.keys.keys()]) assert.not(text.includes(secret), secret);
  assert.is(api.logs.length, 5);
});

test('bodies: too large is 413, with or without a length; not JSON is 400', async () => {
  const api = await startApi({ configBytesMax: 2000, bodyBytesMax: 100 });
  const config = configOf('shop');
  const text = JSON.stringify(config);
  assert.ok(text.length < 2000);
  const padded = (size: number) => text + ' '.repeat(size - text.length);
  assert.is((await api.call('POST', '/v1/tenants', { body: padded(2001) })).json.error, 'PAYLOAD_TOO_LARGE');
  assert.is((await api.call('POST', '/v1/tenants', { body: padded(2000) })).status, 201);
  const run = JSON.stringify({ tenant_id: 'shop', run_type: 'inventory_sync' });
  assert.is((await api.call('POST', '/v1/runs', { body: run.padEnd(101) })).status, 413);
  assert.is((await api.call('POST', '/v1/runs', { body: run.padEnd(100) })).status, 202);
  assert.is((await api.call('POST', '/v1/runs/run_1/cancel', { body: 'x'.repeat(101) })).status, 413);
  const bad = ['', '{', '{"a":1,}', 'tenant_id=x', '\u0000', '[1', 'undefined', new Uint8Array([0x22, 0xff, 0x22])];
  for (const body of bad) {
    const refused = await api.call('POST', '/v1/runs', { body });
    assert.is(refused.status, 400);
    assert.is(refused.json.error, 'MALFORMED_JSON');
  }
});

test('a chunked body without a length is refused as soon as it passes the limit', async () => {
  const api = await startApi({ bodyBytesMax: 1000 });
  let chunks = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      chunks++;
      controller.enqueue(new Uint8Array(100).fill(32));
    },
  });
  const headers = { 'X-API-Key': ADMIN };
  const request = new Request('http://relay.test/v1/runs', {
    method: 'POST',
    headers,
    body,
    duplex: 'half',
  } as RequestInit);
  const answer = await api.fetch(request);
  assert.is(answer.status, 413);
  assert.ok(chunks < 15, String(chunks));
});

test('deeply nested JSON is refused before any code walks it', async () => {
  const api = await startApi();
  const deep = `${'['.repeat(60_000)}${']'.repeat(60_000)}`;
  const refused = await api.call('POST', '/v1/tenants', { body: `{"a":${deep}}` });
  assert.is(refused.status, 400);
  const quoted = JSON.stringify({ tenant_id: '[[{"\\'.repeat(500), run_type: 'x' });
  assert.is((await api.call('POST', '/v1/runs', { body: quoted })).status, 422);
});

test('an unknown path is 404 and a wrong method 405, with the usual error body', async () => {
  const api = await startApi();
  for (const path of [
    '/',
    '/v1',
    '/v2/runs',
    '/v1/runs/',
    '/v1/tenants',
    '/v1/nothing',
    '/v1/health/x',
    '//v1/health',
  ]) {
    const answer = await api.call('GET', path, { key: null });
    if (path === '/v1/tenants') continue;
    assert.is(answer.status, 404, path);
    assert.is(answer.json.error, 'NOT_FOUND');
  }
  for (const [method, path, allow] of [
    ['DELETE', '/v1/tenants', 'GET, HEAD, POST'],
    ['DELETE', '/v1/runs', 'GET, HEAD, POST'],
    ['PUT', '/v1/runs/run_1', 'GET, HEAD'],
    ['OPTIONS', '/v1/tenants/shop/config', 'GET, HEAD, PUT'],
    ['PATCH', '/v1/health', 'GET, HEAD'],
  ] as const) {
    const answer = await api.call(method, path);
    assert.is(answer.status, 405, path);
    assert.is(answer.json.error, 'METHOD_NOT_ALLOWED');
    assert.is(answer.headers.get('Allow'), allow);
  }
  const head = await api.call('HEAD', '/v1/health');
  assert.equal([head.status, head.text], [200, '']);
});

test('an empty X-API-Key does not hide a Bearer key', async () => {
  const api = await startApi();
  const headers = { 'X-API-Key': '', Authorization: `Bearer ${ADMIN}` };
  assert.is((await api.call('GET', '/v1/plugins', { key: null, headers })).status, 200);
});

test('an unknown query parameter is refused, not ignored', async () => {
  const api = await startApi();
  const { status, json } = await api.call('GET', '/v1/runs?statsu=FAILED');
  assert.equal([status, json.error, json.issues[0].path], [422, 'INVALID_REQUEST', 'statsu']);
});

test('a query of very many parameters is refused as a whole', async () => {
  const api = await startApi();
  const query = (count: number) => Array.from({ length: count }, (_, i) => `p${i}=`).join('&');
  for (const [count, issues] of [
    [100, 100],
    [101, undefined],
  ] as const) {
    const { status, json } = await api.call('GET', `/v1/runs?${query(count)}`);
    assert.equal([status, json.error, json.issues?.length], [422, 'INVALID_REQUEST', issues]);
  }
});

test('a key may send a burst of 200, then it is limited; other keys are not', async () => {
  const api = await startApi({ rateBurst: 200, ratePerSecond: 0.5 });
  const key = await addTenant(api, 'shop');
  for (let i = 0; i < 200; i++) assert.is((await api.call('GET', '/v1/tenants', { key })).status, 200);
  const refused = await api.call('GET', '/v1/plugins', { key });
  assert.is(refused.status, 429);
  assert.is(refused.json.error, 'RATE_LIMITED');
  assert.is(refused.headers.get('Retry-After'), '2');
  assert.is((await api.call('GET', '/v1/plugins')).status, 200);
  assert.is((await api.call('GET', '/v1/health', { key })).status, 200);
  api.time.now += 2000;
  assert.is((await api.call('GET', '/v1/plugins', { key })).status, 200);
  assert.is((await api.call('GET', '/v1/plugins', { key })).status, 429);
});

test('a request over the rate is refused after a delay, which delays no other request', async () => {
  const api = await startApi({ rateBurst: 1, ratePerSecond: 0.5, refusalMs: 40 });
  const key = await addTenant(api, 'shop');
  await api.call('GET', '/v1/plugins', { key });
  await withDelaysHeld(40, async (held) => {
    const order: string[] = [];
    const refused = api.call('GET', '/v1/plugins', { key }).then(({ status }) => order.push(String(status)));
    const end = await held();
    await api.call('GET', '/v1/health').then(({ status }) => order.push(String(status)));
    assert.equal(order, ['200']);
    end();
    await refused;
    assert.equal(order, ['200', '429']);
  });
});

test('when too many refusals are delayed already, the next is refused at once', async () => {
  const api = await startApi({ rateBurst: 1, ratePerSecond: 0.5, refusalMs: 40, refusalsWaiting: 1 });
  const key = await addTenant(api, 'shop');
  await api.call('GET', '/v1/plugins', { key });
  await withDelaysHeld(40, async (held) => {
    const order: string[] = [];
    const refused = (name: string) => api.call('GET', '/v1/plugins', { key }).then(() => order.push(name));
    const first = refused('first');
    const end = await held();
    await refused('second');
    assert.equal(order, ['second']);
    end();
    await first;
  });
});

/**
 * Holds every timer of so many milliseconds, so that no machine is too slow for an order. `held` waits for the next one and gives
 * what ends it.
 */
async function withDelaysHeld(
  milliseconds: number,
  body: (held: () => Promise<() => void>) => Promise<void>,
): Promise<void> {
  const { setTimeout } = globalThis;
  const ends: Array<() => void> = [];
  const held = async () => {
    while (ends.length === 0) await new Promise((resolve) => setImmediate(resolve));
    return ends.shift()!;
  };
  globalThis.setTimeout = ((end: () => void, delay: number) =>
    delay === milliseconds ? ends.push(end) : setTimeout(end, delay)) as typeof setTimeout;
  try {
    await body(held);
  } finally {
    globalThis.setTimeout = setTimeout;
  }
}

test('an unreachable store is 503 and a bug 500; both give the request id and no details', async () => {
  const api = await startApi();
  const failures: Array<[unknown, number, string]> = [
    [new RelayError('store_down', 'dynamo at 10.0.0.1 is away', { recovery: 'retry' }), 503, 'UNAVAILABLE'],
    [new RelayError('disk_full', 'secret path /var/x'), 503, 'UNAVAILABLE'],
    [new TypeError('secret is undefined'), 500, 'internal_error'],
    ['a string', 500, 'internal_error'],
    [null, 500, 'internal_error'],
  ];
  for (const [failure, status, code] of failures) {
    api.logs.length = 0;
    api.runs.get = () => Promise.reject(failure);
    const answer = await api.call('GET', '/v1/runs/run_1');
    assert.is(answer.status, status);
    assert.is(answer.json.error, code);
    assert.is(answer.headers.get('Retry-After'), status === 503 ? '5' : null);
    assert.ok(answer.json.message.includes(answer.headers.get('X-Request-Id')));
    assert.not(/secret|10\.0\.0\.1|\bat \w+ \(/.test(answer.text), answer.text);
    assert.is(api.logs.length, 1);
    assert.is(api.logs[0]!.level, 'error');
    assert.is(api.logs[0]!.fields.status, status);
    assert.type(api.logs[0]!.fields.stack, 'string');
  }
  api.tenants.findKey = () => Promise.reject(new RelayError('store_down', 'away', { recovery: 'retry' }));
  assert.is((await api.call('GET', '/v1/plugins', { key: 'x' })).status, 503);
});

test('answers forbid caching, and pages of other origins read them only if CORS is set up', async () => {
  const api = await startApi();
  const headers = { Origin: 'https://shop.example' };
  const closed = await api.call('GET', '/v1/plugins', { headers });
  assert.is(closed.headers.get('Cache-Control'), 'no-store');
  assert.is(closed.headers.get('X-Content-Type-Options'), 'nosniff');
  assert.is(closed.headers.get('Access-Control-Allow-Origin'), null);
  const open = await startApi({ corsOrigins: ['https://shop.example'] });
  assert.is(
    (await open.call('GET', '/v1/plugins', { headers })).headers.get('Access-Control-Allow-Origin'),
    headers.Origin,
  );
  const other = await open.call('GET', '/v1/plugins', { headers: { Origin: 'https://evil.example' } });
  assert.is(other.headers.get('Access-Control-Allow-Origin'), null);
  const preflight = { ...headers, 'Access-Control-Request-Method': 'PUT' };
  assert.is((await open.call('OPTIONS', '/v1/runs', { key: null, headers: preflight })).status, 204);
});

test('a body is read as JSON even if its content type says form', async () => {
  const api = await startApi();
  for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'application/json; charset=utf-16', 'x']) {
    const request = requestFor('POST', '/v1/tenants', {
      body: configOf(`t${type.length}`),
      headers: { 'Content-Type': type },
    });
    assert.is((await api.fetch(request)).status, 201, type);
  }
});

test('a separate worker process answers health, readiness and metrics, with the same keys, and nothing else', async () => {
  const api = await startApi();
  const probe = createProbeApp(api.deps);
  const ask = async (path: string, key: string | null) => {
    const headers: Record<string, string> = key === null ? {} : { 'X-API-Key': key };
    return (await probe.fetch(new Request(`http://worker.test${path}`, { headers }))).status;
  };
  assert.is(await ask('/v1/health', null), 200);
  for (const path of ['/v1/ready', '/metrics']) {
    assert.equal([await ask(path, null), await ask(path, ADMIN)], [401, 200], path);
  }
  for (const path of ['/v1/runs', '/v1/plugins', '/v1/openapi.json']) assert.is(await ask(path, ADMIN), 404, path);
});

test('a request with very many problems lists the first and counts the rest', async () => {
  const api = await startApi({ problemsMax: 3 });
  const unknown = Array.from({ length: 10 }, (_, i) => `x${i}=1`);
  const { status, json } = await api.call('GET', `/v1/runs?${unknown.join('&')}`);
  assert.is(status, 422);
  const worded = ['x0', 'x1', 'x2'].map((name) => `${name} is not a field of this request`);
  assert.is(json.message, `the request has 10 problems: ${worded.join('; ')}; …`);
  assert.equal(
    json.issues.map(({ code }: { code: string }) => code),
    ['unknown_key', 'unknown_key', 'unknown_key', 'more_problems'],
  );
});

test.run();
