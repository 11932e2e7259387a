/** What random histories of publications leave behind, and what is said of their SKUs, differences and simulations, in a line for each history. */
import { createHash } from 'node:crypto';
import { askHere } from '../../api/testing/ask-here.ts';
import { MemoryArtifactFiles } from '../../api/testing/memory-objects.ts';
import { checkConfig } from '../../core/config/check.ts';
import { RelayError } from '../../core/errors.ts';
import { SKU_LISTS, type SkuListName, VENDOR_LISTS } from '../../core/explain/lists/listed-sku.ts';
import { receiptLines } from '../../core/explain/receipt/text.ts';
import { simulateRun } from '../../core/pipeline/simulate/simulate.ts';
import { readStoredRun } from '../../core/pipeline/simulate/stored-run.ts';
import { MemoryScratch } from '../../plugins/in-memory/ports.ts';
import { type HarnessResult, testEngine, testRegistry } from '../../plugins/testing/harness.ts';
import { compareHistory } from '../publish/histories.ts';

const TENANT = 'shop';
/** Histories in most of which few runs fail. */
const SEEDS = [
  ...[6, 26, 40, 42, 43, 50, 55, 57, 61, 65, 82, 83, 89, 92, 95, 104, 108, 110, 120, 128, 133, 146, 148, 150],
  ...[151, 156, 166, 168, 0, 1, 2, 3],
];
export const HISTORY_COUNT = SEEDS.length;
/** Those of the histories, and one that none has. */
const SKUS = ['A', 'AA', 'B,1', 'C"', 'D', 'é', 'LONG-SKU-0001', 'NONE'];
/** What a simulation changes in a config. */
const CHANGES: Array<(config: Record<string, object>) => object> = [
  ({ pricing, ...rest }) => ({ ...rest, pricing: { ...pricing, base_margin_pct: '0.35', min_price: '6' } }),
  ({ publish, ...rest }) => ({
    ...rest,
    publish: { ...publish, holds: { price_rise_pct: '0.05', price_drop_pct: '0' } },
  }),
  (config) => ({ ...config, guardrails: { min_skus: 5, max_sku_drop_pct: '0.1' } }),
  ({ vendors, ...rest }) => ({ ...rest, vendors: (vendors as object[]).slice(1) }),
  ({ output, ...rest }) => ({ ...rest, output, expect: [{ name: 'cheap', column: 'price', max: '12' }] }),
];

export async function ofHistory(number: number): Promise<string> {
  const store = new MemoryArtifactFiles();
  store.chunkBytes = 4096;
  const ask = askHere(store);
  const runs: string[] = [];
  const parts: string[] = [];
  const add = async (name: string, work: () => Promise<unknown>) => parts.push(`${name} ${digest(await saidBy(work))}`);
  const watch = async (runId: string, { outcome, artifacts }: HarnessResult) => {
    for (const [path, bytes] of artifacts.files) store.objects.set(`${runId}/tenants/${TENANT}/${path}`, bytes);
    const files = [...artifacts.files].map(([path, bytes]) => `${path} ${digest(bytes)}`);
    parts.push(`${runId} ${outcome.status} ${digest(JSON.stringify(outcome))} ${digest(files.sort().join())}`);
    for (const sku of SKUS)
      await add(sku, async () =>
        receiptLines(JSON.parse(await ask({ type: 'explain', tenantId: TENANT, runId, sku }))),
      );
    for (const list of outcome.status === 'SUCCEEDED' ? (Object.keys(SKU_LISTS) as SkuListName[]) : []) {
      const vendorId = VENDOR_LISTS.includes(list) ? 'b' : null;
      await add(list, () =>
        ask({ type: 'skus', tenantId: TENANT, runId, wanted: { list, vendorId, limit: 4, after: null } }),
      );
    }
    runs.unshift(runId);
  };
  await compareHistory(SEEDS[number]!, new Set(), { watch });
  for (const sku of SKUS.slice(0, 4))
    await add(`history of ${sku}`, () =>
      ask({ type: 'history', tenantId: TENANT, runIds: runs, sku, entries: 3, orCandidate: sku === 'A' }),
    );
  const fed = runs.filter((runId) => feedKey(store, runId) !== undefined);
  for (const [i, runId] of fed.slice(0, -1).entries()) {
    const [before, after] = [fed[i + 1] as string, runId].map((id) => ({
      runId: id,
      tenantId: TENANT,
      key: feedKey(store, id) as string,
      etag: null as never,
    }));
    await add(`difference of ${runId}`, () =>
      ask({ type: 'diff', tenantId: TENANT, before: before!, after: after!, attribute: { causes: null, limit: 5 } }),
    );
  }
  for (const runId of fed.slice(0, 2)) await add(`simulation of ${runId}`, () => simulated(store, runId, number));
  return `${number} ${parts.join(', ')}`;
}

function feedKey(store: MemoryArtifactFiles, runId: string): string | undefined {
  const keys = ['csv', 'jsonl'].map((format) => `${runId}/tenants/${TENANT}/outputs/merged_inventory.${format}`);
  return keys.find((key) => store.objects.has(key));
}

async function simulated(store: MemoryArtifactFiles, runId: string, number: number): Promise<unknown> {
  const past = await readStoredRun(store, { runId, tenantId: TENANT });
  const rawConfig = CHANGES[number % CHANGES.length]!(past.rawConfig as Record<string, object>);
  const checked = checkConfig(rawConfig, testRegistry());
  if (!checked.ok) return checked.problems;
  const sideFile = () => Promise.reject(new RelayError('invalid_input', 'no side file'));
  return simulateRun(testEngine(), {
    config: checked.config,
    rawConfig,
    past,
    today: { sideFile },
    scratch: new MemoryScratch(),
  });
}

/** What it answers, or the error that it throws. */
async function saidBy(work: () => Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify(await work());
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
    return `${error.code} ${error.message}`;
  }
}

function digest(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 6);
}
