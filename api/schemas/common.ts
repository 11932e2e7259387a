/**
 * Forms that several groups of endpoints share. Requests are checked with the schemas of this folder, and the OpenAPI document is
 * made from them: each field has a description, which a test holds.
 */
import { z } from 'zod';
import { ID_FORM, ID_PATTERN } from '../../core/config/schema.ts';
import type { ApiSettings } from '../deps.ts';

export const tenantId = z.string().regex(ID_PATTERN, ID_FORM).describe('Id of the tenant, as its config has it.');

/** Ids that Relay makes. */
export const generatedId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/,
    'must be an id as Relay makes them: 1 to 128 letters, digits, "_" or "-"',
  );
export const runId = generatedId.describe('Id of the run. Ids sort by time.');
export const configVersion = z.int().min(1).describe('Version of the config; the first is 1.');
export const time = z.iso.datetime({ precision: 3 });
/** Text on one line that every store can keep. */
export const label = z
  .string()
  .regex(/^[^\p{Cc}\p{Cs}]{1,100}$/u, 'must be 1 to 100 characters without control characters');

export const tenantParams = z.object({ tenant_id: tenantId });
export const runParams = z.object({ run_id: runId });
export const cursor = z
  .string()
  .regex(/^[\x21-\x7e]{1,8192}$/, 'must be the next_cursor of the page before')
  .describe('Where the page starts: `next_cursor` of the page before. Absent for the first page.');

export const nextCursor = z.string().nullable().describe('`cursor` of the next page; null on the last page.');
export function limit({ pageMax, pageDefault }: ApiSettings) {
  const message = `must be a whole number from 1 to ${pageMax}`;
  return z
    .string()
    .regex(/^[1-9]\d{0,8}$/, message)
    .refine((text) => Number(text) <= pageMax, message)
    .transform(Number)
    .describe(`Most items on the page, 1 to ${pageMax}; ${pageDefault} unless given.`);
}

export function pageQuery(settings: ApiSettings) {
  return z.strictObject({ cursor: cursor.optional(), limit: limit(settings).optional() });
}

export const reason = z
  .string()
  .regex(/^[^\p{Cc}\p{Cs}]{1,500}$/u, 'must be 1 to 500 characters without control characters')
  .describe('Why, for those who look later.');
