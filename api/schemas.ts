/**
 * The forms of requests and answers. Requests are checked with these schemas, and the OpenAPI document is made from them:
 * each field has a description, which a test holds.
 */
import { z } from 'zod';
import { ID_PATTERN } from '../core/config/schema.ts';
import type { RowEntry, VendorEntry } from '../core/issue.ts';
import type { Notice } from '../core/notices/notices.ts';
import { PLUGIN_KINDS } from '../core/plugin.ts';
import { isRunCode, RUN_CODES, STAGES } from '../core/run-codes.ts';
import type { ApiSettings } from './deps.ts';
import { API_CODES, isApiCode } from './http/errors.ts';

const RUN_STATUS = ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED'] as const;

const tenantId = z
  .string()
  .regex(ID_PATTERN, 'must be 1 to 63 letters, digits, "_" or "-"')
  .describe('Id of the tenant, as its config has it.');
/** Ids that Relay makes. */
const generatedId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/);
const runId = generatedId.describe('Id of the run. Ids sort by time.');
const keyId = generatedId.describe('Id of the key. It is not secret.');
const configVersion = z.int().min(1).describe('Version of the config; the first is 1.');
const time = z.iso.datetime({ precision: 3 });
/** Text on one line that every store can keep. */
const label = z.string().regex(/^[^\p{Cc}\p{Cs}]{1,100}$/u, 'must be 1 to 100 characters without control characters');

export const tenantParams = z.object({ tenant_id: tenantId });
export const keyParams = z.object({ tenant_id: tenantId, key_id: keyId });
export const vendorParams = z.object({
  tenant_id: tenantId,
  vendor_id: z.string().regex(ID_PATTERN).describe('Id of the vendor, as the config has it.'),
});
export const runParams = z.object({ run_id: runId });
export const publicationParams = z.object({
  tenant_id: tenantId,
  sequence: z
    .string()
    .regex(/^[1-9]\d{0,8}$/)
    .transform(Number)
    .describe('Number of the publication, from 1.'),
});
export const objectParams = z.object({ key: z.string().describe('Key of the object; it may contain slashes.') });

const filterText = z.string().min(1).max(200);
const cursor = z
  .string()
  .regex(/^[\x21-\x7e]{1,8192}$/, 'must be the next_cursor of the page before')
  .describe('Where the page starts: `next_cursor` of the page before. Absent for the first page.');
const nextCursor = z.string().nullable().describe('`cursor` of the next page; null on the last page.');

function limit({ pageMax, pageDefault }: ApiSettings) {
  const message = `must be a whole number from 1 to ${pageMax}`;
  return z
    .string()
    .regex(/^[1-9]\d{0,8}$/, message)
    .refine((text) => Number(text) <= pageMax, message)
    .transform(Number)
    .describe(`Most items on the page, 1 to ${pageMax}; ${pageDefault} unless given.`);
}

export function runsQuery(settings: ApiSettings) {
  return z.strictObject({
    tenant_id: tenantId.describe('Only runs of this tenant.').optional(),
    status: z.enum(RUN_STATUS).optional().describe('Only runs with this status.'),
    cursor: cursor.optional(),
    limit: limit(settings).optional(),
  });
}

export function pageQuery(settings: ApiSettings) {
  return z.strictObject({ cursor: cursor.optional(), limit: limit(settings).optional() });
}

export function errorsQuery(settings: ApiSettings) {
  return pageQuery(settings).extend({
    vendor_id: filterText.optional().describe('Only entries of this vendor.'),
    error_code: filterText
      .optional()
      .describe('Only entries with this code; for a row, the code of its first problem.'),
  });
}

export const versionQuery = z.strictObject({
  version: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'must be a whole number from 1')
    .transform(Number)
    .optional()
    .describe('Version of the config; the newest unless given.'),
});

export const ifMatchHeaders = z.object({
  'if-match': z
    .string()
    .max(1000)
    .optional()
    .describe('Version that must be the newest, as its `ETag` has it: `"3"`. `*` or nothing accepts any.'),
});
export const idempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters')
    .optional()
    .describe('A request repeated with the same key and body gets the same run again.'),
});

const KEY_NAME = 'A name for people; null if the key has none.';
export const keyBody = z
  .strictObject({ name: label.nullable().optional().describe(KEY_NAME) })
  .describe('A new API key.');
export const uploadBody = z
  .strictObject({
    purpose: z
      .enum(['feed', 'side_file'])
      .default('feed')
      .describe('`feed`: a file of a vendor. `side_file`: a file of the tenant that configs name, such as a SKU map.'),
    vendor_id: z.string().max(200).optional().describe('Vendor of the feed; absent for a side file.'),
    filename: z.string().max(1000).describe('Name of the file, without folders. It is kept as it is.'),
  })
  .describe('A file to upload.');
