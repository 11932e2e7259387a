/**
 * The tenant config's own fields, as a strict zod schema; `check.ts` checks what plugins add. The descriptions are the
 * only text about each field: `docs/CONFIG_SPEC.md`, the OpenAPI document and the JSON Schema are made from them.
 */
import { z } from 'zod';
import { isTimeZone } from '../bytes/time/timezone.ts';
import { CANONICAL_COLUMNS, EXTRA_NAME } from '../canonical.ts';
import { CURRENCIES } from '../money/currencies.ts';
import { Money, ZERO } from '../money/money.ts';
import { amountSchema, decimal, fractionSchema } from './decimal.ts';
import { expectSchema } from './expect.ts';
import { exportsSchema } from './exports.ts';
import { fileLocation } from './file-location.ts';
import { late } from './late.ts';
import { onTrouble } from './on-trouble.ts';
import { guardrailsSchema, publishSchema } from './publish.ts';
import { quantitySchema } from './quantity.ts';
import { vendorTermsSchema } from './vendor-terms.ts';

/** Ids become parts of object keys and file names. */
export const ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;

export const ID_FORM = 'must be 1 to 63 letters, digits, "_" or "-", starting with a letter or digit';
const id = z.string().regex(ID_PATTERN, ID_FORM);

const AMOUNT_RANGE = '0 or more, below 1,000,000,000; at most 18 decimals.';

const margin = decimal((value) => {
  if (value.compare(Money.of('-1')) < 0) return 'must not be below -1 (a loss of 100 %)';
  return value.compare(Money.of('1000')) > 0 ? 'is a fraction (0.20 = 20 %) and must not be above 1000' : null;
});
const increment = decimal((value) =>
  value.compare(ZERO) > 0 && value.compare(Money.of('1000000000')) < 0
    ? null
    : 'must be above 0 and below 1,000,000,000',
);

const zone = z.string().refine(isTimeZone, 'is not an IANA time zone such as "Europe/Berlin"');

const currency = z.string().refine((code) => CURRENCIES.has(code), {
  error: ({ input }) => {
    const code = String(input).trim().toUpperCase();
    return `is not an ISO 4217 currency code such as "USD"${CURRENCIES.has(code) ? ` (did you mean "${code}"?)` : ''}`;
  },
});

/** A plugin chosen by id, with its options. */
function pluginUse(kind: 'validator' | 'pricing') {
  return z.strictObject({
    use: z.string().min(1).describe(`Id of a ${kind} plugin.`),
    with: z.unknown().optional().describe('Options of the plugin, checked by its own schema.'),
  });
}

const inbound = z.strictObject({
  type: z.enum(['s3', 'local']).describe('`s3` or `local`. `relay run` takes files from the command line for both.'),
  s3_prefix: z
    .string()
    .nullable()
    .default(null)
    .describe(
      'Folder whose newest object is the feed, with or without the final `/`: `in/acme` does not reach `in/acme2`. Null is `tenants/<tenant_id>/inbound/<vendor_id>/`. `relay run` ignores it.',
    ),
});

const parser = z.strictObject({
  format: z.string().min(1).describe('Id of a parser plugin.'),
  delimiter: z
    .string()
    .min(1)
    .default(',')
    .describe('Text between two fields, or `auto`. The parser plugin checks it.'),
  encoding: z
    .string()
    .min(1)
    .default('utf-8')
    .describe(
      'Encoding label, or `auto`. Case, spaces, `_` and `-` do not matter. A byte order mark takes precedence.',
    ),
  column_map: z
    .record(z.string(), z.string().min(1))
    .default({})
    .describe(
      'Canonical column, or one of `extra_columns`, to the vendor’s header. `"#0"` is the column at position 0. `vendor_id` cannot be mapped. A column that is not listed is read under its canonical name.',
    ),
  options: z.unknown().optional().describe('Options of the parser plugin, checked by its own schema.'),
});

export const DUPLICATE_SKU = ['best', 'first', 'last', 'sum_quantity', 'error'] as const;

const vendorErrorPolicy = late(() =>
  z.strictObject({
    max_invalid_rows: z.int().min(0).optional().describe('Greatest number of invalid rows of this vendor.'),
    max_invalid_row_pct: fractionSchema
      .optional()
      .describe('Greatest share of this vendor’s rows that may be invalid. 0 to 1; at most 18 decimals.'),
  }),
);

