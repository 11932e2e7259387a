/**
 * The table that lays out a feed, as JSON: the options of `csv`, and the base of a vendor module. Columns are named by header
 * or, as `"#0"`, by position. docs/CONFIG_SPEC.md and the JSON Schema take the descriptions from here.
 */
import { z } from 'zod';
import { isTimeZone } from '../../../../core/bytes/time/timezone.ts';
import { type CanonicalColumn, type ExtraColumn, FEED_COLUMNS } from '../../../../core/canonical.ts';
import { late } from '../../../../core/config/late.ts';
import { once } from '../../../../core/once.ts';
import type { NamedSideFile } from '../../../../core/plugin.ts';
import type { FileSelection } from '../../../../core/ports/engine.ts';
import { ENCODING_NAMES, resolveEncoding } from '../encoding/names.ts';
import { footerLine, footerText, preambleValue } from './edge-options.ts';
import { anyText, canonical, canonicalOrExtra, name, names, SIDE_NAME } from './option-texts.ts';
import { rowFilter } from './row-options.ts';

const cell = z.union([anyText, z.number()], { error: 'must be a text or a number' });
const amount = z.union([z.number(), anyText], { error: 'must be a number or a decimal string such as "0.20"' });

/** A unit must not look like part of a number. */
const UNIT = /^(?=.{1,30}$)(?=.*\p{L})[^\d\s](?:\D*[^\d\s])?$/u;

const numbers = late(() =>
  z.strictObject({
    decimal: z.enum(['.', ',']).optional().describe('The decimal mark; a point by default.'),
    thousands: z
      .enum([',', '.', ' ', "'"])
      .nullable()
      .optional()
      .describe(
        'The mark between groups of three digits, or null. A space also matches no-break spaces. A group of another size is an error.',
      ),
    currency: z
      .boolean()
      .optional()
      .describe(
        'True if amounts may carry the code or a sign of the vendor’s currency (`default_currency`, or that of its `pricing.vendor_terms`), before or after the digits. Another one is `foreign_currency`.',
      ),
    at_least: z
      .boolean()
      .optional()
      .describe('True to read quantities such as `50+`, `>100` and `≥8` as 50, 100 and 8.'),
    below_zero: z
      .enum(['error', 'zero'])
      .optional()
      .describe(
        'How to read a quantity below zero: `error`, or `zero` to read it as 0, for shops that sell more than they have.',
      ),
    divide_by: z
      .union(
        [1, 10, 100, 1000, 10_000, 100_000, 1_000_000].map((power) => z.literal(power)),
        {
          error:
            'must be 1, 10, 100 or another power of ten up to 1000000; columns.*.divide_by takes any number or a column',
        },
      )
      .optional()
      .describe(
        'Divides amounts: 100 if they are in cents, 1000 if they are per thousand pieces. A power of ten up to 1,000,000, so that no digit is lost. Under 100, an amount with decimals, such as `12.50`, is an error unless `decimals` allows it. It does not apply to quantities, nor to `words`, `value` and `add`.',
      ),
    decimals: z
      .int()
      .min(0)
      .max(6)
      .optional()
      .describe(
        'The most digits after the decimal mark; more are an error. Without it any number may follow, but where `decimal` and `thousands` are a point and a comma, exactly three (`16,500`) are an error, because they may be thousands: 3 or more reads them as decimals.',
      ),
    units: z
      .array(z.string().regex(UNIT, 'must be 1 to 30 characters, a letter among them and no digit'))
      .max(50)
      .optional()
      .describe(
        'Units that may follow a number, such as `["Stk", "pcs", "/m"]` for `12 Stk`. The case of ASCII letters does not matter. A unit that is not listed is an error. A currency is not a unit.',
      ),
  }),
);

const adder = late(() =>
  z.strictObject({
    by: names.optional().describe('The column whose cell selects the amount.'),
    amounts: z.record(anyText, amount).optional().describe('The amount for each cell; case does not matter.'),
    otherwise: amount
      .optional()
      .describe('For cells that `amounts` does not list: an amount, or `"error"`; 0 by default.'),
    amount: amount.optional().describe('The same amount for all rows. It cannot be combined with the other keys.'),
  }),
);

const words = once(() => z.record(anyText, cell.nullable()));

const factor = late(() =>
  z.union(
    [
      amount,
      z.strictObject({
        column: names.describe('The column whose cell is the number. Of several headers, the first that the feed has.'),
        words: words().optional().describe('Replaces whole cells of it: `{"per 100": 100, "": 1}`.'),
      }),
    ],
    { error: 'must be a number, the header of a column, or an object with column and words' },
  ),
);

