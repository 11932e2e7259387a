/** Every route with every kind of key: an admin's, the tenant's own, another tenant's, a revoked one, and none. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createSimulation } from '../core/pipeline/simulate/records.ts';
import { allEndpoints } from './app.ts';
import { ADMIN, type Api, addRun, addTenant, configOf, startApi } from './testing/harness.ts';
import { publish } from './testing/published.ts';
import { simulationOf } from './testing/simulations.ts';

interface Fixture {
  api: Api;
  keys: Record<Who, string | null>;
  runId: string;
  keyId: string;
  linkId: string;
  link: string;
}

type Who = 'admin' | 'own' | 'other' | 'revoked' | 'none';
type Statuses = Record<Who, number>;

interface Case {
  route: string;
  path(fixture: Fixture): string;
  body?: unknown;
  expected: Statuses;
}

/** The status of a tenant's own resource for each kind of key. */
const own = (good: number): Statuses => ({ admin: good, own: good, other: 404, revoked: 401, none: 401 });
const forAdmins = (good: number): Statuses => ({ admin: good, own: 404, other: 404, revoked: 401, none: 401 });
const forAll = (good: number): Statuses => ({ admin: good, own: good, other: good, revoked: 401, none: 401 });

const UPLOAD = { vendor_id: 'acme', filename: 'a.csv' };
const RUN = { tenant_id: 'shop', run_type: 'inventory_sync' };
const CASES: readonly Case[] = [
  { route: 'POST /v1/tenants', path: () => '/v1/tenants', body: configOf('shop3'), expected: forAdmins(201) },
  { route: 'GET /v1/tenants', path: () => '/v1/tenants', expected: forAll(200) },
  { route: 'GET /v1/tenants/:tenant_id', path: () => '/v1/tenants/shop', expected: own(200) },
  { route: 'GET /v1/tenants/:tenant_id/config', path: () => '/v1/tenants/shop/config', expected: own(200) },
  {
    route: 'PUT /v1/tenants/:tenant_id/config',
    path: () => '/v1/tenants/shop/config',
    body: configOf('shop'),
    expected: own(200),
  },
  { route: 'POST /v1/tenants/:tenant_id/keys', path: () => '/v1/tenants/shop/keys', body: {}, expected: own(201) },
  { route: 'GET /v1/tenants/:tenant_id/keys', path: () => '/v1/tenants/shop/keys', expected: own(200) },
  {
    route: 'DELETE /v1/tenants/:tenant_id/keys/:key_id',
    path: ({ keyId }) => `/v1/tenants/shop/keys/${keyId}`,
    expected: own(204),
  },
  {
    route: 'POST /v1/tenants/:tenant_id/uploads',
    path: () => '/v1/tenants/shop/uploads',
    body: UPLOAD,
    expected: own(201),
  },
  {
    route: 'GET /v1/tenants/:tenant_id/vendors/:vendor_id/files',
    path: () => '/v1/tenants/shop/vendors/acme/files',
    expected: own(200),
  },
  {
    route: 'DELETE /v1/tenants/:tenant_id/vendors/:vendor_id/files',
    path: () => '/v1/tenants/shop/vendors/acme/files?name=gone.csv',
    expected: own(404),
  },
  { route: 'GET /v1/tenants/:tenant_id/feed', path: () => '/v1/tenants/shop/feed', expected: own(200) },
  { route: 'POST /v1/tenants/:tenant_id/feed-links', path: () => '/v1/tenants/shop/feed-links', expected: own(201) },
  { route: 'GET /v1/tenants/:tenant_id/feed-links', path: () => '/v1/tenants/shop/feed-links', expected: own(200) },
  {
    route: 'DELETE /v1/tenants/:tenant_id/feed-links/:link_id',
    path: ({ linkId }) => `/v1/tenants/shop/feed-links/${linkId}`,
    expected: own(204),
  },
  {
    route: 'GET /v1/feeds/:link',
    path: ({ link }) => new URL(link).pathname,
    // a signed address needs no key
    expected: { admin: 200, own: 200, other: 200, revoked: 200, none: 200 },
  },
  {
    route: 'GET /v1/tenants/:tenant_id/publications',
    path: () => '/v1/tenants/shop/publications',
    expected: own(200),
  },
  {
    route: 'GET /v1/tenants/:tenant_id/publications/:sequence/delta',
    path: () => '/v1/tenants/shop/publications/1/delta',
    expected: own(200),
  },
  {
    route: 'POST /v1/tenants/:tenant_id/rollback',
    path: () => '/v1/tenants/shop/rollback',
    body: { run_id: 'run_old', reason: 'back' },
    expected: own(200),
  },
  {
    route: 'POST /v1/runs/:run_id/publish',
    path: ({ runId }) => `/v1/runs/${runId}/publish`,
    body: { reason: 'looked at' },
    expected: own(409),
  },
  { route: 'GET /v1/tenants/:tenant_id/holds', path: () => '/v1/tenants/shop/holds', expected: own(200) },
  { route: 'GET /v1/tenants/:tenant_id/decisions', path: () => '/v1/tenants/shop/decisions', expected: own(200) },
  {
    route: 'POST /v1/tenants/:tenant_id/decisions',
    path: () => '/v1/tenants/shop/decisions',
    body: { run_id: 'run_old', skus: 'all', decision: 'accept', reason: 'looked at' },
    expected: own(409),
  },
  {
    route: 'POST /v1/tenants/:tenant_id/simulations',
    path: () => '/v1/tenants/shop/simulations',
    body: { config: configOf('shop') },
    // the tenant has no run that succeeded
    expected: own(409),
  },
  {
    route: 'GET /v1/tenants/:tenant_id/simulations/:simulation_id',
    path: () => '/v1/tenants/shop/simulations/sim_1',
    expected: own(200),
  },
  {
    route: 'POST /v1/tenants/:tenant_id/simulations/:simulation_id/cancel',
    path: () => '/v1/tenants/shop/simulations/sim_1/cancel',
    expected: own(200),
  },
  { route: 'POST /v1/runs', path: () => '/v1/runs', body: RUN, expected: own(409) },
  { route: 'GET /v1/runs', path: () => '/v1/runs?tenant_id=shop', expected: own(200) },
  { route: 'GET /v1/runs/:run_id', path: ({ runId }) => `/v1/runs/${runId}`, expected: own(200) },
  { route: 'GET /v1/runs/:run_id/artifacts', path: ({ runId }) => `/v1/runs/${runId}/artifacts`, expected: own(200) },
  { route: 'GET /v1/runs/:run_id/errors', path: ({ runId }) => `/v1/runs/${runId}/errors`, expected: own(200) },
  { route: 'POST /v1/runs/:run_id/cancel', path: ({ runId }) => `/v1/runs/${runId}/cancel`, expected: own(200) },
  { route: 'GET /v1/runs/:run_a/diff/:run_b', path: () => '/v1/runs/run_old/diff/run_old', expected: own(200) },
  {
    route: 'GET /v1/runs/:run_id/explain',
    path: ({ runId }) => `/v1/runs/${runId}/explain?list=tied`,
    // the API of the tests has no runners
    expected: own(501),
  },
  {
    route: 'GET /v1/runs/:run_id/explain/:sku',
    path: ({ runId }) => `/v1/runs/${runId}/explain/A`,
    // the API of the tests has no runners
    expected: own(501),
  },
  {
    route: 'GET /v1/tenants/:tenant_id/skus/:sku/history',
    path: () => '/v1/tenants/shop/skus/A/history',
    expected: own(200),
  },
  { route: 'GET /v1/plugins', path: () => '/v1/plugins', expected: forAll(200) },
  { route: 'GET /v1/openapi.json', path: () => '/v1/openapi.json', expected: forAll(200) },
  { route: 'GET /v1/ready', path: () => '/v1/ready', expected: forAdmins(200) },
  { route: 'GET /metrics', path: () => '/metrics', expected: forAdmins(200) },
  {
    route: 'GET /v1/health',
    path: () => '/v1/health',
    expected: { admin: 200, own: 200, other: 200, revoked: 200, none: 200 },
  },
];