const vendor = z.strictObject({
  vendor_id: id.describe('Name of the vendor, used in artifact paths. Ties between offers go to the lower one.'),
  required: z
    .boolean()
    .default(true)
    .describe(
      'If true, a missing file fails the run, unless `error_policy.missing_required_vendor_policy` is `warn_only`.',
    ),
  inbound: inbound.describe('Where the vendor’s files arrive.'),
  parser: parser.describe('How the feed is read.'),
  sku_map: fileLocation
    .nullable()
    .default(null)
    .describe(
      'A CSV in UTF-8 with the headers `vendor_sku,sku`. A row whose SKU is a `vendor_sku` in it gets the mapped SKU. If a key occurs twice, the last entry wins. `s3_key` is required with type `s3`, `local_path` with type `file`.',
    ),
  validators: z
    .array(pluginUse('validator'))
    .default([])
    .describe('Validators of this vendor’s rows. They run after the tenant’s validators.'),
  duplicate_sku: z
    .enum(DUPLICATE_SKU)
    .default('best')
    .describe(
      'What several rows of this vendor for one SKU (after the SKU map) mean to the merge. `best`: each row is an offer. `first`, `last`: only that row is an offer. `sum_quantity`: the best row is the offer, with the sum of all quantities. `error`: every row after the first is invalid.',
    ),
  on_trouble: onTrouble
    .optional()
    .describe('What a run does if this vendor’s file is missing, unreadable, stale, or has too many invalid rows.'),
  error_policy: vendorErrorPolicy
    .optional()
    .describe(
      'Limits for this vendor’s rows alone, besides those of `error_policy` for the rows of all vendors in use together.',
    ),
});

const mapPolicy = z.strictObject({
  enforce: z.boolean().default(true).describe('If true, a price is never below the winning offer’s `map_price`.'),
  map_floor_behavior: z
    .literal('max(price, map_price)')
    .default('max(price, map_price)')
    .describe('How the floor is applied: the higher of the two.'),
});

const rounding = z.strictObject({
  mode: z
    .enum(['nearest', 'up', 'down'])
    .default('nearest')
    .describe('Direction of rounding. `nearest` rounds half up.'),
  increment: increment
    .default(Money.of('0.01'))
    .describe(
      'The price becomes a multiple of this amount of the currency, 0.01 by default. Above 0, below 1,000,000,000; at most 18 decimals.',
    ),
});

const pricing = z.strictObject({
  base_margin_pct: margin.describe(
    'Margin on landed cost, as a fraction: 0.20 = 20 %. -1 to 1000; at most 18 decimals.',
  ),
  min_price: amountSchema.describe(
    `Lowest price of any SKU, in the currency. More decimals than are written round up. ${AMOUNT_RANGE}`,
  ),
  shipping_handling_flat: amountSchema.describe(
    `Amount added to the cost before the margin, in the currency. ${AMOUNT_RANGE}`,
  ),
  map_policy: mapPolicy.describe('Minimum advertised price (MAP).'),
  rounding: rounding.describe('Rounding of the price.'),
  vendor_terms: vendorTermsSchema
    .optional()
    .describe(
      'What a vendor’s goods cost beyond the cost in its feed, and in which currency it quotes. The landed cost of an offer is then cost × (1 + `handling_pct`), rounded half to even to six decimals, + `handling_fixed`, before `shipping_handling_flat`. It decides which offer is the cheapest (`lowest_landed_cost`), and the margins are on it.',
    ),
  rules: z
    .array(pluginUse('pricing'))
    .optional()
    .describe(
      'The pricing chain. It starts from the feed’s own price. Absent or empty: the margin, the lowest price and the rounding of this section, in that order. After any chain, the lowest price and the MAP floor are applied.',
    ),
});

/** `check.ts` checks `merge.<strategy>`, the options of the strategy with that name. */
const merge = z
  .object({ strategy: z.string().min(1).describe('Id of a merge plugin.') })
  .catchall(
    z.unknown().describe('Options of the merge plugin with that id. Any key other than `strategy` must be such an id.'),
  );

const extraName = z
  .string()
  .regex(EXTRA_NAME, 'must be 1 to 63 lower case letters, digits or "_", starting with a letter');

/** See `tenantSchema`. */
function outputSchema(extras: readonly string[] | null, extraColumnsMax: number) {
  const names =
    extras === null ? z.union([z.enum(CANONICAL_COLUMNS), extraName]) : z.enum([...CANONICAL_COLUMNS, ...extras]);
  const most = CANONICAL_COLUMNS.length + (extras === null ? extraColumnsMax : extras.length);
  return z.strictObject({
    format: z
      .enum(['csv', 'jsonl'])
      .default('csv')
      .describe(
        '`csv`, or `jsonl`: one object per line, quantities as numbers, money as strings, empty cells as null.',
      ),
    escape_formulas: z
      .boolean()
      .optional()
      .describe(
        "True writes an apostrophe before texts that begin with `=`, `+`, `-` or `@`, so that no spreadsheet reads a formula: `-100A` becomes `'-100A`. Only for files that people open in a spreadsheet: a shop that imports the feed would take the apostrophe as part of the SKU. Parsers read it back with `unescape_formulas`. False unless given, for `csv` and `jsonl`. Not together with `publish` or `guardrails`, which compare SKUs with those of earlier feeds.",
      ),
    columns: z
      .array(names)
      .min(1)
      .max(most)
      .describe(
        `The columns, in order: canonical ones (${CANONICAL_COLUMNS.map((name) => `\`${name}\``).join(', ')}) and those of \`extra_columns\`. Each occurs once.`,
      ),
    exports: exportsSchema
      .default([])
      .describe(
        'More files of the published feed, in the formats of shops: `outputs/exports/<name>.<ending>`. They are made of the rows and columns of the feed itself, also of those that were held or kept.',
      ),
  });
}

