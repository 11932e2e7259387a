/** A run uses the decisions of one moment, whatever is decided while it works and however often it is retried. */
import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { InputManifest } from '../../core/pipeline/fetch/input-manifest.ts';
import { decisionsKey, takeDecision } from '../../core/pipeline/publish/holds/decisions.ts';
import { DEFAULT_LIMITS } from '../../core/ports/engine.ts';
import {
  busy,
  CONFIG,
  onWrite,
  TENANT,
  type WorkerHarness,
  withMethods,
  withWorker,
} from '../testing/worker-harness.ts';

const FEED = 'outputs/merged_inventory.csv';
const COPY = 'reports/decisions.csv';
const ACCEPTED = /^A2,acme,3,121\.20$/m;
const HELD = /^A2,acme,3,25\.20$/m;

/** Run `r1` is published, and `r2` holds the price of A2. */
async function holdOne(harness: WorkerHarness): Promise<void> {
  const publish = { holds: { price_rise_pct: '0.5' } };
  await harness.stores.tenants.putConfig(TENANT, { ...CONFIG, publish }, harness.time);
  await work(harness, 'r1');
  await harness.putFeed('acme', 'sku,quantity_available,cost\nA1,5,10\nA2,3,100\n');
  await work(harness, 'r2');
  assert.match((await harness.artifactsOf('r2'))[FEED]!, HELD);
}

async function startRun(harness: WorkerHarness, runId: string, force = false): Promise<void> {
  const made = { runId, tenantId: TENANT, configVersion: 2, vendors: [], force, now: harness.time };
  assert.is((await harness.stores.runs.create(made)).status, 'created');
  await harness.stores.queue.send({ run_id: runId, tenant_id: TENANT, vendors: [], config_version: 2 });
}

async function work(harness: WorkerHarness, runId: string, deps = harness.deps()): Promise<void> {
  harness.time += 1000;
  await startRun(harness, runId);
  await harness.handleNext(deps);
  assert.is((await harness.run(runId)).status, 'SUCCEEDED');
}

function decide({ stores, time }: WorkerHarness, decision: 'accept' | 'reject' = 'accept'): Promise<unknown> {
  const about = {
    runId: 'r2',
    baselineRunId: 'r1',
    holdsKey: `r2/tenants/${TENANT}/reports/holds.csv`,
    skus: null,
    decision,
  };
  const taken = { ...about, reason: 'checked', expiresAt: null, decidedAt: new Date(time).toISOString() };
  return takeDecision(stores.artifacts, TENANT, taken, { ...DEFAULT_LIMITS, decisionsMax: 10 });
}

async function manifest(harness: WorkerHarness, runId: string): Promise<InputManifest> {
  return JSON.parse((await harness.artifactsOf(runId))['reports/input_manifest.json']!);
}

test(
  'a run follows earlier decisions and keeps a copy of them, with its hash in the manifest',
  withWorker(async (harness) => {
    await holdOne(harness);
    assert.is((await manifest(harness, 'r2')).decisions, null);
    assert.equal(await decide(harness), { status: 'taken', count: 1 });
    await work(harness, 'r3');
    const { [FEED]: feed, [COPY]: copy } = await harness.artifactsOf('r3');
    assert.match(feed!, ACCEPTED);
    assert.is(copy, await harness.text(decisionsKey(TENANT)));
    const key = `r3/tenants/${TENANT}/${COPY}`;
    assert.is((await harness.run('r3')).artifacts.decisions, key);
    assert.equal((await manifest(harness, 'r3')).decisions, {
      key,
      etag: (await harness.stores.artifacts.head(key))!.etag,
      sha256: createHash('sha256').update(copy!).digest('hex'),
    });
  }),
);

test(
  'a rejected price stays held without being listed; a forced run uses no decisions',
  withWorker(async (harness) => {
    await holdOne(harness);
    await decide(harness, 'reject');
    await work(harness, 'r3');
    const { [FEED]: feed, 'reports/holds.csv': holds } = await harness.artifactsOf('r3');
    assert.match(feed!, HELD);
    assert.is(holds!.split('\n').length, 2);
    await startRun(harness, 'r4', true);
    await harness.handleNext();
    assert.match((await harness.artifactsOf('r4'))[FEED]!, ACCEPTED);
    assert.not((await harness.artifactsOf('r4'))[COPY]);
  }),
);

