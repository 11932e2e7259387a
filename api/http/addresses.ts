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

/** An IP address, perhaps with a port: of a proxy that wrote something else nothing is kept. */
const ADDRESS = /^[\da-f:.[\]]{2,50}$/i;

/**
 * Where a request comes from, as far as the server knows. Behind so many proxies it is what the first of them saw; what is left of that in
 * `X-Forwarded-For` is the client's own word. Without enough entries it is whoever sent the request: a proxy, or a client that went past
 * them. Where nobody knows, all share a name.
 */
export function clientAddress({ env, req }: Context<AppEnv>, proxyHops: number): string {
  const { incoming } = (env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  const seen = proxyHops === 0 ? undefined : req.header('X-Forwarded-For')?.split(',').at(-proxyHops)?.trim();
  return seen !== undefined && ADDRESS.test(seen) ? seen : (incoming?.socket?.remoteAddress ?? 'unknown');
}
