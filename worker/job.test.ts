/** What one delivery of a job does to run, message, artifacts and metrics. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ArtifactStore } from '../core/ports/service.ts';
import type { WorkerDeps } from './deps.ts';
import { handleDelivery } from './job.ts';
import { onWorkbench, TENANT, withMethods } from './testing/workbench.ts';

const BOTH = [`{"TenantId":"${TENANT}","Environment":"test"}`, '{"Environment":"test"}'];
const SUMMARY = 'reports/run_summary.json';

test(
  'a good run succeeds, names its artifacts, deletes its message and emits its metrics',
  onWorkbench(async (bench) => {
    await bench.start('r1');
    await bench.handleNext();
    const run = await bench.run('r1');
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
    for (const key of Object.values(run.artifacts)) assert.ok((await bench.text(key)) !== null, key);
    assert.equal(await bench.messages(), [0, 0, 0]);
    assert.equal(bench.metrics, [
      { name: 'RunSucceeded', value: 1, unit: 'Count', dimensions: BOTH },
      { name: 'RunFailed', value: 0, unit: 'Count', dimensions: BOTH },
      { name: 'RunDurationSeconds', value: 0, unit: 'Seconds', dimensions: BOTH },
      { name: 'RowsProcessed', value: 4, unit: 'Count', dimensions: BOTH },
    ]);
    assert.is(bench.beats.size, 0, 'the heartbeat is over');
    assert.is(bench.scratchLive, 0);
    // the slot is free
    await bench.start('r2');
  }),
);

test(
  'a run with too many bad rows fails with its code and keeps its report',
  onWorkbench(async (bench) => {
    await bench.putFeed('acme', 'sku,quantity_available,cost\nA1,many,10\nA2,-,20\nA3,1,5\n');
    await bench.start('r1');
    const logged: object[] = [];
    const log = { info: (event: string, fields = {}) => void logged.push({ event, ...fields }), error: () => {} };
    await bench.handleNext(bench.deps({ log }));
    const run = await bench.run('r1');
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
    assert.is(JSON.parse((await bench.text(run.artifacts.errors!))!).length, 2);
    assert.not('run_summary' in run.artifacts);
    assert.equal(await bench.messages(), [0, 0, 0]);
    assert.equal(
      bench.metrics.map(({ name, value }) => [name, value]),
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
  onWorkbench(async (bench) => {
    const feed = 'sku,quantity_available,cost\nA1,5,10\nA2,3,20\n';
    const reads: string[] = [];
    const artifacts = withMethods(bench.stores.artifacts, {
      read: (key, options) => {
        reads.push(key);
        return bench.stores.artifacts.read(key, options);
      },
    } as Partial<ArtifactStore>) as unknown as WorkerDeps['artifacts'];
    await bench.start('r1');
    await bench.handleNext(bench.deps({ artifacts }, {}, { vendorFileBytesMax: feed.length - 1 }));
    const run = await bench.run('r1');
    assert.equal([run.status, run.errorCode], ['FAILED', 'INPUT_TOO_LARGE']);
    assert.not(reads.some((key) => key.includes('acme')));
    await bench.start('r2');
    await bench.handleNext(bench.deps({}, {}, { vendorFileBytesMax: feed.length }));
    assert.is((await bench.run('r2')).status, 'SUCCEEDED');
  }),
);

test(
  'a run without its config, or with one that is no longer valid, fails at once',
  onWorkbench(async (bench) => {
    await bench.start('r1', 'nobody');
    await bench.handleNext();
    assert.is((await bench.run('r1')).errorCode, 'missing_tenant_config');
    await bench.stores.tenants.create('future', { schema_version: 99 }, bench.time);
    await bench.start('r2', 'future');
    await bench.handleNext();
    assert.is((await bench.run('r2')).errorCode, 'unsupported_schema_version');
    await bench.stores.tenants.create('odd', { schema_version: 1 }, bench.time);
    await bench.start('r3', 'odd');
    await bench.handleNext();
    assert.is((await bench.run('r3')).errorCode, 'invalid_input');
    assert.equal(await bench.messages(), [0, 0, 0]);
    assert.equal(bench.metrics.map(({ name }) => name).slice(0, 2), ['RunSucceeded', 'RunFailed']);
  }),
);

test(
  'a job that was delivered three times fails its run and goes to the dead letters',
  onWorkbench(async (bench) => {
    await bench.start('r1');
    for (const count of [1, 2]) {
      assert.is((await bench.receive(5))!.receiveCount, count);
      bench.time += 5000;
    }
    await bench.handleNext();
    const run = await bench.run('r1');
    assert.equal([run.status, run.errorCode], ['FAILED', 'POISON_JOB']);
    assert.equal(await bench.messages(), [0, 1, 0], 'left');
    bench.time += 300_000;
    assert.is(await bench.receive(), null);
    assert.equal(await bench.messages(), [0, 0, 1]);
    await bench.start('r2');
  }),
);

test(
  'a poison job leaves a run alone whose lease is alive, and ends it when the lease is over',
  onWorkbench(async (bench) => {
    await bench.start('r1');
    for (let i = 0; i < 2; i++) {
      await bench.receive(5);
      bench.time += 5000;
    }
    const third = (await bench.receive(5))!;
    await bench.stores.runs.claim('r1', 'other', bench.time, 60_000);
    await handleDelivery(bench.deps(), third);
    assert.is((await bench.run('r1')).status, 'RUNNING');
    assert.equal(await bench.messages(), [0, 1, 0]);
    bench.time += 60_000;
    await handleDelivery(bench.deps(), third);
    assert.is((await bench.run('r1')).errorCode, 'POISON_JOB');
  }),
);

test(
  'a job whose run another worker holds goes back for the back-off; one whose run is over goes away',
  onWorkbench(async (bench) => {
    const job = await bench.start('r1');
    const claimed = await bench.stores.runs.claim('r1', 'other', bench.time, 300_000);
    await bench.handleNext();
    assert.equal(await bench.messages(), [0, 1, 0]);
    bench.time += 29_999;
    assert.equal(await bench.messages(), [0, 1, 0]);
    bench.time += 1;
    assert.equal(await bench.messages(), [1, 0, 0]);
    assert.is((await bench.run('r1')).workerId, 'other');
    assert.is(claimed.status, 'claimed');
    await bench.stores.runs.finish({ runId: 'r1', attempt: 1 }, { status: 'SUCCEEDED' }, bench.time);
    await bench.handleNext();
    await bench.stores.queue.send({ ...job, run_id: 'unknown' });
    await bench.handleNext();
    assert.equal(await bench.messages(), [0, 0, 0]);
    assert.equal(bench.metrics, []);
  }),
);

test(
  'deliveries that find the run in good hands do not count against it',
  onWorkbench(async (bench) => {
    const job = await bench.start('r1');
    const own = (await bench.receive())!;
    await bench.stores.runs.claim('r1', 'w1', bench.time, 298_000);
    await bench.stores.queue.send(job);
    for (let i = 0; i < 5; i++) {
      const { receiveCount } = await bench.handleNext(bench.deps({}, { workerId: 'w2' }));
      assert.is(receiveCount, 1);
      bench.time += 30_000;
    }
    assert.equal([(await bench.run('r1')).status, (await bench.run('r1')).attempt], ['RUNNING', 1]);
    // the worker hands it back: the other message finds it free
    await bench.stores.runs.release({ runId: 'r1', attempt: 1 }, bench.time);
    await bench.stores.queue.delete(own.receipt);
    await bench.handleNext();
    assert.is((await bench.run('r1')).status, 'SUCCEEDED');
    assert.equal(await bench.messages(), [0, 0, 0], 'no dead letter of a good run');
  }),
);

test(
  'a third delivery to a run that is held comes back later; one to a run that has succeeded goes away',
  onWorkbench(async (bench) => {
    await bench.start('r1');
    for (let i = 0; i < 2; i++) await bench.stores.queue.release((await bench.receive())!.receipt, 0);
    await bench.stores.runs.claim('r1', 'w1', bench.time, 298_000);
    assert.is((await bench.handleNext()).receiveCount, 3);
    assert.is((await bench.run('r1')).status, 'RUNNING');
    assert.equal(await bench.messages(), [0, 1, 0]);
    bench.time += 30_000;
    for (let i = 0; i < 2; i++) await bench.stores.queue.release((await bench.receive())!.receipt, 0);
    await bench.stores.runs.finish({ runId: 'r1', attempt: 1 }, { status: 'SUCCEEDED' }, bench.time);
    assert.is((await bench.handleNext()).receiveCount, 3);
    assert.equal(await bench.messages(), [0, 0, 0]);
  }),
);

test(
  'a poison job keeps what its run wrote; one that was to be cancelled is cancelled',
  onWorkbench(async (bench) => {
    for (const [id, code, dead] of [
      ['r1', 'POISON_JOB', 1],
      ['r2', 'CANCELLED', 1],
    ] as const) {
      await bench.start(id);
      for (let i = 0; i < 2; i++) await bench.stores.queue.release((await bench.receive())!.receipt, 0);
      await bench.stores.runs.claim(id, 'dead', bench.time, 1000);
      for (const path of ['reports/input_manifest.json', 'inbound/acme/feed.csv', 'unknown/x'])
        await bench.putObject(`${id}/tenants/${TENANT}/${path}`, 'x');
      if (code === 'CANCELLED') await bench.stores.runs.requestCancel(id);
      bench.time += 1000;
      await bench.handleNext();
      const run = await bench.run(id);
      assert.equal([run.status, run.errorCode], ['FAILED', code]);
      const at = (path: string) => `${id}/tenants/${TENANT}/${path}`;
      assert.equal(run.artifacts, {
        input_manifest: at('reports/input_manifest.json'),
        inbound_acme: at('inbound/acme/feed.csv'),
      });
      bench.time += 300_000;
      await bench.receive();
      assert.is((await bench.messages())[2], dead, 'only the poison job is a dead letter');
    }
  }),
);

test(
  'a run that is begun again and again ends, whatever its messages count',
  onWorkbench(async (bench) => {
    await bench.start('r1');
    for (let attempt = 1; attempt <= 3; attempt++) {
      await bench.stores.runs.claim('r1', 'dead', bench.time, 1000);
      bench.time += 1000;
    }
    await bench.putObject(`r1/tenants/${TENANT}/reports/input_manifest.json`, '{"vendors":{}}');
    await bench.handleNext(bench.deps({}, { attemptsMax: 3 }));
    const run = await bench.run('r1');
    assert.equal([run.status, run.errorCode, run.attempt], ['FAILED', 'POISON_JOB', 4]);
    assert.equal(Object.keys(run.artifacts), ['input_manifest']);
    assert.equal(await bench.messages(), [0, 0, 0]);
  }),
);

test.run();
