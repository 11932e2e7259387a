/** A tenant of one CSV vendor `v` with options of its parser, that forgives bad rows. */
export function csvOptionsConfig(options: object, delimiter = ';') {
  return {
    tenant_id: 't',
    timezone: 'UTC',
    default_currency: 'EUR',
    vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv', delimiter, options } }],
    pricing: { base_margin_pct: 0, min_price: 0, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
    merge: { strategy: 'best_offer' },
    output: { columns: ['sku'] },
    error_policy: { max_invalid_rows: 100, max_invalid_row_pct: 1 },
  };
}
