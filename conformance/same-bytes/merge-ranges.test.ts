/** With threads that merge ranges of SKUs, a run writes the same bytes and ends the same way. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkConfig } from '../../core/config/check.ts';
import { PATHS } from '../../core/pipeline/artifacts.ts';
import { runPipeline } from '../../core/pipeline/run.ts';
import type { EngineLimits } from '../../core/ports/engine.ts';
import type { Threads } from '../../core/ports/threads.ts';
import { MemoryArtifacts, MemoryScratch, memoryInputs } from '../../plugins/in-memory/ports.ts';
import { type MemoryCase, type MemoryRun, memoryEngine } from '../../plugins/in-memory/run.ts';
import { type MemoryThreads, memoryThreads } from '../../plugins/in-memory/threads.ts';
import { testRegistry } from '../../plugins/testing/harness.ts';
import { runThreaded, threadedResult, turns } from './threaded-runs.ts';

const SPILLING = { sortBytes: 3000, offersBytes: 2000, mergeBytes: 1000, windowBytes: 64 };
/** Budgets: all in memory, spilling to scratch, and with the kernel. */
const BUDGETS: ReadonlyArray<Partial<EngineLimits>> = [{}, SPILLING, { kernelFromBytes: 0 }];
const IDS = ['a', 'b', 'c', 'd'];

const PRICING = {
  ...{ base_margin_pct: '0.20', min_price: '0', shipping_handling_flat: '0', map_policy: {}, rounding: {} },
};

type Row = readonly [sku: string, quantity: number, cost: number | string];

function caseOf(feeds: ReadonlyArray<readonly Row[]>, change: object = {}, vendor: object = {}): MemoryCase {
  const config = {
    tenant_id: 'northwind',
    timezone: 'UTC',
    default_currency: 'USD',
    vendors: IDS.slice(0, feeds.length).map((vendor_id) => ({
      ...{ vendor_id, inbound: { type: 'local' }, parser: { format: 'csv' } },
      ...vendor,
    })),
    pricing: PRICING,
    merge: { strategy: 'best_offer', best_offer: { sort_by: ['lowest_landed_cost'] } },
    output: { columns: ['sku', 'vendor_id', 'quantity_available', 'price'] },
    ...change,
  };
  const text = (rows: readonly Row[]) => ['sku,quantity_available,cost', ...rows.map((row) => row.join(',')), ''];
  const files = Object.fromEntries(
    feeds.map((rows, i) => [
      IDS[i]!,
      { name: `${IDS[i]}.csv`, bytes: new TextEncoder().encode(text(rows).join('\n')) },
    ]),
  );
  return { config, files, afterWrite: turns };
}

/** Threads that only merge. */
function merging(count: number): MemoryThreads {
  return Object.assign(memoryThreads(count, testRegistry()), { leastBytes: Number.POSITIVE_INFINITY });
}

/** Compares runs with and without threads, and returns the one without. */
async function assertSame(name: string, one: MemoryCase, budgets = BUDGETS): Promise<MemoryRun> {
  let ranges = 0;
  const first = await runThreaded(one, null, budgets[0]);
  for (const limits of budgets) {
    const alone = limits === budgets[0] ? first : await runThreaded(one, null, limits);
    for (const count of limits === SPILLING ? [2] : [3]) {
      const threads = memoryThreads(count, testRegistry());
      assert.equal(
        threadedResult(await runThreaded(one, threads, limits)),
        threadedResult(alone),
        `${name}, ${count} threads`,
      );
      assert.is(threads.live, 0, 'threads are left');
      ranges += threads.ranges;
    }
  }
  assert.ok(ranges > 0, `${name}: no thread merged anything`);
  return first;
}

/** Rows for numbers from 0 on, `step` apart. */
function rows(count: number, sku: (i: number) => string, step = 1): Row[] {
  return Array.from({ length: count }, (_, i) => [sku(i * step), i % 9, `${(i % 50) + 1}.5`]);
}

const skuOf = (i: number) => `S${String(i).padStart(5, '0')}`;

