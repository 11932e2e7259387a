/** Uploads, and the files of vendors. */
import { z } from 'zod';
import { ID_FORM, ID_PATTERN } from '../../core/config/schema.ts';
import { nextCursor, tenantId, time } from './common.ts';

export const vendorParams = z.object({
  tenant_id: tenantId,
  vendor_id: z.string().regex(ID_PATTERN, ID_FORM).describe('Id of the vendor, as the config has it.'),
});

export const fileQuery = z.object({
  name: z.string().min(1).max(1000).describe('Name of the file below the vendor’s folder, as the list has it.'),
});

export const objectParams = z.object({ key: z.string().describe('Key of the object; it may contain slashes.') });
export const uploadBody = z
  .strictObject({
    purpose: z
      .enum(['feed', 'side_file', 'patch'])
      .default('feed')
      .describe(
        '`feed`: a file of a vendor. `side_file`: a file of the tenant that configs name, such as a SKU map. `patch`: corrected rows, the report `rejects_<vendor_id>` of a run, edited. They replace these rows when a later run reads the very file that they were refused from.',
      ),
    vendor_id: z.string().max(200).optional().describe('Vendor of the feed or patch; absent for a side file.'),
    run_id: z.string().max(200).optional().describe('Run that refused the rows; of a patch only.'),
    filename: z
      .string()
      .max(1000)
      .optional()
      .describe('Name of the file, without folders. It is kept as it is. Absent for a patch.'),
  })
  .describe('A file to upload.');

export type UploadBody = z.output<typeof uploadBody>;
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

export const upload = z
  .strictObject({
    url: z.url().describe('Address to send the file to. Whoever has it needs no key.'),
    method: z.literal('PUT').describe('Method to send the file with.'),
    headers: z.record(z.string(), z.string()).describe('Headers to send with the file.'),
    key: z.string().describe('Key of the object that the file becomes.'),
    expires_at: time.describe('When the address stops working.'),
  })
  .describe('Where and how to upload a file.');
