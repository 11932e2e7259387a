/** What one delivery of a job does to the run, its message, artifacts and metrics. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../core/errors.ts';
import type { ArtifactStore } from '../core/ports/service/objects.ts';
import type { WorkerDeps } from './deps.ts';
import { busy, type HarnessDeps, TENANT, withMethods, withWorker } from './testing/worker-harness.ts';

const BOTH = [`{"TenantId":"${TENANT}","Environment":"test"}`, '{"Environment":"test"}'];
const SUMMARY = 'reports/run_summary.json';

test(
  'a good run succeeds, lists its artifacts, deletes its message and emits its metrics',
  withWorker(async (harness) => {
    await harness.start('r1');
    await harness.handleNext();
    const run = await harness.run('r1');
    assert.is(run.status, 'SUCCEEDED');
    assert.is(run.stage, 'COMPLETE');
    const at = (path: string) => `r1/tenants/${TENANT}/${path}`;
    assert.equal(run.artifacts, {
      input_manifest: at('reports/input_manifest.json'),
      config_snapshot: at('reports/config_snapshot.json'),
      inbound_acme: at('inbound/acme/feed.csv'),
      inbound_bolt: at('inbound/bolt/feed.csv'),
      normalized_acme: at('normalized/acme/normalized.csv'),
      normalized_bolt: at('normalized/bolt/normalized.csv'),
      merged_inventory: at('outputs/merged_inventory.csv'),
      run_summary: at(SUMMARY),
    });
    const summary = JSON.parse((await harness.text(at(SUMMARY)))!);
    assert.equal(run.counts, { rows: 4, invalid: 0, merged: summary.record_count });
    assert.equal([run.warnings, run.progress], [summary.warnings, null]);
    for (const key of Object.values(run.artifacts)) assert.ok((await harness.text(key)) !== null, key);
    assert.equal(await harness.messages(), [0, 0, 0]);
    assert.equal(harness.metrics, [
      { name: 'RunSucceeded', value: 1, unit: 'Count', dimensions: BOTH },
      { name: 'RunFailed', value: 0, unit: 'Count', dimensions: BOTH },
      { name: 'RunDurationSeconds', value: 0, unit: 'Seconds', dimensions: BOTH },
      { name: 'RowsProcessed', value: 4, unit: 'Count', dimensions: BOTH },
    ]);
    assert.is(harness.beats.size, 0, 'the heartbeat is over');
    assert.is(harness.scratchLive, 0);
    // the slot is free
    await harness.start('r2');
  }),
);

test(
  'a run over some vendors reads and merges the vendors of its record, not those of its message',
  withWorker(async (harness) => {
    const { runs, queue } = harness.stores;
    await runs.create({
      runId: 'r1',
      tenantId: TENANT,
      configVersion: 1,
      vendors: ['bolt'],
      force: false,
      now: harness.time,
    });
    await queue.send({ run_id: 'r1', tenant_id: 'other', vendors: ['acme'], config_version: 9 });
    await harness.handleNext();
    const run = await harness.run('r1');
    assert.equal([run.status, 'inbound_acme' in run.artifacts], ['SUCCEEDED', false]);
    const feed = 'sku,vendor_id,quantity_available,price\nA1,bolt,9,12.00\nB1,bolt,1,10.20\n';
    assert.is(await harness.text(run.artifacts.merged_inventory!), feed);
  }),
);

test(
  'a run with too many bad rows fails with its code and keeps its report',
  withWorker(async (harness) => {
    await harness.putFeed('acme', 'sku,quantity_available,cost\nA1,many,10\nA2,-,20\nA3,1,5\n');
    await harness.start('r1');
    const logged: object[] = [];
    const log = { info: (event: string, fields = {}) => void logged.push({ event, ...fields }), error: () => {} };
    await harness.handleNext(harness.deps({ log }));
    const run = await harness.run('r1');
    assert.equal([run.status, run.errorCode, run.failedStage], ['FAILED', 'validation_errors', 'NORMALIZE']);
    assert.equal(logged.at(-1), {
      event: 'run_finished',
      run_id: 'r1',
      tenant_id: TENANT,
      status: 'FAILED',
      error_code: 'validation_errors',
      message: run.errorMessage,
      rows: 5,
      seconds: 0,
    });
    assert.is(JSON.parse((await harness.text(run.artifacts.errors!))!).length, 2);
    assert.not('run_summary' in run.artifacts);
    assert.equal(await harness.messages(), [0, 0, 0]);
    assert.equal(
      harness.metrics.map(({ name, value }) => [name, value]),
      [
        ['RunSucceeded', 0],
        ['RunFailed', 1],
        ['RunDurationSeconds', 0],
        ['RowsProcessed', 5],
      ],
    );
  }),
);

test(
  'a feed over the limit fails before it is read; one at the limit passes',
  withWorker(async (harness) => {
    const feed = 'sku,quantity_available,cost\nA1,5,10\nA2,3,20\n';
    const reads: string[] = [];
    const artifacts = withMethods(harness.stores.artifacts, {
      read: (key, options) => {
        reads.push(key);
        return harness.stores.artifacts.read(key, options);
      },
    } as Partial<ArtifactStore>) as unknown as WorkerDeps['artifacts'];
    await harness.start('r1');
    await harness.handleNext(harness.deps({ artifacts }, {}, { vendorFileBytesMax: feed.length - 1 }));
    const run = await harness.run('r1');
    assert.equal([run.status, run.errorCode], ['FAILED', 'INPUT_TOO_LARGE']);
    assert.not(reads.some((key) => key.includes('acme')));
    await harness.start('r2');
    await harness.handleNext(harness.deps({}, {}, { vendorFileBytesMax: feed.length }));
    assert.is((await harness.run('r2')).status, 'SUCCEEDED');
  }),
);

test(
  'a run without its config, or with one that is no longer valid, fails at once',
  withWorker(async (harness) => {
    await harness.start('r1', 'nobody');
    await harness.handleNext();
    assert.is((await harness.run('r1')).errorCode, 'missing_tenant_config');
    await harness.stores.tenants.create('future', { schema_version: 99 }, harness.time);
    await harness.start('r2', 'future');
    await harness.handleNext();
    assert.is((await harness.run('r2')).errorCode, 'unsupported_schema_version');
    await harness.stores.tenants.create('odd', { schema_version: 1 }, harness.time);
    await harness.start('r3', 'odd');
    await harness.handleNext();
    assert.is((await harness.run('r3')).errorCode, 'invalid_input');
    assert.equal(await harness.messages(), [0, 0, 0]);
    assert.equal(harness.metrics.map(({ name }) => name).slice(0, 2), ['RunSucceeded', 'RunFailed']);
  }),
);

test(
  'a run uses the config version that it was started with, within the limit on vendors',
  withWorker(async (harness) => {
    await harness.start('r1');
    await harness.stores.tenants.putConfig(TENANT, { schema_version: 99 }, harness.time);
    await harness.handleNext();
    assert.is((await harness.run('r1')).status, 'SUCCEEDED');
    await harness.start('r2');
    await harness.handleNext(harness.deps({ configLimits: { vendorsMax: 1 } }));
    const run = await harness.run('r2');
    assert.is(run.errorCode, 'invalid_input');
    assert.match(run.errorMessage!, /vendors/);
  }),
);

test(
  'a store that fails before the engine begins sends the run back',
  withWorker(async (harness) => {
    const tenants = withMethods<WorkerDeps['tenants']>(harness.stores.tenants, {
      getConfig: () => Promise.reject(busy()),
    });
    await harness.start('r1');
    await harness.handleNext(harness.deps({ tenants }));
    assert.equal([(await harness.run('r1')).status, await harness.messages()], ['QUEUED', [0, 1, 0]]);
    harness.time += 30_000;
    await harness.handleNext();
    assert.is((await harness.run('r1')).status, 'SUCCEEDED');
  }),
);

test(
  'a job whose run another worker holds goes back for the back-off; one whose run has ended is deleted',
  withWorker(async (harness) => {
    const job = await harness.start('r1');
    const claimed = await harness.stores.runs.claim('r1', 'other', harness.time, 300_000);
    await harness.handleNext();
    assert.equal(await harness.messages(), [0, 1, 0]);
    harness.time += 29_999;
    assert.equal(await harness.messages(), [0, 1, 0]);
    harness.time += 1;
    assert.equal(await harness.messages(), [1, 0, 0]);
    assert.is((await harness.run('r1')).workerId, 'other');
    assert.is(claimed.status, 'claimed');
    await harness.stores.runs.finish({ runId: 'r1', attempt: 1 }, { status: 'SUCCEEDED' }, harness.time);
    await harness.handleNext();
    await harness.stores.queue.send({ ...job, run_id: 'unknown' });
    await harness.handleNext();
    assert.equal(await harness.messages(), [0, 0, 0]);
    assert.equal(harness.metrics, []);
  }),
);

test(
  'a job whose run is held for less than the back-off comes back when the lease ends',
  withWorker(async (harness) => {
    await harness.start('r1');
    await harness.stores.runs.claim('r1', 'other', harness.time, 4500);
    await harness.handleNext();
    harness.time += 4999;
    assert.equal(await harness.messages(), [0, 1, 0]);
    harness.time += 1;
    assert.equal(await harness.messages(), [1, 0, 0]);
    await harness.handleNext();
    assert.is((await harness.run('r1')).status, 'SUCCEEDED');
  }),
);

test(
  'the end of a run is reported to metrics and log once, even if its message cannot be deleted',
  withWorker(async (harness) => {
    const queue = withMethods<WorkerDeps['queue']>(harness.stores.queue, { delete: () => Promise.reject(busy()) });
    await harness.putFeed('acme', 'sku,quantity_available,cost\nA1,many,10\nA2,-,20\nA3,1,5\n');
    for (const [id, tenant] of [
      ['r1', TENANT],
      ['r2', 'nobody'],
    ] as const) {
      await harness.start(id, tenant);
      harness.metrics.length = 0;
      harness.events.length = 0;
      await harness.handleNext(harness.deps({ queue }));
      assert.ok(harness.events.includes('message_not_deleted'), id);
      assert.is((await harness.run(id)).status, 'FAILED');
      harness.time += 300_000;
      await harness.handleNext();
      const told = harness.metrics.filter(({ name }) => name === 'RunFailed').map(({ value }) => value);
      assert.equal([told, await harness.messages()], [[1], [0, 0, 0]], id);
    }
  }),
);

test(
  'deliveries that find the run with a living worker do not count against it',
  withWorker(async (harness) => {
    const job = await harness.start('r1');
    const own = (await harness.receive())!;
    await harness.stores.runs.claim('r1', 'w1', harness.time, 298_000);
    await harness.stores.queue.send(job);
    for (let i = 0; i < 5; i++) {
      const { receiveCount } = await harness.handleNext(harness.deps({}, { workerId: 'w2' }));
      assert.is(receiveCount, 1);
      harness.time += 30_000;
    }
    assert.equal([(await harness.run('r1')).status, (await harness.run('r1')).attempt], ['RUNNING', 1]);
    // once the worker hands the run back, the other message can claim it
    await harness.stores.runs.release({ runId: 'r1', attempt: 1 }, harness.time);
    await harness.stores.queue.delete(own.receipt);
    await harness.handleNext();
    assert.is((await harness.run('r1')).status, 'SUCCEEDED');
    assert.equal(await harness.messages(), [0, 0, 0], 'a good run leaves no dead letter');
  }),
);

test(
  'a bug is logged with its stack and an environment failure with its code, even before the engine starts',
  withWorker(async (harness) => {
    const bug = () => {
      throw new Error('a bug');
    };
    const denied = () => {
      throw new RelayError('permission_denied', 'the folder may not be written');
    };
    const cases: Array<[string, Partial<HarnessDeps>, string, RegExp]> = [
      ['r1', { createScratch: bug }, 'run_failed_early', /the log of this process has the details/],
      ['r2', { createScratch: denied }, 'run_failed_early', /^permission_denied: the folder may not be written$/],
      ['r3', { artifacts: withMethods(harness.stores.artifacts, { newest: bug }) }, 'run_finished', /the log of this/],
      [
        'r4',
        { artifacts: withMethods(harness.stores.artifacts, { newest: denied }) },
        'run_finished',
        /^permission_denied: /,
      ],
    ];
    for (const [id, changes, event, message] of cases) {
      const logged: Array<[string, string, unknown]> = [];
      const log: WorkerDeps['log'] = {
        info: (name, fields) => void logged.push(['info', name, fields?.stack]),
        error: (name, fields) => void logged.push(['error', name, fields?.stack]),
      };
      await harness.start(id);
      await harness.handleNext(harness.deps({ ...changes, log }));
      const run = await harness.run(id);
      assert.equal([run.status, run.errorCode], ['FAILED', 'internal_error'], id);
      assert.match(run.errorMessage!, message);
      const [level, , stack] = logged.find(([, name]) => name === event) ?? [];
      assert.is(level, 'error', id);
      const isBug = id === 'r1' || id === 'r3';
      assert.is(typeof stack, isBug ? 'string' : 'undefined', id);
      if (isBug) assert.match(stack as string, /Error: a bug\n\s+at /);
    }
  }),
);

test.run();
