/** Signed addresses under which vendors' files are uploaded. */
import { configAt, configList } from '../core/config/raw.ts';
import type { VendorConfig } from '../core/config/schema.ts';
import { inboundPrefix } from '../core/pipeline/artifacts.ts';
import { absolute, baseUrl } from './addresses.ts';
import type { ApiDeps } from './deps.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { ApiError, notFound } from './errors.ts';
import { safeFilename } from './filename.ts';
import { tenantParams, uploadBody } from './schemas.ts';
import { requireVendors } from './vendors.ts';

export function uploadEndpoints(deps: ApiDeps): Endpoint[] {
  return [
    endpoint({
      method: 'post',
      path: '/v1/tenants/:tenant_id/uploads',
      id: 'createUpload',
      summary: 'An address to PUT a vendor’s file to, under the vendor’s inbound prefix',
      access: 'tenant',
      params: tenantParams,
      body: { schema: uploadBody, model: 'UploadRequest' },
      answers: { 201: { description: 'where and how to upload', model: 'Upload' } },
      errors: ['UNKNOWN_VENDOR'],
      handle: async ({ c, params: { tenant_id }, body }) => {
        const found = await deps.tenants.getConfig(tenant_id);
        if (found === null) throw notFound('tenant');
        requireVendors(found.config, [body.vendor_id], 'vendor_id');
        const key = `${prefixOf(found.config, tenant_id, body.vendor_id)}${checkedFilename(body.filename)}`;
        const signed = await deps.artifacts.signPut(key, { expiresInSeconds: deps.settings.uploadSeconds });
        const url = absolute(signed.url, baseUrl(c.req.raw, deps));
        const expires_at = new Date(signed.expiresAt).toISOString();
        return Response.json({ url, method: 'PUT', headers: signed.headers, key, expires_at }, { status: 201 });
      },
    }),
  ];
}

function prefixOf(config: unknown, tenantId: string, vendorId: string): string {
  const vendor = configList(config, 'vendors').find((one) => configAt(one, 'vendor_id') === vendorId);
  // as it was written: what `inboundPrefix` reads was checked when it was stored
  const prefix = inboundPrefix(tenantId, vendor as VendorConfig);
  return prefix.endsWith('/') ? prefix : `${prefix}/`;
}

function checkedFilename(given: string): string {
  const name = safeFilename(given);
  if (name !== null) return name;
  const message = 'must be a plain file name of at most 200 bytes, without folders and not starting with a dot';
  const issues = [{ path: 'filename', code: 'invalid_filename', message }];
  throw new ApiError('INVALID_REQUEST', `filename ${message}`, { issues });
}
