/** Signed addresses for uploads: feeds of vendors, and side files that configs name. */

import { inboundPrefix, patchPrefix, sideFilePrefix } from '../../../core/config/prefixes.ts';
import { configAt, configList } from '../../../core/config/raw.ts';
import type { VendorConfig } from '../../../core/config/schema.ts';
import { PATHS, runPrefix } from '../../../core/pipeline/artifacts.ts';
import { hashRead, type InputManifest } from '../../../core/pipeline/fetch/input-manifest.ts';
import { whyNotAFeed } from '../../../core/pipeline/fetch/not-a-feed.ts';
import { readJson } from '../../../core/pipeline/publications.ts';
import type { RunRecord } from '../../../core/ports/service/runs.ts';
import type { ApiDeps } from '../../deps.ts';
import { endpoint } from '../../endpoint.ts';
import { absolute, baseUrl } from '../../http/addresses.ts';
import type { Principal } from '../../http/auth.ts';
import { ApiError, notFoundError } from '../../http/errors.ts';
import { filenameProblem } from '../../http/filename.ts';
import { tenantParams } from '../../schemas/common.ts';
import { type UploadBody, uploadBody } from '../../schemas/files.ts';
import { requireStorage } from '../quotas.ts';
import { requireVendors } from '../require-vendors.ts';
import { findRun } from '../runs/run-view.ts';
import { UploadNotes } from './waiting-uploads.ts';

export function uploadEndpoints(deps: ApiDeps) {
  const notes = new UploadNotes(deps);
  return [
    endpoint({
      method: 'post',
      path: '/v1/tenants/:tenant_id/uploads',
      id: 'createUpload',
      tag: 'Files',
      summary: 'Get an address to upload a vendor’s file or a side file to',
      description:
        'Send the file with `PUT` to `url`, with the `headers` of the answer. A feed is stored below the vendor’s inbound prefix and a side file below that of the tenant. The next run reads it. A patch takes effect when a run reads the file that it is for. An address that is not used counts as a waiting upload until it expires.',
      access: 'tenant',
      params: tenantParams,
      body: { schema: uploadBody, model: 'UploadRequest' },
      responses: { 201: { description: 'where and how to upload', model: 'Upload' } },
      errors: [
        'UNKNOWN_VENDOR',
        'NOTHING_TO_PATCH',
        'PATCH_MISMATCH',
        'QUOTA_STORED_BYTES',
        'QUOTA_FILES',
        'QUOTA_WAITING_UPLOADS',
        'DISK_NEARLY_FULL',
      ],
      handle: async ({ c, principal, params: { tenant_id }, body }) => {
        const found = await deps.tenants.getConfig(tenant_id);
        if (found === null) throw notFoundError('tenant');
        const key =
          body.purpose === 'patch'
            ? await patchKey(deps, principal, { tenantId: tenant_id, config: found.config, body })
            : `${prefixFor(found.config, tenant_id, body)}${checkedFilename(body)}`;
        await requireStorage(deps, tenant_id);
        const { uploadSeconds: expiresInSeconds } = deps.settings;
        const signed = await deps.artifacts.signPut(key, { expiresInSeconds, owner: tenant_id });
        await notes.add(tenant_id, key, signed.expiresAt);
        const url = absolute(signed.url, baseUrl(c.req.raw, deps));
        const expires_at = new Date(signed.expiresAt).toISOString();
        return Response.json({ url, method: 'PUT', headers: signed.headers, key, expires_at }, { status: 201 });
      },
    }),
  ];
}

interface PatchUpload {
  tenantId: string;
  config: unknown;
  body: UploadBody;
}

