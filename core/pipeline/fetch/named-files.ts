/** The files that a vendor's config names beside its feed: side files of its parser, its SKU map, the rates of its currency. */
import type { TenantConfig, VendorConfig } from '../../config/schema.ts';
import { vendorCurrency } from '../../config/vendor-terms.ts';
import { RelayError } from '../../errors.ts';
import type { SideFileLocation } from '../../layout.ts';
import type { BoundPlugins } from '../bind.ts';

/** Its name among a vendor's side files. */
export const SKU_MAP = 'sku_map';
export const CURRENCY_RATES = 'currency_rates';

const TITLES: Readonly<Record<string, string>> = { [SKU_MAP]: 'SKU map', [CURRENCY_RATES]: 'file of currency rates' };

export interface NamedLocation {
  name: string;
  location: SideFileLocation;
}

export function namedLocations(
  config: TenantConfig,
  vendor: VendorConfig,
  plugins: Pick<BoundPlugins, 'sideFiles'>,
): NamedLocation[] {
  const named: NamedLocation[] = plugins.sideFiles(vendor).map(({ name, location }) => ({ name, location }));
  if (vendor.sku_map !== null) named.push({ name: SKU_MAP, location: vendor.sku_map });
  const rates = config.pricing.vendor_terms?.rates ?? null;
  if (rates !== null && vendorCurrency(config, vendor.vendor_id) !== config.default_currency) {
    named.push({ name: CURRENCY_RATES, location: rates });
  }
  return named;
}

/** The error that `RunInputs.sideFile` throws if the file does not exist. */
export function sideFileMissing(vendor: VendorConfig, name: string, where: string): RelayError {
  const what = TITLES[name] ?? `side file "${name}"`;
  const message = `vendor ${vendor.vendor_id}: its ${what} was not found: ${where}`;
  return new RelayError('invalid_input', message, { details: { vendor_id: vendor.vendor_id } });
}
