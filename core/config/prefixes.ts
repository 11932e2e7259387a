/** The folders of an object store in which a tenant's files lie. */
import type { VendorConfig } from './schema.ts';

/** The folder of a vendor's feeds, ending in `/`: a prefix in the config may lack the slash. */
export function inboundPrefix(tenantId: string, vendor: VendorConfig): string {
  const prefix = vendor.inbound.s3_prefix ?? `tenants/${tenantId}/inbound/${vendor.vendor_id}/`;
  return prefix.endsWith('/') ? prefix : `${prefix}/`;
}

const TENANTS = 'tenants/';

/** True if a folder has, or lies in, what the service keeps for other tenants. */
export function isOfOtherTenants(folder: string, tenantId: string): boolean {
  return TENANTS.startsWith(folder) || (folder.startsWith(TENANTS) && !folder.startsWith(`${TENANTS}${tenantId}/`));
}

/** Where the service puts what configs name beside feeds, such as SKU maps. */
export function sideFilePrefix(tenantId: string): string {
  return `tenants/${tenantId}/side_files/`;
}

/** Where the service puts the corrected rows of a file, by the file's hash: `<run_id>/<name>.csv` below this prefix. */
export function patchPrefix(tenantId: string, vendorId: string, sha256: string): string {
  return `${patchesPrefix(tenantId)}${vendorId}/${sha256}/`;
}

export function patchesPrefix(tenantId: string): string {
  return `tenants/${tenantId}/patches/`;
}
