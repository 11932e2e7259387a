/** What all requests share, and the endpoints about the service itself. */

import { allEndpoints } from '../../../api/app.ts';
import { codesOf } from '../../../api/endpoint.ts';
import { openApi } from '../../../api/openapi.ts';
import { ADMIN, configOf } from '../../../api/testing/harness.ts';
import { RelayError } from '../../../core/errors.ts';
import { Conversation, digest, withoutWords } from '../conversation.ts';

export async function onRequests(): Promise<string[]> {
  const talk = await Conversation.start({
    bodyBytesMax: 300,
    configBytesMax: 1500,
    bodyDepthMax: 5,
    problemsMax: 3,
    corsOrigins: ['https://shop.example'],
  });
  const { api } = talk;
  await api.call('POST', '/v1/tenants', { body: configOf('shop') });
  talk.name('shop', (await api.call('POST', '/v1/tenants/shop/keys')).json.key);
  for (const as of ['admin', 'shop', null]) {
    await talk.askAll(
      'GET',
      [
        '/v1/health',
        '/v1/ready',
        '/metrics',
        '/v1/runs/none',
        '/nothing',
        '/',
        '/v1/runs/',
        '/V1/health',
        '/v1//health',
        '/v1/feeds/x',
      ],
      { as },
    );
    await talk.askAll('HEAD', ['/v1/health', '/v1/ready', '/nothing'], { as });
    await talk.askAll(
      'DELETE',
      ['/v1/health', '/v1/tenants/shop/config', '/v1/runs/x/cancel', '/v1/tenants/shop/keys/x', '/nothing'],
      { as },
    );
    await talk.askAll('OPTIONS', ['/v1/health', '/v1/runs'], { as });
    await talk.askAll('PATCH', ['/v1/tenants/shop', '/v1/feeds/x'], { as });
  }
  for (const headers of [
    { Authorization: 'Bearer wrong' },
    { Authorization: 'Basic wrong' },
    { Authorization: 'bearer' },
    { 'X-API-Key': '' },
    { 'X-API-Key': 'wrong' },
    { 'X-API-Key': 'x'.repeat(600) },
    { Origin: 'https://shop.example' },
    { Origin: 'https://evil.example' },
    { Origin: 'https://shop.example', 'Access-Control-Request-Method': 'PUT' },
    { 'X-Request-Id': 'mine-1' },
  ] as Array<Record<string, string>>) {
    await talk.ask('GET', '/v1/tenants', { as: null, headers });
    await talk.ask('OPTIONS', '/v1/tenants', { as: null, headers });
  }
  for (const Authorization of [
    `Bearer ${ADMIN}`,
    `BEARER   ${ADMIN}`,
    `Bearer\t${ADMIN}`,
    `Bearer${ADMIN}`,
    `x Bearer ${ADMIN}`,
    `Bearer ${ADMIN} x`,
    `Bearer ${'k'.repeat(512)}`,
  ])
    await talk.ask('GET', '/v1/tenants', { as: null, headers: { Authorization } });
  for (const headers of [
    { 'X-API-Key': ADMIN, Authorization: 'Bearer wrong' },
    { 'X-API-Key': 'wrong', Authorization: `Bearer ${ADMIN}` },
    { 'X-API-Key': '', Authorization: `Bearer ${ADMIN}` },
    { 'X-API-Key': ` ${ADMIN} ` },
    { 'X-API-Key': ADMIN.toUpperCase() },
  ])
    await talk.ask('GET', '/v1/tenants', { as: null, headers });
  const run = JSON.stringify({ tenant_id: 'nobody', run_type: 'inventory_sync' });
  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  for (const body of [
    run,
    run.padEnd(300),
    run.padEnd(301),
    '',
    ' ',
    '{',
    'null',
    '[]',
    '"x"',
    nested(5),
    nested(6),
    '{"a":{"b":{"c":{"d":[]}}}}',
    '{"a":{"b":{"c":{"d":[[]]}}}}',
    '\ufeff{}',
    '{"tenant_id":1,"run_type":2,"a":3,"b":4,"c":5}',
    '{"__proto__":1}',
  ])
    await talk.ask('POST', '/v1/runs', { body });
  const config = JSON.stringify(configOf('other'));
  for (const body of [config.padEnd(1501), config.padEnd(1500), '', '{', nested(6)])
    await talk.ask('POST', '/v1/tenants', { body });
  const yaml = 'tenant_id: third\ntimezone: UTC\nunknown: [1, 2]\n';
  for (const type of [
    'application/yaml',
    'text/yaml; charset=utf-8',
    'application/x-yaml',
    ' TEXT/X-YAML ',
    'application/yamlx',
    'text/plain',
    'image/yaml',
    'x-application/yaml',
  ])
    for (const body of [yaml, 'a: [1', ''])
      await talk.ask('POST', '/v1/tenants', { body, headers: { 'Content-Type': type } });
  for (const [method, path] of [
    ['DELETE', '/v1/tenants/shop/keys/none'],
    ['POST', '/v1/runs/none/cancel'],
  ] as const)
    for (const body of ['x'.repeat(300), 'x'.repeat(301)]) await talk.ask(method, path, { body });
  for (const query of ['?a=1', '?a=1&b=2', '?a=1&b=2&c=3', '?a=1&b=2&c=3&d=4', '?limit=x&a=1'])
    await talk.ask('GET', `/v1/runs${query}`);
  return talk.lines;
}

