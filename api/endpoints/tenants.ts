/** Tenants and their configs: create, look at, replace by a new version. */
import { z } from 'zod';
import type { TenantStore } from '../../core/ports/service.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { ApiError, notFound } from '../http/errors.ts';
import { ifMatchHeaders, tenantParams, versionQuery } from '../schemas.ts';
import { checkedConfig } from './tenant-config.ts';

const ETAG = { ETag: 'the version of the config, in quotes' };
const CONFIG = { schema: z.unknown(), model: 'TenantConfig', isConfig: true };

export function tenantEndpoints(deps: ApiDeps): Endpoint[] {
  const { tenants } = deps;
  return [
    endpoint({
      method: 'post',
      path: '/v1/tenants',
      id: 'createTenant',
      summary: 'Create a tenant from its config',
      access: 'admin',
      body: CONFIG,
      answers: { 201: { description: 'created', model: 'TenantVersion', headers: ETAG } },
      errors: ['TENANT_EXISTS'],
      handle: async ({ body, principal }) => {
        const { tenant_id } = checkedConfig(body, null, principal, deps);
        if ((await tenants.create(tenant_id, body, deps.now())) === 'exists') {
          throw new ApiError('TENANT_EXISTS', `there is a tenant "${tenant_id}" already; put its config instead`);
        }
        return versioned({ tenant_id, config_version: 1 }, 1, 201);
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/tenants/:tenant_id',
      id: 'getTenant',
      summary: 'A tenant and the version of its config',
      access: 'tenant',
      params: tenantParams,
      answers: { 200: { description: 'the tenant', model: 'Tenant', headers: ETAG } },
      handle: async ({ params: { tenant_id } }) => {
        const tenant = await requireStored(tenants, tenant_id);
        const created_at = new Date(tenant.createdAt).toISOString();
        const updated_at = new Date(tenant.updatedAt).toISOString();
        const config_version = tenant.configVersion;
        return versioned({ tenant_id, config_version, created_at, updated_at }, config_version);
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/tenants/:tenant_id/config',
      id: 'getConfig',
      summary: 'The config as it was written, the newest version unless one is named',
      access: 'tenant',
      params: tenantParams,
      query: versionQuery,
      answers: { 200: { description: 'the config', model: 'TenantConfig', headers: ETAG } },
      handle: async ({ params, query }) => {
        const found = await tenants.getConfig(params.tenant_id, query.version);
        if (found === null) throw notFound(query.version === undefined ? 'tenant' : 'version of the config');
        return versioned(found.config, found.configVersion);
      },
    }),
    endpoint({
      method: 'put',
      path: '/v1/tenants/:tenant_id/config',
      id: 'putConfig',
      summary: 'Replace the config by a new version; If-Match names the version that it is made from',
      access: 'tenant',
      params: tenantParams,
      headers: ifMatchHeaders,
      body: CONFIG,
      answers: { 200: { description: 'stored as a new version', model: 'TenantVersion', headers: ETAG } },
      errors: ['PRECONDITION_FAILED'],
      handle: async ({ params: { tenant_id }, headers, body, principal }) => {
        checkedConfig(body, tenant_id, principal, deps);
        const expected = await expectedVersion(headers['if-match'], tenants, tenant_id);
        const result = await tenants.putConfig(tenant_id, body, deps.now(), expected);
        if (result === null) throw notFound('tenant');
        if (result.status === 'conflict') throw changed(result.configVersion);
        return versioned({ tenant_id, config_version: result.configVersion }, result.configVersion);
      },
    }),
  ];
}

async function requireStored(tenants: TenantStore, tenantId: string) {
  const tenant = await tenants.get(tenantId);
  if (tenant === null) throw notFound('tenant');
  return tenant;
}

/** The version that the store must find: undefined for any. Several may be named; only the newest can be meant. */
async function expectedVersion(header: string | undefined, tenants: TenantStore, id: string) {
  if (header === undefined || header.trim() === '*') return undefined;
  // proxies that compress mark the tag as weak
  const named = header.split(',').map((tag) => /^\s*(?:(?:W\/)?"(\d{1,9})"|(\d{1,9}))\s*$/.exec(tag));
  const versions = named.map((match) => Number(match?.[1] ?? match?.[2] ?? 0));
  if (versions.length === 1 && versions[0]! > 0) return versions[0];
  const { configVersion } = await requireStored(tenants, id);
  if (!versions.includes(configVersion)) throw changed(configVersion);
  return configVersion;
}

function changed(newest: number): ApiError {
  const headers = { ETag: `"${newest}"` };
  return new ApiError('PRECONDITION_FAILED', `the newest version of the config is ${newest}`, { headers });
}

function versioned(body: unknown, version: number, status = 200): Response {
  return Response.json(body, { status, headers: { ETag: `"${version}"` } });
}