/** Several are applied in order. */
const factors = late(() =>
  z.union([factor, z.array(factor).min(1).max(5)], {
    error: 'must be a number, the header of a column, an object with column and words, or a list of such factors',
  }),
);

const filledColumn = late(() =>
  z.union(
    [
      name,
      z.strictObject({ from: name.describe('The column.'), words: words().describe('Words of this column alone.') }),
    ],
    {
      error: 'must be a text, or an object with from and words',
    },
  ),
);

const column = late(() =>
  z.strictObject({
    from: names.optional().describe('The header. Of several, the first that the feed has.'),
    first_filled: z
      .array(filledColumn)
      .min(2)
      .max(100)
      .optional()
      .describe(
        'For each row, the first of these columns that is not empty. A column may have its own words: `{"from": "In stock?", "words": {"1": 10, "0": 0}}`.',
      ),
    sum: names
      .optional()
      .describe(
        'The sum of these columns. `*` matches any characters and `?` one. Empty cells count as nothing. A named column that the feed does not have is a warning.',
      ),
    value: cell
      .optional()
      .describe(
        'The same cell for every row, as the contract writes it or as a key of `words`, which is applied to it.',
      ),
    preamble: name
      .optional()
      .describe(
        'The name of a value of `preamble`, which every row gets. It is read like a cell: with `words`, `numbers`, `time_formats`.',
      ),
    side_file: name.optional().describe('The name of a side file; `from` is then a column of that file.'),
    optional: z.boolean().optional().describe('True if there is no warning when the feed does not have the column.'),
    words: words()
      .optional()
      .describe(
        'Replaces whole cells, in any case: `{"CALL": 0, "N/A": null}`. Null is an empty cell; the key `""` matches an empty cell.',
      ),
    numbers: numbers
      .optional()
      .describe('The same as `numbers`, for this column. Keys left out are taken from `numbers`.'),
    join: z
      .strictObject({
        columns: z.array(name).min(2).max(20).describe('The columns.'),
        with: z.string().max(20).default('').describe('The text between two of them; nothing by default.'),
      })
      .optional()
      .describe(
        'For texts: the cells of these columns, joined. Empty cells are left out. The feed must have all of the columns.',
      ),
    multiply_by: factors
      .optional()
      .describe(
        'For numbers: a number above zero, or the column that has it (`"Pack size"`), to multiply by: packs times their size. It applies before `add`. A quantity must stay whole; a cell that is not a number above zero makes the row invalid (`invalid_factor`).',
      ),
    divide_by: factors
      .optional()
      .describe(
        'The same, to divide by: `1.19` turns gross amounts at 19 % tax into net ones, a column turns pack prices into unit prices. Each takes a list too: `[1.19, "Pack size"]` is for pack prices with tax. `multiply_by` comes first. After each factor amounts are rounded half to even to six decimals. For cents see `numbers.divide_by`.',
      ),
    add: z.array(adder).max(20).optional().describe('Amounts of money to add to an amount that is not empty.'),
  }),
);

const sideFile = late(() =>
  z.strictObject({
    name: z
      .string()
      .regex(SIDE_NAME, 'must be 1 to 63 letters, digits, "_" or "-", starting with a letter or digit')
      .describe('The name that `columns.*.side_file` refers to.'),
    type: z.enum(['s3', 'file']).describe('`s3` or `file`. `file` works on the command line only.'),
    s3_key: z
      .string()
      .nullable()
      .default(null)
      .describe('Object key. `relay run --input DIR` reads it as a path below `DIR`.'),
    local_path: z
      .string()
      .nullable()
      .default(null)
      .describe('Path of the file. A relative path is looked for beside the config, then in the working folder.'),
    key: name.describe(
      'The column of the file that has the key. If two rows have the same key, the last one counts, with a warning.',
    ),
    on: names
      .optional()
      .describe(
        'The column of the feed that has the key. By default the column of the SKU, before the SKU map applies.',
      ),
    header: z
      .boolean()
      .default(true)
      .describe('True if the file has a header. Without one, name its columns by position.'),
    delimiter: z.string().min(1).max(4).default(',').describe('Text between two fields of the file.'),
    encoding: z
      .string()
      .refine((label) => label.toLowerCase() === 'auto' || resolveEncoding(label) !== null, {
        error: `must be "auto" or an encoding that Relay reads, such as ${ENCODING_NAMES[0]}`,
      })
      .default('utf-8')
      .describe('Encoding of the file, or `auto`. A byte order mark takes precedence.'),
    missing: z
      .enum(['error', 'skip_row', 'empty'])
      .default('error')
      .describe(
        'What happens to a row whose key is not in the file: `error` makes it invalid (`not_in_side_file`), `skip_row` leaves it out, `empty` gives it empty cells.',
      ),
  }),
);

