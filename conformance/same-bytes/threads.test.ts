/** With threads a run writes the same bytes and ends the same way. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { built } from '../../cli/testing/compiled.ts';
import { filesIn, inFolder, writeFileIn } from '../../cli/testing/sandbox.ts';
import { checkConfig } from '../../core/config/check.ts';
import { runPipeline } from '../../core/pipeline/run.ts';
import type { Threads } from '../../core/ports/threads.ts';
import { shareOf } from '../../core/testing/share.ts';
import { MemoryArtifacts, MemoryScratch, memoryInputs } from '../../plugins/in-memory/ports.ts';
import { type MemoryCase, memoryEngine } from '../../plugins/in-memory/run.ts';
import { type MemoryThreads, memoryThreads } from '../../plugins/in-memory/threads.ts';
import { testRegistry } from '../../plugins/testing/harness.ts';
import { generateCase } from '../oracle/generate/generate.ts';
import { runThreaded, threadedResult, turns } from './threaded-runs.ts';

const SEEDS = 40;
const SPILLING = { sortBytes: 3000, offersBytes: 2000, mergeBytes: 1000, windowBytes: 64 };

function assertEnded({ live }: MemoryThreads): void {
  assert.is(live, 0, 'threads are left');
}

test('property: tenants end the same way with the same files, with 1, 2 or 3 threads and budgets that spill', async () => {
  let used = 0;
  let ranges = 0;
  let failed = 0;
  const { from, to } = shareOf(SEEDS, 6);
  for (let seed = from; seed < to; seed++) {
    const one = { ...(generateCase(seed) as unknown as MemoryCase), chunkBytes: 700, afterWrite: turns };
    const limits = seed % 2 === 0 ? SPILLING : { errorsMax: 1 + (seed % 3) };
    const alone = await runThreaded(one, null, limits);
    if (alone.outcome.status === 'FAILED') failed++;
    for (const count of [1, 2, 3]) {
      const threads = memoryThreads(count, testRegistry());
      const run = await runThreaded(one, threads, limits);
      assert.equal(threadedResult(run), threadedResult(alone), `seed ${seed}, ${count} threads`);
      assertEnded(threads);
      used += threads.started;
      ranges += threads.ranges;
    }
  }
  assert.ok(used > to - from, `only ${used} threads were started`);
  assert.ok(failed > Math.ceil((2 * (to - from)) / SEEDS), 'too few of the runs fail');
  assert.ok(ranges > to - from, `threads merged only ${ranges} ranges`);
});

const CONFIG = {
  tenant_id: 'northwind',
  timezone: 'UTC',
  default_currency: 'USD',
  vendors: ['a', 'b', 'c', 'd', 'e', 'f'].map((vendor_id) => ({
    vendor_id,
    inbound: { type: 'local' },
    parser: { format: 'csv' },
  })),
  pricing: { base_margin_pct: '0.20', min_price: '1', shipping_handling_flat: '1', map_policy: {}, rounding: {} },
  merge: { strategy: 'best_offer', best_offer: { sort_by: ['lowest_landed_cost'] } },
  output: { columns: ['sku', 'vendor_id', 'price'] },
  error_policy: { max_invalid_rows: 1_000_000, max_invalid_row_pct: 1 },
};

function feed(rows: number, row = (i: number) => `S${i},${i % 7},${i % 50}.5`): Uint8Array {
  const lines = Array.from({ length: rows }, (_, i) => row(i));
  return new TextEncoder().encode(['sku,quantity_available,cost', ...lines, ''].join('\n'));
}

function sixFeeds(change: Record<string, Uint8Array> = {}): MemoryCase {
  const ids = CONFIG.vendors.map(({ vendor_id }) => vendor_id);
  const files = Object.fromEntries(ids.map((id) => [id, { name: `${id}.csv`, bytes: change[id] ?? feed(300) }]));
  return { config: CONFIG, files };
}

test('the first unreadable feed in vendor order fails the run, and no later artifact appears', async () => {
  const bad = new TextEncoder().encode('sku,quantity_available,cost\nA,1,2\n"B",1,\xff\n'.replace('\xff', ''));
  const notUtf8 = Uint8Array.from([...bad, 0x41, 0xff, 0x2c, 0x31, 0x2c, 0x31, 0x0a]);
  const large = feed(5000, (i) => `L${i},1,1`);
  const one = sixFeeds({ a: large, b: Uint8Array.from([...large, ...notUtf8]), d: notUtf8, f: notUtf8 });
  const alone = await runThreaded(one, null);
  assert.is(alone.outcome.error_code, 'DECODE_ERROR');
  assert.match(alone.outcome.error_message!, /^vendor b:/);
  const threads = memoryThreads(3, testRegistry());
  assert.equal(threadedResult(await runThreaded(one, threads)), threadedResult(alone));
  assertEnded(threads);
});

test('limits of errors.json apply across threads: entries, characters, counts and examples', async () => {
  const half = feed(400, (i) => (i % 2 === 0 ? `S${i},x,${i}` : `S${i},1,-1`));
  const one = sixFeeds({ b: half, c: half, e: half });
  for (const limits of [{ errorsMax: 1 }, { errorsMax: 250 }, { errorsMax: 401 }, { errorsCharsMax: 70_000 }]) {
    const alone = await runThreaded(one, null, limits);
    const threads = memoryThreads(2, testRegistry());
    assert.equal(
      threadedResult(await runThreaded(one, threads, limits)),
      threadedResult(alone),
      JSON.stringify(limits),
    );
    assert.is(threads.started, 2 + 1);
  }
});

test('small feeds, and plugins that threads lack, keep a run in one thread', async () => {
  const one = sixFeeds();
  const threads = memoryThreads(2, testRegistry());
  await runThreaded(one, { ...threads, leastBytes: 1_000_000, leastMergeBytes: 1_000_000 });
  await runThreaded(one, { ...threads, canRun: ({ id }) => id !== 'csv' });
  await runThreaded({ ...one, vendors: ['c'] }, threads);
  assert.is(threads.started, 0);
  await runThreaded(one, { ...threads, leastMergeBytes: 1_000_000 });
  assert.is(threads.started, 2);
});

test('a cancelled run ends its threads and leaves nothing open', async () => {
  const registry = testRegistry();
  const threads = memoryThreads(2, registry);
  const checked = checkConfig(CONFIG, registry);
  assert.ok(checked.ok);
  const { files } = sixFeeds({ a: feed(20_000), b: feed(20_000) });
  const artifacts = new MemoryArtifacts();
  const scratch = new MemoryScratch();
  const abort = new AbortController();
  const outcome = await runPipeline(
    { ...memoryEngine(registry, SPILLING), threads },
    {
      ...{ runId: 'run-1', config: checked.config, rawConfig: CONFIG, configVersion: 1, now: 1_800_000_000 },
      ...{ inputs: memoryInputs(files), artifacts, scratch, signal: abort.signal },
      onEvent: ({ type }) => {
        if (type === 'rows') abort.abort();
      },
    },
  );
  assert.is(outcome.error_code, 'CANCELLED');
  assert.is(outcome.failed_stage, 'NORMALIZE');
  assertEnded(threads);
  assert.is(artifacts.open, 0);
  assert.is(scratch.live, 0);
  assert.not.ok([...artifacts.files.keys()].some((name) => name.startsWith('normalized/')));
});

test('a thread that dies fails the run', async () => {
  const threads = memoryThreads(2, testRegistry());
  const start: Threads['start'] = () => ({
    ...threads.start(),
    onDeath: (report) => setImmediate(() => report(new Error('it is gone'))),
  });
  const run = await runThreaded(sixFeeds({ a: feed(20_000) }), { ...threads, start });
  assert.is(run.outcome.error_code, 'internal_error');
  assert.is((run.outcome.error as Error).message, 'it is gone');
  assertEnded(threads);
  assert.is(run.artifacts.open, 0);
});

/** Starts threads for feeds and merges of any size. */
const AT_ONCE = { RUN_THREADS_MIN_BYTES: '0', RUN_MERGE_THREADS_MIN_BYTES: '0' };

