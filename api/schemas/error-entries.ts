/** What `errors.json` of a run says. */
import { z } from 'zod';
import type { RowEntry, VendorEntry } from '../../core/issue.ts';
import type { ApiSettings } from '../deps.ts';
import { nextCursor, pageQuery } from './common.ts';

const filterText = z.string().min(1).max(200);
export function errorsQuery(settings: ApiSettings) {
  return pageQuery(settings).extend({
    vendor_id: filterText.optional().describe('Only entries of this vendor.'),
    error_code: filterText
      .optional()
      .describe('Only entries with this code; for a row, the code of its first problem.'),
  });
}

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

const rowEntry: z.ZodType<RowEntry, RowEntry> = z
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

const vendorEntry: z.ZodType<VendorEntry, VendorEntry> = z
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
