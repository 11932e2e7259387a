/** The service itself: health, readiness, plugins, metrics, and the objects behind signed addresses. */
import { z } from 'zod';
import type { Registry } from '../core/registry.ts';
import type { ApiDeps, SignedObjects } from './deps.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { requireReady } from './endpoints/readiness.ts';
import { objectParams } from './schemas.ts';

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export function serviceEndpoints(deps: ApiDeps): Endpoint[] {
  let plugins: unknown;
  return [
    ...probeEndpoints(deps),
    endpoint({
      method: 'get',
      path: '/v1/plugins',
      id: 'listPlugins',
      summary: 'The plugins that configs can name, with the JSON Schema of their options',
      access: 'key',
      answers: { 200: { description: 'all plugins', model: 'PluginList' } },
      handle: () => {
        plugins ??= pluginViews(deps.registry);
        return Response.json({ plugins });
      },
    }),
    ...(deps.signedObjects === null ? [] : objectEndpoints(deps.signedObjects)),
  ];
}

/** What says how a process is: of the API, and of a worker that runs apart. */
export function probeEndpoints(deps: ApiDeps): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/v1/health',
      id: 'getHealth',
      summary: 'Whether the process answers',
      access: 'public',
      answers: { 200: { description: 'it does', model: 'Health' } },
      handle: () => Response.json({ status: 'ok', version: deps.version }),
    }),
    endpoint({
      method: 'get',
      path: '/v1/ready',
      id: 'getReady',
      summary: 'Whether every store can be used, and what is wrong with those that cannot',
      access: 'admin',
      answers: { 200: { description: 'they can', model: 'Ready' } },
      errors: ['NOT_READY'],
      handle: async () => {
        const parts = await requireReady(deps);
        return Response.json({ status: 'ready', checks: Object.fromEntries(parts.map((name) => [name, 'ok'])) });
      },
    }),
    endpoint({
      method: 'get',
      path: '/metrics',
      id: 'getMetrics',
      summary: 'Metrics as text, for scrapers',
      access: 'admin',
      answers: { 200: { description: 'metrics', contentType: METRICS_TYPE } },
      handle: async () => new Response(await deps.metricsText(), { headers: { 'Content-Type': METRICS_TYPE } }),
    }),
  ];
}

function pluginViews(registry: Registry) {
  return registry.list().map(({ kind, id, version, contract, summary, options, example, codes }) => ({
    kind,
    id,
    version,
    contract,
    summary,
    options: z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' }),
    example,
    codes: codes ?? {},
  }));
}

function objectEndpoints(objects: SignedObjects): Endpoint[] {
  return (['get', 'put'] as const).map((method) =>
    endpoint({
      method,
      path: `${objects.basePath}/:key{.+}`,
      id: `${method}Object`,
      summary: method === 'get' ? 'Read an object by its signed address' : 'Write an object by its signed address',
      access: 'public',
      params: objectParams,
      body: 'stream',
      answers: { default: { description: 'the signature is the key; answers are those of an object store' } },
      handle: ({ c }) => objects.fetch(c.req.raw),
    }),
  );
}
