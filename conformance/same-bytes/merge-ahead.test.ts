/** With a thread that merges ahead of the join with the published feed, a run writes the same bytes and ends the same way. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { EngineLimits } from '../../core/ports/engine.ts';
import type { PublishRequest } from '../../core/ports/publishing.ts';
import type { Threads } from '../../core/ports/threads.ts';
import { baselineOf, decisionsOf } from '../../plugins/in-memory/published.ts';
import type { MemoryCase, MemoryRun } from '../../plugins/in-memory/run.ts';
import { type MemoryThreads, memoryThreads } from '../../plugins/in-memory/threads.ts';
import { testRegistry } from '../../plugins/testing/harness.ts';
import { runThreaded, threadedResult, turns } from './threaded-runs.ts';

const SPILLING = { sortBytes: 3000, offersBytes: 2000, mergeBytes: 1000, windowBytes: 64 };
/** Budgets: all in memory, spilling to scratch, and with the kernel. */
const WITH_KERNEL = { kernelFromBytes: 0 };
const BUDGETS: ReadonlyArray<Partial<EngineLimits>> = [{}, SPILLING, WITH_KERNEL];
const IDS = ['a', 'b', 'c'];

const CONFIG = {
  ...{ tenant_id: 'northwind', timezone: 'UTC', default_currency: 'USD' },
  pricing: {
    ...{ base_margin_pct: '0.20', min_price: '0', shipping_handling_flat: '0', map_policy: {}, rounding: {} },
  },
  merge: { strategy: 'best_offer', best_offer: { sort_by: ['lowest_landed_cost'] } },
  output: { columns: ['sku', 'quantity_available', 'price', 'title', 'vendor_id', 'updated_at'] },
  error_policy: { max_invalid_rows: 1000, max_invalid_row_pct: 1 },
  publish: {
    vanished: { removed: 'zero', rejected: 'keep', unpriced: 'keep' },
    holds: { price_rise_pct: 0.5, price_drop_pct: 0.5, below_cost: true, new_sku: 'hold' },
  },
  guardrails: { max_sku_drop_pct: 0.5, max_median_price_change_pct: 0.9, max_vendor_row_drop_pct: 0.9, min_skus: 1 },
};

type Row = readonly [sku: string, quantity: number | string, cost: number | string, title?: string];

function caseOf(feeds: ReadonlyArray<readonly Row[]>, change: object = {}, vendor: object = {}): MemoryCase {
  const vendors = IDS.slice(0, feeds.length).map((vendor_id) => ({
    ...{ vendor_id, inbound: { type: 'local' }, parser: { format: 'csv' } },
    ...vendor,
  }));
  const text = (rows: readonly Row[]) =>
    ['sku,quantity_available,cost,title', ...rows.map((row) => [...row, ''].slice(0, 4).join(',')), ''].join('\n');
  const files = Object.fromEntries(
    feeds.map((rows, i) => [IDS[i]!, { name: `${IDS[i]}.csv`, bytes: new TextEncoder().encode(text(rows)) }]),
  );
  return { config: { ...CONFIG, vendors, ...change }, files, afterWrite: turns };
}

function publishingOf(files: ReadonlyMap<string, Uint8Array>, decisions = ''): PublishRequest {
  const baseline = baselineOf({ runId: 'before', read: (path) => files.get(path), chunkBytes: 700 });
  return { baseline, decisions: decisions === '' ? null : decisionsOf(decisions), force: null };
}

/** Compares runs with and without threads, and returns the last one without. */
async function assertSame(name: string, one: MemoryCase, budgets = BUDGETS): Promise<MemoryRun> {
  let last: MemoryRun | null = null;
  for (const limits of budgets) {
    const threads = memoryThreads(2, testRegistry());
    const alone = await runThreaded(one, null, limits);
    assert.equal(threadedResult(await runThreaded(one, threads, limits)), threadedResult(alone), name);
    assert.is(threads.live, 0, 'threads are left');
    assert.is(threads.ranges, 0, 'ranges would be joined out of order');
    assert.ok(threads.parts > 0, `${name}: no thread merged ahead`);
    last = alone;
  }
  return last!;
}

const skuOf = (i: number) => `S${String(i).padStart(4, '0')}`;

function rows(
  count: number,
  change: (i: number) => Partial<Record<0 | 1 | 2 | 3, number | string>> = () => ({}),
  step = 1,
): Row[] {
  return Array.from({ length: count }, (_, i) => {
    const row: Row = [skuOf(i * step), i % 9, `${(i % 50) + 1}.5`, i % 10 === 0 ? '"a ""title"", two\nlines"' : 'x'];
    return Object.assign([...row], change(i)) as unknown as Row;
  });
}

/** What changes from the first day to the second. */
function changed(i: number): Partial<Record<0 | 1 | 2, number | string>> {
  if (i % 37 === 0) return { 0: `T${i}` };
  if (i % 31 === 0) return { 1: 'many' };
  if (i % 29 === 0) return { 2: '' };
  if (i % 23 === 0) return { 2: 999 };
  if (i % 19 === 0) return { 2: '0.25' };
  return i % 5 === 0 ? { 1: 77 } : {};
}

const FIRST = [rows(200), rows(150, () => ({}), 2)];
const SECOND = [rows(200, changed), rows(150, changed, 2)];

const DECISIONS = [
  'sku,decision,price,run_id,expires_at,reason,baseline_run_id',
  'S0023,accept,1198.80,run,,,before',
  'S0046,reject,1198.80,run,,,before',
  'S9999,accept,1,run,,,before',
  '',
].join('\n');

