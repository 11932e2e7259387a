/** Checks that the tenant of a request exists. */
import type { ApiDeps } from '../deps.ts';
import { notFoundError } from '../http/errors.ts';

/** Throws `NOT_FOUND`. */
export async function requireTenantExists({ tenants }: ApiDeps, tenantId: string): Promise<void> {
  if ((await tenants.get(tenantId)) === null) throw notFoundError('tenant');
}
