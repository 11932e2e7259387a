/** The HTTP API: `createApp` puts its parts together. Each endpoint is declared in `endpoints/`, in the file of its group. */
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import type { ApiDeps } from './deps.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { feedEndpoints } from './endpoints/feed/feed.ts';
import { Feeds } from './endpoints/feed/feed-exports.ts';
import { feedLinkEndpoints } from './endpoints/feed/feed-links.ts';
import { inboundFileEndpoints } from './endpoints/inbound/inbound-files.ts';
import { uploadEndpoints } from './endpoints/inbound/uploads.ts';
import { decisionEndpoints } from './endpoints/publications/decisions.ts';
import { publicationEndpoints } from './endpoints/publications/publications.ts';
import { explainEndpoints } from './endpoints/runs/explain.ts';
import { artifactEndpoints } from './endpoints/runs/run-artifacts.ts';
import { diffEndpoints } from './endpoints/runs/run-diff.ts';
import { runEndpoints } from './endpoints/runs/runs.ts';
import { pluginEndpoints } from './endpoints/service/plugins.ts';
import { probeEndpoints } from './endpoints/service/probes.ts';
import { signedObjectEndpoints } from './endpoints/service/signed-objects.ts';
import { ConfigChecks } from './endpoints/tenants/checked-config.ts';
import { keyEndpoints } from './endpoints/tenants/keys.ts';
import { simulationEndpoints } from './endpoints/tenants/simulations.ts';
import { tenantEndpoints } from './endpoints/tenants/tenants.ts';
import { baseUrl } from './http/addresses.ts';
import type { AppEnv } from './http/app-env.ts';
import { Downloads } from './http/downloads.ts';
import { toApiError } from './http/errors.ts';
import { jsonText } from './http/json-text.ts';
import { Questions } from './http/questions.ts';
import { requestLog } from './http/request-log.ts';
import { unmatchedRoute } from './http/unmatched.ts';
import { mount } from './mount.ts';
import { openApi } from './openapi.ts';

/** The service's address in the OpenAPI document, until the real one is known. */
const ADDRESS = 'http://address.invalid';

export function createApp(deps: ApiDeps): Hono<AppEnv> {
  return appWith(deps, allEndpoints(deps));
}

/** The endpoints of a worker process of its own: health, readiness and its own metrics. */
export function createProbeApp(deps: ApiDeps): Hono<AppEnv> {
  return appWith(deps, probeEndpoints(deps));
}

function appWith(deps: ApiDeps, endpoints: readonly Endpoint[]): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.onError((error, c) => {
    const answer = toApiError(error, c.get('requestId'), deps.settings.retryAfterSeconds);
    c.set('errorCode', answer.code);
    return answer.toResponse();
  });
  app.notFound(unmatchedRoute(endpoints));
  app.use('*', requestLog(deps));
  const { corsOrigins } = deps.settings;
  if (corsOrigins.length > 0) app.use('*', allowOrigins(corsOrigins));
  mount(app, endpoints, deps);
  return app;
}

/** The endpoints that every service has, with the types of their declarations. */
function declaredEndpoints(deps: ApiDeps, downloads: Downloads) {
  const questions = new Questions(deps);
  const feeds = new Feeds(deps, questions);
  const checks = new ConfigChecks(deps);
  const parts = { feeds, downloads, questions };
  return [
    ...tenantEndpoints(deps, checks),
    ...keyEndpoints(deps, questions),
    ...uploadEndpoints(deps),
    ...inboundFileEndpoints(deps, questions),
    ...runEndpoints(deps),
    ...artifactEndpoints(deps, questions),
    ...feedEndpoints(feeds, downloads),
    ...feedLinkEndpoints(deps, parts),
    ...publicationEndpoints(deps, parts),
    ...decisionEndpoints(deps, questions),
    ...simulationEndpoints(deps, checks),
    ...diffEndpoints(deps, questions),
    ...explainEndpoints(deps, questions),
    ...probeEndpoints(deps),
    ...pluginEndpoints(deps),
  ];
}

export type DeclaredEndpoint = ReturnType<typeof declaredEndpoints>[number];

/** Every endpoint of the API. */
export function allEndpoints(deps: ApiDeps): Endpoint[] {
  const downloads = new Downloads(deps);
  const endpoints: Endpoint[] = [...declaredEndpoints(deps, downloads), ...signedObjectEndpoints(deps, downloads)];
  endpoints.push(documentEndpoint(deps, endpoints));
  return endpoints;
}

/**
 * Describes all endpoints, itself included. Its text is made once: that takes 50 ms, and only the address differs between
 * requests. The bytes for the last address are kept: hundreds of requests at once each made a third of a megabyte anew.
 */
function documentEndpoint(deps: ApiDeps, endpoints: readonly Endpoint[]): Endpoint {
  let parts: string[] | null = null;
  let last: { address: string; bytes: Uint8Array<ArrayBuffer> } | null = null;
  return endpoint({
    method: 'get',
    path: '/v1/openapi.json',
    id: 'getOpenApi',
    tag: 'Service',
    summary: 'This document',
    description: 'OpenAPI 3.1, made from the declarations and schemas that check requests.',
    access: 'key',
    responses: { 200: { description: 'OpenAPI 3.1', model: 'OpenApi' } },
    handle: ({ c }) => {
      parts ??= JSON.stringify(openApi(endpoints, deps.settings, deps.version, ADDRESS)).split(JSON.stringify(ADDRESS));
      const address = JSON.stringify(baseUrl(c.req.raw, deps));
      if (last?.address !== address) last = { address, bytes: new TextEncoder().encode(parts.join(address)) };
      return jsonText(last.bytes);
    },
  });
}

function allowOrigins(origins: readonly string[]) {
  return cors({
    origin: [...origins],
    allowMethods: ['GET', 'POST', 'PUT', 'DELETE'],
    allowHeaders: [
      'X-API-Key',
      'Authorization',
      'Content-Type',
      'If-Match',
      'If-Simulated',
      'Idempotency-Key',
      'X-Request-Id',
    ],
    exposeHeaders: ['ETag', 'Location', 'Retry-After', 'X-Request-Id'],
    maxAge: 600,
    credentials: false,
  });
}
