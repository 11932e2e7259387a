/** The shapes of requests and answers. Checks and the OpenAPI document are both made from these. */
import { z } from 'zod';
import { ID_PATTERN } from '../core/config/schema.ts';
import { PLUGIN_KINDS } from '../core/plugin.ts';
import { isRunCode, RUN_CODES, STAGES } from '../core/run-codes.ts';
import type { ApiSettings } from './deps.ts';

const RUN_STATUS = ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED'] as const;

const id = z.string().regex(ID_PATTERN, 'must be 1 to 63 letters, digits, "_" or "-"');
/** Ids that Relay itself makes. */
const ownId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/);
const time = z.iso.datetime({ precision: 3 });
/** Text on one line that every store can keep. */
const label = z.string().regex(/^[^\p{Cc}\p{Cs}]{1,100}$/u, 'must be 1 to 100 characters without control characters');

export const tenantParams = z.object({ tenant_id: id });
export const keyParams = z.object({ tenant_id: id, key_id: ownId });
export const runParams = z.object({ run_id: ownId });
export const objectParams = z.object({ key: z.string() });

/** Where a page starts, as the page before it said. */
const cursor = z.string().regex(/^[\x21-\x7e]{1,1024}$/, 'must be the next_cursor of the page before');

function limit(settings: ApiSettings) {
  const message = `must be a whole number from 1 to ${settings.pageMax}`;
  return z
    .string()
    .regex(/^[1-9]\d{0,8}$/, message)
    .refine((text) => Number(text) <= settings.pageMax, message)
    .transform(Number);
}

export function runsQuery(settings: ApiSettings) {
  return z.strictObject({
    tenant_id: id.optional(),
    status: z.enum(RUN_STATUS).optional(),
    cursor: cursor.optional(),
    limit: limit(settings).optional(),
  });
}

export function pageQuery(settings: ApiSettings) {
  return z.strictObject({ cursor: cursor.optional(), limit: limit(settings).optional() });
}

export const versionQuery = z.strictObject({
  version: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'must be a whole number from 1')
    .transform(Number)
    .optional(),
});

export const ifMatchHeaders = z.object({ 'if-match': z.string().max(1000).optional() });
export const idempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters')
    .optional(),
});

export const keyBody = z.strictObject({ name: label.nullable().optional() });
export const uploadBody = z.strictObject({
  /** `side_file`: what a config names, such as a SKU map. It belongs to the tenant, not to a vendor. */
  purpose: z.enum(['feed', 'side_file']).default('feed'),
  vendor_id: z.string().max(200).optional(),
  filename: z.string().max(1000),
});
export type UploadRequest = z.output<typeof uploadBody>;
export function runBody(settings: ApiSettings) {
  return z.strictObject({
    tenant_id: id,
    run_type: z.literal('inventory_sync'),
    vendors: z.array(z.string().min(1).max(200)).max(settings.vendorsMax).optional(),
    force: z.boolean().optional(),
  });
}

export const tenantVersion = z.strictObject({ tenant_id: id, config_version: z.int().min(1) });
export const tenant = z.strictObject({ ...tenantVersion.shape, created_at: time, updated_at: time });
const keyFields = { key_id: ownId, name: z.string().nullable(), created_at: time };
export const newKey = z.strictObject({ ...keyFields, key: z.string() });
export const keyList = z.strictObject({ keys: z.array(z.strictObject({ ...keyFields, revoked_at: time.nullable() })) });
export const upload = z.strictObject({
  url: z.url(),
  method: z.literal('PUT'),
  headers: z.record(z.string(), z.string()),
  key: z.string(),
  expires_at: time,
});

const stage = z.enum(STAGES).nullable();
export const runAnswer = z.strictObject({
  run_id: ownId,
  tenant_id: id,
  config_version: z.int().min(1),
  status: z.enum(RUN_STATUS),
  stage,
  requested_at: time,
  started_at: time.nullable(),
  finished_at: time.nullable(),
  failed_stage: stage,
  error_code: z.enum(Object.keys(RUN_CODES).filter(isRunCode)).nullable(),
  error_message: z.string().nullable(),
  errors_artifact_key: z.string().nullable(),
  error_report_key: z.string().nullable(),
  artifacts: z.record(z.string(), z.string()),
});
export const runList = z.strictObject({ runs: z.array(runAnswer), next_cursor: z.string().nullable() });
export const artifactAddresses = z.record(z.string(), z.url());

/** Entries of `errors.json`, as the run wrote them. */
const errorEntry = z.looseObject({ error_code: z.string() });
export const errorPage = z.strictObject({ errors: z.array(errorEntry), next_cursor: z.string().nullable() });

export const pluginList = z.strictObject({
  plugins: z.array(
    z.strictObject({
      kind: z.enum(PLUGIN_KINDS),
      id: z.string(),
      version: z.string(),
      contract: z.int(),
      summary: z.string(),
      options: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema of the options' }),
      example: z.unknown(),
      codes: z.record(z.string(), z.string()),
    }),
  ),
});

export const health = z.strictObject({ status: z.literal('ok'), version: z.string() });
export const ready = z.strictObject({ status: z.literal('ready'), checks: z.record(z.string(), z.literal('ok')) });
export const openApiDocument = z.looseObject({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) });

export const error = z.strictObject({
  error: z.string(),
  message: z.string(),
  active_run_id: ownId.optional(),
  issues: z.array(z.strictObject({ path: z.string(), code: z.string(), message: z.string() })).optional(),
});
