/** Puts endpoints on the app: lets a request in, counts it, checks its parts, and hands it over. */
import { zValidator } from '@hono/zod-validator';
import type { Context, Hono, MiddlewareHandler } from 'hono';
import type { z } from 'zod';
import { problemsOf } from '../core/config/problems.ts';
import type { ApiDeps } from './deps.ts';
import type { Endpoint } from './endpoint.ts';
import type { AppEnv } from './http/app-env.ts';
import { authenticate, type Principal, requireAdmin, requireTenant } from './http/auth.ts';
import { jsonBody, noBody } from './http/body.ts';
import { ApiError, notFound } from './http/errors.ts';
import { RateLimiter } from './http/rate-limit.ts';

type Handler = MiddlewareHandler<AppEnv>;

export function mount(app: Hono<AppEnv>, endpoints: readonly Endpoint[], deps: ApiDeps): void {
  const { rateBurst: burst, ratePerSecond: perSecond, rateKeysMax: keysMax } = deps.settings;
  const limiter = new RateLimiter({ burst, perSecond, keysMax });
  for (const spec of endpoints) {
    const methods = spec.method.toUpperCase();
    app.on(methods, spec.path, letIn(spec, deps, limiter), ...checks(spec, deps), (c) => handOver(spec, c));
  }
}

/** Notes the route, and holds it to its kind of access before anything of the request is read. */
function letIn(spec: Endpoint, deps: ApiDeps, limiter: RateLimiter): Handler {
  return async (c, next) => {
    c.set('route', spec.path);
    if (spec.access !== 'public') {
      const principal = await authenticate(c.req.raw.headers, deps);
      c.set('principal', principal);
      limit(limiter, principal, deps.now());
      if (spec.access === 'admin') requireAdmin(principal);
      if (spec.access === 'tenant') requireTenant(principal, c.req.param('tenant_id') ?? '');
    }
    await next();
  };
}

function limit(limiter: RateLimiter, principal: Principal, now: number): void {
  const seconds = limiter.take(principal.keyId, now);
  if (seconds === 0) return;
  const headers = { 'Retry-After': String(seconds) };
  throw new ApiError('RATE_LIMITED', `too many requests with this key; go on in ${seconds} s`, { headers });
}

function checks(spec: Endpoint, deps: ApiDeps): Handler[] {
  const { bodyBytesMax, configBytesMax, bodyDepthMax: depthMax } = deps.settings;
  const list: Handler[] = [];
  if (spec.params !== undefined) list.push(zValidator('param', spec.params, notThere) as Handler);
  if (spec.query !== undefined) list.push(zValidator('query', spec.query, refuse(spec.query)) as Handler);
  if (spec.headers !== undefined) list.push(zValidator('header', spec.headers, refuse(spec.headers)) as Handler);
  if (typeof spec.body === 'object') {
    const { schema, isConfig, optional } = spec.body;
    const bytesMax = isConfig === true ? configBytesMax : bodyBytesMax;
    list.push(jsonBody({ bytesMax, depthMax }, optional === true ? '{}' : null));
    list.push(zValidator('json', schema, refuse(schema)) as Handler);
  } else if (spec.method !== 'get' && spec.body !== 'stream') {
    list.push(noBody({ bytesMax: bodyBytesMax, depthMax }));
  }
  return list;
}

interface Checked {
  success: boolean;
  data: unknown;
}

function refuse(schema: z.ZodType): (result: Checked) => void {
  return (result) => {
    if (result.success) return;
    const issues = problemsOf(schema, result.data);
    const first = issues[0] === undefined ? '' : `: ${issues[0].path} ${issues[0].message}`;
    throw new ApiError('INVALID_REQUEST', `the request has ${issues.length} problem(s)${first}`, { issues });
  };
}

/** An id that no tenant, run or key can have is the id of none. */
function notThere(result: Checked): void {
  if (!result.success) throw notFound('thing');
}

async function handOver(spec: Endpoint, c: Context<AppEnv>): Promise<Response> {
  const valid = (target: string) => (c.req.valid as (name: string) => unknown)(target);
  return await spec.handle({
    c,
    principal: c.get('principal') as Principal,
    params: (spec.params === undefined ? {} : valid('param')) as Record<string, unknown>,
    query: (spec.query === undefined ? {} : valid('query')) as Record<string, unknown>,
    headers: (spec.headers === undefined ? {} : valid('header')) as Record<string, unknown>,
    body: typeof spec.body === 'object' ? valid('json') : undefined,
  });
}
