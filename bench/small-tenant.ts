/** A small tenant that the service benchmarks create many times. */

export function smallConfig(tenant: string) {
  return {
    tenant_id: tenant,
    timezone: 'UTC',
    default_currency: 'USD',
    vendors: [{ vendor_id: 'acme', inbound: { type: 's3' }, parser: { format: 'csv' } }],
    pricing: {
      base_margin_pct: '0.20',
      min_price: '1.00',
      shipping_handling_flat: '5.00',
      map_policy: {},
      rounding: {},
    },
    merge: { strategy: 'best_offer' },
    output: { columns: ['sku', 'quantity_available', 'price', 'vendor_id'] },
  };
}
