/** For tests of doubts: collects the rows that they give as examples, and rows whose cells are texts. */
import { toBytes } from '../../../../bytes/text.ts';
import { CANONICAL_COLUMNS, type CanonicalColumn } from '../../../../canonical.ts';
import type { IssueLog } from '../../../issues.ts';
import type { CurrentRow } from '../../current-row.ts';
import { RowExamples } from '../row-examples.ts';

/** `shown` has each example as `code file:line column "cell" note`. */
export function collectedRows(file: string | null = null): { rows: RowExamples; shown: string[] } {
  const shown: string[] = [];
  const log: Pick<IssueLog, 'example'> = {
    example: (code, _vendor, { file: of, line, column, cell, note }) => {
      const place = `${of === undefined ? '' : `${of}:`}${line}`;
      shown.push(`${code} ${place} ${column} "${cell}"${note === undefined ? '' : ` ${note}`}`);
    },
  };
  const rows = new RowExamples(log as IssueLog, 'v');
  rows.file = file;
  return { rows, shown };
}

/** What doubts read of a row, with the given cells. */
export function rowOfCells(line: number, cells: Partial<Record<CanonicalColumn, string>>): CurrentRow {
  const source = CANONICAL_COLUMNS.map((column) => toBytes(`9${cells[column] ?? ''}9`));
  const row: Partial<CurrentRow> = {
    line,
    source,
    start: Int32Array.from(source, () => 1),
    end: Int32Array.from(source, ({ length }) => length - 1),
    cellText: (position) => cells[CANONICAL_COLUMNS[position] ?? 'sku'] ?? '',
  };
  return row as CurrentRow;
}
