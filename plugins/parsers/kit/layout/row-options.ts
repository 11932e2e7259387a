/** The row filters of a table, as JSON. */
import { z } from 'zod';
import { late } from '../../../../core/config/late.ts';
import { ISSUE_CODE_FORM } from '../../../../core/manifest.ts';
import { once } from '../../../../core/once.ts';
import { anyText, canonical, names } from './option-texts.ts';

const limit = z.union([z.number(), anyText], { error: 'must be a number, or a text such as "0.05" or "2026-11-01"' });

const range = once(() =>
  z.strictObject({
    below: limit.optional().describe('Values below this one.'),
    above: limit.optional().describe('Values above this one.'),
    at_least: limit.optional().describe('This value and those above.'),
    at_most: limit.optional().describe('This value and those below.'),
  }),
);

const tested = once(() =>
  z.union([z.array(anyText).min(1).max(1000), range()], {
    error: 'must be a list of texts, or an object with below, above, at_least or at_most',
  }),
);

const exactly = z.boolean().default(false).describe('True if `*` and `?` in the lists are plain characters.');

export const rowFilter = late(() =>
  z.strictObject({
    column: names.optional().describe('The column to test. Of several headers, the first that the feed has.'),
    value: canonical
      .optional()
      .describe(
        'In place of `column`: the canonical column whose value is tested, after the SKU map, words, numbers and factors. Numbers and timestamps are compared as such. A cell that does not read passes no test: its row is reported.',
      ),
    keep: tested()
      .optional()
      .describe(
        'Keeps the rows whose cell is one of these, in any case. `*` matches any characters and `?` one; `""` is an empty cell. Of a `value` that is a number or a timestamp also a range: `{"at_least": 1}`; nothing empty is in a range.',
      ),
    drop: tested()
      .optional()
      .describe('Leaves out the rows whose cell is one of these, or whose value is in this range.'),
    refuse: tested()
      .optional()
      .describe(
        'Makes these rows invalid: each is in `errors.json` with `code`, the column that is tested, and `reason`.',
      ),
    exactly,
    code: z
      .string()
      .regex(ISSUE_CODE_FORM, 'must be lower case letters, digits and "_", starting with a letter')
      .optional()
      .describe(
        'The code of a refused row: `row_refused`, which is the default, or one of those that the parser lists.',
      ),
    reason: z
      .string()
      .min(1)
      .max(500)
      .optional()
      .describe('What to say of a refused row; what the code means by default.'),
    where: z
      .strictObject({
        column: names.optional().describe('The column.'),
        value: canonical.optional().describe('In place of `column`: the canonical column whose value is tested.'),
        is: tested().describe('Its cells or values, as in `keep`.'),
        exactly,
      })
      .optional()
      .describe('Applies the entry only to rows in which this column has one of these cells, or values in this range.'),
    if_present: z
      .boolean()
      .default(false)
      .describe('True if a feed without the column is read all the same; otherwise it is `missing_required_columns`.'),
  }),
);

export type TableRowFilter = z.output<typeof rowFilter>;
export type TableRowTest = z.output<ReturnType<typeof tested>>;
