/** Uploads and downloads behind signed addresses, where the object store has no server of its own. */
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import type { Downloads } from '../../http/downloads.ts';
import { objectParams } from '../../schemas/files.ts';

const ANSWERS = {
  get: {
    200: { description: 'the object' },
    206: { description: 'the part that `Range` asks for' },
    304: { description: 'the object is the one that `If-None-Match` names' },
  },
  put: { 200: { description: 'the object is stored' } },
} as const;

export function signedObjectEndpoints({ signedObjects }: ApiDeps, downloads: Downloads): Endpoint[] {
  if (signedObjects === null) return [];
  return (['get', 'put'] as const).map((method) =>
    endpoint({
      method,
      path: `${signedObjects.basePath}/:key{.+}`,
      id: `${method}Object`,
      tag: 'Files',
      summary: method === 'get' ? 'Read an object by its signed address' : 'Write an object by its signed address',
      description:
        method === 'get'
          ? 'The address comes from `GET /v1/runs/{run_id}/artifacts`; its signature is the key. Honours `Range`, `If-Range` and `If-None-Match`.'
          : 'The address comes from `POST /v1/tenants/{tenant_id}/uploads`; its signature is the key. Send the headers of that answer too.',
      access: 'public',
      params: objectParams,
      body: 'stream',
      responses: { ...ANSWERS[method], default: { description: 'answers are those of an object store' } },
      handle: ({ c }) => signedObjects.fetch(c.req.raw, (tenantId, answer) => downloads.inTurn(c, tenantId, answer)),
    }),
  );
}
