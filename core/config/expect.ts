/**
 * `expect` of a tenant config: what must be true of every feed that is published. `expect-check.ts` checks across
 * fields.
 */
import { z } from 'zod';
import { once } from '../once.ts';
import { decimalSchema } from './decimal.ts';
import { late } from './late.ts';

/** Every row is tested against each of them. */
export const EXPECTATIONS_MAX = 100;
const WHERE_MAX = 10;
const VALUES_MAX = 1000;
const NAME_CHARS_MAX = 100;

/** The tests of a cell. */
const tests = once(() => ({
  min: decimalSchema().optional().describe('Least number. Of canonical columns, only for numbers and money.'),
  max: decimalSchema().optional().describe('Greatest number.'),
  min_column: z
    .string()
    .min(1)
    .optional()
    .describe('One of `output.columns`: the number must be at least the one there. An empty cell there passes.'),
  max_column: z
    .string()
    .min(1)
    .optional()
    .describe('One of `output.columns`: the number must be at most the one there. An empty cell there passes.'),
  in: z
    .array(z.union([z.string(), z.number()]).transform(String))
    .min(1)
    .max(VALUES_MAX)
    .optional()
    .describe('The values that are allowed. Numbers and money are compared as numbers, texts exactly.'),
  not_empty: z.boolean().optional().describe('`true`: the cell has a value. `false`: it has none.'),
}));

const condition = late(() =>
  z.strictObject({
    column: z.string().min(1).describe('One of `output.columns`.'),
    ...tests(),
  }),
);

const expectation = late(() =>
  z.strictObject({
    name: z
      .string()
      .min(1)
      .max(NAME_CHARS_MAX)
      .describe('What is expected, in your words: messages show it. Each occurs once.'),
    where: z
      .array(condition)
      .min(1)
      .max(WHERE_MAX)
      .optional()
      .describe(
        'Only rows that meet all of these tests. An empty cell does not meet `min`, `max` or `in`. Absent: all rows.',
      ),
    rows: z
      .strictObject({
        min: z.int().min(0).optional().describe('Least number of rows.'),
        max: z.int().min(0).optional().describe('Greatest number of rows.'),
      })
      .optional()
      .describe('How many rows there must be. Either this or `column`.'),
    column: z
      .string()
      .min(1)
      .optional()
      .describe(
        'One of `output.columns`: each of the rows must meet `min`, `max`, `min_column`, `max_column`, `in` and `not_empty`. An empty cell meets all but `not_empty: true`.',
      ),
    ...tests(),
    severity: z
      .enum(['error', 'warn'])
      .default('error')
      .describe(
        '`error`: the run fails with `EXPECTATION_FAILED` and publishes nothing. `warn`: the run has a warning.',
      ),
  }),
);

export const expectSchema = z.array(expectation).max(EXPECTATIONS_MAX).default([]);

export type Expectation = z.output<typeof expectation>;
export type ExpectedCell = Pick<Expectation, 'min' | 'max' | 'min_column' | 'max_column' | 'in' | 'not_empty'>;
