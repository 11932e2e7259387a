/** The options of `csv`. */
import { z } from 'zod';
import { containerOptions } from '../kit/container/limits.ts';
import { filesShape, layoutShape } from '../kit/layout/options.ts';

export const csvOptions = z.strictObject({
  ...layoutShape,
  ...filesShape,
  ...containerOptions,
  /** Whether a row with bad quoting, or a separator too many or too few, is put right where the other rows leave one reading. */
  repair: z.boolean().default(false),
});

export type CsvOptions = z.output<typeof csvOptions>;
