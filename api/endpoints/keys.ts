/** A tenant's API keys: made and shown once, listed without what they are, revoked. */
import type { KeyRecord } from '../../core/ports/service.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { ApiError, notFound } from '../http/errors.ts';
import { newId, newSecret, sha256 } from '../http/secrets.ts';
import { keyBody, keyParams, tenantParams } from '../schemas.ts';

export function keyEndpoints(deps: ApiDeps): Endpoint[] {
  const path = '/v1/tenants/:tenant_id/keys';
  return [
    endpoint({
      method: 'post',
      path,
      id: 'createKey',
      summary: 'Make an API key for the tenant; the answer is the only place where it is ever shown',
      access: 'tenant',
      params: tenantParams,
      body: { schema: keyBody, model: 'KeyRequest', optional: true },
      answers: { 201: { description: 'the key', model: 'NewKey' } },
      errors: ['TOO_MANY_KEYS'],
      handle: async ({ params: { tenant_id }, body }) => {
        await requireRoom(deps, tenant_id);
        const { record, key } = await makeKey(deps, tenant_id, body.name ?? null);
        await deps.tenants.addKey(record);
        return Response.json({ ...shown(record), key }, { status: 201 });
      },
    }),
    endpoint({
      method: 'get',
      path,
      id: 'listKeys',
      summary: 'The tenant’s API keys, revoked ones too',
      access: 'tenant',
      params: tenantParams,
      answers: { 200: { description: 'the keys', model: 'KeyList' } },
      handle: async ({ params: { tenant_id } }) => {
        await requireTenantOf(deps, tenant_id);
        const keys = (await deps.tenants.listKeys(tenant_id)).map((key) => ({
          ...shown(key),
          revoked_at: key.revokedAt === null ? null : new Date(key.revokedAt).toISOString(),
        }));
        return Response.json({ keys });
      },
    }),
    endpoint({
      method: 'delete',
      path: `${path}/:key_id`,
      id: 'revokeKey',
      summary: 'Revoke an API key at once',
      access: 'tenant',
      params: keyParams,
      answers: { 204: { description: 'revoked' } },
      handle: async ({ params: { tenant_id, key_id } }) => {
        if (!(await deps.tenants.revokeKey(tenant_id, key_id, deps.now()))) throw notFound('key');
        return new Response(null, { status: 204 });
      },
    }),
  ];
}

async function requireTenantOf(deps: ApiDeps, tenantId: string): Promise<void> {
  if ((await deps.tenants.get(tenantId)) === null) throw notFound('tenant');
}

async function requireRoom(deps: ApiDeps, tenantId: string): Promise<void> {
  await requireTenantOf(deps, tenantId);
  const max = deps.settings.tenantKeysMax;
  const active = (await deps.tenants.listKeys(tenantId)).filter((key) => key.revokedAt === null);
  if (active.length >= max) throw new ApiError('TOO_MANY_KEYS', `the tenant has ${max} keys; revoke one first`);
}

async function makeKey(deps: ApiDeps, tenantId: string, name: string | null) {
  const now = deps.now();
  const key = newSecret(deps.crypto);
  const hash = await sha256(key, deps.crypto);
  const keyId = newId('key', deps.crypto, now);
  const record: KeyRecord = { keyId, tenantId, hash, name, createdAt: now, revokedAt: null };
  return { record, key };
}

/** Never the hash. */
function shown(key: KeyRecord) {
  return { key_id: key.keyId, name: key.name, created_at: new Date(key.createdAt).toISOString() };
}
