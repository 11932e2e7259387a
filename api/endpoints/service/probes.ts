/**
 * The state of a process: its health, whether its stores answer, and its metrics. The API and a separate worker both
 * have these endpoints.
 */
import type { ApiDeps } from '../../deps.ts';
import { endpoint } from '../../endpoint.ts';
import { requireReady } from './readiness.ts';

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export function probeEndpoints(deps: ApiDeps) {
  return [
    endpoint({
      method: 'get',
      path: '/v1/health',
      id: 'getHealth',
      tag: 'Service',
      summary: 'Whether the process answers',
      description: 'Needs no key and asks no store. Load balancers and container health checks use it.',
      access: 'public',
      responses: {
        200: { description: 'it does', model: 'Health' },
        431: { description: 'the headers are larger than the server takes; the API does not see such requests' },
      },
      handle: () => Response.json({ status: 'ok', version: deps.version }),
    }),
    endpoint({
      method: 'get',
      path: '/v1/ready',
      id: 'getReady',
      tag: 'Service',
      summary: 'Whether every store can be used, and what is wrong with those that cannot',
      description: 'Asks each store with a timeout. 503 lists the stores that failed under `issues`.',
      access: 'admin',
      responses: { 200: { description: 'they can', model: 'Ready' } },
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
      tag: 'Service',
      summary: 'Metrics as text, for scrapers',
      description: 'In the text format of Prometheus.',
      access: 'admin',
      responses: { 200: { description: 'metrics', contentType: METRICS_TYPE } },
      handle: async () => new Response(await deps.metricsText(), { headers: { 'Content-Type': METRICS_TYPE } }),
    }),
  ];
}
