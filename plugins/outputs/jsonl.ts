/** `jsonl`: an object per line. */
import { z } from 'zod';
import { columnKind } from '../../core/canonical.ts';
import { once } from '../../core/once.ts';
import type { OutputRow, Plugin } from '../../core/plugin.ts';
import { neededColumnProblems } from './table.ts';

const options = once(() => z.strictObject({}));

export const jsonlOutput: Plugin<'output', Record<string, never>> = {
  manifest: {
    kind: 'output',
    id: 'jsonl',
    version: '1.0.0',
    contract: 1,
    summary:
      'JSON lines with the columns of the feed: whole numbers as numbers, money as texts, empty cells as null; a delta has _change first',
    get options() {
      return options();
    },
    example: {},
    check: (_options, config, path) => neededColumnProblems(config, path, []),
  },
  load:
    async () =>
    (_options, { config, content }) => {
      const { columns } = config.output;
      const cellOf = (row: OutputRow, column: string) => {
        const text = row.text(column);
        return text !== null && columnKind(column) === 'integer' ? Number(text) : text;
      };
      return {
        extension: 'jsonl',
        row: (row) => {
          const cells = columns.map((column): [string, unknown] => [column, cellOf(row, column)]);
          return `${JSON.stringify(Object.fromEntries(content === 'delta' ? [['_change', row.change], ...cells] : cells))}\n`;
        },
      };
    },
};
