/** What a vendor module declares, and its table with what a tenant adds to it. */
import type { z } from 'zod';
import { FEED_COLUMNS } from '../../../../core/canonical.ts';
import type { FormatSigns, Layout } from '../../../../core/plugin.ts';
import { containerOptions } from '../container/limits.ts';
import { filesShape, type LayoutTable, type LayoutTableInput, layoutShape, layoutTable } from './options.ts';

/** What every vendor parser takes besides its own options: what a tenant may add to its table. */
export const tenantShape = {
  columns: layoutShape.columns,
  rows: layoutShape.rows,
  side_files: layoutShape.side_files,
  ...filesShape,
  ...containerOptions,
};

type TenantOptions = z.output<z.ZodObject<typeof tenantShape>>;

export interface VendorFormat<Shape extends z.ZodRawShape> {
  /** What configs call it. */
  id: string;
  version: string;
  /** One line for listings. */
  summary: string;
  delimiter: string;
  /** What its feeds are known by, for `relay suggest`. */
  signs?: FormatSigns;
  /** What the feed may be in where it is not UTF-8, and what is taken where that cannot be told. */
  encodings: { candidates: readonly string[]; fallback?: string };
  /** Its own options, as the fields of a zod object. */
  options: Shape;
  /** Options that load. */
  example: z.input<z.ZodObject<Shape>> & z.input<z.ZodObject<typeof tenantShape>>;
  table(options: z.output<z.ZodObject<Shape>>): LayoutTableInput;
  row?(options: z.output<z.ZodObject<Shape>>): NonNullable<Layout['row']>;
}

export type VendorOptions<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>> & TenantOptions;

/** The format's table with what the tenant adds to it; `mapped` columns have their source in `column_map`. */
export function tableOf<Shape extends z.ZodRawShape>(
  format: VendorFormat<Shape>,
  options: VendorOptions<Shape>,
  mapped: readonly string[],
): LayoutTable {
  const own = layoutTable.parse(format.table(options));
  const columns: LayoutTable['columns'] = {};
  for (const column of FEED_COLUMNS) {
    const base = own.columns[column];
    const added = options.columns[column];
    const merged =
      mapped.includes(column) || hasSource(added) ? { ...withoutSource(base), ...added } : { ...base, ...added };
    if (base !== undefined || added !== undefined) columns[column] = merged;
  }
  return {
    ...own,
    columns,
    rows: [...own.rows, ...options.rows],
    side_files: [...own.side_files, ...options.side_files],
  };
}

type Column = LayoutTable['columns'][(typeof FEED_COLUMNS)[number]];

function hasSource(column: Column): boolean {
  const { from, first_filled, sum, value } = column ?? {};
  return [from, first_filled, sum, value].some((source) => source !== undefined);
}

/** How a column is read, without where it comes from. */
function withoutSource(column: Column): Column {
  if (column === undefined) return undefined;
  const { from: _from, first_filled: _filled, sum: _sum, value: _value, side_file: _file, ...rest } = column;
  return rest;
}