export type UploadBody = z.output<typeof uploadBody>;

const reason = z
  .string()
  .regex(/^[^\p{Cc}\p{Cs}]{1,500}$/u, 'must be 1 to 500 characters without control characters')
  .describe('Why, for those who look later.');
export function runBody(settings: ApiSettings) {
  return z
    .strictObject({
      tenant_id: tenantId,
      run_type: z.literal('inventory_sync').default('inventory_sync').describe('Kind of run; there is one.'),
      vendors: z
        .array(z.string().min(1).max(200))
        .max(settings.vendorsMax)
        .optional()
        .describe('Ids of the vendors to read. Absent or empty: all of them.'),
      force: z.boolean().optional().describe('Sets holds and guardrails aside. Needs a `reason`.'),
      reason: reason.optional().describe('Why they are set aside; only with `force`.'),
    })
    .refine(({ force = false, reason }) => force === (reason !== undefined), {
      path: ['reason'],
      message: 'must be given with `force: true`, and only then',
    })
    .describe('A run to start.');
}
export type RunBody = z.output<ReturnType<typeof runBody>>;

export const reasonBody = z.strictObject({ reason }).describe('Why a feed is published.');
export const rollbackBody = z
  .strictObject({ run_id: runId.describe('The run whose feed is published again.'), reason })
  .describe('Which feed is published again, and why.');

export const publication = z
  .strictObject({
    sequence: z.int().describe('Number of the publication, from 1.'),
    run_id: runId.describe('The run whose feed it is.'),
    key: z.string().describe('Object key of the feed.'),
    etag: z.string().describe('ETag of that object.'),
    sha256: z.string().describe('SHA-256 of the feed, in hexadecimal.'),
    format: z.enum(['csv', 'jsonl']).describe('Format of the feed.'),
    rows: z.int().describe('Rows of the feed.'),
    published_at: time.describe('When it was published.'),
    config_version: configVersion.describe('Version of the config that the run used.'),
    reason: z.string().nullable().describe('Why a person published it; null if the run did at its end.'),
  })
  .describe('A feed that was published.');
export const publicationList = z
  .strictObject({ publications: z.array(publication).describe('Publications, newest first.'), next_cursor: nextCursor })
  .describe('A page of publications.');

const tenantVersionFields = { tenant_id: tenantId, config_version: configVersion };
export const tenantVersion = z.strictObject(tenantVersionFields).describe('A version of a tenant’s config.');
export const tenant = z
  .strictObject({
    ...tenantVersionFields,
    created_at: time.describe('When the tenant was created.'),
    updated_at: time.describe('When the newest version of the config was stored.'),
  })
  .describe('A tenant.');
function quota(what: string) {
  return z
    .strictObject({
      used: z.int().describe('What the tenant uses now.'),
      limit: z.int().describe('What it may use.'),
    })
    .describe(what);
}
export const tenantWithUsage = tenant
  .extend({
    usage: z
      .strictObject({
        stored_bytes: quota('Bytes of uploads and of artifacts of runs. A count corrects them once a day.'),
        waiting_uploads: quota('Upload addresses that have not expired and, as far as is known, were not used.'),
        config_versions: quota('Versions of the config that are kept.'),
        keys: quota('API keys that are not revoked.'),
        active_runs: quota('Runs that are queued or running.'),
        requests: quota('Requests of the burst that this API process has counted and that have not come back yet.'),
      })
      .describe('What the tenant uses of its quotas.'),
  })
  .describe('A tenant, and what it uses.');
export const tenantList = z
  .strictObject({ tenants: z.array(tenant).describe('Tenants, by id.'), next_cursor: nextCursor })
  .describe('A page of tenants.');

const inboundFile = z.strictObject({
  name: z.string().describe('Its name below the vendor’s folder.'),
  key: z.string().describe('Its object key.'),
  size: z.int().describe('Bytes.'),
  modified_at: time.describe('When it was stored.'),
  is_feed: z.boolean().describe('Whether a run may read it.'),
  reason: z.string().nullable().describe('Why it is not a feed; null if it is one.'),
});
export const inboundFileList = z
  .strictObject({ files: z.array(inboundFile).describe('Files, by name.'), next_cursor: nextCursor })
  .describe('A page of the files in a vendor’s folder.');

const keyFields = {
  key_id: keyId,
  name: z.string().nullable().describe(KEY_NAME),
  created_at: time.describe('When the key was made.'),
};
export const newKey = z
  .strictObject({ ...keyFields, key: z.string().describe('The key itself. It is shown this once.') })
  .describe('An API key that was just made.');
