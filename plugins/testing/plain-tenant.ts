/** Configs for tests of how feeds are read. */

/** A tenant that adds no margin and tolerates bad rows. It has no vendors yet. */
export const PLAIN_TENANT = {
  tenant_id: 't',
  timezone: 'UTC',
  default_currency: 'EUR',
  pricing: { base_margin_pct: 0, min_price: 0, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
  merge: { strategy: 'best_offer' },
  output: { columns: ['sku'] },
  error_policy: { max_invalid_rows: 1000, max_invalid_row_pct: 1 },
};

/** That tenant with one CSV vendor `v` whose parser has these options. */
export function csvOptionsConfig(options: object, delimiter = ';') {
  return {
    ...PLAIN_TENANT,
    vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv', delimiter, options } }],
  };
}
