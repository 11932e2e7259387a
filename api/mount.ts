/** Mounts endpoints on the app. Each request is authorized, counted against its tenant's rate limit, validated, then handled. */
import { zValidator } from '@hono/zod-validator';
import type { Context, Hono, MiddlewareHandler } from 'hono';
import type { z } from 'zod';
import { listedProblems, requestProblems } from '../core/config/problems.ts';
import { counted } from '../core/text/counted.ts';
import { jsonOfYaml } from './config/jobs.ts';
import type { ApiDeps, ApiSettings } from './deps.ts';
import type { Endpoint } from './endpoint.ts';
import { clientAddress } from './http/addresses.ts';
import type { AppEnv } from './http/app-env.ts';
import {
  authenticate,
  authenticateLink,
  KnownKeys,
  type Principal,
  rateKey,
  requireAdmin,
  requireTenant,
} from './http/auth.ts';
import { configBody, jsonBody, LargeBodies, noBody, type ReadYaml } from './http/body.ts';
import { ApiError, notFoundError } from './http/errors.ts';
import { RateLimiter } from './http/rate-limit.ts';
import { withShortLists } from './http/short-lists.ts';

type Handler = MiddlewareHandler<AppEnv>;

export function mount(app: Hono<AppEnv>, endpoints: readonly Endpoint[], deps: ApiDeps): void {
  const { rateBurst: burst, ratePerSecond: perSecond, rateKeysMax: keysMax } = deps.settings;
  const limits = { burst, perSecond, keysMax };
  const rates: Rates = {
    served: new RateLimiter(limits),
    refused: new RateLimiter(limits),
    known: new KnownKeys(keysMax),
  };
  const refusals = new RefusalDelay(deps.settings);
  const large = deps.configJobs === null ? null : new LargeBodies(deps.settings.largeBodies);
  for (const spec of endpoints) {
    const methods = spec.method.toUpperCase();
    app.on(methods, spec.path, refusals.around(authorize(spec, deps, rates)), ...validators(spec, deps, large), (c) =>
      handle(spec, c),
    );
  }
}

interface Rates {
  /** By tenant or admin key. */
  served: RateLimiter;
  /** Requests without a valid key, by the address they come from. */
  refused: RateLimiter;
  known: KnownKeys;
}

/** A client that asks again at once is refused a few times a second, not some hundred times: refusals take time from others, too. */
class RefusalDelay {
  readonly #settings: Pick<ApiSettings, 'refusalMs' | 'refusalsWaiting'>;
  #waiting = 0;

  constructor(settings: Pick<ApiSettings, 'refusalMs' | 'refusalsWaiting'>) {
    this.#settings = settings;
  }

  around(authorized: Handler): Handler {
    return async (c, next) => {
      try {
        return await authorized(c, next);
      } catch (error) {
        if (error instanceof ApiError && error.code === 'RATE_LIMITED') await this.#wait();
        throw error;
      }
    };
  }

  async #wait(): Promise<void> {
    const { refusalMs, refusalsWaiting } = this.#settings;
    if (this.#waiting >= refusalsWaiting || refusalMs === 0) return;
    this.#waiting++;
    await new Promise((resolve) => setTimeout(resolve, refusalMs));
    this.#waiting--;
  }
}

/** Runs before anything else of the request is read. */
function authorize(spec: Endpoint, deps: ApiDeps, rates: Rates): Handler {
  return async (c, next) => {
    c.set('route', spec.path);
    const address = clientAddress(c, deps.settings.proxyHops);
    const admit = () => requireWithinRate(rates.refused.wait(address, deps.now()), 'without a valid key');
    if (spec.access === 'link') {
      const guard = { known: rates.known, admit };
      const link = await authenticateLink(c.req.param('link') ?? '', deps, guard).catch((error) => {
        if (error instanceof ApiError && error.code === 'NOT_FOUND') rates.refused.take(address, deps.now());
        throw error;
      });
      c.set('link', link);
      requireWithinRate(rates.served.take(link.keyId, deps.now()), 'by this link');
    } else if (spec.access !== 'public') {
      const principal = await authenticate(c.req.raw.headers, deps, { known: rates.known, admit }).catch((error) => {
        if (error instanceof ApiError && error.code === 'UNAUTHORIZED') rates.refused.take(address, deps.now());
        throw error;
      });
      c.set('principal', principal);
      c.set('limiter', rates.served);
      const whose = principal.kind === 'tenant' ? 'of this tenant' : 'with this key';
      requireWithinRate(rates.served.take(rateKey(principal), deps.now()), whose);
      if (spec.access === 'admin') requireAdmin(principal);
      if (spec.access === 'tenant') requireTenant(principal, c.req.param('tenant_id') ?? '');
    }
    await next();
  };
}

