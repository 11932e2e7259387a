/** Signed addresses under which vendors' files, and the side files that configs name, are uploaded. */

import { inboundPrefix, sideFilePrefix } from '../../core/config/prefixes.ts';
import { configAt, configList } from '../../core/config/raw.ts';
import type { VendorConfig } from '../../core/config/schema.ts';
import { whyNotAFeed } from '../../core/pipeline/fetch/not-a-feed.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { absolute, baseUrl } from '../http/addresses.ts';
import { ApiError, notFound } from '../http/errors.ts';
import { filenameProblem } from '../http/filename.ts';
import { tenantParams, type UploadRequest, uploadBody } from '../schemas.ts';
import { requireVendors } from './vendors.ts';

export function uploadEndpoints(deps: ApiDeps): Endpoint[] {
  return [
    endpoint({
      method: 'post',
      path: '/v1/tenants/:tenant_id/uploads',
      id: 'createUpload',
      summary: 'An address to PUT a vendor’s file to, under the vendor’s inbound prefix; or a side file of the tenant',
      access: 'tenant',
      params: tenantParams,
      body: { schema: uploadBody, model: 'UploadRequest' },
      answers: { 201: { description: 'where and how to upload', model: 'Upload' } },
      errors: ['UNKNOWN_VENDOR'],
      handle: async ({ c, params: { tenant_id }, body }) => {
        const found = await deps.tenants.getConfig(tenant_id);
        if (found === null) throw notFound('tenant');
        const key = `${prefixFor(found.config, tenant_id, body)}${checkedFilename(body)}`;
        const signed = await deps.artifacts.signPut(key, { expiresInSeconds: deps.settings.uploadSeconds });
        const url = absolute(signed.url, baseUrl(c.req.raw, deps));
        const expires_at = new Date(signed.expiresAt).toISOString();
        return Response.json({ url, method: 'PUT', headers: signed.headers, key, expires_at }, { status: 201 });
      },
    }),
  ];
}

function prefixFor(config: unknown, tenantId: string, { purpose, vendor_id: vendorId }: UploadRequest): string {
  if (purpose === 'side_file') {
    if (vendorId === undefined) return sideFilePrefix(tenantId);
    throw wrongVendorId('unexpected', 'a side file belongs to the tenant: leave vendor_id out');
  }
  if (vendorId === undefined) throw wrongVendorId('required', 'a feed needs the vendor_id that it is from');
  requireVendors(config, [vendorId], 'vendor_id');
  return vendorPrefix(config, tenantId, vendorId);
}

function wrongVendorId(code: string, message: string): ApiError {
  return new ApiError('INVALID_REQUEST', message, { issues: [{ path: 'vendor_id', code, message }] });
}

function vendorPrefix(config: unknown, tenantId: string, vendorId: string): string {
  const vendor = configList(config, 'vendors').find((one) => configAt(one, 'vendor_id') === vendorId);
  // as it was written: what `inboundPrefix` reads was checked when it was stored
  return inboundPrefix(tenantId, vendor as VendorConfig);
}

function checkedFilename({ purpose, filename }: UploadRequest): string {
  const passedOver = purpose === 'side_file' ? null : whyNotAFeed(filename);
  const problem = filenameProblem(filename) ?? (passedOver && `would not be read as a feed: it names ${passedOver}`);
  if (problem === null) return filename;
  const issues = [{ path: 'filename', code: 'invalid_filename', message: problem }];
  throw new ApiError('INVALID_REQUEST', `filename ${problem}`, { issues });
}
