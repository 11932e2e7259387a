/** Offers stay in memory as far as `MEMORY_OFFERS_BYTES` goes, unless the feeds are so large that hardly any would. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../core/bytes/text.ts';
import { runCase } from '../../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';

const ROWS = 20;

/** Most of the feed is a column that nothing reads. */
function feedOf(vendor: string) {
  const rows = Array.from({ length: ROWS }, (_, i) => `S${i},1,${i + 1}.00,${vendor.repeat(500)}\n`);
  return { name: 'feed.csv', bytes: toBytes(`sku,quantity_available,cost,story\n${rows.join('')}`) };
}

test('all offers are spilled if the feeds have more than four times the bytes that these may take', async () => {
  const files = { v: feedOf('v'), w: feedOf('w') };
  const [parser, inbound] = [{ format: 'csv' }, { type: 'local' }];
  const vendors = ['v', 'w'].map((vendor_id) => ({ vendor_id, inbound, parser }));
  const config = { ...PLAIN_TENANT, default_currency: 'USD', vendors };
  const bytes = files.v.bytes.length + files.w.bytes.length;
  const merged: Array<string | undefined> = [];
  // a vendor's offers have some 2,000 bytes; those of the last one are read from its rows
  for (const [offersBytes, created] of [
    [Math.ceil(bytes / 4), 0],
    [Math.ceil(bytes / 4) - 1, 1],
    [1000, 1],
  ] as const) {
    const run = await runCase({ config, files, plugins: [], limits: { offersBytes } });
    assert.is(run.outcome.status, 'SUCCEEDED');
    assert.equal([run.scratch.created, run.scratch.live], [created, 0], String(offersBytes));
    merged.push(run.merged);
  }
  assert.equal(new Set(merged).size, 1);
});

test.run();