const listedKey = z.strictObject({
  ...keyFields,
  revoked_at: time.nullable().describe('When the key was revoked; null while it works.'),
});
export const keyList = z
  .strictObject({ keys: z.array(listedKey).describe('All keys of the tenant.') })
  .describe('The API keys of a tenant.');

export const upload = z
  .strictObject({
    url: z.url().describe('Address to send the file to. Whoever has it needs no key.'),
    method: z.literal('PUT').describe('Method to send the file with.'),
    headers: z.record(z.string(), z.string()).describe('Headers to send with the file.'),
    key: z.string().describe('Key of the object that the file becomes.'),
    expires_at: time.describe('When the address stops working.'),
  })
  .describe('Where and how to upload a file.');

const countFields = {
  rows: z.int().describe('Rows read from the feeds.'),
  invalid: z.int().describe('Rows that were refused.'),
  merged: z.int().describe('Rows of the merged feed.'),
};
const noticeText = z.string().exactOptional();
const notice: z.ZodType<Notice> = z
  .strictObject({
    code: z.string().describe('Code of the warnings: one of docs/ERRORS.md, or of a plugin.'),
    vendor_id: noticeText.describe('Id of the vendor; absent if it is about the run as a whole.'),
    count: z.int().describe('Rows, cells or SKUs that it is about; else the number of warnings.'),
    what: z.string().describe('What was seen, with examples.'),
    examples: z
      .array(
        z.strictObject({
          vendor_id: noticeText.describe('Id of the vendor, if the notice has none.'),
          file: noticeText.describe('Name of the file.'),
          line: z.int().exactOptional().describe('Physical line, from 1.'),
          row_number: z.int().exactOptional().describe('Number of the record, if the line is not known.'),
          column: noticeText.describe('Canonical column, or the vendor’s header.'),
          cell: noticeText.describe('The cell, at most 60 characters, with control characters spelled out.'),
          note: noticeText.describe('What is beside it.'),
        }),
      )
      .describe('At most two; only in run_summary.json, empty in a run record.'),
    means: z.string().describe('What it may mean.'),
    do: z.string().describe('What to do.'),
  })
  .describe('The warnings of one code and vendor in words.');

export const runAnswer = z
  .strictObject({
    run_id: runId,
    tenant_id: tenantId,
    config_version: configVersion.describe('Version of the config that the run uses.'),
    status: z.enum(RUN_STATUS).describe('`SUCCEEDED` and `FAILED` are final.'),
    stage: z.enum(STAGES).nullable().describe('Stage that the run is in or ended in; null before the first.'),
    attempt: z.int().describe('How often a worker has taken the run; 0 before the first.'),
    cancel_requested: z.boolean().describe('Whether the run was asked to stop.'),
    progress: z
      .strictObject({
        vendors: z.int().describe('Vendors of the run.'),
        vendors_read: z.int().describe('Vendors whose feeds are read.'),
        ...countFields,
      })
      .nullable()
      .describe(
        'How far a running run was when its worker last wrote it, with its heartbeat and at each stage; null otherwise.',
      ),
    requested_at: time.describe('When the run was requested.'),
    started_at: time.nullable().describe('When a worker first took the run; null before.'),
    finished_at: time.nullable().describe('When the run ended; null before.'),
    failed_stage: z.enum(STAGES).nullable().describe('Stage in which the run failed; null unless it did.'),
    error_code: z
      .enum(Object.keys(RUN_CODES).filter(isRunCode))
      .nullable()
      .describe('Why the run failed; null unless it did. docs/ERRORS.md has cause and fix of each code.'),
    error_message: z.string().nullable().describe('`error_code` in words, with the facts; null unless the run failed.'),
    errors_artifact_key: z.string().nullable().describe('Object key of errors.json; null if there is none.'),
    error_report_key: z.string().nullable().describe('The same as `errors_artifact_key`.'),
    artifacts: z.record(z.string(), z.string()).describe('Object keys of the run’s artifacts, by name.'),
    counts: z
      .strictObject(countFields)
      .nullable()
      .describe('Rows of an ended run, as far as it came; null before, and if no worker ended it.'),
    warnings: z
      .array(z.string())
      .describe(
        'Warnings of an ended run, `code:detail`, at most 50; run_summary.json has all. docs/ERRORS.md has the codes.',
      ),
    notices: z.array(notice).describe('These warnings in words, one for each code and vendor.'),
  })
  .describe('A run.');
export const runList = z
  .strictObject({ runs: z.array(runAnswer).describe('Runs, newest first.'), next_cursor: nextCursor })
  .describe('A page of runs.');
