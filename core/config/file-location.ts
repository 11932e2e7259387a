/** Where a file beside the feeds is: a SKU map, the currency rates. */
import { z } from 'zod';
import { late } from './late.ts';

export const fileLocation = late(() =>
  z
    .strictObject({
      type: z.enum(['s3', 'file']).describe('`s3` or `file`. The service accepts `s3` only.'),
      s3_key: z
        .string()
        .nullable()
        .default(null)
        .describe('Object key, required for `s3`. `relay run --input DIR` reads it as a path below `DIR`.'),
      local_path: z
        .string()
        .nullable()
        .default(null)
        .describe(
          'Path of the file, required for `file`. A relative path is tried beside the config, then in the working folder.',
        ),
    })
    .superRefine((map, context) => {
      const [field, value] = map.type === 's3' ? ['s3_key', map.s3_key] : ['local_path', map.local_path];
      if (value === null || value === '') {
        context.addIssue({
          code: 'custom',
          path: [field as string],
          message: `is required when type is "${map.type}"`,
        });
      }
    }),
);