test('SKUs of one vendor, of several, and duplicates come out as without threads, in any range', async () => {
  const many = caseOf([rows(300, skuOf), rows(150, skuOf, 2), rows(100, skuOf, 3), rows(100, (i) => `T${i}`)]);
  await assertSame('overlapping feeds', many);
  const doubled = rows(100, skuOf).flatMap((row): Row[] => [row, [row[0], row[1] + 1, row[2]], row]);
  await assertSame('doubled rows', caseOf([doubled, doubled]));
  await assertSame('summed rows', caseOf([doubled, doubled], {}, { duplicate_sku: 'sum_quantity' }));
  const jsonl = { output: { format: 'jsonl', columns: ['sku', 'vendor_id', 'price'] } };
  await assertSame('JSON lines', caseOf([doubled, rows(200, skuOf)], jsonl));
});

test('one SKU, few SKUs, an empty feed, and feeds without a common SKU come out as without threads', async () => {
  const same = rows(400, () => 'ONE');
  await assertSame('one SKU', caseOf([same, same, [['TWO', 1, 1]]]));
  await assertSame('two SKUs', caseOf([rows(300, (i) => `S${i % 2}`), [['S1', 1, 2]]]));
  await assertSame('an empty feed', caseOf([rows(300, skuOf), [], rows(300, (i) => `A${i}`)]));
  await assertSame(
    'long SKUs',
    caseOf([rows(60, (i) => `${'x'.repeat(900)}${i}`), rows(60, (i) => `${'x'.repeat(899)}${i}`)]),
  );
});

test('warnings about prices have the counts and first examples of all ranges', async () => {
  const odd = rows(200, skuOf).map(([sku, quantity, cost], i): Row => [sku, quantity, i % 7 === 0 ? 0 : cost]);
  const cheap = rows(200, skuOf).map(([sku, quantity], i): Row => [sku, quantity, i % 5 === 0 ? '0.02' : 9_999]);
  const unpriced = rows(300, (i) => `U${i}`).map(([sku, quantity]): Row => [sku, quantity, '']);
  const run = await assertSame('odd prices', caseOf([odd, cheap, rows(200, skuOf), unpriced]));
  const { warnings, unpriced_skus } = run.outcome.summary;
  for (const code of ['zero_cost_wins', 'price_far_below_rivals', 'zero_costs:a', 'placeholder_costs:b', 'duplicate'])
    if (code !== 'duplicate')
      assert.ok(
        warnings.some((warning) => warning.startsWith(code)),
        code,
      );
  assert.is(unpriced_skus.count, 300);
  assert.is(unpriced_skus.skus.length, 100);
});

test('SKUs that differ in case or zeros are found across ranges', async () => {
  const capitals = rows(300, (i) => `AB-${i}`);
  const small = rows(300, (i) => `ab-${i}`);
  const run = await assertSame('case', caseOf([capitals, small, rows(200, (i) => `é${i}`), rows(200, (i) => `É${i}`)]));
  assert.ok(run.outcome.summary.warnings.some((warning) => warning.startsWith('skus_differ_in_case:5')));
  const numbers = await assertSame('zeros', caseOf([rows(300, (i) => `00${i}`), rows(300, (i) => `${i}`)]));
  assert.ok(numbers.outcome.summary.warnings.some((warning) => warning.startsWith('skus_differ_in_zeros:')));
});

test('the first range that fails decides the error, as without threads', async () => {
  const huge = (sku: string): Row[] => Array.from({ length: 10 }, () => [sku, 999_999_999_999_999, 1]);
  const vendor = { duplicate_sku: 'sum_quantity' };
  for (const bad of [['S00280'], ['S00150', 'S00299'], ['S00100', 'S00200', 'S00299']]) {
    const feed = rows(300, skuOf);
    for (const sku of bad) feed.push(...huge(sku));
    const run = await assertSame(bad.join(' '), caseOf([feed, rows(300, skuOf)], {}, vendor));
    assert.is(run.outcome.error_code, 'invalid_input');
    assert.match(run.outcome.error_message!, `SKU "${bad[0]}"`);
    assert.is(run.merged, undefined);
  }
});

test('expectations see all rows and fail the run', async () => {
  const expect = [{ name: 'no free stock', column: 'quantity_available', max: 7, severity: 'error' }];
  const run = await assertSame('expect', caseOf([rows(300, skuOf), rows(100, skuOf)], { expect }));
  assert.is(run.outcome.error_code, 'EXPECTATION_FAILED');
});

