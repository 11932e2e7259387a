/** SKUs that a map makes much longer, in sort buffers for a few rows. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCase } from '../../plugins/testing/harness.ts';

const CONFIG = {
  tenant_id: 'shop',
  timezone: 'UTC',
  default_currency: 'USD',
  vendors: [
    {
      vendor_id: 'acme',
      inbound: { type: 's3' },
      parser: { format: 'csv' },
      sku_map: { type: 's3', s3_key: 'map.csv' },
    },
  ],
  pricing: { base_margin_pct: 0, min_price: 0, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
  merge: { strategy: 'best_offer' },
  output: { columns: ['sku', 'quantity_available', 'price'] },
};
const ROWS = 300;
const bytes = (text: string) => new TextEncoder().encode(text);
const numbers = Array.from({ length: ROWS }, (_, i) => 1000 + i);
const mapped = (i: number) => `${'long-'.repeat(150)}${i}`;

test('every mapped SKU is complete in the feed, however small the buffers', async () => {
  const feed = `sku,quantity_available,cost\n${numbers.map((i) => `${i},1,2\n`).join('')}`;
  const map = `vendor_sku,sku\n${numbers.map((i) => `${i},${mapped(i)}\n`).join('')}`;
  const expected = `sku,quantity_available,price\n${numbers.map((i) => `${mapped(i)},1,2.00\n`).join('')}`;
  for (const sortBytes of [10_000, 1 << 20]) {
    const { outcome, merged } = await runCase({
      config: CONFIG,
      files: { acme: { name: 'feed.csv', bytes: bytes(feed) } },
      skuMaps: { acme: bytes(map) },
      limits: { sortBytes },
    });
    assert.is(outcome.status, 'SUCCEEDED');
    assert.is(merged, expected, String(sortBytes));
  }
});

test.run();