/** The options that every feed laid out by a table has. */
export const layoutShape = {
  timezone: z
    .string()
    .refine((zone) => zone === 'tenant' || isTimeZone(zone), 'must be "tenant" or an IANA time zone')
    .default('UTC')
    .describe('Zone of timestamps that name none: an IANA zone, or `tenant` for the zone of the tenant.'),
  header: z.boolean().default(true).describe('True if the feed has a header. Without one, name columns by position.'),
  header_rows: z
    .int()
    .min(1)
    .max(10)
    .default(1)
    .describe(
      'Number of records that make up the header. The names of a column are joined with a space. They count as one record in `row_number`.',
    ),
  row_fields: z
    .union([z.int().min(1).max(10_000), z.literal('first_row')])
    .optional()
    .describe(
      'For feeds without a header: the number of cells of a row, or `"first_row"` for as many as the first row that is kept. A row with more is `too_many_fields`. Any number by default.',
    ),
  skip_lines: z
    .int()
    .min(0)
    .max(10_000)
    .default(0)
    .describe('Physical lines before the header, or before the first row if there is no header.'),
  preamble: z
    .array(preambleValue)
    .max(50)
    .default([])
    .describe(
      'Values in the lines that `skip_lines` skips (the first 262,144 bytes of them), for `columns.*.preamble` or only to check: each is found by its line, or by the text before it. A value that the feed lacks is `preamble_missing`, two different ones are `preamble_ambiguous`; either fails the run with `invalid_input`.',
    ),
  skip_last_rows: z
    .int()
    .min(0)
    .max(1000)
    .default(0)
    .describe(
      'Number of rows at the end to leave out; they count in `rows_skipped`. Blank lines and rows of empty cells (`;;;`) do not count towards it: among or after these last rows they are left out too (up to 10,000). Elsewhere a row of empty cells is a row without a SKU, `missing_value`.',
    ),
  footer: z
    .union([footerText, z.array(footerLine).min(1).max(20)], {
      error: 'must be a text, or a list of texts and of lists of texts',
    })
    .optional()
    .describe(
      'Describes the last rows: each line is a text such as `TOTAL;{rows}`, whose cells the delimiter divides, or the list of its cells. `{rows}` is the number of rows before the footer, `{kept_rows}` of those that `rows` keeps, `{sum:COLUMN}` the sum of a canonical column over them (not checked if a row does not read; a warning says so), `{any}` any text. Numbers are written as `numbers` says. Case does not matter. A feed without this footer is `footer_missing`, a feed with other numbers is `footer_mismatch`; either fails the run with `invalid_input`.',
    ),
  quote: z.enum(['"', "'"]).nullable().default('"').describe('The quote character, or null if quotes have no meaning.'),
  escape: z
    .enum(['\\'])
    .nullable()
    .default(null)
    .describe(
      'A character that makes the next one plain, if that is a quote, a delimiter or the escape itself. A doubled quote is read too.',
    ),
  unwrap: z
    .boolean()
    .default(false)
    .describe(
      'True to read cells such as `="007"` as `007`, in every column that is read. Any other cell that starts with one `=`, such as `="007`, `=2` or `=2+2`, is a `formula` and makes the row invalid.',
    ),
  unescape_formulas: z
    .boolean()
    .default(false)
    .describe(
      "True to drop the apostrophe that exporters such as WooCommerce write before `=`, `+`, `-` and `@`, so that no spreadsheet reads a formula: `'-100A` is `-100A`. `'tis` stays. It applies to every column that is read; such a cell is a text for `unwrap`.",
    ),
  numbers: numbers
    .optional()
    .describe(
      'How quantities, lead times and amounts are written, if not plainly. Anything not declared is an error. Cells that a workbook stores as numbers are those numbers; only `below_zero` and `divide_by` apply to them.',
    ),
  time_formats: z
    .array(z.string().max(50))
    .max(10)
    .default([])
    .describe(
      'Formats of `updated_at` besides those of the contract, such as `MM/DD/YYYY` or `D.M.YYYY HH:mm`. Parts: `YYYY`, `MM` or `M`, `MMM` (`Jan`), `DD` or `D`, `HH` or `H`, `hh` or `h` with `A` (am, pm), `mm`, `ss`, `SSS` (a fraction of a second, of any length), `Z` (an offset).',
    ),
  columns: z
    .partialRecord(canonicalOrExtra, column)
    .default({})
    .describe(
      'For each canonical column, and each of `extra_columns`, which are texts: where its cells come from and how they are read. The source is one of `from`, `first_filled`, `sum`, `join`, `value` or `preamble`; without one, it is the column in `column_map`. A column is named by its header, or by position as `"#0"`.',
    ),
  rows: z
    .array(rowFilter)
    .max(50)
    .default([])
    .describe(
      'Filters of rows: each has `column` or `value`, and one of `keep`, `drop` and `refuse`. A row is kept if it passes every entry. Rows left out count in `rows_skipped`, refused ones are invalid.',
    ),
  sum_rows: z
    .boolean()
    .default(false)
    .describe(
      'True if rows with the same SKU are parts of one offer, such as one row per location. The merge sums their quantities, as `duplicate_sku: sum_quantity` does, unless `duplicate_sku` is set to something other than `best`.',
    ),
  side_files: z
    .array(sideFile)
    .max(10)
    .default([])
    .describe(
      'Delimited files beside the feed, such as price lists, that are joined to its rows. The run keeps a copy.',
    ),
};