test('vendor terms, quantity rules and pricing rules apply in every range', async () => {
  const vendor_terms = {
    rates: { type: 'file', local_path: 'rates.csv' },
    vendors: [
      { vendor_id: 'a', handling_pct: '0.05', handling_fixed: '1.25' },
      { vendor_id: 'b', currency: 'GBP' },
    ],
  };
  const change = {
    pricing: { ...PRICING, min_price: '9.99', rounding: { increment: '0.05' }, vendor_terms },
    quantity: { rules: [{ buffer: { units: 1, pct: '0.1' }, cap: 5 }] },
  };
  const one = caseOf([rows(200, skuOf), rows(200, skuOf, 2)], change);
  const rates = new TextEncoder().encode('currency,rate\nGBP,1.2345678901234567\n');
  const run = await assertSame('rules', { ...one, sideFiles: { 'rates.csv': rates } });
  assert.is(run.outcome.status, 'SUCCEEDED');
});

test('plugins that threads lack, and few offers, keep the merge in one thread', async () => {
  const one = caseOf([rows(300, skuOf), rows(300, skuOf)]);
  const started = async (change: Partial<Threads>) => {
    const threads = merging(2);
    await runThreaded(one, Object.assign(threads, change), {});
    return threads.started;
  };
  // the last vendor is merged straight from its segment
  assert.is(await started({}), 0);
  assert.is(await started({ leastBytes: 0 }), 2 + 1);
  assert.is(await started({ leastBytes: 0, leastMergeBytes: 1_000_000 }), 2);
  assert.is(await started({ leastBytes: 0, canRun: ({ id }) => id !== 'best_offer' }), 0);
});

/** Merges in ranges, and calls `onMerged` with the rows so far. */
async function runWatched(threads: Threads, count: number, onMerged: (rows: number, abort: AbortController) => void) {
  const registry = testRegistry();
  const one = caseOf([rows(count, skuOf), rows(count, skuOf)]);
  const checked = checkConfig(one.config, registry);
  assert.ok(checked.ok);
  const artifacts = new MemoryArtifacts(undefined, turns);
  const scratch = new MemoryScratch();
  const abort = new AbortController();
  const outcome = await runPipeline(
    { ...memoryEngine(registry, SPILLING), threads },
    {
      ...{ runId: 'run-1', config: checked.config, rawConfig: one.config, configVersion: 1, now: 1_800_000_000 },
      ...{ inputs: memoryInputs(one.files), artifacts, scratch, signal: abort.signal },
      onEvent: (event) => {
        if (event.type === 'merged') onMerged(event.rows, abort);
      },
    },
  );
  assert.is(artifacts.open, 0);
  assert.is(scratch.live, 0);
  return { outcome, artifacts };
}

async function runUntil(threads: Threads, stop: (abort: AbortController, rows: number) => void) {
  const { outcome, artifacts } = await runWatched(threads, 2000, (rows, abort) => stop(abort, rows));
  assert.is(outcome.failed_stage, 'MERGE_PRICE');
  assert.not.ok(artifacts.files.has(PATHS.merged('csv')));
  return outcome;
}

test('a merge in ranges says how many rows all threads have written, never fewer than before', async () => {
  const seen: number[] = [];
  const { outcome } = await runWatched(memoryThreads(2, testRegistry()), 200, (rows) => void seen.push(rows));
  assert.is(outcome.status, 'SUCCEEDED');
  assert.equal(
    seen,
    [...seen].sort((a, b) => a - b),
  );
  assert.is(seen.at(-1), 200);
});

test('a cancelled merge ends its threads and leaves nothing open', async () => {
  const threads = memoryThreads(2, testRegistry());
  const outcome = await runUntil(threads, (abort) => abort.abort());
  assert.is(outcome.error_code, 'CANCELLED');
  assert.is(threads.live, 0);
});

test('a thread that dies while it merges fails the run', async () => {
  const threads = memoryThreads(2, testRegistry());
  let report: (error: unknown) => void = () => {};
  const start: Threads['start'] = () => ({
    ...threads.start(),
    onDeath: (tell) => {
      report = tell;
    },
  });
  const outcome = await runUntil(Object.assign({ ...threads }, { start }), () => report(new Error('it is gone')));
  assert.is(outcome.error_code, 'internal_error');
  assert.is((outcome.error as Error).message, 'it is gone');
  assert.is(threads.live, 0);
});

test.run();
