/** Warns about valid configs that are probably a mistake, in every run and in `relay check`. */

import { isWholeCurrency } from '../money/currencies.ts';
import { Money } from '../money/money.ts';
import { compareText } from '../text/compare.ts';
import { inboundPrefix, isOfOtherTenants } from './prefixes.ts';
import type { TenantConfig } from './schema.ts';

const ONE = Money.of(1);
const LARGE_MARGIN = Money.of(2);
/**
 * A limit on price changes above this share (400 %) was probably meant as per cent. It is above 1, since a price may
 * really multiply.
 */
const LARGE_RISE = Money.of(4);

/** Each as `code:detail`, like all warnings. */
export function configWarnings(config: TenantConfig): string[] {
  const warnings: string[] = [];
  const margin = config.pricing.base_margin_pct;
  if (margin.compare(LARGE_MARGIN) > 0) {
    warnings.push(
      `large_margin:base_margin_pct ${margin} is ${margin.mul(Money.of(100))} %, a fraction was expected (0.20 = 20 %)`,
    );
  }
  for (const [path, share, most] of sharesOf(config)) {
    if (share !== undefined && share.compare(most) > 0)
      warnings.push(
        `large_share:${path} ${share} is ${share.mul(Money.of(100))} %, a fraction was expected (0.30 = 30 %)`,
      );
  }
  if (isFractionOfWhole(config)) {
    const { default_currency: currency, pricing } = config;
    warnings.push(`increment_below_currency:${currency}:${pricing.rounding.increment}`);
  }
  if (margin.isNegative()) warnings.push(`negative_margin:base_margin_pct ${margin} prices below the landed cost`);
  for (const [outer, inner] of nestedPrefixes(config)) {
    warnings.push(
      `inbound_prefixes_overlap:the folder of ${outer} contains that of ${inner}, so ${outer} may read its files`,
    );
  }
  for (const vendor of config.vendors) {
    const prefix = inboundPrefix(config.tenant_id, vendor);
    if (vendor.inbound.type === 's3' && isOfOtherTenants(prefix, config.tenant_id))
      warnings.push(`inbound_prefix_of_other_tenant:${vendor.vendor_id}:${prefix}`);
  }
  return warnings;
}

/** True if prices are rounded to parts of a currency that has none. */
function isFractionOfWhole({ default_currency, pricing: { rounding, rules = [] } }: TenantConfig): boolean {
  const isRounded = rules.length === 0 || rules.some(({ use }) => use === 'round');
  return (
    isRounded &&
    isWholeCurrency(default_currency) &&
    !rounding.increment.roundTo(ONE, 'down').equals(rounding.increment)
  );
}

/**
 * The limits of publishing that are shares, each with the highest value that makes sense: nothing can drop by more than
 * all of it.
 */
function sharesOf({ publish, guardrails }: TenantConfig): Array<[path: string, share: Money | undefined, most: Money]> {
  const all = Money.of(1);
  return [
    ['guardrails.max_sku_drop_pct', guardrails?.max_sku_drop_pct, all],
    ['guardrails.max_in_stock_drop_pct', guardrails?.max_in_stock_drop_pct, all],
    ['guardrails.max_vendor_row_drop_pct', guardrails?.max_vendor_row_drop_pct, all],
    ['guardrails.max_median_price_change_pct', guardrails?.max_median_price_change_pct, LARGE_RISE],
    ['publish.holds.price_drop_pct', publish?.holds?.price_drop_pct, all],
    ['publish.holds.price_rise_pct', publish?.holds?.price_rise_pct, LARGE_RISE],
    ['publish.holds.max_held_pct', publish?.holds?.max_held_pct, all],
  ];
}

/** Pairs of vendors of which the first one's folder contains the second one's, or is the same. */
function nestedPrefixes(config: TenantConfig): Array<[string, string]> {
  const folders = config.vendors
    .filter((vendor) => vendor.inbound.type === 's3')
    .map((vendor) => ({ id: vendor.vendor_id, prefix: inboundPrefix(config.tenant_id, vendor) }))
    // a folder comes right before what it contains
    .sort((a, b) => compareText(a.prefix, b.prefix) || compareText(a.id, b.id));
  const pairs: Array<[string, string]> = [];
  const open: typeof folders = [];
  for (const folder of folders) {
    // biome-ignore lint/style/noNonNullAssertion: the loop asks for the last item of a list that has one
    while (open.length > 0 && !folder.prefix.startsWith(open.at(-1)!.prefix)) open.pop();
    const outer = open.at(-1);
    if (outer !== undefined) pairs.push([outer.id, folder.id]);
    open.push(folder);
  }
  return pairs;
}
