/** The tenant for tests of receipts, with one vendor that sends CSV. */
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';
export const SHOP_VENDOR = { vendor_id: 'a', inbound: { type: 'local' }, parser: { format: 'csv' } };
export const SHOP_CONFIG = {
  ...PLAIN_TENANT,
  tenant_id: 'shop',
  default_currency: 'USD',
  vendors: [SHOP_VENDOR] as object[],
  pricing: { base_margin_pct: '0.5', min_price: 0, shipping_handling_flat: 1, map_policy: {}, rounding: {} },
  output: { columns: ['sku', 'vendor_id', 'quantity_available', 'price'] },
};
