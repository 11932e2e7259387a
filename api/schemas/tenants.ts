/** Tenants and their configs. */
import { z } from 'zod';
import { configVersion, generatedId, nextCursor, tenantId, time } from './common.ts';

export const versionQuery = z.strictObject({
  version: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'must be a whole number from 1')
    .transform(Number)
    .optional()
    .describe('Version of the config; the newest unless given.'),
});

/** Conditions on writing a new version of a config. */
export const putConfigHeaders = z.object({
  'if-match': z
    .string()
    .max(1000)
    .optional()
    .describe('Version that must be the newest, as its `ETag` has it: `"3"`. `*` or nothing accepts any.'),
  'if-simulated': generatedId
    .optional()
    .describe(
      'Id of a simulation of this very config that passed. Needed if the config of today has `publish.require_simulation`.',
    ),
});

const tenantVersionFields = { tenant_id: tenantId, config_version: configVersion };
export const tenantVersion = z
  .strictObject({
    ...tenantVersionFields,
    warnings: z
      .array(z.string())
      .exactOptional()
      .describe('Only if the config is valid and probably wrong: what `relay check` warns of, each as `code:detail`.'),
  })
  .describe('A version of a tenant’s config.');
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
        files: quota('Files that were uploaded and not removed. A count corrects them once a day.'),
        waiting_uploads: quota('Upload addresses that have not expired and, as far as is known, were not used.'),
        config_versions: quota('Versions of the config that are kept.'),
        keys: quota('API keys that are not revoked.'),
        feed_links: quota('Feed links that are not revoked.'),
        active_runs: quota('Runs that are queued or running.'),
        requests: quota('Requests of the burst that this API process has counted and that have not come back yet.'),
      })
      .describe('What the tenant uses of its quotas.'),
  })
  .describe('A tenant, and what it uses.');

export const tenantList = z
  .strictObject({ tenants: z.array(tenant).describe('Tenants, by id.'), next_cursor: nextCursor })
  .describe('A page of tenants.');