/** For a feed in several files. */
export const filesShape = {
  files: late(() =>
    z.strictObject({
      match: z
        .string()
        .min(1)
        .max(200)
        .describe(
          'Pattern for the names of the files, directly in the vendor’s folder. `*` matches any characters and `?` one; case does not matter.',
        ),
      within_minutes: z
        .int()
        .min(0)
        .max(525_600)
        .nullable()
        .default(null)
        .describe('Reads only files at most this much older than the newest match; null reads all.'),
    }),
  )
    .optional()
    .describe(
      'Reads several files as one feed, one after the other in code point order of their names, each with its own header. Without it, the newest file is the feed.',
    ),
};

type FilesOptions = z.output<z.ZodObject<typeof filesShape>>;

/** For a manifest. */
export function fileSelection({ files }: FilesOptions): FileSelection | null {
  return files === undefined ? null : { match: files.match, withinMinutes: files.within_minutes };
}

/** The table of a module. A module does not know the tenant's extra columns. */
export const moduleTable = once(() =>
  z.strictObject({ ...layoutShape, columns: z.partialRecord(canonical, column).default({}) }),
);

export type LayoutTable = z.output<z.ZodObject<typeof layoutShape>>;
/** The table as written, with defaults left out. */
export type LayoutTableInput = z.input<z.ZodObject<typeof layoutShape>>;

export type TableColumn = z.output<typeof column>;
export type TableFilledColumn = z.output<typeof filledColumn>;
export type TableNumbers = z.output<typeof numbers>;
export type TableFactor = z.output<typeof factor>;
export type TableAdder = z.output<typeof adder>;
export type TableSideFile = z.output<typeof sideFile>;

/** The columns of a table: canonical ones in their order, then extra ones. */
export function columnsIn({ columns }: LayoutTable): Array<[CanonicalColumn | ExtraColumn, TableColumn]> {
  const extras = Object.keys(columns).filter((column) => !(FEED_COLUMNS as readonly string[]).includes(column));
  return [...FEED_COLUMNS, ...extras].flatMap((column): Array<[string, TableColumn]> => {
    const spec = columnIn({ columns }, column);
    return spec === undefined ? [] : [[column, spec]];
  });
}

export function columnIn(
  { columns }: Pick<LayoutTable, 'columns'>,
  column: CanonicalColumn | ExtraColumn,
): TableColumn | undefined {
  return Object.hasOwn(columns, column) ? (columns as Record<string, TableColumn | undefined>)[column] : undefined;
}

/** The keys that say where a column's cells come from. */
const SOURCES = ['from', 'first_filled', 'sum', 'join', 'value', 'preamble'] as const;

/** The source keys that a column uses; at most one is valid. */
export function sourcesOf(column: TableColumn | undefined): readonly string[] {
  return SOURCES.filter((source) => column?.[source] !== undefined);
}

/** The files beside the feed that a table names, for its manifest. */
export function namedSideFiles({ side_files }: Pick<LayoutTable, 'side_files'>): NamedSideFile[] {
  return side_files.map(({ name, type, s3_key, local_path }, i) => ({
    name,
    location: { type, s3_key, local_path },
    path: `side_files[${i}]`,
  }));
}
