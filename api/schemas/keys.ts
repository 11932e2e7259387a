/** API keys of a tenant. */
import { z } from 'zod';
import { generatedId, label, tenantId, time } from './common.ts';

const keyId = generatedId.describe('Id of the key. It is not secret.');
export const keyParams = z.object({ tenant_id: tenantId, key_id: keyId });
const KEY_NAME = 'A name for people; null if the key has none.';
export const keyBody = z
  .strictObject({ name: label.nullable().optional().describe(KEY_NAME) })
  .describe('A new API key.');

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
