/** The pricing chain of tenants that name none, and the floors that follow any chain. */
import type { PricingDefaults } from '../../core/pipeline/bind.ts';

export const pricingDefaults: PricingDefaults = {
  chain: () => [{ use: 'margin' }, { use: 'min_price' }, { use: 'round' }],
  floors: () => [{ use: 'min_price' }, { use: 'map_floor' }],
};
