/** The published feed, and how it became that. */
import { z } from 'zod';
import { configVersion, nextCursor, reason, runId, tenantId, time } from './common.ts';

export const publicationParams = z.object({
  tenant_id: tenantId,
  sequence: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'must be a whole number from 1')
    .transform(Number)
    .describe('Number of the publication, from 1.'),
});

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
    key_id: z
      .string()
      .nullable()
      .describe('The key of the person who published it; null for a run, and for what an earlier release published.'),
  })
  .describe('A feed that was published.');

export const publicationList = z
  .strictObject({ publications: z.array(publication).describe('Publications, newest first.'), next_cursor: nextCursor })
  .describe('A page of publications.');
