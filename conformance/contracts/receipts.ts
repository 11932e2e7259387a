/** What receipts need from every `ArtifactStore`: reading a run's files by ranges, with few reads. */
import * as assert from 'uvu/assert';
import { storedRunFiles } from '../../api/questions/questions.ts';
import { explainSku } from '../../core/explain/explain.ts';
import { historyOf } from '../../core/explain/history.ts';
import { listSkus } from '../../core/explain/lists/sku-list.ts';
import type { ArtifactStore } from '../../core/ports/service/objects.ts';
import { MemoryScratch } from '../../plugins/in-memory/ports.ts';
import { runCase, testEngine } from '../../plugins/testing/harness.ts';
import { type ArtifactSubject, put } from './artifact-subject.ts';
import type { ContractCase } from './support.ts';

/** The number of vendors that one run must support. */
const VENDORS = Array.from({ length: 20 }, (_, i) => `v${String(i).padStart(2, '0')}`);
const PREFIX = 'run-1/tenants/shop/';
const LIMITS = { windowBytes: 128 };
/** Independent of how many vendors offer the SKU: see `docs/EXPLAINING.md`. */
const READS_MAX = 60;

const CONFIG = {
  tenant_id: 'shop',
  timezone: 'UTC',
  default_currency: 'USD',
  vendors: VENDORS.map((vendor_id) => ({ vendor_id, inbound: { type: 'local' }, parser: { format: 'csv' } })),
  pricing: { base_margin_pct: '0.2', min_price: 0, shipping_handling_flat: 5, map_policy: {}, rounding: {} },
  merge: { strategy: 'best_offer' },
  output: { columns: ['sku', 'vendor_id', 'quantity_available', 'price'] },
};

/** Five vendors offer each of the SKUs 0 to 199; all of them offer `S`. Made once for all stores. */
let made: Promise<ReadonlyMap<string, Uint8Array>> | null = null;

async function makeRun(): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = VENDORS.map((id, v) => {
    const rows = Array.from({ length: 200 }, (_, i) => i).filter((i) => (i + v) % 4 === 0);
    const lines = rows.map((i) => `S${i},${(i + v) % 7},${10 + ((i * v) % 90)}`);
    lines.push(`S,1,${50 + v}`);
    const text = `sku,quantity_available,cost\n${lines.join('\n')}\n`;
    return [id, { name: 'feed.csv', bytes: new TextEncoder().encode(text) }] as const;
  });
  const { artifacts, outcome } = await runCase({ config: CONFIG, files: Object.fromEntries(files), limits: LIMITS });
  assert.is(outcome.status, 'SUCCEEDED', outcome.error_message ?? '');
  return artifacts.files;
}

export const receiptCases: ReadonlyArray<ContractCase<ArtifactSubject>> = [
  {
    name: 'a SKU of a run is explained by reads of ranges, at most sixty of them',
    run: async ({ store }) => {
      made ??= makeRun();
      for (const [path, bytes] of await made) await put(store, PREFIX + path, bytes);
      let reads = 0;
      const counting: Pick<ArtifactStore, 'read'> = {
        read: (key, options) => {
          reads++;
          return store.read(key, options);
        },
      };
      const files = storedRunFiles(counting, PREFIX);
      for (const [sku, offers] of [
        ['S0', 5],
        ['S101', 5],
        ['S199', 5],
        ['S', 20],
        ['NONE', 0],
      ] as const) {
        reads = 0;
        const options = { engine: testEngine([], LIMITS), files, scratch: new MemoryScratch(), sku };
        const receipt = await explainSku(options);
        assert.equal(receipt.findings, [], sku);
        assert.equal([receipt.outcome, receipt.offers.length], [offers > 0 ? 'published' : 'not_offered', offers], sku);
        assert.is(receipt.price?.written, receipt.feed?.row.price, sku);
        assert.ok(reads <= READS_MAX, `${reads} reads for ${sku}`);
      }
      const options = { engine: testEngine([], LIMITS), files, scratch: new MemoryScratch() };
      const lost = await listSkus(options, { list: 'lost', vendorId: 'v19', limit: 3, after: 'S' });
      assert.equal([lost.skus.length, lost.next !== null, lost.skus[0]?.loser], [3, true, 'v19']);
      const { entries } = await historyOf([{ runId: 'run-1', files }], { sku: 'S101', limit: 5 });
      assert.equal(
        entries.map(({ outcome }) => outcome),
        ['published'],
      );
    },
  },
];
