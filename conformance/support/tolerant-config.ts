/** A config without vendors that tolerates bad rows, for tests of a run's reports about a feed. */
export const TOLERANT_CONFIG = {
  tenant_id: 't',
  timezone: 'UTC',
  default_currency: 'USD',
  pricing: { base_margin_pct: '0', min_price: 0, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
  merge: { strategy: 'best_offer' },
  output: { columns: ['sku', 'cost'] },
  error_policy: { max_invalid_rows: 100, max_invalid_row_pct: 1 },
};
