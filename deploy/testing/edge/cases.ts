/** Cases for the API on any runtime, with stores on AWS. Each records the responses it got, for comparison. */
import * as assert from 'uvu/assert';
import { configOf, type RequestOptions } from '../../../api/testing/harness.ts';

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: cases look into answers of every shape
  json: any;
}

export interface CaseApi {
  /** An existing tenant for this case alone, and its key. */
  tenant: string;
  key: string;
  /** Uses the admin key unless another one, or null, is given. */
  call(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  /** Runs a worker until this run has ended. */
  work(runId: string): Promise<void>;
}

export interface ApiCase {
  name: string;
  run(api: CaseApi): Promise<void>;
}

const run = (tenant: string, more: object = {}) => ({ tenant_id: tenant, run_type: 'inventory_sync', ...more });

export const CASES: readonly ApiCase[] = [
  {
    name: 'it is ready, and says nothing without a key',
    run: async ({ call }) => {
      assert.is((await call('GET', '/v1/health', { key: null })).status, 200);
      const ready = await call('GET', '/v1/ready');
      assert.equal(ready.json, {
        status: 'ready',
        checks: { artifacts: 'ok', tenants: 'ok', runs: 'ok', queue: 'ok' },
      });
      for (const key of [null, 'wrong', 'relay_0123456789abcdef0123456789abcdef']) {
        assert.is((await call('GET', '/v1/ready', { key })).status, 401);
      }
      assert.is((await call('GET', '/v1/openapi.json')).json.openapi, '3.1.0');
      assert.ok((await call('GET', '/v1/plugins')).json.plugins.length > 5);
    },
  },
  {
    name: 'configs have versions',
    run: async ({ tenant, call }) => {
      const body = configOf(tenant);
      assert.is((await call('POST', '/v1/tenants', { body })).json.error, 'TENANT_EXISTS');
      let name = 0;
      const put = (headers = {}) => {
        const changed = configOf(tenant, { inbound: { type: 's3', s3_prefix: `tenants/${tenant}/in/${name++}` } });
        return call('PUT', `/v1/tenants/${tenant}/config`, { body: changed, headers });
      };
      const same = await call('PUT', `/v1/tenants/${tenant}/config`, { body });
      assert.equal(same.json, { tenant_id: tenant, config_version: 1 });
      assert.equal((await put()).json, { tenant_id: tenant, config_version: 2 });
      assert.is((await put({ 'If-Match': '"1"' })).json.error, 'PRECONDITION_FAILED');
      assert.is((await put({ 'If-Match': '"2"' })).json.config_version, 3);
      assert.is((await call('GET', `/v1/tenants/${tenant}`)).json.config_version, 3);
      assert.is((await call('GET', `/v1/tenants/${tenant}/config?version=1`)).status, 200);
      assert.is((await call('GET', `/v1/tenants/${tenant}/config?version=9`)).json.error, 'NOT_FOUND');
    },
  },
  {
    name: 'a tenant’s key reaches its tenant alone, until it is revoked',
    run: async ({ tenant, key, call }) => {
      assert.is((await call('GET', `/v1/tenants/${tenant}`, { key })).status, 200);
      assert.is((await call('GET', '/v1/tenants/somebody-else', { key })).status, 404);
      const made = await call('POST', `/v1/tenants/${tenant}/keys`, { body: { name: 'second' } });
      assert.is(made.status, 201);
      const listed = await call('GET', `/v1/tenants/${tenant}/keys`);
      assert.is(listed.json.keys.length, 2);
      assert.is((await call('DELETE', `/v1/tenants/${tenant}/keys/${made.json.key_id}`)).status, 204);
      assert.is((await call('GET', `/v1/tenants/${tenant}`, { key: made.json.key })).status, 401);
    },
  },
  {
    name: 'bad requests say what is wrong',
    run: async ({ tenant, key, call }) => {
      const post = (body: unknown) => call('POST', '/v1/runs', { key, body });
      assert.is((await post('{')).json.error, 'MALFORMED_JSON');
      assert.is((await post(run(tenant, { vendors: ['nobody'] }))).json.error, 'UNKNOWN_VENDOR');
      assert.is((await post(run(tenant, { note: 'x'.repeat(70_000) }))).json.error, 'PAYLOAD_TOO_LARGE');
      assert.is((await post(run(tenant, { run_type: 'other' }))).json.error, 'INVALID_REQUEST');
      assert.is((await call('PATCH', '/v1/runs')).json.error, 'METHOD_NOT_ALLOWED');
      assert.is((await call('GET', '/v1/runs/run_0')).json.error, 'NOT_FOUND');
      assert.is((await call('GET', `/v1/runs?tenant_id=${tenant}&cursor=nonsense`)).status, 422);
      const wrong = { ...configOf(tenant), timezone: 'Atlantis', colour: 'blue' };
      const invalid = await call('PUT', `/v1/tenants/${tenant}/config`, { body: wrong });
      assert.equal(invalid.json.issues.map((issue: { path: string }) => issue.path).sort(), ['colour', 'timezone']);
    },
  },
  {
    name: 'of many requests for a run at once one wins, and the same request gives the same run',
    run: async ({ tenant, key, call }) => {
      const all = await Promise.all(
        Array.from({ length: 12 }, () => call('POST', '/v1/runs', { key, body: run(tenant) })),
      );
      const won = all.filter((answer) => answer.status === 202);
      assert.is(won.length, 1);
      const { run_id } = won[0]!.json;
      for (const answer of all.filter((one) => one !== won[0])) {
        assert.equal(
          [answer.status, answer.json.error, answer.json.active_run_id],
          [409, 'TENANT_ALREADY_RUNNING', run_id],
        );
      }
      assert.is((await call('POST', `/v1/runs/${run_id}/cancel`, { key })).status, 200);
      const ended = await call('GET', `/v1/runs/${run_id}`, { key });
      assert.equal([ended.json.status, ended.json.error_code], ['FAILED', 'CANCELLED']);
      assert.is((await call('POST', `/v1/runs/${run_id}/cancel`, { key })).json.error, 'RUN_ENDED');
      const headers = { 'Idempotency-Key': `${tenant}-1` };
      const first = await call('POST', '/v1/runs', { key, body: run(tenant), headers });
      const again = await call('POST', '/v1/runs', { key, body: run(tenant), headers });
      assert.is(again.json.run_id, first.json.run_id);
      const other = await call('POST', '/v1/runs', {
        key,
        body: run(tenant, { force: true, reason: 'a sale' }),
        headers,
      });
      assert.is(other.json.error, 'IDEMPOTENCY_KEY_REUSED');
      assert.is((await call('POST', `/v1/runs/${first.json.run_id}/cancel`, { key })).status, 200);
    },
  },
  {
    name: 'a feed goes up by a signed address, and the merged feed comes down by one',
    run: async ({ tenant, key, call, work }) => {
      const feeds = {
        acme: 'sku,quantity_available,cost\nA1,5,10\nA2,x,3\n',
        bolt: 'sku,quantity_available,cost\nB1,1,7.5\n',
      };
      const body = { ...configOf(tenant), error_policy: { max_invalid_rows: 1, max_invalid_row_pct: '0.5' } };
      await call('PUT', `/v1/tenants/${tenant}/config`, { body });
      for (const [vendor_id, feed] of Object.entries(feeds)) {
        const body = { vendor_id, filename: `${vendor_id}.csv` };
        const { status, json } = await call('POST', `/v1/tenants/${tenant}/uploads`, { key, body });
        assert.is(status, 201);
        const put = await fetch(json.url, { method: json.method, headers: json.headers, body: feed });
        assert.is(put.status, 200, await put.text());
      }
      const { run_id } = (await call('POST', '/v1/runs', { key, body: run(tenant) })).json;
      await work(run_id);
      const ended = (await call('GET', `/v1/runs/${run_id}`, { key })).json;
      assert.is(ended.status, 'SUCCEEDED', ended.error_message);
      const artifacts = (await call('GET', `/v1/runs/${run_id}/artifacts`, { key })).json;
      const merged = await fetch(artifacts.merged_inventory);
      assert.is(await merged.text(), 'sku,quantity_available,price\nA1,5,13.20\nB1,1,10.20\n');
      assert.match(merged.headers.get('content-disposition') ?? '', 'merged_inventory.csv');
      const errors = (await call('GET', `/v1/runs/${run_id}/errors`, { key })).json;
      assert.equal([errors.errors.length, errors.next_cursor], [1, null]);
      const changed = artifacts.merged_inventory.replace('merged_inventory.csv', 'other.csv');
      assert.is((await fetch(changed)).status, 403);
    },
  },
  {
    name: 'an upload can be removed',
    run: async ({ tenant, key, call }) => {
      const body = { vendor_id: 'acme', filename: 'acme.csv' };
      const { url, method, headers } = (await call('POST', `/v1/tenants/${tenant}/uploads`, { key, body })).json;
      assert.is((await fetch(url, { method, headers, body: 'sku\n' })).status, 200);
      const file = `/v1/tenants/${tenant}/vendors/acme/files?name=acme.csv`;
      for (const status of [204, 404]) assert.is((await call('DELETE', file, { key })).status, status);
    },
  },
  {
    name: 'lists have pages, newest first',
    run: async ({ tenant, key, call }) => {
      const ids: string[] = [];
      for (let i = 0; i < 3; i++) {
        const { run_id } = (await call('POST', '/v1/runs', { key, body: run(tenant) })).json;
        ids.unshift(run_id);
        assert.is((await call('POST', `/v1/runs/${run_id}/cancel`, { key })).status, 200);
      }
      for (const filter of ['', '&status=FAILED']) {
        const first = (await call('GET', `/v1/runs?tenant_id=${tenant}&limit=2${filter}`, { key })).json;
        const rest = (
          await call('GET', `/v1/runs?tenant_id=${tenant}&limit=2${filter}&cursor=${first.next_cursor}`, { key })
        ).json;
        assert.equal(
          [...first.runs, ...rest.runs].map((one: { run_id: string }) => one.run_id),
          ids,
        );
        assert.is(rest.next_cursor, null);
      }
      assert.ok((await call('GET', '/v1/runs?status=FAILED&limit=3')).json.runs.length === 3);
    },
  },
];
