/** The options of `csv`. */
import { z } from 'zod';
import { containerOptions } from '../kit/container/limits.ts';
import { filesShape, layoutShape } from '../kit/layout/options.ts';

export const csvOptions = z.strictObject({
  ...layoutShape,
  ...filesShape,
  ...containerOptions,
  repair: z
    .boolean()
    .default(false)
    .describe(
      'True to repair a row with a misplaced quote, or a separator too many or too few, if the other rows leave one way to read it; and to join a row that a line end of another sort broke in two (`broken_record`), unless the break is inside the SKU. The warnings `rows_repaired` and `repaired_lines` say how many and where. Otherwise such a row is invalid, or counts in `short_rows`.',
    ),
});

export type CsvOptions = z.output<typeof csvOptions>;