test('a first publication, the next day, decisions and the day after it come out as without a thread', async () => {
  for (const [format, budgets] of [
    ['csv', BUDGETS],
    ['jsonl', [SPILLING]],
  ] as const) {
    const change = { output: { ...CONFIG.output, format } };
    let before = await assertSame(`${format}, first`, caseOf(FIRST, change), budgets.slice(-1));
    for (const decisions of ['', DECISIONS]) {
      const publishing = publishingOf(before.artifacts.files, decisions);
      before = await assertSame(`${format}, next`, { ...caseOf(SECOND, change), publishing }, budgets);
      assert.is(before.outcome.status, 'SUCCEEDED');
    }
    const { held, vanished } = before.outcome.summary.publish!;
    assert.ok(held > 0 && vanished.removed! > 0, 'the days are too alike');
  }
});

test('terms, sums, quantity rules, and prices that no number holds, come out as without a thread', async () => {
  const vendor_terms = {
    rates: { type: 'file', local_path: 'rates.csv' },
    vendors: [
      { vendor_id: 'a', handling_pct: '0.05', handling_fixed: '1.25' },
      { vendor_id: 'b', currency: 'GBP' },
    ],
  };
  const quantity = { rules: [{ buffer: { units: 1, pct: '0.1' }, cap: 5 }] };
  const sideFiles = { 'rates.csv': new TextEncoder().encode('currency,rate\nGBP,1.2345678901234567\n') };
  const terms = { quantity, pricing: { ...CONFIG.pricing, vendor_terms } };
  const doubled = SECOND.map((feed) => feed.flatMap((row) => [row, row]));
  const first = await runThreaded({ ...caseOf(FIRST, terms), sideFiles }, null);
  const publishing = publishingOf(first.artifacts.files);
  const summed = { ...caseOf(doubled, terms, { duplicate_sku: 'sum_quantity' }), sideFiles, publishing };
  assert.is((await assertSame('terms', summed, [SPILLING, WITH_KERNEL])).outcome.status, 'SUCCEEDED');
  const handling = { vendors: [{ vendor_id: 'a', handling_pct: '8' }] };
  const dear = {
    ...{ default_currency: 'KWD', guardrails: {}, publish: { holds: {} } },
    pricing: { ...CONFIG.pricing, base_margin_pct: '1000', vendor_terms: handling },
  };
  const run = await assertSame('prices', caseOf([rows(60, (i) => ({ 2: i % 2 === 0 ? 999_999_999 : 1 })), []], dear), [
    WITH_KERNEL,
  ]);
  // in thousandths above 2^53
  assert.match(run.merged!, /,9008999990991\.000,/);
});

test('the first that fails in the order of SKUs decides the error: the merge, or the published feed', async () => {
  const first = await runThreaded(caseOf(FIRST), null);
  const feed = first.artifacts.text('outputs/merged_inventory.csv')!;
  const huge = Array.from({ length: 10 }, (): Row => ['S0120', 999_999_999_999_999, 1]);
  for (const [bad, error] of [
    ['S0060', /no amount/],
    ['S0190', /SKU "S0120"/],
  ] as const) {
    const files = new Map(first.artifacts.files);
    files.set(
      'outputs/merged_inventory.csv',
      new TextEncoder().encode(feed.replace(new RegExp(`(${bad},\\d+,)[^,]+`), '$1dear')),
    );
    const publishing = publishingOf(files);
    const feeds = [[...SECOND[0]!, ...huge], SECOND[1]!];
    const one = { ...caseOf(feeds, {}, { duplicate_sku: 'sum_quantity' }), publishing };
    const run = await assertSame(bad, one, [SPILLING]);
    assert.is(run.outcome.error_code, 'invalid_input');
    assert.match(run.outcome.error_message!, error);
  }
});

test('a tripped guardrail leaves the same candidate', async () => {
  const first = await runThreaded(caseOf(FIRST), null);
  const publishing = publishingOf(first.artifacts.files);
  const run = await assertSame('trips', { ...caseOf([rows(60, changed), rows(30)]), publishing }, [WITH_KERNEL]);
  assert.is(run.outcome.error_code, 'GUARDRAIL_TRIPPED');
  assert.ok(run.artifacts.files.has('outputs/candidate_inventory.csv'));
});

test('few offers are merged in one thread; half of what ranges need is enough', async () => {
  const started = async (leastMergeBytes: number) => {
    const threads = Object.assign(memoryThreads(2, testRegistry()), { leastMergeBytes });
    await runThreaded(caseOf([rows(40), rows(40)]), threads);
    return threads.started;
  };
  // 80 offers of 72 to 200 bytes
  assert.equal([await started(80 * 72), await started(2 * 80 * 72), await started(2 * 80 * 200)], [2 + 1, 2 + 1, 2]);
});

test('a thread that dies while it merges ahead fails the run', async () => {
  const threads = memoryThreads(2, testRegistry());
  const start: Threads['start'] = () => {
    const thread = threads.start();
    const isAhead = threads.started > 2;
    return { ...thread, onDeath: (tell) => void (isAhead && setImmediate(() => tell(new Error('it is gone')))) };
  };
  const run = await runThreaded(caseOf(FIRST), Object.assign({ ...threads }, { start }) as MemoryThreads, SPILLING);
  assert.is(run.outcome.error_code, 'internal_error');
  assert.is((run.outcome.error as Error).message, 'it is gone');
  assert.equal([threads.live, run.artifacts.open, run.scratch.live], [0, 0, 0]);
});

test.run();
