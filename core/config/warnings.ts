/** Warns about valid configs that are probably a mistake, in every run and in `relay check`. */
// biome-ignore-all lint/style/noNonNullAssertion: the loop asks for the last item of a list that has one
import { Money } from '../money/money.ts';
import { inboundPrefix } from './prefixes.ts';
import type { TenantConfig } from './schema.ts';

const LARGE_MARGIN = Money.of(2);

/** Each as `code:detail`, like all warnings. */
export function configWarnings(config: TenantConfig): string[] {
  const warnings: string[] = [];
  const margin = config.pricing.base_margin_pct;
  if (margin.compare(LARGE_MARGIN) > 0) {
    warnings.push(
      `large_margin:base_margin_pct ${margin} is ${margin.mul(Money.of(100))} %, a fraction was expected (0.20 = 20 %)`,
    );
  }
  if (margin.isNegative()) warnings.push(`negative_margin:base_margin_pct ${margin} prices below the landed cost`);
  for (const [outer, inner] of nestedPrefixes(config)) {
    warnings.push(
      `inbound_prefixes_overlap:the folder of ${outer} contains that of ${inner}, so ${outer} may read its files`,
    );
  }
  return warnings;
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
    while (open.length > 0 && !folder.prefix.startsWith(open.at(-1)!.prefix)) open.pop();
    const outer = open.at(-1);
    if (outer !== undefined) pairs.push([outer.id, folder.id]);
    open.push(folder);
  }
  return pairs;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
