/** The tenant config's own fields, as a strict zod schema. What plugins add to it is checked in `check.ts`. */
import { z } from 'zod';
import { isTimeZone } from '../bytes/timezone.ts';
import { CANONICAL_COLUMNS } from '../canonical.ts';
import { CURRENCIES } from '../money/currencies.ts';
import { Money, ZERO } from '../money/money.ts';

/** Ids end up in keys and file names. */
export const ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;

const id = z.string().regex(ID_PATTERN, 'must be 1 to 63 letters, digits, "_" or "-", starting with a letter or digit');

/** Digits that a JSON number is sure to have kept; a longer one must be written as a string. */
const NUMBER_DIGITS_MAX = 15;

/** A number or a decimal string, as exact `Money`. */
function decimal(check: (value: Money) => string | null) {
  return z
    .union([z.number(), z.string()], { error: 'must be a number or a decimal string such as "0.20"' })
    .superRefine((value, context) => {
      const message = decimalProblem(value, check);
      if (message !== null) context.addIssue({ code: 'custom', message });
    })
    .transform((value) => Money.parse(String(value)) ?? ZERO);
}

function decimalProblem(value: number | string, check: (value: Money) => string | null): string | null {
  const text = String(value);
  const money = Money.parse(text);
  if (money === null) return `"${text}" is not a plain decimal`;
  if (typeof value === 'number' && text.replace(/e.*$/, '').replace(/\D|^-?0\.0*/g, '').length > NUMBER_DIGITS_MAX) {
    return 'has more digits than a JSON number keeps; write it as a string';
  }
  if (money.scale > 18) return 'has more than 18 decimals';
  return check(money);
}

const LIMIT = Money.of('1000000000');
const amount = decimal((value) => {
  if (value.isNegative()) return 'must not be below zero';
  return value.compare(LIMIT) >= 0 ? 'must be below 1,000,000,000' : null;
});
const margin = decimal((value) => {
  if (value.compare(Money.of('-1')) < 0) return 'must not be below -1 (a loss of 100 %)';
  return value.compare(Money.of('1000')) > 0 ? 'is a fraction (0.20 = 20 %) and must not be above 1000' : null;
});
const increment = decimal((value) =>
  value.compare(ZERO) > 0 && value.compare(LIMIT) < 0 ? null : 'must be above 0 and below 1,000,000,000',
);
const fraction = decimal((value) =>
  value.isNegative() || value.compare(Money.of(1)) > 0 ? 'is a fraction: 0.1 = 10 %, at most 1' : null,
);
const percent = decimal((value) => (value.isNegative() ? 'must not be below zero' : null));

const zone = z.string().refine(isTimeZone, 'is not an IANA time zone such as "Europe/Berlin"');

const currency = z.string().refine((code) => CURRENCIES.has(code), 'is not an ISO 4217 currency code such as "USD"');

/** A plugin chosen by id, with its options. */
const use = z.strictObject({ use: z.string().min(1), with: z.unknown().optional() });

const inbound = z.strictObject({
  type: z.enum(['s3', 'local']),
  s3_prefix: z.string().nullable().default(null),
});

const parser = z.strictObject({
  format: z.string().min(1),
  delimiter: z.string().min(1).default(','),
  encoding: z.string().min(1).default('utf-8'),
  column_map: z.record(z.string(), z.string().min(1)).default({}),
  options: z.unknown().optional(),
});

const skuMap = z
  .strictObject({
    type: z.enum(['s3', 'file']),
    s3_key: z.string().nullable().default(null),
    local_path: z.string().nullable().default(null),
  })
  .superRefine((map, context) => {
    const [field, value] = map.type === 's3' ? ['s3_key', map.s3_key] : ['local_path', map.local_path];
    if (value === null || value === '') {
      context.addIssue({ code: 'custom', path: [field as string], message: `is required when type is "${map.type}"` });
    }
  });

export const DUPLICATE_SKU = ['best', 'first', 'last', 'sum_quantity', 'error'] as const;

const vendor = z.strictObject({
  vendor_id: id,
  required: z.boolean().default(true),
  inbound,
  parser,
  sku_map: skuMap.nullable().default(null),
  validators: z.array(use).default([]),
  duplicate_sku: z.enum(DUPLICATE_SKU).default('best'),
});

const mapPolicy = z.strictObject({
  enforce: z.boolean().default(true),
  map_floor_behavior: z.literal('max(price, map_price)').default('max(price, map_price)'),
});

const rounding = z.strictObject({
  mode: z.enum(['nearest', 'up', 'down']).default('nearest'),
  increment: increment.default(Money.of('0.01')),
});

const pricing = z.strictObject({
  base_margin_pct: margin,
  min_price: amount,
  shipping_handling_flat: amount,
  map_policy: mapPolicy,
  rounding,
  rules: z.array(use).optional(),
});

/** `merge.<strategy>` holds the options of the strategy of that name; `check.ts` sees to them. */
const merge = z.looseObject({ strategy: z.string().min(1) });

const output = z.strictObject({
  format: z.enum(['csv', 'jsonl']).default('csv'),
  columns: z.array(z.enum(CANONICAL_COLUMNS)).min(1).max(CANONICAL_COLUMNS.length),
});

const errorPolicy = z.strictObject({
  max_invalid_rows: z.int().min(0).default(0),
  max_invalid_row_pct: fraction.default(ZERO),
  fail_on_missing_required_columns: z.boolean().default(true),
  missing_required_vendor_policy: z.enum(['fail', 'warn_only']).default('fail'),
});

const guardrails = z.strictObject({
  max_sku_drop_pct: percent.optional(),
  max_in_stock_drop_pct: percent.optional(),
  max_median_price_change_pct: percent.optional(),
  max_vendor_row_drop_pct: percent.optional(),
  stale_after_hours: z.number().positive().optional(),
});

/** The shape of a tenant config, for at most `vendorsMax` vendors. */
export function tenantSchema(vendorsMax: number) {
  return z.strictObject({
    schema_version: z.literal(1).default(1),
    tenant_id: id,
    timezone: zone,
    default_currency: currency,
    vendors: z.array(vendor).min(1).max(vendorsMax),
    validators: z.array(use).default([]),
    pricing,
    merge,
    output,
    error_policy: errorPolicy.prefault({}),
    guardrails: guardrails.optional(),
  });
}

export type TenantConfig = z.output<ReturnType<typeof tenantSchema>>;
export type VendorConfig = TenantConfig['vendors'][number];
export type PricingConfig = TenantConfig['pricing'];
export type PluginUse = z.output<typeof use>;
