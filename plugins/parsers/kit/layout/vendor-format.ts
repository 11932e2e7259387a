/** What a vendor module declares, and how a tenant's options add to its table. */
import type { z } from 'zod';
import { problemsOf, readChecked } from '../../../../core/config/problems.ts';
import type { KeysOf } from '../../../../core/define-plugin.ts';
import type { FeedRow, FormatSigns, Layout, RowRefusal } from '../../../../core/plugin.ts';
import { callHook, hookFailure } from '../../../../core/plugin-call.ts';
import { containerOptions } from '../container/limits.ts';
import {
  columnIn,
  columnsIn,
  filesShape,
  type LayoutTable,
  type LayoutTableInput,
  layoutShape,
  moduleTable,
  sourcesOf,
  type TableColumn,
} from './options.ts';
import type { VendorFile } from './vendor-file.ts';

/** Options that every vendor parser takes besides its own: a tenant's additions to its table. */
export const tenantShape = {
  columns: layoutShape.columns,
  rows: layoutShape.rows,
  side_files: layoutShape.side_files,
  ...filesShape,
  ...containerOptions,
};

type TenantOptions = z.output<z.ZodObject<typeof tenantShape>>;

interface FormatParts<Shape extends z.ZodRawShape> {
  /** Its name in configs. */
  id: string;
  version: string;
  /** One line for listings. */
  summary: string;
  /** Needed unless `open` gives rows. */
  delimiter?: string;
  /** The issue codes with which its table or its `row` refuses rows, with their meanings. */
  codes?: Readonly<Record<string, string>>;
  /** How `relay suggest` recognizes its feeds. */
  signs?: FormatSigns;
  /** Encodings to try if the feed is not UTF-8, and the one to use if detection is not sure. */
  encodings: { candidates: readonly string[]; fallback?: string };
  /** Its own options, as the fields of a zod object. Give each a `.describe()`. */
  options: Shape;
  /** Valid options, for docs and tests. */
  example: z.input<z.ZodObject<Shape>> & z.input<z.ZodObject<typeof tenantShape>>;
  table(options: z.output<z.ZodObject<Shape>>): LayoutTableInput;
  row?(options: z.output<z.ZodObject<Shape>>): NonNullable<Layout['row']>;
  /** The names of the columns of the rows that `open` gives. */
  fields?: readonly string[];
  /** For a file that is no delimited text: makes rows or delimited bytes of it, before the table applies. */
  open?: Open<Shape>;
}

type Open<Shape extends z.ZodRawShape> = (
  options: z.output<z.ZodObject<Shape>>,
) => (file: VendorFile) => AsyncIterable<Uint8Array | FeedRow>;

/** A delimiter is needed unless the module's code makes rows. */
export type VendorFormat<Shape extends z.ZodRawShape> = FormatParts<Shape> &
  ({ delimiter: string } | { open: Open<Shape> });

type ValueAt<T, Key> = T extends unknown ? (Key extends keyof T ? T[Key] : never) : never;
type Scalar = string | number | boolean | bigint | null | undefined;

/**
 * Refuses keys of `Given`, at any depth, that `Known` lacks. TypeScript itself does not do so for what a function
 * returns.
 */
export type OnlyKnownKeys<Given, Known> = Given extends Scalar
  ? unknown
  : Given extends readonly (infer One)[]
    ? readonly OnlyKnownKeys<One, Extract<Known, readonly unknown[]>[number]>[]
    : string extends KeysOf<Extract<Known, object>>
      ? unknown
      : {
          [Key in keyof Given]: Key extends KeysOf<Extract<Known, object>>
            ? OnlyKnownKeys<Given[Key], ValueAt<Extract<Known, object>, Key>>
            : never;
        };

/** A format whose table has only known keys, and whose `row` refuses only with codes that it lists. */
export type StrictVendorFormat<Shape extends z.ZodRawShape, Table, Code extends string> = Omit<
  VendorFormat<Shape>,
  'table' | 'codes' | 'row' | 'open' | 'delimiter'
> & {
  codes?: Readonly<Record<Code, string>>;
  table(options: z.output<z.ZodObject<Shape>>): Table & OnlyKnownKeys<Table, LayoutTableInput>;
  row?(
    options: z.output<z.ZodObject<Shape>>,
  ): (cells: string[], header: readonly string[]) => string[] | RowRefusal<NoInfer<Code>> | null;
} & ({ delimiter: string; open?: Open<Shape> } | { delimiter?: string; open: Open<Shape> });

export type VendorOptions<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>> & TenantOptions;

/** The format's own table. Throws `plugin_failed`, with plugin and keys, if it has problems. */
export function ownTable<Shape extends z.ZodRawShape>(
  format: VendorFormat<Shape>,
  options: z.output<z.ZodObject<Shape>>,
): LayoutTable {
  const given = callHook(
    hookFailure('table()', { kind: 'parser', id: format.id }),
    () => format.table(options),
    (table) => {
      const problems = problemsOf(moduleTable(), table).map(({ path, message }) => `${path} ${message}`);
      return problems.length === 0 ? null : problems.join('; ');
    },
  );
  return readChecked(moduleTable(), given);
}

/** The format's table with the tenant's additions; `mapped` columns have their source in `column_map`. */
export function tableOf<Shape extends z.ZodRawShape>(
  format: VendorFormat<Shape>,
  options: VendorOptions<Shape>,
  mapped: readonly string[],
): LayoutTable {
  const own = ownTable(format, options);
  const columns: Record<string, DeclaredColumn> = {};
  for (const [column] of columnsIn({ ...own, columns: { ...own.columns, ...options.columns } })) {
    const base = columnIn(own, column);
    const added = columnIn(options, column);
    const merged =
      mapped.includes(column) || sourcesOf(added).length > 0
        ? { ...withoutSource(base), ...added }
        : { ...base, ...added };
    columns[column] = merged;
  }
  return {
    ...own,
    columns,
    rows: [...own.rows, ...options.rows],
    side_files: [...own.side_files, ...options.side_files],
  };
}

type DeclaredColumn = TableColumn | undefined;

/** The column's form without its source. */
function withoutSource(column: DeclaredColumn): DeclaredColumn {
  if (column === undefined) return undefined;
  const {
    from: _from,
    first_filled: _filled,
    sum: _sum,
    join: _join,
    value: _value,
    preamble: _preamble,
    side_file: _file,
    ...rest
  } = column;
  return rest;
}
