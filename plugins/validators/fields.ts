/** Validators of fields and of the size of a feed: a tenant's own rules for a column, besides those of the contract. */
import { z } from 'zod';
import { CANONICAL_COLUMNS, type CanonicalColumn, COLUMN_KINDS } from '../../core/canonical.ts';
import { Money } from '../../core/money/money.ts';
import { once } from '../../core/once.ts';
import type { Plugin, Row } from '../../core/plugin.ts';

const NUMERIC = CANONICAL_COLUMNS.filter((name) => ['integer', 'money'].includes(COLUMN_KINDS[name]));
const TEXTS = CANONICAL_COLUMNS.filter((name) => COLUMN_KINDS[name] === 'text');
const decimal = once(() =>
  z
    .union([z.number(), z.string()])
    .refine((value) => Money.parse(String(value)) !== null, 'must be a number or a decimal string'),
);

const requiredFieldsOptions = once(() =>
  z.strictObject({
    columns: z.array(z.enum(CANONICAL_COLUMNS)).min(1).describe('The columns whose cells may not be empty.'),
  }),
);

/** `required_fields`: cells that may not be empty. */
export const requiredFields: Plugin<'validator', { columns: CanonicalColumn[] }> = {
  manifest: {
    kind: 'validator',
    id: 'required_fields',
    version: '1.0.0',
    contract: 1,
    summary: 'the named columns may not be empty',
    get options() {
      return requiredFieldsOptions();
    },
    example: { columns: ['cost', 'brand'] },
    codes: { missing_value: 'a cell that the tenant requires is empty' },
  },
  load:
    async () =>
    ({ columns }) => ({
      check: (row, report) => {
        for (const name of columns) {
          if (cellOf(row, name) === null) report.error('missing_value', name, 'this tenant requires a value');
        }
      },
    }),
};

interface RangeOptions {
  column: CanonicalColumn;
  min?: string | number | undefined;
  max?: string | number | undefined;
}

const numberRangeOptions = once(() =>
  z
    .strictObject({
      column: z.enum(NUMERIC as [CanonicalColumn]).describe('The column.'),
      min: decimal().optional().describe('The smallest value: a plain decimal.'),
      max: decimal().optional().describe('The greatest value: a plain decimal.'),
    })
    .refine((range) => range.min !== undefined || range.max !== undefined, 'needs min or max')
    .describe('`min` or `max` is needed; both are part of the range. An empty cell passes; an empty quantity is 0.'),
);

/** `number_range`: smallest and greatest value of a number. */
export const numberRange: Plugin<'validator', RangeOptions> = {
  manifest: {
    kind: 'validator',
    id: 'number_range',
    version: '1.0.0',
    contract: 1,
    summary: 'a number must lie between min and max, both included',
    get options() {
      return numberRangeOptions();
    },
    example: { column: 'cost', min: '0.01', max: '25000' },
    codes: { out_of_range: 'a number is outside the range that the tenant allows' },
  },
  load: async () => (range) => {
    const min = range.min === undefined ? null : Money.of(range.min);
    const max = range.max === undefined ? null : Money.of(range.max);
    return {
      check: (row, report) => {
        const value = amountOf(row, range.column);
        if (value === null) return;
        if (min !== null && value.compare(min) < 0) report.error('out_of_range', range.column, `below ${min}`);
        if (max !== null && value.compare(max) > 0) report.error('out_of_range', range.column, `above ${max}`);
      },
    };
  },
};

const textLengthOptions = once(() =>
  z.strictObject({
    column: z.enum(TEXTS as [CanonicalColumn]).describe('The column. An empty cell passes.'),
    min: z.int().min(0).default(0).describe('Fewest characters (code points).'),
    max: z.int().min(1).max(1_000_000).default(1_000_000).describe('Most characters (code points).'),
  }),
);

/** `text_length`: the length of a text in characters (code points). */
export const textLength: Plugin<'validator', { column: CanonicalColumn; min: number; max: number }> = {
  manifest: {
    kind: 'validator',
    id: 'text_length',
    version: '1.0.0',
    contract: 1,
    summary: 'a text must have between min and max characters',
    get options() {
      return textLengthOptions();
    },
    example: { column: 'title', min: 3, max: 150 },
    codes: { bad_length: 'a text is shorter or longer than the tenant allows' },
  },
  load:
    async () =>
    ({ column: name, min, max }) => ({
      check: (row, report) => {
        const text = cellOf(row, name);
        if (text === null) return;
        const length = [...String(text)].length;
        if (length < min || length > max)
          report.error('bad_length', name, `has ${length} characters, not ${min} to ${max}`);
      },
    }),
};