/** Each upload has a key of its own, so that a run never sees a patch change. */
async function patchKey(deps: ApiDeps, principal: Principal, { tenantId, config, body }: PatchUpload): Promise<string> {
  const { vendor_id, run_id, filename } = body;
  if (vendor_id === undefined) throw wrongField('vendor_id', 'required', 'a patch needs the vendor_id of its rows');
  if (run_id === undefined) throw wrongField('run_id', 'required', 'a patch needs the run_id that refused its rows');
  if (filename !== undefined) throw wrongField('filename', 'unexpected', 'a patch has no filename: leave it out');
  requireVendors(config, [vendor_id], 'vendor_id');
  const run = await findRun(deps, principal, run_id);
  if (run.tenantId !== tenantId) throw notFoundError('run');
  const manifest = await readJson<InputManifest>(deps.artifacts, runPrefix(run_id, tenantId) + PATHS.manifest);
  const vendor = manifest?.value.vendors[vendor_id];
  const hash = vendor === undefined ? null : hashRead(vendor);
  if (hash === null || run.artifacts[`reject_rows_${vendor_id}`] === undefined) {
    const message = `run ${run_id} refused no row of ${vendor_id} that can be patched`;
    throw new ApiError('NOTHING_TO_PATCH', message);
  }
  const newer = await newerRun(deps, run, { vendorId: vendor_id, hash });
  if (newer !== null) {
    const why = `run ${newer} read a newer file of ${vendor_id}, so no run would take rows of the file of run ${run_id}`;
    throw new ApiError('PATCH_MISMATCH', `${why}: correct what run ${newer} refused`);
  }
  return `${patchPrefix(tenantId, vendor_id, hash)}${run_id}/${crypto.randomUUID()}.csv`;
}

/** The most runs that are searched for the vendor's current file. */
const NEWER_RUNS = 10;

/** The newest run that succeeded and read the vendor, if that was another file; null if it was the one with this hash. */
async function newerRun(
  { runs, artifacts }: ApiDeps,
  { runId, tenantId }: RunRecord,
  { vendorId, hash }: { vendorId: string; hash: string },
): Promise<string | null> {
  const { runs: newest } = await runs.list({ tenantId, status: 'SUCCEEDED' }, null, NEWER_RUNS);
  for (const one of newest) {
    if (one.runId === runId) return null;
    const manifest = await readJson<InputManifest>(artifacts, runPrefix(one.runId, tenantId) + PATHS.manifest);
    const read = manifest?.value.vendors[vendorId];
    if (read === undefined || read.files !== undefined) continue;
    const chain = (read.patches ?? []).flatMap((patch) => [patch.of_sha256, patch.patched_sha256]);
    const hashes = [read.sha256, read.carried_over?.sha256, ...chain].filter((known) => known != null);
    if (hashes.length > 0) return hashes.includes(hash) ? null : one.runId;
  }
  return null;
}

function prefixFor(config: unknown, tenantId: string, { purpose, vendor_id: vendorId }: UploadBody): string {
  if (purpose === 'side_file') {
    if (vendorId === undefined) return sideFilePrefix(tenantId);
    throw wrongField('vendor_id', 'unexpected', 'a side file belongs to the tenant: leave vendor_id out');
  }
  if (vendorId === undefined) throw wrongField('vendor_id', 'required', 'a feed needs the vendor_id that it is from');
  requireVendors(config, [vendorId], 'vendor_id');
  return vendorPrefix(config, tenantId, vendorId);
}

function wrongField(path: string, code: string, message: string): ApiError {
  return new ApiError('INVALID_REQUEST', message, { issues: [{ path, code, message }] });
}

function vendorPrefix(config: unknown, tenantId: string, vendorId: string): string {
  const vendor = configList(config, 'vendors').find((one) => configAt(one, 'vendor_id') === vendorId);
  // not parsed: the stored config was checked when it was written
  return inboundPrefix(tenantId, vendor as VendorConfig);
}

function checkedFilename({ purpose, filename, run_id }: UploadBody): string {
  if (run_id !== undefined) throw wrongField('run_id', 'unexpected', 'only a patch belongs to a run: leave run_id out');
  if (filename === undefined) throw wrongField('filename', 'required', 'a file needs a filename, such as stock.csv');
  const passedOver = purpose === 'side_file' ? null : whyNotAFeed(filename);
  const problem =
    filenameProblem(filename) ?? (passedOver && `would not be read as a feed, since by its name it is ${passedOver}`);
  if (problem === null) return filename;
  const issues = [{ path: 'filename', code: 'invalid_filename', message: problem }];
  throw new ApiError('INVALID_REQUEST', `filename ${problem}`, { issues });
}
