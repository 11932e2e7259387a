/** Reads the local SKU maps and currency rates that a config names, as a run would: an empty one, or one of another form, is no such file. */
import type { TenantConfig, VendorConfig } from '../../core/config/schema.ts';
import { RelayError } from '../../core/errors.ts';
import type { SideFileLocation } from '../../core/layout.ts';
import { CURRENCY_RATES, namedLocations, SKU_MAP } from '../../core/pipeline/fetch/named-files.ts';
import { CurrencyRates } from '../../core/pipeline/merge/terms/currency-rates.ts';
import { SKU_MAP_FORM } from '../../core/pipeline/normalize/lookups/side-files.ts';
import { readSkuMap } from '../../core/pipeline/normalize/lookups/sku-map.ts';
import type { ByteSource, EngineLimits } from '../../core/ports/engine.ts';
import { readSideTable } from '../../plugins/index.ts';
import { LocalInputs } from './inputs.ts';
import { locationField, type NamedFilesReport } from './named-files.ts';

export interface SideFileContentsOptions {
  folder: string | null;
  configFolder: string;
  followLinks: boolean;
  limits: EngineLimits;
}

/** Skips files that cannot be opened: `checkNamedFiles` reports them. */
export async function checkSideFileContents(
  config: TenantConfig,
  { limits, ...places }: SideFileContentsOptions,
): Promise<NamedFilesReport> {
  const report: NamedFilesReport = { problems: [], warnings: [] };
  const inputs = new LocalInputs({ ...places, files: new Map() });
  for (const [i, vendor] of config.vendors.entries()) {
    for (const { name, location } of namedLocations(config, vendor, { sideFiles: () => [] })) {
      const source = await opened(vendor, name, location);
      if (source === null) continue;
      const at = name === SKU_MAP ? `vendors[${i}].sku_map` : 'pricing.vendor_terms.rates';
      try {
        report.warnings.push(...(await read(source, name, vendor)));
      } catch (error) {
        if (!(error instanceof RelayError)) throw error;
        const message = name === SKU_MAP ? `${source.name}: ${error.message}` : error.message;
        report.problems.push({ path: `${at}.${locationField(location)}`, code: 'file_unreadable', message });
      }
    }
  }
  return report;

  async function opened(vendor: VendorConfig, name: string, location: SideFileLocation): Promise<ByteSource | null> {
    if (location.type === 's3' && places.folder === null) return null;
    try {
      return (await inputs.sideFile(vendor, name, location)).source;
    } catch (error) {
      if (error instanceof RelayError) return null;
      throw error;
    }
  }

  async function read(source: ByteSource, name: string, vendor: VendorConfig): Promise<readonly string[]> {
    if (name === SKU_MAP)
      return (await readSkuMap(readSideTable(source, SKU_MAP_FORM, limits), vendor.vendor_id)).warnings;
    const rates = new CurrencyRates({ config, read: readSideTable, limits });
    await rates.read([{ vendor, sideFiles: new Map([[CURRENCY_RATES, source]]) }]);
    return [];
  }
}
