/** A tenant's API keys: create (the key is shown once), list, revoke. */
import type { KeyRecord } from '../../../core/ports/service/tenants.ts';
import type { ApiDeps } from '../../deps.ts';
import { endpoint } from '../../endpoint.ts';
import { notFoundError } from '../../http/errors.ts';
import type { Questions } from '../../http/questions.ts';
import { tenantParams } from '../../schemas/common.ts';
import { keyBody, keyParams } from '../../schemas/keys.ts';
import { answerKeys } from './key-list.ts';
import { makeKey, revokedAt } from './make-key.ts';

export function keyEndpoints(deps: ApiDeps, questions: Questions) {
  const path = '/v1/tenants/:tenant_id/keys';
  return [
    endpoint({
      method: 'post',
      path,
      id: 'createKey',
      tag: 'Tenants',
      summary: 'Make an API key for the tenant',
      description: 'The answer is the only place where the key is ever shown: Relay stores its hash alone.',
      access: 'tenant',
      params: tenantParams,
      body: { schema: keyBody, model: 'KeyRequest', optional: true },
      responses: { 201: { description: 'the key', model: 'NewKey' } },
      errors: ['QUOTA_KEYS'],
      handle: async ({ params: { tenant_id }, body }) => {
        const { record, key } = await makeKey(deps, { tenantId: tenant_id, kind: 'api', name: body.name ?? null });
        return Response.json({ ...keyView(record), key }, { status: 201 });
      },
    }),
    endpoint({
      method: 'get',
      path,
      id: 'listKeys',
      tag: 'Tenants',
      summary: 'The tenant’s API keys, revoked ones too',
      description: 'Names and times of the keys, never the keys themselves.',
      access: 'tenant',
      params: tenantParams,
      responses: { 200: { description: 'the keys', model: 'KeyList' } },
      errors: ['TOO_MANY_QUESTIONS'],
      handle: ({ params: { tenant_id: tenantId } }) => {
        const view = (key: KeyRecord) => ({ ...keyView(key), revoked_at: revokedAt(key) });
        return answerKeys(deps, questions, { tenantId, kind: 'api', field: 'keys', view });
      },
    }),
    endpoint({
      method: 'delete',
      path: `${path}/:key_id`,
      id: 'revokeKey',
      tag: 'Tenants',
      summary: 'Revoke an API key',
      description: 'The key stops working at once. It stays in the list, with the time when it was revoked.',
      access: 'tenant',
      params: keyParams,
      responses: { 204: { description: 'revoked' } },
      handle: async ({ params: { tenant_id, key_id } }) => {
        if (!(await deps.tenants.revokeKey(tenant_id, 'api', key_id, deps.now()))) throw notFoundError('key');
        return new Response(null, { status: 204 });
      },
    }),
  ];
}

/** The key as answers show it: without the hash. */
function keyView(key: KeyRecord) {
  return { key_id: key.keyId, name: key.name, created_at: new Date(key.createdAt).toISOString() };
}