test(
  'decisions on a run that max_held_pct stopped count as long as the same feed is published',
  withWorker(async (harness) => {
    const holds = { price_rise_pct: '0.5', max_held_pct: '0.1' };
    await harness.stores.tenants.putConfig(TENANT, { ...CONFIG, publish: { holds } }, harness.time);
    await work(harness, 'r1');
    await harness.putFeed('acme', 'sku,quantity_available,cost\nA1,5,10\nA2,3,100\n');
    await startRun(harness, 'r2');
    await harness.handleNext();
    assert.is((await harness.run('r2')).errorCode, 'GUARDRAIL_TRIPPED');
    assert.equal(await decide(harness), { status: 'taken', count: 1 });
    await work(harness, 'r3');
    assert.match((await harness.artifactsOf('r3'))[FEED]!, ACCEPTED);
    // the decision was about a rise from r1's feed, but r3's is published now
    await harness.putFeed('acme', 'sku,quantity_available,cost\nA1,5,10\nA2,3,190\n');
    await startRun(harness, 'r4');
    await harness.handleNext();
    assert.is((await harness.run('r4')).errorCode, 'GUARDRAIL_TRIPPED');
  }),
);

test(
  'a decision made while a run works counts for the next run',
  withWorker(async (harness) => {
    await holdOne(harness);
    for (const [runId, end] of [
      ['r3', 'input_manifest.json'],
      ['r4', 'merged_inventory.csv'],
    ] as const) {
      const artifacts = onWrite(harness.stores.artifacts, end, async () => void (await decide(harness, 'reject')));
      await harness.stores.artifacts.remove(decisionsKey(TENANT));
      await work(harness, runId, harness.deps({ artifacts }));
      assert.is((await manifest(harness, runId)).decisions, null);
      assert.is((await harness.artifactsOf(runId))['reports/holds.csv']!.split('\n').length, 3);
    }
  }),
);

for (const end of ['input_manifest.json', 'holds.csv', 'run_summary.json']) {
  test(
    `after an attempt that failed before it wrote ${end}, the next uses the decisions that the manifest pinned`,
    withWorker(async (harness) => {
      await holdOne(harness);
      await decide(harness, 'reject');
      const artifacts = onWrite(harness.stores.artifacts, end, async () => {
        await decide(harness, 'accept');
        throw busy();
      });
      await startRun(harness, 'r3');
      await harness.handleNext(harness.deps({ artifacts }));
      assert.is((await harness.run('r3')).status, 'QUEUED');
      harness.time += 60_000;
      await harness.handleNext();
      assert.is((await harness.run('r3')).status, 'SUCCEEDED');
      // as with inputs, nothing is pinned before the manifest
      const isPinned = end !== 'input_manifest.json';
      assert.match((await harness.artifactsOf('r3'))[FEED]!, isPinned ? HELD : ACCEPTED);
      assert.match((await harness.artifactsOf('r3'))[COPY]!, isPinned ? /reject/ : /accept/);
    }),
  );
}

test(
  'an attempt that stalled before its manifest cannot pin older decisions than a later attempt',
  withWorker(async (harness) => {
    await holdOne(harness);
    await decide(harness, 'reject');
    const { artifacts } = harness.stores;
    let overtaken = false;
    const stalling = withMethods(artifacts, {
      write: async (key, options) => {
        const sink = await artifacts.write(key, options);
        if (!key.endsWith('input_manifest.json') || overtaken) return sink;
        overtaken = true;
        await decide(harness, 'accept');
        harness.time += 400_000;
        await harness.stores.queue.send({ run_id: 'r3', tenant_id: TENANT, vendors: [], config_version: 2 });
        await harness.handleNext(harness.deps({}, { workerId: 'w2' }));
        return sink;
      },
    });
    await startRun(harness, 'r3');
    await harness.handleNext(harness.deps({ artifacts: stalling }));
    assert.ok(overtaken);
    assert.is((await harness.run('r3')).status, 'SUCCEEDED');
    const { [FEED]: feed, [COPY]: copy } = await harness.artifactsOf('r3');
    assert.match(feed!, ACCEPTED);
    assert.match(copy!, /accept/);
    assert.is((await manifest(harness, 'r3')).decisions?.sha256, createHash('sha256').update(copy!).digest('hex'));
  }),
);

test.run();
