/** Jobs that come back too often: when that ends a run, and what becomes of the message. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { handleDelivery } from './job.ts';
import { onWorkbench, TENANT, type Workbench } from './testing/worker-harness.ts';

/** The values of `RunFailed`, which an alarm counts. */
const failures = (bench: Workbench) =>
  bench.metrics.filter(({ name }) => name === 'RunFailed').map(({ value }) => value);

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
    assert.equal(failures(bench), [1]);
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
      assert.equal(failures(bench).length, id === 'r1' ? 1 : 2);
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
    assert.ok(bench.events.includes('poison_job'));
    assert.equal([failures(bench), await bench.messages()], [[1], [0, 0, 0]]);
    // the last attempt that is allowed is made
    await bench.start('r2');
    await bench.stores.runs.claim('r2', 'dead', bench.time, 1000);
    bench.time += 1000;
    await bench.handleNext(bench.deps({}, { attemptsMax: 2 }));
    assert.is((await bench.run('r2')).status, 'SUCCEEDED');
  }),
);

test(
  'a third delivery to a run that was cancelled goes away; of one that failed as poison it is left',
  onWorkbench(async (bench) => {
    for (const [id, code, left] of [
      ['r1', 'CANCELLED', 0],
      ['r2', 'POISON_JOB', 1],
    ] as const) {
      await bench.start(id);
      for (let i = 0; i < 2; i++) await bench.stores.queue.release((await bench.receive())!.receipt, 0);
      await bench.stores.runs.failUnclaimed(id, code, 'ended elsewhere', bench.time);
      assert.is((await bench.handleNext()).receiveCount, 3);
      assert.equal([failures(bench), await bench.messages()], [[], [0, left, 0]], id);
    }
  }),
);

test(
  'a job of no run that comes back too often goes away',
  onWorkbench(async (bench) => {
    await bench.stores.queue.send({ run_id: 'unknown', tenant_id: TENANT, vendors: [], config_version: 1 });
    for (let i = 0; i < 2; i++) await bench.stores.queue.release((await bench.receive())!.receipt, 0);
    assert.is((await bench.handleNext()).receiveCount, 3);
    assert.equal([failures(bench), await bench.messages()], [[], [0, 0, 0]]);
  }),
);

test.run();
