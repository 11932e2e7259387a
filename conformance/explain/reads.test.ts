/** How many reads a receipt takes if twenty vendors offer the SKU, with publishing too. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { baselineOf } from '../../plugins/in-memory/published.ts';
import { type HarnessResult, runCase } from '../../plugins/testing/harness.ts';
import { receiptFor } from './compare.ts';
import { MemoryRunFiles } from './memory-files.ts';

const VENDORS = Array.from({ length: 20 }, (_, i) => `v${String(i).padStart(2, '0')}`);
const CONFIG = {
  tenant_id: 'shop',
  timezone: 'UTC',
  default_currency: 'USD',
  vendors: VENDORS.map((vendor_id) => ({ vendor_id, inbound: { type: 'local' }, parser: { format: 'csv' } })),
  pricing: { base_margin_pct: '0', min_price: 0, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
  merge: { strategy: 'best_offer' },
  output: { columns: ['sku', 'vendor_id', 'quantity_available', 'price'] },
  publish: { holds: { price_rise_pct: '0.1' } },
};
const READS_MAX = 60;
const HEADER = 'sku,quantity_available,cost';

function feedsOf(
  costOf: (sku: string, vendor: number) => number | null,
): Record<string, { name: string; bytes: Uint8Array }> {
  const skus = Array.from({ length: 60 }, (_, i) => `S${String(i).padStart(2, '0')}`);
  const feeds = VENDORS.map((id, v) => {
    const rows = skus.flatMap((sku) => {
      const cost = costOf(sku, v);
      return cost === null ? [] : [`${sku},${v},${cost || ''}`];
    });
    return [id, { name: 'feed.csv', bytes: new TextEncoder().encode(`${HEADER}\n${rows.join('\n')}\n`) }];
  });
  return Object.fromEntries(feeds);
}

let made: Promise<HarnessResult> | null = null;

async function makeRun(): Promise<HarnessResult> {
  const limits = { windowBytes: 64 };
  const chunkBytes = 50;
  const before = await runCase({
    config: CONFIG,
    files: feedsOf((_, v) => 100 + v),
    limits,
    chunkBytes,
  });
  // one price rises and is held, one SKU loses its price, one is no longer offered
  const costs = (sku: string, v: number) =>
    sku === 'S40' ? 200 + v : sku === 'S41' ? 0 : sku === 'S42' ? null : 100 + v;
  const publishing = {
    baseline: baselineOf({ runId: 'run-1', read: (path) => before.artifacts.files.get(path) }),
    decisions: null,
    force: null,
  };
  const result = await runCase({ config: CONFIG, files: feedsOf(costs), limits, chunkBytes, publishing });
  assert.is(result.outcome.status, 'SUCCEEDED', result.outcome.error_message ?? '');
  return result;
}

test('a receipt takes at most sixty reads, whatever the outcome', async () => {
  made ??= makeRun();
  const { artifacts } = await made;
  const cases = [
    ['S50', 'published', 20],
    ['S40', 'held', 20],
    ['S41', 'kept', 20],
    ['S42', 'zeroed', 0],
    ['NONE', 'not_offered', 0],
  ] as const;
  for (const [sku, outcome, offers] of cases) {
    const files = new MemoryRunFiles(artifacts.files);
    const receipt = await receiptFor(files, sku, { windowBytes: 64 });
    assert.equal(receipt.findings, [], sku);
    assert.equal([receipt.outcome, receipt.offers.length], [outcome, offers], sku);
    assert.ok(files.reads.length <= READS_MAX, `${files.reads.length} reads for ${sku}: ${files.reads.join(' ')}`);
    if (offers > 0) assert.ok(files.reads.length > 50, 'the feeds are read in parts');
    for (const offer of receipt.offers) {
      const cell = offer.cells.find(({ column }) => column === 'sku');
      const number = Number(sku.slice(1));
      assert.equal([offer.line, cell?.raw], [number + (number > 42 ? 1 : 2), [sku]]);
    }
  }
});

test('a changed header is found in the first ten files, whose start is read, and in a feed that is read whole', async () => {
  made ??= makeRun();
  const { artifacts } = await made;
  const findingsWith = async (vendorId: string) => {
    const path = `inbound/${vendorId}/feed.csv`;
    const text = new TextDecoder().decode(artifacts.files.get(path));
    const changed = new TextEncoder().encode(text.replace('cost', 'kost'));
    const files = new MemoryRunFiles(new Map([...artifacts.files, [path, changed]]));
    return (await receiptFor(files, 'S50', { windowBytes: 64 })).findings.map(({ code }) => code);
  };
  assert.equal(await findingsWith('v00'), ['row_differs']);
  assert.equal(await findingsWith('v09'), ['row_differs']);
  assert.equal(await findingsWith('v15'), [], 'its header is that of the index');
});

test.run();
