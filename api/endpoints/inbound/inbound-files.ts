/** The files in a vendor's folder: which of them are feeds, and why the others are not. */
import { inboundPrefix } from '../../../core/config/prefixes.ts';
import { configAt, configList } from '../../../core/config/raw.ts';
import type { VendorConfig } from '../../../core/config/schema.ts';
import { FeedNames } from '../../../core/pipeline/fetch/not-a-feed.ts';
import type { ObjectInfo } from '../../../core/ports/service/objects.ts';
import { globMatcher } from '../../../core/text/glob.ts';
import { matchOf } from '../../config/jobs.ts';
import type { ApiDeps } from '../../deps.ts';
import { endpoint } from '../../endpoint.ts';
import { rateKey } from '../../http/auth.ts';
import { notFoundError } from '../../http/errors.ts';
import type { Questions } from '../../http/questions.ts';
import { pageQuery } from '../../schemas/common.ts';
import { fileQuery, vendorParams } from '../../schemas/files.ts';

export function inboundFileEndpoints(deps: ApiDeps, questions: Questions) {
  return [
    endpoint({
      method: 'get',
      path: '/v1/tenants/:tenant_id/vendors/:vendor_id/files',
      id: 'listInboundFiles',
      tag: 'Files',
      summary: 'Files in a vendor’s folder',
      description:
        'In the order of their names. A run reads the newest feed, or all feeds that `files.match` of the parser names. `reason` says why a file is not a feed. A page may hold fewer files than `limit`.',
      access: 'tenant',
      params: vendorParams,
      query: pageQuery(deps.settings),
      responses: { 200: { description: 'one page', model: 'InboundFileList' } },
      errors: ['TOO_MANY_QUESTIONS'],
      handle: async ({ params: { tenant_id, vendor_id }, query, principal }) => {
        const { vendor, prefix } = await folderOf(deps, tenant_id, vendor_id);
        const limit = query.limit ?? deps.settings.pageDefault;
        // each looks at hundreds of files
        return questions.records(`files ${tenant_id}`, async () => {
          const { objects, next } = await deps.artifacts.list(prefix, query.cursor ?? null, limit);
          const whyNot = reasons(await matchFor(vendor, rateKey(principal), deps));
          return Response.json({ files: objects.map((one) => fileView(one, prefix, whyNot)), next_cursor: next });
        });
      },
    }),
    endpoint({
      method: 'delete',
      path: '/v1/tenants/:tenant_id/vendors/:vendor_id/files',
      id: 'deleteInboundFile',
      tag: 'Files',
      summary: 'Remove a file from a vendor’s folder',
      description:
        'Its bytes no longer count as stored. Runs have copies of what they read and keep them; a run that starts afterwards reads the newest file that is left. Only files below `tenants/{tenant_id}/inbound/` can be removed.',
      access: 'tenant',
      params: vendorParams,
      query: fileQuery,
      responses: { 204: { description: 'removed' } },
      handle: async ({ params: { tenant_id, vendor_id }, query: { name } }) => {
        const { prefix } = await folderOf(deps, tenant_id, vendor_id);
        const key = prefix + name;
        const info = isFile(tenant_id, key) ? await deps.artifacts.head(key) : null;
        if (info === null || !(await deps.artifacts.remove(key))) throw notFoundError('file');
        await deps.usage.addStored(tenant_id, -info.size);
        await deps.usage.addFiles(tenant_id, -1);
        return new Response(null, { status: 204 });
      },
    }),
  ];
}

/** The vendor's folder. Throws a 404 error. */
async function folderOf(deps: ApiDeps, tenantId: string, vendorId: string) {
  const found = await deps.tenants.getConfig(tenantId);
  if (found === null) throw notFoundError('tenant');
  const vendor = configList(found.config, 'vendors').find((one) => configAt(one, 'vendor_id') === vendorId);
  if (vendor === undefined) throw notFoundError('vendor');
  // not parsed: the stored config was checked when it was written
  return { vendor, prefix: inboundPrefix(tenantId, vendor as VendorConfig) };
}

/**
 * True for a file in the default place of feeds. The service writes nothing of its own there, and must not remove files
 * elsewhere.
 */
function isFile(tenantId: string, key: string): boolean {
  return key.startsWith(`tenants/${tenantId}/inbound/`);
}

function matchFor(vendor: unknown, owner: string, deps: ApiDeps): string | null | Promise<string | null> {
  const text = JSON.stringify(vendor);
  return deps.configJobs === null || text.length <= deps.settings.configCharsHere
    ? matchOf(vendor, deps.registry)
    : deps.configJobs({ type: 'match', text }, owner);
}

type WhyNot = (name: string) => string | null;

/** Says why a run does not read a file; `ObjectInputs` chooses in the same way. */
function reasons(match: string | null): WhyNot {
  const names = new FeedNames(match);
  if (match === null) return (name) => names.whyNot(name);
  const matches = globMatcher(match);
  return (name) => {
    const reason = names.whyNot(name);
    if (reason !== null) return reason;
    if (name.includes('/')) return 'in a folder: files.match names files directly in the vendor’s folder';
    return matches(name) ? null : `does not match files.match, ${JSON.stringify(match)}`;
  };
}

function fileView({ key, size, lastModified }: ObjectInfo, prefix: string, whyNot: WhyNot) {
  const name = key.slice(prefix.length);
  const reason = whyNot(name);
  return { name, key, size, modified_at: new Date(lastModified).toISOString(), is_feed: reason === null, reason };
}