const allowedValuesOptions = once(() =>
  z.strictObject({
    column: z.enum([...TEXTS, 'condition'] as [CanonicalColumn]).describe('The column.'),
    values: z.array(z.string()).min(1).describe('The values; case matters. An empty cell passes.'),
  }),
);

/** `allowed_values`: a text must be one of a list. */
export const allowedValues: Plugin<'validator', { column: CanonicalColumn; values: string[] }> = {
  manifest: {
    kind: 'validator',
    id: 'allowed_values',
    version: '1.0.0',
    contract: 1,
    summary: 'a text or condition must be exactly one of the listed values',
    get options() {
      return allowedValuesOptions();
    },
    example: { column: 'condition', values: ['new', 'refurb'] },
    codes: { value_not_allowed: 'a value is not on the list that the tenant allows' },
  },
  load:
    async () =>
    ({ column: name, values }) => {
      const allowed = new Set(values);
      return {
        check: (row, report) => {
          const value = cellOf(row, name);
          if (value !== null && !allowed.has(String(value))) {
            report.error('value_not_allowed', name, 'not one of the allowed values');
          }
        },
      };
    },
};

const notAboveOptions = once(() =>
  z.strictObject({
    column: z.enum(NUMERIC as [CanonicalColumn]).describe('The amount.'),
    other: z
      .enum(NUMERIC as [CanonicalColumn])
      .describe('The amount that it may not exceed. A row without one of them passes.'),
  }),
);

/** `not_above`: an amount must not be above another, e.g. cost above msrp. */
export const notAbove: Plugin<'validator', { column: CanonicalColumn; other: CanonicalColumn }> = {
  manifest: {
    kind: 'validator',
    id: 'not_above',
    version: '1.0.0',
    contract: 1,
    summary: 'an amount must not be above another one of the same row, where both are there',
    get options() {
      return notAboveOptions();
    },
    example: { column: 'cost', other: 'msrp' },
    codes: { amount_above_other: 'an amount is above one that it may not exceed' },
  },
  load:
    async () =>
    ({ column: name, other }) => ({
      check: (row, report) => {
        const amount = amountOf(row, name);
        const limit = amountOf(row, other);
        if (amount !== null && limit !== null && amount.compare(limit) > 0) {
          report.error('amount_above_other', name, `above ${other} (${limit})`);
        }
      },
    }),
};

const rowCountOptions = once(() =>
  z.strictObject({
    min: z.int().min(0).default(1).describe('Fewest valid rows of a feed.'),
    max: z.int().min(0).optional().describe('Most valid rows of a feed.'),
  }),
);

/** `row_count`: how many valid rows a feed must have. */
export const rowCount: Plugin<'validator', { min: number; max?: number | undefined }> = {
  manifest: {
    kind: 'validator',
    id: 'row_count',
    version: '1.0.0',
    contract: 1,
    summary: 'a feed must have at least min, at most max valid rows, or the run fails',
    get options() {
      return rowCountOptions();
    },
    example: { min: 1000 },
    codes: { row_count: 'a feed has fewer or more valid rows than the tenant expects' },
  },
  load:
    async () =>
    ({ min, max }) => ({
      finish: (report) => {
        const rows = report.validRows;
        if (rows < min) report.error('row_count', `the feed has ${rows} valid rows, fewer than ${min}`);
        if (max !== undefined && rows > max)
          report.error('row_count', `the feed has ${rows} valid rows, more than ${max}`);
      },
    }),
};

function cellOf(row: Row, name: CanonicalColumn): string | number | Money | null {
  switch (name) {
    case 'sku':
      return row.sku;
    case 'vendor_sku':
      return row.vendorSku;
    case 'vendor_id':
      return row.vendorId;
    case 'condition':
      return row.condition;
    case 'brand':
      return row.brand;
    case 'title':
      return row.title;
    case 'updated_at':
      return row.updatedAt;
    default:
      return amountOf(row, name);
  }
}

function amountOf(row: Row, name: CanonicalColumn): Money | null {
  switch (name) {
    case 'quantity_available':
      return Money.of(row.quantity);
    case 'lead_time_days':
      return row.leadTimeDays === null ? null : Money.of(row.leadTimeDays);
    case 'cost':
      return row.cost;
    case 'map_price':
      return row.mapPrice;
    case 'price':
      return row.price;
    case 'msrp':
      return row.msrp;
    default:
      return null;
  }
}
