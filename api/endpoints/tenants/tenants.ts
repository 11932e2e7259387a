/** Tenants and their configs: create, list, read, replace by a new version. */
import { z } from 'zod';
import type { tenantSchema } from '../../../core/config/schema.ts';
import type { TenantRecord, TenantStore } from '../../../core/ports/service/tenants.ts';
import { isSameConfig } from '../../config/same-config.ts';
import type { ApiDeps } from '../../deps.ts';
import { endpoint } from '../../endpoint.ts';
import { ApiError, invalidCursor, notFoundError } from '../../http/errors.ts';
import { pageQuery, tenantParams } from '../../schemas/common.ts';
import { putConfigHeaders, versionQuery } from '../../schemas/tenants.ts';
import { quotaError, usageView } from '../quotas.ts';
import type { ConfigChecks } from './checked-config.ts';
import { asksForSimulation, requireSimulated } from './simulations.ts';

type ConfigInput = z.input<ReturnType<typeof tenantSchema>>;

const MADE = {
  'Last-Modified': 'when the version was made',
  'X-Relay-Key-Id': 'the key that wrote the version; absent if an earlier release did',
};
const ETAG = { ETag: 'the version of the config, in quotes' };
/** `ConfigChecks` checks it, to report all problems at once. */
const CONFIG = { schema: z.unknown() as z.ZodType<unknown, ConfigInput>, model: 'TenantConfig', isConfig: true };

