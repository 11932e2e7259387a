/** Answers requests that match no route. */
import type { Context } from 'hono';
import type { AppEnv } from './app-env.ts';
import { ApiError } from './errors.ts';

/** What an answer says if no endpoint has the address. */
export const NO_ADDRESS = 'there is nothing at this address';

/** Throws `METHOD_NOT_ALLOWED` if the address takes other methods, else `NOT_FOUND`. */
export function unmatchedRoute(
  endpoints: ReadonlyArray<{ path: string; method: string }>,
): (c: Context<AppEnv>) => never {
  const patterns = endpoints.map(({ path, method }) => ({ pattern: patternOf(path), method: method.toUpperCase() }));
  return (c) => {
    const allowed = new Set<string>();
    for (const { pattern, method } of patterns) if (pattern.test(c.req.path)) allowed.add(method);
    if (allowed.size === 0) throw new ApiError('NOT_FOUND', NO_ADDRESS);
    if (allowed.has('GET')) allowed.add('HEAD');
    const allow = [...allowed].sort().join(', ');
    throw new ApiError('METHOD_NOT_ALLOWED', `this address takes ${allow}`, { headers: { Allow: allow } });
  };
}

/** `:key{.+}` matches slashes, `:key` does not. */
function patternOf(path: string): RegExp {
  const source = path.replace(/:\w+(\{[^}]*\})?/g, (_, rest) => (rest === undefined ? '[^/]+' : '.+'));
  return new RegExp(`^${source}$`);
}