async function fixture(): Promise<Fixture> {
  const api = await startApi();
  const ownKey = await addTenant(api, 'shop');
  const other = await addTenant(api, 'shop2');
  const spare = await api.call('POST', '/v1/tenants/shop/keys');
  const revoked = await api.call('POST', '/v1/tenants/shop/keys');
  await api.call('DELETE', `/v1/tenants/shop/keys/${revoked.json.key_id}`);
  await publish(api, 'shop', 'run_old', 'sku\nA1\n');
  const runId = await addRun(api, 'shop');
  await createSimulation(api.artifacts, simulationOf('shop', 'sim_1'));
  const spareLink = await api.call('POST', '/v1/tenants/shop/feed-links');
  const link = await api.call('POST', '/v1/tenants/shop/feed-links');
  const keys = { admin: ADMIN, own: ownKey, other, revoked: revoked.json.key, none: null };
  return { api, keys, runId, keyId: spare.json.key_id, linkId: spareLink.json.link_id, link: link.json.url };
}

test('the table has every route', async () => {
  const { deps } = await startApi();
  const routes = allEndpoints(deps).map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  assert.equal(CASES.map((one) => one.route).sort(), routes.sort());
});

/** For all requests that change nothing. */
let unchanged: Promise<Fixture> | undefined;
/** In this order those that may change something come last: what a request without the right key changed, the next would show. */
const ASKERS: readonly Who[] = ['none', 'revoked', 'other', 'own', 'admin'];

