/** The default pricing chain, and the floors that apply after any chain. */
import type { PricingDefaults } from '../../core/pipeline/bind.ts';

export const pricingDefaults: PricingDefaults = {
  chain: () => [{ use: 'margin' }, { use: 'min_price' }, { use: 'round' }],
  floors: () => [{ use: 'min_price' }, { use: 'map_floor' }],
};
