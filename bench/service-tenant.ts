/** Adds a tenant of the command line to a service: its local feeds and SKU maps become objects. */
import fs from 'node:fs';
import path from 'node:path';
import { callApi, type Json, type KeyHolder, uploadFile } from './service-client.ts';

/** `folder` has the SKU maps and `inbound/`. */
export async function addTenant(admin: KeyHolder, config: Json, folder: string): Promise<void> {
  const tenant: string = config.tenant_id;
  const sideFiles: string[] = [];
  for (const vendor of config.vendors) {
    vendor.inbound = { type: 's3', s3_prefix: `tenants/${tenant}/inbound/${vendor.vendor_id}/` };
    if (vendor.sku_map == null) continue;
    sideFiles.push(vendor.sku_map.local_path);
    vendor.sku_map = { type: 's3', s3_key: `tenants/${tenant}/side_files/${vendor.sku_map.local_path}` };
  }
  await callApi(admin, 'POST', '/v1/tenants', config);
  for (const filename of sideFiles) {
    const bytes = fs.readFileSync(path.join(folder, filename));
    await uploadFile(admin, tenant, { purpose: 'side_file', filename }, bytes);
  }
  for (const vendor_id of fs.readdirSync(path.join(folder, 'inbound'))) {
    for (const filename of fs.readdirSync(path.join(folder, 'inbound', vendor_id))) {
      const bytes = fs.readFileSync(path.join(folder, 'inbound', vendor_id, filename));
      await uploadFile(admin, tenant, { vendor_id, filename }, bytes);
    }
  }
}
