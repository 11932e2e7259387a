/** The built-in plugins, one line each; a plugin that is not listed here is not built in. */
import type { AnyPlugin } from '../core/registry.ts';
import { bestOffer } from './merge/best-offer.ts';
import { csvOutput } from './outputs/csv.ts';
import { googleMerchantOutput } from './outputs/google-merchant.ts';
import { jsonlOutput } from './outputs/jsonl.ts';
import { shopifyInventoryOutput } from './outputs/shopify-inventory.ts';
import { woocommerceProductsOutput } from './outputs/woocommerce-products.ts';
import { amazonListings } from './parsers/amazon-listings/parser.ts';
import { csv } from './parsers/csv/manifest.ts';
import { googleMerchant } from './parsers/google-merchant/parser.ts';
import { ingramPrice } from './parsers/ingram-price/parser.ts';
import { sanmarEpdd } from './parsers/sanmar-epdd/parser.ts';
import { shopifyInventory } from './parsers/shopify-inventory/parser.ts';
import { tdSynnex } from './parsers/td-synnex/parser.ts';
import { woocommerceProducts } from './parsers/woocommerce-products/parser.ts';
import { costBands } from './pricing/cost-bands.ts';
import { ending } from './pricing/ending.ts';
import { mapFloor } from './pricing/map-floor.ts';
import { margin } from './pricing/margin.ts';
import { minMargin } from './pricing/min-margin.ts';
import { minPrice } from './pricing/min-price.ts';
import { msrpCap } from './pricing/msrp-cap.ts';
import { round } from './pricing/round.ts';
import { allowedValues, notAbove, numberRange, requiredFields, rowCount, textLength } from './validators/fields.ts';
import { gtinCheck } from './validators/gtin-check.ts';

export { readSideTable } from './parsers/kit/layout/side-table-reader.ts';
export type { FileLine, VendorFile } from './parsers/kit/layout/vendor-file.ts';
export type { VendorFormat } from './parsers/kit/layout/vendor-format.ts';
export { defineVendorParser } from './parsers/kit/layout/vendor-parser.ts';
export { pricingDefaults } from './pricing/defaults.ts';

export const BUILTIN_PLUGINS: readonly AnyPlugin[] = [
  csv,
  amazonListings,
  googleMerchant,
  ingramPrice,
  sanmarEpdd,
  shopifyInventory,
  tdSynnex,
  woocommerceProducts,
  allowedValues,
  gtinCheck,
  notAbove,
  numberRange,
  requiredFields,
  rowCount,
  textLength,
  costBands,
  ending,
  mapFloor,
  margin,
  minMargin,
  minPrice,
  msrpCap,
  round,
  bestOffer,
  csvOutput,
  googleMerchantOutput,
  jsonlOutput,
  shopifyInventoryOutput,
  woocommerceProductsOutput,
];
