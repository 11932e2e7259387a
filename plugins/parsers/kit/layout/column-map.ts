/** Turns a tenant's `column_map` into a layout's columns, by the contract's rules for headers. */
import { type CanonicalColumn, FEED_COLUMNS, REQUIRED_COLUMNS } from '../../../../core/canonical.ts';
import type { ColumnSource, Layout } from '../../../../core/plugin.ts';

/** `"#0"` names a column by its position, from 0. */
const INDEX = /^#(\d{1,6})$/;

/** True if a `column_map` value names a position. */
export function isPosition(source: unknown): boolean {
  return typeof source === 'string' && INDEX.test(source);
}

export function columnsOf(columnMap: Readonly<Record<string, string>>): Layout['columns'] {
  const columns: Partial<Record<CanonicalColumn, ColumnSource>> = {};
  for (const column of FEED_COLUMNS) {
    const mapped = columnMap[column];
    const index = mapped === undefined ? null : INDEX.exec(mapped);
    if (index !== null) columns[column] = { index: Number(index[1]) };
    else if (mapped !== undefined) columns[column] = { header: mapped, match: 'loose', expected: true };
    else {
      const match = REQUIRED_COLUMNS.includes(column) ? 'loose' : 'exact';
      columns[column] = { header: column, match, expected: false };
    }
  }
  return columns;
}
