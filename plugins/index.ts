/** The built-in plugins, one line each; a plugin that is not listed here is not built in. */
import type { AnyPlugin } from '../core/registry.ts';
import { bestOffer } from './merge/best-offer.ts';
import { csv } from './parsers/csv/manifest.ts';
import { mapFloor } from './pricing/map-floor.ts';
import { margin } from './pricing/margin.ts';
import { minPrice } from './pricing/min-price.ts';
import { round } from './pricing/round.ts';
import { allowedValues, notAbove, numberRange, requiredFields, rowCount, textLength } from './validators/fields.ts';

export { readSideTable } from './parsers/kit/side-table.ts';
export { pricingDefaults } from './pricing/defaults.ts';

export const BUILTIN_PLUGINS: readonly AnyPlugin[] = [
  csv,
  allowedValues,
  notAbove,
  numberRange,
  requiredFields,
  rowCount,
  textLength,
  mapFloor,
  margin,
  minPrice,
  round,
  bestOffer,
];