export function tenantEndpoints(deps: ApiDeps, checks: ConfigChecks) {
  const { tenants } = deps;
  return [
    endpoint({
      method: 'post',
      path: '/v1/tenants',
      id: 'createTenant',
      tag: 'Tenants',
      summary: 'Create a tenant from its config',
      description: 'The config becomes version 1. All problems of a config are reported at once, each with its path.',
      access: 'admin',
      body: CONFIG,
      responses: { 201: { description: 'created', model: 'TenantVersion', headers: ETAG } },
      errors: ['TENANT_EXISTS'],
      handle: async ({ c, body, principal }) => {
        const sent = { raw: body, text: c.get('bodyText') ?? '', tenantId: null, principal };
        const { tenantId: tenant_id, warned } = await checks.check(c, sent);
        if ((await tenants.create(tenant_id, body, deps.now(), principal.keyId)) === 'exists') {
          throw new ApiError('TENANT_EXISTS', `there is already a tenant "${tenant_id}"; put its config instead`);
        }
        return answerWithVersion({ tenant_id, config_version: 1, ...warned }, 1, 201);
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/tenants',
      id: 'listTenants',
      tag: 'Tenants',
      summary: 'Tenants, by id',
      description: 'An admin key lists all tenants. A tenant’s key lists its own tenant alone.',
      access: 'key',
      query: pageQuery(deps.settings),
      responses: { 200: { description: 'one page', model: 'TenantList' } },
      handle: async ({ principal, query }) => {
        const { cursor = null, limit = deps.settings.pageDefault } = query;
        if (principal.kind === 'tenant') {
          if (cursor !== null) throw invalidCursor();
          const own = await requireTenantRecord(tenants, principal.tenantId);
          return Response.json({ tenants: [tenantView(own)], next_cursor: null });
        }
        const page = await tenants.list(cursor, limit);
        return Response.json({ tenants: page.tenants.map(tenantView), next_cursor: page.next });
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/tenants/:tenant_id',
      id: 'getTenant',
      tag: 'Tenants',
      summary: 'A tenant, the version of its config, and what it uses of its quotas',
      description: 'The config itself is at `/v1/tenants/{tenant_id}/config`. The operator’s settings have the limits.',
      access: 'tenant',
      params: tenantParams,
      responses: { 200: { description: 'the tenant', model: 'TenantWithUsage', headers: ETAG } },
      handle: async ({ c, params: { tenant_id } }) => {
        const tenant = await requireTenantRecord(tenants, tenant_id);
        const usage = await usageView(deps, tenant_id, c.get('limiter'));
        return answerWithVersion({ ...tenantView(tenant), usage }, tenant.configVersion);
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/tenants/:tenant_id/config',
      id: 'getConfig',
      tag: 'Tenants',
      summary: 'The config as it was written',
      description:
        'The newest version, unless `version` names an older one. Versions are never changed; `Last-Modified` says when this one was made, `X-Relay-Key-Id` by which key: `GET …/keys` has the names of keys; `admin_…` is one of the operator’s.',
      access: 'tenant',
      params: tenantParams,
      query: versionQuery,
      responses: { 200: { description: 'the config', model: 'TenantConfig', headers: { ...ETAG, ...MADE } } },
      handle: async ({ params, query }) => {
        const found = await tenants.getConfig(params.tenant_id, query.version);
        if (found === null) throw notFoundError(query.version === undefined ? 'tenant' : 'version of the config');
        const answer = answerWithVersion(found.config, found.configVersion);
        answer.headers.set('Last-Modified', new Date(found.createdAt).toUTCString());
        if (found.keyId !== null) answer.headers.set('X-Relay-Key-Id', found.keyId);
        return answer;
      },
    }),
    endpoint({
      method: 'put',
      path: '/v1/tenants/:tenant_id/config',
      id: 'putConfig',
      tag: 'Tenants',
      summary: 'Replace the config by a new version',
      description:
        '`If-Match` names the version that the new one is made from; if another version is newer, the answer is 412. `If-Simulated` names a simulation: only its config is taken, and only if it passed. A config that is the newest already, in any order of its fields, makes no new version: the answer has that version. A run keeps the version it started with.',
      access: 'tenant',
      params: tenantParams,
      headers: putConfigHeaders,
      body: CONFIG,
      responses: {
        200: { description: 'stored as a new version, or there already', model: 'TenantVersion', headers: ETAG },
      },
      errors: ['PRECONDITION_FAILED', 'SIMULATION_REQUIRED', 'SIMULATION_NOT_PASSED', 'QUOTA_CONFIG_VERSIONS'],
      handle: async ({ c, params: { tenant_id }, headers, body, principal }) => {
        const sent = { raw: body, text: c.get('bodyText') ?? '', tenantId: tenant_id, principal };
        const { warned } = await checks.check(c, sent);
        const expected = await expectedVersion(headers['if-match'], tenants, tenant_id);
        const newest = await tenants.getConfig(tenant_id);
        if (newest === null) throw notFoundError('tenant');
        const { configVersion } = newest;
        if (isSameConfig(newest.config, body)) {
          if (expected !== undefined && expected !== configVersion) throw versionChanged(configVersion);
          return answerWithVersion({ tenant_id, config_version: configVersion, ...warned }, configVersion);
        }
        const versionsMax = deps.settings.quotas.configVersions;
        const simulationId = headers['if-simulated'];
        await requireSimulated(deps, tenant_id, { newest: newest.config, next: body, simulationId });
        // the config that required a simulation must still be the newest
        const wanted = expected ?? (asksForSimulation(newest.config) ? configVersion : undefined);
        const { keyId } = principal;
        const options = { versionsMax, keyId, ...(wanted === undefined ? {} : { expectedVersion: wanted }) };
        const result = await tenants.putConfig(tenant_id, body, deps.now(), options);
        if (result === null) throw notFoundError('tenant');
        if (result.status === 'full') {
          const message = `${versionsMax} versions of the config are kept, and no more may be; old ones are removed after RETENTION_DAYS, unless that is 0; the operator can raise QUOTA_CONFIG_VERSIONS`;
          throw quotaError('QUOTA_CONFIG_VERSIONS', message);
        }
        if (result.status === 'conflict') throw versionChanged(result.configVersion);
        return answerWithVersion({ tenant_id, config_version: result.configVersion, ...warned }, result.configVersion);
      },
    }),
  ];
}

function tenantView({ tenantId, configVersion, createdAt, updatedAt }: TenantRecord) {
  return {
    tenant_id: tenantId,
    config_version: configVersion,
    created_at: new Date(createdAt).toISOString(),
    updated_at: new Date(updatedAt).toISOString(),
  };
}

async function requireTenantRecord(tenants: TenantStore, tenantId: string) {
  const tenant = await tenants.get(tenantId);
  if (tenant === null) throw notFoundError('tenant');
  return tenant;
}

/** The version that must be the newest, undefined for any. `If-Match` may list several; the newest must be among them. */
async function expectedVersion(header: string | undefined, tenants: TenantStore, id: string) {
  if (header === undefined || header.trim() === '*') return undefined;
  // compressing proxies mark the tag as weak
  const named = header.split(',').map((tag) => /^\s*(?:(?:W\/)?"(\d{1,9})"|(\d{1,9}))\s*$/.exec(tag));
  const versions = named.map((match) => Number(match?.[1] ?? match?.[2] ?? 0));
  const [first, ...others] = versions;
  if (others.length === 0 && first !== undefined && first > 0) return first;
  const { configVersion } = await requireTenantRecord(tenants, id);
  if (!versions.includes(configVersion)) throw versionChanged(configVersion);
  return configVersion;
}

function versionChanged(newest: number): ApiError {
  const headers = { ETag: `"${newest}"` };
  return new ApiError('PRECONDITION_FAILED', `the newest version of the config is ${newest}`, { headers });
}

function answerWithVersion(body: unknown, version: number, status = 200): Response {
  return Response.json(body, { status, headers: { ETag: `"${version}"` } });
}