export const artifactAddresses = z
  .record(z.string(), z.url())
  .describe('Signed addresses of a run’s artifacts, by name.');

const entryCode = z.string().describe('What is wrong: a code of docs/ERRORS.md or of a plugin.');
const entryVendor = z.string().describe('Id of the vendor.');
const rowProblemFields = {
  error_code: entryCode,
  column: z
    .string()
    .nullable()
    .describe('The canonical column, or the vendor’s header if the cell belongs to none; null for the row as a whole.'),
  value: z.string().nullable().describe('The cell as the feed has it, trimmed; null if it is empty.'),
  reason: z.string().describe('What is wrong, for people.'),
};
const rowEntry: z.ZodType<RowEntry> = z
  .object({
    ...rowProblemFields,
    vendor_id: entryVendor,
    file: z.string().exactOptional().describe('Only if the feed has several files.'),
    row_number: z.int().describe('The number of the record; the header is 1.'),
    line: z.int().describe('The physical line on which the row starts, from 1.'),
    row_data: z
      .record(z.string(), z.string())
      .describe('The row’s cells by header; `#3` if the header is missing, empty or not the first of its name.'),
    problems: z.array(z.object(rowProblemFields)).describe('All problems of the row; the entry repeats the first.'),
  })
  .describe('A refused row.');
const vendorEntry: z.ZodType<VendorEntry> = z
  .object({
    error_code: entryCode,
    error_message: z.string().describe('What is wrong, for people.'),
    vendor_id: entryVendor,
    expected_prefix: z.string().nullable().describe('Where the vendor’s files should be; null if it does not matter.'),
  })
  .describe('A problem of a vendor as a whole.');
const truncatedEntry = z
  .object({
    error_code: z.literal('ERRORS_TRUNCATED').describe('The last entry, if errors.json does not list all.'),
    error_message: z.string().describe('What is wrong, for people.'),
    not_listed: z.int().describe('How many entries are not listed.'),
    error_counts: z.record(z.string(), z.int()).describe('How many entries have each code, listed or not.'),
  })
  .describe('Entries are missing.');
export const errorEntry = z
  .union([rowEntry, vendorEntry, truncatedEntry])
  .describe('An entry of errors.json, as the run wrote it.');
export const errorPage = z
  .strictObject({
    errors: z.array(errorEntry).describe('Entries of errors.json, as the run wrote them.'),
    next_cursor: nextCursor,
  })
  .describe('A page of a run’s errors.json.');

const pluginView = z.strictObject({
  kind: z.enum(PLUGIN_KINDS).describe('What the plugin does in a run.'),
  id: z.string().describe('What configs call it.'),
  version: z.string().describe('Its release.'),
  contract: z.int().describe('Version of the plugin contract that it is made for.'),
  summary: z.string().describe('What it does, in one line.'),
  options: z.record(z.string(), z.unknown()).describe('JSON Schema of the options.'),
  example: z.unknown().describe('Options that pass the check.'),
  codes: z.record(z.string(), z.string()).describe('Codes that it reports, each with its meaning.'),
});
export const pluginList = z
  .strictObject({ plugins: z.array(pluginView).describe('All plugins that configs can name.') })
  .describe('The plugins of this service.');

export const health = z
  .strictObject({
    status: z.literal('ok').describe('The process answers.'),
    version: z.string().describe('Release of Relay.'),
  })
  .describe('A process that answers.');
export const ready = z
  .strictObject({
    status: z.literal('ready').describe('Every store can be used.'),
    checks: z.record(z.string(), z.literal('ok')).describe('The stores that were asked, by name.'),
  })
  .describe('A service that can work.');
export const openApiDocument = z
  .looseObject({
    openapi: z.string().describe('Version of OpenAPI.'),
    paths: z.record(z.string(), z.unknown()).describe('Operations by path.'),
  })
  .describe('An OpenAPI document.');

const problem = z.strictObject({
  path: z.string().describe('Where the problem is: the path of a field, or the name of a store.'),
  code: z.string().describe('What is wrong, for programs.'),
  message: z.string().describe('What is wrong, for people.'),
});
export type ApiProblem = z.output<typeof problem>;
export const error = z
  .strictObject({
    error: z.enum(Object.keys(API_CODES).filter(isApiCode)).describe('Code of the error.'),
    message: z.string().describe('What is wrong, for people.'),
    active_run_id: generatedId.optional().describe('Only with `TENANT_ALREADY_RUNNING`: the run that is active.'),
    issues: z.array(problem).optional().describe('Every problem of the request, config or service.'),
  })
  .describe('An error.');
