/** Makes the addresses in answers absolute, and tells where requests come from. */
import type { Context } from 'hono';
import type { ApiDeps } from '../deps.ts';
import type { AppEnv } from './app-env.ts';

/** The start of every address in the answer to this request, without a final slash. */
export function baseUrl(request: Request, deps: ApiDeps): string {
  return (deps.publicUrl ?? new URL(request.url).origin).replace(/\/+$/, '');
}

/** A store without a server signs paths, which begin with `/`. Other stores sign absolute addresses. */
export function absolute(address: string, base: string): string {
  return address.startsWith('/') ? `${base}${address}` : address;
}

/** Where a request comes from, as far as the server knows: behind a proxy that is the proxy. All others share a name. */
export function clientAddress({ env }: Context<AppEnv>): string {
  const { incoming } = (env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  return incoming?.socket?.remoteAddress ?? 'unknown';
}
