/** Makes the addresses in answers absolute, and finds out where requests come from. */
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

/** An IP address, perhaps with a port. Anything else that a proxy wrote is ignored. */
const ADDRESS = /^[\da-f:.[\]]{2,50}$/i;

/**
 * The address of the client, as far as the server knows. Behind `proxyHops` proxies it is the entry of
 * `X-Forwarded-For` that the first of them wrote; the client itself may have written the entries before it. With too
 * few entries it is the sender of the request: a proxy, or a client that bypassed them. If nothing is known, all
 * clients share one name.
 */
export function clientAddress({ env, req }: Context<AppEnv>, proxyHops: number): string {
  const { incoming } = (env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  const seen = proxyHops === 0 ? undefined : req.header('X-Forwarded-For')?.split(',').at(-proxyHops)?.trim();
  return seen !== undefined && ADDRESS.test(seen) ? seen : (incoming?.socket?.remoteAddress ?? 'unknown');
}
