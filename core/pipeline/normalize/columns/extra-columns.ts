/**
 * Finds the tenant's extra columns in a vendor's feed: as for canonical ones, by the layout, by `column_map` or by
 * their own names.
 */
import type { ExtraColumn } from '../../../canonical.ts';
import type { ColumnSource, Layout } from '../../../layout.ts';
import type { ExtraSource } from './columns.ts';

/** `"#0"` names a column by its position, from 0. */
const INDEX = /^#(\d{1,6})$/;

export function extraSources(
  extras: readonly ExtraColumn[],
  columnMap: Readonly<Record<string, string>>,
  layout: Pick<Layout, 'extras'> = {},
): readonly ExtraSource[] {
  return extras.map((column) => ({
    column,
    source: layout.extras?.[column] ?? sourceOf(column, columnMap[column]),
  }));
}

function sourceOf(column: ExtraColumn, mapped: string | undefined): ColumnSource {
  if (mapped === undefined) return { header: column, match: 'exact', expected: false };
  const index = INDEX.exec(mapped);
  return index === null ? { header: mapped, match: 'loose', expected: true } : { index: Number(index[1]) };
}
