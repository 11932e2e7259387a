/** Makes the addresses in answers absolute. */
import type { ApiDeps } from '../deps.ts';

/** The start of every address in the answer to this request, without a final slash. */
export function baseUrl(request: Request, deps: ApiDeps): string {
  return (deps.publicUrl ?? new URL(request.url).origin).replace(/\/+$/, '');
}

/** A store without a server signs paths, which begin with `/`. Other stores sign absolute addresses. */
export function absolute(address: string, base: string): string {
  return address.startsWith('/') ? `${base}${address}` : address;
}
