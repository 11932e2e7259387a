/** Addresses of the published feed. */
import { z } from 'zod';
import { EXPORT_NAME } from '../../core/config/exports.ts';
import { generatedId, label, tenantId, time } from './common.ts';

const linkId = generatedId.describe('Id of the link. It is not secret.');
export const feedLinkParams = z.object({ tenant_id: tenantId, link_id: linkId });
export const linkParams = z.object({ link: z.string().describe('The secret part of the address.') });

export const feedQuery = z.object({
  export: z
    .string()
    .regex(EXPORT_NAME, 'must be the name of an export')
    .optional()
    .describe(
      'Name of a file of `output.exports`: the feed, or what the publication changed, in the format of a shop. Absent: the feed itself.',
    ),
});

const LINK_NAME = 'A name for people; null if the link has none.';
export const feedLinkBody = z
  .strictObject({ name: label.nullable().optional().describe(LINK_NAME) })
  .describe('A new feed link.');

const linkFields = {
  link_id: linkId,
  name: z.string().nullable().describe(LINK_NAME),
  created_at: time.describe('When the link was made.'),
};

export const newFeedLink = z
  .strictObject({ ...linkFields, url: z.url().describe('The address of the feed. It is shown this once.') })
  .describe('A feed link that was just made.');

const listedLink = z.strictObject({
  ...linkFields,
  revoked_at: time.nullable().describe('When the link was revoked; null while it works.'),
});

export const feedLinkList = z
  .strictObject({ feed_links: z.array(listedLink).describe('All feed links of the tenant.') })
  .describe('The feed links of a tenant.');
