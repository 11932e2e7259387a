/** `output.exports` of a tenant config: files of the published feed in the formats of shops. */
import { z } from 'zod';
import { late } from './late.ts';

/** Becomes part of a path and of an artifact's name. */
export const EXPORT_NAME = /^[a-z][a-z0-9_-]{0,62}$/;

/** Each export is one more pass over the feed. */
export const EXPORTS_MAX = 20;

const feedExport = late(() =>
  z.strictObject({
    use: z.string().min(1).describe('Id of an output plugin.'),
    name: z
      .string()
      .regex(EXPORT_NAME, 'must be 1 to 63 lower case letters, digits, "_" or "-", starting with a letter')
      .optional()
      .describe('Name of the file, without its ending. Absent: the id of the plugin. Each occurs once.'),
    content: z
      .enum(['full', 'delta'])
      .default('full')
      .describe(
        '`full`: every row of the feed. `delta`: the rows of `outputs/delta.csv`, with quantity 0 for SKUs that were removed. A delta needs `publish` or `guardrails`.',
      ),
    with: z.unknown().optional().describe('Options of the plugin, checked by its own schema.'),
  }),
);

export const exportsSchema = z.array(feedExport).max(EXPORTS_MAX);

export type FeedExport = z.output<typeof feedExport>;
