/** Gives every request an id, every answer its common headers, and the log one line per request. */
import type { Context, MiddlewareHandler } from 'hono';
import type { ApiDeps, LogFields } from '../deps.ts';
import type { AppEnv } from './app-env.ts';
import { toApiError } from './errors.ts';
import { newId, quickSha256, withoutSecrets } from './secrets.ts';

/** A client's own request id is kept if it is safe in a log. */
const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const PATH_CHARS_MAX = 200;
/** Long enough for a key, and between slashes. */
const MAYBE_KEY = /[^/]{16,}/g;
const WORDS_MAX = 8;
const OWN_ID = /^(run|key|link|req)_[0-9a-z]+$/;

export function requestLog(deps: ApiDeps): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const startedAt = deps.now();
    const given = c.req.header('X-Request-Id') ?? '';
    const isSafe = REQUEST_ID.test(given) && (await withoutKeys(given, deps)) === given;
    const requestId = isSafe ? given : newId('req', deps.crypto, startedAt);
    c.set('requestId', requestId);
    await next().catch((thrown: unknown) => answerThrown(c, thrown, deps));
    // not `c.header`: it would make a new answer, and a stream of its body
    const { headers } = c.res;
    headers.set('X-Request-Id', requestId);
    headers.set('X-Content-Type-Options', 'nosniff');
    if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store');
    const path = (await withoutKeys(c.req.path.slice(0, 4 * PATH_CHARS_MAX), deps)).slice(0, PATH_CHARS_MAX);
    const fields = requestFields(c, path, deps.now() - startedAt);
    // nobody needs to hear about an answer for which no client waited
    const isUnheard = c.res.status === 503 && c.req.raw.signal.aborted;
    if (c.res.status >= 500 && !isUnheard) deps.log.error('request', { ...fields, ...failureFields(c.error) });
    else deps.log.info('request', fields);
  };
}

/** Answers for thrown values that are not an `Error`; Hono passes only errors to the app's handler. */
function answerThrown(c: Context<AppEnv>, thrown: unknown, deps: ApiDeps): void {
  c.error = thrown instanceof Error ? thrown : new Error(`thrown: ${String(thrown)}`);
  const answer = toApiError(c.error, c.get('requestId'), deps.settings.retryAfterSeconds);
  c.set('errorCode', answer.code);
  c.res = answer.toResponse();
}

/** Never the query (it has signatures), the headers (keys) or a body. */
function requestFields(c: Context<AppEnv>, path: string, durationMs: number): LogFields {
  const principal = c.get('principal');
  const link = c.get('link');
  return {
    request_id: c.get('requestId'),
    method: c.req.method,
    route: c.get('route') ?? null,
    path,
    status: c.res.status,
    duration_ms: durationMs,
    key_id: principal?.keyId ?? link?.keyId ?? null,
    tenant_id: principal?.kind === 'tenant' ? principal.tenantId : (link?.tenantId ?? null),
    error: c.get('errorCode') ?? null,
  };
}

/**
 * Masks keys that a client put in the wrong place. Relay's own keys are recognized by their form; keys that an operator
 * chose, only by their hashes.
 */
async function withoutKeys(text: string, deps: ApiDeps): Promise<string> {
  // a key with encoded characters may still be valid
  const plain = text.replace(/%([2-7][0-9a-f])/gi, (_all, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  let masked = withoutSecrets(plain) === plain ? text : withoutSecrets(plain);
  const words = (masked.match(MAYBE_KEY) ?? []).slice(0, WORDS_MAX).filter((word) => !OWN_ID.test(word));
  for (const word of words) {
    if (deps.adminKeyHashes.includes(await quickSha256(decoded(word), deps))) masked = masked.replace(word, '…');
  }
  return masked;
}

function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}

/** Fields that only the log gets. */
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