function requireWithinRate(seconds: number, whose: string): void {
  if (seconds === 0) return;
  const headers = { 'Retry-After': String(seconds) };
  throw new ApiError('RATE_LIMITED', `too many requests ${whose}; retry in ${seconds} s`, { headers });
}

function validators(spec: Endpoint, deps: ApiDeps, large: LargeBodies | null): Handler[] {
  const { bodyBytesMax, configBytesMax, bodyDepthMax: depthMax } = deps.settings;
  const handlers: Handler[] = [];
  if (spec.params !== undefined) handlers.push(zValidator('param', spec.params, rejectPath) as Handler);
  if (spec.query !== undefined)
    handlers.push(fewParameters, zValidator('query', spec.query, rejectInvalid(spec.query, deps)) as Handler);
  if (spec.headers !== undefined)
    handlers.push(zValidator('header', spec.headers, rejectInvalid(spec.headers, deps)) as Handler);
  if (typeof spec.body === 'object') {
    const { schema, isConfig, optional } = spec.body;
    if (isConfig === true) handlers.push(configBody({ bytesMax: configBytesMax, depthMax }, large, yamlReader(deps)));
    else {
      const reject = rejectInvalid(schema, deps);
      const check = (sent: unknown) => {
        const short = withShortLists(sent);
        let parsed = schema.safeParse(short);
        // what was cut may only be refused
        if (short !== sent && parsed.success) parsed = schema.safeParse(sent);
        const { success, data: value, error } = parsed;
        if (!success) reject({ success, data: short, error });
        return value as object;
      };
      handlers.push(
        jsonBody({ bytesMax: bodyBytesMax, depthMax }, { large, empty: optional === true ? '{}' : null, check }),
      );
    }
  } else if (spec.method !== 'get' && spec.body !== 'stream') {
    handlers.push(noBody({ bytesMax: bodyBytesMax, depthMax }));
  }
  return handlers;
}

/** More parameters are not looked at. No endpoint has a dozen, and an address has room for thousands. */
const PARAMETERS_MAX = 100;

const fewParameters: Handler = (c, next) => {
  if (c.req.url.split('&', PARAMETERS_MAX + 1).length <= PARAMETERS_MAX) return next();
  throw new ApiError('INVALID_REQUEST', `a query has at most ${PARAMETERS_MAX} parameters`);
};

function yamlReader({ configJobs, settings }: ApiDeps): ReadYaml {
  const { bodyDepthMax: depthMax, configCharsHere } = settings;
  return (text, c) => {
    const principal = c.get('principal');
    return configJobs === null || principal === undefined || text.length <= configCharsHere
      ? jsonOfYaml(text, depthMax)
      : configJobs({ type: 'yaml', text, depthMax }, rateKey(principal));
  };
}

/** The most problems of a request that its message has; `issues` has more. */
const WORDED_MAX = 3;

interface ValidationResult {
  success: boolean;
  /** As it was sent, if it is not valid. */
  data: unknown;
  error?: z.core.$ZodError;
}

function rejectInvalid(schema: z.ZodType, { settings }: ApiDeps): (result: ValidationResult) => void {
  return (result) => {
    if (result.error === undefined) return;
    const issues = requestProblems(schema, result.data, result.error);
    const first = issues.slice(0, WORDED_MAX).map(({ path, message }) => `${path} ${message}`);
    const more = issues.length > first.length ? '; …' : '';
    throw new ApiError(
      'INVALID_REQUEST',
      `the request has ${counted(issues.length, 'problem')}: ${first.join('; ')}${more}`,
      {
        issues: listedProblems(issues, settings.problemsMax),
      },
    );
  };
}

/** A malformed id cannot exist: answer 404. */
function rejectPath(result: ValidationResult): void {
  if (!result.success) throw notFoundError('thing');
}

async function handle(spec: Endpoint, c: Context<AppEnv>): Promise<Response> {
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
