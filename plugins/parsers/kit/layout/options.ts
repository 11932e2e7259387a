/**
 * The table that lays out a feed, as JSON: options of `csv`, and what a vendor module is made of. Columns are named by
 * header or, as `"#0"`, by position.
 */
import { z } from 'zod';
import { isTimeZone } from '../../../../core/bytes/timezone.ts';
import { FEED_COLUMNS } from '../../../../core/canonical.ts';
import type { NamedSideFile } from '../../../../core/plugin.ts';
import type { FileSelection } from '../../../../core/ports/engine.ts';
import { ENCODING_NAMES, resolveEncoding } from '../encoding/names.ts';

const name = z.string().min(1).max(200);
/** One column, or several of which the first that is there counts. */
const names = z.union([name, z.array(name).min(1).max(100)], { error: 'must be a text or a list of texts' });
const text = z.string().max(1000);
const cell = z.union([text, z.number()], { error: 'must be a text or a number' });
const amount = z.union([z.number(), text], { error: 'must be a number or a decimal string such as "0.20"' });

/** It could be read as part of a number otherwise. */
const UNIT = /^(?=.{1,30}$)(?=.*\p{L})[^\d\s](?:\D*[^\d\s])?$/u;

const numbers = z.strictObject({
  decimal: z.enum(['.', ',']).optional(),
  thousands: z.enum([',', '.', ' ', "'"]).nullable().optional(),
  currency: z.boolean().optional(),
  at_least: z.boolean().optional(),
  below_zero: z.enum(['error', 'zero']).optional(),
  divide_by: z
    .union(
      [1, 10, 100, 1000, 10_000, 100_000, 1_000_000].map((power) => z.literal(power)),
      {
        error: 'must be 1, 10, 100 or another power of ten up to 1000000',
      },
    )
    .optional(),
  units: z
    .array(z.string().regex(UNIT, 'must be 1 to 30 characters, a letter among them and no digit'))
    .max(50)
    .optional(),
});

const adder = z.strictObject({
  by: names.optional(),
  amounts: z.record(text, amount).optional(),
  otherwise: amount.optional(),
  amount: amount.optional(),
});

const words = z.record(text, cell.nullable());

const filledColumn = z.union([name, z.strictObject({ from: name, words })], {
  error: 'must be a text, or an object with from and words',
});

const column = z.strictObject({
  from: names.optional(),
  first_filled: z.array(filledColumn).min(2).max(100).optional(),
  sum: names.optional(),
  value: cell.optional(),
  side_file: name.optional(),
  optional: z.boolean().optional(),
  words: words.optional(),
  numbers: numbers.optional(),
  add: z.array(adder).max(20).optional(),
});

const rowFilter = z.strictObject({
  column: names,
  keep: z.array(text).min(1).max(1000).optional(),
  drop: z.array(text).min(1).max(1000).optional(),
  where: z.strictObject({ column: names, is: z.array(text).min(1).max(1000) }).optional(),
  if_present: z.boolean().default(false),
});

/** Names end up in paths. */
const SIDE_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;

const sideFile = z.strictObject({
  name: z.string().regex(SIDE_NAME, 'must be 1 to 63 letters, digits, "_" or "-", starting with a letter or digit'),
  type: z.enum(['s3', 'file']),
  s3_key: z.string().nullable().default(null),
  local_path: z.string().nullable().default(null),
  key: name,
  on: names.optional(),
  header: z.boolean().default(true),
  delimiter: z.string().min(1).max(4).default(','),
  encoding: z
    .string()
    .refine((label) => label.toLowerCase() === 'auto' || resolveEncoding(label) !== null, {
      error: `must be "auto" or an encoding that Relay reads, such as ${ENCODING_NAMES[0]}`,
    })
    .default('utf-8'),
  missing: z.enum(['error', 'skip_row', 'empty']).default('error'),
});

/** The options that every feed laid out by a table has. */
export const layoutShape = {
  /** The zone of timestamps that name none: `tenant` is the tenant's own. */
  timezone: z
    .string()
    .refine((zone) => zone === 'tenant' || isTimeZone(zone), 'must be "tenant" or an IANA time zone')
    .default('UTC'),
  /** Whether the first record is a header. Without one, columns are named by position ("#0"). */
  header: z.boolean().default(true),
  header_rows: z.int().min(1).max(10).default(1),
  row_fields: z.union([z.int().min(1).max(10_000), z.literal('first_row')]).optional(),
  /** Lines before the header. */
  skip_lines: z.int().min(0).max(10_000).default(0),
  skip_last_rows: z.int().min(0).max(1000).default(0),
  /** The quote character, or null where quotes mean nothing. */
  quote: z.enum(['"', "'"]).nullable().default('"'),
  escape: z.enum(['\\']).nullable().default(null),
  unwrap: z.boolean().default(false),
  numbers: numbers.optional(),
  time_formats: z.array(z.string().max(50)).max(10).default([]),
  columns: z.partialRecord(z.enum(FEED_COLUMNS as [(typeof FEED_COLUMNS)[number]]), column).default({}),
  rows: z.array(rowFilter).max(50).default([]),
  sum_rows: z.boolean().default(false),
  side_files: z.array(sideFile).max(10).default([]),
};

/** Where a feed is in several files. */
export const filesShape = {
  files: z
    .strictObject({
      match: z.string().min(1).max(200),
      within_minutes: z.int().min(0).max(525_600).nullable().default(null),
    })
    .optional(),
};

type FilesOptions = z.output<z.ZodObject<typeof filesShape>>;

/** For a manifest. */
export function fileSelection({ files }: FilesOptions): FileSelection | null {
  return files === undefined ? null : { match: files.match, withinMinutes: files.within_minutes };
}

export const layoutTable = z.strictObject(layoutShape);
export type LayoutTable = z.output<typeof layoutTable>;
/** As it is written: with defaults left out. */
export type LayoutTableInput = z.input<typeof layoutTable>;

export type TableColumn = z.output<typeof column>;
export type TableFilledColumn = z.output<typeof filledColumn>;
export type TableNumbers = z.output<typeof numbers>;
export type TableAdder = z.output<typeof adder>;
export type TableSideFile = z.output<typeof sideFile>;

/** The files beside the feed that a table names, for its manifest. */
export function namedSideFiles({ side_files }: Pick<LayoutTable, 'side_files'>): NamedSideFile[] {
  return side_files.map(({ name, type, s3_key, local_path }, i) => ({
    name,
    location: { type, s3_key, local_path },
    path: `side_files[${i}]`,
  }));
}