const errorPolicy = z.strictObject({
  max_invalid_rows: z
    .int()
    .min(0)
    .default(0)
    .describe('Greatest number of invalid rows, over all vendors together. More is `validation_errors`.'),
  max_invalid_row_pct: fractionSchema
    .default(ZERO)
    .describe(
      'Greatest share of invalid rows, as a fraction: 0.1 = 10 %; 0 by default. More is `validation_errors`. Both limits apply. 0 to 1; at most 18 decimals.',
    ),
  fail_on_missing_required_columns: z
    .boolean()
    .default(true)
    .describe(
      'If true, a feed without `sku` or `quantity_available` fails the run. If false, the run leaves the vendor out and reports it.',
    ),
  missing_required_vendor_policy: z
    .enum(['fail', 'warn_only'])
    .default('fail')
    .describe('`fail`, or `warn_only`: the run goes on without a required vendor whose file is missing.'),
});

/**
 * The shape of a tenant config within these limits. `extras` are its extra columns; null where they are not known, as in documents.
 */
export function tenantSchema(
  { vendorsMax, extraColumnsMax }: { vendorsMax: number; extraColumnsMax: number },
  extras: readonly string[] | null = null,
) {
  return z.strictObject({
    schema_version: z
      .literal(1)
      .default(1)
      .describe('Version of this format. Any other value is `unsupported_schema_version`.'),
    tenant_id: id.describe('Name of the tenant, used in artifact paths.'),
    timezone: zone.describe(
      'IANA zone of the tenant. Used where a parser says `timezone: tenant`; otherwise a timestamp without a zone is UTC.',
    ),
    default_currency: currency.describe(
      'ISO 4217 code of the currency of the merged feed, of all amounts in this config, and of the vendors’ feeds, apart from vendors that `pricing.vendor_terms` gives another one: only their amounts are converted.',
    ),
    vendors: z
      .array(vendor)
      .min(1)
      .max(vendorsMax)
      .describe('The vendors. Each `vendor_id` occurs once. The setting `LIMIT_VENDORS` is their greatest number.'),
    validators: z.array(pluginUse('validator')).default([]).describe('Validators of the rows of all vendors.'),
    pricing: pricing.describe('How the winning offer of a SKU is priced.'),
    merge: merge.describe('How the winning offer of a SKU is chosen.'),
    quantity: quantitySchema
      .prefault({})
      .describe(
        'What of a vendor’s stock is offered: safety stock, caps, least quantities. It decides before offers are compared, so that an offer of which nothing is left is out of stock (`in_stock_desc`), and it is what the merged feed shows. `normalized.csv` keeps the vendor’s quantity.',
      ),
    extra_columns: z
      .array(extraName)
      .max(extraColumnsMax)
      .default([])
      .describe(
        'Columns beside the canonical ones, such as `gtin`, `mpn`, `image_url`. Their cells are texts. A vendor’s `column_map` says where they are, or `parser.options.columns` how they are composed; one that neither names is read under its own name. The setting `LIMIT_EXTRA_COLUMNS` is their greatest number. `normalized.csv` has them after the canonical ones, the merged feed if `output.columns` names them.',
      ),
    output: outputSchema(extras, extraColumnsMax).describe('The merged feed.'),
    error_policy: errorPolicy.prefault({}).describe('Which errors a run may have and still succeed.'),
    publish: publishSchema
      .optional()
      .describe(
        'How the run becomes the published feed: what vanished, and which prices are held. Absent: the feed of the run is published as it is.',
      ),
    guardrails: guardrailsSchema
      .optional()
      .describe(
        'Limits of the feed as a whole, before holds and vanished SKUs, against the published feed. A limit that is exceeded is `GUARDRAIL_TRIPPED`.',
      ),
    expect: expectSchema.describe(
      'What every feed that goes out must be, in the tenant’s own terms. Each expectation is tried on the rows of the merged feed, as it is written. A run over some vendors is not tried.',
    ),
  });
}

export type TenantConfig = z.output<ReturnType<typeof tenantSchema>>;
export type VendorConfig = TenantConfig['vendors'][number];
export type PublishConfig = NonNullable<TenantConfig['publish']>;
export type GuardrailsConfig = NonNullable<TenantConfig['guardrails']>;
export type PricingConfig = TenantConfig['pricing'];
export type PluginUse = z.output<ReturnType<typeof pluginUse>>;
