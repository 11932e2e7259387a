/** Gives every request an id, every answer its common headers, and the log one line per request. */
import type { Context, MiddlewareHandler } from 'hono';
import type { ApiDeps, LogFields } from '../deps.ts';
import type { AppEnv } from './app-env.ts';
import { toApiError } from './errors.ts';
import { newId, withoutSecrets } from './secrets.ts';

/** A client's own request id is kept if it is safe in a log. */
const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const PATH_CHARS_MAX = 200;

export function requestLog(deps: ApiDeps): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const startedAt = deps.now();
    const given = c.req.header('X-Request-Id') ?? '';
    const requestId = REQUEST_ID.test(given) ? given : newId('req', deps.crypto, startedAt);
    c.set('requestId', requestId);
    await next().catch((thrown: unknown) => answerThrown(c, thrown, deps));
    c.header('X-Request-Id', requestId);
    c.header('X-Content-Type-Options', 'nosniff');
    if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store');
    const fields = requestFields(c, deps.now() - startedAt);
    if (c.res.status >= 500) deps.log.error('request', { ...fields, ...failureFields(c.error) });
    else deps.log.info('request', fields);
  };
}

/** Answers for thrown values that are no `Error`; Hono passes only errors to the app's handler. */
function answerThrown(c: Context<AppEnv>, thrown: unknown, deps: ApiDeps): void {
  c.error = thrown instanceof Error ? thrown : new Error(`thrown: ${String(thrown)}`);
  const answer = toApiError(c.error, c.get('requestId'), deps.settings.retryAfterSeconds);
  c.set('errorCode', answer.code);
  c.res = answer.toResponse();
}

/** Never the query (it has signatures), the headers (keys) or a body. */
function requestFields(c: Context<AppEnv>, durationMs: number): LogFields {
  const principal = c.get('principal');
  return {
    request_id: c.get('requestId'),
    method: c.req.method,
    route: c.get('route') ?? null,
    path: withoutSecrets(c.req.path).slice(0, PATH_CHARS_MAX),
    status: c.res.status,
    duration_ms: durationMs,
    key_id: principal?.keyId ?? null,
    tenant_id: principal?.kind === 'tenant' ? principal.tenantId : null,
    error: c.get('errorCode') ?? null,
  };
}

/** What only the log says. */
function failureFields(error: Error | undefined): LogFields {
  if (error === undefined) return {};
  const cause = error.cause instanceof Error ? `${error.cause.name}: ${error.cause.message}` : undefined;
  const masked = (text: string | undefined) => (text === undefined ? undefined : withoutSecrets(text));
  return {
    cause_code: (error as { code?: string }).code ?? error.name,
    error_message: masked(error.message),
    cause: masked(cause),
    stack: masked(error.stack),
  };
}
