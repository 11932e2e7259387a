/** What the built-in output formats share: lines of a delimited table, and the check of the columns that they need. */
import { configAt, configList } from '../../core/config/raw.ts';
import type { ConfigProblem } from '../../core/plugin.ts';

/** A line of a table: a cell with the delimiter, a quote or a line end is in quotes, and quotes in it are doubled. */
export function lineOf(cells: readonly string[], delimiter = ','): string {
  let line = '';
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] ?? '';
    if (i > 0) line += delimiter;
    line += needsQuotes(cell, delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell;
  }
  // a row of one empty cell would be a blank line
  return `${line === '' ? '""' : line}\n`;
}

function needsQuotes(cell: string, delimiter: string): boolean {
  return cell.includes(delimiter) || cell.includes('"') || cell.includes('\n') || cell.includes('\r');
}

/** A column that a format needs, or that its options name. */
export interface WantedColumn {
  column: string;
  /** The option's path, such as `handle`; null if the format always needs the column. */
  option: string | null;
}

/** Problems with columns that the feed lacks. Every format needs `sku` and `quantity_available`. */
export function neededColumnProblems(config: unknown, path: string, wanted: readonly WantedColumn[]): ConfigProblem[] {
  const columns = configAt(config, 'output', 'columns');
  if (!Array.isArray(columns)) return [];
  const has = configList(config, 'output', 'columns');
  const always = ['sku', 'quantity_available'].map((column) => ({ column, option: null }));
  return [...always, ...wanted].flatMap(({ column, option }) => {
    if (has.includes(column)) return [];
    return option === null
      ? [{ path: 'output.columns', code: 'export_column_missing', message: `must have "${column}": ${path} needs it` }]
      : [
          {
            path: `${path}.${option}`,
            code: 'export_column_missing',
            message: `"${column}" is not one of output.columns, from which exports are made`,
          },
        ];
  });
}
