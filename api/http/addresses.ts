/** Makes addresses absolute that the API itself serves. */
import type { ApiDeps } from '../deps.ts';

/** What addresses in answers to this request begin with, without a slash at the end. */
export function baseUrl(request: Request, deps: ApiDeps): string {
  return (deps.publicUrl ?? new URL(request.url).origin).replace(/\/+$/, '');
}

/** A store without a server of its own signs paths that begin with `/`; others are absolute already. */
export function absolute(address: string, base: string): string {
  return address.startsWith('/') ? `${base}${address}` : address;
}
