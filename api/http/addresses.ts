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
  return networkOf(seen !== undefined && ADDRESS.test(seen) ? seen : (incoming?.socket?.remoteAddress ?? 'unknown'));
}

const GROUPS = 8;

/**
 * What one client can change at will is left out: the port that a proxy adds, and the half of an IPv6 address in which every host of a network
 * has as many addresses as it likes. The same address is written in one way.
 */
export function networkOf(address: string): string {
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(address)?.[1] ?? /^([\d.]+):\d+$/.exec(address)?.[1] ?? address;
  const version4 = /^::ffff:([\d.]+)$/i.exec(bare)?.[1];
  if (version4 !== undefined) return version4;
  if (!bare.includes(':')) return bare;
  const [head = '', tail] = bare.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  // `::` stands for zeros
  const zeros = tail === undefined ? 0 : Math.max(0, GROUPS - groups.length - rest.length);
  const all = [...groups, ...Array<string>(zeros).fill('0'), ...rest];
  const network = all.slice(0, GROUPS / 2).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${network.join(':')}::/64`;
}
