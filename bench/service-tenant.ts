/** Adds a command-line tenant to a service. Its local feeds and SKU maps become objects. */
import fs from 'node:fs';
import path from 'node:path';
import { type AnyJson, callApi, type KeyHolder, uploadFile } from './service-client.ts';

/** `folder` has `inbound/`, and paths of SKU maps are relative to it. */
export async function uploadTenant(admin: KeyHolder, config: AnyJson, folder: string): Promise<void> {
  const tenant: string = config.tenant_id;
  const sideFiles: string[] = [];
  for (const vendor of config.vendors) {
    vendor.inbound = { type: 's3', s3_prefix: `tenants/${tenant}/inbound/${vendor.vendor_id}/` };
    if (vendor.sku_map == null) continue;
    const file: string = vendor.sku_map.local_path;
    sideFiles.push(file);
    vendor.sku_map = { type: 's3', s3_key: `tenants/${tenant}/side_files/${path.basename(file)}` };
  }
  await callApi(admin, 'POST', '/v1/tenants', config);
  for (const file of sideFiles) {
    const bytes = fs.readFileSync(path.resolve(folder, file));
    await uploadFile(admin, tenant, { purpose: 'side_file', filename: path.basename(file) }, bytes);
  }
  for (const vendor_id of fs.readdirSync(path.join(folder, 'inbound'))) {
    for (const filename of fs.readdirSync(path.join(folder, 'inbound', vendor_id))) {
      const bytes = fs.readFileSync(path.join(folder, 'inbound', vendor_id, filename));
      await uploadFile(admin, tenant, { vendor_id, filename }, bytes);
    }
  }
}
