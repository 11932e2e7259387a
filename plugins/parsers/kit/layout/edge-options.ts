/** What is above and below the rows of a table, as JSON: values of the preamble, and the footer. */
import { z } from 'zod';
import { late } from '../../../../core/config/late.ts';
import { anyText, name, SIDE_NAME } from './option-texts.ts';

export const preambleValue = late(() =>
  z.strictObject({
    name: z
      .string()
      .regex(SIDE_NAME, 'must be 1 to 63 letters, digits, "_" or "-", starting with a letter or digit')
      .describe('The name that `columns.*.preamble` refers to.'),
    line: z
      .int()
      .min(1)
      .max(10_000)
      .optional()
      .describe('The physical line, from 1. Without it every line above the header is searched.'),
    after: name
      .optional()
      .describe(
        'The text before the value, such as `valid from` or `Warehouse`, as whole words in any case. The value is the rest of its cell, without `:` or `=` at its start, or the next cell that is not empty.',
      ),
    before: name.optional().describe('The text after the value in its cell. The value ends before it.'),
    cell: z
      .string()
      .regex(/^#\d{1,6}$/, 'must be a position such as "#0"')
      .optional()
      .describe(
        'The cell that has the value, or `after`: `"#1"`. By default the first that is not empty, or that has `after`.',
      ),
    whole_line: z
      .boolean()
      .default(false)
      .describe('True if the line is one cell, whatever delimiters it has: `Vendor: Smith, Jones & Co`.'),
    is: z
      .array(anyText)
      .min(1)
      .max(100)
      .optional()
      .describe('What the value may be, in any case. Another one is `preamble_mismatch`.'),
    currency: z
      .boolean()
      .default(false)
      .describe('True if the value must be the code or a sign of `default_currency`.'),
    optional: z
      .boolean()
      .default(false)
      .describe('True if a feed without the value is read all the same, with a warning, and the column is empty.'),
  }),
);

export const footerText = z.string().min(1).max(1000);
export const footerLine = late(() =>
  z.union([footerText, z.array(anyText).min(1).max(100)], {
    error: 'must be a text or a list of texts',
  }),
);

export type TablePreambleValue = z.output<typeof preambleValue>;
export type TableFooterLine = z.output<typeof footerLine>;