test('the command uses real threads and writes the same files, also when it publishes', () =>
  inFolder(async (folder) => {
    const write = (config: object, into: string, files: MemoryCase['files']) => {
      for (const [id, file] of Object.entries(files))
        writeFileIn(folder, `${into}/${id}/${(file as { name: string }).name}`, (file as { bytes: Uint8Array }).bytes);
      return writeFileIn(folder, `${into}.json`, JSON.stringify(config));
    };
    const filesOf = (from: string, threads: number, more: string[] = [], env: Record<string, string> = {}) => {
      const out = path.join(folder, `out-${from}-${threads}`);
      const args = [
        'run',
        '--config',
        path.join(folder, `${from}.json`),
        '--input',
        path.join(folder, from),
        '--out',
        out,
      ];
      const { status, stderr } = spawnSync(
        process.execPath,
        [built('cli/main.ts'), ...args, '--run-id', 'r', '--now', '2026-11-01T06:00:00Z', ...more],
        {
          env: { ...process.env, RUN_THREADS: String(threads), ...AT_ONCE, ...env },
          encoding: 'utf8',
        },
      );
      assert.is(status, 0, stderr);
      return filesIn(out)
        .filter((name) => !/run_summary|row_index/.test(name))
        .map((name) => [name, fs.readFileSync(path.join(out, name), 'utf8')]);
    };
    const config = { ...CONFIG, output: { columns: ['sku', 'vendor_id', 'quantity_available', 'price'] } };
    // threads merge ranges where nothing is published, else one merges ahead
    write(config, 'monday', sixFeeds({ c: feed(3000, (i) => `S${i},${i === 7 ? 'x' : 1},2`) }).files);
    const alone = filesOf('monday', 1);
    assert.ok(alone.length > 12);
    assert.equal(filesOf('monday', 2), alone);
    const spilling = { MEMORY_SORT_BYTES: '65536', MEMORY_OFFERS_BYTES: '0', MEMORY_MERGE_BYTES: '65536' };
    assert.equal(filesOf('monday', 3, [], spilling), alone);
    const publish = { holds: { price_rise_pct: '0.2', new_sku: 'hold' } };
    write(
      { ...config, publish },
      'tuesday',
      sixFeeds({ c: feed(3000, (i) => `S${i + (i % 10 === 0 ? 5000 : 0)},1,${i % 9}`) }).files,
    );
    const baseline = ['--baseline', path.join(folder, 'out-monday-1', 'r', 'tenants', 'northwind')];
    const next = filesOf('tuesday', 1, baseline);
    const holds = next.find(([name]) => name?.endsWith('reports/holds.csv'))?.[1] ?? '';
    assert.ok(holds.split('\n').length > 100, holds.slice(0, 200));
    assert.equal(filesOf('tuesday', 2, baseline), next);
  }));

test.run();