for (const { route, path, body, expected } of CASES) {
  const [method = ''] = route.split(' ');
  test(`${route}: each key reaches only its own tenant`, async () => {
    if (method === 'GET') unchanged ??= fixture();
    let made = (method === 'GET' && (await unchanged)) || (await fixture());
    for (const who of ASKERS) {
      // the own key may have changed something
      if (who === 'admin' && method !== 'GET') made = await fixture();
      const answer = await made.api.call(method, path(made), { key: made.keys[who], body });
      assert.is(answer.status, expected[who], `${who}: ${answer.text}`);
    }
  });
}

test('another tenant’s resource looks exactly like a missing one', async () => {
  const { api, keys, runId } = await fixture();
  const key = keys.other;
  for (const [method, theirs, nobodys, body] of [
    ['GET', '/v1/tenants/shop', '/v1/tenants/nobody'],
    ['PUT', '/v1/tenants/shop/config', '/v1/tenants/nobody/config', '{"broken":'],
    ['POST', '/v1/tenants/shop/uploads', '/v1/tenants/nobody/uploads', UPLOAD],
    ['GET', '/v1/tenants/shop/vendors/acme/files', '/v1/tenants/nobody/vendors/acme/files'],
    ['GET', '/v1/tenants/shop/feed', '/v1/tenants/nobody/feed'],
    ['GET', '/v1/tenants/shop/publications/1/delta', '/v1/tenants/nobody/publications/1/delta'],
    ['POST', '/v1/tenants/shop/rollback', '/v1/tenants/nobody/rollback', { run_id: 'run_old', reason: 'x' }],
    ['GET', '/v1/tenants/shop/simulations/sim_1', '/v1/tenants/nobody/simulations/sim_1'],
    ['POST', '/v1/tenants/shop/simulations', '/v1/tenants/nobody/simulations', { config: configOf('shop') }],
    ['POST', `/v1/runs/${runId}/publish`, '/v1/runs/run_nobody/publish', { reason: 'x' }],
    ['GET', '/v1/runs?tenant_id=shop', '/v1/runs?tenant_id=nobody'],
    ['GET', `/v1/runs/${runId}`, '/v1/runs/run_nobody'],
    ['POST', `/v1/runs/${runId}/cancel`, '/v1/runs/run_nobody/cancel'],
  ] as const) {
    const one = await api.call(method, theirs, { key, body });
    const two = await api.call(method, nobodys, { key, body });
    assert.equal([one.status, one.text], [two.status, two.text], theirs);
    assert.is(one.status, 404);
  }
  const asked = await api.call('POST', '/v1/runs', { key, body: RUN });
  const unknown = await api.call('POST', '/v1/runs', { key, body: { ...RUN, tenant_id: 'nobody' } });
  assert.is(asked.text, unknown.text);
  assert.equal((await api.call('GET', '/v1/runs', { key })).json.runs, []);
  const listed = (await api.call('GET', '/v1/tenants', { key })).json;
  assert.equal(
    [listed.tenants.map((one: { tenant_id: string }) => one.tenant_id), listed.next_cursor],
    [['shop2'], null],
  );
});

test('a key cannot be revoked through another tenant', async () => {
  const { api, keys, keyId } = await fixture();
  assert.is((await api.call('DELETE', `/v1/tenants/shop2/keys/${keyId}`, { key: keys.other })).status, 404);
  assert.is((await api.call('DELETE', `/v1/tenants/shop2/keys/${keyId}`)).status, 404);
});

test.run();
