/** `csv`: the feed with chosen columns, names and delimiter. */
import { z } from 'zod';
import { FORMULA_STARTS } from '../../core/bytes/ascii.ts';
import { once } from '../../core/once.ts';
import type { Plugin } from '../../core/plugin.ts';
import { lineOf, neededColumnProblems } from './table.ts';

const options = once(() =>
  z.strictObject({
    columns: z
      .array(
        z.strictObject({
          from: z.string().min(1).describe('A column of the feed.'),
          as: z.string().min(1).optional().describe('Its header. Absent: the name of the column.'),
        }),
      )
      .min(1)
      .max(200)
      .optional()
      .describe(
        'The columns of the file, in order. Absent: those of the feed, in a delta after `_change`. `_change` may be named too.',
      ),
    delimiter: z.enum([',', ';', '\t', '|']).default(',').describe('What is between two fields.'),
    escape_formulas: z
      .boolean()
      .default(false)
      .describe(
        'True to write an apostrophe before texts that begin with `=`, `+`, `-` or `@`, for a file that people open in a spreadsheet.',
      ),
  }),
);

type Options = z.output<ReturnType<typeof options>>;

export const csvOutput: Plugin<'output', Options> = {
  manifest: {
    kind: 'output',
    id: 'csv',
    version: '1.0.0',
    contract: 1,
    summary: 'a table in UTF-8 with columns, headers and delimiter of your choice',
    get options() {
      return options();
    },
    example: {
      columns: [
        { from: 'sku', as: 'Article' },
        { from: 'quantity_available', as: 'Stock' },
      ],
      delimiter: ';',
    },
    check: ({ columns = [] }, config, path) =>
      neededColumnProblems(
        config,
        path,
        columns.flatMap(({ from }, i) => (from === '_change' ? [] : [{ column: from, option: `columns[${i}].from` }])),
      ),
  },
  load:
    async () =>
    ({ columns, delimiter, escape_formulas }, { config, content }) => {
      const own = [...(content === 'delta' ? ['_change'] : []), ...config.output.columns];
      const chosen = columns ?? own.map((from) => ({ from, as: undefined }));
      const shown = (text: string) =>
        escape_formulas && FORMULA_STARTS.includes(text.charCodeAt(0)) ? `'${text}` : text;
      return {
        extension: 'csv',
        head: () =>
          lineOf(
            chosen.map(({ from, as = from }) => as),
            delimiter,
          ),
        row: (row) => {
          const cells = chosen.map(({ from }) => shown((from === '_change' ? row.change : row.text(from)) ?? ''));
          return lineOf(cells, delimiter);
        },
      };
    },
};