/** What the log says of odd paths: never a key. */
export async function onPaths(): Promise<string[]> {
  const talk = await Conversation.start();
  const key = `relay_${'k'.repeat(40)}`;
  const encoded = (text: string) => text.replaceAll(/[-a-f]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
  for (const path of [
    key,
    `feeds/${key}`,
    `${encoded(key)}/x`,
    ADMIN,
    `${ADMIN}/and/${ADMIN}`,
    encoded(ADMIN),
    `x${ADMIN}`,
    `%zz/${ADMIN}`,
    `${ADMIN}%zz`,
    `run_${'a'.repeat(30)}/key_${'b'.repeat(30)}/req_x`,
    `${'long-enough-word/'.repeat(8)}${ADMIN}`,
    `${'long-enough-word/'.repeat(7)}${ADMIN}`,
    `run_${'a'.repeat(20)}/`.repeat(9) + ADMIN,
    'y'.repeat(199),
    'y'.repeat(1000),
    'a%20b%7Fc%00d%C3%BC',
    `%52%65lay/${encoded(ADMIN).toUpperCase()}`,
    `x/${ADMIN}%20y`,
    `%19${ADMIN}%80/%7F${ADMIN}`,
    `relay_${'k'.repeat(15)}/relay_${'k'.repeat(16)}.${'k'.repeat(20)}`,
    `rk_admin_${'k'.repeat(20)}/rk_admin_${'-'.repeat(16)}`,
    encoded(`rk_admin_${'k'.repeat(20)}`),
    `key_${'b'.repeat(25)}${ADMIN}`,
    `req_${'0'.repeat(36)}/link_${'0'.repeat(36)}/sim_${'0'.repeat(36)}/odd_${'0'.repeat(36)}`,
  ])
    await talk.ask('GET', `/v1/${path}`);
  return talk.lines;
}

/** When stores fail. */
export async function onFailures(): Promise<string[]> {
  const talk = await Conversation.start();
  const { api } = talk;
  await api.call('POST', '/v1/tenants', { body: configOf('shop') });
  const failing = async (path: string, failure: unknown) => {
    const { get } = api.runs;
    api.runs.get = () => Promise.reject(failure);
    await talk.ask('GET', path);
    api.runs.get = get;
  };
  for (const failure of [
    new RelayError('store_down', 'away', { recovery: 'retry' }),
    new RelayError('invalid_cursor', 'no'),
    new RelayError('disk_nearly_full', 'full'),
    new RelayError('plugin_failed', 'no'),
    new RelayError('x', 'relay_0123456789abcdef0123', { cause: new TypeError('why') }),
    new TypeError('bug'),
    'text',
    undefined,
  ])
    await failing('/v1/runs/r1', failure);
  for (const store of ['artifacts', 'tenants', 'runs', 'queue'] as const) {
    const { check } = api[store];
    for (const failure of [new RelayError('store_down', 'away'), new Error('no'), 'text']) {
      api[store].check = () => Promise.reject(failure);
      await talk.ask('GET', '/v1/ready');
    }
    api[store].check = check;
  }
  api.deps.requireRoom = () => Promise.reject(new RelayError('disk_nearly_full', 'full'));
  await talk.ask('GET', '/v1/ready');
  for (const [path, body] of [
    ['/v1/runs', { tenant_id: 'shop', run_type: 'inventory_sync' }],
    ['/v1/tenants/shop/uploads', { vendor_id: 'acme', filename: 'a.csv' }],
  ] as const)
    await talk.ask('POST', path, { body });
  api.deps.requireRoom = async () => {};
  await talk.ask('GET', '/v1/ready');
  return talk.lines;
}

/** Who asks too often. */
export async function onRates(): Promise<string[]> {
  const talk = await Conversation.start({ rateBurst: 3, ratePerSecond: 0.5, rateKeysMax: 2, proxyHops: 1 });
  const { api } = talk;
  for (const tenant of ['shop', 'other', 'third']) {
    await api.tenants.create(tenant, configOf(tenant), api.time.now);
    api.time.now += 10_000;
    talk.name(tenant, (await api.call('POST', `/v1/tenants/${tenant}/keys`)).json.key);
    api.time.now += 10_000;
    talk.name(`${tenant} too`, (await api.call('POST', `/v1/tenants/${tenant}/keys`)).json.key);
  }
  const path = '/v1/tenants/shop';
  for (let i = 0; i < 4; i++) await talk.ask('GET', path, { as: i % 2 === 0 ? 'shop' : 'shop too' });
  await talk.ask('GET', '/v1/health', { as: 'shop' });
  for (const as of ['other', 'third', 'shop', 'shop']) await talk.ask('GET', path, { as });
  api.time.now += 1999;
  await talk.ask('GET', path, { as: 'shop' });
  api.time.now += 1;
  await talk.ask('GET', path, { as: 'shop' });
  for (const from of [
    '10.0.0.1',
    '10.0.0.1:99',
    '10.0.0.2',
    '2001:db8::1',
    '2001:db8::2',
    '2001:db8:1::1',
    'x',
    '1.1.1.1, 10.0.0.1',
  ])
    for (let i = 0; i < 4; i++) await talk.ask('GET', path, { as: null, headers: { 'X-Forwarded-For': from } });
  for (let i = 0; i < 4; i++)
    await talk.ask('GET', '/v1/feeds/wrong', { as: null, headers: { 'X-Forwarded-For': '10.0.0.9' } });
  await talk.ask('GET', path, { as: null, headers: { 'X-Forwarded-For': '10.0.0.9' } });
  await talk.ask('GET', path, { as: 'shop', headers: { 'X-Forwarded-For': '10.0.0.9' } });
  return talk.lines;
}

/** The OpenAPI document, a hash for each of its parts, and the list of plugins. */
export async function onDocuments(): Promise<string[]> {
  const talk = await Conversation.start(
    { corsOrigins: [] },
    {
      signedObjects: {
        basePath: '/objects',
        fetch: () => new Response('object', { headers: { 'content-type': 'text/plain' } }),
      },
    },
  );
  const { deps } = talk.api;
  const {
    paths = {},
    components,
    ...rest
  } = openApi(allEndpoints(deps), deps.settings, '1.2.3', 'http://relay.test') as unknown as Record<
    string,
    Record<string, object>
  >;
  const lines = Object.entries(rest).map(([name, part]) => `${name} ${digest(withoutWords(part))}`);
  for (const [path, methods] of Object.entries(paths))
    for (const [method, operation] of Object.entries(methods))
      lines.push(`${method} ${path} ${digest(withoutWords(operation))}`);
  for (const spec of allEndpoints(deps)) lines.push(`${spec.id} ${codesOf(spec).join(' ')}`);
  for (const [kind, parts] of Object.entries(components ?? {}))
    for (const [name, part] of Object.entries(parts)) lines.push(`${kind} ${name} ${digest(withoutWords(part))}`);
  const { plugins } = (await talk.api.call('GET', '/v1/plugins')).json;
  for (const plugin of plugins) lines.push(`plugin ${plugin.kind} ${plugin.id} ${digest(withoutWords(plugin))}`);
  await talk.askAll('GET', ['/v1/openapi.json', '/v1/plugins', '/objects/a/b', '/objects/', '/objects'], { as: null });
  await talk.ask('PUT', '/objects/a/b', { as: null, body: 'x' });
  await talk.ask('POST', '/objects/a/b', { as: null, body: 'x' });
  return [...lines, ...talk.lines];
}
