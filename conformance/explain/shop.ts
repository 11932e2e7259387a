/** The tenant of the tests of receipts: one vendor, whose files are CSV. */
export const SHOP_VENDOR = { vendor_id: 'a', inbound: { type: 'local' }, parser: { format: 'csv' } };
export const SHOP_CONFIG = {
  tenant_id: 'shop',
  timezone: 'UTC',
  default_currency: 'USD',
  vendors: [SHOP_VENDOR] as object[],
  pricing: { base_margin_pct: '0.5', min_price: 0, shipping_handling_flat: 1, map_policy: {}, rounding: {} },
  merge: { strategy: 'best_offer' },
  output: { columns: ['sku', 'vendor_id', 'quantity_available', 'price'] },
  error_policy: { max_invalid_rows: 1000, max_invalid_row_pct: 1 },
};
